//! LIF neurons as a law.

use memspike_network::{
    Effect, LifCard, LifDelta, LifPulse, Membrane, Model, Network, PopulationId, Reset,
};
use memspike_random::{Draws, Owner};
use memspike_snn::{Neuron, Parameters};

use crate::card::Device;
use crate::rhythm::Rhythm;
use crate::{Loss, ReductionError};

/// Inputs at which law and circuit are compared, as parts of an octave: an octave on either side, a sixth of one apart.
const COMPARED: i32 = 6;

/// Where within an octave on either side law and circuit have the same rate: at the nodes of Chebyshev, between and beyond which
/// a curve through two points is nearest to another.
const NODE: f64 = std::f64::consts::FRAC_1_SQRT_2;

/// Halvings of a range of potentials: none of a double is left.
const HALVINGS: u32 = 1100;

/// The law of a circuit.
struct Law {
    membrane: Membrane,
    /// What the membrane would reach without threshold, for 1 V behind its resistor.
    gain: f64,
}

/// The point neurons of a population, and what they lack.
pub(crate) fn reduce(
    network: &Network,
    id: PopulationId,
    card: &LifCard,
    device: &Device,
) -> Result<(Model, Loss), ReductionError> {
    let population = network.population(id).name();
    let neuron = neuron(card, device);
    let silent =
        ReductionError::Silent { population: population.to_owned(), operating_v: card.operating_v };
    let law = Law::of(&neuron, card).ok_or(silent)?;
    let loss = Loss::Lif {
        operating_v: card.operating_v,
        rate: law.deviation(&neuron, card.operating_v),
        spreads: device.spreads,
        jitters: device.jitters,
    };
    let LifCard { capacitance_farad, drive_ampere, .. } = *card;
    let membrane = law.membrane;
    let model = if hears_pulses(network, id)? {
        LifPulse { membrane, capacitance_farad, drive_ampere }.into()
    } else {
        let drive_v = drive_ampere * membrane.tau_s / capacitance_farad;
        LifDelta { drive_v, membrane }.into()
    };
    Ok((model, loss))
}

fn neuron(card: &LifCard, device: &Device) -> Neuron {
    let (neuron_ohm, neuron_farad) = (card.resistance_ohm, card.capacitance_farad);
    Neuron::new(&Parameters { neuron_ohm, neuron_farad, ..Parameters::default() }, &device.nominal)
}

/// Whether what arrives are pulses of drivers, and not charges.
fn hears_pulses(network: &Network, id: PopulationId) -> Result<bool, ReductionError> {
    let name = |volt: bool| {
        let mut incoming = network.incoming(id);
        let found = incoming.find(|(_, p)| matches!(p.effect(), Effect::Volt(_)) == volt);
        found.map(|(_, projection)| projection.name().to_owned())
    };
    match (name(true), name(false)) {
        (Some(volt), Some(pulse)) => {
            let population = network.population(id).name().to_owned();
            Err(ReductionError::Mixed { population, volt, pulse })
        }
        (_, pulse) => Ok(pulse.is_some()),
    }
}

/// The draws of a device that draws nothing.
fn undrawn() -> Draws {
    Draws::new(0, Owner::Device(""))
}

impl Law {
    /// A law that has the rate of the circuit at two inputs; nothing if the circuit does not fire there.
    fn of(neuron: &Neuron, card: &LifCard) -> Option<Self> {
        let rhythm = |input_v| Rhythm::of(neuron, undrawn(), input_v);
        let tau_s = neuron.tau_s();
        let (low_v, high_v) =
            (card.operating_v * 2_f64.powf(-NODE), card.operating_v * 2_f64.powf(NODE));
        let (low, high) = (rhythm(low_v)?, rhythm(high_v)?);
        let reset_v = high.valley_v;
        // Without threshold the membrane divides its input between its resistor and the device.
        let gain = tau_s / (card.resistance_ohm * card.capacitance_farad);
        let membrane = Membrane {
            tau_s,
            rest_v: 0.0,
            threshold_v: reset_v,
            reset: Reset::ToV(reset_v),
            refractory_s: 0.0,
            initial_v: None,
        };
        let mut law = Self { membrane, gain };
        // The higher the threshold, the more the climb depends on the input.
        let differs = low.period_s - high.period_s;
        law.solve(low_v, |law| {
            law.climb_s(low_v).zip(law.climb_s(high_v)).is_some_and(|(l, h)| l - h <= differs)
        });
        law.membrane.refractory_s = high.period_s - law.climb_s(high_v)?;
        if law.membrane.refractory_s < 0.0 {
            // No law with a threshold has such rates: without a refractory time it has the one in the middle.
            let period_s = rhythm(card.operating_v)?.period_s;
            law.membrane.refractory_s = 0.0;
            law.solve(card.operating_v, |law| {
                law.climb_s(card.operating_v).is_some_and(|climb_s| climb_s <= period_s)
            });
        }
        (reset_v < law.membrane.threshold_v).then_some(law)
    }

    /// The greatest threshold, between the reset and what an input reaches, with which something holds.
    fn solve(&mut self, input_v: f64, holds: impl Fn(&Self) -> bool) {
        let mut low = self.membrane.after_spike_v(self.membrane.threshold_v);
        let mut high = self.gain * input_v;
        for _ in 0..HALVINGS {
            let middle = 0.5 * (low + high);
            if middle <= low || middle >= high {
                break;
            }
            self.membrane.threshold_v = middle;
            if holds(self) { low = middle } else { high = middle }
        }
        self.membrane.threshold_v = low;
    }

    /// How long the law takes from its reset to its threshold (s); nothing if it does not get there.
    fn climb_s(&self, input_v: f64) -> Option<f64> {
        let end_v = self.gain * input_v;
        let Membrane { tau_s, threshold_v, .. } = self.membrane;
        let reset_v = self.membrane.after_spike_v(threshold_v);
        (end_v > threshold_v).then(|| tau_s * ((end_v - reset_v) / (end_v - threshold_v)).ln())
    }

    fn rate_hz(&self, input_v: f64) -> f64 {
        self.climb_s(input_v).map_or(0.0, |climb_s| 1.0 / (climb_s + self.membrane.refractory_s))
    }

    /// How far its rate is from the circuit's within an octave of an input, as a part of the circuit's; infinite where the law
    /// alone fires.
    fn deviation(&self, neuron: &Neuron, operating_v: f64) -> f64 {
        let at = |step: i32| {
            let input_v = operating_v * 2_f64.powf(f64::from(step) / f64::from(COMPARED));
            let circuit = Rhythm::of(neuron, undrawn(), input_v).map_or(0.0, |r| 1.0 / r.period_s);
            match (self.rate_hz(input_v), circuit) {
                (0.0, 0.0) => 0.0,
                (law, circuit) => (law / circuit - 1.0).abs(),
            }
        };
        (-COMPARED..=COMPARED).map(at).fold(0.0, f64::max)
    }
}
