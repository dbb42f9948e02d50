//! The syntax tree: a deck as written, with the place of everything.

mod measure;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use memspike_circuit::DeviceVariable;

use crate::cursor::{FileName, Name};
use crate::expression::Expression;
use crate::number::clip;
use crate::source::Span;
use crate::vector::Vector;

pub(crate) use measure::{
    CrossingSyntax, DeviceMeasure, LevelSyntax, MeasureKindSyntax, MeasureSyntax, MeasuredSyntax,
    PointSyntax, WindowSyntax,
};

/// What stands at the top of a deck or in a subcircuit.
#[derive(Debug, Default)]
pub(crate) struct Body {
    pub(crate) elements: Vec<ElementCard>,
    pub(crate) params: Vec<Assignment>,
    /// Of `params`.
    pub(crate) param_names: BTreeSet<String>,
    pub(crate) models: BTreeMap<String, ModelCard>,
    pub(crate) subckts: BTreeMap<String, Arc<Subckt>>,
    pub(crate) initial: Vec<InitialCard>,
}

/// `.subckt name ports params ... .ends`.
#[derive(Debug)]
pub(crate) struct Subckt {
    pub(crate) name: Name,
    pub(crate) ports: Vec<Name>,
    pub(crate) params: Vec<Assignment>,
    pub(crate) body: Body,
}

/// `name = value`.
#[derive(Debug, Clone)]
pub(crate) struct Assignment {
    pub(crate) name: Name,
    pub(crate) value: Expression,
}

/// An element as written, or as many as its name has indices.
#[derive(Debug)]
pub(crate) struct ElementCard {
    pub(crate) name: Vector,
    /// Each of as many nodes as there are elements, or one for all of them.
    pub(crate) nodes: Vec<Vector>,
    pub(crate) kind: ElementSyntax,
    /// How many are side by side, where the kind does not say it itself.
    pub(crate) multiplicity: Option<Expression>,
    pub(crate) span: Span,
}

#[derive(Debug)]
pub(crate) enum ElementSyntax {
    Resistor(PassiveCard),
    Capacitor(PassiveCard),
    Inductor(PassiveCard),
    /// Inductors that are coupled, each to each of the others.
    Coupling {
        inductors: Vec<Name>,
        factor: Expression,
    },
    VoltageSource(SourceCard),
    CurrentSource(SourceCard),
    Vcvs(Expression),
    Vccs(Expression),
    /// A voltage between two nodes that follows others.
    VoltageLaw(Expression),
    /// A current between two nodes that follows others.
    CurrentLaw(Expression),
    Switch {
        model: Name,
        on: bool,
    },
    /// A switch that what an expression makes of voltages and currents controls.
    LawSwitch {
        control: Expression,
        model: Name,
        on: bool,
    },
    CurrentSwitch {
        control: Name,
        model: Name,
        on: bool,
    },
    Memristor {
        model: Name,
    },
    /// A crossbar array; its nodes are here, because each of its vectors belongs to one element.
    Array {
        rows: Vector,
        columns: Vector,
        model: Name,
        weights: FileName,
    },
    /// A digital block or bridges between nets and nodes; its model says which.
    Block(BlockCard),
    Instance {
        subckt: Name,
        params: Vec<Assignment>,
    },
}

/// Ports and a model, as XSPICE writes them.
#[derive(Debug)]
pub(crate) struct BlockCard {
    pub(crate) ports: Vec<PortSyntax>,
    pub(crate) model: Name,
    /// Ports of a module, each by its name.
    pub(crate) named: Vec<(Name, PortSyntax)>,
}

/// A port, or a list of them in brackets.
#[derive(Debug)]
pub(crate) struct PortSyntax {
    pub(crate) items: Vec<PortItem>,
    pub(crate) list: bool,
    pub(crate) span: Span,
}

/// What one port, or as many as a range has indices, is connected to.
#[derive(Debug)]
pub(crate) struct PortItem {
    /// Nothing for `null`.
    pub(crate) plus: Option<Vector>,
    /// Of a voltage between two nodes.
    pub(crate) minus: Option<Vector>,
    pub(crate) inverted: bool,
    pub(crate) span: Span,
}

/// What stands behind the nodes of an `R` or `C`.
#[derive(Debug)]
pub(crate) struct PassiveCard {
    /// A value, a model's name, or both in either order: which is which depends on the models that there are.
    pub(crate) words: Vec<PassiveWord>,
    pub(crate) params: Vec<Assignment>,
}

/// A value; one written as a bare name may be that of a model.
#[derive(Debug)]
pub(crate) struct PassiveWord {
    pub(crate) value: Expression,
    pub(crate) bare: bool,
}

impl PassiveWord {
    /// The model that it may name.
    pub(crate) fn model(&self) -> Option<&str> {
        self.value.as_name().filter(|_| self.bare)
    }
}

/// `DC value` and a function of time, which counts if there is one.
#[derive(Debug)]
pub(crate) struct SourceCard {
    pub(crate) dc: Option<Expression>,
    pub(crate) function: Option<SourceFunction>,
    /// Magnitude (V or A) and phase (degrees) of `AC`.
    pub(crate) ac: Option<(Expression, Expression)>,
    /// Greatest current of a voltage source.
    pub(crate) compliance: Option<Expression>,
}

#[derive(Debug)]
pub(crate) enum WaveformKind {
    Pulse,
    /// Its points stand in the card or in a file.
    Pwl {
        file: Option<FileName>,
        repeat: Option<Expression>,
        delay: Option<Expression>,
    },
    Sine,
    Exponential,
    Sweep {
        repeat: Option<Expression>,
    },
    /// Follows the spikes of a device, or of any of several.
    Spike {
        devices: Vector,
        mode: Option<Name>,
        delay: Option<Expression>,
    },
    /// A pixel of an image of a file.
    Image {
        file: FileName,
        number: Option<Expression>,
    },
}

