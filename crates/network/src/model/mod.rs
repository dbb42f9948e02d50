//! What the neurons of a population are. A new model is one file here and one variant of [`Model`].

mod effect;
mod lif_neuron;
mod one_shot;
mod oscillator;
mod parameter;

pub use effect::{Effect, Emission};
pub use lif_neuron::LifNeuron;
pub use one_shot::OneShotRow;
pub use oscillator::Oscillator;
pub use parameter::ParameterError;

use serde::{Deserialize, Serialize};

/// What all neurons of a population are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Model {
    /// Sources that spike the faster, the higher their input.
    Oscillator(Oscillator),
    /// Drivers that hold their row at a voltage for a while after each spike.
    OneShot(OneShotRow),
    /// Neurons that integrate what they are given, leak, and fire.
    Lif(LifNeuron),
}

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

/// Asks the model that a value is.
macro_rules! ask {
    ($model:expr, $neuron:ident: $kind:ident => $answer:expr) => {
        match $model {
            Model::Oscillator($neuron) => {
                type $kind = Oscillator;
                $answer
            }
            Model::OneShot($neuron) => {
                type $kind = OneShotRow;
                $answer
            }
            Model::Lif($neuron) => {
                type $kind = LifNeuron;
                $answer
            }
        }
    };
}

impl Model {
    /// Its name in files.
    #[must_use]
    pub fn name(&self) -> &'static str {
        ask!(self, _neuron: Kind => Kind::NAME)
    }

    /// What others hear of it.
    #[must_use]
    pub fn emits(&self) -> Emission {
        ask!(self, _neuron: Kind => Kind::EMITS)
    }

    /// Whether it takes this effect of such a source.
    #[must_use]
    pub fn takes(&self, effect: Effect, of: Emission) -> bool {
        ask!(self, _neuron: Kind => Kind::takes(effect, of))
    }

    pub(crate) fn check(&self) -> Result<(), ParameterError> {
        ask!(self, neuron: Kind => <Kind as Neuron>::check(neuron))
    }
}

impl From<Oscillator> for Model {
    fn from(model: Oscillator) -> Self {
        Self::Oscillator(model)
    }
}

impl From<OneShotRow> for Model {
    fn from(model: OneShotRow) -> Self {
        Self::OneShot(model)
    }
}

impl From<LifNeuron> for Model {
    fn from(model: LifNeuron) -> Self {
        Self::Lif(model)
    }
}
