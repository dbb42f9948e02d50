//! Islands that are copies of one another share their configurations.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use memspike_circuit::{
    Circuit, ElementId, ElementKind, Island, ModalRow, NodeId, Row, System, SystemError,
};
use smallvec::SmallVec;

/// What a panic elsewhere has left is whole: every change is made in one piece.
fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A quantity of one island, as a weighted sum over its nodes and elements by their position there.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Functional {
    pub nodes: Vec<(NodeId, f64)>,
    pub currents: Vec<(ElementId, f64)>,
}

/// A row in both coordinates.
#[derive(Debug)]
pub(crate) struct Reading {
    pub row: Row,
    pub modal: ModalRow,
}

impl Reading {
    fn new(system: &System, row: Row) -> Self {
        Self { modal: system.modes().modal(&row), row }
    }
}

/// An island in one switch configuration, with the rows that its devices read.
#[derive(Debug)]
pub(crate) struct Configuration {
    pub system: System,
    pub devices: Vec<Reading>,
    /// Rate and weights of the inputs, if constant inputs make the motion one exponential.
    pub scalar: Option<(f64, Vec<f64>)>,
    /// Whether a mode grows by itself.
    pub can_grow: bool,
    key: Key,
    /// What has been read in it, by the quantity's number in the family.
    readings: Mutex<BTreeMap<usize, Arc<Reading>>>,
}

impl Configuration {
    /// Whether it is the one with these device resistances (ohm).
    pub fn is_of(&self, ohms: impl Iterator<Item = f64>) -> bool {
        ohms.zip(&self.key).all(|(ohm, bits)| ohm.to_bits() == *bits)
    }

    /// The resistance of the first device (ohm).
    pub fn ohm_of_first(&self) -> f64 {
        f64::from_bits(self.key[0])
    }

    /// Whether devices read the same of states and inputs as in another.
    pub fn reads_as(&self, other: &Self) -> bool {
        let pairs = self.devices.iter().zip(&other.devices);
        pairs.into_iter().all(|(mine, theirs)| mine.row == theirs.row)
    }
}

/// Bits of the resistance of each device: what tells configurations of one family apart.
type Key = SmallVec<[u64; 4]>;

/// Configurations of one family, of which those used last are kept. A filament that forms anew in
/// every cycle passes through; what is used between, such as all devices off, stays.
#[derive(Debug)]
struct Cache {
    /// With the number of its last use.
    entries: BTreeMap<Key, (u64, Arc<Configuration>)>,
    uses: u64,
    /// Configurations built, and dropped to make room.
    built: u64,
    dropped: u64,
    /// When so many are kept, the half used longest ago goes.
    capacity: usize,
}

/// Most configurations that a family keeps, whatever their size.
const MOST_CONFIGURATIONS: usize = 4096;

/// Least that it keeps, whatever their size.
const LEAST_CONFIGURATIONS: usize = 8;

/// Pairs of unknowns in all configurations that a family keeps: with some ten numbers for a pair
/// 320 MB, unless the least number of them is larger.
const MOST_PAIRS: usize = 1 << 22;

impl Cache {
    fn new(island: &Island) -> Self {
        let unknowns = 2 * island.nodes.len() + island.inputs.len();
        let capacity = MOST_PAIRS / unknowns.pow(2).max(1);
        Self::holding(capacity.clamp(LEAST_CONFIGURATIONS, MOST_CONFIGURATIONS))
    }

    fn holding(capacity: usize) -> Self {
        Self { entries: BTreeMap::new(), uses: 0, built: 0, dropped: 0, capacity }
    }

    fn get(&mut self, key: &Key) -> Option<Arc<Configuration>> {
        self.uses += 1;
        let (used, found) = self.entries.get_mut(key)?;
        *used = self.uses;
        Some(Arc::clone(found))
    }

