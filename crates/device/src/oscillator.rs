//! A voltage-controlled oscillator: its phase is the integral of a frequency that follows a voltage.

use memspike_waveform::Waveform;

use crate::{
    Corner, Model, NoSpiceForm, ParameterError, Phase, Piece, Piecewise, SpiceForm, State,
    Transition,
};

/// Turns at a frequency that follows its control on straight lines, never below zero, and carries no current. From each
/// whole turn on it is zero ([`Phase::Piece`] 0), and one (2) for the last `duty` of it, as XSPICE's `d_osc`.
///
/// [`State::filament`] is the phase in turns.
#[derive(Debug, Clone, PartialEq)]
pub struct Oscillator {
    /// The frequency (Hz) over the control.
    frequency: Piecewise,
    rises_at: f64,
    begins_at: f64,
}

/// Edges that are closer cannot be told apart (s).
const LEAST_S: f64 = 1e-15;

/// Later than any run (s).
const FOR_EVER_S: f64 = 1e9;

impl Oscillator {
    /// An oscillator of these points of control (V) and frequency (Hz), straight between them and beyond, with a share of ones
    /// in a turn and the phase at which it begins (degrees).
    ///
    /// # Errors
    /// If there are fewer than two points or not as many of both, controls do not ascend, the share is not within 0 and 1, or a frequency
    /// at a point leaves less than a femtosecond to a level.
    pub fn new(
        control: &[f64],
        frequency: &[f64],
        (duty, begins_deg): (f64, f64),
    ) -> Result<Self, ParameterError> {
        if !(duty > 0.0 && duty < 1.0) {
            return Err(ParameterError::new("duty_cycle", duty, "must lie between 0 and 1"));
        }
        if control.len() < 2 {
            let count = control.len() as f64;
            return Err(ParameterError::new("cntl_array", count, "points: two at least"));
        }
        if frequency.len() != control.len() {
            let count = frequency.len() as f64;
            return Err(ParameterError::new("freq_array", count, "points: as many as cntl_array"));
        }
        if let Some(pair) = control.windows(2).find(|pair| pair[0] >= pair[1]) {
            return Err(ParameterError::new("cntl_array", pair[1], "must ascend"));
        }
        let shortest = duty.min(1.0 - duty);
        if let Some(most) =
            frequency.iter().find(|hertz| !(shortest / **hertz >= LEAST_S || **hertz <= 0.0))
        {
            let reason = "Hz: a level would last less than the femtosecond that is told apart";
            return Err(ParameterError::new("freq_array", *most, reason));
        }
        let begins_at = (begins_deg / 360.0).rem_euclid(1.0);
        // A small angle below zero is rounded to a whole turn, which is none.
        let begins_at = if begins_at < 1.0 { begins_at } else { 0.0 };
        let frequency = never_below_zero(control, frequency)?;
        Ok(Self { frequency, rises_at: 1.0 - duty, begins_at })
    }

    fn level(&self, turns: f64) -> Phase {
        Phase::Piece(if turns < self.rises_at { 0 } else { 2 })
    }

    /// The stretches of `[from_s, until_s]` in which the frequency is one line of the control: the frequency and the end of
    /// each, until `take` has found what it looks for.
    fn stretches<T>(
        &self,
        v: &Waveform,
        from_s: f64,
        until_s: f64,
        mut take: impl FnMut(&Waveform, f64, f64) -> Option<T>,
    ) -> Option<T> {
        let mut line = self.frequency.settle(&self.frequency.rest(), v, from_s);
        let mut at_s = from_s;
        loop {
            let next = self.frequency.next(&line, v, at_s, until_s);
            let end_s = next.map_or(until_s, |next| next.at_s);
            let Phase::Piece(index) = line.phase else { return None };
            let Piece { slope, offset } = self.frequency.pieces()[usize::from(index)];
            let mut frequency = v.scaled(slope);
            frequency.offset += offset;
            if let Some(found) = take(&frequency, at_s, end_s) {
                return Some(found);
            }
            line.phase = next?.to;
            at_s = end_s;
        }
    }
}

