//! An independent solver: modified nodal analysis of the whole circuit, the three-stage Radau IIA
//! method (order 5, Hairer and Wanner, "Solving Ordinary Differential Equations II", IV.5) at small
//! steps, and events by repeated bisection of a step.

use std::collections::BTreeMap;

use memspike_circuit::Stimulus;

use crate::recipe::{Element, Kind, ROFF, RON, Recipe, memristor};

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

const SQRT6: f64 = 2.449489742783178;

fn radau() -> ([f64; 3], [[f64; 3]; 3]) {
    let s = SQRT6;
    (
        [(4.0 - s) / 10.0, (4.0 + s) / 10.0, 1.0],
        [
            [(88.0 - 7.0 * s) / 360.0, (296.0 - 169.0 * s) / 1800.0, (-2.0 + 3.0 * s) / 225.0],
            [(296.0 + 169.0 * s) / 1800.0, (88.0 + 7.0 * s) / 360.0, (-2.0 - 3.0 * s) / 225.0],
            [(16.0 - s) / 36.0, (16.0 + s) / 36.0, 1.0 / 9.0],
        ],
    )
}

/// Value at `t` of the piece of the source that is in force at `inside`.
fn source(stimulus: &Stimulus, inside: f64, t: f64) -> f64 {
    let line = |(t0, v0): (f64, f64), (t1, v1): (f64, f64)| v0 + (v1 - v0) * (t - t0) / (t1 - t0);
    match stimulus {
        Stimulus::Dc(v) => *v,
        Stimulus::Sine(s) => {
            let t = if inside < s.delay_s { 0.0 } else { t - s.delay_s };
            let angle = std::f64::consts::TAU * s.frequency_hz * t + s.phase_rad;
            s.offset + s.amplitude * (-s.damping_per_s * t).exp() * angle.sin()
        }
        Stimulus::Pwl(points) => {
            let after = points.iter().position(|p| p.0 > inside);
            match after {
                Some(0) => points[0].1,
                Some(k) => line(points[k - 1], points[k]),
                None => points[points.len() - 1].1,
            }
        }
        Stimulus::RepeatedPwl(_)
        | Stimulus::Exponential(_)
        | Stimulus::Staircase(_)
        | Stimulus::Levels(_)
        | Stimulus::Spikes(_) => unreachable!("recipes have no such source"),
        Stimulus::Pulse(p) => {
            let number = ((inside - p.delay_s) / p.period_s).floor();
            if number < 0.0 || p.count.is_some_and(|count| number >= count as f64) {
                return p.low;
            }
            let start = p.delay_s + number * p.period_s;
            let (a, b) = (start + p.rise_s, start + p.rise_s + p.width_s);
            let c = b + p.fall_s;
            if inside < a {
                line((start, p.low), (a, p.high))
            } else if inside < b {
                p.high
            } else if inside < c {
                line((b, p.high), (c, p.low))
            } else {
                p.low
            }
        }
    }
}

fn corners(stimulus: &Stimulus, until: f64, out: &mut Vec<f64>) {
    match stimulus {
        Stimulus::Dc(_)
        | Stimulus::RepeatedPwl(_)
        | Stimulus::Exponential(_)
        | Stimulus::Staircase(_)
        | Stimulus::Levels(_)
        | Stimulus::Spikes(_) => {}
        Stimulus::Sine(s) => out.push(s.delay_s),
        Stimulus::Pwl(points) => out.extend(points.iter().map(|p| p.0)),
        Stimulus::Pulse(p) => {
            let mut start = p.delay_s;
            let mut number = 0;
            while start < until && p.count.is_none_or(|count| number <= count) {
                let b = start + p.rise_s;
                out.extend([start, b, b + p.width_s, b + p.width_s + p.fall_s]);
                number += 1;
                start = p.delay_s + number as f64 * p.period_s;
            }
        }
    }
}

