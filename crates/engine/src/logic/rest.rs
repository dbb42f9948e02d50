//! The levels of all nets at time zero.

use std::collections::VecDeque;

use memspike_circuit::{Circuit, ElementId, ElementKind, NetId, Pin};
use memspike_device::Phase;
use memspike_digital::{Block, Level};

use crate::EngineError;

/// Levels and blocks before anything happened.
pub(crate) struct LogicAtRest {
    /// Of each net.
    pub levels: Vec<Level>,
    /// In the order of the circuit; taken by their groups.
    pub blocks: Vec<Option<Box<dyn Block>>>,
}

impl LogicAtRest {
    /// What follows from the levels that comparators have read so far, by net; the others are unknown. From unknown levels
    /// on blocks can only come to know more, so a loop without memory stays unknown.
    ///
    /// # Errors
    /// A net whose level contradicts itself: a latch that is open to the opposite of what it gives.
    pub fn new(circuit: &Circuit, read: &[(Pin, Level)]) -> Result<Self, NetId> {
        let specs = circuit.blocks();
        let instance = |spec: &memspike_circuit::DigitalBlock| {
            spec.design.instance(spec.inputs.len(), spec.outputs.len())
        };
        let mut blocks: Vec<Box<dyn Block>> = specs.iter().map(instance).collect();
        let mut levels = vec![Level::Unknown; circuit.nets().len()];
        for (pin, level) in read {
            levels[pin.net.index()] = level.inverted_if(pin.inverted);
        }
        for tap in circuit.taps() {
            levels[tap.drives.net.index()] = Level::Zero.inverted_if(tap.drives.inverted);
        }
        let mut readers = vec![Vec::new(); levels.len()];
        for (block, spec) in specs.iter().enumerate() {
            spec.inputs.iter().flatten().for_each(|pin| readers[pin.net.index()].push(block));
        }
        let mut waiting: VecDeque<usize> = (0..specs.len()).collect();
        let mut is_waiting = vec![true; specs.len()];
        // Each net goes from unknown to known once, or there is a block whose rest contradicts itself.
        let pins: usize = readers.iter().map(|readers| readers.len() + 1).sum();
        let mut left = 4 * (pins + specs.len()) + 16;
        let mut changed = None;
        while let Some(block) = waiting.pop_front() {
            left -= 1;
            if let Some(net) = changed.filter(|_| left == 0) {
                return Err(net);
            }
            is_waiting[block] = false;
            let spec = &specs[block];
            let level = |pin: &Option<Pin>| {
                pin.map_or(Level::Zero, |pin| levels[pin.net.index()].inverted_if(pin.inverted))
            };
            let floats = blocks[block].knows_floating();
            let read = |level: Level| if floats { level } else { level.driven() };
            let inputs: Vec<Level> = spec.inputs.iter().map(|pin| read(level(pin))).collect();
            let mut outputs = vec![Level::Unknown; spec.outputs.len()];
            blocks[block].rest(&inputs, &mut outputs);
            for (pin, level) in spec.outputs.iter().zip(outputs) {
                let Some(pin) = pin else { continue };
                let level = level.inverted_if(pin.inverted);
                let net = pin.net.index();
                if std::mem::replace(&mut levels[net], level) == level {
                    continue;
                }
                changed = Some(pin.net);
                for &reader in &readers[net] {
                    if !std::mem::replace(&mut is_waiting[reader], true) {
                        waiting.push_back(reader);
                    }
                }
            }
        }
        Ok(Self { levels, blocks: blocks.into_iter().map(Some).collect() })
    }

    /// What comparators among these devices read, by net.
    pub fn read(circuit: &Circuit, devices: impl Iterator<Item = (ElementId, Phase)>) -> Readings {
        let mut read: Readings = devices
            .filter_map(|(id, phase)| match &circuit.element(id).kind {
                ElementKind::Comparator(comparator) => Some((comparator.drives, level_of(phase))),
                _ => None,
            })
            .collect();
        read.sort_unstable_by_key(|(pin, _)| pin.net);
        read
    }

    /// Both sides at rest: what `solve` makes of levels, and the levels that follow from what it reads. If they never agree, the
    /// last of both where that is `good_enough`.
    ///
    /// # Errors
    /// [`EngineError::NoRest`], and those of `solve`.
    pub fn agree<T>(
        circuit: &Circuit,
        good_enough: bool,
        mut solve: impl FnMut(&[Level]) -> Result<(T, Readings), EngineError>,
    ) -> Result<(T, Self), EngineError> {
        let no_rest = |net: NetId| EngineError::NoRest { net: circuit.nets()[net.index()].clone() };
        let mut read = Readings::new();
        for look in 1.. {
            let rest = Self::new(circuit, &read).map_err(no_rest)?;
            let (solved, found) = solve(&rest.levels)?;
            if found == read || good_enough && look == MOST_LOOKS {
                return Ok((solved, rest));
            }
            if look == MOST_LOOKS {
                let other = found.iter().find(|reading| !read.contains(reading));
                return Err(no_rest(other.map_or(NetId::FIRST, |(pin, _)| pin.net)));
            }
            read = found;
        }
        unreachable!("the loop has an end")
    }
}

/// How often the two sides may correct each other.
const MOST_LOOKS: usize = 64;

/// What comparators read, each with what it drives.
pub(crate) type Readings = Vec<(Pin, Level)>;

/// The level that a comparator's phase means.
pub(crate) fn level_of(phase: Phase) -> Level {
    match phase {
        Phase::Piece(0) => Level::Zero,
        Phase::Piece(2) => Level::One,
        _ => Level::Unknown,
    }
}
