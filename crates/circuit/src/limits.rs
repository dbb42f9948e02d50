//! What an island may cost: where solving it would take more than ten minutes or 2 GB, an error
//! says so at once. Times are of one configuration of switches in a release build on one core: modes as
//! measured (400 and 1,600 states in a chain, nets of 100 to 400, 15 to 60 states with `E`), the rest
//! estimated from the number of operations.
//!
//! | island | time | memory |
//! | --- | --- | --- |
//! | chain of `n` states, resistors and capacitors to driven nodes alone | 1.2 us n^2 | 48 n^2 bytes |
//! | any other such network of `n` states | 0.15 us n^3 | the same |
//! | `n` states with capacitors between nodes or floating sources | the same, and what follows | the same, and what follows |
//! | `n` states with `E` or `G` | 1.4 us n^3, and what follows | the same, and what follows |
//! | `m` nodes and branches without state in it | 10 ns m^2 (m + n) | 128 (n + m)^2 bytes |
//! | operating point of `m` nodes, resistors alone | 30 ns for each pair of neighbours of each node when it is eliminated | 48 bytes a pair |
//! | operating point of `m` unknowns otherwise | 10 ns m^3 | 128 m^2 bytes |
//!
//! A chain whose rates f64 cannot tell apart is solved like any other network.

/// Why an island has no solution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Failure {
    /// Kirchhoff's laws have no unique solution.
    Singular,
    /// The modes cannot be had to full accuracy.
    NoModes,
    /// Values lie outside the range of numbers.
    Range,
    /// Coupled inductors would store less than no energy.
    Coupling,
    /// It would take too long or too much memory.
    TooLarge { seconds: f64, bytes: f64 },
}

/// Longest time (s).
const MOST_SECONDS: f64 = 600.0;

/// Most memory (bytes).
const MOST_BYTES: f64 = (1_u64 << 31) as f64;

fn allow(seconds: f64, bytes: f64) -> Result<(), Failure> {
    let fits = seconds <= MOST_SECONDS && bytes <= MOST_BYTES;
    if fits { Ok(()) } else { Err(Failure::TooLarge { seconds, bytes }) }
}

/// Whether modes of so many states may be kept.
pub(crate) fn modes(states: usize, inputs: usize) -> Result<(), Failure> {
    let (n, k) = (states as f64, inputs as f64);
    allow(1.2e-6 * n * n, 48.0 * n * n + 16.0 * n * k)
}

/// Whether so many states that conductances connect may be decomposed by rotations.
pub(crate) fn rotations(states: usize) -> Result<(), Failure> {
    let n = states as f64;
    allow(1.5e-7 * n.powi(3), 0.0)
}

/// Whether a matrix of so many rows may be brought to Schur form.
pub(crate) fn schur(states: usize) -> Result<(), Failure> {
    let n = states as f64;
    allow(1.4e-6 * n.powi(3), 0.0)
}

/// Whether so many unknowns may be eliminated from rows of so many columns, beside so many others.
pub(crate) fn elimination(unknowns: usize, others: usize, columns: usize) -> Result<(), Failure> {
    let (m, n, width) = (unknowns as f64, others as f64, columns as f64);
    allow(1e-8 * m * m * width, 128.0 * (n + m) * width)
}

/// Whether the elimination of nodes from a network may go on after so many pairs of neighbours.
pub(crate) fn pairs(passed: usize, kept: usize) -> Result<(), Failure> {
    allow(3e-8 * passed as f64, 48.0 * kept as f64)
}
