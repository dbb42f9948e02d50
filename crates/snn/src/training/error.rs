//! Why a training cannot go on.

/// Why a training cannot go on from a state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResumeError {
    /// The data are not those that it began with.
    #[error("the training images are not those that this training began with")]
    OtherData,
    /// The options are not those that it began with.
    #[error("the options are not those that this training began with")]
    OtherOptions,
    /// The state is not one of this network.
    #[error("the state holds {found} weights where the network has {needed}")]
    Size {
        /// Weights in the state.
        found: usize,
        /// Weights of the network.
        needed: usize,
    },
}

/// A gradient beyond all numbers: derivatives of sigmoids multiply over spikes that follow each other, and may grow without bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the gradient of epoch {epoch} is beyond what a number can be: fewer --steps or a smaller --slope, a sigmoid that is less steep, keep it bounded"
)]
pub struct GradientOverflow {
    /// The epoch, from 1 on.
    pub epoch: u32,
}
