//! Values of sources, and where they have corners.

use memspike_circuit::Stimulus;

/// Value at `t` of the piece of the source that is in force at `inside`.
pub fn source(stimulus: &Stimulus, inside: f64, t: f64) -> f64 {
    let line = |(t0, v0): (f64, f64), (t1, v1): (f64, f64)| v0 + (v1 - v0) * (t - t0) / (t1 - t0);
    match stimulus {
        Stimulus::Dc(v) => *v,
        Stimulus::Sine(s) => {
            let t = if inside < s.delay_s { 0.0 } else { t - s.delay_s };
            let angle = std::f64::consts::TAU * s.frequency_hz * t + s.phase_rad;
            s.offset + s.amplitude * (-s.damping_per_s * t).exp() * angle.sin()
        }
        Stimulus::Pwl(points) => {
            let after = points.iter().position(|p| p.0 > inside);
            match after {
                Some(0) => points[0].1,
                Some(k) => line(points[k - 1], points[k]),
                None => points[points.len() - 1].1,
            }
        }
        Stimulus::RepeatedPwl(_)
        | Stimulus::Exponential(_)
        | Stimulus::Staircase(_)
        | Stimulus::Levels(_)
        | Stimulus::Spikes(_) => unreachable!("recipes have no such source"),
        Stimulus::Pulse(p) => {
            let number = ((inside - p.delay_s) / p.period_s).floor();
            if number < 0.0 || p.count.is_some_and(|count| number >= count as f64) {
                return p.low;
            }
            let start = p.delay_s + number * p.period_s;
            let (a, b) = (start + p.rise_s, start + p.rise_s + p.width_s);
            let c = b + p.fall_s;
            if inside < a {
                line((start, p.low), (a, p.high))
            } else if inside < b {
                p.high
            } else if inside < c {
                line((b, p.high), (c, p.low))
            } else {
                p.low
            }
        }
    }
}

pub fn corners(stimulus: &Stimulus, until: f64, out: &mut Vec<f64>) {
    match stimulus {
        Stimulus::Dc(_)
        | Stimulus::RepeatedPwl(_)
        | Stimulus::Exponential(_)
        | Stimulus::Staircase(_)
        | Stimulus::Levels(_)
        | Stimulus::Spikes(_) => {}
        Stimulus::Sine(s) => out.push(s.delay_s),
        Stimulus::Pwl(points) => out.extend(points.iter().map(|p| p.0)),
        Stimulus::Pulse(p) => {
            let mut start = p.delay_s;
            let mut number = 0;
            while start < until && p.count.is_none_or(|count| number <= count) {
                let b = start + p.rise_s;
                out.extend([start, b, b + p.width_s, b + p.width_s + p.fall_s]);
                number += 1;
                start = p.delay_s + number as f64 * p.period_s;
            }
        }
    }
}
