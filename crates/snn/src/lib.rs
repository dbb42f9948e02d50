//! The spiking network of the paper: images in, decisions out.
//!
//! Oscillation neurons turn pixels into spikes, each spike puts a pulse on a row of synapses, LIF neurons
//! integrate the columns' currents, and the neuron that fires most is the class. [`Parameters::network`] makes
//! that network, of any number of inputs and outputs, as a value of the crate `network`; from the value follow, by
//! [`SingleLayer`], two levels that share [`Parameters`] and [`Synapses`]: every device with its
//! variation and pulses of finite width, and the [point level](PointNetwork), exact and fast, which
//! weights are trained at. So does its [deck](SingleLayer::deck).

mod checkpoint;
mod dataset;
mod deck;
mod device;
mod encoding;
mod energy;
mod evaluation;
mod ideal;
mod layer;
mod layered;
mod neuron;
mod parameters;
mod point;
mod response;
mod synapses;
pub mod training;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use dataset::{CLASSES, Dataset, DatasetError, FILES, Image, PIXELS, Part, SIDE};
pub use deck::DeckFiles;
pub use device::{DeviceNetwork, Observer, Workspace};
pub use encoding::{Arrival, Encoding, LEVELS, Line};
pub use energy::Energy;
pub use evaluation::Evaluation;
pub use ideal::{Code, Ideal, IdealError};
pub use layer::{LayerError, SingleLayer};
pub use layered::{Layer, Layered, LayeredError};
pub use memspike_idx::{Idx, IdxError};
pub use memspike_network::{Lif, ParameterError, Weights, WeightsError};
pub use neuron::{Membrane, Neuron, Spike};
pub use parameters::Parameters;
pub use point::{PointLayer, PointLayers, PointNetwork, PointStage, ideal_neuron};
pub use response::Response;
pub use synapses::{OutOfRange, Synapses};
