//! Elements and ids.

use std::sync::Arc;

use memspike_device::Model;

use crate::{Comparator, Law, LevelDriver, NetId, SpikeDriver, Stimulus, WeightedSum};

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
    /// Inductance in henries, above zero.
    Inductor {
        /// Inductance (H).
        henry: f64,
        /// Current at time zero when the run starts from initial conditions (A).
        initial: Option<f64>,
        /// Inductors that are coupled to it, each with its factor, from -1 to 1; a pair is named at one of its two.
        coupled: Vec<(ElementId, f64)>,
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
    /// Ideal voltage source that follows any number of voltages and currents (deck letters `B`, `E`, `H`).
    VoltageLaw {
        /// What it follows (V).
        law: Law,
        /// What it adds to that (V).
        own: Option<Stimulus>,
    },
    /// Ideal current source that follows any number of voltages and currents (deck letters `B`, `F`, `G`).
    CurrentLaw {
        /// What it follows (A).
        law: Law,
        /// What it adds to that (A).
        own: Option<Stimulus>,
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
    /// A part of a law that is piecewise linear: a device whose current is that of straight lines, from ground to ground,
    /// so that nothing but who hears it knows of it.
    Curve {
        /// The lines.
        model: Arc<dyn Model>,
        /// What decides which line it is.
        control: Law,
        /// What the line is a line of.
        argument: Law,
    },
    /// A device that the current of an element with a branch controls (deck letter `W`).
    CurrentSwitch {
        /// The model, whose levels are currents (A).
        model: Arc<dyn Model>,
        /// The element whose current it hears.
        control: ElementId,
        /// Whether it hears the current from minus to plus.
        reversed: bool,
        /// Whether it conducts at time zero.
        on: bool,
    },
    /// What drives a net with the level of a voltage, from ground to ground: no current passes (a bit of an `adc_bridge`).
    Comparator(Box<Comparator>),
}

/// What controls a device.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Control<'c> {
    /// The voltage between two nodes (V).
    Voltage([NodeId; 2]),
    /// The current of an element, from its plus to its minus node or the other way (A).
    Current {
        /// The element.
        of: ElementId,
        /// Whether it is the current from minus to plus.
        reversed: bool,
    },
    /// What a law makes of voltages and currents.
    Law(&'c Law),
}

impl ElementKind {
    /// The nodes whose voltages it senses, beside those between which its current flows. A kind with more pins
    /// than two names them here and where elements are renumbered, and graphs, islands and checks know them.
    pub fn sensed(&self) -> impl Iterator<Item = NodeId> + '_ {
        let pair = match self {
            Self::Vcvs { control, .. }
            | Self::Vccs { control, .. }
            | Self::Switch { control, .. } => &control[..],
            Self::Comparator(comparator) => &comparator.control[..],
            _ => &[],
        };
        pair.iter().copied().chain(self.laws().flat_map(|law| law.nodes().iter().copied()))
    }

    /// The laws that it obeys.
    pub fn laws(&self) -> impl Iterator<Item = &Law> + '_ {
        let laws = match self {
            Self::VoltageLaw { law, .. } | Self::CurrentLaw { law, .. } => [Some(law), None],
            Self::Curve { control, argument, .. } => [Some(control), Some(argument)],
            _ => [None, None],
        };
        laws.into_iter().flatten()
    }

    /// The elements whose currents it hears; each has a branch.
    pub fn heard(&self) -> impl Iterator<Item = ElementId> + '_ {
        let one = match self {
            Self::CurrentSwitch { control, .. } => Some(*control),
            _ => None,
        };
        let of_laws = self.laws().flat_map(Law::currents).map(|(element, _)| *element);
        one.into_iter().chain(of_laws)
    }

    /// The elements that its equations name: those that it hears, and those that it is coupled to.
    pub(crate) fn related(&self) -> impl Iterator<Item = ElementId> + '_ {
        let coupled = match self {
            Self::Inductor { coupled, .. } => coupled.as_slice(),
            _ => &[],
        };
        self.heard().chain(coupled.iter().map(|(other, _)| *other))
    }

    /// Whether others can hear its current.
    #[must_use]
    pub fn can_be_heard(&self) -> bool {
        self.has_branch() || matches!(self, Self::Inductor { .. })
    }

    /// Whether its current is an unknown of its own that is no state.
    #[must_use]
    pub fn has_branch(&self) -> bool {
        self.is_voltage_defined() || matches!(self, Self::Curve { .. })
    }

    /// Whether it fixes the voltage between its nodes.
    #[must_use]
    pub fn is_voltage_defined(&self) -> bool {
        matches!(self, Self::VoltageSource(_) | Self::Vcvs { .. } | Self::VoltageLaw { .. })
    }

    /// What it is of itself, whatever the circuit does: sources, and what a law adds to what it follows.
    #[must_use]
    pub fn stimulus(&self) -> Option<&Stimulus> {
        match self {
            Self::VoltageSource(stimulus) | Self::CurrentSource(stimulus) => Some(stimulus),
            Self::VoltageLaw { own, .. } | Self::CurrentLaw { own, .. } => own.as_ref(),
            _ => None,
        }
    }

    pub(crate) fn stimulus_mut(&mut self) -> Option<&mut Stimulus> {
        match self {
            Self::VoltageSource(stimulus) | Self::CurrentSource(stimulus) => Some(stimulus),
            Self::VoltageLaw { own, .. } | Self::CurrentLaw { own, .. } => own.as_mut(),
            _ => None,
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
    /// The model and what controls it, if this element switches.
    #[must_use]
    pub fn device(&self) -> Option<(&Arc<dyn Model>, Control<'_>)> {
        match &self.kind {
            ElementKind::Memristor(model) | ElementKind::Limiter(model) => {
                Some((model, Control::Voltage(self.nodes)))
            }
            ElementKind::Switch { model, control, .. } => Some((model, Control::Voltage(*control))),
            ElementKind::Comparator(comparator) => {
                Some((&comparator.model, Control::Voltage(comparator.control)))
            }
            ElementKind::Curve { model, control, .. } => Some((model, Control::Law(control))),
            ElementKind::CurrentSwitch { model, control, reversed, .. } => {
                Some((model, Control::Current { of: *control, reversed: *reversed }))
            }
            _ => None,
        }
    }

    /// The net that it follows, if it is a source of a net's voltage.
    #[must_use]
    pub fn level_driver(&self) -> Option<&LevelDriver> {
        match self.kind.stimulus() {
            Some(Stimulus::Levels(driver)) => Some(driver),
            _ => None,
        }
    }

    /// What it follows, if it is a spike driver.
    #[must_use]
    pub fn driver(&self) -> Option<&SpikeDriver> {
        match self.kind.stimulus() {
            Some(Stimulus::Spikes(driver)) => Some(driver),
            _ => None,
        }
    }

    /// Whether it spikes: a device, but not the limiter of a source.
    #[must_use]
    pub fn spikes(&self) -> bool {
        use ElementKind::{CurrentSwitch, Memristor, Switch};
        matches!(self.kind, Memristor(_) | Switch { .. } | CurrentSwitch { .. })
    }

    /// Whether it is a part of another element, which the deck does not name.
    #[must_use]
    pub fn is_hidden(&self) -> bool {
        matches!(self.kind, ElementKind::Curve { .. } | ElementKind::Comparator(_))
    }

    /// The name that the deck has for it, or for what it is a part of.
    #[must_use]
    pub fn label(&self) -> &str {
        let own = self.name.as_str();
        if self.is_hidden() { own.split('{').next().unwrap_or(own) } else { own }
    }

    /// Whether it is a source of current that its own voltage does not change.
    #[must_use]
    pub fn is_current_source(&self) -> bool {
        matches!(self.kind, ElementKind::CurrentSource(_) | ElementKind::WeightedSum(_))
    }

    /// Whether it drives a current that is an input of its island: a source, a law with a part of its own, or a
    /// device that can.
    #[must_use]
    pub fn is_current_input(&self) -> bool {
        self.is_current_source()
            || matches!(self.kind, ElementKind::CurrentLaw { own: Some(_), .. })
            || self.device().is_some_and(|(model, _)| model.is_source())
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
        self.nodes.into_iter().chain(self.kind.sensed())
    }

    /// Takes the final ids of its nodes, of the elements that it hears, and of its net.
    pub(crate) fn renumber(
        &mut self,
        node: impl Fn(NodeId) -> NodeId,
        element: impl Fn(ElementId) -> ElementId,
        net: impl Fn(NetId) -> NetId,
    ) {
        if let Some(Stimulus::Levels(driver)) = self.kind.stimulus_mut() {
            driver.hears.net = net(driver.hears.net);
        }
        self.nodes = self.nodes.map(&node);
        match &mut self.kind {
            ElementKind::Vcvs { control, .. }
            | ElementKind::Vccs { control, .. }
            | ElementKind::Switch { control, .. } => *control = control.map(&node),
            ElementKind::CurrentSwitch { control, .. } => *control = element(*control),
            ElementKind::Comparator(comparator) => {
                comparator.control = comparator.control.map(&node);
                comparator.drives.net = net(comparator.drives.net);
            }
            ElementKind::Inductor { coupled, .. } => {
                coupled.iter_mut().for_each(|(other, _)| *other = element(*other));
            }
            ElementKind::VoltageLaw { law, .. } | ElementKind::CurrentLaw { law, .. } => {
                *law = law.renumbered(node, element);
            }
            ElementKind::Curve { control, argument, .. } => {
                *control = control.renumbered(&node, &element);
                *argument = argument.renumbered(&node, &element);
            }
            _ => {}
        }
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
