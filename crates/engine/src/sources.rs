//! The sources that a group of islands hears, and which follow from others: a weighted sum from the
//! sources that hold its rows.

use std::collections::{BTreeMap, BTreeSet};

use memspike_circuit::{ArrayId, Circuit, ElementId};
use memspike_digital::Level;
use memspike_scheduler::Origin;
use memspike_time::Time;
use memspike_waveform::Waveform;
use smallvec::SmallVec;

use crate::rows::{Rows, Terms, holders};
use crate::source::SourceRun;

/// What happens at one moment: seldom more than one thing.
pub(crate) type Few<T> = SmallVec<[T; 8]>;

/// What has a form of its own, or makes one of others' when it is asked: a sum keeps nothing, so it
/// depends on the present values of its terms alone, not on the order in which they changed.
enum Form<'c> {
    Own(SourceRun<'c>),
    Sum { rows: usize, terms: Terms<'c> },
}

/// Sources of a circuit, each at its position here.
pub(crate) struct Sources<'c> {
    ids: Vec<ElementId>,
    forms: Vec<Form<'c>>,
    rows: Vec<Rows>,
    /// Rows that each source holds: of which array, and which of its rows.
    rows_of: Vec<Vec<(usize, u32)>>,
}

/// Whether an element is a source: something that enters islands from outside.
pub(crate) fn is_source(circuit: &Circuit, id: ElementId) -> bool {
    let element = circuit.element(id);
    element.kind.stimulus().is_some() || element.sum().is_some()
}

impl<'c> Sources<'c> {
    /// These sources at time zero, before edges there, and those that sums among them follow from.
    /// `levels` are those of all nets.
    pub fn new(
        circuit: &'c Circuit,
        wanted: impl IntoIterator<Item = ElementId>,
        levels: &[Level],
    ) -> Self {
        let mut ids: BTreeSet<ElementId> = wanted.into_iter().collect();
        let summed = ids.iter().filter_map(|id| Some(circuit.element(*id).sum()?.array));
        let arrays: BTreeSet<ArrayId> = summed.collect();
        ids.extend(arrays.iter().flat_map(|id| holders(circuit.topology(), circuit.array(*id))));
        let ids: Vec<ElementId> = ids.into_iter().collect();
        let position = |id: ElementId| ids.binary_search(&id).expect("what holds rows is here");
        let rows_at: BTreeMap<ArrayId, usize> =
            arrays.iter().enumerate().map(|(at, array)| (*array, at)).collect();
        let array = |id: &ArrayId| circuit.array(*id);
        let rows = arrays.iter().map(|id| Rows::new(circuit.topology(), array(id), position));
        let mut rows: Vec<Rows> = rows.collect();
        let form = |id: &ElementId| {
            let element = circuit.element(*id);
            if let Some(sum) = element.sum() {
                let at = rows_at[&sum.array];
                let terms = rows[at].terms(circuit, array(&sum.array), &sum.weights, position);
                return Form::Sum { rows: at, terms };
            }
            let own = element.kind.stimulus();
            Form::Own(SourceRun::new(own.expect("only sources have a position"), levels))
        };
        let forms: Vec<Form> = ids.iter().map(form).collect();
        let mut rows_of = vec![Vec::new(); ids.len()];
        for (number, rows) in rows.iter_mut().enumerate() {
            let of_rows = |(position, form)| match form {
                &Form::Sum { rows, ref terms } if rows == number => Some((position, &**terms)),
                _ => None,
            };
            rows.depend((0..).zip(&forms).filter_map(of_rows));
            for (row, source) in (0..).zip(rows.sources()) {
                rows_of[*source].push((number, row));
            }
        }
        let mut sources = Self { ids, forms, rows, rows_of };
        (0..sources.len()).for_each(|position| sources.note_active(position));
        sources
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.forms.len()
    }

    /// The elements that they are, by position.
    pub fn ids(&self) -> &[ElementId] {
        &self.ids
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
        if let Some(sum) = rows.sum(terms) {
            return Waveform::constant(sum);
        }
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
            Form::Sum { rows, terms } => {
                self.rows[*rows].rest_or_hold() || self.moving(*rows, terms).next().is_none()
            }
        }
    }

    /// What is not constant among the terms of a sum.
    fn moving<'s>(
        &'s self,
        rows: usize,
        terms: &'s Terms<'c>,
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
            Form::Sum { rows, .. } if self.rows[*rows].rest_or_hold() => None,
            Form::Sum { rows, terms } => {
                self.moving(*rows, terms).filter_map(SourceRun::ends).min()
            }
        }
    }

    /// Whether a source moves or will end by itself. A sum always counts, as its rows change without it.
    pub fn is_live(&self, position: usize) -> bool {
        match &self.forms[position] {
            Form::Own(run) => run.constant().is_none() || run.ends().is_some(),
            Form::Sum { .. } => true,
        }
    }

    /// The run of what follows devices or a net.
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

    /// Tells the rows that a source holds what it does now.
    fn note_active(&mut self, position: usize) {
        let Form::Own(run) = &self.forms[position] else { return };
        let value = run.constant();
        for (rows, row) in &self.rows_of[position] {
            self.rows[*rows].note(*row, value);
        }
    }

    /// These sources with the sums that follow from them, ascending.
    pub fn with_sums(&self, changed: &[Origin]) -> Few<usize> {
        let changed = || changed.iter().map(|source| *source as usize);
        let mut all: Few<usize> = changed().collect();
        for (rows, at) in changed().flat_map(|position| &self.rows_of[position]) {
            all.extend(self.rows[*rows].sums(*at).iter().map(|sum| *sum as usize));
        }
        all.sort_unstable();
        all.dedup();
        all
    }
}