    fn insert(&mut self, key: Key, built: Arc<Configuration>) {
        let before = self.entries.len();
        if before >= self.capacity {
            let mut used: Vec<u64> = self.entries.values().map(|(used, _)| *used).collect();
            let (_, oldest_kept, _) = used.select_nth_unstable(before / 2);
            self.entries.retain(|_, (used, _)| *used >= *oldest_kept);
        }
        self.dropped += (before - self.entries.len()) as u64;
        self.built += 1;
        self.entries.insert(key, (self.uses, built));
    }
}

/// All islands of one make: same elements and values at the same positions. The first stands for all.
#[derive(Debug)]
pub(crate) struct Family<'c> {
    circuit: &'c Circuit,
    first: &'c Island,
    cache: Mutex<Cache>,
    /// Quantities that are read, over the nodes and elements of the first island.
    functionals: Mutex<Vec<Functional>>,
}

impl<'c> Family<'c> {
    pub fn new(circuit: &'c Circuit, first: &'c Island) -> Self {
        Self { circuit, first, cache: Mutex::new(Cache::new(first)), functionals: Mutex::default() }
    }

    /// Sets of modes computed so far.
    pub fn mode_sets(&self) -> u64 {
        lock(&self.cache).built
    }

    /// Sets of modes dropped so far to make room.
    pub fn mode_sets_dropped(&self) -> u64 {
        lock(&self.cache).dropped
    }

    /// The configuration with these device resistances (ohm).
    pub fn configuration(
        &self,
        ohms: impl Iterator<Item = f64>,
    ) -> Result<Arc<Configuration>, SystemError> {
        let mut key = Key::new();
        ohms.for_each(|ohm| key.push(ohm.to_bits()));
        if let Some(found) = lock(&self.cache).get(&key) {
            return Ok(found);
        }
        let built = Arc::new(self.build(key.clone())?);
        let mut cache = lock(&self.cache);
        // Another thread may have been faster.
        Ok(cache.get(&key).unwrap_or_else(|| {
            cache.insert(key, Arc::clone(&built));
            built
        }))
    }

    fn build(&self, key: Key) -> Result<Configuration, SystemError> {
        let ohms: Vec<f64> = key.iter().map(|bits| f64::from_bits(*bits)).collect();
        let system = System::new(self.circuit, self.first, &ohms)?;
        let devices = self
            .first
            .devices
            .iter()
            .filter_map(|id| self.circuit.element(*id).device())
            .map(|(_, control)| Reading::new(&system, system.control(self.circuit, control)))
            .collect();
        let scalar = system.scalar();
        let can_grow = system.modes().rates().any(|rate| rate.re > 0.0);
        Ok(Configuration { system, devices, scalar, can_grow, key, readings: Mutex::default() })
    }

    /// The element of the first island at the place that `id` has in `member`.
    pub fn element_of_first(&self, member: &Island, id: ElementId) -> Option<ElementId> {
        let at = member.elements.binary_search(&id).ok()?;
        Some(self.first.elements[at])
    }

    /// The node of `member` at the place that `node` has in the first island.
    pub fn node_of_member(&self, member: &Island, node: NodeId) -> Option<NodeId> {
        let at = self.first.nodes.binary_search(&node).ok()?;
        Some(member.nodes[at])
    }

    /// Registers a functional of `member`, an island of this family; gives its number. Copies of one
    /// island that read the same share it.
    pub fn register(&self, member: &Island, functional: &Functional) -> usize {
        let node = |(node, weight): &(NodeId, f64)| {
            let at = member.nodes.binary_search(node).ok()?;
            Some((self.first.nodes[at], *weight))
        };
        let current = |(element, weight): &(ElementId, f64)| {
            Some((self.element_of_first(member, *element)?, *weight))
        };
        let of_first = Functional {
            nodes: functional.nodes.iter().filter_map(node).collect(),
            currents: functional.currents.iter().filter_map(current).collect(),
        };
        let mut known = lock(&self.functionals);
        known.iter().position(|other| *other == of_first).unwrap_or_else(|| {
            known.push(of_first);
            known.len() - 1
        })
    }

