//! Fits and counts of lists of numbers; their moments are in `summary.rs`.

/// The straight line of least squares through `(x, y)`: slope, intercept, and the part of the
/// variance that it explains (R^2).
pub fn line(points: &[(f64, f64)]) -> (f64, f64, f64) {
    let n = points.len() as f64;
    let (x, y) = points.iter().fold((0.0, 0.0), |(x, y), point| (x + point.0 / n, y + point.1 / n));
    let sum = |f: fn(f64, f64) -> f64| points.iter().map(|p| f(p.0 - x, p.1 - y)).sum::<f64>();
    let (xx, xy, yy) = (sum(|x, _| x * x), sum(|x, y| x * y), sum(|_, y| y * y));
    let slope = xy / xx;
    (slope, y - slope * x, xy * xy / (xx * yy))
}

/// How many values lie nearest to each multiple of `width`: `(multiple, count)` from the first place that
/// has any to the last. What is read in steps lies on such multiples.
pub fn histogram(values: &[f64], width: f64) -> Vec<(f64, f64)> {
    let bins: Vec<i64> = values.iter().map(|value| (value / width).round() as i64).collect();
    let (Some(first), Some(last)) = (bins.iter().min(), bins.iter().max()) else {
        return Vec::new();
    };
    let count = |bin| bins.iter().filter(|other| **other == bin).count();
    (*first..=*last).map(|bin| (bin as f64 * width, count(bin) as f64)).collect()
}

#[cfg(test)]
mod tests {
    use super::{histogram, line};

    #[test]
    fn a_line_is_recovered_and_a_bend_is_not_all_explained() {
        let straight: Vec<_> = (0..9).map(|k| (f64::from(k), 3.0 - 2.0 * f64::from(k))).collect();
        let (slope, intercept, explained) = line(&straight);
        assert!((slope + 2.0).abs() < 1e-12 && (intercept - 3.0).abs() < 1e-12);
        assert!((explained - 1.0).abs() < 1e-12);
        // y = x^2 at -1, 0, 1, 2: slope 1, squares 5 and 9, R^2 = 5/9.
        let bent = [(-1.0, 1.0), (0.0, 0.0), (1.0, 1.0), (2.0, 4.0)];
        assert!((line(&bent).2 - 5.0 / 9.0).abs() < 1e-12);
    }

    #[test]
    fn a_histogram_of_readings_has_their_mean() {
        let readings = [0.165, 0.17, 0.17, 0.175, 0.17, 0.165];
        let bins = histogram(&readings, 5e-3);
        let mean = bins.iter().map(|(volt, count)| volt * count).sum::<f64>() / 6.0;
        assert!((mean - readings.iter().sum::<f64>() / 6.0).abs() < 1e-12, "{mean}");
    }

    #[test]
    fn a_histogram_counts_each_value_once() {
        let bins = histogram(&[1.2, 0.9, 3.4, 2.4, 5.0], 1.0);
        assert_eq!(bins, [(1.0, 2.0), (2.0, 1.0), (3.0, 1.0), (4.0, 0.0), (5.0, 1.0)]);
    }
}
