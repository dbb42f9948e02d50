//! Flaws of single devices. Each draw is keyed by seed, array, effect and the device's place (and
//! the number of the reading), so that no flaw changes the draws of another.

use std::sync::Arc;

use memspike_random::{Draws, Owner};
use nalgebra::DMatrix;
use rand_distr::{Distribution as _, StandardNormal, StandardUniform};

use crate::config::{Config, Noise, Reference};

/// Programmed devices of an array: what a reading starts from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Devices {
    seed: u64,
    /// Of the array, part of every key.
    name: String,
    /// At `drift.t0_s` (S). An array that does not drift shares it.
    conductance: Arc<DMatrix<f64>>,
    /// Whether a device is stuck, and does not drift; nothing if none can be.
    stuck: Option<DMatrix<bool>>,
}

impl Devices {
    /// Programs `target` conductances (S): programming noise, then stuck devices.
    pub fn program(mut target: DMatrix<f64>, config: &Config, seed: u64, name: &str) -> Self {
        add_noise(
            &mut target,
            config.programming_noise,
            config,
            &Draws::new(seed, Owner::Programming(name)),
        );
        let stuck = stick(&mut target, config, &Draws::new(seed, Owner::Faults(name)));
        Self { seed, name: name.to_owned(), conductance: Arc::new(target), stuck }
    }

    /// Conductances at `time_s` after programming (S), without read noise.
    pub fn at(&self, time_s: f64, config: &Config) -> Arc<DMatrix<f64>> {
        let drift = config.drift;
        let decades = (time_s / drift.t0_s).ln();
        if decades == 0.0 || (drift.nu == 0.0 && drift.nu_sigma == 0.0) {
            return Arc::clone(&self.conductance);
        }
        let mut conductance = DMatrix::clone(&self.conductance);
        let draws = self.draws(Owner::Drift);
        let index = indices(&conductance);
        let drifts = |place: &(usize, usize)| self.stuck.as_ref().is_none_or(|all| !all[*place]);
        for place in places(&self.conductance).filter(drifts) {
            let own = match drift.nu_sigma {
                0.0 => 0.0,
                sigma => sigma * draws.normal_pair(index(place))[0],
            };
            conductance[place] *= (-(drift.nu + own) * decades).exp();
        }
        Arc::new(conductance)
    }

    /// `conductance` as reading number `count` finds it (S).
    pub fn read(&self, conductance: &DMatrix<f64>, config: &Config, count: u64) -> DMatrix<f64> {
        let draws = self.draws(|array| Owner::Reading(array, count));
        let mut conductance = conductance.clone();
        add_noise(&mut conductance, config.read_noise, config, &draws);
        conductance
    }

    /// The draws of one effect on this array.
    fn draws<'a>(&'a self, effect: impl FnOnce(&'a str) -> Owner<'a>) -> Draws {
        Draws::new(self.seed, effect(&self.name))
    }
}

fn add_noise(conductance: &mut DMatrix<f64>, noise: Noise, config: &Config, draws: &Draws) {
    if noise.sigma == 0.0 {
        return;
    }
    let range_s = config.gmax_s - config.gmin_s;
    for (row, mut devices) in (0..).zip(conductance.row_iter_mut()) {
        // To set up a generator costs more than a row of its numbers.
        let mut generator = draws.generator(row);
        for siemens in devices.iter_mut() {
            let of_s = match noise.relative_to {
                Reference::Range => range_s,
                Reference::Conductance => *siemens,
            };
            let z: f64 = StandardNormal.sample(&mut generator);
            *siemens = (*siemens + noise.sigma * of_s * z).max(0.0);
        }
    }
}

/// Puts devices that are stuck where they are stuck; gives their places.
fn stick(conductance: &mut DMatrix<f64>, config: &Config, draws: &Draws) -> Option<DMatrix<bool>> {
    let faults = config.faults;
    if faults.stuck_on == 0.0 && faults.stuck_off == 0.0 {
        return None;
    }
    let mut stuck = DMatrix::from_element(conductance.nrows(), conductance.ncols(), false);
    let index = indices(conductance);
    for place in places(conductance) {
        let share: f64 = StandardUniform.sample(&mut draws.generator(index(place)));
        let stuck_at = if share < faults.stuck_on {
            config.gmax_s
        } else if share < faults.stuck_on + faults.stuck_off {
            config.gmin_s
        } else {
            continue;
        };
        conductance[place] = stuck_at;
        stuck[place] = true;
    }
    Some(stuck)
}

/// Every place of a matrix, row by row.
fn places(matrix: &DMatrix<f64>) -> impl Iterator<Item = (usize, usize)> + use<> {
    let (rows, columns) = matrix.shape();
    (0..rows).flat_map(move |row| (0..columns).map(move |column| (row, column)))
}

/// Number of a device, row by row: the count of its draws.
fn indices(matrix: &DMatrix<f64>) -> impl Fn((usize, usize)) -> u64 + use<> {
    let columns = matrix.ncols();
    move |(row, column)| (row * columns + column) as u64
}
