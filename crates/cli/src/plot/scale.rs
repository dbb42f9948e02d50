//! Numbers as an axis shows them: of a size that people read.

use memspike_plot::Axis;
use memspike_report::{exact, prefix};

/// A part of a number's size: if all numbers of an axis are closer, their distance from the least is shown.
const CLOSE: f64 = 1e-3;

/// Room of an axis below and above what is drawn, as a part of that.
const ROOM: f64 = 0.06;

/// A multiple of a unit, and what is zero on the axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    base: f64,
    size: f64,
    label: String,
}

impl Scale {
    /// Of numbers in `unit` between two, called `name`.
    pub fn of([low, high]: [f64; 2], name: &str, unit: &str) -> Self {
        let (greatest, span) = (low.abs().max(high.abs()), high - low);
        let is_close = span > 0.0 && span < CLOSE * greatest;
        let (base, shown) = if is_close { (low, span) } else { (0.0, greatest) };
        // Seconds have no multiples.
        let shown = if unit == "s" { shown.min(1.0) } else { shown };
        // A sampled peak is a last digit below the number that people gave.
        let (prefix, size) = prefix((shown * (1.0 + CLOSE)).min(f64::MAX));
        let multiple = match (unit, size) {
            ("", 1.0) => String::new(),
            ("", size) => format!(" ({size:e})"),
            (unit, _) => format!(" ({prefix}{unit})"),
        };
        let less = match is_close {
            true => format!(" \u{2212} {}", exact(base, unit).trim_end()),
            false => String::new(),
        };
        Self { base, size, label: format!("{name}{less}{multiple}") }
    }

    /// As they are.
    pub fn plain(name: &str, unit: &str) -> Self {
        let unit = if unit.is_empty() { String::new() } else { format!(" ({unit})") };
        Self { base: 0.0, size: 1.0, label: format!("{name}{unit}") }
    }

    /// Where a number stands.
    pub fn place(&self, value: f64) -> f64 {
        (value - self.base) / self.size
    }

    /// The axis from one number to another.
    pub fn axis(&self, [low, high]: [f64; 2]) -> Axis {
        Axis::linear(&self.label, self.place(low), self.place(high))
    }

    /// Two ends with room beyond them; around numbers that are all the same it is as much as they are large.
    pub fn roomy(&self, [low, high]: [f64; 2]) -> [f64; 2] {
        // Halves, because the whole span of the largest numbers is none.
        let room = match 0.5 * high - 0.5 * low {
            0.0 if high == 0.0 => self.size,
            0.0 => 0.5 * high.abs(),
            half => 2.0 * ROOM * half,
        };
        [(low - room).max(-f64::MAX), (high + room).min(f64::MAX)]
    }
}

/// The least and the greatest number; none of those that are no numbers count.
pub fn ends(values: impl Iterator<Item = f64>) -> [f64; 2] {
    let mut ends = [f64::INFINITY, f64::NEG_INFINITY];
    for value in values.filter(|value| value.is_finite()) {
        ends = [ends[0].min(value), ends[1].max(value)];
    }
    if ends[0] <= ends[1] { ends } else { [0.0, 0.0] }
}

/// On an axis that reaches so many times as far as a curve, nobody sees what the curve does.
const FLAT: f64 = 100.0;

/// What reaches a smaller part of the largest curve is what rounding left of zero.
const ROUNDING: f64 = 1e-12;

/// Curves that share an axis: so many colours are told apart.
const TOGETHER: usize = 6;

/// Curves in groups that share an axis: none reaches less than a hundredth as far from zero as another. What is zero but for
/// rounding is with the largest. In a table, which is `plain`, nothing is flat. Groups and what is in them keep the order of the curves.
pub fn shared<'c, C>(
    curves: impl Iterator<Item = &'c C>,
    points: fn(&C) -> &[(f64, f64)],
    plain: bool,
) -> Vec<Vec<&'c C>> {
    let curves: Vec<&C> = curves.collect();
    let reaches = curves.iter().map(|curve| if plain { 1.0 } else { reach(points(curve)) });
    let groups = groups(&reaches.collect::<Vec<_>>());
    let together = groups.iter().flat_map(|group| group.chunks(TOGETHER));
    together.map(|some| some.iter().map(|at| curves[*at]).collect()).collect()
}

