//! The paper's measurements, repeated with one card: every electrical number and figure.
//!
//! [`measure`] carries out a [`Study`] and gives [`Results`] and figures in memory; [`draw`] and [`page`] make files of them.
//! Numbers of the paper stand in `numbers.rs` and nowhere else.

mod assumptions;
mod card;
mod error;
mod experiment;
mod figures;
mod lab;
mod neurons;
mod numbers;
mod page;
mod pictures;
mod pulses;
mod reading;
mod results;
mod scale;
mod smu;
mod statistics;
mod study;
mod sweeps;
mod table;
mod variation;

pub use assumptions::markdown;
pub use error::PaperError;
pub use numbers::{Number, SOURCE, number};
pub use page::{Picture, html as page};
pub use pictures::{Figures, draw};
pub use results::Results;
pub use study::{Study, Watch, chosen, measure};
pub use table::Row;
