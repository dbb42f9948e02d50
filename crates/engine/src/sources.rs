//! All sources of a run, and which follow from others: a spike driver from its device, a weighted sum
//! from the sources that hold its nodes.

use std::collections::{BTreeMap, BTreeSet};

use memspike_circuit::{Circuit, ElementId, ElementKind, NodeId, Stimulus, Topology, WeightedSum};
use memspike_waveform::Waveform;

use crate::source::SourceRun;
use crate::{EngineError, Time};

/// What has a form of its own, or makes one of others' when it is asked: a sum keeps nothing, so it
/// depends on the present values of its terms alone, not on the order in which they changed.
enum Form<'c> {
    Own(SourceRun<'c>),
    Sum {
        rows: usize,
        /// Of each source of the rows.
        weights: Vec<f64>,
    },
}

/// The rows that the sums of one array share, as the sources that hold them.
struct Rows {
    sources: Vec<usize>,
    /// Positions of those that are not at rest at zero, ascending: few of many.
    active: Vec<usize>,
    sums: Vec<usize>,
}

/// The sources of a circuit, each at its position here.
pub(crate) struct Sources<'c> {
    forms: Vec<Form<'c>>,
    position_of: BTreeMap<ElementId, usize>,
    rows: Vec<Rows>,
    /// Rows that each source holds, and its position among their sources.
    rows_of: Vec<Vec<(usize, usize)>>,
    /// Islands that each source enters.
    islands: Vec<Vec<usize>>,
    /// Spike drivers by the device that each follows.
    drivers: BTreeMap<ElementId, Vec<usize>>,
}

impl<'c> Sources<'c> {
    /// The sources at time zero, before edges there.
    ///
    /// # Errors
    /// A spike driver that follows nothing.
    pub fn new(circuit: &'c Circuit) -> Result<Self, EngineError> {
        let mut position_of = BTreeMap::new();
        for id in circuit.element_ids() {
            let element = circuit.element(id);
            if element.is_current_source() || matches!(element.kind, ElementKind::VoltageSource(_))
            {
                position_of.insert(id, position_of.len());
            }
        }
        let count = position_of.len();
        let mut sources = Self {
            forms: Vec::with_capacity(count),
            position_of,
            rows: Vec::new(),
            rows_of: vec![Vec::new(); count],
            islands: vec![Vec::new(); count],
            drivers: BTreeMap::new(),
        };
        let ids: Vec<ElementId> = sources.position_of.keys().copied().collect();
        let mut shared: BTreeMap<*const NodeId, usize> = BTreeMap::new();
        for (position, id) in ids.into_iter().enumerate() {
            let form = match &circuit.element(id).kind {
                ElementKind::WeightedSum(sum) => {
                    let known = shared.entry(sum.nodes.as_ptr());
                    let rows = *known.or_insert_with(|| sources.add_rows(circuit.topology(), sum));
                    sources.rows[rows].sums.push(position);
                    let weights = sources.weights(circuit.topology(), sum, rows);
                    Form::Sum { rows, weights }
                }
                ElementKind::VoltageSource(stimulus) | ElementKind::CurrentSource(stimulus) => {
                    sources.follow_device(circuit, id, position, stimulus)?;
                    Form::Own(SourceRun::new(stimulus))
                }
                _ => unreachable!("only sources have a position"),
            };
            sources.forms.push(form);
        }
        (0..count).for_each(|position| sources.note_active(position));
        for (number, island) in circuit.islands().iter().enumerate() {
            for input in &island.inputs {
                if let Some(&position) = sources.position_of.get(input) {
                    sources.islands[position].push(number);
                }
            }
        }
        Ok(sources)
    }

    /// Notes the sources that hold a sum's nodes; gives their number.
    fn add_rows(&mut self, topology: &Topology, sum: &WeightedSum) -> usize {
        let held = sum.nodes.iter().flat_map(|node| topology.driven(*node).into_iter().flatten());
        let sources: BTreeSet<usize> = held.map(|(source, _)| self.position_of[source]).collect();
        let sources: Vec<usize> = sources.into_iter().collect();
        let rows = self.rows.len();
        for (at, source) in sources.iter().enumerate() {
            self.rows_of[*source].push((rows, at));
        }
        self.rows.push(Rows { sources, active: Vec::new(), sums: Vec::new() });
        rows
    }

