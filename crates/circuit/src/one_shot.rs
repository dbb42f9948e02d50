//! The law by which spikes start pulses, whatever counts time.

/// What a spike within a pulse does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Retrigger {
    /// Nothing: the driver is deaf until its pulse ends.
    #[default]
    Deaf,
    /// It makes the pulse end one width after it.
    Lengthens,
}

/// A one-shot: when its pulse ends, in the caller's measure of time. A spike exactly at a
/// pulse's end starts a new one.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct OneShot<T> {
    retrigger: Retrigger,
    ends: Option<T>,
}

impl<T: Copy + PartialOrd> OneShot<T> {
    /// At rest.
    #[must_use]
    pub fn new(retrigger: Retrigger) -> Self {
        Self { retrigger, ends: None }
    }

    /// When the last pulse ends or ended; none before the first.
    #[must_use]
    pub fn ends(&self) -> Option<T> {
        self.ends
    }

    /// A spike at `at`, whose pulse would end at `end`. Gives whether it was heard: a pulse begins, or
    /// goes on for longer.
    pub fn spike(&mut self, at: T, end: T) -> bool {
        let within = self.ends.is_some_and(|ends| at < ends);
        let heard = !within || self.retrigger == Retrigger::Lengthens;
        if heard {
            self.ends = Some(end);
        }
        heard
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Spikes at 0, 3, 4, 5, 8 and 20 into pulses of 4: those heard, and when pulses end.
    fn heard(retrigger: Retrigger) -> Vec<(u32, u32)> {
        let mut one_shot = OneShot::new(retrigger);
        let spikes = [0, 3, 4, 5, 8, 20].into_iter();
        spikes.filter(|at| one_shot.spike(*at, at + 4)).map(|at| (at, at + 4)).collect()
    }

    #[test]
    fn a_spike_within_a_pulse_is_not_heard_and_one_at_its_end_starts_a_new_one() {
        assert_eq!(heard(Retrigger::Deaf), [(0, 4), (4, 8), (8, 12), (20, 24)]);
    }

    #[test]
    fn a_spike_within_a_pulse_lengthens_it_where_that_is_asked_for() {
        let all = [(0, 4), (3, 7), (4, 8), (5, 9), (8, 12), (20, 24)];
        assert_eq!(heard(Retrigger::Lengthens), all);
    }
}
