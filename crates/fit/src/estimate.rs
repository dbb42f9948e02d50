//! Estimates with standard deviations that the data themselves show.
//!
//! A reader who is told `value +- sigma` takes two sigma for 95 %. So where few points tell the
//! deviation, it is widened as Student's distribution is wider than the normal one.

/// A number and its standard deviation, in one unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Estimate {
    pub value: f64,
    pub sigma: f64,
}

/// A point of a line: positions of one group share an intercept of their own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Sample {
    pub group: usize,
    pub x: f64,
    pub y: f64,
}

/// Correlation of neighbouring residuals that is taken at most: beyond it, points say nothing new.
const MOST_CORRELATED: f64 = 0.95;

/// By how much a standard deviation from so many degrees of freedom is widened, so that twice it
/// covers 95.45 %: Student's distribution. From 5 on its standard deviation does, `sqrt(n / (n - 2))`,
/// within 2 %.
pub(crate) fn student(freedom: usize) -> f64 {
    match freedom {
        0 => f64::INFINITY,
        1 => 6.98,
        2 => 2.264,
        3 => 1.653,
        4 => 1.435,
        n => (n as f64 / (n as f64 - 2.0)).sqrt(),
    }
}

/// Mean and standard deviation of values; of a single one the latter is no number.
pub(crate) fn spread(values: &[f64]) -> Estimate {
    let count = values.len() as f64;
    let value = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|v| (v - value).powi(2)).sum();
    Estimate { value, sigma: (squares / (count - 1.0)).sqrt() }
}

/// The common slope of lines, one a group, each with an intercept of its own (an offset of the
/// instrument, or the current that charges a cable, whose sign is that of the ramp).
///
/// The deviation follows the residuals wherever they are larger (HC3: MacKinnon and White, J.
/// Econometrics 29, 305 (1985)), and is widened where neighbours deviate together, as they do on a curve.
pub(crate) fn slope(samples: &[Sample]) -> Option<Estimate> {
    let groups = 1 + samples.iter().map(|s| s.group).max()?;
    let mut sums = vec![(0.0, 0.0, 0.0); groups];
    for s in samples {
        let (count, x, y) = &mut sums[s.group];
        (*count, *x, *y) = (*count + 1.0, *x + s.x, *y + s.y);
    }
    // A single point says nothing about a slope, and neither does its residual.
    let used: Vec<&Sample> = samples.iter().filter(|s| sums[s.group].0 > 1.0).collect();
    let intercepts = sums.iter().filter(|(count, ..)| *count > 1.0).count();
    let centred: Vec<(f64, f64, f64)> = used
        .iter()
        .map(|s| {
            let (count, x, y) = sums[s.group];
            (s.x - x / count, s.y - y / count, count.recip())
        })
        .collect();
    regression(&centred, intercepts)
}

/// The factor of a proportion `y = b x`, with a deviation as that of [`slope`].
pub(crate) fn proportion(samples: impl Iterator<Item = (f64, f64)>) -> Option<Estimate> {
    let samples: Vec<(f64, f64, f64)> = samples.map(|(x, y)| (x, y, 0.0)).collect();
    regression(&samples, 0)
}

