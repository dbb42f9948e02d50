//! The event-level model, the cycle-accurate model and Verilator side by side on one stream of images. Prints a table;
//! `benches/README.md` says what it shows.

#![allow(clippy::print_stdout, reason = "a bench reports to the terminal")]

use std::{error::Error, fs, hint::black_box, time::Instant};

use memspike_hdl::{Export, Simulator, export, layout};
use memspike_lif_core::{
    Core, Dynamics, EventModel, ROUNDING, Rules, Saturation, Stimulus, Trained, Widths, answers,
    clocked_answers, quantise,
};
use memspike_npy::Weights;

/// Rounds behind every median; all take turns in each.
const ROUNDS: usize = 7;

/// Passes of the event level in a round: one is over before the caches are warm, while the others take as long as twenty.
const PASSES: usize = 20;

/// Images, ticks of one, and events of a tick: about what a digit is at a tick of 0.73 ms. Constants of the neurons are such that
/// an image gives about 17 spikes, which is what a digit gives too.
const IMAGES: usize = 100;
const TICKS: usize = 137;
const EVENTS: usize = 12;

const INPUTS: usize = 784;
const NEURONS: usize = 10;

fn main() -> Result<(), Box<dyn Error>> {
    let (core, stimuli) = (core()?, stimuli());
    let expected = answers(&core, &stimuli);
    println!(
        "{IMAGES} images, {} stimuli, {} spikes, {INPUTS}-{NEURONS}, 8 bits (medians of {ROUNDS})",
        stimuli.len(),
        event_level(&mut EventModel::new(&core), &stimuli),
    );
    println!(
        "  architecture  event level  cycle model   Verilator  cycle model      Verilator  event level/Verilator"
    );
    for architecture in ["serial", "parallel"] {
        let layout = layout(architecture, 1)?;
        let folder = tempfile::tempdir()?;
        let create = |name: &str| fs::File::create(folder.path().join(name));
        export(&core, &*layout, &Export::new("lif"), create)?;
        let simulator = Simulator::build(folder.path())?;
        let (mut event, mut cycle, mut verilator, mut cycles) = (vec![], vec![], vec![], 0);
        // Verilator's time is that of its loop alone, too.
        let mut model = EventModel::new(&core);
        for _ in 0..ROUNDS {
            let begin = Instant::now();
            for _ in 0..PASSES {
                black_box(event_level(&mut model, &stimuli));
            }
            event.push(begin.elapsed().as_secs_f64() / PASSES as f64);
            let begin = Instant::now();
            let (found, count) = clocked_answers(&core, layout.model(), &stimuli);
            cycle.push(begin.elapsed().as_secs_f64());
            assert!(found == expected, "the cycle-accurate model differs");
            let simulation = simulator.compare("bench", &core, &stimuli, &expected)?;
            verilator.push(simulation.seconds);
            cycles = count;
        }
        let (event, cycle, verilator) = (median(event), median(cycle), median(verilator));
        let rate = |seconds: f64| cycles as f64 / seconds / 1e6;
        println!(
            "  {architecture:12}  {:8.2} ms  {:8.2} ms  {:7.2} ms  {:5.1} M cyc/s  {:5.1} M cyc/s  {:21.1}",
            1e3 * event,
            1e3 * cycle,
            1e3 * verilator,
            rate(cycle),
            rate(verilator),
            verilator / event,
        );
    }
    Ok(())
}

/// Spikes of all images, so that nothing is left out.
fn event_level(model: &mut EventModel, stimuli: &[Stimulus]) -> usize {
    let mut spikes = 0;
    for stimulus in stimuli {
        match *stimulus {
            Stimulus::Start => model.start(),
            Stimulus::Event(input) => model.event(input),
            Stimulus::Tick => model.tick(|_| spikes += 1),
        }
    }
    spikes
}

/// Numbers spread over 0 to 1 without pattern (the fractions of multiples of the golden ratio).
fn spread(at: usize) -> f64 {
    (at as f64 * 0.618_033_988_749_895).fract()
}

fn core() -> Result<Core, Box<dyn Error>> {
    let weights: Vec<f64> = (0..INPUTS * NEURONS).map(|at| 2.0 * spread(at) - 0.9).collect();
    let weights = Weights::new(INPUTS, NEURONS, weights)?;
    let dynamics = Dynamics {
        threshold: 55.0,
        retention: 1.0 - 1.0 / 64.0,
        reset: Some(18.8),
        saturation: Saturation::Signed,
        refractory_ticks: 0,
    };
    let layer = Trained { weights, dynamics, scale: None };
    let rules = Rules {
        widths: &[Widths::of(8)],
        count_bits: 8,
        time_step_s: 734.523e-6,
        rounding: ROUNDING,
    };
    Ok(quantise(&[layer], &rules)?.core)
}

fn stimuli() -> Vec<Stimulus> {
    let mut all = Vec::new();
    for image in 0..IMAGES {
        all.push(Stimulus::Start);
        for tick in 0..TICKS {
            let first = EVENTS * (image * TICKS + tick);
            let events = (first..first + EVENTS).map(|at| (spread(at) * INPUTS as f64) as usize);
            all.extend(events.map(Stimulus::Event));
            all.push(Stimulus::Tick);
        }
    }
    all
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
