//! `.meas` as written.

use memspike_circuit::{Edge, Statistic};

use crate::cursor::Name;
use crate::expression::Expression;
use crate::vector::Vector;

use super::SignalSyntax;

/// `.meas`; of spikes as many as its name has indices.
#[derive(Debug)]
pub(crate) struct MeasureSyntax {
    pub(crate) name: Vector,
    pub(crate) kind: MeasureKindSyntax,
}

/// What a measurement looks at.
#[derive(Debug)]
pub(crate) enum MeasuredSyntax {
    Signal(SignalSyntax),
    /// Of signals.
    Expression(Expression),
    /// What an element takes (W).
    Power(Name),
}

#[derive(Debug)]
pub(crate) enum MeasureKindSyntax {
    Delay {
        trigger: PointSyntax,
        target: PointSyntax,
    },
    When(CrossingSyntax),
    Find {
        of: MeasuredSyntax,
        at: PointSyntax,
    },
    Derivative {
        of: MeasuredSyntax,
        at: PointSyntax,
    },
    Statistic {
        statistic: Statistic,
        of: MeasuredSyntax,
        window: WindowSyntax,
    },
    /// The instant of the greatest value, or of the least.
    Extreme {
        greatest: bool,
        of: MeasuredSyntax,
        window: WindowSyntax,
    },
    Device {
        kind: DeviceMeasure,
        elements: Vector,
        window: WindowSyntax,
    },
    Param(Expression),
    ArgMax(Vector),
    /// One without a value here, which was told.
    LeftOut,
}

impl MeasuredSyntax {
    fn signals(&self) -> Vec<&SignalSyntax> {
        match self {
            Self::Signal(signal) => vec![signal],
            Self::Expression(expression) => expression.signals().collect(),
            Self::Power(_) => Vec::new(),
        }
    }
}

impl MeasureKindSyntax {
    /// Every signal that it looks at.
    pub(crate) fn signals(&self) -> Vec<&SignalSyntax> {
        match self {
            Self::Delay { trigger, target } => [trigger.signals(), target.signals()].concat(),
            Self::When(crossing) => crossing.signals(),
            Self::Find { of, at } | Self::Derivative { of, at } => {
                [of.signals(), at.signals()].concat()
            }
            Self::Statistic { of, .. } | Self::Extreme { of, .. } => of.signals(),
            Self::Device { .. } | Self::Param(_) | Self::ArgMax(_) | Self::LeftOut => Vec::new(),
        }
    }
}

impl PointSyntax {
    fn signals(&self) -> Vec<&SignalSyntax> {
        match self {
            Self::At(_) | Self::End => Vec::new(),
            Self::Crossing(crossing) => crossing.signals(),
        }
    }
}

impl CrossingSyntax {
    fn signals(&self) -> Vec<&SignalSyntax> {
        let mut signals = self.of.signals();
        if let LevelSyntax::Signal(level) = &self.level {
            signals.push(level);
        }
        signals
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeviceMeasure {
    Spikes,
    FirstSpike,
    Frequency,
    EnergyPerSpike,
}

#[derive(Debug)]
pub(crate) enum PointSyntax {
    At(Expression),
    /// The end of the run.
    End,
    Crossing(Box<CrossingSyntax>),
}

#[derive(Debug)]
pub(crate) struct CrossingSyntax {
    pub(crate) of: MeasuredSyntax,
    pub(crate) level: LevelSyntax,
    pub(crate) edge: Edge,
    /// Nothing for the last of the run.
    pub(crate) nth: Option<Expression>,
    pub(crate) after: Option<Expression>,
    pub(crate) before: Option<Expression>,
}

#[derive(Debug)]
pub(crate) enum LevelSyntax {
    Value(Expression),
    Signal(SignalSyntax),
}

#[derive(Debug, Default)]
pub(crate) struct WindowSyntax {
    pub(crate) from: Option<Expression>,
    pub(crate) to: Option<Expression>,
}
