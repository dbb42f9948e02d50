//! Models that elements can use, and how an element with one is wired.

use std::sync::Arc;

use memspike_device::{Model, ModelKind, Terminals};
use memspike_digital::{BlockKind, Design};

use crate::code::Code;
use crate::cursor::Name;
use crate::finding::Finding;

use super::array::{self, ArrayModel};
use super::block;
use super::bridge::{Bridge, BridgeKind};
use super::passive::PassiveKind;

/// A model that elements can use.
pub(super) enum Built {
    Device {
        kind: &'static ModelKind,
        values: Vec<f64>,
        model: Arc<dyn Model>,
        wiring: Wiring,
        /// Whether its control is taken with the opposite sign.
        inverted: bool,
    },
    Array(ArrayModel),
    Block {
        kind: &'static BlockKind,
        design: Arc<dyn Design>,
    },
    Bridge {
        kind: &'static BridgeKind,
        bridge: Bridge,
    },
    /// Of elements that memspike has not: nothing uses it.
    Foreign {
        kind: &'static str,
    },
    Passive {
        kind: &'static PassiveKind,
        values: Vec<f64>,
    },
}

/// How an element with a model is wired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wiring {
    /// `N`: its own voltage controls it.
    Two,
    /// `S`: the voltage between two other nodes does.
    Voltage,
    /// `W`: the current of a source does.
    Current,
}

impl From<Terminals> for Wiring {
    fn from(terminals: Terminals) -> Self {
        match terminals {
            Terminals::Two => Self::Two,
            Terminals::Controlled => Self::Voltage,
        }
    }
}

impl Built {
    /// An element names this model, which is for another kind of element.
    pub(super) fn wired_otherwise(&self, name: &Name) -> Finding {
        let (kind, form) = match self {
            Self::Block { kind, .. } => {
                let message =
                    format!("'{}' is a model of kind {}, wired otherwise", name.text, kind.name);
                return Finding::new(Code::ModelTerminals, name.span, message)
                    .help(format!("write {}", block::form(kind)));
            }
            Self::Foreign { kind } => (*kind, "a model of an element that memspike has"),
            Self::Bridge { kind, .. } => (kind.name, kind.form),
            Self::Device { kind, wiring, .. } => match wiring {
                Wiring::Two => (kind.name, "N1 plus minus model"),
                Wiring::Voltage => (kind.name, "S1 plus minus control+ control- model"),
                Wiring::Current => ("csw", "W1 plus minus source model"),
            },
            Self::Passive { kind, .. } => (kind.names[0], kind.form),
            Self::Array(_) => (array::KIND, "A1 rows columns model weights=file"),
        };
        let message = format!("'{}' is a model of kind {kind}, wired otherwise", name.text);
        Finding::new(Code::ModelTerminals, name.span, message).help(format!("write {form}"))
    }
}
