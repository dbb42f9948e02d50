//! How a SPICE simulator can stand in for a device.

use crate::{Corner, Piece};

/// A device in elements that every SPICE has.
#[derive(Debug, Clone, PartialEq)]
pub enum SpiceForm {
    /// A model that SPICE has: `.model NAME KIND(parameters)`, for an `S` element.
    Model {
        /// Kind, such as `sw`.
        kind: &'static str,
        /// Parameters by name.
        parameters: Vec<(&'static str, f64)>,
    },
    /// Straight lines between corners of the control, as an expression can say them.
    Pieces {
        /// Corners, ascending.
        corners: Vec<Corner>,
        /// Lines, one more than there are corners.
        pieces: Vec<Piece>,
    },
    /// A subcircuit of the model's own. Its ports are the device's plus and minus, then its
    /// controlling plus and minus if it has some.
    Subcircuit {
        /// Name.
        name: &'static str,
        /// The lines from `.subckt` to `.ends`.
        text: &'static str,
        /// Parameters of the instance by name.
        parameters: Vec<(&'static str, f64)>,
        /// Node that is at 0 V while the device is off and at 1 V while it is on.
        phase: &'static str,
        /// Node whose voltage is the filament.
        filament: &'static str,
        /// Element that the device's current flows through.
        current: &'static str,
        /// Resistance while it conducts (ohm).
        on_ohm: f64,
        /// Parameter for the time that it takes to switch.
        switching: &'static str,
        /// The greatest such time (s); where the device discharges a capacitor, it should be far less
        /// than that takes.
        switching_s: f64,
    },
}

/// A device that has no form in SPICE.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoSpiceForm(pub &'static str);
