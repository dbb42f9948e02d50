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
const REPEATS: usize = 3;

/// Every case with the form of its values, so many neurons for so long (s), in the table of times and in that of
/// instructions, which are counted fifty times as slowly.
const CASES: [(Case, [f64; 2]); 4] = [
    (Case { name: "784 neurons, each its own period", neurons: 784, varied: false }, [7.0, 0.1]),
    (Case { name: "784 neurons, no period", neurons: 784, varied: true }, [7.0, 0.1]),
    (Case { name: "one neuron, a period", neurons: 1, varied: false }, [4000.0, 100.0]),
    (Case { name: "one neuron, no period", neurons: 1, varied: true }, [4000.0, 100.0]),
];

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().collect();
    match words.iter().position(|word| word == "--perform") {
        Some(at) => perform(&words[at + 1..]),
        None => tables(),
    }
}

/// What is counted of a child process.
type Amount = Result<f64, Box<dyn Error>>;

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

fn child(words: [&str; 4], starter: &[&str]) -> Result<Command, Box<dyn Error>> {
    let own = std::env::current_exe()?.to_string_lossy().into_owned();
    let line: Vec<&str> = starter.iter().copied().chain([own.as_str(), "--perform"]).collect();
    let mut command = Command::new(line[0]);
    command.args(&line[1..]).args(words).stdout(Stdio::null());
    Ok(command)
}

/// What a child process takes of the processor (s).
fn cpu_s(words: [&str; 4]) -> Amount {
    let mut costs = Vec::new();
    for _ in 0..REPEATS {
        let used = child(words, &[])?.spawn()?.wait4()?;
        if !used.status.success() {
            return Err(format!("{words:?}: {}", used.status).into());
        }
        costs.push((used.rusage.utime + used.rusage.stime).as_secs_f64());
    }
    costs.sort_by(f64::total_cmp);
    Ok(costs[REPEATS / 2])
}

fn instructions(words: [&str; 4]) -> Amount {
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
            "  form  values      bytes a value       CPU beyond the run   of plain   instructions a value   of plain"
        );
        // Rows of hundreds of signals are no fair form for neurons that have nothing to do with each other.
        let forms: &[&str] =
            if case.neurons == 1 { &["vcd", "fst", "raw", "csv"] } else { &["vcd", "fst"] };
        let mut of_vcd = None;
        for form in forms {
            let at = |until_s| Place { folder: folder.path(), number, until_s };
            let (values, bytes) = at(*long_s).prepare(form, case)?;
            let of_vcd = 100.0 * bytes / *of_vcd.get_or_insert(bytes);
            let cpu = at(*long_s).costs(form, cpu_s)?;
            let (few, _) = at(*short_s).prepare(form, case)?;
            let instructions = at(*short_s).costs(form, instructions)?;
            println!(
                "  {form}  {:6.2} M  {:6.2} ({of_vcd:5.1} % of VCD)  {:6.2} s ({:4.0} ns)      {:5.2}      {:6.0}                 {:5.2}",
                values / 1e6,
                bytes / values,
                cpu[0],
                cpu[0] / values * 1e9,
                cpu[0] / cpu[1],
                instructions[0] / few,
                instructions[0] / instructions[1],
            );
        }
    }
    Ok(())
}

/// Where and for how long a case is run.
struct Place<'a> {
    folder: &'a Path,
    number: usize,
    until_s: f64,
}

impl Place<'_> {
    /// What a dump takes beyond its run, and a plain writer beyond reading what it writes.
    fn costs(&self, form: &str, cost: fn([&str; 4]) -> Amount) -> Result<[f64; 2], Box<dyn Error>> {
        let (number, until) = (self.number.to_string(), self.until_s.to_string());
        let folder = self.folder.to_string_lossy();
        let of = |what: &str| cost([what, &folder, &number, &until]);
        let ours = of(form)? - of("nothing")?;
        let plain = of(&format!("plain {form}"))? - of(&format!("plain load-{form}"))?;
        Ok([ours, plain])
    }

    /// Writes a dump, and its values in the form that plain writers read; gives their number and the dump's bytes.
    fn prepare(&self, form: &str, case: &Case) -> Result<(f64, f64), Box<dyn Error>> {
        let Self { folder, until_s, .. } = *self;
        run::write(form, case, until_s, folder)?;
        let bytes = fs::metadata(folder.join(form))?.len() as f64;
        let stored = folder.join("values");
        match form {
            "vcd" | "fst" => {
                run::write("vcd", case, until_s, folder)?;
                let changes = Changes::of_vcd(&fs::read(folder.join("vcd"))?)?;
                changes.store(&stored)?;
                Ok((changes.all.len() as f64, bytes))
            }
            _ => {
                run::write("raw", case, until_s, folder)?;
                let rows = Rows::of_raw(&fs::read(folder.join("raw"))?)?;
                rows.store(&stored)?;
                Ok((rows.values.len() as f64, bytes))
            }
        }
    }
}