/// Regression of `y` on `x`, given `(x, y, leverage of the intercept)`, through the origin.
fn regression(samples: &[(f64, f64, f64)], intercepts: usize) -> Option<Estimate> {
    let squares: f64 = samples.iter().map(|(x, ..)| x * x).sum();
    let freedom = samples.len().checked_sub(intercepts + 1).filter(|n| *n > 0)?;
    let value = samples.iter().map(|(x, y, _)| x * y).sum::<f64>() / squares;
    let residual = |(x, y, _): &(f64, f64, f64)| y - value * x;
    let variance: f64 = samples
        .iter()
        .map(|sample| {
            let (x, _, own) = sample;
            // Of two points alone on their line each has all the leverage there is, and no residual.
            let left = (1.0 - own - x * x / squares).max(1.0 / samples.len() as f64);
            (x * residual(sample) / left).powi(2)
        })
        .sum::<f64>()
        / squares.powi(2);
    let all: f64 = samples.iter().map(|s| residual(s).powi(2)).sum();
    let neighbours: f64 = samples.windows(2).map(|w| residual(&w[0]) * residual(&w[1])).sum();
    // Of n independent residuals this is within 2 / sqrt(n) of zero.
    let chance = 2.0 / (samples.len() as f64).sqrt();
    let together = Some(neighbours / all).filter(|r| *r > chance).unwrap_or(0.0);
    let together = together.min(MOST_CORRELATED);
    let widened = ((1.0 + together) / (1.0 - together)).sqrt() * student(freedom);
    let estimate = Estimate { value, sigma: variance.sqrt() * widened };
    (estimate.value.is_finite() && estimate.sigma.is_finite()).then_some(estimate)
}

#[cfg(test)]
mod tests {
    use super::{Sample, proportion, slope, spread, student};

    #[test]
    fn twice_the_widened_deviation_is_the_quantile_of_student() {
        // Tables of t at 97.725 %: 13.97, 4.527, 3.307, 2.869, 2.649, 2.284, 2.140.
        let table = [(1, 13.97), (2, 4.527), (3, 3.307), (4, 2.869), (5, 2.649), (10, 2.284)];
        for (freedom, quantile) in table {
            let twice = 2.0 * student(freedom);
            assert!((twice / quantile - 1.0).abs() < 0.05, "{freedom}: {twice} {quantile}");
        }
    }

    #[test]
    fn a_spread_has_the_textbook_mean_and_deviation() {
        let spread = spread(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]);
        assert_eq!(spread.value, 5.0);
        assert!((spread.sigma - (32.0_f64 / 7.0).sqrt()).abs() < 1e-15);
    }

    #[test]
    fn a_slope_ignores_the_intercept_of_each_group() {
        let line = |group: usize, offset: f64| {
            (0..5).map(move |k| Sample { group, x: k as f64, y: offset + 3.0 * k as f64 })
        };
        let samples: Vec<Sample> = line(0, 7.0).chain(line(1, -50.0)).collect();
        let slope = slope(&samples).expect("a slope");
        assert!((slope.value - 3.0).abs() < 1e-14 && slope.sigma < 1e-13, "{slope:?}");
    }

    #[test]
    fn residuals_decide_the_deviation_of_a_slope() {
        // x = -2 to 2, residuals (1, -2, 0, 2, -1): they have no slope and no mean. Leverages are
        // 0.6, 0.3, 0.2, 0.3, 0.6; HC3: 2 (4 / 0.16 + 4 / 0.49) / 100; three degrees of freedom.
        let residuals = [1.0, -2.0, 0.0, 2.0, -1.0];
        let samples: Vec<Sample> = (0..5)
            .map(|k| Sample { group: 0, x: k as f64 - 2.0, y: k as f64 + residuals[k] })
            .collect();
        let slope = slope(&samples).expect("a slope");
        assert!((slope.value - 1.0).abs() < 1e-14);
        let expected = (2.0_f64 * (4.0 / 0.16 + 4.0 / 0.49) / 100.0).sqrt() * student(3);
        assert!((slope.sigma / expected - 1.0).abs() < 1e-12, "{slope:?} {expected}");
    }

    #[test]
    fn too_few_points_say_nothing() {
        let one = |group| Sample { group, x: group as f64, y: 1.0 };
        assert_eq!(slope(&[]), None);
        assert_eq!(slope(&[one(0), one(1), one(2)]), None);
        assert_eq!(proportion([(1.0, 2.0)].into_iter()), None);
        assert!(proportion([(1.0, 2.0), (2.0, 4.0)].into_iter()).is_some());
        assert_eq!(proportion([(0.0, 2.0), (0.0, 4.0)].into_iter()), None);
    }
}
