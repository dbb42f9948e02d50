//! Modes of a chain, each state linked with at most two others: a tridiagonal matrix as the
//! product of a bidiagonal one and its transpose, which determines every mode to its own digits.
//! Rates by bisection, vectors by twisted factorisations; time grows with the square of the
//! length (Dhillon and Parlett, "Multiple representations to compute orthogonal eigenvectors of
//! symmetric tridiagonal matrices", Linear Algebra Appl. 387, 2004).

use num_traits::{One, Zero};

use crate::bisection::{self, Interval};
use crate::double::{Double, Real};
use crate::network::StateNetwork;

/// `C^-1/2 G C^-1/2 = L D L^T`, `L` with ones on its diagonal.
pub(crate) struct Chain {
    /// States in the order of the chain.
    pub members: Vec<usize>,
    /// `D`.
    pivots: Vec<Double>,
    /// What `L` has below its diagonal.
    lower: Vec<Double>,
    /// The matrix itself.
    diagonal: Vec<Double>,
    beside: Vec<Double>,
    /// Square root of the capacitance of each, and its inverse.
    pub scale: Vec<Double>,
    pub inverse_scale: Vec<Double>,
}

/// A mode: its rate and unit vector.
pub(crate) struct Mode {
    pub rate: Double,
    pub vector: Vec<Double>,
}

/// `L D L^T` by what the factorisations of `L D L^T - rate` need: `d`, `l d` and `l^2 d` of each row.
type Factor<T> = Vec<[T; 3]>;

/// Corrections of a rate; two or three are usual, since each cubes the error.
const CORRECTIONS: usize = 12;

/// Largest relative residual of a mode.
const TOLERANCE: f64 = 1e-13;

/// Largest difference between the matrix and the product of its factors, against its diagonal.
const FACTORED: f64 = 1e-27;

/// Largest product of two neighbouring unit vectors.
const ORTHOGONAL: f64 = 1e-14;

impl Chain {
    /// None if the connected part of the network is no chain.
    pub fn new(network: &StateNetwork, members: &[usize]) -> Option<Self> {
        let ends = members.iter().filter(|&&m| network.links[m].len() < 2);
        let fits = members.iter().all(|&m| network.links[m].len() <= 2);
        let mut at = *ends.min()?;
        if !fits {
            return None;
        }
        let mut order = Vec::with_capacity(members.len());
        let mut links = Vec::with_capacity(members.len());
        let mut previous = None;
        loop {
            order.push(at);
            let Some(&(next, g)) = network.links[at].iter().find(|l| Some(l.0) != previous) else {
                break;
            };
            links.push(g);
            previous = Some(at);
            at = next;
        }
        Some(Self::factor(network, order, &links))
    }

    fn factor(network: &StateNetwork, members: Vec<usize>, links: &[Double]) -> Self {
        let n = members.len();
        let capacitance: Vec<Double> =
            members.iter().map(|&m| network.capacitance[m].into()).collect();
        let scale: Vec<Double> = capacitance.iter().map(|c| c.root()).collect();
        let link = |i: usize| links.get(i).copied().unwrap_or_else(Double::zero);
        let mut chain = Self {
            pivots: Vec::with_capacity(n),
            lower: Vec::with_capacity(n),
            diagonal: Vec::with_capacity(n),
            beside: Vec::with_capacity(n),
            inverse_scale: scale.iter().map(|s| Double::one() / *s).collect(),
            scale,
            members,
        };
        // What the eliminated part leaves between the next state and ground: sums alone.
        let mut through = Double::zero();
        for (i, &capacitance) in capacitance.iter().enumerate() {
            let ground = network.ground[chain.members[i]];
            let before = if i == 0 { Double::zero() } else { link(i - 1) };
            let pivot = ground + through + link(i);
            chain.pivots.push(pivot / capacitance);
            chain.diagonal.push((before + ground + link(i)) / capacitance);
            if i + 1 < n {
                let across = chain.scale[i] / chain.scale[i + 1];
                chain.lower.push(-(link(i) / pivot) * across);
                chain.beside.push(-link(i) / (chain.scale[i] * chain.scale[i + 1]));
                through = (ground + through) * (link(i) / pivot);
            }
        }
        chain
    }

