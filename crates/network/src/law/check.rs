//! Whether a law gives numbers that are possible.

use std::ops::RangeInclusive;

use super::{Law, LawError, Listed, Lognormal, Normal, Uniform, bounds};

/// Deviations beyond which nothing is drawn: the method of drawing does not reach them.
const REACH: f64 = 40.0;

impl Law {
    /// Whether every number lies in `range`, and a list has `needed` numbers; nothing where their number is drawn.
    pub(crate) fn check(
        &self,
        range: RangeInclusive<f64>,
        needed: Option<u64>,
    ) -> Result<(), LawError> {
        let (least, greatest) = range.into_inner();
        match self {
            Self::Value(value) => inside(*value, least, greatest),
            Self::Uniform(Uniform { least: from, greatest: to }) => {
                inside(*from, least, greatest)?;
                inside(*to, least, greatest)?;
                ordered(*from, *to)
            }
            Self::Normal(law) => law.check(least, greatest),
            Self::Lognormal(law) => law.check(least, greatest),
            Self::Listed(listed) => listed.check(least, greatest, needed),
        }
    }
}

impl Listed {
    fn check(&self, least: f64, greatest: f64, needed: Option<u64>) -> Result<(), LawError> {
        let needed = needed.ok_or(LawError::Unlisted)?;
        if self.values.len() as u64 != needed {
            return Err(LawError::Count { found: self.values.len(), needed });
        }
        let outside = |value: f64| !(least..=greatest).contains(&value);
        match self.values.iter().position(outside) {
            Some(at) => Err(LawError::Listed { at, value: self.values.get(at), least, greatest }),
            None => Ok(()),
        }
    }
}

impl Normal {
    fn check(&self, least: f64, greatest: f64) -> Result<(), LawError> {
        let reach = REACH * self.deviation;
        deviation(self.deviation, f64::MAX)?;
        drawn(
            self.mean,
            [self.mean - reach, self.mean + reach],
            [self.least, self.greatest],
            [least, greatest],
        )?;
        let bounds = bounds(self.least, self.greatest);
        enough(self.mean, self.deviation, bounds, bounds)
    }
}

impl Lognormal {
    fn check(&self, least: f64, greatest: f64) -> Result<(), LawError> {
        deviation(self.sigma, 10.0)?;
        let far = [-REACH, REACH].map(|unit| self.median * (self.sigma * unit).exp());
        let ends = [far[0].min(far[1]), far[0].max(far[1])];
        drawn(self.median, ends, [self.least, self.greatest], [least, greatest])?;
        let bounds = bounds(self.least, self.greatest);
        // A logarithm of what has the other sign is no number: there the range begins at zero.
        let size = |bound: f64| (bound * self.median.signum()).max(0.0).ln();
        let (a, b) = (size(bounds.0), size(bounds.1));
        enough(self.median.abs().ln(), self.sigma, bounds, (a.min(b), a.max(b)))
    }
}

fn deviation(value: f64, most: f64) -> Result<(), LawError> {
    if (0.0..=most).contains(&value) { Ok(()) } else { Err(LawError::Deviation(value)) }
}

fn inside(value: f64, least: f64, greatest: f64) -> Result<(), LawError> {
    if (least..=greatest).contains(&value) {
        return Ok(());
    }
    Err(LawError::Range { value, least, greatest })
}

fn ordered(least: f64, greatest: f64) -> Result<(), LawError> {
    if least <= greatest { Ok(()) } else { Err(LawError::Empty { least, greatest }) }
}

/// A distribution around `centre`, which without its own bounds reaches from one end to the other, stays in what is
/// possible.
fn drawn(
    centre: f64,
    ends: [f64; 2],
    own: [Option<f64>; 2],
    [least, greatest]: [f64; 2],
) -> Result<(), LawError> {
    inside(centre, f64::MIN, f64::MAX)?;
    for bound in own.into_iter().flatten() {
        inside(bound, least, greatest)?;
    }
    let missing = |bound| LawError::Unbounded { least, greatest, bound };
    // An end that is no number is outside too.
    let within = |end: f64| (least..=greatest).contains(&end);
    if own[0].is_none() && !within(ends[0]) {
        return Err(missing("least"));
    }
    if own[1].is_none() && !within(ends[1]) {
        return Err(missing("greatest"));
    }
    let (from, to) = bounds(own[0], own[1]);
    ordered(from, to)
}

/// Between the bounds lies enough that drawing again ends soon; `scaled` are the bounds as the normal distribution sees
/// them.
fn enough(
    mean: f64,
    deviation: f64,
    (least, greatest): (f64, f64),
    scaled: (f64, f64),
) -> Result<(), LawError> {
    let reach = 3.0 * deviation;
    let (from, to) = (scaled.0.max(mean - reach), scaled.1.min(mean + reach));
    let width = to - from;
    if if deviation == 0.0 { width >= 0.0 } else { width >= 0.1 * deviation } {
        return Ok(());
    }
    Err(LawError::Tail { least, greatest })
}
