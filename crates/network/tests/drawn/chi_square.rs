//! Pearson's test.

/// Whether counts follow expected ones, neither too badly nor too well: the statistic over `scale` is one of chi-square
/// with `freedom` degrees of freedom. By Wilson and Hilferty its cube root is normal; four deviations are one chance in
/// 16,000, and the seeds are fixed.
pub fn follows(counts: &[f64], expected: &[f64], scale: f64, freedom: usize) {
    assert_eq!(counts.len(), expected.len());
    let least = expected.iter().copied().fold(f64::INFINITY, f64::min);
    assert!(least >= 5.0, "{least} expected in a cell: the test needs five");
    let terms = counts.iter().zip(expected).map(|(count, mean)| (count - mean).powi(2) / mean);
    let statistic = terms.sum::<f64>() / scale;
    let freedom = freedom as f64;
    let spread = 2.0 / (9.0 * freedom);
    let normal = ((statistic / freedom).cbrt() - (1.0 - spread)) / spread.sqrt();
    assert!(normal.abs() < 4.0, "chi-square {statistic:.1} of {freedom}: {normal:.2} deviations");
}

/// [`follows`] for a multinomial distribution.
pub fn multinomial(counts: &[f64], expected: &[f64]) {
    follows(counts, expected, 1.0, counts.len() - 1);
}
