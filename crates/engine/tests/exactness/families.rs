//! The circuits of each family.

use crate::case::{Case, Kind, Source, ticks};
use crate::generator::{Draft, LONGEST_S};

impl Draft {
    pub fn mixed(mut self) -> Case {
        let most = if self.random.chance(0.3) { 10 } else { 6 };
        let count = 2 + self.random.below(most);
        let supply = self.node();
        // How far apart the values of this circuit are.
        let spread = self.random.between(1.0, 7.0);
        let (ohm, farad) = (self.random.decades(1e3, 1e6), self.random.decades(1e-11, 1e-7));
        let resistance = |draft: &mut Self| ohm * 10f64.powf(draft.random.between(-spread, spread));
        let capacitance =
            |draft: &mut Self| farad * 10f64.powf(draft.random.between(-spread, spread) / 2.0);
        for _ in 1..count {
            let to = self.any();
            let node = self.node();
            let value = resistance(&mut self);
            self.resistor(node, to, value);
            if self.random.chance(0.75) {
                let value = capacitance(&mut self);
                let to = if self.random.chance(0.75) {
                    0
                } else {
                    (node + 1 + self.random.below(self.nodes)) % (self.nodes + 1)
                };
                self.capacitor(node, to, value);
            }
        }
        for _ in 0..self.random.below(count + 1) {
            let [a, b] = self.pair();
            match self.random.below(8) {
                0..=2 => {
                    let value = resistance(&mut self);
                    self.resistor(a, b, value);
                }
                3 => {
                    let value = capacitance(&mut self);
                    self.capacitor(a, b, value);
                }
                4 => {
                    let weak = self.random.decades(1e9, 1e15);
                    self.resistor(a, b, weak);
                }
                5 => {
                    let control = self.pair();
                    let gain = if self.random.chance(0.7) {
                        self.random.between(-3.0, 3.0)
                    } else {
                        -self.random.decades(10.0, 1e5)
                    };
                    let out = self.node();
                    self.add([out, 0], control, Kind::Vcvs(gain));
                    let value = resistance(&mut self);
                    self.resistor(out, a, value);
                }
                _ => {
                    let control = self.pair();
                    let siemens = self.random.between(-0.8, 1.5) / resistance(&mut self);
                    self.add([a, b], control, Kind::Vccs(siemens));
                }
            }
        }
        // What hangs on one element alone carries no current, and is refused.
        for node in 1..=self.nodes {
            let touches = self.elements.iter().filter(|e| e.nodes.contains(&node)).count();
            if touches + usize::from(node == supply) < 2 {
                let to = (node + 1 + self.random.below(self.nodes)) % (self.nodes + 1);
                let value = resistance(&mut self);
                self.resistor(node, to, value);
            }
        }
        let tau_s = self.tau_s();
        let until = self.until(tau_s);
        let uic = self.random.chance(0.6);
        let source = self.source(1.0, until, uic);
        self.add([supply, 0], [0, 0], Kind::Voltage(source));
        if self.random.chance(0.4) {
            let [a, b] = self.pair();
            let size = self.random.decades(0.1, 1.0) / ohm;
            let source = self.source(size, until, true);
            self.add([a, b], [0, 0], Kind::Current(source));
        }
        self.finish(until, uic)
    }

    pub fn ramps(mut self, most_stages: usize) -> Case {
        let stages = 1 + self.random.below(most_stages);
        let farad = self.random.decades(1e-12, 1e-6);
        let tau_s = self.random.decades(1e-9, 1e6);
        // From runs far shorter than the time constant to some that see it through.
        let length_s = tau_s * self.random.decades(1e-9, 10.0);
        let until = ticks(length_s.clamp(1e-9, LONGEST_S)).max(1000);
        let source = self.source(1.0, until, true);
        if self.random.chance(0.5) {
            let supply = self.node();
            self.add([supply, 0], [0, 0], Kind::Voltage(source));
            let node = self.node();
            self.resistor(supply, node, tau_s / farad);
            self.capacitor(node, 0, farad);
        } else {
            let node = self.node();
            let size = farad / (until as f64 * 1e-15);
            let source = self.source(size, until, true);
            self.add([0, node], [0, 0], Kind::Current(source));
            self.resistor(node, 0, tau_s / farad);
            self.capacitor(node, 0, farad);
        }
        for _ in 1..stages {
            let before = self.nodes;
            let node = self.node();
            let (r, c) = (self.random.decades(1e2, 1e12), self.random.decades(1e-13, 1e-6));
            self.resistor(before, node, r);
            self.capacitor(node, 0, c);
        }
        self.finish(until, true)
    }

