//! The sources that a group of islands hears, and which follow from others: a weighted sum from the
//! sources that hold its nodes.

use std::collections::{BTreeMap, BTreeSet};

use memspike_circuit::{Circuit, ElementId, ElementKind, NodeId, Topology, WeightedSum};
use memspike_time::Time;
use memspike_waveform::Waveform;

use crate::source::SourceRun;

/// What has a form of its own, or makes one of others' when it is asked: a sum keeps nothing, so it
/// depends on the present values of its terms alone, not on the order in which they changed.
enum Form<'c> {
    Own(SourceRun<'c>),
    Sum { rows: usize, terms: Terms },
}

/// The weights of a sum.
enum Terms {
    /// Of every row, by its position among the sources of the rows.
    Dense(Vec<f64>),
    /// Of the rows where it is not zero, ascending.
    Sparse(Vec<(u32, f64)>),
}

impl Terms {
    /// Keeps what takes less memory.
    fn new(weights: Vec<f64>) -> Self {
        let used = weights.iter().filter(|weight| **weight != 0.0).count();
        if 2 * used >= weights.len() {
            return Self::Dense(weights);
        }
        let terms = (0..).zip(weights).filter(|(_, weight)| *weight != 0.0);
        Self::Sparse(terms.collect())
    }

    fn weight(&self, row: u32) -> f64 {
        match self {
            Self::Dense(weights) => weights[row as usize],
            Self::Sparse(terms) => {
                terms.binary_search_by_key(&row, |(row, _)| *row).map_or(0.0, |at| terms[at].1)
            }
        }
    }
}

/// The rows that the sums of one array share, as the sources that hold them.
struct Rows {
    sources: Vec<usize>,
    /// Positions of those that are not at rest at zero, ascending: few of many.
    active: Vec<u32>,
    /// The sums that depend on each.
    sums: Vec<Vec<u32>>,
}

impl Rows {
    /// Sources and weights of those terms of a sum whose row is not at rest, ascending.
    fn active<'t>(&'t self, terms: &'t Terms) -> impl Iterator<Item = (usize, f64)> + 't {
        let weighted = self.active.iter().map(|row| (*row, terms.weight(*row)));
        let weighted = weighted.filter(|(_, weight)| *weight != 0.0);
        weighted.map(|(row, weight)| (self.sources[row as usize], weight))
    }
}

/// Sources of a circuit, each at its position here.
pub(crate) struct Sources<'c> {
    ids: Vec<ElementId>,
    forms: Vec<Form<'c>>,
    rows: Vec<Rows>,
    /// Rows that each source holds, and its position among their sources.
    rows_of: Vec<Vec<(usize, u32)>>,
}

/// Whether an element is a source: something that enters islands from outside.
pub(crate) fn is_source(circuit: &Circuit, id: ElementId) -> bool {
    let element = circuit.element(id);
    element.is_current_source() || matches!(element.kind, ElementKind::VoltageSource(_))
}

/// The sources that hold the nodes of a sum, besides which it follows from nothing.
pub(crate) fn held_by<'c>(
    circuit: &'c Circuit,
    id: ElementId,
) -> impl Iterator<Item = ElementId> + 'c {
    let nodes = circuit.element(id).summed().iter();
    nodes.flat_map(|node| circuit.topology().driven(*node).into_iter().flatten()).map(|(id, _)| *id)
}

impl<'c> Sources<'c> {
    /// These sources at time zero, before edges there, and those that sums among them follow from.
    pub fn new(circuit: &'c Circuit, wanted: impl IntoIterator<Item = ElementId>) -> Self {
        let mut ids: BTreeSet<ElementId> = wanted.into_iter().collect();
        let mut arrays: BTreeMap<*const NodeId, ElementId> = BTreeMap::new();
        for id in &ids {
            if let [first, ..] = circuit.element(*id).summed() {
                arrays.entry(first).or_insert(*id);
            }
        }
        ids.extend(arrays.into_values().flat_map(|id| held_by(circuit, id)));
        let ids: Vec<ElementId> = ids.into_iter().collect();
        let rows_of = vec![Vec::new(); ids.len()];
        let mut sources =
            Self { forms: Vec::with_capacity(ids.len()), ids, rows: Vec::new(), rows_of };
        let mut shared: BTreeMap<*const NodeId, usize> = BTreeMap::new();
        for position in 0..sources.ids.len() {
            let form = match &circuit.element(sources.ids[position]).kind {
                ElementKind::WeightedSum(sum) => {
                    let known = shared.entry(sum.nodes.as_ptr());
                    let rows = *known.or_insert_with(|| sources.add_rows(circuit.topology(), sum));
                    let weights = sources.weights(circuit.topology(), sum, rows);
                    for (row, _) in weights.iter().enumerate().filter(|(_, w)| **w != 0.0) {
                        sources.rows[rows].sums[row].push(position as u32);
                    }
                    Form::Sum { rows, terms: Terms::new(weights) }
                }
                ElementKind::VoltageSource(stimulus) | ElementKind::CurrentSource(stimulus) => {
                    Form::Own(SourceRun::new(stimulus))
                }
                _ => unreachable!("only sources have a position"),
            };
            sources.forms.push(form);
        }
        (0..sources.len()).for_each(|position| sources.note_active(position));
        sources
    }

