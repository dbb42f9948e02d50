//! The resistances of a device in a sweep, where the sweep tells them.
//!
//! - Off: the slope of current over voltage. What the instrument adds to every reading is no resistance.
//! - On: where the voltage was forced, of the points below the plateau on which the source limits the
//!   current; where it was measured at the device, of all points.

use crate::{
    columns::Point,
    estimate::{Estimate, Sample, proportion, slope},
    report::significant,
    switching::Logged,
};

/// Relative deviation of a resistance from which the data do not tell it.
const HIDDEN: f64 = 0.2;

/// Least points of which an on resistance is read.
const LEAST_POINTS: usize = 3;

/// Part of the current of a plateau from which a point may be on its rounded corner.
const CORNER: f64 = 0.95;

/// Relative deviation of points from a law, from which on they tell one law from another: files have
/// four digits or more.
const ROUNDING: f64 = 1e-3;

/// Deviation of the exponent of current over voltage up to which a proportion is told from a plateau,
/// whose exponent is 0: three deviations are less than the half way.
const TOLD: f64 = 1.0 / 6.0;

/// Resistance of the device off (ohm), or why there is none to be read.
pub(crate) fn off(points: &[Point], on: &[bool]) -> Result<Estimate, String> {
    let mut samples = Vec::new();
    let mut group = 0;
    let mut from = 0;
    for run in on.chunk_by(|a, b| a == b) {
        let part = &points[from..from + run.len()];
        from += run.len();
        if run[0] {
            continue;
        }
        for half in halves(part) {
            samples.extend(half.iter().map(|p| Sample { group, x: p.volt, y: p.ampere }));
            group += 1;
        }
    }
    let told = slope(&samples).filter(|g| g.value > 0.0 && g.sigma < HIDDEN * g.value);
    told.map(|g| Estimate { value: g.value.recip(), sigma: g.sigma / g.value.powi(2) }).ok_or_else(
        || {
            let points = samples.len();
            format!(
                "noise hides the slope of the current in the {points} points with the device off; average \
                 longer, or measure with a more sensitive range"
            )
        },
    )
}

/// The way down to zero and the way up again of a device that is off, without the points about the
/// reversal: what the ramp adds to the current changes its sign there. All points together where
/// the voltage goes on to the other sign.
fn halves(part: &[Point]) -> [&[Point]; 2] {
    let signs = || part.iter().map(|p| p.volt).filter(|v| *v != 0.0).map(|v| v < 0.0);
    let least = |a: &usize, b: &usize| part[*a].volt.abs().total_cmp(&part[*b].volt.abs());
    let reversal = (0..part.len()).min_by(least).unwrap_or(0);
    let (down, up) = (reversal.saturating_sub(1), (reversal + 2).min(part.len()));
    if signs().next() != signs().next_back() || down < 2 || part.len() - up < 2 {
        return [part, &[]];
    }
    [&part[..down], &part[up..]]
}

/// Resistance of the device on (ohm), or why there is none to be read.
pub(crate) fn on(
    points: &[Point],
    on: &[bool],
    logged: Logged,
    compliance: Option<f64>,
) -> Result<Estimate, String> {
    let pairs = points.iter().zip(on).filter(|(p, on)| **on && p.volt != 0.0);
    let mut pairs: Vec<(f64, f64)> = pairs.map(|(p, _)| (p.volt.abs(), p.ampere.abs())).collect();
    let told = |estimate: Option<Estimate>| {
        estimate
            .filter(|e| e.value > 0.0 && e.sigma < HIDDEN * e.value)
            .ok_or_else(|| "noise hides the resistance of the device on".to_owned())
    };
    if pairs.len() < LEAST_POINTS {
        return Err(format!(
            "{} points with the device on are too few; take smaller steps",
            pairs.len()
        ));
    }
    if logged == Logged::Measured {
        return told(proportion(pairs.iter().map(|(v, i)| (*i, *v))));
    }
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let ohmic = below_plateau(&pairs, compliance)?;
    told(proportion(ohmic.iter().copied()))
        .map(|g| Estimate { value: g.value.recip(), sigma: g.sigma / g.value.powi(2) })
}

const REMEDY: &str = "measure with a higher current limit, or log the voltage at the device (voltage = \"measured\")";

