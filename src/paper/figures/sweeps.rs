//! Figs. 2a and 2c to 2g.

use memspike_plot::{Axis, Corner, Figure, Ink, Marks, Panel, Series};

use crate::{
    paper::{
        smu::{Reading, Sweep},
        statistics,
        sweeps::Limited,
        variation,
    },
    render,
};

const VOLTAGE: &str = "voltage (V)";

/// Of so many sweeps, Fig. 2d shows one.
const SHOWN: usize = 8;

/// Voltages are read to this (V).
const STEP_V: f64 = 5e-3;

/// What an instrument shows: the magnitude of the current, on a logarithmic axis.
fn magnitudes(readings: &[Reading]) -> Vec<(f64, f64)> {
    readings.iter().map(|reading| (reading.volt, reading.ampere.abs())).collect()
}

fn current(most_a: f64) -> Axis {
    Axis::logarithmic("current (A)", 1e-11, most_a)
}

/// Sweeps of one device.
pub fn many(shown: &[Vec<Reading>], sweeps: usize) -> Figure {
    let mut series: Vec<Series> = shown
        .iter()
        .enumerate()
        .map(|(number, readings)| {
            let marks = Marks::Hairline(magnitudes(readings));
            Series::new(format!("sweep {}", 16 * number + 1), Ink::Series(5), marks)
        })
        .collect();
    if let Some(first) = shown.first() {
        let marks = Marks::Line(magnitudes(first));
        series.push(Series::new("sweep 1", Ink::Series(0), marks));
    }
    let panel = Panel::new("", Axis::linear(VOLTAGE, 0.0, 0.3), current(1e-4), series);
    Figure::single(format!("Fig. 2a: {sweeps} sweeps at a limit of 10 \u{B5}A"), panel)
}

/// Thresholds and hold voltages of the sweeps.
pub fn histogram(sweeps: &[Sweep]) -> Figure {
    let bars = |name: &str, number, of: fn(&Sweep) -> Option<f64>| {
        let volts: Vec<f64> = sweeps.iter().filter_map(of).collect();
        let points = statistics::histogram(&volts, STEP_V);
        Series::new(name, Ink::Series(number), Marks::Bars { width: 0.9 * STEP_V, points })
    };
    let series = vec![
        bars("hold voltage", 1, |sweep| sweep.hold_v),
        bars("threshold", 0, Sweep::threshold_v),
    ];
    let most = series.iter().flat_map(highest).fold(1.0, f64::max);
    let counts = Axis::linear("sweeps", 0.0, 1.1 * most);
    let panel = Panel::new("", Axis::linear(VOLTAGE, 0.06, 0.22), counts, series);
    let title = "Fig. 2c: threshold and hold voltages of the sweeps";
    Figure::single(title, panel.with_legend(Corner::UpperRight))
}

fn highest(series: &Series) -> Option<f64> {
    match &series.marks {
        Marks::Bars { points, .. } => points.iter().map(|point| point.1).reduce(f64::max),
        _ => None,
    }
}

/// Resistances on and off of the sweeps.
pub fn resistances(sweeps: &[Sweep]) -> Figure {
    let dots = |name: &str, number, of: fn(&Sweep) -> Option<f64>| {
        let points = (1..)
            .zip(sweeps)
            .step_by(SHOWN)
            .filter_map(|(cycle, sweep)| of(sweep).map(|ohm| (f64::from(cycle), ohm)));
        Series::new(name, Ink::Series(number), Marks::Dots(points.collect()))
    };
    let series = vec![
        dots("off (HRS)", 0, |sweep| sweep.off_ohm),
        dots("on (LRS)", 1, |sweep| sweep.on_ohm),
    ];
    let cycles = Axis::linear("cycle", 0.0, sweeps.len() as f64);
    let ohms = Axis::logarithmic("resistance (\u{3A9})", 1e3, 1e10);
    let title = "Fig. 2d: resistances at 0.12 V over the sweeps";
    Figure::single(title, Panel::new("", cycles, ohms, series).with_legend(Corner::UpperRight))
}

fn both_sides(name: String, number: usize, run: &Limited) -> Series {
    Series::new(name, Ink::Series(number), Marks::Line(magnitudes(&run.readings)))
}

/// Sweeps at several limits of the current.
pub fn limits(runs: &[Limited]) -> Figure {
    let series = runs.iter().enumerate().map(|(number, run)| {
        both_sides(render::engineering(run.limit_a, "A").replace('u', "\u{B5}"), number, run)
    });
    let volts = Axis::linear(VOLTAGE, -0.3, 0.3);
    let panel = Panel::new("", volts, current(1e-2), series.collect());
    let title = "Fig. 2e: sweeps at four limits of the current";
    Figure::single(title, panel.with_legend(Corner::UpperMiddle))
}

/// A sweep without a limit.
pub fn no_limit(run: &Limited) -> Figure {
    let series = vec![both_sides("no limit".to_owned(), 0, run)];
    let panel = Panel::new("", Axis::linear(VOLTAGE, -0.3, 0.3), current(1e-2), series);
    Figure::single("Fig. 2f: sweep without a limit of the current", panel)
}

/// Mean and standard deviation over ten sweeps of each device.
pub fn devices(devices: &[Vec<Sweep>]) -> Figure {
    let intervals = |name: &str, number, of: fn(&Sweep) -> Option<f64>| {
        let points = (1..).zip(devices).filter_map(|(device, sweeps)| {
            let volts = variation::statistics(sweeps, of)?;
            Some((f64::from(device), volts.mean, volts.deviation.unwrap_or(0.0)))
        });
        Series::new(name, Ink::Series(number), Marks::Intervals(points.collect()))
    };
    let series = vec![
        intervals("threshold", 0, Sweep::threshold_v),
        intervals("hold voltage", 1, |sweep| sweep.hold_v),
    ];
    let numbers = Axis::linear("device", 0.0, 1.0 + devices.len() as f64);
    let panel = Panel::new("", numbers, Axis::linear(VOLTAGE, 0.05, 0.25), series);
    let title = "Fig. 2g: ten sweeps of each of 30 devices";
    Figure::single(title, panel.with_legend(Corner::UpperRight))
}
