//! Bounds of a polynomial on an interval by its coefficients in Bernstein's basis.

/// Degree of the polynomials.
pub(crate) const DEGREE: usize = 7;

/// `1 / n`.
pub(crate) const RECIPROCALS: [f64; DEGREE + 1] = {
    let mut all = [0.0; DEGREE + 1];
    let mut n = 1;
    while n <= DEGREE {
        all[n] = 1.0 / n as f64;
        n += 1;
    }
    all
};

pub(crate) type Basis = [[f64; DEGREE + 1]; DEGREE + 1];

pub(crate) const VALUE_BASIS: Basis = bernstein(DEGREE);
pub(crate) const SLOPE_BASIS: Basis = bernstein(DEGREE - 1);
pub(crate) const BEND_BASIS: Basis = bernstein(DEGREE - 2);

/// Coefficients in Bernstein's basis of `degree` of the powers of `u` on `[-1, 1]`: row `j`, column `i`
/// is the blossom of `u^j` at `i` arguments 1 and the others -1. Columns beyond the degree repeat the
/// last.
const fn bernstein(degree: usize) -> Basis {
    let mut all = [[0.0; DEGREE + 1]; DEGREE + 1];
    let mut j = 0;
    while j <= degree {
        let mut i = 0;
        while i <= DEGREE {
            let ones = if i < degree { i } else { degree };
            let mut symmetric = 0.0;
            let mut k = 0;
            while k <= j {
                let sign = if (j - k) % 2 == 0 { 1.0 } else { -1.0 };
                symmetric += sign * binomial(ones, k) * binomial(degree - ones, j - k);
                k += 1;
            }
            all[j][i] = symmetric / binomial(degree, j);
            i += 1;
        }
        j += 1;
    }
    all
}

const fn binomial(n: usize, k: usize) -> f64 {
    if k > n {
        return 0.0;
    }
    let mut value = 1.0;
    let mut i = 0;
    while i < k {
        value = value * (n - i) as f64 / (i + 1) as f64;
        i += 1;
    }
    value
}

/// Bounds of a polynomial on `[-1, 1]`, given by its powers.
pub(crate) fn bounds(powers: &[f64; DEGREE + 1], basis: &Basis) -> (f64, f64) {
    let mut coefficients = [0.0; DEGREE + 1];
    for (power, row) in powers.iter().zip(basis) {
        for (sum, weight) in coefficients.iter_mut().zip(row) {
            *sum += power * weight;
        }
    }
    let least = coefficients.iter().copied().fold(f64::INFINITY, f64::min);
    let greatest = coefficients.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (least, greatest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bernstein_coefficients_of_a_power_are_those_of_the_textbook() {
        // u = 2 v - 1 is linear: its coefficients are its values at i / 7.
        for (i, found) in VALUE_BASIS[1].iter().enumerate() {
            assert!((found - (2.0 * i as f64 / 7.0 - 1.0)).abs() < 1e-15);
        }
        // (1 + u)^7 = 128 v^7 is one element of the basis.
        let powers = std::array::from_fn(|j| binomial(7, j));
        let mut all = [0.0; DEGREE + 1];
        for (power, row) in std::iter::zip::<[f64; DEGREE + 1], _>(powers, VALUE_BASIS) {
            all.iter_mut().zip(row).for_each(|(sum, weight)| *sum += power * weight);
        }
        assert!(all[..7].iter().all(|c| c.abs() < 1e-12) && (all[7] - 128.0).abs() < 1e-12);
    }
}
