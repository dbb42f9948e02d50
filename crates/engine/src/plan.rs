//! Which islands wait for each other: what a circuit's spike drivers and what sinks follow say.

use std::collections::{BTreeMap, BTreeSet};

use memspike_circuit::{ArrayId, Circuit, ElementId, ElementKind, NetId};
use memspike_scheduler::{Edge, Part, groups};
use petgraph::unionfind::UnionFind;

use crate::probes::Signals;
use crate::rows::holders;
use crate::sources::is_source;

/// That a spike driver, a source, follows a device; several, if it follows several.
pub(crate) struct Driver {
    pub source: ElementId,
    pub device: ElementId,
    pub delay_fs: u64,
}

/// Who follows whom in a circuit.
pub(crate) fn drivers(circuit: &Circuit) -> Vec<Driver> {
    let of = |source: ElementId| {
        let driver = circuit.element(source).driver();
        driver.into_iter().flat_map(move |driver| {
            let delay_fs = driver.delay_fs();
            let devices = driver.devices.iter();
            devices.map(move |device| Driver { source, device: device.element(), delay_fs })
        })
    };
    circuit.element_ids().flat_map(of).collect()
}

/// Islands and signals that advance together, and the sources that they hear.
pub(crate) struct Members {
    pub islands: Vec<usize>,
    pub signals: Vec<usize>,
    pub sources: BTreeSet<ElementId>,
    pub nets: Vec<NetId>,
    /// Digital blocks, by their place in the circuit.
    pub blocks: Vec<usize>,
    /// If its islands wait for each other, the least delay between them (fs).
    pub loop_delay_fs: Option<u64>,
    /// How far they are from the beginning.
    pub stage: usize,
}

