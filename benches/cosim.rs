//! The core of netlists/snn_cosim.cir within its co-simulation, by model, cycles and Verilog: CPU time of the core alone on the spikes
//! that the analog neurons give it, and of whole runs. Prints tables; `benches/README.md` says what they show.

#![allow(clippy::print_stdout, reason = "a bench reports to the terminal")]

use std::error::Error;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use memspike_cosim::{CoreBlock, Form, Implementation, Motion, Pace, generate};
use memspike_digital::Level;
use memspike_engine::{Events, Follows, Recording};
use memspike_hdl::layout;
use memspike_lif_core::{Core, Dynamics, Rules, Saturation, Stimulus, Trained, Widths, quantise};
use memspike_netlist::{Deck, Elaborated};
use memspike_npy::Weights;
use memspike_rtl::Module;
use memspike_run::{Options, simulate};
use memspike_time::Time;

type Failed = Box<dyn Error>;

/// Rounds behind every median; all take turns in each.
const ROUNDS: usize = 5;

/// CPU time (s) that is long beside the step in which the system counts it.
const LONG_S: f64 = 0.2;

const INPUTS: usize = 784;
const NEURONS: usize = 10;
const DECK: &str = "netlists/snn_cosim.cir";

/// What a core is sent in a run, and when.
type Sent = Vec<(Time, Stimulus)>;

/// When which neuron fired.
type Fired = Vec<(Time, usize)>;

fn main() -> Result<(), Failed> {
    std::env::set_current_dir(env!("CARGO_MANIFEST_DIR"))?;
    let model = runs("impl=model")?;
    let recorded = model.iter().map(recorded).collect::<Result<Vec<_>, _>>()?;
    let sent: usize = recorded.iter().map(|(sent, _)| sent.len()).sum();
    let images = recorded.len();
    println!(
        "{DECK}: {images} images, {sent} spikes and ticks of the core; CPU time an image, medians of {ROUNDS}"
    );
    alone(&recorded)?;
    whole(&model)
}

/// The core alone: what is between nets and core is left out, as it is the same of all.
fn alone(recorded: &[(Sent, Fired)]) -> Result<(), Failed> {
    println!("  core alone       model      cycle       Verilog   cycle/model  Verilog/model");
    for name in ["serial", "parallel"] {
        let core = core()?;
        let layout = layout(name, 1)?;
        let module = Module::compile(&generate(&core, &*layout)?)?;
        let pace = Pace { clock: None, depth: INPUTS, latency_fs: 1_000_000, skip: true };
        let form = Form { architecture: layout.model(), pace };
        let ways = [Implementation::Model, Implementation::Cycle, Implementation::Rtl(module)];
        let mut motions = Vec::new();
        for way in ways {
            let mut motion = CoreBlock::new(core.clone(), way, form).motion()?;
            for (sent, fired) in recorded {
                if answers(&mut motion, sent)? != *fired {
                    return Err("a core answers otherwise than the deck's".into());
                }
            }
            motions.push(motion);
        }
        let mut times = [vec![], vec![], vec![]];
        for _ in 0..ROUNDS {
            for (motion, times) in motions.iter_mut().zip(&mut times) {
                times.push(
                    seconds(|| {
                        recorded.iter().try_for_each(|(sent, _)| answers(motion, sent).map(drop))
                    })? / recorded.len() as f64,
                );
            }
        }
        let [model, cycle, verilog] = times.map(median);
        println!(
            "  {name:12}  {:7.2} us  {:8.1} us  {:9.1} us  {:12.0}  {:13.0}",
            1e6 * model,
            1e6 * cycle,
            1e6 * verilog,
            cycle / model,
            verilog / model
        );
    }
    Ok(())
}

/// Whole runs, beside those of the model.
fn whole(model: &[Elaborated]) -> Result<(), Failed> {
    let mut others = Vec::new();
    for (name, card) in [
        ("cycle, serial", "impl=cycle layout=serial"),
        ("Verilog, serial", "impl=rtl layout=serial"),
        ("cycle, parallel", "impl=cycle layout=parallel"),
        ("Verilog, parallel", "impl=rtl layout=parallel"),
    ] {
        others.push((name, runs(card)?));
    }
    let mut times = vec![vec![]; others.len() + 1];
    for _ in 0..ROUNDS {
        let all = std::iter::once(model).chain(others.iter().map(|(_, decks)| &decks[..]));
        for (decks, times) in all.zip(&mut times) {
            let run = || decks.iter().try_for_each(|deck| run(deck, None));
            times.push(seconds(run)? / decks.len() as f64);
        }
    }
    let mut times = times.into_iter().map(median);
    let model = times.next().unwrap_or(f64::NAN);
    println!(
        "  whole run             CPU time  of the model's\n  model              {:8.1} ms",
        1e3 * model
    );
    for ((name, _), time) in others.iter().zip(times) {
        println!("  {name:17}  {:8.1} ms  {:14.2}", 1e3 * time, time / model);
    }
    Ok(())
}

