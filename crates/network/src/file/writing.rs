//! From a network to the words of a text.

use super::Form;
use super::document::{
    ConnectionsText, DelayText, DenseText, Document, PopulationText, Precision, ProjectionText,
    SparseFileText, SparseText,
};
use memspike_time::FS;

use crate::{
    Connections, DEFAULT_DELAY_TICK, Delay, Law, Model, Network, Population, Projection, Rule,
    SparseRows, Values, Weights,
};

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
    let populations: Vec<PopulationText> = network
        .populations()
        .map(|(_, population)| PopulationText {
            name: population.name.clone(),
            size: population.size(),
            model: model(population, &mut tables),
        })
        .collect();
    let projections: Vec<ProjectionText> = network
        .projections()
        .map(|(_, projection)| ProjectionText {
            name: projection.name.clone(),
            from: network.population(projection.from).name.clone(),
            to: network.population(projection.to).name.clone(),
            effect: projection.effect,
            delay_fs: delay(projection, &mut tables),
            delay_s: match &projection.delay {
                Delay::Drawn(law) => Some(law.clone()),
                Delay::All(_) | Delay::Each(_) => None,
            },
            weights: match &projection.connections {
                Connections::Drawn(drawn) => {
                    let mut weights = drawn.weights.clone();
                    beside(&mut weights, format!("{}-weights.npy", projection.name), &mut tables);
                    Some(weights)
                }
                _ => None,
            },
            connections: connections(projection, &mut tables),
        })
        .collect();
    let tick = network.delay_tick_fs();
    let delay_tick_s = (tick != DEFAULT_DELAY_TICK).then(|| tick as f64 / FS);
    let (shown_s, made) = (network.shown_s(), network.made().clone());
    let version = Document::version(shown_s, &made);
    let document = Document { version, delay_tick_s, shown_s, made, populations, projections };
    let text = document.text(form);
    Written { text, tables }
}

type Tables = Vec<(String, Vec<u8>)>;

/// A model whose long lists are tables.
fn model(population: &Population, tables: &mut Tables) -> Model {
    let mut model = population.model.clone();
    let table = |what: &str| format!("{}-{what}.npy", population.name);
    for parameter in model.laws() {
        beside(parameter.law, table(parameter.name), tables);
    }
    if let Model::Recorded(recorded) = &mut model
        && recorded.spikes.list().len() > INLINE
    {
        let entries =
            recorded.spikes.list().iter().flat_map(|(s, neuron)| [*s, f64::from(*neuron)]);
        let (entries, mut bytes): (Vec<f64>, _) = (entries.collect(), Vec::new());
        memspike_npy::write_f64(&mut bytes, 2, &entries).expect("memory can be written");
        recorded.spikes.file = Some(table("spikes"));
        tables.push((table("spikes"), bytes));
    }
    model
}

/// Puts a long list of numbers into a table beside the text.
fn beside(law: &mut Law, name: String, tables: &mut Tables) {
    let Law::Listed(listed) = law else { return };
    if listed.values().len() <= INLINE && matches!(listed.values(), Values::Double(_)) {
        return;
    }
    let mut bytes = Vec::new();
    match listed.values() {
        Values::Double(values) => memspike_npy::write_f64(&mut bytes, 1, values),
        Values::Single(values) => memspike_npy::write_f32(&mut bytes, 1, values),
    }
    .expect("memory can be written");
    tables.push((name.clone(), bytes));
    listed.file = Some(name);
}

fn delay(projection: &Projection, tables: &mut Tables) -> Option<DelayText> {
    Some(match &projection.delay {
        Delay::Drawn(_) => return None,
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
    })
}

fn connections(projection: &Projection, tables: &mut Tables) -> ConnectionsText {
    match &projection.connections {
        Connections::OneToOne => ConnectionsText::OneToOne,
        Connections::Drawn(drawn) => drawn.rule.into(),
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

/// The words of a rule.
pub(crate) fn words_of_rule(rule: Rule) -> impl serde::Serialize {
    ConnectionsText::from(rule)
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
