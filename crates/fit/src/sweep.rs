//! Current-voltage sweeps: from points to what they say of the device.
//!
//! - The threshold and the hold voltage: in the middle of the steps in which the current jumps, the mean
//!   of all cycles. They are uncertain by the step, or by what they differ from cycle to cycle.
//! - The off and the on resistance, where they can be told (`resistance`).
//! - How thresholds and hold voltages vary from cycle to cycle.
//!
//! What cannot be told is left out, and that is said; what the measurement file asks for by name
//! and cannot be told is a mistake.

use std::path::Path;

use memspike_netlist::decode;

use crate::{
    FitError, Mistake,
    columns::{self, Names, Point},
    estimate::{Estimate, spread, student},
    quantity::Quantity,
    report::significant,
    resistance,
    switching::{Logged, Switching, Turn, switching},
    task::{Spread, Uncertainty},
};

/// What can be read of a sweep, by the names that `use` has for it.
pub(crate) const USES: [&str; 4] = ["threshold", "hold", "off_resistance", "on_resistance"];
pub(crate) const THRESHOLD: usize = 0;
pub(crate) const HOLD: usize = 1;
pub(crate) const OFF: usize = 2;
pub(crate) const ON: usize = 3;

/// The voltages that are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Both,
    Positive,
    Negative,
}

/// How a sweep was taken, and what is asked of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sweep {
    /// Mean rate (V/s).
    pub rate: f64,
    /// Step of a staircase (V).
    pub step: Option<f64>,
    /// Limit of the current (A).
    pub compliance: Option<f64>,
    pub logged: Logged,
    pub side: Side,
    pub names: Names,
    /// What is added to the uncertainty that the sweep shows, as a part of the value.
    pub tolerance: f64,
    /// Whether the file asks for each of [`USES`]; none if it asks for what there is.
    pub uses: Option<[bool; 4]>,
    /// Whether the card turns on at positive voltage only.
    pub unipolar: bool,
}

/// What a sweep says.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Reading {
    pub found: Vec<(Quantity, f64, Uncertainty)>,
    pub spreads: Vec<Spread>,
    /// What it does not say, and why.
    pub notes: Vec<String>,
    /// The highest voltage (V).
    pub top: f64,
    /// By what the voltage mostly and at most goes on from one point to the next with the device off (V).
    pub steps: [f64; 2],
}

/// The longest sweep that is read: some millions of points.
const MAX_BYTES: u64 = 256 * memspike_files::MIB;

/// The least relative deviation of a reading: no instrument is better.
const LEAST: f64 = 1e-4;

/// Resistances that a device can have (ohm).
const POSSIBLE_OHM: std::ops::RangeInclusive<f64> = 1e-30..=1e30;

/// Standard deviations by which the sides of one device may differ.
const AGREEMENT: f64 = 5.0;

/// Cycles from which their spread is taken.
const LEAST_CYCLES: usize = 3;

/// Part of a step below which a spread leaves all thresholds on the same side of the middle.
const DITHER: f64 = 0.5;

/// Voltage, in thresholds, at which a device that turns on at the other sign only must be one that does.
const BEYOND: f64 = 1.5;

/// Reads a file of at most 256 MiB and reduces it to quantities and their values.
pub(crate) fn read(path: &Path, sweep: &Sweep) -> Result<Reading, FitError> {
    let bytes = memspike_files::read(path, MAX_BYTES)
        .map_err(|source| FitError::Unreadable { path: path.to_owned(), source })?;
    let name = path.to_string_lossy();
    let points = columns::read(&name, &decode(bytes), &sweep.names)?;
    let place = |(line, message): (usize, String)| Mistake {
        file: name.clone().into_owned(),
        line,
        column: 1,
        message,
    };
    let short = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    Ok(reduce(points, sweep, &short).map_err(place)?)
}

/// What a sweep has told so far.
struct Told<'a> {
    sweep: &'a Sweep,
    name: &'a str,
    /// Its last line, where what is missing is looked for.
    last: usize,
    reading: Reading,
}