/// Inverse by Gauss and Jordan with scaled rows and partial pivots; none if singular.
fn inverse(mut a: Vec<Vec<f64>>) -> Option<Vec<Vec<f64>>> {
    let n = a.len();
    for (i, row) in a.iter_mut().enumerate() {
        let scale = row.iter().fold(0.0_f64, |m, x| m.max(x.abs()));
        if scale == 0.0 {
            return None;
        }
        row.extend((0..n).map(|j| if i == j { 1.0 } else { 0.0 }));
        row.iter_mut().for_each(|x| *x /= scale);
    }
    for k in 0..n {
        let p = (k..n).max_by(|&i, &j| a[i][k].abs().total_cmp(&a[j][k].abs()))?;
        if a[p][k].abs() < 1e-13 {
            return None;
        }
        a.swap(p, k);
        let pivot = a[k].clone();
        for (i, row) in a.iter_mut().enumerate() {
            if i != k {
                let factor = row[k] / pivot[k];
                if factor != 0.0 {
                    for (x, y) in row[k..].iter_mut().zip(&pivot[k..]) {
                        *x -= factor * y;
                    }
                }
            }
        }
        let d = pivot[k];
        a[k].iter_mut().for_each(|x| *x /= d);
    }
    Some(a.into_iter().map(|row| row[n..].to_vec()).collect())
}

fn apply(m: &[Vec<f64>], x: &[f64]) -> Vec<f64> {
    m.iter().map(|row| row.iter().zip(x).map(|(a, b)| a * b).sum()).collect()
}

impl<'a> Oracle<'a> {
    fn new(elements: &'a [Element], nodes: usize) -> Self {
        let mut branch = BTreeMap::new();
        for (at, e) in elements.iter().enumerate() {
            if matches!(e.kind, Kind::Voltage(_) | Kind::Vcvs(_) | Kind::Inductor(..)) {
                branch.insert(at, nodes - 1 + branch.len());
            }
        }
        let size = nodes - 1 + branch.len();
        let mut mass = vec![vec![0.0; size]; size];
        let mut devices = Vec::new();
        for (at, e) in elements.iter().enumerate() {
            if let Kind::Capacitor(c) = e.kind {
                stamp(&mut mass, e.nodes, e.nodes, c);
            }
            if let Kind::Inductor(henry, coupled) = e.kind {
                // The row says that the voltage is the change of the flux.
                mass[branch[&at]][branch[&at]] -= henry;
                if let Some(factor) = coupled {
                    let name = format!("l{}", e.name[1..].parse::<usize>().expect("a number") - 1);
                    let other = elements.iter().position(|e| e.name == name).expect("a winding");
                    let Kind::Inductor(first, _) = elements[other].kind else { unreachable!() };
                    let mutual = factor * (henry * first).sqrt();
                    mass[branch[&at]][branch[&other]] -= mutual;
                    mass[branch[&other]][branch[&at]] -= mutual;
                }
            }
            if matches!(e.kind, Kind::Switch { .. } | Kind::Memristor) {
                devices.push(Device { element: at, phase: Phase::Off, g: 0.0 });
            }
        }
        let floating = floating_groups(elements, nodes);
        for group in &floating {
            mass[group[0]].fill(0.0);
        }
        Self { elements, size, branch, floating, mass, devices, inverses: BTreeMap::new() }
    }

    fn config(&self) -> Vec<bool> {
        self.devices.iter().map(|d| d.phase == Phase::On).collect()
    }

