//! The truth: a run of a circuit in exact numbers, by an exponential from corner to corner.

use crate::case::{Case, Kind};
use crate::network::{Interval, Network, NoTruth, Reduced, at_rest, network, reduce};
use crate::pieces::{INITIAL, Perturbation, Piece, corners};
use crate::real::{BITS, Real};

/// Halvings of an interval at which values are compared.
pub const HALVINGS: [usize; 8] = [1, 2, 3, 5, 8, 13, 21, 34];

/// Changes of switches after which a run is given up.
const MOST_CHANGES: usize = 200;

/// Rounds in which switches may change at one instant.
const MOST_SETTLING: usize = 8;

/// Parts into which a search for crossings cuts an interval at first: the generator's signals do not cross a
/// level twice within one of them.
const PARTS: usize = 512;
/// Voltages of all nodes (ground left out) at one instant: `after_fs` (a dyadic fraction of the interval) from `start`.
#[derive(Debug, Clone)]
pub struct Sample {
    pub start_fs: u64,
    pub after_fs: f64,
    pub volts: Vec<Real>,
}

/// A change of a switch.
#[derive(Debug, Clone)]
pub struct Change {
    pub element: usize,
    /// Instant (fs).
    pub at_fs: Real,
}

#[derive(Debug, Clone)]
pub struct Truth {
    nodes: usize,
    pub samples: Vec<Sample>,
    pub changes: Vec<Change>,
}

impl Truth {
    /// Keeps the voltages of a solution.
    fn sample(&mut self, start_fs: u64, after_fs: Real, mut z: Vec<Real>) {
        z.truncate(self.nodes);
        self.samples.push(Sample { start_fs, after_fs: after_fs.to_f64(), volts: z });
    }
}

struct Level {
    element: usize,
    control: [usize; 2],
    on_at: Real,
    off_at: Real,
}

impl Level {
    /// How far the control is beyond the level at which the switch changes.
    fn beyond(&self, on: bool, z: &[Real]) -> Real {
        let at = |node: usize| if node == 0 { Real::ZERO } else { z[node - 1] };
        let control = at(self.control[0]) - at(self.control[1]);
        if on { self.off_at - control } else { control - self.on_at }
    }
}

fn levels(case: &Case, perturbation: Perturbation) -> Vec<Level> {
    let switches = case.elements.iter().enumerate().filter_map(|(element, e)| match e.kind {
        Kind::Switch { vt, vh, .. } => {
            let (vt, vh) = (perturbation.of(vt, element, 1), perturbation.of(vh, element, 2));
            Some(Level { element, control: e.control, on_at: vt + vh, off_at: vt - vh })
        }
        _ => None,
    });
    switches.collect()
}

fn seconds(fs: Real) -> Real {
    fs / Real::from(10_u64.pow(15))
}

/// The run of a circuit.
///
/// # Errors
/// [`NoTruth`] says why there is none.
pub fn solve(case: &Case, perturbation: Perturbation) -> Result<Truth, NoTruth> {
    let mut run = Run::begin(case, perturbation)?;
    for ends in corners(case).windows(2) {
        run.pass(ends[0], ends[1])?;
    }
    Ok(run.truth)
}

/// A run that has come to some corner.
struct Run<'c> {
    case: &'c Case,
    perturbation: Perturbation,
    levels: Vec<Level>,
    /// Which switches are on.
    on: Vec<bool>,
    network: Network,
    reduced: Reduced,
    /// States of the network.
    y: Vec<Real>,
    truth: Truth,
}

