//! Networks whose neurons are shared among ranks, here threads of one process: the bits of one process, whatever their number.

mod common;

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Arc, Barrier, Mutex, PoisonError};
use std::thread;

use common::zoo::zoo;
use common::{job_b, run};
use memspike_network::{Form, Network};
use memspike_population::{
    BuildError, Counters, Description, Exchange, Input, Options, Precision, Probed, Recording,
    Simulation, Synapse, Synapses, Wiring,
};
use memspike_time::Time;

const UNTIL_S: f64 = 0.15;

/// What ranks send each other lies on a table.
struct Table {
    places: Mutex<Vec<Vec<u8>>>,
    barrier: Barrier,
}

struct Seat {
    rank: usize,
    ranks: usize,
    table: Arc<Table>,
}

impl Exchange for Seat {
    fn rank(&self) -> usize {
        self.rank
    }

    fn ranks(&self) -> usize {
        self.ranks
    }

    fn share(&self, own: &[u8], of_all: &mut Vec<Vec<u8>>) {
        let places = || self.table.places.lock().unwrap_or_else(PoisonError::into_inner);
        places()[self.rank] = own.to_vec();
        self.table.barrier.wait();
        of_all.clone_from(&places());
        self.table.barrier.wait();
    }

    fn collect(&self, own: &[u8]) -> Vec<Vec<u8>> {
        let mut of_all = Vec::new();
        self.share(own, &mut of_all);
        if self.rank == 0 { of_all } else { Vec::new() }
    }
}

/// Does the same on so many ranks; gives what each has done.
fn on_ranks<T: Send>(ranks: usize, work: impl Fn(Box<dyn Exchange>) -> T + Sync) -> Vec<T> {
    let places = Mutex::new(vec![Vec::new(); ranks]);
    let table = Arc::new(Table { places, barrier: Barrier::new(ranks) });
    thread::scope(|scope| {
        let begin = |rank| {
            let seat = Seat { rank, ranks, table: Arc::clone(&table) };
            let work = &work;
            scope.spawn(move || work(Box::new(seat)))
        };
        let threads: Vec<_> = (0..ranks).map(begin).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    })
}

fn go_on<X: Exchange>(simulation: &mut Simulation<X>, recording: &mut Recording, until_s: f64) {
    let until = Time::from_s(until_s);
    simulation.run(until, recording, &mut |_| ControlFlow::Continue(())).expect("memory takes all");
}

/// What the first rank was told, after it was looked at that the others were told nothing and know the same counts.
fn among(
    input: &Input,
    wiring: &dyn Wiring,
    options: &Options,
    ranks: usize,
) -> (Recording, Counters, usize) {
    let of_all = on_ranks(ranks, |exchange| {
        let mut simulation =
            Simulation::among(input, wiring, options, exchange).expect("a network");
        let mut recording = Recording::default();
        go_on(&mut simulation, &mut recording, UNTIL_S);
        (recording, simulation.counters(), simulation.synapses())
    });
    let mut of_all = of_all.into_iter();
    let first = of_all.next().expect("a rank");
    for (recording, counters, synapses) in of_all {
        assert!(recording.spikes.is_empty());
        assert_eq!((counters, synapses), (first.1, first.2));
    }
    first
}

fn has_the_bits_of_one_process(input: &Input, wiring: &dyn Wiring) {
    let mut simulation = Simulation::new(input, wiring, &Options::default()).expect("a network");
    let mut unbroken = Recording::default();
    go_on(&mut simulation, &mut unbroken, UNTIL_S);
    assert!(unbroken.spikes.len() > 500, "{}", unbroken.spikes.len());
    let sums = |Counters { spikes, sent, delivered, under_way, .. }: Counters| {
        [spikes, sent, delivered, under_way]
    };
    for (ranks, threads, window_s) in [
        (1, 1, None),
        (2, 1, None),
        (2, 2, Some(0.1e-3)),
        (3, 1, Some(1.0)),
        (4, 2, None),
        (23, 1, None),
    ] {
        let options = Options { threads, window_s, ..Options::default() };
        let (recording, counters, synapses) = among(input, wiring, &options, ranks);
        assert!(recording == unbroken, "{ranks} ranks, {options:?}");
        assert_eq!(sums(counters), sums(simulation.counters()));
        assert_eq!(synapses, simulation.synapses());
    }
}

