//! Which islands wait for each other: what a circuit's spike drivers and what sinks follow say.

use std::collections::{BTreeMap, BTreeSet};

use memspike_circuit::{Circuit, ElementId, ElementKind, NodeId, Stimulus};
use memspike_scheduler::{Edge, groups};

use crate::EngineError;
use crate::probes::Signals;
use crate::sources::{held_by, is_source};

/// A spike driver: a source, and the island whose device it follows.
pub(crate) struct Driver {
    pub source: ElementId,
    pub device: ElementId,
    pub delay_s: f64,
}

/// The spike drivers of a circuit.
///
/// # Errors
/// A driver that follows nothing.
pub(crate) fn drivers(circuit: &Circuit) -> Result<Vec<Driver>, EngineError> {
    let mut drivers = Vec::new();
    for source in circuit.element_ids() {
        let element = circuit.element(source);
        let (ElementKind::VoltageSource(Stimulus::Spikes(driver))
        | ElementKind::CurrentSource(Stimulus::Spikes(driver))) = &element.kind
        else {
            continue;
        };
        let device = circuit.find_element(&driver.device).ok_or_else(|| {
            let (driver, device) = (element.name.clone(), driver.device.clone());
            EngineError::NoSuchDevice { driver, device }
        })?;
        drivers.push(Driver { source, device, delay_s: 0.0 });
    }
    Ok(drivers)
}

/// Islands and signals that advance together, and the sources that they hear.
pub(crate) struct Members {
    pub islands: Vec<usize>,
    pub signals: Vec<usize>,
    pub sources: BTreeSet<ElementId>,
    /// If its islands wait for each other, the least delay between them (s).
    pub loop_delay_s: Option<f64>,
}

/// Cuts a circuit into groups, each before those that it feeds.
pub(crate) fn plan(circuit: &Circuit, drivers: &[Driver], signals: &Signals) -> Vec<Members> {
    let mut plan = Plan::new(circuit, signals);
    plan.connect(drivers);
    let parts = groups(plan.origins.len(), &plan.edges);
    let members = |members: Vec<usize>, loop_delay_s| {
        let mut group = Members {
            islands: Vec::new(),
            signals: Vec::new(),
            sources: BTreeSet::new(),
            loop_delay_s,
        };
        for member in members {
            match &plan.origins[member] {
                Origin::Island(island) => group.islands.push(*island),
                Origin::Signals(signals) => group.signals.extend(signals),
                Origin::Array => {}
            }
            group.sources.extend(&plan.hears[member]);
        }
        let read = |signal: &usize| {
            let first = signals.parts[*signal].islands.keys().next();
            first.is_some_and(|island| group.islands.binary_search(island).is_ok())
        };
        group.signals.extend((0..signals.parts.len()).filter(read));
        group.signals.sort_unstable();
        group
    };
    let groups = parts.into_iter().map(|part| members(part.members, part.loop_delay_s));
    groups.filter(|group| !(group.islands.is_empty() && group.signals.is_empty())).collect()
}

enum Origin {
    Island(usize),
    /// Signals that sources alone make.
    Signals(Vec<usize>),
    /// What the sums of one array share: it passes on what its rows do.
    Array,
}

struct Plan<'c> {
    circuit: &'c Circuit,
    /// Islands at their positions, then signals of sources, then arrays.
    origins: Vec<Origin>,
    /// The sources that each hears.
    hears: Vec<Vec<ElementId>>,
    edges: Vec<Edge>,
}

impl<'c> Plan<'c> {
    fn new(circuit: &'c Circuit, signals: &Signals) -> Self {
        let islands = circuit.islands();
        let inputs = |island: &memspike_circuit::Island| {
            island.inputs.iter().copied().filter(|id| is_source(circuit, *id)).collect()
        };
        let mut plan = Self {
            circuit,
            origins: (0..islands.len()).map(Origin::Island).collect(),
            hears: islands.iter().map(inputs).collect(),
            edges: Vec::new(),
        };
        let mut alone = Vec::new();
        let mut of_alone = Vec::new();
        for (signal, parts) in signals.parts.iter().enumerate() {
            let mut read = parts.islands.keys();
            let Some(&first) = read.next() else {
                alone.push(signal);
                of_alone.extend(parts.sources.keys().copied());
                continue;
            };
            plan.hears[first].extend(parts.sources.keys().copied());
            // Islands of one signal go in step: what it is follows from all of them.
            for &island in read {
                let edge = Edge { from: first, to: island, delay_s: 0.0 };
                plan.edges.extend([edge, Edge { from: edge.to, to: edge.from, ..edge }]);
            }
        }
        if !alone.is_empty() {
            plan.origins.push(Origin::Signals(alone));
            plan.hears.push(of_alone);
        }
        plan.add_arrays();
        plan
    }

    /// Puts arrays between those that hear their sums and the rows.
    fn add_arrays(&mut self) {
        let mut arrays: BTreeMap<*const NodeId, usize> = BTreeMap::new();
        for hearer in 0..self.hears.len() {
            for source in self.hears[hearer].clone() {
                let [first, ..] = self.circuit.element(source).summed() else { continue };
                let array = *arrays.entry(first).or_insert_with(|| {
                    self.origins.push(Origin::Array);
                    self.hears.push(held_by(self.circuit, source).collect());
                    self.origins.len() - 1
                });
                // Delays are counted where spikes enter.
                self.edges.push(Edge { from: array, to: hearer, delay_s: f64::INFINITY });
            }
        }
    }

    /// Leads the spikes of devices to those that hear a driver of theirs.
    fn connect(&mut self, drivers: &[Driver]) {
        let mut hearers: BTreeMap<ElementId, Vec<usize>> = BTreeMap::new();
        for (hearer, sources) in self.hears.iter().enumerate() {
            for source in sources {
                hearers.entry(*source).or_default().push(hearer);
            }
        }
        let mut island_of: BTreeMap<ElementId, usize> = BTreeMap::new();
        for (island, spec) in self.circuit.islands().iter().enumerate() {
            island_of.extend(spec.devices.iter().map(|device| (*device, island)));
        }
        for driver in drivers {
            let Some(&from) = island_of.get(&driver.device) else { continue };
            for &to in hearers.get(&driver.source).into_iter().flatten() {
                self.edges.push(Edge { from, to, delay_s: driver.delay_s });
            }
        }
    }
}
