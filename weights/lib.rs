//! Trained weights that programs carry, so that they work where there is no repository.

/// The paper's layer of 784 x 10, trained on MNIST, as an `.npy` file; `mnist.json` beside it says how.
pub const MNIST: &[u8] = include_bytes!("mnist.npy");
