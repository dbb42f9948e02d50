//! Neurons of a node, grouped by their parameters.

use std::collections::BTreeMap;

use memspike_network::{Lif, LifDelta, LifExp, LifNeuron, Membrane, Model, Reset};

use crate::error::{cannot, parameter};
use crate::flat::FlatNode;
use crate::node::{Kind, Parameter};
use crate::{NirError, Options};

/// The most populations that one node becomes.
const MOST_GROUPS: usize = 4096;

/// An ampere here is a unit of NIR's current by this factor, a power of two, so that capacitances and currents are such as
/// circuits have.
pub const CURRENT: f64 = 1.0 / (1 << 30) as f64;

/// Time constant of a membrane that does not leak (s): in the longest run it loses less than a double can tell.
pub const ENDLESS_S: f64 = 1e30;

/// Potential that no integrator without spikes is to reach (V).
const UNREACHED_V: f64 = 1e3;

/// What our files say beside a node: what a weight of 1 does to its neurons (V or A), and their capacitance (F).
pub const UNIT: &str = "memspike_unit";
pub const CAPACITANCE: &str = "memspike_capacitance";

/// How far what is said beside may be from what parameters give: where these were changed, they count alone.
const ROUNDED: f64 = 16.0 * f64::EPSILON;

/// Parameters of one neuron.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neuron {
    kind: Kind,
    tau_s: f64,
    tau_syn_s: f64,
    r: f64,
    v_leak: f64,
    threshold: f64,
    reset: f64,
    w_in: f64,
    /// What is said beside.
    unit: Option<f64>,
    capacitance: Option<f64>,
    /// What is always there of its input.
    pub constant: f64,
}

/// What its input does to a neuron.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Effect {
    /// A weight of 1 moves the potential by this (V).
    Volt(f64),
    /// A weight of 1 adds this current (A).
    Ampere(f64),
}

impl Neuron {
    /// Neuron `at` of a node, with a constant input.
    pub fn of(node: &FlatNode, at: usize, constant: f64) -> Self {
        let kind = node.primitive.kind;
        let value = |name: &str, absent: f64| {
            node.primitive.array(name).map_or(absent, |array| array.spread(at))
        };
        let beside = |name: &str| match node.primitive.metadata.get(name) {
            Some(Parameter::Array(array)) if array.len() == 1 => Some(array.get(0)),
            _ => None,
        };
        let tau = if kind == Kind::CubaLI || kind == Kind::CubaLIF { "tau_mem" } else { "tau" };
        Self {
            kind,
            tau_s: value(tau, ENDLESS_S),
            tau_syn_s: value("tau_syn", 0.0),
            r: value("r", 1.0),
            v_leak: value("v_leak", 0.0),
            threshold: value("v_threshold", UNREACHED_V),
            reset: value("v_reset", 0.0),
            w_in: value("w_in", 1.0),
            unit: beside(UNIT),
            capacitance: beside(CAPACITANCE),
            constant,
        }
    }

    fn key(&self) -> [u64; 8] {
        let Self { tau_s, tau_syn_s, r, v_leak, threshold, reset, w_in, constant, .. } = *self;
        // A zero with a sign is a zero.
        [tau_s, tau_syn_s, r, v_leak, threshold, reset, w_in, constant]
            .map(|value| (value + 0.0).to_bits())
    }

    /// The potential from which on it fires: a spike is where `v` lies above the threshold, here where it reaches it.
    fn firing_v(&self) -> f64 {
        if self.kind.is_spiking() { self.threshold.next_up() } else { self.threshold }
    }

    fn membrane(&self, options: &Options) -> Membrane {
        let is_soft = options.subtract && self.kind.is_spiking();
        let reset = if is_soft { Reset::Subtract } else { Reset::ToV(self.reset) };
        Membrane {
            tau_s: self.tau_s,
            rest_v: self.v_leak,
            threshold_v: self.firing_v(),
            reset,
            refractory_s: 0.0,
            initial_v: None,
        }
    }