impl<'c> Run<'c> {
    fn begin(case: &'c Case, perturbation: Perturbation) -> Result<Self, NoTruth> {
        let levels = levels(case, perturbation);
        let mut on = vec![false; levels.len()];
        let mut net = network(case, &on, perturbation);
        let z = match &case.initial {
            Some(initial) => {
                let volts = initial[1..].iter().enumerate();
                let mut z: Vec<Real> =
                    volts.map(|(node, v)| perturbation.of(*v, INITIAL, node)).collect();
                z.resize(net.mass.rows, Real::ZERO);
                z
            }
            None => rest(case, perturbation, &levels, &mut on)?,
        };
        net = network(case, &on, perturbation);
        let reduced = reduce(&net)?;
        let y = reduced.states.apply(&z);
        let truth = Truth { nodes: case.nodes, samples: Vec::new(), changes: Vec::new() };
        Ok(Self { case, perturbation, levels, on, network: net, reduced, y, truth })
    }

    /// From a corner to the next, in stretches between two changes of switches.
    fn pass(&mut self, start_fs: u64, end_fs: u64) -> Result<(), NoTruth> {
        let (mut from, length) = (Real::ZERO, Real::from(end_fs - start_fs));
        let pieces = pieces(self.case, &self.network, start_fs, self.perturbation);
        // The sources' own states where the stretch begins, if not at the corner.
        let mut sources: Option<Vec<Real>> = None;
        let mut settling = 0;
        loop {
            let mut interval = Interval::new(&self.network, &self.reduced, &pieces);
            if let Some(sources) = &sources {
                interval.start.clone_from(sources);
            }
            let mut w = interval.begin(&self.y);
            // A jump of a source, or another switch, may take it beyond its level.
            let mut entering = beyond(&self.levels, &self.on, &interval.output.apply(&w));
            if entering.is_empty() {
                if self.levels.is_empty() {
                    self.y = sample_halvings(&mut self.truth, &interval, &w, start_fs, length);
                    return Ok(());
                }
                let first = first_change(&interval, &w, &self.levels, &self.on, from, length);
                sample_within(
                    &mut self.truth,
                    &interval,
                    &w,
                    start_fs,
                    [from, first.at_fs, length],
                );
                if first.entering.is_empty() {
                    self.y = interval.states(&first.w);
                    return Ok(());
                }
                (settling, from, w, entering) = (0, first.at_fs, first.w, first.entering);
            }
            settling += 1;
            if self.truth.changes.len() > MOST_CHANGES || settling > MOST_SETTLING {
                return Err(NoTruth::Busy);
            }
            let z = interval.output.apply(&w);
            sources = Some(w[self.y.len()..].to_vec());
            self.switch(&entering, Real::from(start_fs) + from, &z)?;
        }
    }

    /// Changes switches; the charges stay.
    fn switch(&mut self, entering: &[usize], at_fs: Real, z: &[Real]) -> Result<(), NoTruth> {
        for k in entering {
            self.on[*k] = !self.on[*k];
            // What the initial voltages turn on or off is the state at zero, not a change.
            if !at_fs.is_zero() {
                self.truth.changes.push(Change { element: self.levels[*k].element, at_fs });
            }
        }
        self.network = network(self.case, &self.on, self.perturbation);
        self.reduced = reduce(&self.network)?;
        self.y = self.reduced.states.apply(z);
        Ok(())
    }
}

/// What the sources are before time zero: a jump there is no part of the state of rest.
fn before(case: &Case, network: &Network, perturbation: Perturbation) -> Vec<Real> {
    let value = |(element, _): &(usize, Vec<Real>)| match &case.elements[*element].kind {
        Kind::Voltage(source) | Kind::Current(source) => {
            source.before(case.until, *element, perturbation)
        }
        _ => unreachable!("only sources drive"),
    };
    network.sources.iter().map(value).collect()
}

fn pieces(case: &Case, network: &Network, at: u64, perturbation: Perturbation) -> Vec<Piece> {
    let piece = |(element, _): &(usize, Vec<Real>)| match &case.elements[*element].kind {
        Kind::Voltage(source) | Kind::Current(source) => {
            source.piece(at, case.until, *element, perturbation)
        }
        _ => unreachable!("only sources drive"),
    };
    network.sources.iter().map(piece).collect()
}

