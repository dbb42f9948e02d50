//! When a device in a sweep turned on and off.
//!
//! A threshold switch is either off or on, and between the currents of the two states lies a gap that no
//! point is in. It is the widest one between the logarithms of all currents, once noise near zero
//! volts is set aside; a device whose current has no such gap is none.

use crate::{columns::Point, report::significant};

/// Least ratio between the currents on both sides of the gap: below it nothing switched.
const LEAST_CONTRAST: f64 = 10.0;

/// Points side by side whose greatest current counts: near zero noise makes single ones as small as it
/// likes, but not all of these.
const SIDE_BY_SIDE: usize = 3;

/// Least points of a sweep.
const LEAST_POINTS: usize = 4;

/// Steps before the turn-on of which the mean is its step.
const STEPS: usize = 4;

/// What the voltage column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Logged {
    /// What the source was asked for.
    Forced,
    /// What was measured across the device: it falls back where the source limits the current.
    Measured,
}

/// An instant at which the device changed its state.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Turn {
    /// Magnitude of the voltage, in the middle of the step in which it happened (V).
    pub volt: f64,
    /// Height of that step (V).
    pub step: f64,
    /// Whether the voltage was negative.
    pub negative: bool,
    /// Line of the first point after it.
    pub line: usize,
}

/// What a sweep did.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Switching {
    /// Whether the device is on, point by point.
    pub on: Vec<bool>,
    pub turned_on: Vec<Turn>,
    pub turned_off: Vec<Turn>,
    /// Line of the first point at which the voltage has come back to zero with the device on.
    pub stays_on: Option<usize>,
    /// Lines at which the device turned off though the voltage rose: no cycle ends there.
    pub chatter: Vec<usize>,
}

/// A reason why a sweep cannot be used, and the line.
pub(crate) type Refusal = (usize, String);

/// Finds out what the device did.
///
/// # Errors
/// A device that does not switch, or does not begin off.
pub(crate) fn switching(points: &[Point], logged: Logged) -> Result<Switching, Refusal> {
    let border = border(points)?;
    let on: Vec<bool> = points.iter().map(|p| p.ampere.abs() > border).collect();
    if let Some((first, _)) = points.iter().zip(&on).next().filter(|(_, on)| **on) {
        let message = format!(
            "the sweep must begin with the device off: {} A flow at {} V",
            significant(first.ampere, 3),
            first.volt
        );
        return Err((first.line, message));
    }
    let mut found = Switching {
        on,
        turned_on: Vec::new(),
        turned_off: Vec::new(),
        stays_on: None,
        chatter: Vec::new(),
    };
    // The first point of the way up to the next turn-on.
    let mut from = 0;
    let mut skip = false;
    for k in 1..points.len() {
        if found.on[k] == found.on[k - 1] {
            // The way up begins where the voltage is least, or changes its sign.
            if !found.on[k] && points[k].volt.abs() <= points[from].volt.abs() {
                from = k;
            }
            continue;
        }
        let pair = [points[k - 1], points[k]];
        if found.on[k] {
            if skip {
                skip = false;
                continue;
            }
            found.turned_on.push(turn_on(&points[from..=k], logged)?);
        } else {
            from = k;
            match turn_off(pair, border) {
                End::Off(turn) => found.turned_off.push(turn),
                End::Zero => {
                    found.stays_on.get_or_insert(pair[1].line);
                }
                End::Rising => {
                    skip = true;
                    found.chatter.push(pair[1].line);
                }
            }
        }
    }
    Ok(found)
}

/// The current between the states: the geometric middle of the widest gap.
fn border(points: &[Point]) -> Result<f64, Refusal> {
    let last = points.last().map_or(1, |p| p.line);
    if points.len() < LEAST_POINTS {
        let message = format!("{} points are no sweep; {LEAST_POINTS} are the least", points.len());
        return Err((last, message));
    }
    let raised = raised(points);
    let mut sorted: Vec<f64> = raised.iter().copied().filter(|i| *i > 0.0).collect();
    sorted.sort_by(f64::total_cmp);
    let ratio = |pair: &[f64]| pair[1] / pair[0];
    let widest = sorted.windows(2).max_by(|a, b| ratio(a).total_cmp(&ratio(b)));
    if let Some(gap) = widest.filter(|gap| ratio(gap) >= LEAST_CONTRAST) {
        return Ok((gap[0] * gap[1]).sqrt());
    }
    Err(no_switch(points, &raised))
}

