//! What a training learns from.

use super::EventSet;
use crate::Dataset;

/// Samples with labels; the last ones may be kept for validation.
#[derive(Debug, Clone, Copy)]
pub enum Data<'a> {
    /// Images, whose pixels spike as an encoding says.
    Images(&'a Dataset),
    /// Samples whose inputs spike themselves.
    Events(&'a EventSet),
}

impl<'a> From<&'a Dataset> for Data<'a> {
    fn from(images: &'a Dataset) -> Self {
        Self::Images(images)
    }
}

impl<'a> From<&'a EventSet> for Data<'a> {
    fn from(events: &'a EventSet) -> Self {
        Self::Events(events)
    }
}

impl Data<'_> {
    /// How many samples.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Images(images) => images.len(),
            Self::Events(events) => events.samples.len(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The class of a sample.
    pub(super) fn label(&self, sample: usize) -> usize {
        match self {
            Self::Images(images) => images.labels[sample].into(),
            Self::Events(events) => events.labels[sample] as usize,
        }
    }

    /// A number that other data would hardly have: FNV-1a over all pixels or spikes, and labels.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        let next = |hash: u64, word: u64| (hash ^ word).wrapping_mul(0x0100_0000_01b3);
        match self {
            Self::Images(images) => {
                let bytes = images.images.iter().flat_map(|image| image.iter());
                bytes.chain(&images.labels).fold(SEED, |hash, byte| next(hash, (*byte).into()))
            }
            Self::Events(events) => {
                events.words().fold(SEED, |hash, word| next(hash, word).rotate_left(23))
            }
        }
    }
}

/// Where FNV-1a begins.
const SEED: u64 = 0xcbf2_9ce4_8422_2325;