/// Cuts a circuit into groups, each before those that it feeds, and what does not wait for each other into one for each
/// thread.
pub(crate) fn plan(
    circuit: &Circuit,
    drivers: &[Driver],
    signals: &Signals,
    threads: usize,
) -> Vec<Members> {
    let mut plan = Plan::new(circuit, signals);
    plan.connect(drivers);
    plan.add_logic();
    let parts = groups(plan.origins.len(), &plan.edges);
    let members = |Part { members, loop_delay_fs, stage }| {
        let mut group = Members {
            islands: Vec::new(),
            signals: Vec::new(),
            sources: BTreeSet::new(),
            nets: Vec::new(),
            blocks: Vec::new(),
            loop_delay_fs,
            stage,
        };
        for member in members {
            match &plan.origins[member] {
                Origin::Island(island) => group.islands.push(*island),
                Origin::Signals(signals) => group.signals.extend(signals),
                Origin::Array => {}
                Origin::Logic { nets, blocks } => {
                    group.nets.extend(nets);
                    group.blocks.extend(blocks);
                }
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
    let groups = parts.into_iter().flat_map(|part| part.divided(threads)).map(members);
    let is_empty = |group: &Members| {
        group.islands.is_empty() && group.signals.is_empty() && group.nets.is_empty()
    };
    groups.filter(|group| !is_empty(group)).collect()
}

enum Origin {
    Island(usize),
    /// Signals that sources alone make.
    Signals(Vec<usize>),
    /// What the sums of one array share: it passes on what its rows do.
    Array,
    /// Nets that blocks join.
    Logic {
        nets: Vec<NetId>,
        blocks: Vec<usize>,
    },
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
                let edge = Edge { from: first, to: island, delay_fs: 0 };
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
        let mut arrays: BTreeMap<ArrayId, usize> = BTreeMap::new();
        for hearer in 0..self.hears.len() {
            for source in self.hears[hearer].clone() {
                let Some(sum) = self.circuit.element(source).sum() else { continue };
                let array = *arrays.entry(sum.array).or_insert_with(|| {
                    let rows = self.circuit.array(sum.array);
                    self.origins.push(Origin::Array);
                    self.hears.push(holders(self.circuit.topology(), rows).collect());
                    self.origins.len() - 1
                });
                // Delays are counted where spikes enter.
                self.edges.push(Edge { from: array, to: hearer, delay_fs: u64::MAX });
            }
        }
    }

    /// Puts nets that blocks join between the islands whose comparators and devices drive them and those that hear them.
    fn add_logic(&mut self) {
        let circuit = self.circuit;
        if circuit.nets().is_empty() {
            return;
        }
        let first = self.origins.len();
        let origin_of = self.join_nets();
        let mut joined: Vec<(Vec<NetId>, Vec<usize>)> = Vec::new();
        for net in circuit.net_ids() {
            let part = origin_of[net.index()];
            joined.resize_with(joined.len().max(part + 1), Default::default);
            joined[part].0.push(net);
        }
        for (number, block) in circuit.blocks().iter().enumerate() {
            if let Some(pin) = block.inputs.iter().chain(&block.outputs).flatten().next() {
                joined[origin_of[pin.net.index()]].1.push(number);
            }
        }
        for (nets, blocks) in joined {
            self.origins.push(Origin::Logic { nets, blocks });
            self.hears.push(Vec::new());
        }
        let origin = |net: NetId| first + origin_of[net.index()];
        let island_of = self.island_of_devices();
        for (element, spec) in circuit.elements().iter().enumerate() {
            if let ElementKind::Comparator(comparator) = &spec.kind {
                let from = island_of[&circuit.element_id(element)];
                let delay_fs = comparator.delays.least();
                self.edges.push(Edge { from, to: origin(comparator.drives.net), delay_fs });
            }
        }
        for tap in circuit.taps() {
            let from = island_of[&tap.device.element()];
            self.edges.push(Edge { from, to: origin(tap.drives.net), delay_fs: tap.delay_fs });
        }
        for (to, sources) in self.hears.iter().enumerate() {
            let drivers = sources.iter().filter_map(|id| circuit.element(*id).level_driver());
            // Delays are counted where levels enter.
            let edges = drivers.map(|driver| Edge {
                from: origin(driver.hears.net),
                to,
                delay_fs: u64::MAX,
            });
            self.edges.extend(edges);
        }
    }

    /// For each net the number of the part that blocks join it to, in the order of their first nets.
    fn join_nets(&self) -> Vec<usize> {
        let mut sets = UnionFind::<usize>::new(self.circuit.nets().len());
        for block in self.circuit.blocks() {
            let mut pins = block.inputs.iter().chain(&block.outputs).flatten();
            if let Some(first) = pins.next() {
                pins.for_each(|pin| {
                    sets.union(first.net.index(), pin.net.index());
                });
            }
        }
        let mut number_of: BTreeMap<usize, usize> = BTreeMap::new();
        let part = |net| {
            let next = number_of.len();
            *number_of.entry(sets.find(net)).or_insert(next)
        };
        (0..self.circuit.nets().len()).map(part).collect()
    }

    fn island_of_devices(&self) -> BTreeMap<ElementId, usize> {
        let islands = self.circuit.islands().iter().enumerate();
        islands.flat_map(|(at, island)| island.devices.iter().map(move |id| (*id, at))).collect()
    }

    /// Leads the spikes of devices to those that hear a driver of theirs.
    fn connect(&mut self, drivers: &[Driver]) {
        let mut hearers: BTreeMap<ElementId, Vec<usize>> = BTreeMap::new();
        for (hearer, sources) in self.hears.iter().enumerate() {
            for source in sources {
                hearers.entry(*source).or_default().push(hearer);
            }
        }
        let island_of = self.island_of_devices();
        for driver in drivers {
            let Some(&from) = island_of.get(&driver.device) else { continue };
            for &to in hearers.get(&driver.source).into_iter().flatten() {
                self.edges.push(Edge { from, to, delay_fs: driver.delay_fs });
            }
        }
    }
}