    /// Its population's model, and what a weight of 1 does to it.
    pub fn model(&self, name: &str, options: &Options) -> Result<(Model, Effect), NirError> {
        self.check(name, options)?;
        if options.core {
            return self.core(name, options);
        }
        let area_s = options.spike_area_s;
        let membrane = self.membrane(options);
        match self.kind {
            Kind::CubaLI | Kind::CubaLIF => {
                let capacitance = CURRENT * self.tau_s / self.r.abs();
                let model = LifExp {
                    membrane,
                    capacitance_farad: refined(capacitance, self.capacitance),
                    tau_excitatory_s: self.tau_syn_s,
                    tau_inhibitory_s: self.tau_syn_s,
                    drive_ampere: self.r.signum() * CURRENT * self.w_in * self.constant,
                };
                let unit = self.r.signum() * CURRENT * self.w_in * area_s / self.tau_syn_s;
                Ok((model.into(), Effect::Ampere(refined(unit, self.unit))))
            }
            Kind::IF => {
                let unit = refined(self.r * area_s, self.unit);
                Ok((LifDelta { membrane, drive_v: 0.0 }.into(), Effect::Volt(unit)))
            }
            _ => {
                let drive_v = self.r * self.constant;
                let unit = refined(self.r * area_s / self.tau_s, self.unit);
                Ok((LifDelta { membrane, drive_v }.into(), Effect::Volt(unit)))
            }
        }
    }

    /// The neuron of a core: it leaks towards 0 and has no drive.
    fn core(&self, name: &str, options: &Options) -> Result<(Model, Effect), NirError> {
        let is_plain = self.kind == Kind::LIF && self.v_leak == 0.0 && self.constant == 0.0;
        if !is_plain || options.subtract {
            let why = "a core of a network has LIF neurons that leak towards 0 and are reset to a value, without bias: train it with bias=False";
            return Err(cannot(name, why));
        }
        let lif = Lif { tau_s: self.tau_s, threshold_v: self.firing_v(), reset_v: self.reset };
        // Of resistor and capacitor their product alone counts, and that in the law.
        let model = LifNeuron {
            resistance_ohm: 1e6,
            capacitance_farad: self.tau_s / 1e6,
            ideal: Some(lif),
        };
        let unit = refined(self.r * options.spike_area_s / self.tau_s, self.unit);
        Ok((model.into(), Effect::Volt(unit)))
    }

    fn check(&self, name: &str, options: &Options) -> Result<(), NirError> {
        let positive = |what: &str, value: f64| {
            if value > 0.0 {
                return Ok(());
            }
            Err(parameter(name, what, format!("is {value}; it must be above 0")))
        };
        if self.kind == Kind::I {
            let why =
                "an integrator without leak and spikes has no population: give it a leak (LI)";
            return Err(cannot(name, why));
        }
        positive("tau", self.tau_s)?;
        if self.kind == Kind::CubaLI || self.kind == Kind::CubaLIF {
            positive("tau_syn", self.tau_syn_s)?;
        }
        if self.r == 0.0 {
            return Err(parameter(name, "r", "is 0: nothing that it hears acts on it"));
        }
        if self.kind == Kind::IF && self.constant != 0.0 {
            let why = "a bias comes to it, under which an IF rises without end: make it a LIF with a long tau";
            return Err(cannot(name, why));
        }
        if self.kind.is_spiking() && !options.subtract && self.reset >= self.firing_v() {
            let why = format!("is {}, not below the threshold of {}", self.reset, self.threshold);
            return Err(parameter(name, "v_reset", why));
        }
        Ok(())
    }

    /// A weight of one spike at the beginning that makes a constant input of a current that decays what NIR has: it grows
    /// from 0. Nothing where none is needed.
    pub fn beginning(&self, options: &Options) -> Option<f64> {
        let decays = matches!(self.kind, Kind::CubaLI | Kind::CubaLIF) && self.constant != 0.0;
        decays.then(|| -self.constant * self.tau_syn_s / options.spike_area_s)
    }
}

/// What parameters give, to the bit that is said beside.
fn refined(value: f64, beside: Option<f64>) -> f64 {
    beside.filter(|beside| (beside - value).abs() <= ROUNDED * value.abs()).unwrap_or(value)
}

/// Neurons of a node that are alike, with their places.
pub type Groups = Vec<(Neuron, Vec<usize>)>;

/// Groups of a node's neurons, in the order of their first ones.
pub fn groups(node: &FlatNode, constant: Option<&[f64]>) -> Result<Groups, NirError> {
    let mut places: BTreeMap<[u64; 8], usize> = BTreeMap::new();
    let mut groups: Groups = Vec::new();
    for at in 0..node.size() {
        let neuron = Neuron::of(node, at, constant.map_or(0.0, |constant| constant[at]));
        let place = *places.entry(neuron.key()).or_insert(groups.len());
        match groups.get_mut(place) {
            Some((_, members)) => members.push(at),
            None => groups.push((neuron, vec![at])),
        }
        if groups.len() > MOST_GROUPS {
            let why = format!(
                "its neurons have more than {MOST_GROUPS} different parameters or biases; populations have neurons that are alike"
            );
            return Err(cannot(&node.name, why));
        }
    }
    Ok(groups)
}
