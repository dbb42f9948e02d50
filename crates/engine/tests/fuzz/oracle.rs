//! An independent solver: modified nodal analysis of the whole circuit, the three-stage Radau IIA
//! method (order 5, Hairer and Wanner, "Solving Ordinary Differential Equations II", IV.5) at small
//! steps, and events by repeated bisection of a step.

mod equations;
mod matrices;
mod phases;
mod sources;

use std::collections::BTreeMap;

use equations::radau;
use matrices::{apply, inverse};
use sources::corners;

use crate::recipe::{Element, Kind, Recipe};

pub type Events = BTreeMap<String, Vec<f64>>;

/// What a run gave: instants at which devices start and stop to conduct, by name, and the node
/// voltages at the sampling instants.
pub struct Result {
    pub events: Events,
    pub samples: Vec<Vec<f64>>,
    /// Where sources may jump.
    pub corners: Vec<f64>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Phase {
    Off,
    Growing,
    Saturated,
    On,
}

#[derive(Debug, Clone)]
struct Device {
    element: usize,
    phase: Phase,
    g: f64,
}

struct Oracle<'a> {
    elements: &'a [Element],
    size: usize,
    branch: BTreeMap<usize, usize>,
    /// Rows of the nodes of each group of capacitors that floats: the first row becomes their sum, in
    /// which no charge is left.
    floating: Vec<Vec<usize>>,
    mass: Vec<Vec<f64>>,
    devices: Vec<Device>,
    inverses: BTreeMap<(Vec<bool>, u64), Vec<Vec<f64>>>,
}

const LARGEST_STEP: f64 = 1.0 / 128.0;
const SMALLEST_STEP: f64 = 1.0 / (1 << 17) as f64;

/// Simulates; none if the oracle finds no unique solution.
pub fn solve(recipe: &Recipe, until: f64, at: &[f64]) -> Option<Result> {
    let (elements, nodes) = recipe.elements();
    let mut oracle = Oracle::new(&elements, nodes);
    let mut events = Events::new();
    let mut stops: Vec<f64> = at.to_vec();
    for e in &elements {
        if let Kind::Voltage(s) | Kind::Current(s) = &e.kind {
            corners(s, until, &mut stops);
        }
    }
    let corners = stops[at.len()..].to_vec();
    stops.push(until);
    stops.retain(|t| *t > 0.0 && *t <= until);
    stops.sort_by(f64::total_cmp);
    stops.dedup_by(|a, b| (*a - *b).abs() < 1e-13);

    let inside = 1e-12;
    let mut z: Vec<f64> = if recipe.uic {
        (0..oracle.size)
            .map(|k| if k < nodes - 1 { recipe.initial_volt(k + 1) } else { 0.0 })
            .collect()
    } else {
        let mut found = None;
        for _ in 0..100 {
            let at_rest = apply(&inverse(oracle.stiffness())?, &oracle.drive(-inside, 0.0));
            let before = oracle.config();
            for position in 0..oracle.devices.len() {
                let device = oracle.devices[position].clone();
                if !matches!(elements[device.element].kind, Kind::Switch { .. }) {
                    continue;
                }
                let (past, phase) = oracle.past(&device, &at_rest, 0.0);
                if past > 0.0 {
                    oracle.devices[position].phase = phase;
                }
            }
            if oracle.config() == before {
                found = Some(at_rest);
                break;
            }
        }
        found?
    };
    let mut q = apply(&oracle.mass, &z);
    // The values before an edge at zero hold at the start; the edge comes then.
    oracle.settle(&q, 0.0, -inside, &mut events)?;
    events.clear();
    oracle.settle(&q, 0.0, inside, &mut events)?;
    let mut t = 0.0;
    let mut samples = Vec::new();
    for stop in stops {
        let mut h = SMALLEST_STEP;
        let mut taken = 0;
        while t < stop {
            let length = if t + 1.5 * h >= stop { stop - t } else { h };
            // The piece of a source is known by its middle: corners are stops.
            let inside = 0.5 * (t + stop);
            let stages = oracle.step(&q, t, length, inside)?;
            let first_past = |oracle: &Oracle, z: &[Vec<f64>; 3], length: f64| {
                oracle
                    .devices
                    .iter()
                    .map(|d| oracle.past(d, &z[2], oracle.filament(d, z, length)).0)
                    .fold(f64::NEG_INFINITY, f64::max)
            };
            // A stage may show a short excursion that is over at the end of the step.
            let excursion = (0..2).find(|&k| {
                let past = |d| oracle.past(d, &stages[k], d.g).0 > 0.0;
                oracle.devices.iter().any(past)
            });
            let high = excursion.map_or(length, |k| radau().0[k] * length);
            let end = first_past(&oracle, &stages, length);
            if end <= 0.0 && excursion.is_none() {
                z = stages[2].clone();
                for position in 0..oracle.devices.len() {
                    let g = oracle.filament(&oracle.devices[position], &stages, length);
                    oracle.devices[position].g = g;
                }
                q = apply(&oracle.mass, &z);
                t = if length == stop - t { stop } else { t + length };
                taken += 1;
                if taken % 12 == 0 {
                    h = (2.0 * h).min(LARGEST_STEP);
                }
                continue;
            }
            // Bracket [low, high] of the first change.
            let (mut low, mut high) = (0.0, high);
            for _ in 0..60 {
                let m = 0.5 * (low + high);
                if high - low < 1e-13 {
                    break;
                }
                let stages = oracle.step(&q, t, m, inside)?;
                if first_past(&oracle, &stages, m) > 0.0 { high = m } else { low = m }
            }
            let stages = oracle.step(&q, t, high, inside)?;
            let mut enter = Vec::new();
            for position in 0..oracle.devices.len() {
                let g = oracle.filament(&oracle.devices[position], &stages, high);
                let (past, phase) = oracle.past(&oracle.devices[position], &stages[2], g);
                oracle.devices[position].g = g.min(1.0);
                if past > -1e-11 {
                    enter.push((position, phase));
                }
            }
            t += high;
            z = stages[2].clone();
            q = apply(&oracle.mass, &z);
            let before = oracle.config();
            for (position, phase) in enter {
                oracle.enter(position, phase, t, &mut events);
            }
            if oracle.config() != before {
                oracle.settle(&q, t, inside, &mut events)?;
                h = SMALLEST_STEP;
                taken = 0;
            }
            if events.values().map(Vec::len).sum::<usize>() > 400 {
                return None;
            }
        }
        if at.iter().any(|s| (s - stop).abs() < 1e-13) {
            samples.push(z[..nodes - 1].to_vec());
        }
        if z.iter().any(|x| x.abs() > 1e4) {
            return None;
        }
        if stop < until {
            oracle.settle(&q, stop, stop + 1e-9, &mut events)?;
        }
    }
    Some(Result { events, samples, corners })
}
