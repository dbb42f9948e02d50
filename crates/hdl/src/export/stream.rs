//! The stream of images of an export with its answers.

use std::fmt::Write as _;
use std::io;

use memspike_lif_core::{Core, Stimulus, answers};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::folder::Folder;
use crate::arch::{Layout, WeightsMemory, top_inputs};
use crate::stimulus::{drive, fill_count, stops, sweep};
use crate::stream::{answers_text, events_text};

/// Random images for Verilator, and ticks of each.
const IMAGES: usize = 20;
const TICKS: usize = 12;

/// Verilator does so many cycles while iverilog does one.
const FASTER: usize = 40;

/// The program that drives a core through its handshakes in Verilator. One that can be loaded is left as it was exported.
fn program(core: &Core, memory: WeightsMemory) -> String {
    let loads =
        top_inputs(core.spec(), memory).into_iter().fold(String::new(), |mut text, load| {
            let _ = writeln!(text, "        core.{} = {};", load.signal.name, load.rest);
            text
        });
    include_str!("stream.cpp").replace("        // @LOADS@\n", &loads)
}

/// Writes the stream and the program that sends it.
pub fn write(
    core: &Core,
    layout: &dyn Layout,
    seed: u64,
    cycles: usize,
    folder: &mut Folder<'_>,
) -> io::Result<()> {
    let stimuli = stimuli(core, layout, seed, cycles);
    folder.text("events.txt", &events_text(core, &stimuli))?;
    folder.text("answers.txt", &answers_text(&answers(core, &stimuli)))?;
    folder.text("stream.cpp", &program(core, layout.weights_memory()))
}

/// What reaches everything, as far as it takes no more than half of the cycles, then images of random events.
fn stimuli(core: &Core, layout: &dyn Layout, seed: u64, cycles: usize) -> Vec<Stimulus> {
    let cycles = FASTER * cycles;
    let costs: Vec<usize> = core.spec().layers.iter().map(|layer| layout.cycles(layer)).collect();
    let mut spent = 0;
    let mut stimuli = Vec::new();
    let mut send = |all: &mut dyn Iterator<Item = Stimulus>, most: usize| {
        for stimulus in all {
            spent += match stimulus {
                Stimulus::Event(_) => costs[0],
                Stimulus::Start | Stimulus::Tick => costs.iter().sum(),
            };
            if spent > most {
                break;
            }
            stimuli.push(stimulus);
        }
    };
    send(&mut sweep(core), cycles / 4);
    send(&mut drive(core), cycles * 3 / 8);
    send(&mut stops(core), cycles * 7 / 16);
    send(&mut fill_count(core).into_iter(), cycles / 2);
    let most_events = cycles / 2 / costs[0] / (IMAGES * TICKS);
    stimuli.extend(random(core, seed, most_events));
    stimuli
}

fn random(core: &Core, seed: u64, most_events: usize) -> impl Iterator<Item = Stimulus> {
    let inputs = core.spec().first().inputs;
    let events = inputs.div_ceil(4).min(most_events.max(1));
    let mut draws = ChaCha8Rng::seed_from_u64(seed);
    let mut tick = move || {
        let events = (0..events).map(|_| Stimulus::Event(draws.random_range(0..inputs)));
        events.chain([Stimulus::Tick]).collect::<Vec<_>>()
    };
    (0..IMAGES).flat_map(move |_| {
        std::iter::once(Stimulus::Start).chain((0..TICKS).flat_map(|_| tick())).collect::<Vec<_>>()
    })
}
