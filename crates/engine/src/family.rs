//! Islands that are copies of one another share their configurations.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use memspike_circuit::{
    Circuit, ElementId, ElementKind, Island, ModalRow, NodeId, Row, System, SystemError,
};
use smallvec::SmallVec;

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
    /// Number of this configuration in its family; never used again.
    pub serial: u64,
    pub system: System,
    pub devices: Vec<Reading>,
    /// Rate and weights of the inputs, if constant inputs make the motion one exponential.
    pub scalar: Option<(f64, Vec<f64>)>,
}

/// Bits of the resistance of each device: what tells configurations of one family apart.
type Key = SmallVec<[u64; 4]>;

/// Number of configurations that are kept; beyond it the cache starts anew.
const CACHED_CONFIGURATIONS: usize = 4096;

/// All islands of one make: same elements and values at the same positions. The first stands for all.
#[derive(Debug)]
pub(crate) struct Family<'c> {
    circuit: &'c Circuit,
    first: &'c Island,
    cache: RefCell<BTreeMap<Key, Rc<Configuration>>>,
    mode_sets: Cell<u64>,
}

impl<'c> Family<'c> {
    pub fn new(circuit: &'c Circuit, first: &'c Island) -> Self {
        Self { circuit, first, cache: RefCell::default(), mode_sets: Cell::new(0) }
    }

    /// Sets of modes computed so far.
    pub fn mode_sets(&self) -> u64 {
        self.mode_sets.get()
    }

    /// The configuration with these device resistances (ohm).
    pub fn configuration(
        &self,
        ohms: impl Iterator<Item = f64>,
    ) -> Result<Rc<Configuration>, SystemError> {
        let mut key = Key::new();
        ohms.for_each(|ohm| key.push(ohm.to_bits()));
        if let Some(found) = self.cache.borrow().get(&key) {
            return Ok(Rc::clone(found));
        }
        let ohms: Vec<f64> = key.iter().map(|bits| f64::from_bits(*bits)).collect();
        let system = System::new(self.circuit, self.first, &ohms)?;
        let devices = self
            .first
            .devices
            .iter()
            .filter_map(|id| self.circuit.element(*id).device())
            .map(|(_, control)| Reading::new(&system, system.voltage(self.circuit, control)))
            .collect();
        let scalar = system.scalar();
        let serial = self.mode_sets.get();
        let built = Rc::new(Configuration { serial, system, devices, scalar });
        let mut cache = self.cache.borrow_mut();
        if cache.len() >= CACHED_CONFIGURATIONS {
            cache.clear();
        }
        self.mode_sets.set(serial + 1);
        cache.insert(key, Rc::clone(&built));
        Ok(built)
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

    /// A functional of `island`, a member of this family, as a row of `system`.
    pub fn reading(&self, island: &Island, system: &System, functional: &Functional) -> Reading {
        let mut row = system.zero_row();
        for (node, weight) in &functional.nodes {
            if let Ok(at) = island.nodes.binary_search(node) {
                let voltage = system.node_voltage(self.circuit, self.first.nodes[at]);
                row.add_scaled(*weight, &voltage);
            }
        }
        for (element, weight) in &functional.currents {
            if let Some(of_first) = self.element_of_first(island, *element) {
                let current = system.current(self.circuit, of_first);
                row.add_scaled(*weight, &current);
            }
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
            ElementKind::VoltageSource(_) => (3, position(&island.inputs, *id) as f64),
            ElementKind::CurrentSource(_) | ElementKind::WeightedSum(_) => (4, 0.0),
            ElementKind::Vcvs { gain, .. } => (5, *gain),
            ElementKind::Vccs { siemens, .. } => (6, *siemens),
            ElementKind::Memristor(_) => (7, 0.0),
            ElementKind::Switch { .. } => (8, 0.0),
            ElementKind::Limiter(_) => (10, position(&island.inputs, *id) as f64),
        };
        out.extend([tag, value.to_bits()]);
        let control = element.control().into_iter().flatten();
        for node in element.nodes.into_iter().chain(control) {
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
