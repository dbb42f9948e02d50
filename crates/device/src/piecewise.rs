//! A law of straight pieces.

use memspike_waveform::{Direction, Waveform, first_crossing, first_reach, is_beyond};

use crate::{Model, NoSpiceForm, ParameterError, Phase, SpiceForm, State, Transition};

/// Between corners of its control a straight line: its current is `slope * argument + offset`, where control and
/// argument are what the element says; both are the same where a function of one quantity is meant.
///
/// On a corner it stays as it is until the control leaves it, unless the corner belongs to one side: then to touch it
/// is to be there, as a comparison `>=` says.
#[derive(Debug, Clone, PartialEq)]
pub struct Piecewise {
    corners: Vec<Corner>,
    pieces: Vec<Piece>,
}

/// Where one piece ends and the next begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Corner {
    /// The control (V or A).
    pub at: f64,
    /// To which piece it belongs, where that makes a difference.
    pub side: Option<Side>,
}

/// A side of a corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Where the control is less.
    Below,
    /// Where the control is greater.
    Above,
}

/// A straight line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Piece {
    /// Per unit of the argument.
    pub slope: f64,
    /// Where the argument is zero.
    pub offset: f64,
}

/// Most pieces of a law.
pub const MOST_PIECES: usize = 1 << 15;

impl Piecewise {
    /// A law of these pieces, one more than there are corners.
    ///
    /// # Errors
    /// If a number is not finite, corners do not ascend, or there are too many or too few pieces.
    pub fn new(corners: Vec<Corner>, pieces: Vec<Piece>) -> Result<Self, ParameterError> {
        let count = pieces.len() as f64;
        if pieces.len() != corners.len() + 1 || pieces.len() > MOST_PIECES {
            let reason = format!("there must be one more than corners, and at most {MOST_PIECES}");
            return Err(ParameterError::new("pieces", count, reason));
        }
        if let Some(pair) = corners.windows(2).find(|pair| pair[0].at >= pair[1].at) {
            return Err(ParameterError::new("corner", pair[1].at, "corners must ascend"));
        }
        let numbers = pieces.iter().flat_map(|piece| [piece.slope, piece.offset]);
        let mut numbers = corners.iter().map(|corner| corner.at).chain(numbers);
        if let Some(value) = numbers.find(|value| !value.is_finite()) {
            return Err(ParameterError::new("piece", value, "must be finite"));
        }
        Ok(Self { corners, pieces })
    }

    /// The corners, ascending.
    #[must_use]
    pub fn corners(&self) -> &[Corner] {
        &self.corners
    }

    /// The pieces, from the least control up.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    fn index(&self, state: &State) -> usize {
        match state.phase {
            Phase::Piece(index) => usize::from(index).min(self.corners.len()),
            _ => 0,
        }
    }

    /// The corner above a piece, and the one below.
    fn bounds(&self, index: usize) -> [Option<Corner>; 2] {
        let below = index.checked_sub(1).and_then(|below| self.corners.get(below));
        [self.corners.get(index).copied(), below.copied()]
    }
}

fn phase(index: usize) -> Phase {
    Phase::Piece(u16::try_from(index).unwrap_or(u16::MAX))
}

impl Model for Piecewise {
    fn rest(&self) -> State {
        let below = |corner: &Corner| corner.at < 0.0 || corner.at == 0.0 && holds_above(*corner);
        State::new(phase(self.corners.partition_point(below)), 0.0)
    }

    fn resistance(&self, state: &State) -> f64 {
        1.0 / self.pieces[self.index(state)].slope
    }

    fn source_current(&self, state: &State) -> f64 {
        self.pieces[self.index(state)].offset
    }

    fn is_source(&self) -> bool {
        true
    }

    fn settle(&self, state: &State, v: &Waveform, at_s: f64) -> State {
        let mut index = self.index(state);
        let on = |corner: Corner| v.eval(at_s) == corner.at;
        let leaves = |corner: Corner, direction: Direction| {
            is_beyond(v, corner.at, direction, at_s)
                || on(corner) && corner.side == Some(side(direction))
        };
        while let [Some(above), _] = self.bounds(index)
            && leaves(above, Direction::Rise)
        {
            index += 1;
        }
        while let [_, Some(below)] = self.bounds(index)
            && leaves(below, Direction::Fall)
        {
            index -= 1;
        }
        State { phase: phase(index), ..*state }
    }

