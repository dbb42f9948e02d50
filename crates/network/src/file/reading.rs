//! From the words of a text to a network.

use std::path::{Path, PathBuf};

use memspike_npy::{MARK, MAX_BYTES, Table};

use super::document::{
    ConnectionsText, DelayText, DenseText, Document, Precision, ProjectionText, SparseFileText,
    SparseText,
};
use super::error::{FileReason, InlineReason, ListReason};
use crate::{
    Builder, Connections, Delay, LONGEST_DELAY, Network, PopulationId, SparseRows, Values, Weights,
};

pub(super) fn network(document: &Document, folder: &Path) -> Result<Network, FileReason> {
    let mut builder = Builder::new();
    let mut ids: Vec<(&str, PopulationId)> = Vec::new();
    for population in &document.populations {
        let id = builder.population(&population.name, population.size, population.model);
        ids.push((&population.name, id));
    }
    for projection in &document.projections {
        let ends = [
            population(&ids, projection, &projection.from)?,
            population(&ids, projection, &projection.to)?,
        ];
        // Sizes that only the populations tell: a list does not say how many sources and targets there are.
        let size = |id: PopulationId| document.populations[id.index()].size;
        let connections = connections(projection, ends.map(size), folder)?;
        let delay = delay(&projection.delay_fs, folder)?;
        builder.projection(&projection.name, ends, connections, projection.effect, delay);
    }
    Ok(builder.build()?)
}

fn population(
    ids: &[(&str, PopulationId)],
    projection: &ProjectionText,
    name: &str,
) -> Result<PopulationId, FileReason> {
    if let Some((_, id)) = ids.iter().find(|(known, _)| *known == name) {
        return Ok(*id);
    }
    let nearest = ids.iter().map(|(known, _)| (strsim::jaro_winkler(known, name), *known));
    let near = nearest.filter(|(likeness, _)| *likeness > 0.8).max_by(|a, b| a.0.total_cmp(&b.0));
    Err(FileReason::Population {
        projection: projection.name.clone(),
        name: name.to_owned(),
        near: near.map(|(_, known)| known.to_owned()),
    })
}

fn connections(
    projection: &ProjectionText,
    [sources, targets]: [usize; 2],
    folder: &Path,
) -> Result<Connections, FileReason> {
    let inline = |reason| FileReason::Inline { projection: projection.name.clone(), reason };
    Ok(match &projection.connections {
        ConnectionsText::OneToOne => Connections::OneToOne,
        ConnectionsText::DenseFile(file) => {
            Connections::Dense(Weights::read(folder.join(file), Some((sources, targets)))?)
        }
        ConnectionsText::Dense(text) => Connections::Dense(dense(text).map_err(inline)?),
        ConnectionsText::Sparse(text) => {
            Connections::Sparse(sparse(text, targets).map_err(inline)?)
        }
        ConnectionsText::SparseFile(text) => {
            let path = folder.join(&text.list);
            match list(text, &path, [sources, targets]) {
                Ok(rows) => Connections::Sparse(rows),
                Err(reason) => return Err(FileReason::List { path, reason }),
            }
        }
    })
}

fn dense(text: &DenseText) -> Result<Weights, InlineReason> {
    let (rows, columns) = (text.rows.len(), text.rows.first().map_or(0, Vec::len));
    if let Some((row, other)) =
        text.rows.iter().enumerate().find(|(_, other)| other.len() != columns)
    {
        return Err(InlineReason::Row { row, found: other.len(), columns });
    }
    let values: Vec<f64> = text.rows.iter().flatten().copied().collect();
    let values = precise(values, text.precision)
        .map_err(|(at, value)| InlineReason::Single { at, value })?;
    let weights = Weights::new(rows, columns, values)?;
    Ok(if text.precision == Precision::Integer { weights.as_integers() } else { weights })
}

fn sparse(text: &SparseText, targets: usize) -> Result<SparseRows, InlineReason> {
    let weights = precise(text.weights.clone(), text.precision)
        .map_err(|(at, value)| InlineReason::Single { at, value })?;
    Ok(SparseRows::new(targets, text.starts.clone(), text.targets.clone(), weights)?)
}

/// Numbers in a precision; if it does not hold one, its place and the number.
fn precise(values: Vec<f64>, precision: Precision) -> Result<Values, (usize, f64)> {
    if precision != Precision::Single {
        return Ok(values.into());
    }
    let narrow = |value: f64| value as f32;
    match values.iter().position(|value| f64::from(narrow(*value)) != *value) {
        Some(at) => Err((at, values[at])),
        None => Ok(Values::Single(values.into_iter().map(narrow).collect())),
    }
}

/// Connections in a table of three columns: source, target, weight.
fn list(
    text: &SparseFileText,
    path: &Path,
    [sources, targets]: [usize; 2],
) -> Result<SparseRows, ListReason> {
    let table = table(path, 3, "source, target and weight")?;
    let below = |row: usize, value: f64, end: usize, what| match whole(value, end as f64) {
        Some(number) if number < end as u64 => Ok(number as usize),
        _ => Err(ListReason::Whole { row, value, what }),
    };
    let (mut starts, mut ends, mut weights) = (vec![0], Vec::new(), Vec::new());
    for (row, entry) in table.values.chunks_exact(3).enumerate() {
        let source = below(row, entry[0], sources, "a source that is there")?;
        let target = below(row, entry[1], targets, "a target that is there")?;
        let before = starts.len() - 1;
        if source < before {
            return Err(ListReason::Order { row, source_number: source, before });
        }
        starts.resize(source + 1, row);
        ends.push(u32::try_from(target).unwrap_or(u32::MAX));
        weights.push(entry[2]);
    }
    starts.resize(sources + 1, ends.len());
    let weights = precise(weights, text.precision)
        .map_err(|(row, value)| ListReason::Single { row, value })?;
    Ok(SparseRows::new(targets, starts, ends, weights)?)
}

fn delay(text: &DelayText, folder: &Path) -> Result<Delay, FileReason> {
    match text {
        DelayText::All(ticks) => Ok(Delay::All(*ticks)),
        DelayText::Each(ticks) => Ok(Delay::Each(ticks.clone())),
        DelayText::File(file) => {
            let path: PathBuf = folder.join(file);
            delays(&path).map(Delay::Each).map_err(|reason| FileReason::List { path, reason })
        }
    }
}

fn delays(path: &Path) -> Result<Vec<u64>, ListReason> {
    let what = "a whole number of femtoseconds, at most 9 s";
    let ticks = table(path, 1, "delays in femtoseconds")?;
    let tick = |(row, value): (usize, &f64)| {
        whole(*value, LONGEST_DELAY as f64).ok_or(ListReason::Whole { row, value: *value, what })
    };
    ticks.values.iter().enumerate().map(tick).collect()
}

fn table(path: &Path, needed: usize, what: &'static str) -> Result<Table, ListReason> {
    let table = Table::read(&memspike_files::read_marked(path, MARK, MAX_BYTES)?)?;
    let found = table.columns;
    if found == needed { Ok(table) } else { Err(ListReason::Columns { found, needed, what }) }
}

/// A whole number from 0 to `end`.
fn whole(value: f64, end: f64) -> Option<u64> {
    (value.fract() == 0.0 && (0.0..=end).contains(&value)).then_some(value as u64)
}