    /// The weights of a sum over nodes as those of the sources that hold them.
    fn weights(&self, topology: &Topology, sum: &WeightedSum, rows: usize) -> Vec<f64> {
        let sources = &self.rows[rows].sources;
        let mut weights = vec![0.0; sources.len()];
        for (node, weight) in sum.nodes.iter().zip(sum.weights.iter()) {
            for (source, sign) in topology.driven(*node).into_iter().flatten() {
                let at = sources.binary_search(&self.position_of[source]);
                weights[at.expect("it holds a row")] += weight * f64::from(*sign);
            }
        }
        weights
    }

    fn follow_device(
        &mut self,
        circuit: &Circuit,
        id: ElementId,
        position: usize,
        stimulus: &Stimulus,
    ) -> Result<(), EngineError> {
        let Stimulus::Spikes(driver) = stimulus else { return Ok(()) };
        let device = circuit.find_element(&driver.device).ok_or_else(|| {
            let driver_name = circuit.element(id).name.clone();
            EngineError::NoSuchDevice { driver: driver_name, device: driver.device.clone() }
        })?;
        self.drivers.entry(device).or_default().push(position);
        Ok(())
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.forms.len()
    }

    /// The position of an element that is a source.
    pub fn position(&self, id: ElementId) -> Option<usize> {
        self.position_of.get(&id).copied()
    }

    /// Whether spikes change sources.
    pub fn have_drivers(&self) -> bool {
        !self.drivers.is_empty()
    }

    /// The drivers that follow a device.
    pub fn drivers_of(&self, device: ElementId) -> &[usize] {
        self.drivers.get(&device).map_or(&[], Vec::as_slice)
    }

    /// The closed form of a source from `at` on, anchored at `at`.
    pub fn form(&self, position: usize, at: Time) -> Waveform {
        let (rows, weights) = match &self.forms[position] {
            Form::Own(run) => return run.form(at),
            Form::Sum { rows, weights } => (&self.rows[*rows], weights),
        };
        let mut form = Waveform::default();
        for row in &rows.active {
            let (source, weight) = (self.own(rows.sources[*row]), weights[*row]);
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
            Form::Sum { rows, .. } => {
                let Rows { sources, active, .. } = &self.rows[*rows];
                active.iter().all(|row| self.own(sources[*row]).constant().is_some())
            }
        }
    }

    /// When a source changes its form by itself next, as far as that is known; a sum never does.
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
            Form::Sum { rows, .. } => {
                let Rows { sources, active, .. } = &self.rows[*rows];
                let runs = active.iter().map(|row| self.own(sources[*row]));
                runs.filter(|run| run.constant().is_none()).filter_map(SourceRun::ends).min()
            }
        }
    }

    /// A spike driver's device has turned on. Gives whether the driver hears it.
    pub fn trigger(&mut self, position: usize, at: Time) -> bool {
        match &mut self.forms[position] {
            Form::Own(run) => run.trigger(at),
            Form::Sum { .. } => false,
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
            let active = &mut self.rows[*rows].active;
            match (active.binary_search(at), is_active) {
                (Err(place), true) => active.insert(place, *at),
                (Ok(place), false) => drop(active.remove(place)),
                _ => {}
            }
        }
    }

    /// These sources with the sums that follow from them.
    pub fn with_sums(&self, changed: &[usize]) -> BTreeSet<usize> {
        let mut all: BTreeSet<usize> = changed.iter().copied().collect();
        for (rows, at) in changed.iter().flat_map(|position| &self.rows_of[*position]) {
            let depends = |sum: &&usize| match &self.forms[**sum] {
                Form::Sum { weights, .. } => weights[*at] != 0.0,
                Form::Own(_) => false,
            };
            all.extend(self.rows[*rows].sums.iter().filter(depends));
        }
        all
    }

    /// The islands that a source enters.
    pub fn islands_of(&self, position: usize) -> &[usize] {
        &self.islands[position]
    }
}
