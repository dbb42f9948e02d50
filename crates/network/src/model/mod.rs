//! What the neurons of a population are. A new model is one file here and one line of the list at the end.

mod effect;
mod parameter;

pub use effect::{Effect, Emission};
pub use parameter::ParameterError;

use serde::{Deserialize, Serialize};

/// What each model says of itself.
trait Neuron {
    /// Its name in files.
    const NAME: &'static str;
    /// What others hear of it.
    const EMITS: Emission;
    /// Whether it takes this effect of such a source.
    fn takes(effect: Effect, of: Emission) -> bool;
    /// Whether every parameter is one that a circuit can have; the first that is not.
    fn check(&self) -> Result<(), ParameterError>;
}

/// Makes [`Model`] of a list: `Variant(Parameters) in file`.
macro_rules! models {
    ($($(#[$doc:meta])+ $variant:ident($neuron:ident) in $file:ident;)+) => {
        $(mod $file;
        pub use $file::$neuron;)+

        /// What all neurons of a population are.
        #[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
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
}