impl Told<'_> {
    fn wants(&self, which: usize) -> bool {
        self.sweep.uses.is_none_or(|uses| uses[which])
    }

    /// Takes an estimate, or notes why there is none; that is a mistake where it was asked for by name.
    fn take(
        &mut self,
        which: usize,
        quantity: Quantity,
        estimate: Result<Estimate, String>,
    ) -> Result<(), (usize, String)> {
        if !self.wants(which) {
            return Ok(());
        }
        match estimate.and_then(|estimate| possible(estimate, which)) {
            Ok(Estimate { value, sigma, .. }) => {
                let sigma = if which == THRESHOLD || which == HOLD {
                    Uncertainty::Sigma(sigma)
                } else {
                    Uncertainty::Tolerance(sigma / value)
                };
                self.reading.found.push((quantity, value, sigma));
            }
            Err(why) => {
                let message = format!("{} cannot be read: {why}", USES[which]);
                if self.sweep.uses.is_some() {
                    return Err((self.last, message));
                }
                self.reading.notes.push(format!("{}: {message}", self.name));
            }
        }
        Ok(())
    }

    /// How far cycles differ, where there are enough.
    fn spreads(&mut self, switching: &Switching) {
        for (which, parameter, turns) in [
            (THRESHOLD, "sigma_von", &switching.turned_on),
            (HOLD, "sigma_vhold", &switching.turned_off),
        ] {
            if self.wants(which) && turns.len() >= LEAST_CYCLES {
                self.reading.spreads.push(cycles(self.name, USES[which], parameter, turns));
            }
        }
    }

    /// Notes turns that count as no cycles.
    fn chatter(&mut self, switching: &Switching) {
        if let Some(line) = switching.chatter.first() {
            self.reading.notes.push(format!(
                "{}: the device turned off {} times while the voltage rose (first in line {line}); these count as \
                 no cycles",
                self.name,
                switching.chatter.len()
            ));
        }
    }
}

fn reduce(mut points: Vec<Point>, sweep: &Sweep, name: &str) -> Result<Reading, (usize, String)> {
    match sweep.side {
        Side::Both => {}
        Side::Positive => points.retain(|p| p.volt >= 0.0),
        Side::Negative => points.retain(|p| p.volt <= 0.0),
    }
    let switching = switching(&points, sweep.logged)?;
    let last = points[points.len() - 1].line;
    check_sides(&points, &switching, sweep)?;
    let threshold = mean(&switching.turned_on, sweep.tolerance);
    let top = points.iter().map(|p| p.volt.abs()).fold(0.0, f64::max);
    // High enough for any device that the search tries; where it ends changes neither hold nor resistance.
    let peak = significant(2.0 * top.max(threshold.value), 3);
    let reading = Reading { top, steps: steps(&points, &switching.on), ..Reading::default() };
    let mut told = Told { sweep, name, last, reading };
    let Sweep { rate, step, compliance, .. } = *sweep;
    told.take(THRESHOLD, Quantity::Threshold { rate, step }, Ok(threshold))?;
    if let Some(line) = switching.stays_on.filter(|_| told.wants(HOLD)) {
        let message = "the device is still on as the voltage comes to zero: a device that keeps its state is no \
                       threshold switch; if it turns off within this step, take smaller ones";
        return Err((line, message.to_owned()));
    }
    let hold = match switching.turned_off.as_slice() {
        [] => Err("the sweep ends with the device on".to_owned()),
        turns => Ok(mean(turns, sweep.tolerance)),
    };
    told.take(HOLD, Quantity::Hold { rate, peak }, hold)?;
    let widened = |told: Result<Estimate, String>| {
        told.map(|e| Estimate { sigma: widen(e.sigma, e.value, sweep.tolerance), ..e })
    };
    // The model's off resistance is the same at any voltage; this one is named for people.
    let voltage = significant(0.5 * threshold.value, 3);
    let off = widened(resistance::off(&points, &switching.on));
    told.take(OFF, Quantity::OffResistance { voltage }, off)?;
    let on = resistance::on(&points, &switching.on, sweep.logged, compliance);
    told.take(ON, Quantity::OnResistance { voltage: peak, compliance }, widened(on))?;
    told.spreads(&switching);
    told.chatter(&switching);
    Ok(told.reading)
}

/// The median and the greatest of the steps with the device off: on, its voltage may be what a limit of the current
/// leaves. Points at one level are no step.
fn steps(points: &[Point], on: &[bool]) -> [f64; 2] {
    let pairs = points.windows(2).zip(on.windows(2)).filter(|(_, on)| !on[0] && !on[1]);
    let between = pairs.map(|(pair, _)| (pair[1].volt - pair[0].volt).abs());
    let mut steps: Vec<f64> = between.filter(|step| *step > 0.0).collect();
    steps.sort_by(f64::total_cmp);
    [steps.get(steps.len() / 2), steps.last()].map(|step| step.copied().unwrap_or(0.0))
}

fn possible(estimate: Estimate, which: usize) -> Result<Estimate, String> {
    let resistance = which == OFF || which == ON;
    if resistance && !POSSIBLE_OHM.contains(&estimate.value) {
        let (least, most) = POSSIBLE_OHM.into_inner();
        return Err(format!("{:e} ohm; {least:e} to {most:e} are possible", estimate.value));
    }
    Ok(estimate)
}

/// A deviation with what else is uncertain.
fn widen(sigma: f64, value: f64, tolerance: f64) -> f64 {
    sigma.hypot(tolerance * value).max(LEAST * value)
}

