//! Axes: a range, its form, and where its ticks stand.

use std::ops::Range;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};

/// One axis of a panel.
#[derive(Debug, Clone)]
pub struct Axis {
    pub(crate) label: String,
    pub(crate) low: f64,
    pub(crate) high: f64,
    form: Form,
}

#[derive(Debug, Clone)]
enum Form {
    Linear,
    Logarithmic,
    /// Whole numbers, each with a name.
    Named(Vec<String>),
}

/// Ticks on a linear axis, about.
const LINEAR_TICKS: f64 = 6.0;

/// Decades that all have a label; of more, every second or third has one.
const LABELLED_DECADES: i32 = 7;

impl Axis {
    /// From `low` to `high`; an empty range is widened.
    #[must_use]
    pub fn linear(label: impl Into<String>, low: f64, high: f64) -> Self {
        let high = if high > low { high } else { low + 1.0 };
        Self { label: label.into(), low, high, form: Form::Linear }
    }

    /// From `low` to `high`, both above zero, by their logarithms; an empty range is widened.
    #[must_use]
    pub fn logarithmic(label: impl Into<String>, low: f64, high: f64) -> Self {
        let low = low.max(f64::MIN_POSITIVE);
        let high = if high > low { high } else { 10.0 * low };
        Self { label: label.into(), low, high, form: Form::Logarithmic }
    }

    /// A place for each name, at 0, 1, 2, ...
    #[must_use]
    pub fn named(label: impl Into<String>, names: Vec<String>) -> Self {
        let high = names.len() as f64 - 0.5;
        Self { label: label.into(), low: -0.5, high, form: Form::Named(names) }
    }

    /// The names of its places, if it has any.
    pub(crate) fn names(&self) -> &[String] {
        match &self.form {
            Form::Named(names) => names,
            Form::Linear | Form::Logarithmic => &[],
        }
    }

    /// Whether the axis has a place for a value.
    pub(crate) fn has(&self, value: f64) -> bool {
        value.is_finite() && (value > 0.0 || !matches!(self.form, Form::Logarithmic))
    }

    /// Where a value stands, 0 at the low end and 1 at the high one, which are not left.
    fn fraction(&self, value: f64) -> f64 {
        let value = value.clamp(self.low, self.high);
        match self.form {
            Form::Logarithmic => (value / self.low).ln() / (self.high / self.low).ln(),
            Form::Linear | Form::Named(_) => (value - self.low) / (self.high - self.low),
        }
    }

    fn ticks(&self) -> Vec<f64> {
        match &self.form {
            Form::Linear => {
                let step = self.step();
                let first = (self.low / step - 1e-9).ceil() as i64;
                let last = (self.high / step + 1e-9).floor() as i64;
                (first..=last).map(|k| k as f64 * step).collect()
            }
            Form::Logarithmic => {
                let first = (self.low.log10() - 1e-9).ceil() as i32;
                let last = (self.high.log10() + 1e-9).floor() as i32;
                let stride = (last - first) / LABELLED_DECADES + 1;
                (first..=last).filter(|k| k % stride == 0).map(|k| 10f64.powi(k)).collect()
            }
            Form::Named(names) => (0..names.len()).map(|k| k as f64).collect(),
        }
    }

    /// 1, 2 or 5 times a power of ten.
    fn step(&self) -> f64 {
        let rough = (self.high - self.low) / LINEAR_TICKS;
        let power = 10f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0].into_iter().find(|step| step * power >= 0.999 * rough);
        step.unwrap_or(10.0) * power
    }

    /// What stands beside a tick.
    pub(crate) fn tick(&self, value: f64) -> String {
        match &self.form {
            Form::Linear => {
                let decimals = (-self.step().log10().floor()).clamp(0.0, 12.0) as usize;
                // No minus sign before a zero.
                format!("{:.decimals$}", value + 0.0).replace('-', "\u{2212}")
            }
            Form::Logarithmic => power_of_ten(value.log10().round() as i32),
            Form::Named(names) => names.get(value.round() as usize).cloned().unwrap_or_default(),
        }
    }
}

/// `10⁻⁹`, but `1` and `10` as they are.
fn power_of_ten(exponent: i32) -> String {
    match exponent {
        0 => return "1".to_owned(),
        1 => return "10".to_owned(),
        _ => {}
    }
    let raised = |digit: char| match digit {
        '-' => '\u{207B}',
        '1' => '\u{B9}',
        '2' => '\u{B2}',
        '3' => '\u{B3}',
        digit => char::from_u32(0x2070 + digit.to_digit(10).unwrap_or(0)).unwrap_or(digit),
    };
    format!("10{}", exponent.to_string().chars().map(raised).collect::<String>())
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        let length = f64::from(limit.1 - limit.0);
        limit.0 + (self.fraction(*value) * length).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _hint: Hint) -> Vec<f64> {
        self.ticks()
    }

    fn range(&self) -> Range<f64> {
        self.low..self.high
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, value: &f64) -> String {
        self.tick(*value)
    }
}

#[cfg(test)]
mod tests {
    use super::Axis;

    fn labels(axis: &Axis) -> Vec<String> {
        axis.ticks().into_iter().map(|tick| axis.tick(tick)).collect()
    }

    #[test]
    fn ticks_of_a_linear_axis_are_round_numbers_within_it() {
        let axis = Axis::linear("V", -0.3, 0.3);
        let expected = ["\u{2212}0.3", "\u{2212}0.2", "\u{2212}0.1", "0.0", "0.1", "0.2", "0.3"];
        assert_eq!(labels(&axis), expected);
        assert_eq!(labels(&Axis::linear("ms", 0.0, 100.0)), ["0", "20", "40", "60", "80", "100"]);
    }

    #[test]
    fn ticks_of_a_logarithmic_axis_are_powers_of_ten() {
        let axis = Axis::logarithmic("A", 1e-10, 1e-4);
        assert_eq!(labels(&axis).join(" "), "10⁻¹⁰ 10⁻⁹ 10⁻⁸ 10⁻⁷ 10⁻⁶ 10⁻⁵ 10⁻⁴");
        assert_eq!(labels(&Axis::logarithmic("n", 0.5, 2e2)).join(" "), "1 10 10²");
    }

    #[test]
    fn a_logarithmic_axis_gives_each_decade_the_same_length() {
        let axis = Axis::logarithmic("A", 1e-10, 1e-4);
        for (value, fraction) in [(1e-10, 0.0), (1e-7, 0.5), (1e-4, 1.0), (1e-20, 0.0)] {
            assert!((axis.fraction(value) - fraction).abs() < 1e-12, "{value}");
        }
        assert!(axis.has(1e-20) && !axis.has(0.0) && !axis.has(f64::NAN));
    }
}
