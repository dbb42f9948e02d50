//! Files of data that cards name: weights, images, points of a PWL and vectors of a digital source. Each is read once, so that all runs of a deck see the
//! same, whatever happens to the file in between.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use memspike_crossbar::matrix;
use memspike_files::plain;
use memspike_hdl::read_core;
use memspike_idx::Idx;
use memspike_lif_core::Core;
use memspike_network::{FromFile, Network};
use memspike_npy::{ListedWeights, Weights};
use memspike_rtl::{Module, Sources as Verilog};
use nalgebra::DMatrix;

use crate::{load, points, text, vectors};

type Kept<T> = Mutex<BTreeMap<PathBuf, Arc<T>>>;

/// The weights of an array.
#[derive(Debug)]
pub(crate) enum Table {
    /// Rows x columns.
    Whole(DMatrix<f64>),
    /// Of some places.
    Listed(ListedWeights),
}

/// A core, and the files of weights beside its specification.
#[derive(Debug)]
pub(crate) struct Specified {
    pub core: Core,
    weights: Vec<PathBuf>,
}

/// A network, and the files that it was read from.
#[derive(Debug)]
pub(crate) struct Described {
    pub network: Arc<Network>,
    files: Vec<PathBuf>,
}

/// What was read so far.
#[derive(Debug, Default)]
pub(crate) struct Data {
    weights: Kept<Table>,
    images: Kept<Idx>,
    /// The file that stands for every file of images.
    shown: Option<PathBuf>,
    points: Kept<Vec<(f64, f64)>>,
    vectors: Kept<vectors::Rows>,
    core_weights: Kept<Weights>,
    specified: Kept<Specified>,
    networks: Kept<Described>,
    modules: Mutex<BTreeMap<Verilog, Arc<Module>>>,
}

impl Data {
    /// Weights of an array. An error is its message.
    pub(crate) fn weights(&self, path: PathBuf) -> Result<Arc<Table>, String> {
        once(&self.weights, path, |path| {
            let listed = ListedWeights::read(path).map_err(|e| e.to_string())?;
            match listed {
                Some(listed) => Ok(Table::Listed(listed)),
                None => Weights::read(path, None)
                    .map(|weights| Table::Whole(matrix(&weights)))
                    .map_err(|e| e.to_string()),
            }
        })
    }

    /// How many weights a file lists; nothing if it has them for every place, or cannot be read.
    pub(crate) fn listed(&self, path: PathBuf) -> Option<usize> {
        // Only a list is read before its turn: others may be larger than what there is room for.
        if let Some(Table::Listed(known)) = kept(&self.weights).get(&path).map(|table| &**table) {
            return Some(known.count());
        }
        load::regular(&path).ok()?;
        let listed = ListedWeights::read(&path).ok()??;
        let count = listed.count();
        kept(&self.weights).insert(path, Arc::new(Table::Listed(listed)));
        Some(count)
    }

    /// Takes the images of a file whichever one a card names.
    pub(crate) fn show(&mut self, path: PathBuf) {
        self.shown = Some(path);
    }

    /// Images of an IDX, PNG or `.npy` file. An error is its message.
    pub(crate) fn images(&self, path: PathBuf) -> Result<Arc<Idx>, String> {
        let path = self.shown.clone().unwrap_or(path);
        once(&self.images, path, |path| memspike_images::read(path).map_err(|e| e.to_string()))
    }

    /// Points of a PWL. An error is its message.
    pub(crate) fn points(&self, path: PathBuf) -> Result<Arc<Vec<(f64, f64)>>, String> {
        once(&self.points, path, points::read)
    }

    /// Weights of a layer of a core. An error is its message.
    pub(crate) fn core_weights(&self, path: PathBuf) -> Result<Arc<Weights>, String> {
        once(&self.core_weights, path, |path| Weights::read(path, None).map_err(|e| e.to_string()))
    }

    /// The core of an exported folder, by its specification. An error is its message.
    pub(crate) fn core(&self, path: PathBuf) -> Result<Arc<Specified>, String> {
        once(&self.specified, path, |path| {
            let mut weights = Vec::new();
            let mut beside = |name: &str| {
                weights.push(path.with_file_name(name));
                text::whole(&path.with_file_name(name))
            };
            let text = text::whole(path)?;
            let core = read_core(&text, &mut beside);
            let core = core.map_err(|e| format!("'{}': {e}", path.display()))?;
            Ok(Specified { core, weights })
        })
    }

    /// A network of point neurons. An error is its message.
    pub(crate) fn network(&self, path: PathBuf) -> Result<Arc<Described>, String> {
        once(&self.networks, path, |path| {
            let read = FromFile::read(path, None).map_err(|e| e.to_string())?;
            Ok(Described { network: Arc::new(read.network), files: read.files })
        })
    }

    /// Vectors of a digital source. An error is its message.
    pub(crate) fn vectors(&self, path: PathBuf) -> Result<Arc<vectors::Rows>, String> {
        once(&self.vectors, path, vectors::read)
    }
}

impl Data {
    /// A module of Verilog, compiled. An error is its message.
    pub(crate) fn module(&self, verilog: Verilog) -> Result<Arc<Module>, String> {
        let mut modules = self.modules.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = modules.get(&verilog) {
            return Ok(Arc::clone(known));
        }
        let new = Arc::new(Module::compile(&verilog).map_err(|error| error.to_string())?);
        modules.insert(verilog, Arc::clone(&new));
        Ok(new)
    }

    /// The files that were read.
    pub(crate) fn paths(&self) -> Vec<PathBuf> {
        let mut paths: Vec<PathBuf> = kept(&self.weights).keys().cloned().collect();
        paths.extend(kept(&self.images).keys().cloned());
        paths.extend(kept(&self.points).keys().cloned());
        paths.extend(kept(&self.vectors).keys().cloned());
        paths.extend(kept(&self.core_weights).keys().cloned());
        for (path, specified) in kept(&self.specified).iter() {
            paths.extend(std::iter::once(path).chain(&specified.weights).cloned());
        }
        paths.extend(kept(&self.networks).values().flat_map(|read| read.files.iter().cloned()));
        let modules = self.modules.lock().unwrap_or_else(PoisonError::into_inner);
        paths.extend(modules.keys().flat_map(|verilog| verilog.files.iter().cloned()));
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
    load::regular(&path).map_err(|e| format!("cannot read '{}': {}", path.display(), plain(&e)))?;
    let new = Arc::new(read(&path)?);
    kept.insert(path, Arc::clone(&new));
    Ok(new)
}
