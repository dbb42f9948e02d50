//! Figs. 2a to 2g.

use memspike_plot::{Axis, Corner, Figure, Ink, Marks, Panel, Series};

use memspike_report as report;

use crate::{
    scale::{STEP_V, Scale},
    smu::{Reading, Sweep},
    statistics,
    sweeps::Limited,
    variation,
};

const VOLTAGE: &str = "voltage (V)";

/// Of so many sweeps, Fig. 2d shows one.
const SHOWN: usize = 8;

/// What an instrument shows: the magnitude of the current, on a logarithmic axis.
fn magnitudes(readings: &[Reading]) -> Vec<(f64, f64)> {
    readings.iter().map(|reading| (reading.volt, reading.ampere.abs())).collect()
}

fn current(scale: &Scale, most_a: f64) -> Axis {
    Axis::logarithmic("current (A)", 1e-11 * scale.ampere, most_a * scale.ampere)
}

/// Voltages of sweeps to one side, as parts of 1 V for the paper's device.
fn volts(scale: &Scale, from: f64, to: f64) -> Axis {
    Axis::linear(VOLTAGE, from * scale.volt, to * scale.volt)
}

fn limit(scale: &Scale) -> String {
    report::engineering(10e-6 * scale.ampere, "A").replace('u', "\u{B5}")
}

/// Sweeps of one device that varies, and the sweep of a typical one.
pub fn many(scale: &Scale, shown: &[Vec<Reading>], typical: &[Reading], sweeps: usize) -> Figure {
    let mut series: Vec<Series> = shown
        .iter()
        .enumerate()
        .map(|(number, readings)| {
            let marks = Marks::Hairline(magnitudes(readings));
            Series::new(format!("sweep {}", 16 * number + 1), Ink::Series(5), marks)
        })
        .collect();
    let positive: Vec<Reading> =
        typical.iter().copied().take_while(|reading| reading.volt > -1e-9).collect();
    series.push(Series::new("typical", Ink::Series(0), Marks::Line(magnitudes(&positive))));
    let panel = Panel::new("", volts(scale, 0.0, 0.3), current(scale, 1e-4), series);
    Figure::single(format!("Fig. 2a: {sweeps} sweeps at a limit of {}", limit(scale)), panel)
}

/// The sweep of a typical device around its threshold, and the slope that is read of it.
pub fn slope(scale: &Scale, typical: &[Reading], sweep: &Sweep) -> Figure {
    let most = typical.iter().map(|reading| reading.volt).fold(0.0, f64::max);
    let up = typical.iter().position(|reading| reading.volt >= most).map_or(0, |at| at + 1);
    let threshold = sweep.threshold_v().unwrap_or(0.17 * scale.volt);
    let reach = 6.5 * STEP_V * scale.volt;
    let near: Vec<Reading> = typical[..up]
        .iter()
        .copied()
        .filter(|reading| (reading.volt - threshold).abs() < reach)
        .collect();
    let mut series = vec![
        Series::new("on the way up", Ink::Series(0), Marks::Line(magnitudes(&near))),
        Series::new("readings", Ink::Series(0), Marks::Dots(magnitudes(&near))),
    ];
    if let (Some(turn_on), Some(slope)) = (sweep.turn_on, sweep.slope()) {
        let name = format!("{:.2} mV/decade", 1e3 * slope);
        series.push(Series::new(name, Ink::Series(1), Marks::Line(magnitudes(&turn_on))));
    }
    let axis = Axis::linear(VOLTAGE, (threshold - reach).max(0.0), threshold + reach);
    let panel = Panel::new("", axis, current(scale, 1e-4), series);
    let title = "Fig. 2b: switching slope of a typical device";
    Figure::single(title, panel.with_legend(Corner::UpperLeft))
}

/// Thresholds and hold voltages of the sweeps.
pub fn histogram(scale: &Scale, sweeps: &[Sweep]) -> Figure {
    let step_v = STEP_V * scale.volt;
    let bars = |name: &str, number, of: fn(&Sweep) -> Option<f64>| {
        let volts: Vec<f64> = sweeps.iter().filter_map(of).collect();
        let points = statistics::histogram(&volts, step_v);
        Series::new(name, Ink::Series(number), Marks::Bars { width: 0.9 * step_v, points })
    };
    let series = vec![
        bars("hold voltage", 1, |sweep| sweep.hold_v),
        bars("threshold", 0, Sweep::threshold_v),
    ];
    let most = series.iter().flat_map(highest).fold(1.0, f64::max);
    let counts = Axis::linear("sweeps", 0.0, 1.1 * most);
    let panel = Panel::new("", volts_from_zero(scale), counts, series);
    let title = "Fig. 2c: threshold and hold voltages of the sweeps";
    Figure::single(title, panel.with_legend(Corner::UpperRight))
}

fn volts_from_zero(scale: &Scale) -> Axis {
    volts(scale, if *scale == Scale::PAPER { 0.06 } else { 0.0 }, 0.22)
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
    let title = "Fig. 2d: resistances between hold and threshold over the sweeps";
    Figure::single(title, Panel::new("", cycles, ohms, series).with_legend(Corner::UpperRight))
}

fn both_sides(name: String, number: usize, run: &Limited) -> Series {
    Series::new(name, Ink::Series(number), Marks::Line(magnitudes(&run.readings)))
}

/// Sweeps at several limits of the current.
pub fn limits(scale: &Scale, runs: &[Limited]) -> Figure {
    let series = runs.iter().enumerate().map(|(number, run)| {
        both_sides(
            report::engineering(run.limit_a * scale.ampere, "A").replace('u', "\u{B5}"),
            number,
            run,
        )
    });
    let panel = Panel::new("", volts(scale, -0.3, 0.3), current(scale, 1e-2), series.collect());
    let title = "Fig. 2e: sweeps at four limits of the current";
    Figure::single(title, panel.with_legend(Corner::UpperMiddle))
}

/// A sweep without a limit.
pub fn no_limit(scale: &Scale, run: &Limited) -> Figure {
    let series = vec![both_sides("no limit".to_owned(), 0, run)];
    let panel = Panel::new("", volts(scale, -0.3, 0.3), current(scale, 1e-2), series);
    Figure::single("Fig. 2f: sweep without a limit of the current", panel)
}

/// Mean and standard deviation over ten sweeps of each device.
pub fn devices(scale: &Scale, devices: &[Vec<Sweep>]) -> Figure {
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
    let panel = Panel::new("", numbers, volts(scale, 0.0, 0.25), series);
    let title = "Fig. 2g: ten sweeps of each of 30 devices";
    Figure::single(title, panel.with_legend(Corner::UpperRight))
}