    /// Gives all modes to `take`, slow ones first; whether all were found and are right.
    pub fn modes(&self, mut take: impl FnMut(&Mode)) -> bool {
        if !self.is_factored() {
            return false;
        }
        let n = self.pivots.len();
        let mut previous: Option<Mode> = None;
        let mut first = 0;
        if self.pivots[n - 1].is_zero() {
            let mode = self.rest();
            take(&mode);
            previous = Some(mode);
            first = 1;
        }
        let wide: Factor<Double> = (0..n)
            .map(|i| {
                let l = self.lower.get(i).copied().unwrap_or_else(Double::zero);
                [self.pivots[i], l * self.pivots[i], l * l * self.pivots[i]]
            })
            .collect();
        let near: Factor<f64> = wide.iter().map(|row| row.map(Real::near)).collect();
        for interval in bisection::isolate(&near, first) {
            let Some(mode) = mode(&wide, &near, interval) else { return false };
            if !self.verify(&mode) || previous.as_ref().is_some_and(|p| overlaps(p, &mode)) {
                return false;
            }
            take(&mode);
            previous = Some(mode);
        }
        true
    }

    /// Whether `L D L^T` is the matrix.
    fn is_factored(&self) -> bool {
        (0..self.pivots.len()).all(|i| {
            let own = self.diagonal[i];
            let before = i
                .checked_sub(1)
                .map_or_else(Double::zero, |j| self.lower[j] * self.lower[j] * self.pivots[j]);
            let beside = i + 1 == self.pivots.len() || {
                let off = self.lower[i] * self.pivots[i] - self.beside[i];
                off.near().abs() <= FACTORED * self.beside[i].near().abs()
            };
            beside && (self.pivots[i] + before - own).near().abs() <= FACTORED * own.near()
        })
    }

    /// The mode of a chain without path to ground: all voltages equal, for ever.
    fn rest(&self) -> Mode {
        let length = self.scale.iter().map(|s| *s * *s).sum::<Double>().root();
        Mode { rate: Double::zero(), vector: self.scale.iter().map(|s| *s / length).collect() }
    }

    /// Whether `W z = rate z`, or, for slow modes whose residual drowns in the rounding of fast
    /// ones, `rate W^-1 z = z`.
    fn verify(&self, mode: &Mode) -> bool {
        let (z, n) = (&mode.vector, mode.vector.len());
        let mut square = 0.0;
        for i in 0..n {
            let mut sum = (self.diagonal[i] - mode.rate) * z[i];
            if i > 0 {
                sum += self.beside[i - 1] * z[i - 1];
            }
            if i + 1 < n {
                sum += self.beside[i] * z[i + 1];
            }
            square += sum.near() * sum.near();
        }
        if square.sqrt() <= TOLERANCE * mode.rate.near() {
            return true;
        }
        let mut x: Vec<Double> = z.iter().map(|z| *z * mode.rate).collect();
        for i in 1..n {
            let known = x[i - 1];
            x[i] -= self.lower[i - 1] * known;
        }
        for i in (0..n).rev() {
            x[i] /= self.pivots[i];
            if i + 1 < n {
                let known = x[i + 1];
                x[i] -= self.lower[i] * known;
            }
        }
        let off: f64 = x.iter().zip(z).map(|(x, z)| (*x - *z).near().powi(2)).sum();
        off.sqrt() <= TOLERANCE
    }
}

/// The only mode with its rate in an interval: corrected with f64 first, then with 32 digits.
fn mode(wide: &Factor<Double>, near: &Factor<f64>, interval: Interval) -> Option<Mode> {
    if !interval.is_single() {
        return None;
    }
    let start = interval.middle();
    let start = corrected(near, near, start, interval, 16.0).map_or(start, |(rate, _)| rate);
    let (rate, vector) = corrected(wide, near, start.into(), interval, 1e3)?;
    Some(Mode { rate, vector })
}

/// A rate and its vector by corrections until they are some units of rounding, the interval being
/// narrowed where they lead out of it; none if that does not end.
fn corrected<T: Real>(
    factor: &Factor<T>,
    near: &Factor<f64>,
    start: T,
    mut interval: Interval,
    units: f64,
) -> Option<(T, Vec<T>)> {
    let mut rate = start;
    let slack = 1e-13 * near.len() as f64;
    for _ in 0..CORRECTIONS {
        let (vector, correction) = twisted(factor, rate);
        let next = rate + correction;
        if !interval.holds(next.near(), slack) {
            interval = interval.narrowed(near)?;
            rate = interval.middle().into();
        } else if correction.near().abs() <= units * T::UNIT * next.near() {
            return Some((next, vector));
        } else {
            rate = next;
        }
    }
    None
}

