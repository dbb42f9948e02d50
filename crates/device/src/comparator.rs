//! What reads a voltage as a level: the analog side of a bridge into the digital world.

use memspike_waveform::Waveform;

use crate::{
    Corner, Model, NoSpiceForm, ParameterError, Phase, Piece, Piecewise, Side, SpiceForm, State,
    Transition,
};

/// Tells in which of three ranges its control is, and carries no current: up to `low` ([`Phase::Piece`] 0), from
/// `high` on (2), and between (1). Where both are one level there is nothing between.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparator {
    ranges: Piecewise,
    is_sharp: bool,
}

impl Comparator {
    /// A comparator with these levels (V).
    ///
    /// # Errors
    /// If they do not ascend or are not finite.
    pub fn new(low: f64, high: f64) -> Result<Self, ParameterError> {
        if low > high {
            return Err(ParameterError::new("in_high", high, "must not be below in_low"));
        }
        let is_sharp = low == high;
        let at = |at, side| Corner { at, side: Some(side) };
        let mut corners = vec![at(low, Side::Below)];
        if !is_sharp {
            corners.push(at(high, Side::Above));
        }
        let none = Piece { slope: 0.0, offset: 0.0 };
        let pieces = vec![none; corners.len() + 1];
        Ok(Self { ranges: Piecewise::new(corners, pieces)?, is_sharp })
    }

    fn shown(&self, state: State) -> State {
        let phase = match state.phase {
            Phase::Piece(1) if self.is_sharp => Phase::Piece(2),
            phase => phase,
        };
        State { phase, ..state }
    }

    fn counted(&self, state: State) -> State {
        let phase = match state.phase {
            Phase::Piece(2) if self.is_sharp => Phase::Piece(1),
            phase => phase,
        };
        State { phase, ..state }
    }
}

impl Model for Comparator {
    fn rest(&self) -> State {
        self.shown(self.ranges.rest())
    }

    fn resistance(&self, _state: &State) -> f64 {
        f64::INFINITY
    }

    fn settle(&self, state: &State, v: &Waveform, at_s: f64) -> State {
        self.shown(self.ranges.settle(&self.counted(*state), v, at_s))
    }

    fn next(&self, state: &State, v: &Waveform, from_s: f64, until_s: f64) -> Option<Transition> {
        let next = self.ranges.next(&self.counted(*state), v, from_s, until_s)?;
        let to = self.shown(State { phase: next.to, ..*state }).phase;
        Some(Transition { to, ..next })
    }

    fn advance(&self, state: &State, _v: &Waveform, _from_s: f64, _to_s: f64) -> State {
        *state
    }

    fn spice(&self, _state: &State) -> Result<SpiceForm, NoSpiceForm> {
        Err(NoSpiceForm(
            "it reads a level, and digital parts are not written: the deck itself is in XSPICE's form",
        ))
    }

    fn transit(&self, state: &State, _v: &Waveform, _from_s: f64, to: Transition) -> State {
        State { phase: to.to, ..*state }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phase_at(comparator: &Comparator, volt: f64) -> Phase {
        comparator.settle(&comparator.rest(), &Waveform::constant(volt), 0.0).phase
    }

    #[test]
    fn its_levels_belong_to_what_is_outside_and_where_both_are_one_to_what_is_below() {
        let apart = Comparator::new(0.1, 0.9).expect("levels that ascend");
        for (volt, range) in [(-1.0, 0), (0.1, 0), (0.5, 1), (0.9, 2), (2.0, 2)] {
            assert_eq!(phase_at(&apart, volt), Phase::Piece(range), "{volt}");
        }
        let sharp = Comparator::new(0.5, 0.5).expect("one level");
        for (volt, range) in [(0.4, 0), (0.5, 0), (0.5 + 1e-12, 2)] {
            assert_eq!(phase_at(&sharp, volt), Phase::Piece(range), "{volt}");
        }
        assert!(Comparator::new(0.9, 0.1).is_err());
        assert!(Comparator::new(f64::NAN, 0.1).is_err());
    }

    #[test]
    fn a_ramp_passes_its_levels_one_after_another() {
        let comparator = Comparator::new(0.1, 0.9).expect("levels that ascend");
        let ramp = Waveform::ramp(0.0, 1.0);
        let rest = comparator.rest();
        let first = comparator.next(&rest, &ramp, 0.0, 2.0).expect("it leaves the lower range");
        assert_eq!((first.at_s, first.to), (0.1, Phase::Piece(1)));
        let between = comparator.transit(&rest, &ramp, 0.0, first);
        let second =
            comparator.next(&between, &ramp, first.at_s, 2.0).expect("it reaches the upper one");
        assert_eq!((second.at_s, second.to), (0.9, Phase::Piece(2)));
    }
}
