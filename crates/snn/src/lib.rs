//! The spiking network of the paper: images in, decisions out.
//!
//! 784 oscillation neurons turn pixels into spikes, each spike puts a pulse on a row of synapses, ten
//! LIF neurons integrate the columns' currents, and the neuron that fires most is the class. The
//! network exists at two levels that share [`Parameters`] and [`Synapses`]: every device with its
//! variation and pulses of finite width, and the [point level](PointNetwork), exact and fast, which
//! weights are trained at.

mod checkpoint;
mod dataset;
mod device;
mod encoding;
mod energy;
mod evaluation;
mod ideal;
mod neuron;
mod parameters;
mod point;
mod response;
mod synapses;
pub mod training;
mod weights;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use dataset::{CLASSES, Dataset, DatasetError, FILES, Image, PIXELS, Part, SIDE};
pub use device::{DeviceNetwork, Observer, Workspace};
pub use encoding::{Arrival, Encoding, LEVELS, Line};
pub use energy::Energy;
pub use evaluation::Evaluation;
pub use ideal::{Code, Ideal, IdealError};
pub use memspike_idx::{Idx, IdxError};
pub use neuron::{Membrane, Neuron, Spike};
pub use parameters::{Parameters, ParametersError};
pub use point::{Lif, PointLayer, PointNetwork};
pub use response::Response;
pub use synapses::{OutOfRange, Synapses};
pub use weights::{Weights, WeightsError};
