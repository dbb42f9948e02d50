//! Sinks: what a run leaves behind.
//!
//! Every sink takes the closed forms and device events of a run as they happen and holds no more
//! than the present of each signal: memory does not grow with the length of a run. (Only
//! [`SpikeSink`] and [`Curves`] keep what they were asked to keep.)
//!
//! - [`VcdSink`], [`FstSink`], [`RawSink`] and [`CsvSink`] place points by [`Sampling`]: where a straight line would err.
//! - [`SpikeSink`] collects the instants at which devices turn on, [`SpikeWriter`] streams them.
//! - [`ThinnedCurves`] keeps as many points of a table as a picture shows, [`Curves`] all of them; closed forms and events as they are told are kept by
//!   [`memspike_engine::Recording`].
//! - [`MeasureSink`] evaluates measurements exactly, on the closed forms.

mod agenda;
mod csv;
mod curves;
mod dump;
mod fst;
mod gtkw;
mod measure;
mod name;
mod number;
mod points;
mod raw;
mod rows;
mod sample;
mod scope;
mod spikes;
mod stop;
mod surfer;
mod table;
mod thin;
mod trace;
mod tracker;
mod vcd;

pub use csv::CsvSink;
pub use curves::Curves;
pub use dump::{DumpOptions, DumpSink, TimeScale};
pub use fst::{FstSink, state_table};
pub use gtkw::{SaveNames, save_file};
pub use measure::{Curve, MeasureError, MeasureSink};
pub use name::{clean, signal_name};
pub use points::write_points;
pub use raw::RawSink;
pub use sample::Sampling;
pub use spikes::{SpikeSink, SpikeWriter, Spikes};
pub use surfer::command_file;
pub use thin::{Thinned, ThinnedCurves, ThinnedRows};
pub use trace::{Trace, TraceKind};
pub use vcd::VcdSink;
