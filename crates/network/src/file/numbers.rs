//! Lists of numbers and of spikes in files beside a text.

use std::path::{Path, PathBuf};

use memspike_npy::{Kind, Rows, Values};

use super::error::{FileReason, ListReason};
use crate::{Law, Listed, Model, Spikes};

/// Reads the lists that a model names.
pub(super) fn of_model(model: &mut Model, folder: &Path) -> Result<(), FileReason> {
    for parameter in model.laws() {
        of_law(parameter.law, folder)?;
    }
    if let Model::Recorded(recorded) = model
        && let Some(file) = &recorded.spikes.file
    {
        recorded.spikes = in_file(folder, file, spikes)?;
    }
    Ok(())
}

/// Reads the list that a law names.
pub(super) fn of_law(law: &mut Law, folder: &Path) -> Result<(), FileReason> {
    if let Law::Listed(Listed { file: Some(file), .. }) = law {
        *law = in_file(folder, file, numbers)?;
    }
    Ok(())
}

/// What is read from a file of this name.
pub(super) fn in_file<T>(
    folder: &Path,
    file: impl AsRef<Path>,
    read: impl FnOnce(&Path) -> Result<T, ListReason>,
) -> Result<T, FileReason> {
    let path: PathBuf = folder.join(file);
    read(&path).map_err(|reason| FileReason::List { path, reason })
}

/// Rows of so many columns.
pub(super) fn rows(path: &Path, needed: usize, what: &'static str) -> Result<Rows, ListReason> {
    let rows = Rows::read(path)?;
    let found = rows.table.columns;
    if found == needed { Ok(rows) } else { Err(ListReason::Columns { found, needed, what }) }
}

fn numbers(path: &Path) -> Result<Law, ListReason> {
    let table = rows(path, 1, "a number in each row")?.table;
    Ok(Law::listed(match table.kind {
        Kind::Single => Values::Single(table.values.iter().map(|value| *value as f32).collect()),
        Kind::Integer | Kind::Double => Values::Double(table.values),
    }))
}

fn spikes(path: &Path) -> Result<Spikes, ListReason> {
    let rows = rows(path, 2, "time in s and neuron")?;
    let mut list = Vec::with_capacity(rows.table.rows);
    for (row, entry) in rows.table.values.chunks_exact(2).enumerate() {
        let what = "a neuron, a whole number from 0 on,";
        let neuron = whole(entry[1], u32::MAX.into());
        let wrong = ListReason::Whole { place: rows.place(row), value: entry[1], what };
        list.push((entry[0], neuron.ok_or(wrong)? as u32));
    }
    Spikes::new(list).map_err(|error| ListReason::Spike { place: rows.place(error.at), error })
}

impl Spikes {
    /// Reads spikes of `.npy` or `.csv`: time (s) and neuron in each row, in the order of time.
    ///
    /// # Errors
    /// [`FileReason::List`].
    pub fn read(path: impl AsRef<Path>) -> Result<Self, FileReason> {
        in_file(Path::new(""), path.as_ref(), spikes)
    }
}

/// A whole number from 0 to `end`.
pub(super) fn whole(value: f64, end: f64) -> Option<u64> {
    (value.fract() == 0.0 && (0.0..=end).contains(&value)).then_some(value as u64)
}
