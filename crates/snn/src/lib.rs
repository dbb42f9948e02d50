//! The spiking network: images in, decisions out.

mod dataset;
mod idx;
mod weights;

pub use dataset::{CLASSES, Dataset, DatasetError, FILES, Image, PIXELS, Part, SIDE};
pub use idx::{Idx, IdxError};
pub use weights::{Weights, WeightsError};