#[test]
fn every_kind_of_neuron_has_the_bits_of_one_process() {
    let (input, synapses) = zoo();
    has_the_bits_of_one_process(&input, &synapses);
}

#[test]
fn rows_by_delay_have_the_bits_of_one_process() {
    let (input, wiring) = job_b(1000, [80, 20]);
    has_the_bits_of_one_process(&input, &wiring);
}

/// Rules of which each rank draws its own targets alone.
const DRAWN: &str = r#"
version = 2

[[populations]]
name = "cells"
size = 40
[populations.model.lif_exp]
capacitance_farad = 250e-12
tau_excitatory_s = 2e-3
tau_inhibitory_s = 5e-3
drive_ampere = 500e-12
[populations.model.lif_exp.membrane]
tau_s = 10e-3
threshold_v = 15e-3
reset = { to_v = 0 }
refractory_s = 2e-3
initial_v = { uniform = { least = 0, greatest = 14e-3 } }

[[populations]]
name = "noise"
size = 40
model.poisson = { rate_hz = 300 }

[[populations]]
name = "single"
size = 1
model.parrot = {}
RULES
"#;

fn drawn() -> Network {
    let rule = |name: &str, from: &str, connections: &str, ampere: f64| {
        format!(
            "
[[projections]]
name = '{name}'
from = '{from}'
to = 'cells'
effect = {{ ampere = 1e-12 }}
weights = {{ normal = {{ mean = {ampere}, deviation = 10 }} }}
delay_s = {{ uniform = {{ least = 0.3e-3, greatest = 2e-3 }} }}
connections.{connections}
"
        )
    };
    let rules = [
        rule("in", "noise", "in_degree = { degree = 7, autapses = true, multapses = true }", 200.0),
        rule(
            "out",
            "cells",
            "out_degree = { degree = 5, autapses = true, multapses = false }",
            -150.0,
        ),
        rule(
            "total",
            "cells",
            "total = { synapses = 300, autapses = false, multapses = true }",
            90.0,
        ),
        rule("pairs", "noise", "probability = { probability = 0.2, autapses = true }", 100.0),
    ];
    let text = DRAWN.replace("RULES", &rules.concat());
    Network::decode(&text, Form::Toml, Path::new("")).expect("a network")
}

#[test]
fn drawn_connections_have_the_bits_of_one_process() {
    let network = drawn();
    let description = Description::new(&network, 3, Precision::Single).expect("point neurons");
    has_the_bits_of_one_process(&description.input, &description);
}

#[test]
fn an_image_of_some_ranks_goes_on_on_others_and_on_one_process() {
    let (input, mut synapses) = zoo();
    // The longest delay ends on another rank than the first, which writes what is under way.
    let delay_fs = 30_000_000_000_000;
    synapses.0.push(Synapse { source: 100, target: 139, weight: 2e-3, delay_fs });
    let options = Options::default();
    let unbroken = run(&input, &synapses, &options, UNTIL_S);
    let begin = |ranks| {
        let saved = on_ranks(ranks, |exchange| {
            let mut simulation =
                Simulation::among(&input, &synapses, &options, exchange).expect("a network");
            let mut recording = Recording::default();
            go_on(&mut simulation, &mut recording, 0.067);
            let mut image = Vec::new();
            simulation.save(&mut image).expect("memory takes all");
            (image, recording, simulation.counters())
        });
        assert!(saved[1..].iter().all(|(image, ..)| image.is_empty()));
        saved.into_iter().next().expect("a rank")
    };
    for (before, after) in [(3, 2), (2, 5), (4, 1)] {
        let (image, recording, counters) = begin(before);
        let told = on_ranks(after, |exchange| {
            let mut simulation =
                Simulation::among(&input, &synapses, &options, exchange).expect("a network");
            simulation.resume(&mut &image[..]).expect("an image");
            assert_eq!(simulation.counters(), counters);
            let mut recording = recording.clone();
            go_on(&mut simulation, &mut recording, UNTIL_S);
            recording
        });
        assert!(told[0] == unbroken, "{before} ranks, then {after}");
        let mut alone = Simulation::new(&input, &synapses, &options).expect("a network");
        alone.resume(&mut &image[..]).expect("an image");
        let mut rest = recording;
        go_on(&mut alone, &mut rest, UNTIL_S);
        assert!(rest == unbroken, "{before} ranks, then one process");
    }
}

/// A membrane by population and neuron: the bits of its potential and of its shift.
type Looked = ((usize, u32), [Option<u64>; 2]);

