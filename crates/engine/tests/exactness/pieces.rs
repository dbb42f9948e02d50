//! Sources between two corners, in exact numbers.

use crate::case::{Case, Kind, Source};
use crate::matrix::Matrix;
use crate::real::{Real, sin_cos, tau};

/// The element number of initial voltages; their place is the node.
pub const INITIAL: usize = usize::MAX;

/// Increases one number of a circuit, known by its element and place there, by 1e-15 of itself.
#[derive(Debug, Clone, Copy)]
pub struct Perturbation(Option<(usize, usize)>);

impl Perturbation {
    pub const NONE: Self = Self(None);

    /// One for each number of a circuit.
    pub fn all(case: &Case) -> Vec<Self> {
        let places = |kind: &Kind| match kind {
            Kind::Switch { .. } => 3,
            Kind::Voltage(source) | Kind::Current(source) => match source {
                Source::Dc(_) => 1,
                Source::Pwl(points) => points.len(),
                Source::Pulse { .. } => 2,
                Source::Sine { .. } => 5,
            },
            _ => 1,
        };
        let numbers = case.elements.iter().enumerate();
        let mut all: Vec<_> = numbers
            .flat_map(|(e, it)| (0..places(&it.kind)).map(move |place| (e, place)))
            .collect();
        if case.initial.is_some() {
            all.extend((0..case.nodes).map(|node| (INITIAL, node)));
        }
        all.into_iter().map(|number| Self(Some(number))).collect()
    }

    pub fn of(self, value: f64, element: usize, place: usize) -> Real {
        let exact = Real::from(value);
        if self.0 == Some((element, place)) { exact + exact * Real::from(1e-15) } else { exact }
    }
}

/// A source on one interval, as multiples of a constant, of the time since its start, and of a damped sine.
pub struct Piece {
    pub constant: Real,
    pub slope: Real,
    /// Amplitude, sine and cosine at the start, damping and angular frequency (1/s).
    pub sine: Option<[Real; 5]>,
}

/// A time in seconds.
fn fs(ticks: u64) -> Real {
    Real::from(ticks) / Real::from(10u64.pow(15))
}

/// Points of a piecewise linear source (fs, value), as far as the first pulse that starts after `until`.
fn points(source: &Source, until: u64) -> Vec<(u64, f64)> {
    match source {
        Source::Pwl(points) => points.clone(),
        Source::Pulse { low, high, delay, rise, fall, width, period } => {
            let mut out = Vec::new();
            let mut start = *delay;
            while start <= until {
                let corners =
                    [start, start + rise, start + rise + width, start + rise + width + fall];
                out.extend(corners.into_iter().zip([*low, *high, *high, *low]));
                start += period;
            }
            out
        }
        _ => Vec::new(),
    }
}

impl Source {
    pub fn corners(&self, until: u64) -> Vec<u64> {
        match self {
            Self::Sine { delay, .. } => vec![*delay],
            Self::Dc(_) => Vec::new(),
            other => points(other, until).into_iter().map(|(at, _)| at).collect(),
        }
    }

    /// The source before time zero.
    pub fn before(&self, until: u64, element: usize, perturbation: Perturbation) -> Real {
        match self {
            Self::Pwl(points) => perturbation.of(points[0].1, element, 0),
            Self::Pulse { low, .. } => perturbation.of(*low, element, 0),
            Self::Dc(_) | Self::Sine { .. } => {
                let Piece { constant, sine, .. } = self.piece(0, until, element, perturbation);
                constant + sine.map_or(Real::ZERO, |[amplitude, sin, ..]| amplitude * sin)
            }
        }
    }

    /// The source from `at` to the next corner.
    pub fn piece(&self, at: u64, until: u64, element: usize, perturbation: Perturbation) -> Piece {
        let number = |value, place| perturbation.of(value, element, place);
        let constant = |constant| Piece { constant, slope: Real::ZERO, sine: None };
        match self {
            Self::Dc(value) => constant(number(*value, 0)),
            Self::Sine { offset, amplitude, hz, delay, damping, phase } => {
                let (offset, amplitude) = (number(*offset, 0), number(*amplitude, 1));
                let (damping, w) = (number(*damping, 2), number(*hz, 3) * tau());
                let phase = number(*phase, 4);
                let (sin, cos) = sin_cos(phase);
                if at < *delay {
                    return constant(offset + amplitude * sin);
                }
                let passed = fs(at - delay);
                let mut turn = Matrix::zero(2, 2);
                (turn[(0, 0)], turn[(0, 1)]) = (-damping, w);
                (turn[(1, 0)], turn[(1, 1)]) = (-w, -damping);
                let turned = turn.exponentials(passed, 0)[0].apply(&[sin, cos]);
                let sine = Some([amplitude, turned[0], turned[1], damping, w]);
                Piece { constant: offset, slope: Real::ZERO, sine }
            }
            other => {
                // A level keeps its perturbation wherever it appears.
                let points = points(other, until);
                let level = |k: usize| {
                    let first = points.iter().position(|(_, v)| *v == points[k].1).expect("itself");
                    number(points[k].1, first)
                };
                let after = points.partition_point(|(t, _)| *t <= at);
                if after == 0 || after == points.len() {
                    return constant(level(after.saturating_sub(1).min(points.len() - 1)));
                }
                let ((t0, _), (t1, _)) = (points[after - 1], points[after]);
                let (from, to) = (level(after - 1), level(after));
                let slope = (to - from) / fs(t1 - t0);
                Piece { constant: from + slope * fs(at - t0), slope, sine: None }
            }
        }
    }
}

/// Corners of all sources within the run, its start and its end.
pub fn corners(case: &Case) -> Vec<u64> {
    let mut out = vec![0, case.until];
    for element in &case.elements {
        if let Kind::Voltage(source) | Kind::Current(source) = &element.kind {
            out.extend(source.corners(case.until));
        }
    }
    out.retain(|t| *t <= case.until);
    out.sort_unstable();
    out.dedup();
    out
}
