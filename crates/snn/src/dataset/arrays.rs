//! Images and labels in NumPy's files.

use std::io;
use std::path::{Path, PathBuf};

use memspike_images::ArrayError;
use memspike_npy::{ARCHIVE_MARK, Archive, ArchiveError, Array, MARK, MAX_BYTES, NpyError};

use super::{ARRAYS, Dataset, DatasetError, Image, Part};

/// What is wrong with an array of images or labels. All count from 0.
#[derive(Debug, thiserror::Error)]
pub enum ArrayReason {
    /// The file cannot be read.
    #[error("cannot be read: {0}")]
    Read(#[from] io::Error),
    /// It is no archive, or a damaged one.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// It is no array of numbers.
    #[error(transparent)]
    Npy(#[from] NpyError),
    /// It holds no images.
    #[error(transparent)]
    Images(#[from] ArrayError),
    /// Labels of another shape.
    #[error(
        "its shape is {shape:?}; labels are (images): of one value a class take numpy.argmax(..., 1)"
    )]
    Labels {
        /// Length of each axis.
        shape: Vec<usize>,
    },
    /// A label that is none.
    #[error("the label of image {image} is {value}; labels are whole numbers from 0 to 255")]
    Label {
        /// The image.
        image: usize,
        /// The number.
        value: f64,
    },
}

/// A part of the data set in an archive.
pub fn of_archive(path: &Path, part: Part) -> Result<Dataset, DatasetError> {
    let wrong = |reason| DatasetError::Array { place: path.display().to_string(), reason };
    let bytes = memspike_files::read_marked(path, ARCHIVE_MARK, MAX_BYTES);
    let bytes = bytes.map_err(|error| wrong(error.into()))?;
    let archive = Archive::read(&bytes).map_err(|error| wrong(error.into()))?;
    let has = |name: &str| archive.names().any(|each| each == name);
    let names = ARRAYS.map(|names| part.names(names));
    let Some([images, labels]) = names.into_iter().find(|names| names.iter().any(|name| has(name)))
    else {
        let found = archive.names().take(20).map(|name| format!("'{name}'")).collect();
        return Err(DatasetError::Members { path: path.to_owned(), wanted: names[0], found });
    };
    let places =
        [images, labels].map(|name| PathBuf::from(format!("{}: '{name}'", path.display())));
    let member = |name: &'static str| match archive.get(name) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(DatasetError::Missing { folder: path.to_owned(), missing: vec![name] }),
        Err(error) => Err(wrong(error.into())),
    };
    joined([&member(images)?, &member(labels)?], [&places[0], &places[1]])
}

/// A part of the data set in a folder; nothing if it has no arrays of these names.
pub fn of_folder(folder: &Path, part: Part) -> Result<Option<Dataset>, DatasetError> {
    let path = |name: &str| folder.join(format!("{name}.npy"));
    let names = ARRAYS.map(|names| part.names(names));
    let Some(names) = names.into_iter().find(|names| names.iter().any(|name| path(name).is_file()))
    else {
        return Ok(None);
    };
    let paths = names.map(path);
    let read = |path: &Path| {
        let bytes = memspike_files::read_marked(path, MARK, MAX_BYTES);
        bytes.map_err(|error| wrong(path, error.into()))
    };
    joined([&read(&paths[0])?, &read(&paths[1])?], [&paths[0], &paths[1]]).map(Some)
}

fn wrong(place: &Path, reason: ArrayReason) -> DatasetError {
    DatasetError::Array { place: place.display().to_string(), reason }
}

fn joined(
    [images, labels]: [&[u8]; 2],
    [of_images, of_labels]: [&Path; 2],
) -> Result<Dataset, DatasetError> {
    let images = self::images(images).map_err(|reason| wrong(of_images, reason))?;
    let labels = self::labels(labels).map_err(|reason| wrong(of_labels, reason))?;
    Dataset::joined(images, labels, [of_images, of_labels])
}

/// Images, with rows and columns of one.
fn images(bytes: &[u8]) -> Result<(Vec<Image>, [usize; 2]), ArrayReason> {
    Ok(super::separate(memspike_images::of_array(bytes)?))
}

fn labels(bytes: &[u8]) -> Result<Vec<u8>, ArrayReason> {
    let array = Array::read(bytes)?;
    match array.shape() {
        [_, others @ ..] if others.iter().all(|length| *length == 1) => {}
        shape => return Err(ArrayReason::Labels { shape: shape.to_vec() }),
    }
    let label = |(image, value): (usize, f64)| {
        if value.fract() == 0.0 && (0.0..=255.0).contains(&value) {
            return Ok(value as u8);
        }
        Err(ArrayReason::Label { image, value })
    };
    array.values().enumerate().map(label).collect()
}