fn volts(turns: &[Turn]) -> Vec<f64> {
    turns.iter().map(|turn| turn.volt).collect()
}

/// Variance of what is read in steps, because it is.
fn of_steps(turns: &[Turn]) -> f64 {
    turns.iter().map(|turn| turn.step.powi(2)).sum::<f64>() / turns.len() as f64 / 12.0
}

/// The mean over the cycles.
fn mean(turns: &[Turn], tolerance: f64) -> Estimate {
    let Estimate { value, sigma } = spread(&volts(turns));
    let steps = of_steps(turns);
    let variance = match turns.len() {
        1 => steps,
        count => {
            let own = (sigma * student(count - 1)).powi(2) / count as f64;
            // A spread over several levels averages what the steps add, and contains it.
            let dithered = sigma.powi(2) > DITHER * DITHER * 12.0 * steps;
            if dithered { own } else { own + steps }
        }
    };
    Estimate { value, sigma: widen(variance.sqrt(), value, tolerance) }
}

/// How a voltage varies from cycle to cycle: by what it is read to vary, less what reading it in
/// steps adds.
fn cycles(file: &str, label: &str, parameter: &'static str, turns: &[Turn]) -> Spread {
    let read = spread(&volts(turns));
    let value = (read.sigma.powi(2) - of_steps(turns)).max(0.0).sqrt();
    let freedom = turns.len() - 1;
    let relative = uncertainty_of_deviation(freedom);
    // The derivative of the square root; where nothing is left, what could be hidden.
    let sigma = relative * read.sigma * (read.sigma / value.max(0.5 * read.sigma)).max(1.0);
    Spread {
        label: format!("{label} in {file}"),
        parameter,
        cycles: turns.len(),
        mean: read.value,
        value,
        sigma: if sigma.is_finite() { sigma } else { 0.0 },
    }
}

/// How uncertain a standard deviation of so many degrees of freedom is, as a part of it. A true one
/// that is larger is hidden more easily than a smaller one: so it is that of which twice reaches
/// the limit that it lies below in 95.45 %, from chi-squared (Wilson and Hilferty 1931).
fn uncertainty_of_deviation(freedom: usize) -> f64 {
    const QUANTILE: f64 = 1.690;
    let spread = 2.0 / (9.0 * freedom as f64);
    let least = 1.0 - spread - QUANTILE * spread.sqrt();
    0.5 * (least.powf(-1.5) - 1.0)
}

/// A card turns on at both signs, and at the same voltage; or at positive voltage only.
fn check_sides(
    points: &[Point],
    switching: &Switching,
    sweep: &Sweep,
) -> Result<(), (usize, String)> {
    let of = |turns: &[Turn], negative: bool| -> Vec<Turn> {
        turns.iter().copied().filter(|turn| turn.negative == negative).collect()
    };
    let choose = "choose one with side = \"positive\" or side = \"negative\"";
    let sides = [false, true].map(|negative| of(&switching.turned_on, negative));
    if let Some(turn) = sides[1].first().filter(|_| sweep.unipolar) {
        let message = format!(
            "the device turns on at -{} V, and a card with unipolar = 1 does so at positive voltage only",
            significant(turn.volt, 4)
        );
        return Err((turn.line, message));
    }
    for (negative, turns) in [(false, &sides[0]), (true, &sides[1])] {
        let other = &sides[usize::from(!negative)];
        if !turns.is_empty() || other.is_empty() || sweep.unipolar {
            continue;
        }
        let far = BEYOND * mean(other, 0.0).value;
        let beyond = points.iter().find(|p| (p.volt < 0.0) == negative && p.volt.abs() > far);
        if let Some(point) = beyond {
            let message = format!(
                "the device is off at {} V, though it turns on at the other sign; if it turns on at positive \
                 voltage only, give unipolar = 1 in [parameters]; otherwise {choose}",
                point.volt
            );
            return Err((point.line, message));
        }
    }
    for (turns, what) in
        [(&switching.turned_on, "threshold"), (&switching.turned_off, "hold voltage")]
    {
        let [positive, negative] = [of(turns, false), of(turns, true)];
        if positive.is_empty() || negative.is_empty() {
            continue;
        }
        let [p, n] = [&positive, &negative].map(|turns| mean(turns, sweep.tolerance));
        let apart = (p.value - n.value).abs() / p.sigma.hypot(n.sigma);
        if apart > AGREEMENT {
            let message = format!(
                "the {what} is {} V at positive and {} V at negative voltage, {apart:.1} standard deviations apart; \
                 a card has one for both: {choose}",
                significant(p.value, 4),
                significant(n.value, 4)
            );
            return Err((negative[0].line, message));
        }
    }
    Ok(())
}