/// The straight lines between and beyond these points, and zero where they are below.
fn never_below_zero(control: &[f64], frequency: &[f64]) -> Result<Piecewise, ParameterError> {
    let points: Vec<(f64, f64)> = control.iter().copied().zip(frequency.iter().copied()).collect();
    let (mut corners, mut pieces) = (Vec::new(), Vec::new());
    let zero = Piece { slope: 0.0, offset: 0.0 };
    for (at, pair) in points.windows(2).enumerate() {
        let slope = (pair[1].1 - pair[0].1) / (pair[1].0 - pair[0].0);
        let line = Piece { slope, offset: pair[0].1 - slope * pair[0].0 };
        let from = if at == 0 { f64::NEG_INFINITY } else { pair[0].0 };
        let to = if at + 2 == points.len() { f64::INFINITY } else { pair[1].0 };
        let root = -line.offset / slope;
        // Without a slope the root is no number or infinite, and so not within.
        let parts = if root > from && root < to {
            let ends = if slope > 0.0 { [zero, line] } else { [line, zero] };
            vec![(from, ends[0]), (root, ends[1])]
        } else {
            let middle = from.max(pair[0].0) / 2.0 + to.min(pair[1].0) / 2.0;
            let above = line.offset + slope * middle > 0.0;
            vec![(from, if above { line } else { zero })]
        };
        for (begins, piece) in parts {
            if pieces.last() == Some(&piece) {
                continue;
            }
            if !pieces.is_empty() {
                corners.push(Corner { at: begins, side: None });
            }
            pieces.push(piece);
        }
    }
    Piecewise::new(corners, pieces)
}

/// When the integral of a frequency from `from_s` on is `turns`, which it is before `until_s`: Newton's method within a
/// bracket, as the integral never falls.
fn reached(frequency: &Waveform, turns: f64, from_s: f64, until_s: f64) -> f64 {
    let (mut low_s, mut high_s) = (from_s, until_s);
    let mut at_s = 0.5 * (low_s + high_s);
    for _ in 0..200 {
        let over = frequency.integral(from_s, at_s) - turns;
        if over < 0.0 {
            low_s = at_s;
        } else {
            high_s = at_s;
        }
        let newton_s = at_s - over / frequency.eval(at_s);
        let inside = newton_s > low_s && newton_s < high_s;
        let next_s = if inside { newton_s } else { 0.5 * (low_s + high_s) };
        if (next_s - at_s).abs() <= f64::EPSILON * at_s.abs() {
            return next_s;
        }
        at_s = next_s;
    }
    at_s
}

impl Model for Oscillator {
    fn rest(&self) -> State {
        State::new(self.level(self.begins_at), self.begins_at)
    }

    fn resistance(&self, _state: &State) -> f64 {
        f64::INFINITY
    }

    fn settle(&self, state: &State, _v: &Waveform, _at_s: f64) -> State {
        *state
    }

    fn next(&self, state: &State, v: &Waveform, from_s: f64, until_s: f64) -> Option<Transition> {
        let (goal, to) = match state.phase {
            Phase::Piece(0) => (self.rises_at, Phase::Piece(2)),
            _ => (1.0, Phase::Piece(0)),
        };
        let mut left = goal - state.filament;
        let at_s = self.stretches(v, from_s, until_s, |frequency, at_s, end_s| {
            // Of a stretch without an end as much as is needed, each look twice as long as the last.
            let guess_s = left / frequency.eval(at_s);
            let mut look_s = if guess_s > 0.0 && guess_s < FOR_EVER_S { guess_s } else { 1e-9 };
            loop {
                let until_s = end_s.min(at_s + look_s);
                let turns = frequency.integral(at_s, until_s);
                if turns >= left {
                    return Some(reached(frequency, left, at_s, until_s));
                }
                if until_s == end_s || look_s > FOR_EVER_S {
                    left -= turns;
                    return None;
                }
                look_s *= 2.0;
            }
        })?;
        Some(Transition { at_s, to })
    }

    fn advance(&self, state: &State, v: &Waveform, from_s: f64, to_s: f64) -> State {
        let mut turns = state.filament;
        self.stretches(v, from_s, to_s, |frequency, at_s, end_s| {
            turns += frequency.integral(at_s, end_s);
            None::<()>
        });
        State { filament: turns, ..*state }
    }

    fn transit(&self, state: &State, _v: &Waveform, _from_s: f64, to: Transition) -> State {
        let filament = if to.to == Phase::Piece(0) { 0.0 } else { self.rises_at };
        State { phase: to.to, filament, ..*state }
    }

    fn spice(&self, _state: &State) -> Result<SpiceForm, NoSpiceForm> {
        Err(NoSpiceForm(
            "it gives a level, and digital parts are not written: the deck itself is in XSPICE's form",
        ))
    }
}
