//! From the words of a text to a network.

use std::path::Path;

use super::document::{
    ConnectionsText, DenseText, Document, Precision, ProjectionText, SparseText,
};
use super::error::{FileReason, InlineReason};
use super::list::{self, Listed};
use super::{delays, numbers, words};
use crate::{Builder, Connections, Drawn, Law, Network, PopulationId, SparseRows, Values, Weights};

pub(super) fn network(document: &Document, folder: &Path) -> Result<Network, FileReason> {
    let mut builder = Builder::new();
    if let Some(tick_s) = document.delay_tick_s {
        builder.delay_tick(tick(tick_s).ok_or(FileReason::Tick(tick_s))?);
    }
    if let Some(shown_s) = document.shown_s {
        builder.shown(shown_s);
    }
    builder.made(document.made.clone());
    let mut ids: Vec<(&str, PopulationId)> = Vec::new();
    for population in &document.populations {
        let mut model = population.model.clone();
        numbers::of_model(&mut model, folder)?;
        let id = builder.population(&population.name, population.size, model);
        ids.push((&population.name, id));
    }
    for projection in &document.projections {
        let ends = [
            population(&ids, projection, "from", &projection.from)?,
            population(&ids, projection, "to", &projection.to)?,
        ];
        // Sizes that only the populations tell: a list does not say how many sources and targets there are.
        let size = |id: PopulationId| document.populations[id.index()].size;
        let sizes = ends.map(size);
        let (connections, listed) = connections(projection, sizes, folder)?;
        let delay = delays::read(projection, listed, folder)?;
        builder.projection(&projection.name, ends, connections, projection.effect, delay);
    }
    Ok(builder.build()?)
}

fn population(
    ids: &[(&str, PopulationId)],
    projection: &ProjectionText,
    key: &'static str,
    name: &str,
) -> Result<PopulationId, FileReason> {
    if let Some((_, id)) = ids.iter().find(|(known, _)| *known == name) {
        return Ok(*id);
    }
    let near = words::nearest(name, ids.iter().map(|(known, _)| *known));
    Err(FileReason::Population {
        projection: projection.name.clone(),
        key,
        name: name.to_owned(),
        near: near.map(str::to_owned),
    })
}

/// Who is connected to whom, and the delays (fs) of a list that has them.
fn connections(
    projection: &ProjectionText,
    [sources, targets]: [usize; 2],
    folder: &Path,
) -> Result<(Connections, Option<Vec<u64>>), FileReason> {
    let inline = |reason| FileReason::Inline { projection: projection.name.clone(), reason };
    if let Some(rule) = projection.connections.rule(projection.weights.is_some()) {
        let mut weights = projection.weights.clone().unwrap_or(Law::Value(1.0));
        numbers::of_law(&mut weights, folder)?;
        return Ok((Connections::Drawn(Drawn { rule, weights }), None));
    }
    if projection.weights.is_some() {
        return Err(FileReason::TwoWeights { projection: projection.name.clone() });
    }
    let connections = match &projection.connections {
        ConnectionsText::DenseFile(file) => {
            Connections::Dense(Weights::read(folder.join(file), Some((sources, targets)))?)
        }
        ConnectionsText::Dense(text) => Connections::Dense(dense(text).map_err(inline)?),
        ConnectionsText::Sparse(text) => {
            Connections::Sparse(sparse(text, targets).map_err(inline)?)
        }
        ConnectionsText::SparseFile(text) => {
            let read = |path: &Path| list::read(text, path, [sources, targets]);
            let Listed { rows, delays } = numbers::in_file(folder, &text.list, read)?;
            return Ok((Connections::Sparse(rows), delays));
        }
        // What is left has been told as a rule.
        _ => Connections::OneToOne,
    };
    Ok((connections, None))
}

/// The whole femtoseconds nearest to a tick in seconds; how long it may be, the builder says.
fn tick(s: f64) -> Option<u64> {
    (0.0..=1e6).contains(&s).then(|| memspike_time::ticks(s))
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
pub(super) fn precise(values: Vec<f64>, precision: Precision) -> Result<Values, (usize, f64)> {
    if precision != Precision::Single {
        return Ok(values.into());
    }
    let narrow = |value: f64| value as f32;
    match values.iter().position(|value| f64::from(narrow(*value)) != *value) {
        Some(at) => Err((at, values[at])),
        None => Ok(Values::Single(values.into_iter().map(narrow).collect())),
    }
}
