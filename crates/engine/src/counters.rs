//! How much work a run was.

/// How much work a run was. It balances: what was scheduled is what fired, was cancelled or is pending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Events put into agendas: wake-ups of islands and blocks, and what sources and nets do.
    pub scheduled: u64,
    /// Events taken back before their time because what they assumed changed.
    pub cancelled: u64,
    /// Events that happened.
    pub fired: u64,
    /// Events that wait for their time.
    pub pending: u64,
    /// Changes of phase of devices after the start, each told once to a sink that follows them all.
    pub phase_changes: u64,
    /// Sets of modes computed, one for each make of island and switch configuration met, and one more
    /// for each that was met again after it had been dropped. Which are dropped may depend on threads.
    pub mode_sets: u64,
    /// Sets of modes dropped to make room.
    pub mode_sets_dropped: u64,
}