    fn next(&self, state: &State, v: &Waveform, from_s: f64, until_s: f64) -> Option<Transition> {
        let index = self.index(state);
        let [above, below] = self.bounds(index);
        let leave = |corner: Corner, direction: Direction, until_s: f64| {
            if corner.side == Some(side(direction)) {
                first_reach(v, corner.at, direction, from_s, until_s)
            } else {
                first_crossing(v, corner.at, direction, from_s, until_s)
            }
        };
        let up = above.and_then(|corner| leave(corner, Direction::Rise, until_s));
        let until_s = up.unwrap_or(until_s);
        let down = below.and_then(|corner| leave(corner, Direction::Fall, until_s));
        match (up, down) {
            (_, Some(at_s)) => Some(Transition { at_s, to: phase(index - 1) }),
            (Some(at_s), None) => Some(Transition { at_s, to: phase(index + 1) }),
            (None, None) => None,
        }
    }

    fn advance(&self, state: &State, _v: &Waveform, _from_s: f64, _to_s: f64) -> State {
        *state
    }

    fn transit(&self, state: &State, _v: &Waveform, _from_s: f64, to: Transition) -> State {
        State { phase: to.to, ..*state }
    }

    fn spice(&self, _state: &State) -> Result<SpiceForm, NoSpiceForm> {
        Ok(SpiceForm::Pieces { corners: self.corners.clone(), pieces: self.pieces.clone() })
    }
}

/// The side of a corner to which this direction leads.
fn side(direction: Direction) -> Side {
    match direction {
        Direction::Rise => Side::Above,
        Direction::Fall => Side::Below,
    }
}

fn holds_above(corner: Corner) -> bool {
    corner.side != Some(Side::Below)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corner(at: f64) -> Corner {
        Corner { at, side: None }
    }

    fn line(slope: f64, offset: f64) -> Piece {
        Piece { slope, offset }
    }

    fn law(model: &Piecewise, state: &State, v: f64) -> f64 {
        v / model.resistance(state) + model.source_current(state)
    }

    #[test]
    fn a_table_is_straight_between_its_points_and_changes_where_the_control_passes_them() {
        // 0 up to 1 V, then rising to 2 at 2 V, then constant.
        let pieces = vec![line(0.0, 0.0), line(2.0, -2.0), line(0.0, 2.0)];
        let table = Piecewise::new(vec![corner(1.0), corner(2.0)], pieces).expect("a law");
        let mut state = table.rest();
        for (volt, value) in [(0.5, 0.0), (1.5, 1.0), (9.0, 2.0), (1.25, 0.5), (-1.0, 0.0)] {
            state = table.settle(&state, &Waveform::constant(volt), 0.0);
            assert_eq!(law(&table, &state, volt), value, "{volt}");
        }
        // From 0 V to 4 V with 1 V/s.
        let ramp = Waveform::ramp(0.0, 1.0);
        let first = table.next(&table.rest(), &ramp, 0.0, 4.0).expect("the first corner");
        assert!((first.at_s - 1.0).abs() < 1e-15, "{}", first.at_s);
        let state = table.transit(&table.rest(), &ramp, 0.0, first);
        let second = table.next(&state, &ramp, first.at_s, 4.0).expect("the second corner");
        assert!((second.at_s - 2.0).abs() < 1e-15, "{}", second.at_s);
        let state = table.transit(&state, &ramp, 1.0, second);
        assert_eq!(table.next(&state, &ramp, second.at_s, 4.0), None);
    }

    #[test]
    fn a_corner_that_belongs_to_a_side_is_there_as_soon_as_it_is_touched() {
        let step = |side| {
            let corners = vec![Corner { at: 1.0, side: Some(side) }];
            Piecewise::new(corners, vec![line(0.0, 0.0), line(0.0, 5.0)]).expect("a law")
        };
        let on = Waveform::constant(1.0);
        for (side, value) in [(Side::Above, 5.0), (Side::Below, 0.0)] {
            let step = step(side);
            for start in [0.0, 2.0] {
                let from = step.settle(&step.rest(), &Waveform::constant(start), 0.0);
                let state = step.settle(&from, &on, 0.0);
                assert_eq!(law(&step, &state, 1.0), value, "{side:?} from {start}");
            }
        }
    }

    #[test]
    fn what_is_no_law_is_refused() {
        let pieces = |count| vec![line(1.0, 0.0); count];
        assert!(Piecewise::new(vec![corner(0.0)], pieces(1)).is_err());
        assert!(Piecewise::new(vec![corner(1.0), corner(1.0)], pieces(3)).is_err());
        assert!(Piecewise::new(vec![corner(f64::NAN)], pieces(2)).is_err());
        assert!(Piecewise::new(vec![], vec![line(f64::INFINITY, 0.0)]).is_err());
        assert!(Piecewise::new(vec![], pieces(1)).is_ok());
    }
}
