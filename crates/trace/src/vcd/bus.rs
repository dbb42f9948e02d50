//! Nets as a dump shows them: alone, or as the bits of a bus.

use std::collections::BTreeMap;
use std::io::{self, Write};

use memspike_circuit::{Circuit, NetId};
use memspike_digital::Level;
use vcd::{IdCode, ReferenceIndex, Value};

/// Nets `name[lo]` to `name[hi]` as one variable, or one net.
pub(super) struct Bus {
    /// Hierarchical name without range.
    pub name: String,
    /// Positions of its nets among those shown, from the most significant bit on.
    pub bits: Vec<usize>,
    /// Most and least index, if it is a range.
    pub range: Option<ReferenceIndex>,
}

impl Bus {
    /// All nets that are shown, put into buses where every index between two is there.
    pub fn group(circuit: &Circuit, nets: &[NetId]) -> Vec<Self> {
        let mut alone = Vec::new();
        let mut by_base: BTreeMap<&str, Vec<(u32, usize)>> = BTreeMap::new();
        for (position, net) in nets.iter().enumerate() {
            let name = circuit.nets()[net.index()].as_str();
            match indexed(name) {
                Some((base, index)) => by_base.entry(base).or_default().push((index, position)),
                None => {
                    alone.push(Self { name: name.to_owned(), bits: vec![position], range: None })
                }
            }
        }
        for (base, mut bits) in by_base {
            bits.sort_unstable();
            let (low, high) = (bits[0].0, bits[bits.len() - 1].0);
            let is_whole = bits.len() > 1 && u64::from(high - low) + 1 == bits.len() as u64;
            if is_whole {
                let range = Some(ReferenceIndex::Range(high as i32, low as i32));
                let bits = bits.iter().rev().map(|(_, position)| *position).collect();
                alone.push(Self { name: base.to_owned(), bits, range });
            } else {
                alone.extend(bits.into_iter().map(|(index, position)| Self {
                    name: format!("{base}[{index}]"),
                    bits: vec![position],
                    range: None,
                }));
            }
        }
        alone.sort_by(|a, b| a.name.cmp(&b.name));
        alone
    }
}

/// The parts of `name[index]`.
fn indexed(name: &str) -> Option<(&str, u32)> {
    let (base, rest) = name.rsplit_once('[')?;
    let digits = rest.strip_suffix(']')?;
    let index: u32 = digits.parse().ok().filter(|index| *index <= i32::MAX as u32)?;
    (!base.is_empty() && index.to_string() == digits).then_some((base, index))
}

/// The levels of all buses that are written or will be.
pub(super) struct Buses {
    pub buses: Vec<Bus>,
    pub codes: Vec<IdCode>,
    /// Bus and bit of each net.
    place_of: Vec<(usize, usize)>,
    levels: Vec<Vec<Level>>,
    /// What was written last.
    written: Vec<Vec<Level>>,
}

impl Buses {
    pub fn new(buses: Vec<Bus>, nets: usize) -> Self {
        let mut place_of = vec![(0, 0); nets];
        for (number, bus) in buses.iter().enumerate() {
            for (bit, position) in bus.bits.iter().enumerate() {
                place_of[*position] = (number, bit);
            }
        }
        let levels: Vec<Vec<Level>> =
            buses.iter().map(|bus| vec![Level::Unknown; bus.bits.len()]).collect();
        Self { buses, codes: Vec::new(), place_of, written: levels.clone(), levels }
    }

    /// A net takes a level. Gives its bus.
    pub fn change(&mut self, net: usize, level: Level) -> usize {
        let (bus, bit) = self.place_of[net];
        self.levels[bus][bit] = level;
        bus
    }

    /// The levels of a bus now.
    pub fn levels(&self, bus: usize) -> &[Level] {
        &self.levels[bus]
    }

    /// Writes a bus whose levels are these; one that is as it was last is told only if it is the `first`, or a single
    /// net that was another in between.
    pub fn write<W: Write>(
        &mut self,
        writer: &mut vcd::Writer<W>,
        (bus, levels, first): (usize, &[Level], bool),
    ) -> io::Result<()> {
        let code = self.codes[bus];
        let same = self.written[bus] == levels;
        match levels {
            [level] if same && !first => {
                writer.change_scalar(code, value(level.inverted()))?;
                writer.change_scalar(code, value(*level))?;
            }
            [level] => writer.change_scalar(code, value(*level))?,
            _ if same && !first => {}
            levels => writer.change_vector(code, levels.iter().map(|level| value(*level)))?,
        }
        self.written[bus].clear();
        self.written[bus].extend_from_slice(levels);
        Ok(())
    }
}

fn value(level: Level) -> Value {
    match level {
        Level::Zero => Value::V0,
        Level::One => Value::V1,
        Level::Unknown => Value::X,
        Level::Floating => Value::Z,
    }
}
