//! What a run gives.

use memspike_netlist::shown;
use memspike_population::Counters;
use memspike_recording::Firing;
use memspike_report::{engineering, table};
use serde::Serialize;

use super::run::Run;

/// Bytes of a digest that are shown.
const DIGEST_BYTES: usize = 16;

/// The beginning of a digest, in hexadecimal.
pub fn digest_text(digest: &[u8; 32]) -> String {
    digest[..DIGEST_BYTES].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a run gives, as JSON.
#[derive(Serialize)]
pub struct Results {
    /// Name of the network, digest of its description and of what was drawn, seed, what drawn delays are multiples of, branches.
    network: String,
    description: String,
    digest: String,
    seed: u64,
    delay_tick_fs: u64,
    branches: Vec<String>,
    /// The closed interval of time that results are of.
    interval_s: [f64; 2],
    resumed_from_s: Option<f64>,
    pub reached_s: f64,
    pub interrupted: bool,
    neurons: usize,
    synapses: usize,
    bytes: usize,
    populations: Vec<PopulationResult>,
    counters: Counts,
    /// Wall time: no result, and never the same twice.
    wall: Wall,
}

#[derive(Serialize)]
struct PopulationResult {
    name: String,
    neurons: usize,
    spikes: u64,
    rate_hz: f64,
    rate_deviation_hz: f64,
    cv: Option<f64>,
    active: u64,
}

#[derive(Serialize)]
struct Counts {
    spikes: u64,
    sent: u64,
    delivered: u64,
    under_way: u64,
    crossings_tested: u64,
    crossings_certified: u64,
    rebases: u64,
    windows: u64,
}

#[derive(Serialize)]
struct Wall {
    build_s: f64,
    run_s: f64,
    /// Synaptic events that were delivered in that time: not those before a resumed run was taken up.
    run_delivered: u64,
}

impl Results {
    pub fn of(run: &Run<'_>, reached_s: f64, interrupted: bool) -> Self {
        let Counters { spikes, sent, delivered, under_way, tested, certified, rebased, windows } =
            run.simulation.counters();
        let firing = run.ears.statistics.firing(reached_s);
        let populations = run.task.populations.iter().zip(firing);
        let populations = populations.map(|(population, firing)| {
            let Firing { spikes, rate_hz, rate_deviation_hz, cv, active } = firing;
            let (name, neurons) = (population.name().to_owned(), population.size());
            PopulationResult { name, neurons, spikes, rate_hz, rate_deviation_hz, cv, active }
        });
        let origin = run.origin.clone();
        Self {
            network: origin.network,
            description: origin.description,
            digest: origin.digest,
            seed: origin.seed,
            delay_tick_fs: origin.delay_tick_fs,
            branches: origin.branches,
            interval_s: [0.0, reached_s],
            resumed_from_s: run.resumed_s,
            reached_s,
            interrupted,
            neurons: run.task.network.neurons(),
            synapses: run.simulation.synapses(),
            bytes: run.simulation.bytes(),
            populations: populations.collect(),
            counters: Counts {
                spikes,
                sent,
                delivered,
                under_way,
                crossings_tested: tested,
                crossings_certified: certified,
                rebases: rebased,
                windows,
            },
            wall: Wall {
                build_s: run.build_s,
                run_s: run.run_s,
                run_delivered: delivered - run.delivered_before,
            },
        }
    }

    pub fn table(&self) -> String {
        let rows = self.populations.iter().map(|population| {
            vec![
                population.name.clone(),
                population.neurons.to_string(),
                population.spikes.to_string(),
                format!("{:.3}", population.rate_hz),
                format!("{:.3}", population.rate_deviation_hz),
                population.cv.map_or_else(|| "-".to_owned(), |cv| format!("{cv:.3}")),
                population.active.to_string(),
            ]
        });
        let header =
            ["population", "neurons", "spikes", "rate (Hz)", "deviation (Hz)", "CV", "active"];
        let Counts { spikes, delivered, under_way, .. } = self.counters;
        let each = match self.synapses {
            0 => String::new(),
            some => format!(" ({:.1} bytes a synapse)", self.bytes as f64 / some as f64),
        };
        let stretch = match self.resumed_from_s {
            Some(from_s) => {
                format!("{} to {}", engineering(from_s, "s"), engineering(self.reached_s, "s"))
            }
            None => engineering(self.reached_s, "s"),
        };
        format!(
            "{}\n{} neurons, {} synapses, {}{each}\n\
             {spikes} spikes; {delivered} synaptic events delivered, {under_way} under way\n\
             built in {:.1} s, {stretch} in {:.2} s: {} events/s\n",
            table(&header, rows.collect()),
            self.neurons,
            self.synapses,
            shown(self.bytes as u64),
            self.wall.build_s,
            self.wall.run_s,
            engineering(self.wall.run_delivered as f64 / self.wall.run_s.max(1e-9), ""),
        )
    }
}
