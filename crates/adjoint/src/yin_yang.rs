//! The Yin-Yang data set (Kriener, Goeltz and Petrovici, NICE 2022, doi 10.1145/3517343.3517380), from a seed.
//!
//! Points of a disc that the sign of yin and yang divides: the halves are two classes, its two dots the third. As many points are
//! drawn of each class.

use memspike_random::{Draws, Owner};
use memspike_time::FS;
use rand::RngExt as _;

use crate::{Sample, Samples, Spike};

/// Radius of the disc around (0.5, 0.5), and of a dot.
const DISC: f64 = 0.5;
const DOT: f64 = 0.1;

/// How points become spikes: the inputs `x`, `y`, `1 - x`, `1 - y` spike the later, the greater their value; a fifth spikes always at one
/// instant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct YinYang {
    /// The instant of 0 (s).
    pub early_s: f64,
    /// The instant of 1 (s).
    pub late_s: f64,
    /// The instant of the fifth input (s).
    pub bias_s: f64,
}

impl Default for YinYang {
    /// From a tenth of a time constant of the paper's neuron to two.
    fn default() -> Self {
        Self { early_s: 4.7e-3, late_s: 94e-3, bias_s: 4.7e-3 }
    }
}

impl YinYang {
    /// Inputs that have a value, and all of them.
    pub const VALUES: usize = 4;
    /// All inputs.
    pub const INPUTS: usize = 5;
    /// Yin, yang and dots.
    pub const CLASSES: usize = 3;
    /// How long a point is shown (s): four time constants of the paper's neuron.
    pub const UNTIL_S: f64 = 0.188;

    /// So many samples of a part, such as `training`: parts and seeds draw different points.
    #[must_use]
    pub fn samples(&self, seed: u64, part: &str, count: usize) -> Samples {
        let draws = Draws::new(seed, Owner::Samples(part));
        let samples = (0..count).map(|number| {
            let label = number % Self::CLASSES;
            let point = point(&draws, number as u64, label);
            Sample { spikes: self.spikes(point), label: label as u32 }
        });
        let samples = samples.collect();
        Samples { inputs: Self::INPUTS, classes: Self::CLASSES, samples, merged: 0 }
    }

    /// The spikes of a point, in the order of time.
    fn spikes(&self, [x, y]: [f64; 2]) -> Vec<Spike> {
        let value = |value: f64| self.early_s + (self.late_s - self.early_s) * value;
        let instants = [value(x), value(y), value(1.0 - x), value(1.0 - y), self.bias_s];
        let on_tick = instants.map(|at_s| (at_s * FS).round() / FS);
        let mut spikes: Vec<Spike> =
            (0..).zip(on_tick).map(|(neuron, at_s)| Spike { at_s, neuron }).collect();
        spikes.sort_by(|a, b| a.at_s.total_cmp(&b.at_s));
        spikes
    }
}

/// The first point of a draw that is of a class.
fn point(draws: &Draws, number: u64, label: usize) -> [f64; 2] {
    let mut generator = draws.generator(number);
    loop {
        let point = [generator.random::<f64>(), generator.random::<f64>()];
        if distance(point, DISC) <= DISC && class(point) == label {
            return point;
        }
    }
}

/// From the point of this abscissa on the horizontal middle.
fn distance([x, y]: [f64; 2], centre: f64) -> f64 {
    (x - centre).hypot(y - DISC)
}

/// The class of a point of the disc: 0 has the head on the left and the upper half, 1 the rest, 2 are the dots.
fn class(point: [f64; 2]) -> usize {
    let [left, right] = [0.5 * DISC, 1.5 * DISC].map(|centre| distance(point, centre));
    let head = 0.5 * DISC;
    if left < DOT || right < DOT {
        2
    } else if left <= head || (point[1] > DISC && right > head) {
        0
    } else {
        1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sign's areas by elementary geometry: of the unit of its disc, two dots of a fifth of the radius have 2/25, and the halves share the rest
    /// equally.
    #[test]
    fn the_classes_have_the_areas_of_the_sign() {
        let steps = 2000;
        let mut areas = [0_u32; 3];
        for at in 0..steps * steps {
            let point = [at / steps, at % steps].map(|n| (f64::from(n) + 0.5) / f64::from(steps));
            if distance(point, DISC) <= DISC {
                areas[class(point)] += 1;
            }
        }
        let whole: u32 = areas.iter().sum();
        let parts = areas.map(|area| f64::from(area) / f64::from(whole));
        for (part, truth) in parts.into_iter().zip([0.46, 0.46, 0.08]) {
            assert!((part - truth).abs() < 1e-3, "{parts:?}");
        }
    }

    /// Turning the sign by half a turn makes yin of yang.
    #[test]
    fn half_a_turn_exchanges_yin_and_yang() {
        let samples = YinYang { early_s: 0.0, late_s: 1.0, bias_s: 2.0 }.samples(3, "turned", 3000);
        for sample in &samples.samples {
            let value = |neuron| {
                sample.spikes.iter().find(|spike| spike.neuron == neuron).map(|spike| spike.at_s)
            };
            let [x, y, turned_x, turned_y] = [0, 1, 2, 3].map(|n| value(n).expect("spikes once"));
            assert!((x + turned_x - 1.0).abs() < 2e-15 && (y + turned_y - 1.0).abs() < 2e-15);
            let turned = [1, 0, 2][sample.label as usize];
            assert_eq!(class([turned_x, turned_y]), turned, "{x} {y}");
        }
    }

    #[test]
    fn parts_and_seeds_have_no_point_in_common_and_every_class_as_often() {
        let code = YinYang { early_s: 0.0, late_s: 1.0, bias_s: 2.0 };
        let draw = |seed, part| code.samples(seed, part, 300);
        let sets = [draw(1, "training"), draw(1, "test"), draw(2, "training")];
        assert_eq!(sets[0], draw(1, "training"));
        for (at, set) in sets.iter().enumerate() {
            let counts =
                [0, 1, 2].map(|label| set.samples.iter().filter(|s| s.label == label).count());
            assert_eq!(counts, [100; 3]);
            for other in &sets[..at] {
                assert!(set.samples.iter().all(|sample| !other.samples.contains(sample)));
            }
        }
    }
}
