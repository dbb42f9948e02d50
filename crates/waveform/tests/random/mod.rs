//! Forms at random.

use memspike_waveform::{Term, Waveform};
use num_complex::Complex64;
use proptest::prelude::*;

/// A ramp and up to four free terms, some of which turn, some of repeated modes.
pub fn form() -> impl Strategy<Value = Waveform> {
    let term = (-1.0..1.0_f64, -1.0..1.0_f64, -0.2..3.0_f64, 0.0..20.0_f64, any::<bool>(), 0_u8..3);
    (-1.0..1.0_f64, -0.3..0.3_f64, proptest::collection::vec(term, 1..5)).prop_map(
        |(offset, slope, terms)| {
            let mut form = Waveform::ramp(offset, slope);
            for (re, im, decay, turn, turns, degree) in terms {
                let (im, turn) = if turns { (im, turn) } else { (0.0, 0.0) };
                let rate = Complex64::new(-decay * 3.0_f64.powi(i32::from(degree)), turn);
                form.push(Term::free(degree, Complex64::new(re, im), rate));
            }
            form
        },
    )
}