    fn stiffness(&self) -> Vec<Vec<f64>> {
        let mut g = vec![vec![0.0; self.size]; self.size];
        for (at, e) in self.elements.iter().enumerate() {
            match e.kind {
                Kind::Resistor(ohm) => stamp(&mut g, e.nodes, e.nodes, 1.0 / ohm),
                Kind::Vccs(s) => stamp(&mut g, e.nodes, e.control, s),
                Kind::Switch { .. } | Kind::Memristor => {
                    let d = self.devices.iter().find(|d| d.element == at).expect("a device");
                    let ohm = if d.phase == Phase::On { RON } else { ROFF };
                    stamp(&mut g, e.nodes, e.nodes, 1.0 / ohm);
                }
                Kind::Voltage(_) | Kind::Vcvs(_) | Kind::Inductor(..) => {
                    let row = self.branch[&at];
                    for (node, sign) in e.nodes.into_iter().zip([1.0, -1.0]) {
                        if node > 0 {
                            g[node - 1][row] += sign;
                            g[row][node - 1] += sign;
                        }
                    }
                    if let Kind::Vcvs(gain) = e.kind {
                        for (node, sign) in e.control.into_iter().zip([1.0, -1.0]) {
                            if node > 0 {
                                g[row][node - 1] -= gain * sign;
                            }
                        }
                    }
                }
                Kind::Capacitor(_) | Kind::Current(_) => {}
            }
        }
        for group in &self.floating {
            for &member in &group[1..] {
                let row = g[member].clone();
                g[group[0]].iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
            }
        }
        g
    }

    fn drive(&self, inside: f64, t: f64) -> Vec<f64> {
        let mut s = vec![0.0; self.size];
        for (at, e) in self.elements.iter().enumerate() {
            match &e.kind {
                Kind::Voltage(stimulus) => s[self.branch[&at]] += source(stimulus, inside, t),
                Kind::Current(stimulus) => {
                    for (node, sign) in e.nodes.into_iter().zip([1.0, -1.0]) {
                        if node > 0 {
                            s[node - 1] -= sign * source(stimulus, inside, t);
                        }
                    }
                }
                _ => {}
            }
        }
        for group in &self.floating {
            s[group[0]] = group.iter().map(|&member| s[member]).sum();
        }
        s
    }

    /// Stages of one step from charges `q`.
    fn step(&mut self, q: &[f64], t: f64, h: f64, inside: f64) -> Option<[Vec<f64>; 3]> {
        let (c, a) = radau();
        let n = self.size;
        let key = (self.config(), h.to_bits());
        if !self.inverses.contains_key(&key) {
            let g = self.stiffness();
            let mut all = vec![vec![0.0; 3 * n]; 3 * n];
            for i in 0..3 {
                for j in 0..3 {
                    for r in 0..n {
                        for k in 0..n {
                            let m = if i == j { self.mass[r][k] } else { 0.0 };
                            all[i * n + r][j * n + k] = m + h * a[i][j] * g[r][k];
                        }
                    }
                }
            }
            if self.inverses.len() > 200 {
                self.inverses.clear();
            }
            self.inverses.insert(key.clone(), inverse(all)?);
        }
        let s: Vec<Vec<f64>> = (0..3).map(|j| self.drive(inside, t + c[j] * h)).collect();
        let mut right = Vec::with_capacity(3 * n);
        for row in &a {
            for r in 0..n {
                right.push(q[r] + h * (0..3).map(|j| row[j] * s[j][r]).sum::<f64>());
            }
        }
        let z = apply(&self.inverses[&key], &right);
        Some([z[..n].to_vec(), z[n..2 * n].to_vec(), z[2 * n..].to_vec()])
    }

    fn volt(&self, device: &Device, z: &[f64]) -> f64 {
        let e = &self.elements[device.element];
        let [a, b] = if matches!(e.kind, Kind::Memristor) { e.nodes } else { e.control };
        let v = |node: usize| if node == 0 { 0.0 } else { z[node - 1] };
        v(a) - v(b)
    }

