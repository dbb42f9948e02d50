//! What dumps take beyond the run that they show, beside plain writers that are fed with the same values. Prints
//! tables; `benches/README.md` says what they show. Needs `valgrind`.

#![allow(clippy::print_stdout, reason = "a bench reports to the terminal")]

mod changes;
mod plain;
mod run;

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use wait4::Wait4;

use crate::changes::{Changes, Rows};
use crate::run::Case;

/// Repetitions behind every median.
const REPEATS: usize = 5;

/// Every case with the form of its values, so many neurons for so long (s), in the table of times and in that of
/// instructions, which are counted fifty times as slowly.
const CASES: [(Case, [f64; 2]); 4] = [
    (Case { name: "784 neurons, each its own period", neurons: 784, varied: false }, [1.0, 0.02]),
    (Case { name: "784 neurons, no period", neurons: 784, varied: true }, [1.0, 0.02]),
    (Case { name: "one neuron, a period", neurons: 1, varied: false }, [800.0, 10.0]),
    (Case { name: "one neuron, no period", neurons: 1, varied: true }, [800.0, 10.0]),
];

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().collect();
    match words.iter().position(|word| word == "--perform") {
        Some(at) => perform(&words[at + 1..]),
        None => tables(),
    }
}

/// What a child process does: a run with a dump, or a plain writer.
fn perform(words: &[String]) -> Result<(), Box<dyn Error>> {
    let [what, folder, case, until_s] = words else {
        return Err("--perform WHAT FOLDER CASE SECONDS".into());
    };
    let folder = Path::new(folder);
    let case = &CASES[case.parse::<usize>()?].0;
    match what.split_once(' ') {
        Some(("plain", form)) => plain::write(form, folder),
        _ => run::write(what, case, until_s.parse()?, folder),
    }
}

/// What a child process took.
#[derive(Clone, Copy)]
struct Cost {
    cpu_s: f64,
    peak_mb: f64,
}

fn child(words: [&str; 4], starter: &[&str]) -> Result<Command, Box<dyn Error>> {
    let own = std::env::current_exe()?.to_string_lossy().into_owned();
    let line: Vec<&str> = starter.iter().copied().chain([own.as_str(), "--perform"]).collect();
    let mut command = Command::new(line[0]);
    command.args(&line[1..]).args(words).stdout(Stdio::null());
    Ok(command)
}

fn cost(words: [&str; 4]) -> Result<Cost, Box<dyn Error>> {
    let mut costs = Vec::new();
    for _ in 0..REPEATS {
        let used = child(words, &[])?.spawn()?.wait4()?;
        if !used.status.success() {
            return Err(format!("{words:?}: {}", used.status).into());
        }
        let cpu = used.rusage.utime + used.rusage.stime;
        costs.push(Cost { cpu_s: cpu.as_secs_f64(), peak_mb: used.rusage.maxrss as f64 / 1e6 });
    }
    costs.sort_by(|a, b| a.cpu_s.total_cmp(&b.cpu_s));
    Ok(costs[REPEATS / 2])
}

fn instructions(words: [&str; 4]) -> Result<f64, Box<dyn Error>> {
    let starter = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"];
    let output = child(words, &starter)?.output()?;
    let report = String::from_utf8_lossy(&output.stderr);
    let collected = report.lines().find_map(|line| line.split_once("Collected : "));
    let (_, count) = collected.ok_or_else(|| format!("valgrind counts nothing: {report}"))?;
    Ok(count.trim().parse()?)
}

fn tables() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    for (number, (case, [long_s, short_s])) in CASES.iter().enumerate() {
        println!("{}", case.name);
        println!(
            "  form   values    bytes a value  of VCD  |  CPU beyond the run   plain   ratio    peak  |  instructions a value   plain   ratio"
        );
        // Rows of hundreds of signals are no fair form for neurons that have nothing to do with each other.
        let forms: &[&str] =
            if case.neurons == 1 { &["vcd", "fst", "raw", "csv"] } else { &["vcd", "fst"] };
        let mut sizes = Vec::new();
        let mut lines: Vec<String> = Vec::new();
        for until_s in [*long_s, *short_s] {
            for (at, form) in forms.iter().enumerate() {
                let values = prepare(form, case, until_s, folder.path())?;
                let (number, until) = (number.to_string(), until_s.to_string());
                let place = folder.path().to_string_lossy().into_owned();
                let words = |what| [what, place.as_str(), number.as_str(), until.as_str()];
                let (plain, load) = (format!("plain {form}"), format!("plain load-{form}"));
                if until_s == *long_s {
                    let size = fs::metadata(folder.path().join(form))?.len() as f64;
                    sizes.push(size);
                    let [ours, run] = [cost(words(form))?, cost(words("nothing"))?];
                    let [alone, load] = [cost(words(&plain))?, cost(words(&load))?];
                    let (beyond, plain) = (ours.cpu_s - run.cpu_s, alone.cpu_s - load.cpu_s);
                    lines.push(format!(
                        "  {form}  {:6.2} M  {:8.2}       {:5.1} %  |  {:6.2} s ({:4.0} ns)     {plain:5.2} s  {:5.2}  {:5.0} MB",
                        values / 1e6,
                        size / values,
                        100.0 * size / sizes[0],
                        beyond,
                        beyond / values * 1e9,
                        beyond / plain,
                        ours.peak_mb,
                    ));
                } else {
                    let ours = instructions(words(form))? - instructions(words("nothing"))?;
                    let alone = instructions(words(&plain))? - instructions(words(&load))?;
                    println!(
                        "{}  |  {:8.0}             {:6.0}  {:5.2}",
                        lines[at],
                        ours / values,
                        alone / values,
                        ours / alone
                    );
                }
            }
        }
    }
    Ok(())
}

/// Writes a dump, and its values in the form that plain writers read; gives their number.
fn prepare(form: &str, case: &Case, until_s: f64, folder: &Path) -> Result<f64, Box<dyn Error>> {
    run::write(form, case, until_s, folder)?;
    let stored = folder.join("values");
    match form {
        "vcd" | "fst" => {
            run::write("vcd", case, until_s, folder)?;
            let changes = Changes::of_vcd(&fs::read(folder.join("vcd"))?)?;
            changes.store(&stored)?;
            Ok(changes.all.len() as f64)
        }
        _ => {
            run::write("raw", case, until_s, folder)?;
            let rows = Rows::of_raw(&fs::read(folder.join("raw"))?)?;
            rows.store(&stored)?;
            Ok(rows.values.len() as f64)
        }
    }
}
