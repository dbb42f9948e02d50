//! The equations of a circuit and one step of them.

use std::collections::BTreeMap;

use super::{
    Device, Oracle, Phase,
    matrices::{apply, inverse},
    sources::source,
};
use crate::recipe::{Element, Kind, ROFF, RON};

const SQRT6: f64 = 2.449489742783178;

pub fn radau() -> ([f64; 3], [[f64; 3]; 3]) {
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

impl<'a> Oracle<'a> {
    pub fn new(elements: &'a [Element], nodes: usize) -> Self {
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

    pub fn stiffness(&self) -> Vec<Vec<f64>> {
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

    pub fn drive(&self, inside: f64, t: f64) -> Vec<f64> {
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
    pub fn step(&mut self, q: &[f64], t: f64, h: f64, inside: f64) -> Option<[Vec<f64>; 3]> {
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
