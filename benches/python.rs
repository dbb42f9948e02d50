//! Decks run by the library and from Python, and a network built from a sparse matrix. Prints a table; `benches/README.md` says
//! what it shows.

#![allow(clippy::print_stdout, reason = "a bench reports to the terminal")]

#[path = "common/processes.rs"]
#[allow(dead_code, reason = "other benches make environments")]
mod processes;

use std::{env, error::Error, ops::ControlFlow, path::Path, process::Command, time::Instant};

use memspike_netlist::Deck;
use memspike_run::{Options, simulate};

/// Runs, of which the fastest counts: it was disturbed least.
const ROUNDS: usize = 41;

/// One neuron, some in a chain, 784 of them: decks of one run each.
const DECKS: [&str; 3] = ["netlists/shelf/zno.cir", "netlists/chain.cir", "netlists/array.cir"];

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = env::var("MEMSPIKE_PYTHON").unwrap_or_else(|_| {
        // Where `cargo xtask python` installs the package.
        root.join("target/python-package/bin/python").to_string_lossy().into_owned()
    });
    env::set_current_dir(root)?;
    let before = DECKS.iter().map(|deck| library_s(deck)).collect::<Result<Vec<_>, _>>()?;
    let folder = tempfile::tempdir()?;
    let mut command = Command::new(python);
    command.arg("benches/in_python.py").arg(ROUNDS.to_string()).args(DECKS);
    let (_, from_python) = processes::measured(folder.path(), &mut command)?;
    println!("fastest of {ROUNDS} runs, one thread; the library before and after Python");
    println!("  deck                          library             Python   more");
    for (deck, before) in DECKS.iter().zip(before) {
        let after = library_s(deck)?;
        let python = from_python["decks"][deck].as_f64().ok_or("no time of a deck")?;
        let more = python - before.min(after);
        println!(
            "  {deck:26} {:7.3} {:7.3} ms {:7.3} ms {:6.3} ms",
            1e3 * before,
            1e3 * after,
            1e3 * python,
            1e3 * more
        );
    }
    println!(
        "  {} synapses of a sparse matrix, simulation made: {} s",
        from_python["synapses"], from_python["built_s"]
    );
    Ok(())
}

/// Least wall time (s) of a run by the library: elaborated, simulated, measures and spikes of all devices, as `Deck.run` gives them.
fn library_s(path: &str) -> Result<f64, Box<dyn Error>> {
    let deck = Deck::load(Path::new(path)).map_err(|report| report.render(false))?;
    let mut least = f64::INFINITY;
    for _ in 0..ROUNDS {
        let begin = Instant::now();
        let point = deck.steps().map_err(|report| report.render(false))?.remove(0);
        let elaborated = deck.elaborate(&point, 0).map_err(|report| report.render(false))?;
        let options = Options { until_s: None, spike_times: true, threads: None };
        let outcome = simulate(&elaborated, &options, &mut [], &mut |_| ControlFlow::Continue(()))?;
        drop((elaborated, outcome));
        least = begin.elapsed().as_secs_f64().min(least);
    }
    Ok(least)
}
