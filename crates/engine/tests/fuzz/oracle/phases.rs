//! Phases of devices: what their voltages and filaments ask for, and taking one.

use super::{Device, Events, Oracle, Phase, equations::radau};
use crate::recipe::{Kind, memristor};

impl Oracle<'_> {
    pub fn config(&self) -> Vec<bool> {
        self.devices.iter().map(|d| d.phase == Phase::On).collect()
    }

    fn volt(&self, device: &Device, z: &[f64]) -> f64 {
        let e = &self.elements[device.element];
        let [a, b] = if matches!(e.kind, Kind::Memristor) { e.nodes } else { e.control };
        let v = |node: usize| if node == 0 { 0.0 } else { z[node - 1] };
        v(a) - v(b)
    }

    /// Filament of a device at the end of a step.
    pub fn filament(&self, device: &Device, stages: &[Vec<f64>; 3], h: f64) -> f64 {
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
    pub fn past(&self, device: &Device, z: &[f64], g: f64) -> (f64, Phase) {
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

    pub fn enter(&mut self, position: usize, phase: Phase, t: f64, events: &mut Events) {
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
    pub fn settle(&mut self, q: &[f64], t: f64, inside: f64, events: &mut Events) -> Option<()> {
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