/// The points at which the device, and not the source, limits the current, of points in the order
/// of their voltage.
fn below_plateau(pairs: &[(f64, f64)], compliance: Option<f64>) -> Result<&[(f64, f64)], String> {
    let plateau = |level: f64| {
        format!(
            "with the device on the source limits the current everywhere, to about {} A: {REMEDY}",
            significant(level, 3)
        )
    };
    let Laws { proportional, siemens, level } = laws(pairs);
    if proportional == 0 {
        return Err(plateau(level));
    }
    let limit = compliance.unwrap_or(f64::INFINITY).min(level);
    let clear = pairs[..proportional].partition_point(|(v, _)| v * siemens < CORNER * limit);
    let clear = &pairs[..clear];
    if clear.len() < LEAST_POINTS {
        return Err(match clear.len() {
            0 => plateau(limit),
            few => format!(
                "only {few} points with the device on lie below the plateau of {} A: take smaller steps, or \
                 {REMEDY}",
                significant(limit, 3)
            ),
        });
    }
    if compliance.is_none() {
        let logarithms: Vec<Sample> =
            clear.iter().map(|(v, i)| Sample { group: 0, x: v.ln(), y: i.ln() }).collect();
        let exponent = slope(&logarithms);
        // Below a plateau that was seen it is enough that the current rises at all.
        let rises = |p: Estimate| match level.is_finite() {
            true => p.value > 2.0 * p.sigma,
            false => p.sigma < TOLD && p.value > 0.5,
        };
        if !exponent.is_some_and(rises) {
            return Err(format!(
                "the voltages with the device on, {} to {} V, do not tell whether the device or the source limits \
                 the current: give the compliance (A), or {REMEDY}",
                clear[0].0,
                clear[clear.len() - 1].0
            ));
        }
    }
    Ok(clear)
}

/// What currents follow with rising voltage: a proportion, then a plateau.
struct Laws {
    /// Points of the proportion.
    proportional: usize,
    /// Its conductance (S).
    siemens: f64,
    /// The current of the plateau (A); infinite if there is none.
    level: f64,
}

/// The likeliest of: a proportion, a plateau, both. In logarithms each is a constant, and which is
/// likelier tells the Bayesian information criterion (Schwarz, Ann. Statist. 6, 461 (1978)).
fn laws(pairs: &[(f64, f64)]) -> Laws {
    let count = pairs.len();
    let conductances = Sums::new(pairs.iter().map(|(v, i)| (i / v).ln()));
    let currents = Sums::new(pairs.iter().map(|(_, i)| i.ln()));
    let size = count as f64;
    let unlikely = |proportional: usize| {
        let squares = conductances.squares(0..proportional) + currents.squares(proportional..count);
        // Two constants and where the one ends, or one constant.
        let parameters = if (1..count).contains(&proportional) { 3.0 } else { 1.0 };
        size * (squares / size + ROUNDING * ROUNDING).ln() + parameters * size.ln()
    };
    let proportional =
        (0..=count).min_by(|a, b| unlikely(*a).total_cmp(&unlikely(*b))).unwrap_or(0);
    let level = match currents.mean(proportional..count) {
        mean if mean.is_finite() => mean.exp(),
        _ => f64::INFINITY,
    };
    Laws { proportional, siemens: conductances.mean(0..proportional).exp(), level }
}

/// Sums of numbers and of their squares up to each position, about the mean of all.
struct Sums {
    about: f64,
    sums: Vec<(f64, f64)>,
}

impl Sums {
    fn new(values: impl Iterator<Item = f64>) -> Self {
        let values: Vec<f64> = values.collect();
        let about = values.iter().sum::<f64>() / values.len() as f64;
        let mut sums = vec![(0.0, 0.0)];
        let (mut one, mut two) = (0.0, 0.0);
        for value in values {
            one += value - about;
            two += (value - about).powi(2);
            sums.push((one, two));
        }
        Self { about, sums }
    }

    fn of(&self, range: &std::ops::Range<usize>) -> (f64, f64) {
        let (from, to) = (self.sums[range.start], self.sums[range.end]);
        (to.0 - from.0, to.1 - from.1)
    }

    /// No number for an empty range.
    fn mean(&self, range: std::ops::Range<usize>) -> f64 {
        self.about + self.of(&range).0 / range.len() as f64
    }

    /// Squares about the mean of a range.
    fn squares(&self, range: std::ops::Range<usize>) -> f64 {
        let (one, two) = self.of(&range);
        if range.is_empty() { 0.0 } else { (two - one * one / range.len() as f64).max(0.0) }
    }
}