    pub fn slow_beside_fast(mut self) -> Case {
        let supply = self.node();
        let mut before = supply;
        for _ in 0..1 + self.random.below(3) {
            let node = self.node();
            let (r, c) = (self.random.decades(1e3, 1e10), self.random.decades(1e-10, 1e-5));
            self.resistor(before, node, r);
            self.capacitor(node, 0, c);
            before = node;
        }
        for _ in 0..1 + self.random.below(3) {
            let node = self.node();
            let (r, c) = (self.random.decades(1.0, 1e4), self.random.decades(1e-14, 1e-10));
            self.resistor(before, node, r);
            self.capacitor(node, 0, c);
            before = node;
        }
        for _ in 0..1 + self.random.below(2) {
            let control = [1 + self.random.below(self.nodes), 0];
            let back = 1 + self.random.below(self.nodes);
            if self.random.chance(0.7) {
                let out = self.node();
                let gain = if self.random.chance(0.8) {
                    self.random.between(-2.0, 1.0)
                } else {
                    -self.random.decades(2.0, 1e4)
                };
                self.add([out, 0], control, Kind::Vcvs(gain));
                let r = self.random.decades(1e5, 1e11);
                self.resistor(out, back, r);
            } else {
                let siemens = self.random.decades(1e-13, 1e-7);
                self.add([back, 0], control, Kind::Vccs(siemens));
            }
        }
        let tau_s = self.tau_s();
        let until = self.until(tau_s);
        let uic = self.random.chance(0.7);
        let source = self.source(1.0, until, uic);
        self.add([supply, 0], [0, 0], Kind::Voltage(source));
        self.finish(until, uic)
    }

    pub fn weakly_coupled(mut self) -> Case {
        let stages = 2 + self.random.below(3);
        let mut outputs = Vec::new();
        let mut driven = Vec::new();
        for _ in 0..stages {
            let (supply, node) = (self.node(), self.node());
            let (r, c) = (self.random.decades(1e3, 1e7), self.random.decades(1e-10, 1e-6));
            self.resistor(supply, node, r);
            self.capacitor(node, 0, c);
            driven.push(supply);
            outputs.push(node);
        }
        for k in 1..stages {
            let r = self.random.decades(1e9, 1e15);
            self.resistor(outputs[k - 1], outputs[k], r);
        }
        let tau_s = self.tau_s().clamp(1e-8, 10.0);
        let until = self.until(tau_s);
        let uic = self.random.chance(0.7);
        for supply in driven {
            let source = if self.random.chance(0.7) {
                Source::Dc(self.level())
            } else {
                self.source(1.0, until, uic)
            };
            self.add([supply, 0], [0, 0], Kind::Voltage(source));
        }
        self.finish(until, uic)
    }

    pub fn ladder(mut self) -> Case {
        let sections = 2 + self.random.below(8);
        let (ohm, farad, spread) = (
            self.random.decades(1e2, 1e6),
            self.random.decades(1e-12, 1e-7),
            self.random.between(0.0, 4.0),
        );
        let mut before = self.node();
        let supply = before;
        for _ in 0..sections {
            let node = self.node();
            let r = ohm * 10f64.powf(self.random.between(-spread, spread));
            let c = farad * 10f64.powf(self.random.between(-spread, spread));
            self.resistor(before, node, r);
            self.capacitor(node, 0, c);
            before = node;
        }
        let tau_s = self.tau_s();
        let until = self.until(tau_s);
        let uic = self.random.chance(0.7);
        let source = self.source(1.0, until, uic);
        self.add([supply, 0], [0, 0], Kind::Voltage(source));
        self.finish(until, uic)
    }

    /// Relaxation oscillators, and stages that a switch discharges when another node passes its level.
    pub fn switched(mut self) -> Case {
        let supply = self.node();
        let stages = 1 + self.random.below(2);
        let (ohm, farad) = (self.random.decades(1e3, 1e7), self.random.decades(1e-11, 1e-7));
        let tau_s = ohm * farad;
        for stage in 0..stages {
            let node = self.node();
            let (r, c) =
                (ohm * self.random.decades(0.5, 2.0), farad * self.random.decades(0.5, 2.0));
            self.resistor(supply, node, r);
            self.capacitor(node, 0, c);
            let (vt, vh) = (
                self.random.between(20.0, 60.0).round() / 64.0,
                self.random.between(4.0, 16.0).round() / 64.0,
            );
            let (ron, roff) =
                (r * self.random.decades(1e-5, 1e-1), r * self.random.decades(1e2, 1e8));
            let control = if stage > 0 && self.random.chance(0.5) { node - 1 } else { node };
            self.add([node, 0], [control, 0], Kind::Switch { vt, vh, ron, roff });
        }
        if stages == 2 {
            let coupling = ohm * self.random.decades(1.0, 1e8);
            self.resistor(self.nodes - 1, self.nodes, coupling);
        }
        let until = ticks(tau_s * self.random.between(0.5, 4.0));
        let source = match self.random.below(3) {
            0 => Source::Dc(self.random.between(1.2, 4.0)),
            1 => Source::Sine {
                offset: self.random.between(0.5, 2.0),
                amplitude: self.random.between(0.5, 1.5),
                hz: self.random.between(0.2, 1.0) / tau_s,
                delay: 0,
                damping: 0.0,
                phase: 0.0,
            },
            _ => {
                let edge = self.edge(until);
                let delay = until / 10 + 1;
                Source::Pwl(vec![(delay, 0.0), (delay + edge, self.random.between(1.2, 4.0))])
            }
        };
        self.add([supply, 0], [0, 0], Kind::Voltage(source));
        self.finish(until, true)
    }
}
