//! `memspike verify` and `memspike synth`: an exported core through the outside tools.

use memspike_report::{json, table};
use std::path::Path;
use std::time::Instant;

use memspike_hdl::{Device, GATES, Gate, GateError, synthesise};
use serde::Serialize;

use crate::{
    failure::Failure,
    hardware_args::{SynthArguments, VerifyArguments},
    interrupt, print,
    progress::Progress,
    show,
};

#[derive(Serialize)]
struct Row {
    gate: &'static str,
    about: &'static str,
    passed: bool,
    seconds: f64,
    says: String,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Gates<'a> {
    gates: &'a [Row],
}

/// Runs the gates, also after one has failed, and prints a line for each when it ends.
pub fn verify(arguments: &VerifyArguments) -> Result<(), Failure> {
    check_folder(&arguments.folder)?;
    interrupt::listen();
    let asked = |gate: &&Gate| {
        arguments.gate.is_empty() || arguments.gate.iter().any(|name| name == gate.target)
    };
    let gates: Vec<&Gate> = GATES.iter().filter(asked).collect();
    let mut rows = Vec::new();
    let mut logs = String::new();
    for gate in &gates {
        let running = Progress::waiting(gate.target, gate.about);
        let begin = Instant::now();
        let verdict = gate.run(&arguments.folder, arguments.thorough, &interrupt::asked);
        drop(running);
        let verdict = match verdict {
            Err(GateError::Interrupted) => break,
            verdict => verdict.map_err(|error| work(&error))?,
        };
        if !verdict.passed {
            logs.push_str(&format!("\n{}:\n{}\n", gate.target, verdict.output.trim_end()));
        }
        let row = Row {
            gate: gate.target,
            about: gate.about,
            passed: verdict.passed,
            seconds: begin.elapsed().as_secs_f64(),
            says: verdict.line().to_owned(),
        };
        if !arguments.json.json {
            show(&row.line())?;
        }
        rows.push(row);
    }
    let passed = rows.iter().filter(|row| row.passed).count();
    if arguments.json.json {
        print(&json(&Gates { gates: &rows }))?;
    } else {
        show(&format!("{passed} of {} gates passed\n", gates.len()))?;
    }
    if passed == gates.len() {
        return Ok(());
    }
    let why = if rows.len() < gates.len() { "interrupted" } else { "not all gates passed" };
    Err(Failure::Work(format!("error: {why}\n{logs}")))
}

impl Row {
    /// `sim       2.1 s  PASS: 13774 cycles  (what it shows)`.
    fn line(&self) -> String {
        format!("{:<8} {:>6.1} s  {}  ({})\n", self.gate, self.seconds, self.says, self.about)
    }
}

#[derive(Serialize)]
struct Figures {
    luts: u64,
    flip_flops: u64,
    block_rams: u64,
    placements: Vec<Placed>,
}

#[derive(Serialize)]
struct Placed {
    seed: u64,
    logic_cells: u64,
    fmax_mhz: f64,
}

/// Synthesises and places the core, and prints its size and speed.
pub fn synth(arguments: &SynthArguments) -> Result<(), Failure> {
    check_folder(&arguments.folder)?;
    let device = Device::named(&arguments.device).expect("a device that the arguments allow");
    let part = part(arguments)?;
    interrupt::listen();
    let (cells, placements) =
        synthesise(&arguments.folder, device, &part, arguments.seeds, &interrupt::asked)
            .map_err(|error| work(&error))?;
    let figures = Figures {
        luts: cells.luts,
        flip_flops: cells.flip_flops,
        block_rams: cells.block_rams,
        placements: placements
            .iter()
            .map(|p| Placed { seed: p.seed, logic_cells: p.logic_cells, fmax_mhz: p.fmax_mhz })
            .collect(),
    };
    if arguments.json.json {
        return print(&json(&figures));
    }
    let rows = figures.placements.iter().map(|placed| {
        vec![
            placed.seed.to_string(),
            placed.logic_cells.to_string(),
            format!("{:.1} MHz", placed.fmax_mhz),
        ]
    });
    let rows = table(&["seed", "logic cells", "fmax"], rows.collect());
    show(&format!(
        "{}: {} LUT4, {} flip-flops, {} block RAMs\n\n{rows}\n",
        device.about, figures.luts, figures.flip_flops, figures.block_rams
    ))
}

/// The end of the name of the module that is placed; nothing for the whole core.
fn part(arguments: &SynthArguments) -> Result<String, Failure> {
    let Some(part) = &arguments.part else { return Ok(String::new()) };
    if arguments.device == "up5k" {
        let message =
            "error: on an up5k the whole core is placed behind its pins: leave out --part";
        return Err(Failure::Input(message.into()));
    }
    if !part.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_') {
        let message = format!(
            "error: '{part}' is no part of a core; there are layer_0, bank_0, counter, axi, ..."
        );
        return Err(Failure::Input(message));
    }
    Ok(format!("_{part}"))
}

fn work(error: &dyn std::fmt::Display) -> Failure {
    Failure::Work(format!("error: {error}"))
}

fn check_folder(folder: &Path) -> Result<(), Failure> {
    if folder.join("Makefile").is_file() && folder.join("spec.json").is_file() {
        return Ok(());
    }
    Err(Failure::Input(format!(
        "error: '{}' is no folder that `memspike export-verilog` wrote: it has no Makefile and spec.json",
        folder.display()
    )))
}
