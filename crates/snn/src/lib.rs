//! The spiking network of the paper: images in, decisions out.
//!
//! Oscillation neurons turn pixels into spikes, each spike puts a pulse on a row of synapses, LIF neurons
//! integrate the columns' currents, put pulses on the rows of the next layer, and of the last layer the neuron that
//! fires most is the class. [`Parameters::layered`] makes that network, of any sizes, as a value of the crate
//! `network`; from the value follow, by [`Layered`], two levels that share [`Parameters`] and [`Synapses`]:
//! the [device level](DeviceNetwork), every device with its variation and pulses of finite width, and the
//! [point level](PointNetwork), exact and fast, which weights are trained at. So does its [deck](Layered::deck).

mod arrays;
mod checkpoint;
mod dataset;
mod deck;
mod device;
mod encoding;
mod energy;
mod evaluation;
mod ideal;
mod lanes;
mod layered;
mod neuron;
mod parameters;
mod point;
mod response;
mod shown;
mod steps;
mod synapses;
pub mod training;

pub use arrays::{Arrays, Unusable};
pub use checkpoint::{Checkpoint, CheckpointError};
pub use dataset::{
    ARRAYS, ArrayReason, CLASSES, Dataset, DatasetError, FILES, Image, PIXELS, Part, SIDE,
};
pub use deck::DeckFiles;
pub use device::{DeviceNetwork, Observer, Workspace};
pub use encoding::{Arrival, Encoding, LEVELS, Line};
pub use energy::Energy;
pub use evaluation::Evaluation;
pub use ideal::{Code, Ideal, IdealError};
pub use layered::{CircuitLayer, Layer, Layered, LayeredError};
pub use memspike_idx::{Idx, IdxError};
pub use memspike_network::{Lif, ParameterError, Weights, WeightsError};
pub use neuron::{Membrane, Neuron, Spike};
pub use parameters::Parameters;
pub use point::{PointLayer, PointLayers, PointNetwork, PointStage, ideal_neuron};
pub use response::Response;
pub use shown::{Level, Unshown, Watch};
pub use steps::Steps;
pub use synapses::{OutOfRange, Synapses};
