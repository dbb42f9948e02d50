//! A card for tests that is none of the shipped ones, so that no test depends on what those are.

use memspike_device::Parameter;

/// Exponential dissolution, and a filament that always reaches `ron`.
const CARD: [(&str, f64); 11] = [
    ("von", 0.1353),
    ("vs", 0.0234),
    ("t0", 1.668),
    ("ton_min", 20e-9),
    ("vhold", 0.1),
    ("gres", 0.5),
    ("trelax", 10e-3),
    ("roff", 130e6),
    ("ron", 4.84e3),
    ("vform", 0.0),
    ("dissolution", 0.0),
];

/// The parameter's value: the first of `changes` that names it, else the card's, else the default.
pub fn value(parameter: &Parameter, changes: &[(&str, f64)]) -> f64 {
    let all = changes.iter().chain(&CARD);
    let found = all.into_iter().find(|(name, _)| *name == parameter.name);
    found.map_or(parameter.default, |(_, value)| *value)
}
