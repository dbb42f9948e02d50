//! The digital side of a circuit: nets, the blocks between them, and where they meet the analog side.

use std::sync::Arc;

use memspike_device::Model;
use memspike_digital::{Delays, Design, Level};
use memspike_time::FEMTOSECOND_S;
use memspike_waveform::Waveform;

use crate::{DeviceId, NodeId};

/// A digital node of a circuit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NetId(pub(crate) u32);

impl NetId {
    /// The first net by name.
    pub const FIRST: Self = Self(0);

    /// Position in [`crate::Circuit::nets`].
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Where something is connected to a net.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pin {
    /// The net.
    pub net: NetId,
    /// Whether the opposite of its level counts.
    pub inverted: bool,
}

/// A digital block of a circuit.
#[derive(Debug, Clone)]
pub struct DigitalBlock {
    /// Hierarchical name in lower case.
    pub name: String,
    /// What it is.
    pub design: Arc<dyn Design>,
    /// Its inputs over all ports; one without a net is zero.
    pub inputs: Vec<Option<Pin>>,
    /// Its outputs over all ports.
    pub outputs: Vec<Option<Pin>>,
}

/// What reads the voltage between two nodes as a level, and drives a net with it.
#[derive(Debug, Clone)]
pub struct Comparator {
    /// Its phases are [`Phase::Piece`](memspike_device::Phase::Piece) 0 for zero, 1 for unknown, 2 for one.
    pub model: Arc<dyn Model>,
    /// The nodes, plus and minus.
    pub control: [NodeId; 2],
    /// What it drives.
    pub drives: Pin,
    /// From a crossing to the level that it means.
    pub delays: Delays,
}

/// A net that has a pulse for each turn-on of a device; what falls into a pulse is not heard.
#[derive(Debug, Clone, PartialEq)]
pub struct SpikeTap {
    /// Hierarchical name of what it is a bit of, in lower case.
    pub name: String,
    /// The device.
    pub device: DeviceId,
    /// The net.
    pub drives: Pin,
    /// From a turn-on to its pulse (fs).
    pub delay_fs: u64,
    /// Length of a pulse (fs), above zero.
    pub width_fs: u64,
}

/// A voltage source that follows a net: it goes to the voltage of each level on a straight line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LevelDriver {
    /// The net.
    pub hears: Pin,
    /// Voltage of zero (V).
    pub low: f64,
    /// Voltage of one (V).
    pub high: f64,
    /// Voltage of a level that is unknown or floats (V).
    pub unknown: f64,
    /// From `low` to `high` (s), not negative; what is shorter takes its part of it.
    pub rise_s: f64,
    /// From `high` to `low` (s).
    pub fall_s: f64,
}

impl LevelDriver {
    /// The voltage of a level on its net (V).
    #[must_use]
    pub fn voltage(&self, level: Level) -> f64 {
        match level.inverted_if(self.hears.inverted) {
            Level::Zero => self.low,
            Level::One => self.high,
            Level::Unknown | Level::Floating => self.unknown,
        }
    }

    /// The line from a voltage to that of a level, anchored where it begins, and how long it takes (s); nothing where it
    /// is there at once.
    #[must_use]
    pub fn line(&self, from: f64, level: Level) -> Option<(Waveform, f64)> {
        let (to, span) = (self.voltage(level), self.high - self.low);
        let rises = (to - from) * span > 0.0;
        let whole_s = if rises { self.rise_s } else { self.fall_s };
        let length_s = whole_s * ((to - from) / span).abs();
        // Less than a femtosecond, or no span to measure it by.
        if !(length_s >= FEMTOSECOND_S && length_s.is_finite()) {
            return None;
        }
        Some((Waveform::ramp(from, (to - from) / length_s), length_s))
    }
}

/// The digital side of a circuit; ids follow the order of names.
#[derive(Debug, Clone, Default)]
pub(crate) struct Digital {
    pub nets: Vec<String>,
    pub blocks: Vec<DigitalBlock>,
    pub taps: Vec<SpikeTap>,
}

impl Digital {
    /// The same with nets, blocks and taps in the order of their names, and the final id of each net.
    pub fn in_order(mut self) -> (Self, Vec<NetId>) {
        let mut order: Vec<usize> = (0..self.nets.len()).collect();
        order.sort_by(|&a, &b| self.nets[a].cmp(&self.nets[b]));
        let mut net_of = vec![NetId(0); order.len()];
        (0..).zip(&order).for_each(|(new, old)| net_of[*old] = NetId(new));
        self.nets.sort();
        let pins = self
            .blocks
            .iter_mut()
            .flat_map(|block| block.inputs.iter_mut().chain(&mut block.outputs));
        pins.flatten().for_each(|pin| pin.net = net_of[pin.net.index()]);
        self.taps.iter_mut().for_each(|tap| tap.drives.net = net_of[tap.drives.net.index()]);
        self.blocks.sort_by(|a, b| a.name.cmp(&b.name));
        self.taps.sort_by_key(|tap| tap.drives.net);
        (self, net_of)
    }
}
