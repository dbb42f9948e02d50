//! Source functions as ngspice reads them: its edges take time.

use memspike_circuit::{Pulse, RepeatedPwl, Staircase, Stimulus};
use memspike_device::NoSpiceForm;

/// Longest and shortest edge that stands for a jump (s).
const LONGEST_EDGE_S: f64 = 1e-9;
const SHORTEST_EDGE_S: f64 = 1e-15;

/// The edge that stands for a jump, where `span_s` is the time to the next corner: it begins when
/// the jump happens.
fn edge(span_s: f64) -> f64 {
    (1e-6 * span_s).clamp(SHORTEST_EDGE_S, LONGEST_EDGE_S)
}

/// Levels of a sweep that are written, two points each.
const MOST_LEVELS: u64 = 1_000_000;

/// Whether SPICE has such a source.
pub(crate) fn writable(stimulus: &Stimulus) -> Result<(), NoSpiceForm> {
    match stimulus {
        Stimulus::Staircase(sweep) if sweep.levels() > MOST_LEVELS => {
            Err(NoSpiceForm("its sweep has more than a million levels: shorten it"))
        }
        Stimulus::Spikes(_) => Err(NoSpiceForm(
            "SPICE has no source that follows spikes: put a PULSE or PWL into the place of SPIKE",
        )),
        Stimulus::Levels(_) => Err(NoSpiceForm(
            "it follows a net, and digital parts are not written: put a source into its place",
        )),
        _ => Ok(()),
    }
}

/// The function as on a source's card. One that is not [`writable`] is written as it rests.
pub(crate) fn text(stimulus: &Stimulus) -> String {
    match stimulus {
        Stimulus::Dc(value) => format!("dc {value:e}"),
        Stimulus::Pulse(pulse) => train(pulse),
        Stimulus::Pwl(points) => line(points),
        Stimulus::RepeatedPwl(pwl) => repeated(pwl),
        Stimulus::Exponential(e) => format!(
            "exp({:e} {:e} {:e} {:e} {:e} {:e})",
            e.from, e.to, e.rise_s, e.rise_tau_s, e.fall_s, e.fall_tau_s
        ),
        Stimulus::Staircase(staircase) => line(&jumps(staircase)),
        Stimulus::Spikes(driver) => format!("dc {:e}", driver.low),
        Stimulus::Levels(driver) => format!("dc {:e}", driver.low),
        Stimulus::Sine(sine) => format!(
            "sin({:e} {:e} {:e} {:e} {:e} {:e})",
            sine.offset,
            sine.amplitude,
            sine.frequency_hz,
            sine.delay_s,
            sine.damping_per_s,
            sine.phase_rad.to_degrees()
        ),
    }
}

/// A pulse with the integral of the one meant: where the rise took time from the top, the top
/// ends with the fall's beginning, and the fall takes as much from the time after it.
fn train(pulse: &Pulse) -> String {
    let &Pulse { low, high, delay_s, rise_s, fall_s, width_s, period_s, count } = pulse;
    let whole = rise_s + width_s + fall_s;
    if count == Some(0) || whole <= 0.0 {
        return format!("dc {low:e}");
    }
    let tiny = edge(whole);
    let rise = if rise_s > 0.0 { rise_s } else { tiny };
    let mut top = width_s - (rise - rise_s);
    let fall = if fall_s > 0.0 { fall_s } else { tiny };
    // ngspice takes a width of zero for the rest of the run.
    let least = SHORTEST_EDGE_S.max(1e-12 * whole);
    if period_s.is_finite() && whole <= period_s {
        top = top.min(period_s - rise - fall);
    }
    top = top.max(least);
    let shape = format!("{low:e} {high:e} {delay_s:e} {rise:e} {fall:e} {top:e}");
    match count {
        _ if !period_s.is_finite() => format!("pulse({shape})"),
        Some(count) => format!("pulse({shape} {period_s:e} {count})"),
        None => format!("pulse({shape} {period_s:e})"),
    }
}

/// The levels as points of a line: two at each jump.
fn jumps(staircase: &Staircase) -> Vec<(f64, f64)> {
    let mut points = vec![(0.0, staircase.level(0))];
    for number in 1..staircase.levels() {
        let at_s = staircase.start_s(number);
        points.push((at_s, staircase.level(number - 1)));
        points.push((at_s, staircase.level(number)));
    }
    points
}

/// Its jumps lie where [`line()`] puts them, so that the point to go back to is still there: where it jumps, the
/// lower end of the jump.
fn repeated(pwl: &RepeatedPwl) -> String {
    let lines = line(&pwl.points);
    format!("{lines} r={:e} td={:e}", pwl.from_s, pwl.delay_s)
}

fn line(points: &[(f64, f64)]) -> String {
    let Some(&(first_s, first)) = points.first() else { return "dc 0".to_owned() };
    let mut corners = Vec::with_capacity(points.len() + 1);
    if first_s > 0.0 || points.len() == 1 {
        corners.push((0.0, first));
    }
    for (index, &(at_s, value)) in points.iter().enumerate() {
        let jump = index > 0 && points[index - 1].0 == at_s;
        let next = points.get(index + 1).map_or(f64::INFINITY, |next| next.0 - at_s);
        // Rounded to the time before it, an edge would be no edge.
        let least = at_s * f64::EPSILON * 4.0;
        corners.push((if jump { at_s + edge(next).max(least) } else { at_s }, value));
    }
    corners.dedup_by_key(|corner| corner.0);
    if corners.len() == 1 {
        return format!("dc {first:e}");
    }
    let pairs: Vec<String> = corners.iter().map(|(s, value)| format!("{s:e} {value:e}")).collect();
    format!("pwl({})", pairs.join(" "))
}