    /// Notes the sources that hold a sum's nodes; gives their number.
    fn add_rows(&mut self, topology: &Topology, sum: &WeightedSum) -> usize {
        let held = sum.nodes.iter().flat_map(|node| topology.driven(*node).into_iter().flatten());
        let position = |id: &ElementId| self.position(*id).expect("a sum's sources are here");
        let sources: BTreeSet<usize> = held.map(|(source, _)| position(source)).collect();
        let sources: Vec<usize> = sources.into_iter().collect();
        let rows = self.rows.len();
        for (at, source) in sources.iter().enumerate() {
            self.rows_of[*source].push((rows, at as u32));
        }
        let sums = vec![Vec::new(); sources.len()];
        self.rows.push(Rows { sources, active: Vec::new(), sums });
        rows
    }

    /// The weights of a sum over nodes as those of the sources that hold them.
    fn weights(&self, topology: &Topology, sum: &WeightedSum, rows: usize) -> Vec<f64> {
        let sources = &self.rows[rows].sources;
        let mut weights = vec![0.0; sources.len()];
        for (node, weight) in sum.nodes.iter().zip(sum.weights.iter()) {
            for (source, sign) in topology.driven(*node).into_iter().flatten() {
                let at = self.position(*source).and_then(|at| sources.binary_search(&at).ok());
                weights[at.expect("it holds a row")] += weight * f64::from(*sign);
            }
        }
        weights
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.forms.len()
    }

    /// The position of an element that is one of them.
    pub fn position(&self, id: ElementId) -> Option<usize> {
        self.ids.binary_search(&id).ok()
    }

    /// The closed form of a source from `at` on, anchored at `at`.
    pub fn form(&self, position: usize, at: Time) -> Waveform {
        let (rows, terms) = match &self.forms[position] {
            Form::Own(run) => return run.form(at),
            Form::Sum { rows, terms } => (&self.rows[*rows], terms),
        };
        let mut form = Waveform::default();
        for (source, weight) in rows.active(terms) {
            let source = self.own(source);
            match source.constant() {
                Some(value) => form.offset += weight * value,
                None => form.add_scaled(weight, &source.form(at)),
            }
        }
        form
    }

    fn own(&self, position: usize) -> &SourceRun<'c> {
        match &self.forms[position] {
            Form::Own(run) => run,
            Form::Sum { .. } => unreachable!("voltage sources hold the nodes of a sum"),
        }
    }

    /// Whether the form of a source is a constant now.
    pub fn is_constant(&self, position: usize) -> bool {
        match &self.forms[position] {
            Form::Own(run) => run.constant().is_some(),
            Form::Sum { rows, terms } => self.moving(*rows, terms).next().is_none(),
        }
    }

    /// What is not constant among the terms of a sum.
    fn moving<'s>(
        &'s self,
        rows: usize,
        terms: &'s Terms,
    ) -> impl Iterator<Item = &'s SourceRun<'c>> {
        let active = self.rows[rows].active(terms).map(|(source, _)| self.own(source));
        active.filter(|run| run.constant().is_none())
    }

    /// When a source changes its form by itself next, as far as it has heard; a sum never does.
    pub fn changes(&self, position: usize) -> Option<Time> {
        match &self.forms[position] {
            Form::Own(run) => run.ends(),
            Form::Sum { .. } => None,
        }
    }

    /// Until when the present form of a source can be relied on at most. Of a sum that is known where
    /// something in it moves; constants may change at any spike.
    pub fn ends(&self, position: usize) -> Option<Time> {
        match &self.forms[position] {
            Form::Own(run) => run.ends(),
            Form::Sum { rows, terms } => {
                self.moving(*rows, terms).filter_map(SourceRun::ends).min()
            }
        }
    }

    /// The run of a spike driver.
    pub fn driver(&mut self, position: usize) -> &mut SourceRun<'c> {
        match &mut self.forms[position] {
            Form::Own(run) => run,
            Form::Sum { .. } => unreachable!("a sum follows no device"),
        }
    }

    /// Lets a source take the form that begins at `at`.
    pub fn change(&mut self, position: usize, at: Time) {
        if let Form::Own(run) = &mut self.forms[position] {
            run.change(at);
        }
        self.note_active(position);
    }

    /// Keeps the rows that a source holds among those at rest or those that are not.
    fn note_active(&mut self, position: usize) {
        let rests = |run: &SourceRun| run.constant() == Some(0.0);
        let is_active = matches!(&self.forms[position], Form::Own(run) if !rests(run));
        for (rows, at) in &self.rows_of[position] {
            let rows = &mut self.rows[*rows];
            match (rows.active.binary_search(at), is_active) {
                (Err(place), true) => rows.active.insert(place, *at),
                (Ok(place), false) => drop(rows.active.remove(place)),
                _ => {}
            }
        }
    }

    /// These sources with the sums that follow from them, ascending.
    pub fn with_sums(&self, changed: &[usize]) -> Vec<usize> {
        let mut all = changed.to_vec();
        for (rows, at) in changed.iter().flat_map(|position| &self.rows_of[*position]) {
            all.extend(self.rows[*rows].sums[*at as usize].iter().map(|sum| *sum as usize));
        }
        all.sort_unstable();
        all.dedup();
        all
    }
}
