//! What rules and laws draw, held against the distributions that they are named after.

#[path = "drawn/chi_square.rs"]
mod chi_square;
#[path = "drawn/laws.rs"]
mod laws;
#[path = "drawn/networks.rs"]
mod networks;
#[path = "drawn/partitions.rs"]
mod partitions;
#[path = "drawn/rules.rs"]
mod rules;
#[path = "drawn/small.rs"]
mod small;
