//! Large networks beside NEST and Brian2, in one run. Prints tables; `benches/README.md` says what they show. Makes a Python
//! environment on first use.

#![allow(clippy::print_stdout, reason = "a bench reports to the terminal")]

#[path = "../common/processes.rs"]
mod processes;

use std::{
    env,
    error::Error,
    path::{Path, PathBuf},
    process::Command,
};

use processes::{Cost, environment, measured};
use serde_json::Value;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Rounds behind every median; all take turns in each.
const ROUNDS: usize = 3;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// NEST from its own package, and what Brian2 compiles with; it needs a NumPy below 2.3.
const PACKAGES: &[&[&str]] = &[&[
    "nest-simulator==3.10.0",
    "brian2",
    "numpy<2.3",
    "scipy",
    "matplotlib",
    "pyarrow",
    "setuptools",
]];

/// Neurons of the microcircuit beside NEST, of all; NEST takes some 50 bytes a synapse.
const SHARE: &str = "0.5";

fn main() -> Result<()> {
    let python = environment(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("networks"), PACKAGES)?;
    let folder = tempfile::tempdir()?;
    let peers = Peers { python, folder: folder.path() };
    job_b(&peers)?;
    microcircuit(&peers)
}

/// What runs networks.
struct Peers<'a> {
    python: PathBuf,
    folder: &'a Path,
}

/// What a run took.
struct Ran {
    /// Wall time of the run alone (s).
    run_s: f64,
    build_s: f64,
    spikes: f64,
    cost: Cost,
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

impl Peers<'_> {
    fn memspike(&self, file: &Path, until_s: f64, threads: u32) -> Result<Ran> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_memspike"));
        command.arg("net").arg(file).args(["--json", "-q"]);
        command.args([format!("--until={until_s}"), format!("--threads={threads}")]);
        let (cost, told) = measured(self.folder, &mut command)?;
        Ok(Ran {
            run_s: number(&told["wall"]["run_s"]),
            build_s: number(&told["wall"]["build_s"]),
            spikes: number(&told["counters"]["spikes"]),
            cost,
        })
    }

    fn nest(&self, file: &Path, until_s: f64, threads: u32, models: &[&str]) -> Result<Ran> {
        let mut command = Command::new(&self.python);
        command.arg(script("in_nest.py")).arg(file).arg(until_s.to_string());
        command.arg(format!("--threads={threads}")).args(models).env("PYNEST_QUIET", "1");
        let (cost, told) = measured(self.folder, &mut command)?;
        let spikes = told["spikes"].as_object().ok_or("NEST tells no spikes")?;
        Ok(Ran {
            run_s: number(&told["run"]["wall_s"]),
            build_s: number(&told["build"]["wall_s"]),
            spikes: spikes.values().map(number).sum(),
            cost,
        })
    }

    fn brian(&self, until_s: f64) -> Result<Ran> {
        let mut command = Command::new(&self.python);
        let code = self.folder.join("brian");
        command.arg(script("in_brian.py")).arg(until_s.to_string()).arg(code);
        let (cost, told) = measured(self.folder, &mut command)?;
        let run_s = number(&told["run_s"]);
        let build_s = cost.wall.as_secs_f64() - run_s;
        Ok(Ran { run_s, build_s, spikes: number(&told["spikes"]), cost })
    }
}

fn script(name: &str) -> PathBuf {
    Path::new(ROOT).join("benches/networks").join(name)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Medians of what several rounds took, with spikes a second of wall, and how many times the first is faster than each.
fn report(rounds: &[Vec<(&str, Ran)>]) {
    let of = |column: usize, value: fn(&Ran) -> f64| {
        median(rounds.iter().map(|round| value(&round[column].1)).collect())
    };
    println!(
        "                             spikes/s of wall    build   whole CPU   memory   memspike is faster by"
    );
    for (column, (name, _)) in rounds[0].iter().enumerate() {
        let speed = |ran: &Ran| ran.spikes / ran.run_s;
        let ratios = rounds.iter().map(|round| speed(&round[0].1) / speed(&round[column].1));
        println!(
            "  {name:26} {:16.3e} {:7.1} s {:9.1} s {:5.2} GB   {:.1}",
            of(column, |ran| ran.spikes / ran.run_s),
            of(column, |ran| ran.build_s),
            of(column, |ran| ran.cost.cpu.as_secs_f64()),
            of(column, |ran| ran.cost.peak_bytes as f64) / 1e9,
            median(ratios.collect()),
        );
    }
}

/// Each spike is 1,000 synaptic events for all.
fn job_b(peers: &Peers) -> Result<()> {
    let file = Path::new(ROOT).join("netlists/networks/job-b.toml");
    let mut rounds = Vec::new();
    for round in 1..=ROUNDS {
        eprintln!("job B, round {round} of {ROUNDS}");
        rounds.push(vec![
            ("memspike, exact", peers.memspike(&file, 1.0, 1)?),
            ("NEST, steps of 0.1 ms", peers.nest(&file, 1.0, 1, &[])?),
            ("NEST, off the grid", peers.nest(&file, 0.2, 1, &["--exact"])?),
            ("Brian2, steps of 0.1 ms", peers.brian(1.0)?),
        ]);
    }
    println!("10,000 LIF neurons with 1,000 inputs each, one thread (medians of {ROUNDS})");
    report(&rounds);
    Ok(())
}

fn microcircuit(peers: &Peers) -> Result<()> {
    let file = peers.folder.join("microcircuit.toml");
    let mut make = Command::new(&peers.python);
    make.arg(Path::new(ROOT).join("netlists/networks/make.py")).arg(SHARE).arg(&file);
    if !make.status()?.success() {
        return Err("make.py failed".into());
    }
    let until_s: f64 = env::var("MICROCIRCUIT_S").map_or(Ok(0.5), |seconds| seconds.parse())?;
    let mut rounds = Vec::new();
    for round in 1..=ROUNDS {
        eprintln!("microcircuit, round {round} of {ROUNDS}");
        rounds.push(vec![
            ("memspike, exact", peers.memspike(&file, until_s, 2)?),
            ("NEST, steps of 0.1 ms", peers.nest(&file, until_s, 2, &[])?),
        ]);
    }
    println!(
        "microcircuit, {SHARE} of its neurons, all inputs of each, {until_s} s, two threads (medians of {ROUNDS})"
    );
    report(&rounds);
    let run_s = median(rounds.iter().map(|round| round[0].1.run_s).collect());
    println!("  memspike takes {:.1} times model time", run_s / until_s);
    Ok(())
}
