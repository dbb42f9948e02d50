//! MNIST and everything in its form: a folder of four IDX files.

use std::path::{Path, PathBuf};

use memspike_idx::{Idx, IdxError};

/// Pixels of a side of an image.
pub const SIDE: usize = 28;

/// Pixels of an image.
pub const PIXELS: usize = SIDE * SIDE;

/// Classes, and so output neurons.
pub const CLASSES: usize = 10;

/// Names of the four files; each may end in `.gz`.
pub const FILES: [&str; 4] = [
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
];

/// Which half of a data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What weights may be trained and validated on.
    Training,
    /// What the one reported accuracy is measured on.
    Test,
}

/// An image, row by row, 0 (black) to 255 (white).
pub type Image = Box<[u8]>;

/// Images with their labels.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dataset {
    /// The images, all of one size.
    pub images: Vec<Image>,
    /// The class of each.
    pub labels: Vec<u8>,
}

/// Why a data set cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    /// Files are not there.
    #[error(
        "{} lacks {}; a data set is a folder with {}, each plain or compressed as NAME.gz",
        folder.display(), missing.join(" and "), FILES.join(", ")
    )]
    Missing {
        /// Where they were looked for.
        folder: PathBuf,
        /// Names without `.gz`.
        missing: Vec<&'static str>,
    },
    /// A file is broken.
    #[error(transparent)]
    Idx(#[from] IdxError),
    /// Images of another size than the network sees.
    #[error("images of {found} pixels; the network has an input for each of {needed}")]
    Size {
        /// Pixels of an image.
        found: usize,
        /// Inputs of the network.
        needed: usize,
    },
    /// Not as many labels as images.
    #[error(
        "{} holds {images} images and {} holds {labels} labels: do they belong together?",
        images_path.display(), labels_path.display()
    )]
    Count {
        /// The file of images.
        images_path: PathBuf,
        /// How many.
        images: usize,
        /// The file of labels.
        labels_path: PathBuf,
        /// How many.
        labels: usize,
    },
    /// A label for which there is no output neuron.
    #[error("label {label} of image {image}, counted from 0; labels are 0 to {}", classes - 1)]
    Label {
        /// The label.
        label: u8,
        /// The image's number, from 0.
        image: usize,
        /// Output neurons.
        classes: usize,
    },
}

impl Dataset {
    /// Reads one part of the data set in a folder, of images of any size.
    ///
    /// # Errors
    /// [`DatasetError`]: a file is missing, broken, or does not fit the other.
    pub fn load(folder: &Path, part: Part) -> Result<Self, DatasetError> {
        let [images_name, labels_name] = match part {
            Part::Training => [FILES[0], FILES[1]],
            Part::Test => [FILES[2], FILES[3]],
        };
        let found = [images_name, labels_name].map(|name| (name, find(folder, name)));
        let [(_, Some(images_path)), (_, Some(labels_path))] = &found else {
            let missing = found.iter().filter(|(_, path)| path.is_none());
            let missing = missing.map(|(name, _)| *name).collect();
            return Err(DatasetError::Missing { folder: folder.to_owned(), missing });
        };
        let images = read_images(images_path)?;
        let labels = Idx::read(labels_path, 1)?.entries;
        if images.len() != labels.len() {
            return Err(DatasetError::Count {
                images_path: images_path.clone(),
                images: images.len(),
                labels_path: labels_path.clone(),
                labels: labels.len(),
            });
        }
        Ok(Self { images, labels })
    }

    /// Checks that a network of so many inputs and outputs can be shown these images and told these labels.
    ///
    /// # Errors
    /// [`DatasetError::Size`] or [`DatasetError::Label`].
    pub fn check(&self, pixels: usize, classes: usize) -> Result<(), DatasetError> {
        if let Some(image) = self.images.first().filter(|image| image.len() != pixels) {
            return Err(DatasetError::Size { found: image.len(), needed: pixels });
        }
        match self.labels.iter().position(|label| usize::from(*label) >= classes) {
            Some(image) => Err(DatasetError::Label { label: self.labels[image], image, classes }),
            None => Ok(()),
        }
    }

    /// How many images.
    #[must_use]
    pub fn len(&self) -> usize {
        self.images.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.images.is_empty()
    }

    /// The first `count` images, or all if there are fewer.
    #[must_use]
    pub fn take(mut self, count: usize) -> Self {
        self.images.truncate(count);
        self.labels.truncate(count);
        self
    }
}

/// The file of this name, plain or compressed.
fn find(folder: &Path, name: &str) -> Option<PathBuf> {
    [name.to_owned(), format!("{name}.gz")]
        .into_iter()
        .map(|name| folder.join(name))
        .find(|path| path.is_file())
}

fn read_images(path: &Path) -> Result<Vec<Image>, DatasetError> {
    let Idx { lengths, entries } = Idx::read(path, 3)?;
    // Images without a pixel are none.
    let pixels = (lengths[1] * lengths[2]).max(1);
    Ok(entries.chunks_exact(pixels).map(Into::into).collect())
}
