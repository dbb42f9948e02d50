//! Files of data that cards name: weights and images. Each is read once, so that all runs of a deck see the
//! same, whatever happens to the file in between.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use memspike_idx::Idx;
use memspike_npy::Weights;

use crate::load;

type Kept<T> = Mutex<BTreeMap<PathBuf, Arc<T>>>;

/// What was read so far.
#[derive(Debug, Default)]
pub(crate) struct Data {
    weights: Kept<Weights>,
    images: Kept<Idx>,
}

impl Data {
    /// Weights, rows x columns. An error is its message.
    pub(crate) fn weights(&self, path: PathBuf) -> Result<Arc<Weights>, String> {
        once(&self.weights, path, |path| Weights::read(path, None).map_err(|e| e.to_string()))
    }

    /// An IDX file of images. An error is its message.
    pub(crate) fn images(&self, path: PathBuf) -> Result<Arc<Idx>, String> {
        once(&self.images, path, |path| Idx::read(path, 3).map_err(|e| e.to_string()))
    }
}

impl Data {
    /// The files that were read.
    pub(crate) fn paths(&self) -> Vec<PathBuf> {
        let mut paths: Vec<PathBuf> = kept(&self.weights).keys().cloned().collect();
        paths.extend(kept(&self.images).keys().cloned());
        paths
    }
}

fn kept<T>(kept: &Kept<T>) -> MutexGuard<'_, BTreeMap<PathBuf, Arc<T>>> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

fn once<T>(
    all: &Kept<T>,
    path: PathBuf,
    read: impl FnOnce(&Path) -> Result<T, String>,
) -> Result<Arc<T>, String> {
    let mut kept = kept(all);
    if let Some(known) = kept.get(&path) {
        return Ok(Arc::clone(known));
    }
    load::regular(&path).map_err(|e| format!("cannot read '{}': {e}", path.display()))?;
    let new = Arc::new(read(&path)?);
    kept.insert(path, Arc::clone(&new));
    Ok(new)
}
