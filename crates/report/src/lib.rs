//! What people read: tables, pages and numbers with SI prefixes.

mod measured;
pub mod page;
mod points;
mod summary;
mod table;

pub use measured::measures_csv;
pub use summary::Statistics;
pub use table::{JSON_VERSION, engineering, exact, json, label, outcomes, prefix, table};
