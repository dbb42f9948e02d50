//! Elements and ids.

use std::sync::Arc;

use memspike_device::Model;

use crate::{SpikeDriver, Stimulus, WeightedSum};

/// A node of a circuit; 0 is ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(crate) u32);

impl NodeId {
    /// Ground, the node that decks call `0` or `gnd`.
    pub const GROUND: Self = Self(0);

    /// Position in [`crate::Circuit::nodes`].
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// An element of a circuit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ElementId(pub(crate) u32);

impl ElementId {
    /// Position in [`crate::Circuit::elements`].
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A device of a circuit: an element that spikes. Who has one of a [`crate::Circuit`] need not ask whether
/// it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceId(pub(crate) u32);

impl DeviceId {
    /// The element that it is.
    #[must_use]
    pub fn element(self) -> ElementId {
        ElementId(self.0)
    }
}

/// What an element is.
#[derive(Debug, Clone)]
pub enum ElementKind {
    /// Resistance in ohms, above zero.
    Resistor {
        /// Resistance (ohm).
        ohm: f64,
    },
    /// Capacitance in farads, above zero.
    Capacitor {
        /// Capacitance (F).
        farad: f64,
        /// Voltage at time zero when the run starts from initial conditions (V).
        initial: Option<f64>,
    },
    /// Ideal voltage source.
    VoltageSource(Stimulus),
    /// Ideal current source; positive current flows from the first node through it to the second.
    CurrentSource(Stimulus),
    /// Ideal current source of what a crossbar array makes of its rows (deck letter `A`).
    WeightedSum(WeightedSum),
    /// Voltage-controlled voltage source (deck letter `E`).
    Vcvs {
        /// Volts out per volt of control.
        gain: f64,
        /// Controlling nodes, plus and minus.
        control: [NodeId; 2],
    },
    /// Voltage-controlled current source (deck letter `G`).
    Vccs {
        /// Amperes per volt of control.
        siemens: f64,
        /// Controlling nodes, plus and minus.
        control: [NodeId; 2],
    },
    /// A device whose own voltage controls it (deck letter `N`).
    Memristor(Arc<dyn Model>),
    /// What limits the current of a voltage source (`compliance=` of a `V`).
    Limiter(Arc<dyn Model>),
    /// A device that another pair of nodes controls (deck letter `S`).
    Switch {
        /// The model.
        model: Arc<dyn Model>,
        /// Controlling nodes, plus and minus.
        control: [NodeId; 2],
        /// Whether it conducts at time zero.
        on: bool,
    },
}

impl ElementKind {
    /// The nodes whose voltages it senses, beside those between which its current flows. A kind with more pins
    /// than two names them here and in `sensed_mut`, and graphs, islands and checks know them.
    #[must_use]
    pub fn sensed(&self) -> &[NodeId] {
        match self {
            Self::Vcvs { control, .. }
            | Self::Vccs { control, .. }
            | Self::Switch { control, .. } => control,
            _ => &[],
        }
    }

    fn sensed_mut(&mut self) -> &mut [NodeId] {
        match self {
            Self::Vcvs { control, .. }
            | Self::Vccs { control, .. }
            | Self::Switch { control, .. } => control,
            _ => &mut [],
        }
    }
}

/// One element.
#[derive(Debug, Clone)]
pub struct Element {
    /// Hierarchical name in lower case, such as `x1.n1`.
    pub name: String,
    /// Plus and minus node, between which its current flows.
    pub nodes: [NodeId; 2],
    /// What it is.
    pub kind: ElementKind,
}

impl Element {
    /// The model and its controlling nodes, if this element switches.
    #[must_use]
    pub fn device(&self) -> Option<(&Arc<dyn Model>, [NodeId; 2])> {
        match &self.kind {
            ElementKind::Memristor(model) | ElementKind::Limiter(model) => {
                Some((model, self.nodes))
            }
            ElementKind::Switch { model, control, .. } => Some((model, *control)),
            _ => None,
        }
    }

    /// What it follows, if it is a spike driver.
    #[must_use]
    pub fn driver(&self) -> Option<&SpikeDriver> {
        match &self.kind {
            ElementKind::VoltageSource(Stimulus::Spikes(driver))
            | ElementKind::CurrentSource(Stimulus::Spikes(driver)) => Some(driver),
            _ => None,
        }
    }

    /// Whether it spikes: a device, but not the limiter of a source.
    #[must_use]
    pub fn spikes(&self) -> bool {
        matches!(self.kind, ElementKind::Memristor(_) | ElementKind::Switch { .. })
    }

    /// Whether it is a source of current that its own voltage does not change.
    #[must_use]
    pub fn is_current_source(&self) -> bool {
        matches!(self.kind, ElementKind::CurrentSource(_) | ElementKind::WeightedSum(_))
    }

    /// Whether it drives a current that is an input of its island: a source, or a device that can.
    #[must_use]
    pub fn is_current_input(&self) -> bool {
        self.is_current_source() || self.device().is_some_and(|(model, _)| model.is_source())
    }

    /// The weights of an array's rows, if it is a sum of them.
    #[must_use]
    pub fn sum(&self) -> Option<&WeightedSum> {
        match &self.kind {
            ElementKind::WeightedSum(sum) => Some(sum),
            _ => None,
        }
    }

    /// All nodes that it is connected to: those between which its current flows, then those whose voltages it
    /// senses. The rows of an array are none of them: sources hold them, and no part of the circuit hangs on them.
    pub fn pins(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.nodes.into_iter().chain(self.kind.sensed().iter().copied())
    }

    /// The same to be renumbered.
    pub(crate) fn pins_mut(&mut self) -> impl Iterator<Item = &mut NodeId> {
        self.nodes.iter_mut().chain(self.kind.sensed_mut())
    }

    /// The controlling nodes, if another pair of nodes controls this element.
    #[must_use]
    pub fn control(&self) -> Option<[NodeId; 2]> {
        match self.kind {
            ElementKind::Vcvs { control, .. }
            | ElementKind::Vccs { control, .. }
            | ElementKind::Switch { control, .. } => Some(control),
            _ => None,
        }
    }
}