    /// A registered quantity as rows of a configuration.
    pub fn reading(&self, number: usize, configuration: &Configuration) -> Arc<Reading> {
        let mut readings = lock(&configuration.readings);
        let reading = readings.entry(number).or_insert_with(|| {
            let system = &configuration.system;
            Arc::new(self.read(&lock(&self.functionals)[number], system))
        });
        Arc::clone(reading)
    }

    fn read(&self, functional: &Functional, system: &System) -> Reading {
        let mut row = system.zero_row();
        for (node, weight) in &functional.nodes {
            row.add_scaled(*weight, &system.node_voltage(self.circuit, *node));
        }
        for (element, weight) in &functional.currents {
            row.add_scaled(*weight, &system.current(self.circuit, *element));
        }
        Reading::new(system, row)
    }
}

/// Everything that an island's equations depend on, by position: equal signatures, equal equations.
pub(crate) fn signature(circuit: &Circuit, island: &Island) -> Vec<u64> {
    let mut out = vec![island.nodes.len() as u64, island.inputs.len() as u64];
    for id in &island.elements {
        let element = circuit.element(*id);
        let (tag, value) = match &element.kind {
            ElementKind::Resistor { ohm } => (1, *ohm),
            ElementKind::Capacitor { farad, .. } => (2, *farad),
            ElementKind::Inductor { henry, .. } => (15, *henry),
            ElementKind::VoltageSource(_) => (3, position(&island.inputs, *id) as f64),
            ElementKind::CurrentSource(_) | ElementKind::WeightedSum(_) => (4, 0.0),
            ElementKind::Vcvs { gain, .. } => (5, *gain),
            ElementKind::Vccs { siemens, .. } => (6, *siemens),
            ElementKind::Memristor(_) => (7, 0.0),
            ElementKind::Switch { .. } => (8, 0.0),
            ElementKind::Limiter(_) => (10, position(&island.inputs, *id) as f64),
            ElementKind::VoltageLaw { .. } => (11, position(&island.inputs, *id) as f64),
            ElementKind::CurrentLaw { .. } => (12, position(&island.inputs, *id) as f64),
            ElementKind::Curve { .. } => (14, position(&island.inputs, *id) as f64),
            ElementKind::Comparator(_) => (16, 0.0),
            ElementKind::CurrentSwitch { reversed, .. } => (13, f64::from(*reversed)),
        };
        out.extend([tag, value.to_bits()]);
        for law in element.kind.laws() {
            out.extend([law.nodes().len() as u64, law.currents().len() as u64]);
            let voltages = law.voltages().map(|(_, weight)| weight);
            let currents = law.currents().iter().map(|(_, weight)| *weight);
            out.extend(voltages.chain(currents).map(f64::to_bits));
        }
        for heard in element.kind.heard() {
            out.push(position(&island.elements, heard) as u64);
        }
        if let ElementKind::Inductor { coupled, .. } = &element.kind {
            out.push(coupled.len() as u64);
            for (other, factor) in coupled {
                out.extend([position(&island.elements, *other) as u64, factor.to_bits()]);
            }
        }
        for node in element.pins() {
            terminal(circuit, island, node, &mut out);
        }
    }
    for (at, id) in island.inputs.iter().enumerate() {
        let element = circuit.element(*id);
        if element.is_current_source() {
            out.extend([9, at as u64]);
            for node in element.nodes {
                terminal(circuit, island, node, &mut out);
            }
        }
    }
    out
}

fn position(ids: &[ElementId], id: ElementId) -> usize {
    ids.binary_search(&id).unwrap_or(usize::MAX)
}

/// A node of the island by position, a driven one by what drives it, any other as outside.
fn terminal(circuit: &Circuit, island: &Island, node: NodeId, out: &mut Vec<u64>) {
    if let Ok(at) = island.nodes.binary_search(&node) {
        out.extend([u64::MAX, at as u64]);
        return;
    }
    let Some(sources) = circuit.topology().driven(node) else {
        out.push(u64::MAX - 1);
        return;
    };
    out.push(sources.len() as u64);
    for (source, sign) in sources {
        out.extend([position(&island.inputs, *source) as u64, *sign as u64]);
    }
}
