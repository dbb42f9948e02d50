//! From a network to the words of a text.

use super::Form;
use super::document::{
    ConnectionsText, DelayText, DenseText, Document, PopulationText, Precision, ProjectionText,
    SparseFileText, SparseText, VERSION,
};
use crate::{Connections, Delay, Network, Projection, SparseRows, Values, Weights};

/// Numbers that stand in the text; more of them are a table beside it.
const INLINE: usize = 1024;

/// A network's text, and the tables that it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The text.
    pub text: String,
    /// Names and bytes of the tables; they belong into the folder of the text.
    pub tables: Vec<(String, Vec<u8>)>,
}

pub(super) fn written(network: &Network, form: Form) -> Written {
    let mut tables = Vec::new();
    let populations = network.populations().map(|(_, population)| PopulationText {
        name: population.name.clone(),
        size: population.size(),
        model: population.model,
    });
    let projections = network.projections().map(|(_, projection)| ProjectionText {
        name: projection.name.clone(),
        from: network.population(projection.from).name.clone(),
        to: network.population(projection.to).name.clone(),
        effect: projection.effect,
        delay_fs: delay(projection, &mut tables),
        connections: connections(projection, &mut tables),
    });
    let document = Document {
        version: VERSION,
        populations: populations.collect(),
        projections: projections.collect(),
    };
    let text = document.text(form);
    Written { text, tables }
}

type Tables = Vec<(String, Vec<u8>)>;

fn delay(projection: &Projection, tables: &mut Tables) -> DelayText {
    match &projection.delay {
        Delay::All(ticks) => DelayText::All(*ticks),
        Delay::Each(ticks) if ticks.len() <= INLINE => DelayText::Each(ticks.clone()),
        Delay::Each(ticks) => {
            let name = format!("{}-delays.npy", projection.name);
            let ticks: Vec<f64> = ticks.iter().map(|ticks| *ticks as f64).collect();
            let mut bytes = Vec::new();
            memspike_npy::write_integers(&mut bytes, 1, &ticks).expect("memory can be written");
            tables.push((name.clone(), bytes));
            DelayText::File(name)
        }
    }
}

fn connections(projection: &Projection, tables: &mut Tables) -> ConnectionsText {
    match &projection.connections {
        Connections::OneToOne => ConnectionsText::OneToOne,
        Connections::Dense(weights) if weights.values().len() <= INLINE => {
            ConnectionsText::Dense(dense(weights))
        }
        Connections::Dense(weights) => {
            let name = format!("{}.npy", projection.name);
            tables.push((name.clone(), weights.bytes()));
            ConnectionsText::DenseFile(name)
        }
        Connections::Sparse(rows) if rows.len() + rows.rows() <= INLINE => {
            ConnectionsText::Sparse(SparseText {
                precision: precision(rows.weights()),
                starts: rows.starts().to_vec(),
                targets: rows.targets().to_vec(),
                weights: rows.weights().to_doubles(),
            })
        }
        Connections::Sparse(rows) => {
            let name = format!("{}-list.npy", projection.name);
            tables.push((name.clone(), list(rows)));
            ConnectionsText::SparseFile(SparseFileText {
                precision: precision(rows.weights()),
                list: name,
            })
        }
    }
}

fn precision(values: &Values) -> Precision {
    match values {
        Values::Single(_) => Precision::Single,
        Values::Double(_) => Precision::Double,
    }
}

fn dense(weights: &Weights) -> DenseText {
    let integers = weights.are_integers();
    let values = weights.values().to_doubles();
    DenseText {
        precision: if integers { Precision::Integer } else { precision(weights.values()) },
        rows: values.chunks_exact(weights.columns()).map(<[f64]>::to_vec).collect(),
    }
}

/// A table of source, target and weight.
fn list(rows: &SparseRows) -> Vec<u8> {
    let entries = (0..rows.rows()).flat_map(|source| {
        rows.of(source).flat_map(move |at| {
            [source as f64, f64::from(rows.targets()[at]), rows.weights().get(at)]
        })
    });
    let entries: Vec<f64> = entries.collect();
    let mut bytes = Vec::new();
    memspike_npy::write_f64(&mut bytes, 3, &entries).expect("memory can be written");
    bytes
}
