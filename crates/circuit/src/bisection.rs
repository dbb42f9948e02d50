//! Where the eigenvalues of `L D L^T` lie, `L` bidiagonal: intervals with one each, by counting.

/// An interval of rates, and how many lie below its ends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Interval {
    low: f64,
    high: f64,
    below: usize,
    above: usize,
}

/// Relative width at which a rate's interval is narrow enough to start from.
const NARROW: f64 = 1e-3;

/// Relative width at which f64 no longer tells rates apart.
const TIGHT: f64 = 1e-12;

/// Points at which an interval is cut at once: counting at several costs little more than at one.
const CUTS: usize = 7;

impl Interval {
    /// Geometric for wide intervals.
    pub fn middle(&self) -> f64 {
        self.cut(0.5)
    }

    /// Whether it holds one rate alone.
    pub fn is_single(&self) -> bool {
        self.above - self.below == 1
    }

    fn cut(&self, part: f64) -> f64 {
        if self.high > 4.0 * self.low {
            self.low * (self.high / self.low).powf(part)
        } else {
            self.low + (self.high - self.low) * part
        }
    }

    /// Whether it contains a rate, its ends uncertain by a relative `slack`.
    pub fn holds(&self, rate: f64, slack: f64) -> bool {
        rate >= self.low * (1.0 - slack) && rate <= self.high * (1.0 + slack)
    }

    /// Cut into parts.
    fn parts(&self, factor: &[[f64; 3]]) -> [Self; CUTS + 1] {
        let cuts: [f64; CUTS] =
            std::array::from_fn(|i| self.cut((i + 1) as f64 / (CUTS + 1) as f64));
        let counts = count(factor, cuts);
        let mut parts = [*self; CUTS + 1];
        for (i, (&cut, &below)) in cuts.iter().zip(&counts).enumerate() {
            // Rounding may count one too many just below a rate; parts must tile all the same.
            let below = below.clamp(parts[i].below, self.above);
            (parts[i].high, parts[i].above) = (cut, below);
            (parts[i + 1].low, parts[i + 1].below) = (cut, below);
        }
        parts
    }

    /// The part with the rate of an interval that has one; none if it is too tight.
    pub fn narrowed(&self, factor: &[[f64; 3]]) -> Option<Self> {
        if !self.is_single() || self.high - self.low <= TIGHT * self.high {
            return None;
        }
        self.parts(factor).into_iter().find(|part| part.above > part.below)
    }
}

/// How many eigenvalues lie below each rate: negative pivots of `L D L^T - rate`, from `d` and
/// `l^2 d` of each row.
fn count<const N: usize>(factor: &[[f64; 3]], rates: [f64; N]) -> [usize; N] {
    let mut s = rates.map(|rate| -rate);
    let mut below = [0; N];
    for [d, _, lld] in factor {
        for k in 0..N {
            let pivot = s[k] + d;
            let pivot = if pivot == 0.0 { f64::EPSILON * d } else { pivot };
            below[k] += usize::from(pivot < 0.0);
            s[k] = lld * (s[k] / pivot) - rates[k];
        }
    }
    below
}

/// Intervals with one eigenvalue each, from the `first` on; those too tight for that share one.
pub(crate) fn isolate(factor: &[[f64; 3]], first: usize) -> Vec<Interval> {
    let n = factor.len();
    let rows = factor.iter().enumerate().map(|(i, [d, _, _])| {
        let before = if i == 0 { 0.0 } else { factor[i - 1][2] };
        d + before
    });
    let high = 4.0 * rows.fold(0.0, f64::max);
    // How small the least is, its exponent finds.
    let mut low = high;
    while low > 0.0 && count(factor, [low])[0] > first {
        low *= 1e-3;
    }
    let mut open = vec![Interval { low, high, below: first, above: n }];
    let mut found = Vec::with_capacity(n);
    while let Some(interval) = open.pop() {
        let rates = interval.above - interval.below;
        let narrow = if rates == 1 { NARROW } else { TIGHT };
        if interval.high - interval.low <= narrow * interval.high {
            found.push(interval);
        } else {
            let parts = interval.parts(factor).into_iter().rev();
            open.extend(parts.filter(|part| part.above > part.below));
        }
    }
    found
}