/// Every run of the deck with this in the place of its way to run the core.
fn runs(card: &str) -> Result<Vec<Elaborated>, Failed> {
    let text = fs::read_to_string(DECK)?.replace("impl=model", card);
    let told = |report: memspike_netlist::Report| Failed::from(report.render(false));
    let deck = Deck::parse(DECK, &text).map_err(told)?;
    let points = deck.steps().map_err(told)?;
    points.iter().map(|point| deck.elaborate(point, 0).map_err(told)).collect()
}

fn run(deck: &Elaborated, recording: Option<&mut Recording>) -> Result<(), Failed> {
    let mut watch = |_| ControlFlow::Continue(());
    let options = Options::default();
    match recording {
        Some(recording) => simulate(deck, &options, &mut [recording], &mut watch)?,
        None => simulate(deck, &options, &mut [], &mut watch)?,
    };
    Ok(())
}

/// What the core of a run is sent, beginning with a start, and when which neuron fires.
fn recorded(deck: &Elaborated) -> Result<(Sent, Fired), Failed> {
    let rows = (0..INPUTS).map(|input| format!("s[{input}]"));
    let outputs = (0..NEURONS).map(|neuron| format!("out[{neuron}]"));
    let names = rows.chain(["tick".to_owned()]).chain(outputs);
    let nets: Option<Vec<_>> = names.map(|name| deck.circuit.find_net(&name)).collect();
    let nets = nets.ok_or("the deck lacks a net of the core")?;
    let mut recording =
        Recording::new(Follows { nets, events: Events::None, ..Follows::default() });
    run(deck, Some(&mut recording))?;
    let rises = |net: usize| {
        let pairs = recording.levels(net).windows(2);
        let rises = pairs.filter(|pair| pair[1].1 == Level::One && pair[0].1 != Level::One);
        rises.map(|pair| pair[1].0).collect::<Vec<Time>>()
    };
    let mut sent = vec![(Time::ZERO, Stimulus::Start)];
    for input in 0..INPUTS {
        sent.extend(rises(input).into_iter().map(|at| (at, Stimulus::Event(input))));
    }
    sent.extend(rises(INPUTS).into_iter().map(|at| (at, Stimulus::Tick)));
    // Spikes of a moment come before its tick.
    let key = |(at, stimulus): &(Time, Stimulus)| (*at, u8::from(*stimulus == Stimulus::Tick));
    sent.sort_by(|one, other| key(one).partial_cmp(&key(other)).expect("instants have an order"));
    let mut fired: Fired = Vec::new();
    for neuron in 0..NEURONS {
        // A neuron fires a nanosecond before its net rises.
        let at = |rise: Time| Time { tick: rise.tick - 1_000_000, ..rise };
        fired.extend(rises(INPUTS + 1 + neuron).into_iter().map(|rise| (at(rise), neuron)));
    }
    fired.sort_by(|one, other| one.partial_cmp(other).expect("instants have an order"));
    Ok((sent, fired))
}

/// When which neuron of a core fires.
fn answers(motion: &mut Motion, sent: &Sent) -> Result<Fired, Failed> {
    let mut fired = Vec::new();
    for (at, stimulus) in sent {
        motion.send(*stimulus, *at, &mut |neuron| fired.push((*at, neuron)))?;
    }
    Ok(fired)
}

/// The core of the deck.
fn core() -> Result<Core, Failed> {
    let weights = Weights::read(Path::new("weights/mnist.npy"), None)?;
    let dv = 2.0 * 400e-6 * 1e-6 / 47e-9;
    let dynamics = Dynamics {
        threshold: 0.17 / dv,
        retention: (-1e-3_f64 / 47e-3).exp(),
        reset: Some(0.1 / dv),
        saturation: Saturation::Signed,
        refractory_ticks: 0,
    };
    let rules = Rules { widths: &[Widths::of(8)], count_bits: 8, time_step_s: 1e-3, rounding: 0.1 };
    Ok(quantise(&[Trained { weights, dynamics, scale: None }], &rules)?.core)
}

/// CPU time (s) of this thread for work that is done often enough to count it.
fn seconds(mut work: impl FnMut() -> Result<(), Failed>) -> Result<f64, Failed> {
    let mut passes = 1_u32;
    loop {
        let begin = cpu_s()?;
        (0..passes).try_for_each(|_| work())?;
        let spent = cpu_s()? - begin;
        if spent >= LONG_S {
            return Ok(spent / f64::from(passes));
        }
        passes *= 2;
    }
}

/// CPU time (s) of this thread so far.
fn cpu_s() -> Result<f64, Failed> {
    let text = fs::read_to_string("/proc/thread-self/schedstat")?;
    let ns: f64 = text.split(' ').next().unwrap_or_default().parse()?;
    Ok(1e-9 * ns)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
