//! What a synapse costs that is drawn, beside a bare loop of the same draws: `cargo bench -p memspike-network`. Prints a table.

#![allow(clippy::print_stdout, reason = "a bench reports to the terminal")]

use std::{error::Error, hint::black_box, path::Path, thread, time::Instant};

use memspike_network::Network;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution as _, StandardNormal};

/// Rounds behind every median; all take turns in each.
const ROUNDS: usize = 5;

/// Draws of the bare loop.
const BARE: u64 = 20_000_000;

fn main() -> Result<(), Box<dyn Error>> {
    let networks = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../netlists/networks");
    let tenth = Network::read(networks.join("pd14-10.toml"))?;
    let mut times: [Vec<f64>; 4] = Default::default();
    for _ in 0..ROUNDS {
        times[0].push(bare());
        times[1].push(a_synapse(&tenth, 1, pairs));
        times[2].push(a_synapse(&tenth, 1, whole));
        times[3].push(a_synapse(&tenth, 2, whole));
    }
    let [bare, pairs_ns, whole_ns, parted_ns] = times.map(median);
    println!("the microcircuit at a tenth, ns a synapse (medians of {ROUNDS})");
    println!("  bare loop of a whole number and two normal ones   {bare:6.1}");
    println!("  pairs                                             {pairs_ns:6.1}");
    println!(
        "  with weights and delays                           {whole_ns:6.1}  {:.2} of the bare loop",
        whole_ns / bare
    );
    println!(
        "  on two threads                                    {parted_ns:6.1}  {:.2} times as fast",
        whole_ns / parted_ns
    );
    let full = Network::read(networks.join("pd14.toml"))?;
    let begin = Instant::now();
    let count = drawn(&full, 2, pairs) + drawn(&full, 2, whole);
    println!(
        "the whole microcircuit twice, pairs and then all, on two threads: {count} synapses in {:.1} s",
        begin.elapsed().as_secs_f64()
    );
    Ok(())
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn bare() -> f64 {
    let begin = Instant::now();
    let mut words = ChaCha8Rng::seed_from_u64(1);
    let mut sum = 0.0;
    for _ in 0..BARE {
        let source = (u64::from(words.next_u32()) * 20_683) >> 32;
        let normal: [f64; 2] = [0, 1].map(|_| StandardNormal.sample(&mut words));
        sum += source as f64 + normal[0] + normal[1];
    }
    black_box(sum);
    begin.elapsed().as_secs_f64() / BARE as f64 * 1e9
}

/// How the synapses of a part are told, and how many there are.
type Told = fn(&Network, [usize; 2]) -> u64;

fn a_synapse(network: &Network, threads: usize, told: Told) -> f64 {
    let begin = Instant::now();
    let count = drawn(network, threads, told);
    begin.elapsed().as_secs_f64() / count as f64 * 1e9
}

fn drawn(network: &Network, threads: usize, told: Told) -> u64 {
    thread::scope(|scope| {
        let part = |part| scope.spawn(move || told(network, [part, threads]));
        let parts: Vec<_> = (0..threads).map(part).collect();
        parts.into_iter().map(|part| part.join().expect("a thread")).sum()
    })
}

/// The targets of a projection that a part has.
fn targets(size: usize, [part, of]: [usize; 2]) -> std::ops::Range<u32> {
    (size * part / of) as u32..(size * (part + 1) / of) as u32
}

fn pairs(network: &Network, part: [usize; 2]) -> u64 {
    let mut count = 0;
    for (id, projection) in network.projections() {
        let targets = targets(network.population(projection.to()).size(), part);
        network.drawing(id, 1).visit_pairs(targets, |source, target, _| {
            count += u64::from(black_box(source ^ target) != u32::MAX);
        });
    }
    count
}

fn whole(network: &Network, part: [usize; 2]) -> u64 {
    let (mut count, mut sum) = (0, 0.0);
    for (id, projection) in network.projections() {
        let targets = targets(network.population(projection.to()).size(), part);
        network.drawing(id, 1).visit(targets, |synapse| {
            count += 1;
            sum += synapse.weight + synapse.delay as f64 + f64::from(synapse.source);
        });
    }
    black_box(sum);
    count
}