#[derive(Debug)]
pub(crate) struct SourceFunction {
    pub(crate) kind: WaveformKind,
    pub(crate) arguments: Vec<Expression>,
    pub(crate) span: Span,
}

/// `.model name kind(parameters)`, or `.model name ako:base kind(parameters)`.
#[derive(Debug)]
pub(crate) struct ModelCard {
    pub(crate) name: Name,
    /// The model whose parameters it has where its own card is silent.
    pub(crate) base: Option<Name>,
    /// There is one or a base.
    pub(crate) kind: Option<Name>,
    pub(crate) params: Vec<Assignment>,
    /// Parameters whose values are texts in quotes.
    pub(crate) texts: Vec<(Name, FileName)>,
    /// Parameters whose values are lists of numbers.
    pub(crate) lists: Vec<ListAssignment>,
}

/// `name = [value value]`.
#[derive(Debug)]
pub(crate) struct ListAssignment {
    pub(crate) name: Name,
    pub(crate) values: Vec<Expression>,
    pub(crate) span: Span,
}

/// `.ic v(node)=value`, one node or several.
#[derive(Debug)]
pub(crate) struct InitialCard {
    pub(crate) node: Vector,
    pub(crate) value: Expression,
}

/// `.tran`.
#[derive(Debug)]
pub(crate) struct TranCard {
    pub(crate) print_step: Option<Expression>,
    pub(crate) stop: Expression,
    pub(crate) start: Option<Expression>,
    pub(crate) uic: bool,
    pub(crate) span: Span,
}

/// What is asked of the circuit at rest.
#[derive(Debug)]
pub(crate) enum RestSyntax {
    OperatingPoint,
    /// Nested sweeps, the fastest first.
    Dc(Vec<StepCard>),
    /// Frequencies.
    Ac(StepCard),
}

impl RestSyntax {
    /// The command that says it.
    pub(crate) fn command(&self) -> &'static str {
        match self {
            Self::OperatingPoint => "op",
            Self::Dc(_) => "dc",
            Self::Ac(_) => "ac",
        }
    }
}

/// `.step`: what, and which values.
#[derive(Debug)]
pub(crate) struct StepCard {
    pub(crate) target: StepTarget,
    pub(crate) name: Name,
    pub(crate) values: StepValues,
    pub(crate) span: Span,
}

/// What the name of a `.step` is the name of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StepTarget {
    Parameter,
    /// An element with a value, else a parameter, else the temperature.
    Any,
}

#[derive(Debug)]
pub(crate) enum StepValues {
    Linear {
        start: Expression,
        stop: Expression,
        increment: Expression,
    },
    /// Steps per factor of `base`.
    Logarithmic {
        base: f64,
        start: Expression,
        stop: Expression,
        count: Expression,
    },
    List(Vec<Expression>),
    /// So many from one to the other.
    Count {
        start: Expression,
        stop: Expression,
        count: Expression,
    },
}

/// `.mc`.
#[derive(Debug)]
pub(crate) struct McCard {
    pub(crate) samples: Expression,
    pub(crate) span: Span,
}

/// `v(a)`, `v(a,b)` or `i(element)`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum SignalSyntax {
    Voltage(Name, Option<Name>),
    Current(Name),
}

impl std::fmt::Display for SignalSyntax {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Voltage(plus, None) => write!(f, "v({})", clip(&plus.text)),
            Self::Voltage(plus, Some(minus)) => {
                write!(f, "v({},{})", clip(&plus.text), clip(&minus.text))
            }
            Self::Current(element) => write!(f, "i({})", clip(&element.text)),
        }
    }
}

/// What `.save` names: the voltage between two nodes, or something of every name that a pattern fits.
#[derive(Debug)]
pub(crate) enum SaveSyntax {
    Difference(Name, Name),
    Each(SaveKind, Vector),
}

/// Of what a pattern of `.save` is the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SaveKind {
    /// Of nodes.
    Voltage,
    /// Of elements.
    Current,
    /// Of devices.
    Variable(DeviceVariable),
}

/// Everything that the cards of a deck say.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    pub(crate) body: Body,
    pub(crate) globals: BTreeSet<String>,
    pub(crate) tran: Option<TranCard>,
    /// `.op`, `.dc` and `.ac`, each at most once.
    pub(crate) at_rest: Vec<RestSyntax>,
    /// Of the circuit, and that for which its values hold (degrees Celsius).
    pub(crate) temperature: Option<Expression>,
    pub(crate) nominal: Option<Expression>,
    /// Which of several repetitions of an experiment with the same devices a run is (`.options repetition={n}`).
    pub(crate) repetition: Option<Expression>,
    /// Whether switches with two levels, on and off, have hysteresis between them (`.options vswitch=hysteresis`).
    pub(crate) switch_hysteresis: bool,
    pub(crate) steps: Vec<StepCard>,
    pub(crate) mc: Option<McCard>,
    pub(crate) measures: Vec<MeasureSyntax>,
    /// Nothing for "all".
    pub(crate) save: Option<Vec<SaveSyntax>>,
    /// `.save all` outweighs every list.
    pub(crate) save_all: bool,
    /// Words of cards that could not be read: what they may have defined is not missed again.
    pub(crate) broken: BTreeSet<String>,
}

impl Tree {
    /// Whether a `.dc` sweeps something.
    pub(crate) fn sweeps(&self) -> bool {
        self.at_rest.iter().any(|card| matches!(card, RestSyntax::Dc(_)))
    }
}
