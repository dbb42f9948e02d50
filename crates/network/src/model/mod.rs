//! What the neurons of a population are. A new model is one file here and one line of the list at the end.

mod effect;
mod membrane;
mod parameter;

pub use effect::{Effect, Emission};
pub use membrane::{Membrane, Reset};
pub(crate) use parameter::Parameter;
pub use parameter::ParameterError;
pub use poisson::Trains;
pub use recorded::{SpikeError, SpikeReason, Spikes};

use serde::{Deserialize, Serialize};

/// What each model says of itself.
trait Neuron {
    /// Its name in files.
    const NAME: &'static str;
    /// What others hear of it.
    const EMITS: Emission;
    /// Whether its spikes act on others only after a delay: they follow from spikes of others, or from its own state.
    const ACTS_LATER: bool = false;
    /// Whether it takes this effect of such a source.
    fn takes(effect: Effect, of: Emission) -> bool;
    /// Whether every parameter is one that a circuit can have; the first that is not.
    fn check(&self) -> Result<(), ParameterError>;
    /// Parameters that each neuron has its own number of.
    fn laws(&mut self) -> Vec<Parameter<'_>> {
        Vec::new()
    }
}

/// Makes [`Model`] of a list: `Variant(Parameters) in file`.
macro_rules! models {
    ($($(#[$doc:meta])+ $variant:ident($neuron:ident) in $file:ident;)+) => {
        $(mod $file;
        pub use $file::$neuron;)+

        /// What all neurons of a population are.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Model {
            $($(#[$doc])+ $variant($neuron),)+
        }

        $(impl From<$neuron> for Model {
            fn from(model: $neuron) -> Self {
                Self::$variant(model)
            }
        })+

        impl Model {
            /// Its name in files.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $neuron::NAME,)+
                }
            }

            /// What others hear of it.
            #[must_use]
            pub fn emits(&self) -> Emission {
                match self {
                    $(Self::$variant(_) => $neuron::EMITS,)+
                }
            }

            /// Whether it takes this effect of such a source.
            #[must_use]
            pub fn takes(&self, effect: Effect, of: Emission) -> bool {
                match self {
                    $(Self::$variant(_) => $neuron::takes(effect, of),)+
                }
            }

            /// Whether its spikes act on others only after a delay.
            pub(crate) fn acts_later(&self) -> bool {
                match self {
                    $(Self::$variant(_) => $neuron::ACTS_LATER,)+
                }
            }

            /// Parameters that each neuron has its own number of.
            pub(crate) fn laws(&mut self) -> Vec<Parameter<'_>> {
                match self {
                    $(Self::$variant(neuron) => Neuron::laws(neuron),)+
                }
            }

            pub(crate) fn check(&self) -> Result<(), ParameterError> {
                match self {
                    $(Self::$variant(neuron) => Neuron::check(neuron),)+
                }
            }
        }
    };
}

models! {
    /// Sources that spike the faster, the higher their input.
    Oscillator(Oscillator) in oscillator;
    /// Drivers that hold their row at a voltage for a while after each spike.
    OneShot(OneShotRow) in one_shot;
    /// Neurons that integrate what they are given, leak, and fire.
    Lif(LifNeuron) in lif_neuron;
    /// Oscillation neurons of a card.
    Oscillation(Oscillation) in oscillation;
    /// LIF neurons of a card.
    LifCard(LifCard) in lif_card;
    /// LIF neurons whose membrane a spike moves at once.
    LifDelta(LifDelta) in lif_delta;
    /// LIF neurons with synaptic currents that decay exponentially.
    LifExp(LifExp) in lif_exp;
    /// LIF neurons that the rectangular currents of drivers charge.
    LifPulse(LifPulse) in lif_pulse;
    /// Relays, which repeat every spike.
    Parrot(Parrot) in parrot;
    /// Sources with a steady beat.
    Regular(Regular) in regular;
    /// Sources that spike at random.
    Poisson(Poisson) in poisson;
    /// Sources whose spikes are given.
    Recorded(Recorded) in recorded;
    /// Sources that spike when the circuit around the network tells them to.
    Input(Input) in input;
}

impl Model {
    /// The membrane of point neurons.
    #[must_use]
    pub const fn membrane(&self) -> Option<&Membrane> {
        match self {
            Self::LifDelta(neuron) => Some(&neuron.membrane),
            Self::LifExp(neuron) => Some(&neuron.membrane),
            Self::LifPulse(neuron) => Some(&neuron.membrane),
            _ => None,
        }
    }

    /// Bytes of lists of its neurons.
    pub(crate) fn bytes(&self) -> usize {
        let spikes = match self {
            Self::Recorded(recorded) => size_of_val(recorded.spikes.list()),
            _ => 0,
        };
        // Lists are shared, so that a copy is small.
        let laws: usize = self.clone().laws().iter().map(|parameter| parameter.law.bytes()).sum();
        spikes + laws
    }
}
