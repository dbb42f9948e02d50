//! Networks of layers: trained on images or on instants of spikes, and shown data.

mod data;
mod exact;
mod images;
mod pulses;
mod trained;

pub use data::{Samples, device};
pub use exact::{evaluate_exact, exact_network, exact_options, train_exact};
pub use images::{evaluate_images, image_options, train_images};
pub use pulses::{Exact, Passes};
