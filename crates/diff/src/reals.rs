//! Numbers, compared within a tolerance of value and of time.

/// How numbers go on between the instants at which a file has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reals {
    /// Each holds until the next, as VCD and FST mean them.
    Steps,
    /// On straight lines, as points of a curve are drawn.
    Lines,
}

/// How far numbers may be apart and still count as equal. Everything else is compared exactly.
///
/// Two values agree if they differ by no more than `abs`, or than `rel` times the greater of both magnitudes. Two signals agree if at
/// every instant each has a value with which one of the other agrees that is taken there or no more than `time_zs` before or
/// after. So an edge may be early or late by that, and a pulse may not be missing, however short it is: of steps every value needs its
/// counterpart all the while that it holds. Of lines every point needs one; there all values count that the other file's line passes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tolerance {
    /// Absolute, in the unit of the signal.
    pub abs: f64,
    /// As a part of the greater magnitude.
    pub rel: f64,
    /// In time (zs).
    pub time_zs: i128,
    /// Between the points.
    pub reals: Reals,
}

impl Tolerance {
    fn agree(&self, a: f64, b: f64) -> bool {
        let allowed = self.abs.max(self.rel * a.abs().max(b.abs()));
        a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= allowed
    }

    /// How many values of `a` lack a counterpart in `b`, and when the first begins to.
    pub(crate) fn lacking(&self, a: &[(i128, f64)], b: &[(i128, f64)]) -> (u64, Option<i128>) {
        let mut count = 0;
        let mut first = None;
        let mut begin = 0;
        for (number, &(from, value)) in a.iter().enumerate() {
            let until = a.get(number + 1).map_or(i128::MAX, |(at, _)| *at);
            let lacks = match self.reals {
                // Of several values at one instant the last holds.
                Reals::Steps if until == from => None,
                Reals::Steps => self.uncovered((from, until, value), b, &mut begin),
                Reals::Lines => self.beside((from, value), b, &mut begin),
            };
            if let Some(at) = lacks {
                count += 1;
                first.get_or_insert(at);
            }
        }
        (count, first)
    }

    /// The first instant of a step at which no step of `b` agrees; `begin` is a step that ends before it, from call to call.
    fn uncovered(
        &self,
        (from, until, value): (i128, i128, f64),
        b: &[(i128, f64)],
        begin: &mut usize,
    ) -> Option<i128> {
        let wide = self.time_zs;
        while *begin + 1 < b.len() && b[*begin + 1].0.saturating_add(wide) <= from {
            *begin += 1;
        }
        let mut covered = from;
        for (number, &(start, other)) in b.iter().enumerate().skip(*begin) {
            let start = start.saturating_sub(wide);
            if covered >= until || start > covered {
                break;
            }
            let end = b.get(number + 1).map_or(i128::MAX, |(at, _)| at.saturating_add(wide));
            if end > covered && self.agree(value, other) {
                covered = end;
            }
        }
        (covered < until).then_some(covered)
    }

    /// The instant of a point, if the line through `b` does not pass it.
    fn beside(
        &self,
        (at, value): (i128, f64),
        b: &[(i128, f64)],
        begin: &mut usize,
    ) -> Option<i128> {
        let [early, late] = [at.saturating_sub(self.time_zs), at.saturating_add(self.time_zs)];
        if b.first().is_none_or(|(first, _)| *first > late) {
            return Some(at);
        }
        while *begin + 1 < b.len() && b[*begin + 1].0 < early {
            *begin += 1;
        }
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        let mut meet = |value: f64| (low, high) = (low.min(value), high.max(value));
        [early, late].into_iter().filter_map(|at| on_line(b, *begin, at)).for_each(&mut meet);
        let inside = b[*begin..].iter().take_while(|(at, _)| *at <= late);
        inside.filter(|(at, _)| *at >= early).for_each(|(_, value)| meet(*value));
        let passes = low <= value && value <= high;
        let agrees = passes || self.agree(value, low) || self.agree(value, high);
        (!agrees).then_some(at)
    }
}

/// The value at an instant of the line through the points from `begin` on; the last holds. Nothing before the first.
fn on_line(points: &[(i128, f64)], begin: usize, at: i128) -> Option<f64> {
    let behind = begin + points[begin..].partition_point(|(other, _)| *other <= at);
    let &(t0, v0) = points.get(behind.checked_sub(1)?)?;
    let Some(&(t1, v1)) = points.get(behind) else { return Some(v0) };
    let share = (at - t0) as f64 / (t1 - t0) as f64;
    Some((v1 - v0).mul_add(share, v0))
}
