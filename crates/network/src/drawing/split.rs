//! How a fixed total of synapses is distributed over targets: half by half, each half drawn under a key of its own, so
//! that whoever asks for some targets draws no more than the halves that they lie in.

use std::ops::Range;

use memspike_random::{Draws, Generator};
use rand::Rng as _;

/// A tree of halves of targets. Its root is node 1; the halves of node `n` are nodes `2 n` and `2 n + 1`.
pub(super) struct Halves {
    pub(super) draws: Draws,
    /// How many sources a target can have once each; nothing where several times is possible.
    pub(super) distinct: Option<u32>,
    /// The targets that are asked for.
    pub(super) targets: Range<u32>,
}

/// A node of the tree: its targets and synapses.
struct Node {
    number: u64,
    targets: Range<u32>,
    count: u64,
}

impl Halves {
    /// Tells how many synapses each target that is asked for has, unless it has none.
    pub(super) fn visit(&self, targets: u32, count: u64, tell: &mut impl FnMut(u32, u64)) {
        self.node(Node { number: 1, targets: 0..targets, count }, tell);
    }

    fn node(&self, node: Node, tell: &mut impl FnMut(u32, u64)) {
        let Node { number, targets: Range { start, end }, count } = node;
        if count == 0 || end <= self.targets.start || self.targets.end <= start {
            return;
        }
        if end - start == 1 {
            return tell(start, count);
        }
        let middle = start + (end - start) / 2;
        let sizes = [(end - start).into(), (middle - start).into()];
        let left = self.share(&mut self.draws.generator(number), count, sizes);
        self.node(Node { number: 2 * number, targets: start..middle, count: left }, tell);
        let right = Node { number: 2 * number + 1, targets: middle..end, count: count - left };
        self.node(right, tell);
    }

    /// Of `count` synapses, those onto a part of the targets.
    fn share(&self, words: &mut Generator, count: u64, [all, part]: [u64; 2]) -> u64 {
        // Whole numbers to 2^53 are exact; so are the products, because no population has more than 2^32 neurons and no
        // total is above 2^40.
        let count = count as f64;
        let drawn = match self.distinct {
            None => Share::with_repetition(count, part as f64 / all as f64).draw(words),
            Some(sources) => {
                let pairs = |targets: u64| targets as f64 * f64::from(sources);
                Share::without_repetition(count, pairs(part), pairs(all)).draw(words)
            }
        };
        drawn as u64
    }
}

/// A distribution of whole numbers with one peak.
struct Share<R> {
    least: f64,
    greatest: f64,
    peak: f64,
    /// Probability of the peak.
    height: f64,
    /// Probability of the next number over that of this one.
    ratio: R,
}

impl<R: Fn(f64) -> f64> Share<R> {
    /// By inversion from the peak outwards: steps of the order of the standard deviation.
    fn draw(&self, words: &mut Generator) -> f64 {
        let mut left = (words.next_u64() >> 11) as f64 * (f64::EPSILON / 2.0) - self.height;
        if left < 0.0 {
            return self.peak;
        }
        let (mut up, mut down) = ((self.peak, self.height), (self.peak, self.height));
        while up.1 > 0.0 || down.1 > 0.0 {
            up = if up.0 < self.greatest {
                (up.0 + 1.0, up.1 * (self.ratio)(up.0))
            } else {
                (up.0, 0.0)
            };
            left -= up.1;
            if left < 0.0 {
                return up.0;
            }
            down = if down.0 > self.least {
                (down.0 - 1.0, down.1 / (self.ratio)(down.0 - 1.0))
            } else {
                (down.0, 0.0)
            };
            left -= down.1;
            if left < 0.0 {
                return down.0;
            }
        }
        // Rounding left a remainder of the order of 1e-12.
        self.peak
    }
}

impl Share<()> {
    /// Binomial: each of `count` falls into the part with probability `part`.
    fn with_repetition(count: f64, part: f64) -> Share<impl Fn(f64) -> f64> {
        let peak = ((count + 1.0) * part).floor().min(count);
        let odds = part / (1.0 - part);
        Share {
            least: 0.0,
            greatest: count,
            peak,
            height: binomial(peak, count, part),
            ratio: move |x: f64| (count - x) / (x + 1.0) * odds,
        }
    }

    /// Hypergeometric: of `all` places `count` are taken, and `part` of the places are asked for.
    fn without_repetition(count: f64, part: f64, all: f64) -> Share<impl Fn(f64) -> f64> {
        let (least, greatest) = ((count - (all - part)).max(0.0), count.min(part));
        let peak = ((count + 1.0) * (part + 1.0) / (all + 2.0)).floor().clamp(least, greatest);
        let chance = count / all;
        // Loader's form: three binomial probabilities whose chances cancel.
        let height = if count == all {
            1.0
        } else {
            binomial(peak, part, chance) * binomial(count - peak, all - part, chance)
                / binomial(count, all, chance)
        };
        let ratio =
            move |x: f64| (part - x) * (count - x) / ((x + 1.0) * (all - part - count + x + 1.0));
        Share { least, greatest, peak, height, ratio }
    }
}

/// The binomial probability of `x` in `count`, without cancellation: C. Loader, "Fast and accurate computation of binomial
/// probabilities" (2000).
fn binomial(x: f64, count: f64, chance: f64) -> f64 {
    let rest = count - x;
    if x == 0.0 {
        return (count * (-chance).ln_1p()).exp();
    }
    if rest == 0.0 {
        return (count * chance.ln()).exp();
    }
    let log = stirling(count)
        - stirling(x)
        - stirling(rest)
        - deviance(x, count * chance)
        - deviance(rest, count * (1.0 - chance));
    log.exp() * (count / (std::f64::consts::TAU * x * rest)).sqrt()
}

/// `ln n!` less Stirling's `(n + 1/2) ln n - n + ln(2 pi) / 2`.
fn stirling(n: f64) -> f64 {
    if n <= 15.0 {
        let factorial: f64 = (1..=n as u64).map(|k| k as f64).product();
        let half = std::f64::consts::TAU.ln() / 2.0;
        return factorial.ln() - (n + 0.5) * n.ln() + n - half;
    }
    let s = 1.0 / (n * n);
    (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - (1.0 / 1680.0 - s / 1188.0) * s) * s) * s) / n
}

/// `x ln(x / mean) + mean - x`, where both are near each other too.
fn deviance(x: f64, mean: f64) -> f64 {
    if (x - mean).abs() >= 0.1 * (x + mean) {
        return x * (x / mean).ln() + mean - x;
    }
    let v = (x - mean) / (x + mean);
    let mut sum = (x - mean) * v;
    let mut term = 2.0 * x * v;
    for odd in (3..).step_by(2) {
        term *= v * v;
        let next = sum + term / f64::from(odd);
        if next == sum {
            break;
        }
        sum = next;
    }
    sum
}