/// The least of the greatest currents of all neighbourhoods that a point is in.
fn raised(points: &[Point]) -> Vec<f64> {
    let currents: Vec<f64> = points.iter().map(|p| p.ampere.abs()).collect();
    let greatest: Vec<f64> = currents
        .windows(SIDE_BY_SIDE)
        .map(|window| window.iter().copied().fold(0.0, f64::max))
        .collect();
    (0..points.len())
        .map(|k| {
            let from = (k + 1).saturating_sub(SIDE_BY_SIDE);
            let to = k.min(greatest.len() - 1);
            greatest[from.min(to)..=to].iter().copied().fold(f64::INFINITY, f64::min)
        })
        .collect()
}

/// Why a sweep without a gap is that of no threshold switch.
fn no_switch(points: &[Point], raised: &[f64]) -> Refusal {
    let jump = |k: &usize| match raised[k - 1] {
        0.0 => 1.0,
        before => raised[*k] / before,
    };
    let largest = (1..points.len()).max_by(|a, b| jump(a).total_cmp(&jump(b))).unwrap_or(1);
    let (ratio, line) = (jump(&largest), points[largest].line);
    let [from, to] = [points[largest - 1].volt, points[largest].volt];
    let message = if ratio >= LEAST_CONTRAST {
        format!(
            "this is no threshold switch: the current jumps up by a factor of {ratio:.0} from {from} to {to} V, \
             but comes down through all values; a threshold switch jumps down by a factor of \
             {LEAST_CONTRAST} or more at its hold voltage, a device that keeps its state does not"
        )
    } else {
        format!(
            "this is no threshold switch: no adjacent points jump by more than a factor of {ratio:.1} in \
             current (from {from} to {to} V), and a threshold switch jumps by {LEAST_CONTRAST} or more; the device \
             changes gradually, or the sweep never turned it on"
        )
    };
    (line, message)
}

/// The turn-on at the end of a way up: of its points only the last is on.
fn turn_on(way: &[Point], logged: Logged) -> Result<Turn, Refusal> {
    let [off @ .., first] = way else { return Err((1, "a sweep has no points".to_owned())) };
    let last = off[off.len() - 1];
    let negative = first.volt < 0.0;
    let same = |p: &Point| p.volt == 0.0 || (p.volt < 0.0) == negative;
    // Of the way from the other side only what is on this side.
    let first_same = off.iter().rposition(|p| !same(p)).map_or(0, |k| k + 1);
    let steps = &off[first_same.max(off.len().saturating_sub(STEPS + 1)).min(off.len() - 1)..];
    let mean =
        (last.volt.abs() - steps[0].volt.abs()) / steps.len().saturating_sub(1).max(1) as f64;
    let (volt, step) = match logged {
        // The source stood one step above the last point that was off.
        Logged::Measured if mean > 0.0 => (last.volt.abs() + 0.5 * mean, mean),
        Logged::Measured => {
            let message = format!(
                "the device turns on at the first point above zero, {} V: the step of the source cannot be \
                 told; two points are needed before it",
                first.volt
            );
            return Err((first.line, message));
        }
        Logged::Forced if same(&last) && first.volt.abs() < last.volt.abs() => {
            let message = format!(
                "the voltage falls from {} to {} V as the device turns on: if it was measured at the device, \
                 say so with voltage = \"measured\"; otherwise the device turned on after the greatest \
                 voltage, and no threshold can be read",
                last.volt, first.volt
            );
            return Err((first.line, message));
        }
        Logged::Forced => {
            let before = if same(&last) { last.volt.abs() } else { 0.0 };
            let step = first.volt.abs() - before;
            // A level may have several points.
            (0.5 * (before + first.volt.abs()), if step > 0.0 { step } else { mean.max(0.0) })
        }
    };
    if volt > 0.0 {
        return Ok(Turn { volt, step, negative, line: first.line });
    }
    Err((first.line, "the device turns on at 0 V, which is no threshold".to_owned()))
}

/// How a device that was on came to be off.
enum End {
    Off(Turn),
    /// It carried less than the gap because the voltage was nearly zero.
    Zero,
    /// The voltage rose.
    Rising,
}

fn turn_off([on, off]: [Point; 2], border: f64) -> End {
    let [high, low] = [on, off].map(|p| p.volt.abs());
    let same = (on.volt < 0.0) == (off.volt < 0.0);
    if !same || on.ampere.abs() * low <= border * high {
        return End::Zero;
    }
    if low > high {
        return End::Rising;
    }
    End::Off(Turn {
        volt: 0.5 * (high + low),
        step: high - low,
        negative: on.volt < 0.0,
        line: off.line,
    })
}
