//! All sources of a run, and which follow from others: a spike driver from its device, a weighted sum
//! from the sources that hold its nodes.

use std::collections::{BTreeMap, BTreeSet};

use memspike_circuit::{Circuit, ElementId, ElementKind, Stimulus, Topology, WeightedSum};
use memspike_waveform::Waveform;

use crate::source::SourceRun;
use crate::{EngineError, Time};

/// What has a form of its own, or makes one of others' when it is asked: a sum keeps nothing, so it
/// depends on the present values of its terms alone, not on the order in which they changed.
enum Form<'c> {
    Own(SourceRun<'c>),
    Sum(Vec<(usize, f64)>),
}

/// The sources of a circuit, each at its position here.
pub(crate) struct Sources<'c> {
    forms: Vec<Form<'c>>,
    position_of: BTreeMap<ElementId, usize>,
    /// Sums that each source enters.
    sums: Vec<Vec<usize>>,
    /// Islands that each source enters.
    islands: Vec<Vec<usize>>,
    /// Spike drivers by the device that each follows.
    drivers: BTreeMap<ElementId, Vec<usize>>,
}

impl<'c> Sources<'c> {
    /// The sources at time zero.
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
            sums: vec![Vec::new(); count],
            islands: vec![Vec::new(); count],
            drivers: BTreeMap::new(),
        };
        let ids: Vec<ElementId> = sources.position_of.keys().copied().collect();
        for (position, id) in ids.into_iter().enumerate() {
            let form = match &circuit.element(id).kind {
                ElementKind::WeightedSum(sum) => {
                    let terms = sources.terms(circuit.topology(), sum);
                    terms.iter().for_each(|(term, _)| sources.sums[*term].push(position));
                    Form::Sum(terms)
                }
                ElementKind::VoltageSource(stimulus) | ElementKind::CurrentSource(stimulus) => {
                    sources.follow_device(circuit, id, position, stimulus)?;
                    Form::Own(SourceRun::new(stimulus))
                }
                _ => unreachable!("only sources have a position"),
            };
            sources.forms.push(form);
        }
        for (number, island) in circuit.islands().iter().enumerate() {
            for input in &island.inputs {
                if let Some(&position) = sources.position_of.get(input) {
                    sources.islands[position].push(number);
                }
            }
        }
        Ok(sources)
    }

    /// A sum over nodes as one over the sources that hold them, in the order of sources.
    fn terms(&self, topology: &Topology, sum: &WeightedSum) -> Vec<(usize, f64)> {
        let mut terms: BTreeMap<usize, f64> = BTreeMap::new();
        for (node, weight) in sum.nodes.iter().zip(sum.weights.iter()) {
            for (source, sign) in topology.driven(*node).into_iter().flatten() {
                *terms.entry(self.position_of[source]).or_default() += weight * f64::from(*sign);
            }
        }
        terms.into_iter().filter(|(_, weight)| *weight != 0.0).collect()
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
        let terms = match &self.forms[position] {
            Form::Own(run) => return run.form(at),
            Form::Sum(terms) => terms,
        };
        let mut form = Waveform::default();
        for (term, weight) in terms {
            match self.own(*term).constant() {
                // Most rows of an array are at rest.
                Some(0.0) => {}
                Some(value) => form.offset += weight * value,
                None => form.add_scaled(*weight, &self.own(*term).form(at)),
            }
        }
        form
    }

    fn own(&self, position: usize) -> &SourceRun<'c> {
        match &self.forms[position] {
            Form::Own(run) => run,
            Form::Sum(_) => unreachable!("voltage sources hold the nodes of a sum"),
        }
    }

    /// Whether the form of a source is a constant now.
    pub fn is_constant(&self, position: usize) -> bool {
        match &self.forms[position] {
            Form::Own(run) => run.constant().is_some(),
            Form::Sum(terms) => terms.iter().all(|(term, _)| self.own(*term).constant().is_some()),
        }
    }

    /// When a source's form changes next, as far as that is known. A sum changes with its terms, and
    /// leaves it to them.
    pub fn ends(&self, position: usize) -> Option<Time> {
        match &self.forms[position] {
            Form::Own(run) => run.ends(),
            Form::Sum(_) => None,
        }
    }

    /// A spike driver's device has turned on.
    pub fn trigger(&mut self, position: usize, at: Time) {
        if let Form::Own(run) = &mut self.forms[position] {
            run.trigger(at);
        }
    }

    /// Lets a source take the form that begins at `at`.
    pub fn change(&mut self, position: usize, at: Time) {
        if let Form::Own(run) = &mut self.forms[position] {
            run.change(at);
        }
    }

    /// These sources with the sums that follow from them.
    pub fn with_sums(&self, changed: &[usize]) -> BTreeSet<usize> {
        let sums = changed.iter().flat_map(|position| &self.sums[*position]);
        changed.iter().chain(sums).copied().collect()
    }

    /// The islands that a source enters.
    pub fn islands_of(&self, position: usize) -> &[usize] {
        &self.islands[position]
    }
}
