//! Figs. 2h and 2i.

use memspike_plot::{Axis, Corner, Figure, Ink, Marks, Panel, Series};
use memspike_report as report;

use crate::{pulses::Cycle, scale::Scale};

use super::scaled;

/// How much of the time before and after the pulse's edge the second panel shows (ns).
const INSET_NS: (f64, f64) = (-20.0, 80.0);

/// Voltage and current over the pulse, and the delay at its edge.
pub fn turn_on(
    scale: &Scale,
    [volts, amperes]: [&[(f64, f64)]; 2],
    turn_on_s: Option<f64>,
    delay_s: Option<f64>,
) -> Figure {
    let edge_s = turn_on_s.zip(delay_s).map_or(0.0, |(turn_on, delay)| turn_on - delay);
    let peak_ma = 1e3 * amperes.iter().map(|point| point.1).fold(0.0, f64::max);
    // As many times as long as the delay is longer.
    let longer = delay_s.map_or(1.0, |s| (s / 20e-9).max(1.0));
    let inset_ns = (INSET_NS.0 * longer, INSET_NS.1 * longer);
    let inset = |curve: &[(f64, f64)], per_y| {
        let shifted: Vec<(f64, f64)> = curve.iter().map(|&(s, y)| (s - edge_s, y)).collect();
        clip(&scaled(&shifted, 1e9, per_y), inset_ns)
    };
    let panel = |title: &str, time: Axis, label: &str, top: f64, ink, curve| {
        let series = vec![Series::new(label, ink, Marks::Line(curve))];
        Panel::new(title, time, Axis::linear(label, 0.0, top), series)
    };
    let (volt, ampere) = (Ink::Series(0), Ink::Series(1));
    let whole = || Axis::linear("time (\u{B5}s)", 0.0, 5.0 * f64::from(scale.pulse));
    let edge = || Axis::linear("time after the edge (ns)", inset_ns.0, inset_ns.1);
    let delay = delay_s.map_or("none".to_owned(), |s| format!("turn-on after {:.1} ns", 1e9 * s));
    let (v, i) = ("voltage (V)", "current (mA)");
    let panels = vec![
        panel("pulse", whole(), v, 1.6 * scale.volt, volt, scaled(volts, 1e6, 1.0)),
        panel("its edge", edge(), v, 1.6 * scale.volt, volt, inset(volts, 1.0)),
        panel("current", whole(), i, 1.1 * peak_ma, ampere, scaled(amperes, 1e6, 1e3)),
        panel(&delay, edge(), i, 1.1 * peak_ma, ampere, inset(amperes, 1e3)),
    ];
    let [pulse, read] = [1.5, 0.2].map(|volt| report::engineering(volt * scale.volt, "V"));
    Figure::grid(format!("Fig. 2h: turn-on under a pulse of {pulse}, read at {read}"), 2, panels)
}

/// The part of a curve between two places, with its values there.
fn clip(curve: &[(f64, f64)], (low, high): (f64, f64)) -> Vec<(f64, f64)> {
    let at = |x: f64| {
        let after = curve.partition_point(|point| point.0 <= x).clamp(1, curve.len() - 1);
        let ((x0, y0), (x1, y1)) = (curve[after - 1], curve[after]);
        let part = if x1 > x0 { ((x - x0) / (x1 - x0)).clamp(0.0, 1.0) } else { 1.0 };
        (x, y0 + part * (y1 - y0))
    };
    if curve.len() < 2 {
        return curve.to_vec();
    }
    let within = curve.iter().filter(|point| low < point.0 && point.0 < high);
    std::iter::once(at(low)).chain(within.copied()).chain([at(high)]).collect()
}

/// Resistance at the end of set and read pulses.
pub fn endurance(cycles: &[Cycle]) -> Figure {
    let points = |ohm: fn(&Cycle) -> f64| {
        Marks::Dots(cycles.iter().map(|cycle| (cycle.number as f64, ohm(cycle))).collect())
    };
    let series = vec![
        Series::new("read", Ink::Series(0), points(|cycle| cycle.read_ohm)),
        Series::new("set", Ink::Series(1), points(|cycle| cycle.set_ohm)),
    ];
    let last = cycles.last().map_or(1.0, |cycle| cycle.number as f64);
    let panel = Panel::new(
        "",
        Axis::logarithmic("cycle", 1.0, last.max(1e5)),
        Axis::logarithmic("resistance (\u{3A9})", 1e1, 1e10),
        series,
    );
    let title = "Fig. 2i: resistance over set and read cycles";
    Figure::single(title, panel.with_legend(Corner::UpperRight))
}
