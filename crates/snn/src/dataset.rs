//! MNIST and everything in its form: a folder of four IDX files, or the same as arrays of NumPy.

mod arrays;

use std::path::{Path, PathBuf};

use memspike_idx::{Idx, IdxError};

pub use arrays::ArrayReason;

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

/// Names of the same as arrays, in a `.npz` file or, ending in `.npy`, in a folder: those of Keras, and those of MedMNIST.
pub const ARRAYS: [[&str; 4]; 2] = [
    ["x_train", "y_train", "x_test", "y_test"],
    ["train_images", "train_labels", "test_images", "test_labels"],
];

/// Which half of a data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What weights may be trained and validated on.
    Training,
    /// What the one reported accuracy is measured on.
    Test,
}

impl Part {
    /// Its two of four names, images and labels.
    fn names(self, [training, of_training, test, of_test]: [&'static str; 4]) -> [&'static str; 2] {
        match self {
            Self::Training => [training, of_training],
            Self::Test => [test, of_test],
        }
    }
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
    /// Rows and columns of an image.
    pub sides: [usize; 2],
}

/// Why a data set cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    /// Files are not there.
    #[error(
        "{} lacks {}; a data set is a folder with {}, each plain or compressed as NAME.gz; or with {}.npy; or a .npz file \
         of these arrays",
        folder.display(), missing.join(" and "), FILES.join(", "), ARRAYS[0].join(".npy, ")
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
    /// An archive without the arrays.
    #[error(
        "{} has no arrays '{}'; it has {}",
        path.display(), wanted.join("', '"), if found.is_empty() { "none".to_owned() } else { found.join(", ") }
    )]
    Members {
        /// The archive.
        path: PathBuf,
        /// Names that are looked for.
        wanted: [&'static str; 2],
        /// Names that are there.
        found: Vec<String>,
    },
    /// An array that holds no images, or no labels.
    #[error("{place}: {reason}")]
    Array {
        /// The file, and in an archive the array.
        place: String,
        /// What is wrong with it.
        reason: ArrayReason,
    },
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
    /// Reads one part of a data set, of images of any size: from a folder of IDX files, or, where it has none of these, of
    /// `.npy` files; or from a `.npz` file ([`ARRAYS`]).
    ///
    /// # Errors
    /// [`DatasetError`]: a file is missing, broken, or does not fit the other.
    pub fn load(path: &Path, part: Part) -> Result<Self, DatasetError> {
        if path.is_file() {
            return arrays::of_archive(path, part);
        }
        let names = part.names(FILES);
        let found = names.map(|name| find(path, name));
        if found == [None, None]
            && let Some(data) = arrays::of_folder(path, part)?
        {
            return Ok(data);
        }
        let [Some(images_path), Some(labels_path)] = &found else {
            let missing = names.iter().zip(&found).filter(|(_, found)| found.is_none());
            let missing = missing.map(|(name, _)| *name).collect();
            return Err(DatasetError::Missing { folder: path.to_owned(), missing });
        };
        let images = read_images(images_path)?;
        let labels = Idx::read(labels_path, 1)?.entries;
        Self::joined(images, labels, [images_path, labels_path])
    }

    /// Images of so many rows and columns with as many labels, which are of these files.
    fn joined(
        (images, sides): (Vec<Image>, [usize; 2]),
        labels: Vec<u8>,
        [images_path, labels_path]: [&Path; 2],
    ) -> Result<Self, DatasetError> {
        if images.len() != labels.len() {
            return Err(DatasetError::Count {
                images_path: images_path.to_owned(),
                images: images.len(),
                labels_path: labels_path.to_owned(),
                labels: labels.len(),
            });
        }
        Ok(Self { images, labels, sides })
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

    /// The brightest grey level of any pixel; none without pixels.
    #[must_use]
    pub fn brightest(&self) -> Option<u8> {
        self.images.iter().flat_map(|image| image.iter().copied()).max()
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

/// Images, with rows and columns of one.
fn read_images(path: &Path) -> Result<(Vec<Image>, [usize; 2]), DatasetError> {
    Ok(separate(Idx::read(path, 3)?))
}

/// Images one by one, with rows and columns of one.
fn separate(Idx { lengths, entries }: Idx) -> (Vec<Image>, [usize; 2]) {
    // Images without a pixel are none.
    let pixels = (lengths[1] * lengths[2]).max(1);
    (entries.chunks_exact(pixels).map(Into::into).collect(), [lengths[1], lengths[2]])
}
