//! What people read: tables, pages and numbers with SI prefixes.

pub mod page;
mod points;
mod summary;
mod table;

pub use summary::Statistics;
pub use table::{JSON_VERSION, engineering, exact, json, label, outcomes, prefix, table};
