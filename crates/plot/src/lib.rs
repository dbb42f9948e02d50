//! Figures: described once, then drawn as SVG, rendered as PNG and tabled as CSV.
//!
//! A [`Figure`] is plain data: panels with two axes each, and series of numbers on them. It knows
//! nothing of what the numbers mean. [`Figure::svg`] follows the reader's choice of light or dark;
//! [`Figure::png`] carries its own font, so that it looks alike on every machine.

mod axis;
mod figure;
mod ink;
mod names;
mod outline;
mod png;
mod svg;
mod table;

pub use axis::Axis;
pub use figure::{Corner, Figure, Marks, Panel, PlotError, Series};
pub use ink::Ink;
