//! The scaled exponential integral against an arbitrary-precision evaluation.

mod precise;

use memspike_waveform::special::scaled_exponential_integral;
use precise::{float, magnitude, real};

/// Relative error of the function under test at `x`.
fn relative_error(x: f64) -> f64 {
    let truth = precise::scaled_exponential_integral(x);
    let error = real(scaled_exponential_integral(x)) - &truth;
    float(&(magnitude(&error) / magnitude(&truth)))
}

fn assert_accurate(points: impl IntoIterator<Item = f64>) {
    let mut worst = (0.0, 0.0);
    for x in points {
        let error = relative_error(x);
        if error > worst.1 {
            worst = (x, error);
        }
    }
    assert!(worst.1 < 5e-16, "relative error {:e} at {:e}", worst.1, worst.0);
}

/// `count` points from `from` to `to` in geometric steps, both included.
fn geometric(from: f64, to: f64, count: u32) -> impl Iterator<Item = f64> {
    let step = (to / from).ln() / f64::from(count - 1);
    (0..count).map(move |k| from * (step * f64::from(k)).exp())
}

#[test]
fn the_reference_reproduces_tabulated_values() {
    // Abramowitz and Stegun, tables 5.1 and 5.2.
    let near = |x: precise::Real, table: f64, digits: f64| {
        assert!((float(&x) - table).abs() < digits, "{} {table}", float(&x));
    };
    near(precise::e1(&real(0.5)), 0.559773595, 1e-9);
    near(precise::e1(&real(1.0)), 0.219383934, 1e-9);
    near(precise::ei(&real(0.5)), 0.454219905, 1e-9);
    near(precise::ei(&real(1.0)), 1.895117816, 1e-9);
    near(precise::scaled_exponential_integral(10.0) * real(10.0), 0.915633339, 1e-9);
}

#[test]
fn the_references_two_series_meet() {
    // Below 80 the power series, above it the asymptotic one.
    for side in [1.0, -1.0] {
        let seam = 80.0_f64;
        let step = real(side * (seam.next_up() - seam));
        let below = precise::scaled_exponential_integral(side * seam);
        let slope = &below - real(1.0) / real(side * seam);
        let above = precise::scaled_exponential_integral(side * seam.next_up());
        let change = magnitude(&(above - &below - slope * step));
        assert!(float(&change) < 1e-30, "{:e}", float(&change));
    }
}

#[test]
fn it_is_accurate_for_every_positive_argument() {
    assert_accurate(geometric(1e-300, 1e-3, 300));
    assert_accurate(geometric(1e-3, 200.0, 2000));
    assert_accurate(geometric(200.0, 1e300, 300));
}

#[test]
fn it_is_accurate_for_every_negative_argument() {
    assert_accurate(geometric(1e-300, 1e-3, 300).map(|x| -x));
    assert_accurate(geometric(1e-3, 200.0, 2000).map(|x| -x));
    assert_accurate(geometric(200.0, 1e300, 300).map(|x| -x));
}

#[test]
fn it_is_accurate_around_its_zero() {
    let zero = -0.372_507_410_781_366_6_f64;
    assert_accurate(geometric(1e-15, 0.3, 500).flat_map(|d| [zero - d, zero + d]));
    assert_accurate([zero, zero.next_up(), zero.next_down()]);
}

#[test]
fn it_is_accurate_where_its_pieces_meet() {
    let seams = (-2..7).flat_map(|k| [2.0_f64.powi(k), 1.5 * 2.0_f64.powi(k)]);
    assert_accurate(
        seams.flat_map(|s| [s.next_down(), s, s.next_up(), -s.next_down(), -s, -s.next_up()]),
    );
}

#[test]
fn the_ends_of_the_range_are_its_limits() {
    assert_eq!(scaled_exponential_integral(0.0), f64::INFINITY);
    assert_eq!(scaled_exponential_integral(-0.0), f64::INFINITY);
    assert_eq!(scaled_exponential_integral(f64::INFINITY), 0.0);
    assert_eq!(scaled_exponential_integral(f64::NEG_INFINITY), 0.0);
    assert!(scaled_exponential_integral(f64::NAN).is_nan());
    assert!(scaled_exponential_integral(f64::MIN_POSITIVE).is_finite());
}