    /// Filament of a device at the end of a step.
    fn filament(&self, device: &Device, stages: &[Vec<f64>; 3], h: f64) -> f64 {
        use memristor::*;
        match device.phase {
            Phase::Off => device.g * (-h / TRELAX).exp(),
            Phase::Saturated => device.g + h / TON_MIN,
            Phase::On => 1.0,
            Phase::Growing => {
                let rate = |z: &Vec<f64>| ((self.volt(device, z).abs() - VON) / VS).exp() / T0;
                let (_, a) = radau();
                device.g + h * (0..3).map(|j| a[2][j] * rate(&stages[j])).sum::<f64>()
            }
        }
    }

    /// How far a device is past a change of its phase, and the phase.
    fn past(&self, device: &Device, z: &[f64], g: f64) -> (f64, Phase) {
        use memristor::*;
        let v = self.volt(device, z);
        if let Kind::Switch { on_at, off_at } = self.elements[device.element].kind {
            return if device.phase == Phase::On {
                (off_at - v, Phase::Off)
            } else {
                (v - on_at, Phase::On)
            };
        }
        let u = v.abs();
        let vcap = VON + VS * (T0 / TON_MIN).ln();
        let most = |a: (f64, Phase), b: (f64, Phase)| if b.0 > a.0 { b } else { a };
        match device.phase {
            Phase::Off => (u - VON, Phase::Growing),
            Phase::Growing => most(
                most((VON - u, Phase::Off), (u - vcap, Phase::Saturated)),
                (g - 1.0, Phase::On),
            ),
            Phase::Saturated => most((vcap - u, Phase::Growing), (g - 1.0, Phase::On)),
            Phase::On => (VHOLD - u, Phase::Off),
        }
    }

    fn enter(&mut self, position: usize, phase: Phase, t: f64, events: &mut Events) {
        let device = &mut self.devices[position];
        let from = device.phase;
        device.phase = phase;
        if phase == Phase::On {
            device.g = 1.0;
        } else if from == Phase::On {
            device.g = memristor::GRES;
        }
        if (from == Phase::On) != (phase == Phase::On) {
            let name = &self.elements[device.element].name;
            events.entry(name.clone()).or_default().push(t);
        }
    }

    /// Phases that the voltages just after `t` ask for.
    fn settle(&mut self, q: &[f64], t: f64, inside: f64, events: &mut Events) -> Option<()> {
        for _ in 0..100 {
            let z = self.step(q, t, 1e-9, inside)?[0].clone();
            let mut changed = false;
            for position in 0..self.devices.len() {
                let before = self.config();
                for _ in 0..3 {
                    let device = self.devices[position].clone();
                    let (past, phase) = self.past(&device, &z, device.g.min(0.999_999));
                    if past <= 1e-7 {
                        break;
                    }
                    self.enter(position, phase, t, events);
                    if matches!(self.elements[device.element].kind, Kind::Switch { .. }) {
                        break;
                    }
                }
                changed |= before != self.config();
            }
            if !changed {
                return Some(());
            }
        }
        None
    }
}

fn stamp(m: &mut [Vec<f64>], nodes: [usize; 2], control: [usize; 2], value: f64) {
    for (node, s) in nodes.into_iter().zip([1.0, -1.0]) {
        for (c, sc) in control.into_iter().zip([1.0, -1.0]) {
            if node > 0 && c > 0 {
                m[node - 1][c - 1] += s * sc * value;
            }
        }
    }
}

fn floating_groups(elements: &[Element], nodes: usize) -> Vec<Vec<usize>> {
    let mut label: Vec<usize> = (0..nodes).collect();
    for e in elements.iter().filter(|e| matches!(e.kind, Kind::Capacitor(_))) {
        let [a, b] = e.nodes.map(|node| label[node]);
        label.iter_mut().filter(|l| **l == a.max(b)).for_each(|l| *l = a.min(b));
    }
    let members = |l: usize| (1..nodes).filter(|n| label[*n] == l).map(|n| n - 1).collect();
    let groups = (1..nodes).map(members);
    groups.filter(|group: &Vec<usize>| group.len() > 1).collect()
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
