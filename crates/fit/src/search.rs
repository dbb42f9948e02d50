//! The search: bounded nonlinear least squares from several starts.

use basin::{
    BoundedFiniteDiff, BoxBounds, ConstraintDescription, ConstraintSet, Constraints, Executor,
    Jacobian, Method, Residual, TrustRegionReflective,
};
use memspike_random::{Draws, Owner};
use nalgebra::DMatrix;
use rand::RngExt as _;

use crate::Task;

/// Searches from the file's start and from places drawn within the bounds.
pub(crate) const SEARCHES: usize = 6;

/// Places drawn until one shows everything that was measured.
const DRAWS_A_SEARCH: u64 = 50;

/// Steps of one search.
const MOST_STEPS: u64 = 200;

/// Chi-squared ends to fall when a step changes it by less than this part.
const COST_CHANGE: f64 = 1e-13;

/// Asked before each evaluation whether to go on.
pub(crate) type GoOn<'a> = &'a dyn Fn() -> bool;

/// The caller asked to stop.
#[derive(Debug)]
struct Stopped;

/// Residuals as a function of the free coordinates, all of which lie in `[0, 1]`.
struct Residuals<'t> {
    task: &'t Task,
    go_on: GoOn<'t>,
    lower: Vec<f64>,
    upper: Vec<f64>,
}

impl Constraints for Residuals<'_> {
    type Set = ConstraintSet<BoxBounds<Vec<f64>>>;

    fn constraints(&self) -> <Self::Set as ConstraintDescription>::Borrowed<'_> {
        ConstraintSet::new().with_bounds(BoxBounds::new(Some(&self.lower), Some(&self.upper)))
    }
}

impl Residual for Residuals<'_> {
    type Param = Vec<f64>;
    type Output = Vec<f64>;
    type Error = Stopped;

    fn residual(&self, at: &Vec<f64>) -> Result<Vec<f64>, Stopped> {
        if (self.go_on)() { Ok(residuals(self.task, at)) } else { Err(Stopped) }
    }
}

/// Deviations in standard deviations. Where there is no such device, or one that never shows
/// what was measured, they are no numbers, and the search takes a shorter step.
pub(crate) fn residuals(task: &Task, coordinates: &[f64]) -> Vec<f64> {
    let predictions = task.predictions(&task.values(coordinates));
    task.measurements
        .iter()
        .zip(predictions)
        .map(|(measurement, predicted)| predicted.map_or(f64::NAN, |p| measurement.residual(p)))
        .collect()
}

/// Derivatives of the residuals by the coordinates, by central differences within the bounds;
/// none if the caller asked to stop.
pub(crate) fn jacobian(task: &Task, coordinates: &[f64], go_on: GoOn<'_>) -> Option<DMatrix<f64>> {
    let matrix = differences(task, go_on).jacobian(&coordinates.to_vec()).ok()?;
    let (rows, columns) = (task.measurements.len(), coordinates.len());
    Some(DMatrix::from_fn(rows, columns, |i, j| matrix.get(i, j)))
}

fn differences<'t>(task: &'t Task, go_on: GoOn<'t>) -> BoundedFiniteDiff<Residuals<'t>> {
    let free = task.free().count();
    let (lower, upper) = (vec![0.0; free], vec![1.0; free]);
    let residuals = Residuals { task, go_on, lower: lower.clone(), upper: upper.clone() };
    BoundedFiniteDiff::new(residuals, lower, upper).jacobian_method(Method::Central)
}

/// One search: the best coordinates that it found; none if the caller asked to stop.
pub(crate) fn descend(task: &Task, start: Vec<f64>, go_on: GoOn<'_>) -> Option<Vec<f64>> {
    let solver = TrustRegionReflective::new().with_relative_cost_change_tolerance(COST_CHANGE);
    let problem = differences(task, go_on);
    let search = Executor::from_start(problem, solver, start).max_iter(MOST_STEPS);
    Some(search.run().ok()?.param().clone())
}

/// Steps of coordinates that are tried where derivatives no longer lead on.
const STRIDES: [f64; 7] = [0.1, 0.03, 0.01, 3e-3, 1e-3, 3e-4, 1e-4];

/// A better place near a good one, by trying steps along each coordinate: a count of pulses has flat
/// places and small jumps, at which derivatives say nothing. None if the caller asked to stop.
pub(crate) fn stride(task: &Task, from: &[f64], go_on: GoOn<'_>) -> Option<Vec<f64>> {
    let cost = |at: &[f64]| residuals(task, at).iter().map(|r| r * r).sum::<f64>();
    let (mut best, mut least) = (from.to_vec(), cost(from));
    for step in STRIDES {
        for (k, step) in (0..from.len()).flat_map(|k| [(k, step), (k, -step)]) {
            // On, as long as it pays; a coordinate has no further to go than its bounds.
            loop {
                if !go_on() {
                    return None;
                }
                let mut moved = best.clone();
                moved[k] = (moved[k] + step).clamp(0.0, 1.0);
                let found = cost(&moved);
                if found.is_nan() || found >= least {
                    break;
                }
                (best, least) = (moved, found);
            }
        }
    }
    Some(best)
}

/// Where search number `search` starts: the first at the file's start, the others at places that
/// depend on the number alone. None if no place was found that shows all that was measured.
pub(crate) fn start(task: &Task, search: usize, go_on: GoOn<'_>) -> Option<Vec<f64>> {
    let shows_all = |at: &Vec<f64>| residuals(task, at).iter().all(|r| r.is_finite());
    if search == 0 {
        return Some(task.start()).filter(shows_all);
    }
    let draws = Draws::new(search as u64, Owner::FitStart);
    (0..DRAWS_A_SEARCH)
        .take_while(|_| go_on())
        .map(|count| {
            let mut generator = draws.generator(count);
            task.free().map(|_| generator.random::<f64>()).collect()
        })
        .find(shows_all)
}
