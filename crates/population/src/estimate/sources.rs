//! Sources of a network, whose rates are known: their trains, and their spikes under way.

use memspike_network::{
    Law, Lognormal, Model as Kind, Network, Normal, Poisson, Projection, Regular, Trains,
};
use memspike_time::FS;

use super::{GROWN, Heard, longest_fs, sum};
use crate::Spike;
use crate::direct::{Coming, Volley};
use crate::simulation::LONGEST_WINDOW_S;
use crate::stream::Flight;

/// Projections whose synapses hear trains of their own, each with the mean rate of a train (Hz).
fn own_trains(network: &Network) -> impl Iterator<Item = (&Projection, u64, f64)> {
    network.projections().filter_map(|(_, projection)| {
        match network.population(projection.from()).model() {
            Kind::Poisson(source) if source.trains == Trains::PerTarget => {
                let trains = network.connections_of(projection) as u64;
                Some((projection, trains, mean(&source.rate_hz)))
            }
            _ => None,
        }
    })
}

/// Bytes of what kernels of neurons with currents know of spikes under way to them from trains of their own.
pub(super) fn flight_bytes(network: &Network) -> u64 {
    let hears = |projection: &Projection| {
        matches!(network.population(projection.to()).model(), Kind::LifExp(_))
    };
    let heard = own_trains(network).filter(|(projection, ..)| hears(projection));
    let flights: f64 = heard
        .map(|(projection, trains, rate_hz)| {
            trains as f64 * rate_hz * longest_fs(projection.delay()) as f64 / FS
        })
        .sum();
    (flights * GROWN * size_of::<Flight>() as f64) as u64
}

/// Trains that synapses hear for themselves: one for each, or fewer where synapses of a neuron are alike.
pub(super) fn trains(network: &Network) -> u64 {
    sum(own_trains(network).map(|(_, trains, _)| trains))
}

/// Sources, whose rates are known.
pub(super) struct Sources {
    /// Spikes of all of them in a second.
    rate_hz: f64,
    /// Those of trains that one synapse hears.
    own_hz: f64,
    /// The longest delay (s).
    longest_s: f64,
}

impl Sources {
    pub(super) fn of(network: &Network, heard: &[Heard<'_>]) -> Self {
        let rates = network.populations().map(|(_, population)| match population.model() {
            Kind::Poisson(Poisson { trains: Trains::PerTarget, .. }) => 0.0,
            Kind::Regular(Regular { rate_hz, .. }) | Kind::Poisson(Poisson { rate_hz, .. }) => {
                mean(rate_hz) * population.size() as f64
            }
            _ => 0.0,
        });
        let own: f64 =
            own_trains(network).map(|(_, trains, rate_hz)| trains as f64 * rate_hz).sum();
        let longest_fs = heard.iter().map(|heard| heard.longest_fs).max().unwrap_or(0);
        let longest_s = longest_fs as f64 / FS;
        Self { rate_hz: rates.sum::<f64>() + own, own_hz: own, longest_s }
    }

    /// Bytes of their spikes: those that may be under way, which are let go of when they are the smaller half, and
    /// those of a window, once as they are told, twice in order, and once for each part that sweeps.
    pub(super) fn bytes(&self, heard: &[Heard<'_>]) -> u64 {
        let in_window = self.rate_hz * LONGEST_WINDOW_S;
        let spikes = GROWN * self.rate_hz * 2.0 * self.longest_s + 4.0 * in_window;
        let sweeps = sum(heard.iter().map(|heard| heard.parts * heard.classes.unwrap_or(0)));
        // A train of a synapse's own arrives in one part, once.
        let shared = (self.rate_hz - self.own_hz) * LONGEST_WINDOW_S;
        let volleys = shared * sweeps as f64 + self.own_hz * LONGEST_WINDOW_S;
        let volley = size_of::<Volley>() + size_of::<Coming>();
        (spikes * size_of::<Spike>() as f64 + volleys * volley as f64) as u64
    }

    /// Bytes of a list of their spikes that are under way.
    pub(super) fn under_way(&self) -> u64 {
        (self.rate_hz * self.longest_s * size_of::<Spike>() as f64) as u64
    }
}

/// The mean of a law whose bounds are wide.
fn mean(law: &Law) -> f64 {
    match law {
        Law::Value(value) => *value,
        Law::Normal(Normal { mean, .. }) => *mean,
        Law::Lognormal(Lognormal { median, sigma, .. }) => median * (sigma * sigma / 2.0).exp(),
        Law::Uniform(_) => f64::midpoint(law.ends().0, law.ends().1),
        Law::Listed(list) => list.values().iter().sum::<f64>() / list.values().len().max(1) as f64,
    }
}
