//! Figs. 3b to 3f and 4a to 4c.

use memspike_plot::{Axis, Corner, Figure, Ink, Marks, Panel, Series};
use memspike_report as report;

use crate::{
    neurons::{Oscillation, Train},
    numbers::number,
    scale::Scale,
};

use super::scaled;

const OUTPUT: &str = "output voltage (V)";
const TIME_MS: &str = "time (ms)";

/// Top of the axes of membrane voltages (V).
const TOP_V: f64 = 0.5;

/// Membrane voltage under trains of four widths.
pub fn trains(scale: &Scale, trains: &[Train]) -> Figure {
    let panels = trains.iter().map(|train| {
        let last_ms = train.curve.last().map_or(1.0, |point| 1e3 * point.0);
        let title = format!("pulses of {:.0} \u{B5}s", 1e6 * train.width_s);
        membrane(scale, &title, &train.curve, last_ms)
    });
    let title = format!(
        "Figs. 3b to 3e: LIF neuron, 100 pulses of {}, {:.0} \u{B5}s apart",
        report::engineering(2.0 * scale.volt, "V"),
        200.0 * scale.second
    );
    Figure::grid(title, 2, panels.collect())
}

fn membrane(scale: &Scale, title: &str, curve: &[(f64, f64)], last_ms: f64) -> Panel {
    let line = Marks::Line(scaled(curve, 1e3, 1.0));
    let series = vec![Series::new("membrane", Ink::Series(0), line)];
    let time = Axis::linear(TIME_MS, 0.0, last_ms);
    Panel::new(title, time, Axis::linear(OUTPUT, 0.0, TOP_V * scale.volt), series)
}

/// Mean and standard deviation of the pulses a spike, and those to the first one.
pub fn pulses_per_spike(trains: &[Train]) -> Figure {
    let width_us = |train: &Train| 1e6 * train.width_s;
    let all = trains.iter().filter_map(|train| {
        let pulses = train.statistics()?;
        Some((width_us(train), pulses.mean, pulses.deviation.unwrap_or(0.0)))
    });
    let first = trains.iter().filter_map(|train| Some((width_us(train), *train.pulses.first()?)));
    let series = vec![
        Series::new("all spikes", Ink::Series(0), Marks::Intervals(all.collect())),
        Series::new("first spike", Ink::Series(1), Marks::Dots(first.collect())),
    ];
    let widths: Vec<f64> = trains.iter().map(width_us).collect();
    let least_us = widths.iter().copied().fold(f64::MAX, f64::min);
    let most_us = widths.iter().copied().fold(0.0, f64::max);
    let most = trains.iter().flat_map(|train| &train.pulses).copied().fold(10.0, f64::max);
    let panel = Panel::new(
        "",
        Axis::linear("pulse width (\u{B5}s)", 0.75 * least_us, 1.08 * most_us),
        Axis::linear("pulses a spike", 0.0, 1.1 * most),
        series,
    );
    let title = "Fig. 3f: pulses a spike against their width";
    Figure::single(title, panel.with_legend(Corner::UpperRight))
}

/// Membrane voltage under two lengths of a pulse.
pub fn pulses(scale: &Scale, runs: &[Oscillation]) -> Figure {
    let panels = runs.iter().map(|run| {
        let hz = run.frequency_hz.map_or("no oscillation".to_owned(), |hz| format!("{hz:.1} Hz"));
        let title = format!("pulse of {:.0} ms: {hz}", 1e3 * run.parameter * scale.second);
        membrane(scale, &title, &run.curve, 120.0 * scale.second)
    });
    let volt = report::engineering(0.8 * scale.volt, "V");
    Figure::grid(format!("Fig. 4a: oscillation at {volt}"), 2, panels.collect())
}

/// Input voltages of which Fig. 4b shows the waves (V).
const WAVES_V: [f64; 4] = [0.5, 1.0, 1.5, 2.0];

/// Membrane voltage at several input voltages.
pub fn waves(scale: &Scale, runs: &[Oscillation]) -> Figure {
    let shown = runs.iter().filter(|run| WAVES_V.iter().any(|v| (v - run.parameter).abs() < 1e-6));
    let panels = shown.map(|run| {
        let title = format!("input {}", report::engineering(run.parameter * scale.volt, "V"));
        membrane(scale, &title, &run.curve, 120.0 * scale.second * scale.watched)
    });
    let title = format!(
        "Fig. 4b: oscillation under pulses of {:.0} ms",
        100.0 * scale.second * scale.watched
    );
    Figure::grid(title, 2, panels.collect())
}

/// Frequency against input voltage, with the straight line and what was measured.
pub fn frequency(scale: &Scale, runs: &[Oscillation], fit: Option<(f64, f64, f64)>) -> Figure {
    let volt = |run: &Oscillation| run.parameter * scale.volt;
    let found: Vec<(f64, f64)> =
        runs.iter().filter_map(|run| Some((volt(run), run.frequency_hz?))).collect();
    let most = found.iter().map(|point| point.1).fold(0.0, f64::max);
    let mut series = vec![Series::new("simulated", Ink::Series(0), Marks::Dots(found))];
    if let Some((slope, intercept, explained)) = fit {
        let ends = [0.5, 2.0].map(|part| (part * scale.volt, intercept + slope * part)).to_vec();
        let name = format!("straight line, R\u{B2} = {explained:.4}");
        series.push(Series::new(name, Ink::Series(5), Marks::Dashes(ends)));
    }
    if *scale == Scale::PAPER {
        series.push(Series::new("measured", Ink::Measured, Marks::Rings(measured())));
    }
    let axis = Axis::linear("input voltage (V)", 0.4 * scale.volt, 2.1 * scale.volt);
    let hertz = Axis::linear("frequency (Hz)", 0.0, 1.14 * most.max(1.0 / scale.second));
    let panel = Panel::new("", axis, hertz, series);
    let title = "Fig. 4c: oscillation frequency against input voltage";
    Figure::single(title, panel.with_legend(Corner::UpperLeft))
}

/// What the paper measured, `(V, Hz)`.
fn measured() -> Vec<(f64, f64)> {
    let at_08 = 0.5 * (number("O1 50ms").measured + number("O1 100ms").measured);
    vec![(0.5, number("O2 low").measured), (0.8, at_08), (2.0, number("O2 high").measured)]
}
