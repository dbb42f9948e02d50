//! What arrives at a neuron: from which spikes, through which maps.

use memspike_time::FS;

use crate::NirError;
use crate::error::cannot;
use crate::flat::Flat;
use crate::map::{Map, bias};
use crate::node::Kind;

/// The most ways from spikes to one neuron.
const MOST_WAYS: usize = 4096;

/// A way from spikes to somewhere.
#[derive(Debug, Clone)]
pub struct Way<'f> {
    /// The node that spikes: a neuron, or where signals come in.
    pub source: usize,
    /// What Delay nodes on the way add up to (fs).
    pub delay_fs: u64,
    /// What becomes of the spikes.
    pub map: Map<'f>,
}

/// All that arrives somewhere.
#[derive(Debug, Clone, Default)]
pub struct Arrivals<'f> {
    /// Ways of spikes.
    pub ways: Vec<Way<'f>>,
    /// What is always there, signal by signal; nothing if that is zero.
    pub constant: Option<Vec<f64>>,
}

impl Arrivals<'_> {
    fn add_constant(&mut self, more: Option<Vec<f64>>) {
        match (&mut self.constant, more) {
            (Some(sum), Some(more)) => {
                sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
            }
            (constant @ None, more) => *constant = more,
            (Some(_), None) => {}
        }
    }
}

/// What arrives at a node.
///
/// # Errors
/// What cannot be represented, by the name of its node.
pub fn arrivals(flat: &Flat, at: usize) -> Result<Arrivals<'_>, NirError> {
    let mut all = Arrivals::default();
    for from in flat.before(at) {
        let more = given(flat, from)?;
        all.ways.extend(more.ways);
        all.add_constant(more.constant);
        if all.ways.len() > MOST_WAYS {
            let why = format!("more than {MOST_WAYS} ways lead to it");
            return Err(cannot(&flat.nodes[at].name, why));
        }
    }
    Ok(all)
}

/// What a node gives.
fn given(flat: &Flat, at: usize) -> Result<Arrivals<'_>, NirError> {
    let node = &flat.nodes[at];
    let kind = node.primitive.kind;
    if kind.is_spiking() || flat.is_entry(at) {
        let map = Map::Identity(node.size());
        return Ok(Arrivals { ways: vec![Way { source: at, delay_fs: 0, map }], constant: None });
    }
    if kind.is_neuron() {
        let why = format!(
            "its potential feeds other nodes; what {} gives is no spike, and only an Output may hear it",
            kind.name()
        );
        return Err(cannot(&node.name, why));
    }
    let map = Map::of(node)?;
    let delay_fs = if kind == Kind::Delay { delay(flat, at)? } else { 0 };
    let before = arrivals(flat, at)?;
    if delay_fs > 0 && before.constant.is_some() {
        return Err(cannot(&node.name, "a bias comes through it, which would begin late"));
    }
    let ways = before.ways.into_iter().map(|way| {
        let map = way.map.then(map.clone(), &node.name)?;
        Ok(Way { map, delay_fs: way.delay_fs.saturating_add(delay_fs), ..way })
    });
    let constant = before.constant.map(|constant| map.apply(&constant));
    let mut given = Arrivals { ways: ways.collect::<Result<_, NirError>>()?, constant };
    given.add_constant(bias(node)?);
    Ok(given)
}

/// The delay of a node (fs), the same for all its signals.
fn delay(flat: &Flat, at: usize) -> Result<u64, NirError> {
    let node = &flat.nodes[at];
    let delays = crate::shape::array(node, "delay")?;
    let first_s = delays.get(0);
    if (1..delays.len()).any(|at| delays.get(at) != first_s) {
        return Err(cannot(
            &node.name,
            "its signals have different delays: give each delay a node",
        ));
    }
    let ticks = first_s * FS;
    if !(0.0..=memspike_network::LONGEST_DELAY as f64).contains(&ticks) {
        return Err(crate::error::parameter(
            &node.name,
            "delay",
            format!("is {first_s} s; 0 to 9 s are possible"),
        ));
    }
    Ok(ticks.round() as u64)
}