/// The unit vector that solves all equations of `(W - rate) z = 0` but one, and by how much the rate
/// errs.
fn twisted<T: Real>(factor: &Factor<T>, rate: T) -> (Vec<T>, T) {
    let n = factor.len();
    let safe = |pivot: T, like: T| if pivot.is_zero() { like.scale(T::UNIT) } else { pivot };
    // From the front L+ D+ L+^T, from the back U- D- U-^T, both at once.
    let mut front = vec![T::zero(); n];
    let mut back = vec![T::zero(); n];
    let mut vector = vec![T::zero(); n];
    let mut multipliers = vec![[T::zero(); 2]; n];
    (front[0], back[n - 1]) = (-rate, factor[n - 1][0] - rate);
    for i in 0..n - 1 {
        let [d, ld, lld] = factor[i];
        let up = T::one() / safe(front[i] + d, d);
        multipliers[i][0] = ld * up;
        front[i + 1] = lld * (front[i] * up) - rate;

        let j = n - 2 - i;
        let [d, ld, lld] = factor[j];
        let down = T::one() / safe(lld + back[j + 1], d);
        multipliers[j][1] = ld * down;
        back[j] = d * (back[j + 1] * down) - rate;
    }
    let gamma = |i: usize| front[i] + back[i] + rate;
    let mut twist = 0;
    let mut least = gamma(0);
    for i in 1..n {
        let here = gamma(i);
        if here.near().abs() < least.near().abs() {
            (least, twist) = (here, i);
        }
    }
    vector[twist] = T::one();
    for i in (0..twist).rev() {
        vector[i] = -(multipliers[i][0] * vector[i + 1]);
    }
    for i in twist..n - 1 {
        vector[i + 1] = -(multipliers[i][1] * vector[i]);
    }
    let square = T::dot(&vector, &vector);
    let unit = T::one() / square.root();
    vector.iter_mut().for_each(|z| *z = *z * unit);
    (vector, least / square)
}

/// Whether two unit vectors are not orthogonal.
fn overlaps(a: &Mode, b: &Mode) -> bool {
    Real::dot(&a.vector, &b.vector).near().abs() > ORTHOGONAL
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Eight unequal states in a row, the first with a conductance to ground (S).
    fn chain(ground: f64) -> Chain {
        let link = |i: usize| Double::from(10f64.powi((i as i32 * 5) % 7 - 9));
        let links = (0..8)
            .map(|i: usize| {
                let before = i.checked_sub(1).map(|j| (j, link(j)));
                let after = (i < 7).then(|| (i + 1, link(i)));
                before.into_iter().chain(after).collect()
            })
            .collect();
        let ground = (0..8).map(|i| if i == 0 { ground.into() } else { Double::zero() }).collect();
        let capacitance = (0..8).map(|i| 10f64.powi(-(i * 3 % 4) - 9)).collect();
        let network = StateNetwork { links, ground, capacitance };
        Chain::new(&network, &(0..8).collect::<Vec<usize>>()).expect("a chain")
    }

    #[test]
    fn a_rate_or_vector_that_is_off_by_1e_12_is_noticed() {
        let chain = chain(1e-4);
        let mut seen = 0;
        let found = chain.modes(|mode| {
            seen += 1;
            assert!(chain.verify(mode));
            let rate = mode.rate * Double::from(1.0 + 1e-12);
            assert!(!chain.verify(&Mode { rate, vector: mode.vector.clone() }));
            let mut vector = mode.vector.clone();
            let least =
                (0..8).min_by(|&a, &b| vector[a].near().abs().total_cmp(&vector[b].near().abs()));
            vector[least.expect("eight entries")] += 1e-12.into();
            assert!(!chain.verify(&Mode { rate: mode.rate, vector }));
        });
        assert!(found && seen == 8);
    }

    #[test]
    fn factors_of_another_matrix_give_no_modes() {
        let mut chain = chain(1e-4);
        chain.pivots[3] *= (1.0 + 1e-9).into();
        assert!(!chain.modes(|_| {}));
    }

    #[test]
    fn a_chain_without_path_to_ground_rests_where_all_voltages_are_equal() {
        let chain = chain(0.0);
        let mut rates = Vec::new();
        let found = chain.modes(|mode| {
            rates.push(mode.rate.near());
            if rates.len() == 1 {
                let volts: Vec<f64> = mode
                    .vector
                    .iter()
                    .zip(&chain.inverse_scale)
                    .map(|(z, s)| (*z * *s).near())
                    .collect();
                // Vectors have unit length: sum of C v^2 = 1.
                let farads: f64 = chain.scale.iter().map(|s| (*s * *s).near()).sum();
                let right = 1.0 / farads.sqrt();
                assert!(volts.iter().all(|v| (v / right - 1.0).abs() < 1e-14), "{volts:?} {right}");
            }
        });
        assert!(found && rates.len() == 8 && rates[0] == 0.0 && rates[1] > 0.0, "{rates:?}");
    }
}