/// More neurons than ranks tell of in one message, in any order, some twice.
#[test]
fn membranes_are_those_of_one_process() {
    let (zoo, synapses) = zoo();
    let (many, wiring) = job_b(5000, [80, 20]);
    for (input, wiring, until_s) in
        [(&zoo, &synapses as &(dyn Wiring + Sync), 0.067), (&many, &wiring, 0.01)]
    {
        let mut alone = Simulation::new(input, wiring, &Options::default()).expect("a network");
        go_on(&mut alone, &mut Recording::default(), until_s);
        let sizes = input.populations.iter().map(|population| population.size);
        let mut neurons: Vec<(usize, u32)> = (0..)
            .zip(sizes)
            .flat_map(|(population, size)| (0..size).map(move |neuron| (population, neuron)))
            .collect();
        neurons.reverse();
        neurons.extend_from_within(..7);
        let wanted: Vec<Looked> = neurons
            .iter()
            .map(|&(population, neuron)| {
                let numbers =
                    [alone.potential(population, neuron), alone.shift(population, neuron)];
                ((population, neuron), numbers.map(|number| number.map(f64::to_bits)))
            })
            .collect();
        assert!(wanted.iter().filter(|(_, [potential, _])| potential.is_some()).count() > 50);
        for ranks in [1, 2, 3, 4, 23] {
            let told = on_ranks(ranks, |exchange| {
                let simulation = Simulation::among(input, wiring, &Options::default(), exchange);
                let mut simulation = simulation.expect("a network");
                go_on(&mut simulation, &mut Recording::default(), until_s);
                let mut told = Vec::new();
                let tell = &mut |place, Probed { potential_v, shift_v }| {
                    let numbers = [potential_v, shift_v].map(|number| number.map(f64::to_bits));
                    told.push((place, numbers));
                    Ok(())
                };
                simulation.probe(&neurons, tell).expect("memory takes all");
                told
            });
            assert!(told[0] == wanted, "{ranks} ranks");
            assert!(told[1..].iter().all(Vec::is_empty));
        }
    }
}

/// A disk that is full fails the rank that writes, and keeps no other waiting.
#[test]
fn an_image_that_cannot_be_written_ends_on_all_ranks() {
    let (input, synapses) = zoo();
    let options = Options::default();
    let ended = on_ranks(3, |exchange| {
        let simulation =
            Simulation::among(&input, &synapses, &options, exchange).expect("a network");
        let mut room = [0; 300];
        simulation.save(&mut &mut room[..]).is_ok()
    });
    assert_eq!(ended, [false, true, true]);
}

#[test]
fn what_is_wrong_is_told_alike_by_any_number_of_ranks() {
    type Break = fn(&mut Input, &mut Synapses);
    let cases: [Break; 5] = [
        |_, synapses| {
            // Two mistakes: the first target's is the one that is told.
            synapses.0[300].weight = f64::NAN;
            synapses.0[5].weight = f64::INFINITY;
        },
        |_, synapses| {
            synapses.0[200].target = 25;
            synapses.0[9].target = 39;
        },
        |input, _| input.populations[0].size = 21,
        |input, _| input.populations[2].size = 0,
        |_, synapses| {
            let within = synapses.0.iter_mut().find(|synapse| synapse.source < 20).expect("one");
            (within.target, within.delay_fs) = (1, 0);
        },
    ];
    for (number, break_it) in (0..).zip(cases) {
        let (mut input, mut synapses) = zoo();
        break_it(&mut input, &mut synapses);
        // Parts of one neuron: what is told depends on neither parts nor ranks.
        let options = Options { part_size: Some(1), ..Options::default() };
        let alone = Simulation::new(&input, &synapses, &options).err().expect("a mistake");
        for ranks in [2, 3, 7] {
            let told = on_ranks(ranks, |exchange| {
                Simulation::among(&input, &synapses, &options, exchange).err().expect("a mistake")
            });
            for error in told {
                assert_eq!(error.to_string(), alone.to_string(), "case {number}");
            }
        }
    }
}

#[test]
fn ranks_with_different_networks_are_refused() {
    let errors = on_ranks(3, |exchange| {
        let (mut input, synapses) = zoo();
        input.seed += exchange.rank() as u64 / 2;
        Simulation::among(&input, &synapses, &Options::default(), exchange).err()
    });
    assert!(errors.iter().all(|error| *error == Some(BuildError::OtherNetwork)), "{errors:?}");
}