/// A solution at rest with which all switches agree.
fn rest(
    case: &Case,
    perturbation: Perturbation,
    levels: &[Level],
    on: &mut [bool],
) -> Result<Vec<Real>, NoTruth> {
    for _ in 0..MOST_SETTLING {
        let network = network(case, on, perturbation);
        let z = at_rest(&network, &before(case, &network, perturbation))?;
        let entering = beyond(levels, on, &z);
        if entering.is_empty() {
            return Ok(z);
        }
        for k in entering {
            on[k] = !on[k];
        }
    }
    Err(NoTruth::NoRest)
}

/// The switches that a solution carries beyond their levels.
fn beyond(levels: &[Level], on: &[bool], z: &[Real]) -> Vec<usize> {
    (0..levels.len()).filter(|k| levels[*k].beyond(on[*k], z).is_positive()).collect()
}

/// The first change within an interval, or its end.
struct First {
    /// Since the start of the interval (fs).
    at_fs: Real,
    w: Vec<Real>,
    entering: Vec<usize>,
}

/// Steps through the rest of an interval in equal parts, then halves the part that holds the first crossing. Each
/// half is one of the squarings that the exponential of the part went through.
fn first_change(
    interval: &Interval,
    w: &[Real],
    levels: &[Level],
    on: &[bool],
    from: Real,
    length: Real,
) -> First {
    let part = (length - from) / Real::from(PARTS as u64);
    let powers = interval.generator.exponentials(seconds(part), BITS as usize / 2);
    let crossed = |w: &[Real]| beyond(levels, on, &interval.output.apply(w));
    let (mut w, mut at_fs) = (w.to_vec(), from);
    for _ in 0..PARTS {
        let next = powers[0].apply(&w);
        let mut entering = crossed(&next);
        if entering.is_empty() {
            (w, at_fs) = (next, at_fs + part);
            continue;
        }
        let mut after = next;
        for (halvings, power) in powers.iter().enumerate().skip(1) {
            let middle = power.apply(&w);
            let found = crossed(&middle);
            if found.is_empty() {
                (w, at_fs) = (middle, at_fs + part.scaled(-(halvings as i64)));
            } else {
                (after, entering) = (middle, found);
            }
        }
        return First { at_fs, w: after, entering };
    }
    First { at_fs: length, w, entering: Vec::new() }
}

/// Values at the start of an interval and at its halvings, all of which one exponential passes through;
/// gives the states at its end.
fn sample_halvings(
    truth: &mut Truth,
    interval: &Interval,
    w: &[Real],
    start_fs: u64,
    length: Real,
) -> Vec<Real> {
    let most = *HALVINGS.last().expect("some");
    let powers = interval.generator.exponentials(seconds(length), most);
    truth.sample(start_fs, Real::ZERO, interval.output.apply(w));
    for halvings in HALVINGS {
        let z = interval.output.apply(&powers[halvings].apply(w));
        truth.sample(start_fs, length.scaled(-(halvings as i64)), z);
    }
    interval.states(&powers[0].apply(w))
}

/// Values at the start of a stretch that begins with the interval, in the middle of the stretch, and at the halvings of
/// the interval that fall into it; `[from, to, length]` in fs.
fn sample_within(
    truth: &mut Truth,
    interval: &Interval,
    w: &[Real],
    start_fs: u64,
    [from, to, length]: [Real; 3],
) {
    if from.is_zero() {
        truth.sample(start_fs, from, interval.output.apply(w));
    }
    // On a whole femtosecond, so that it is exact as an `f64`.
    let middle = Real::from((from + to).scaled(-1).to_f64().floor());
    let halvings = [1, 3, 6].into_iter().map(|k| length.scaled(-k));
    for at in halvings.chain([middle]).filter(|at| *at > from && *at < to) {
        let power = interval.generator.exponentials(seconds(at - from), 0);
        truth.sample(start_fs, at, interval.output.apply(&power[0].apply(w)));
    }
}