/// Positions of curves by group, from how far they reach.
fn groups(reaches: &[f64]) -> Vec<Vec<usize>> {
    let mut falling: Vec<usize> = (0..reaches.len()).collect();
    falling.sort_by(|a, b| reaches[*b].total_cmp(&reaches[*a]));
    let largest = falling.first().map_or(0.0, |at| reaches[*at]);
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut greatest = largest;
    for at in falling {
        let reach = reaches[at];
        match groups.len() {
            0 => groups.push(vec![at]),
            _ if reach <= ROUNDING * largest => groups[0].push(at),
            _ if reach * FLAT < greatest => {
                greatest = reach;
                groups.push(vec![at]);
            }
            last => groups[last - 1].push(at),
        }
    }
    groups.iter_mut().for_each(|group| group.sort_unstable());
    groups.sort_unstable();
    groups
}

/// How far from zero a curve reaches; what is not finite does not count.
fn reach(points: &[(f64, f64)]) -> f64 {
    ends(points.iter().map(|point| point.1)).into_iter().fold(0.0, |most, end| end.abs().max(most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_an_axis_are_between_one_and_a_thousand() {
        let cases: [([f64; 2], &str, &str, f64, f64); 7] = [
            ([0.0, 1e-3_f64.next_down()], "V", "x (mV)", 1e-3, 1.0),
            ([0.0, 0.05], "V", "x (mV)", 0.05, 50.0),
            ([-2e-9, 1e-9], "A", "x (nA)", 1e-9, 1.0),
            ([0.0, 5000.0], "s", "x (s)", 5000.0, 5000.0),
            ([0.0, 5000.0], "Hz", "x (kHz)", 5000.0, 5.0),
            ([0.0, 2e-12], "", "x (1e-12)", 2e-12, 2.0),
            ([0.0, 0.0], "V", "x (V)", 0.0, 0.0),
        ];
        for (ends, unit, label, value, place) in cases {
            let scale = Scale::of(ends, "x", unit);
            assert_eq!(scale.label, label);
            assert!((scale.place(value) - place).abs() <= 1e-12 * place, "{label}");
        }
    }

    #[test]
    fn the_largest_numbers_have_an_axis() {
        let ends = [-f64::MAX, f64::MAX];
        let scale = Scale::of(ends, "x", "");
        for end in scale.roomy(ends).into_iter().chain(scale.roomy([f64::MAX; 2])) {
            assert!(scale.place(end).is_finite(), "{end:e}");
        }
        let [low, high] = scale.roomy(ends).map(|end| scale.place(end));
        assert!((high - low).is_finite() && low < scale.place(-1.7e308));
    }

    #[test]
    fn a_ripple_on_a_large_number_is_shown_from_its_foot_on() {
        let scale = Scale::of([0.8, 0.8 + 2e-9], "voltage", "V");
        assert_eq!(scale.label, "voltage \u{2212} 800 mV (nV)");
        assert!((scale.place(0.8 + 2e-9) - 2.0).abs() < 1e-6);
    }

    #[test]
    fn what_is_no_number_has_no_part_in_the_ends() {
        assert_eq!(ends([f64::NAN, 2.0, f64::INFINITY, -1.0].into_iter()), [-1.0, 2.0]);
        assert_eq!(ends([f64::NAN].into_iter()), [0.0, 0.0]);
    }

    #[test]
    fn curves_share_an_axis_if_none_would_be_flat_on_it() {
        assert_eq!(groups(&[1.0, 0.01, 5.0]), [vec![0, 2], vec![1]]);
        assert_eq!(groups(&[0.01, 1.0]), [[0, 1]]);
        assert_eq!(groups(&[1e-6, 0.0, 1.0, 2e-6]), [vec![0, 3], vec![1, 2]]);
        assert_eq!(groups(&[0.0, 0.0]), [[0, 1]]);
        assert_eq!(groups(&[1e-17, 2.0, 1e-13]), [[0, 1, 2]]);
        assert_eq!(groups(&[f64::MAX, 5e-324, 1.0]), [[0, 1, 2]]);
        assert_eq!(groups(&[]), Vec::<Vec<usize>>::new());
        let line = vec![(0.0, 1.0)];
        let seven = [(); 7].map(|()| line.clone());
        let sizes = |plain| {
            let flat = vec![(0.0, 1e-3)];
            let all = seven.iter().chain([&flat]);
            shared(all, |points: &Vec<_>| points, plain).iter().map(Vec::len).collect::<Vec<_>>()
        };
        assert_eq!((sizes(false), sizes(true)), (vec![6, 1, 1], vec![6, 2]));
        assert_eq!(reach(&[(0.0, -2.0), (1.0, f64::NAN), (2.0, f64::INFINITY)]), 2.0);
        assert_eq!(reach(&[]), 0.0);
    }
}
