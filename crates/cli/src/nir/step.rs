//! A graph in the steps of the tool that made it.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use memspike_nir::{Grid, Stepped, Tool};

use super::{exact, graph, spikes, wrong};
use crate::failure::Failure;
use crate::nir_args::{ResetName, StepArguments, ToolName};
use crate::progress::Progress;
use crate::{files, interrupt, print, tell};

/// The most steps.
const MOST_STEPS: f64 = 1e9;

/// How near to a threshold single precision may decide otherwise.
const NEAR: f64 = 1e-5;

/// Goes through the steps, and writes spikes as time, node and neuron.
pub fn step(arguments: &StepArguments) -> Result<(), Failure> {
    let StepArguments { file, grid_compatible, tool, reset, until, out, .. } = arguments;
    let step_s = *grid_compatible;
    let steps = (until / step_s).round();
    if !(1.0..=MOST_STEPS).contains(&steps) {
        let message =
            format!("{until} s are {steps} steps of {step_s} s; 1 to {MOST_STEPS:e} are possible");
        return Err(wrong(file, &message));
    }
    let grid = Grid {
        step_s,
        steps: steps as usize,
        tool: match tool {
            ToolName::Snntorch => Tool::SnnTorch,
            ToolName::Spikingjelly => Tool::SpikingJelly,
            ToolName::Norse => Tool::Norse,
        },
        subtract: reset.map(|reset| reset == ResetName::Subtract),
    };
    interrupt::listen();
    let graph = graph(file)?;
    let inputs: BTreeMap<String, Vec<(usize, usize)>> = spikes(&graph, file, &arguments.spikes)?
        .into_iter()
        .map(|(name, spikes)| {
            let list = spikes.list().iter();
            (
                name,
                list.map(|(s, neuron)| ((s / step_s).round() as usize, *neuron as usize)).collect(),
            )
        })
        .collect();
    let progress = Progress::new(Some(grid.steps as u64), "steps");
    let begun = Cell::new(0);
    let asked = || {
        progress.set(begun.replace(begun.get() + 1));
        interrupt::asked()
    };
    let stepped = graph.step(&grid, &inputs, &asked);
    drop(progress);
    let stepped = stepped.map_err(|error| wrong(file, &error))?;
    let text = text(&stepped, step_s);
    match &out.out {
        None => print(&text)?,
        Some(path) => files::write(path, text.as_bytes())?,
    }
    say(&stepped, &grid);
    if stepped.steps == grid.steps {
        tell(&exact::differences(&graph, &grid, &inputs, &stepped));
    }
    if stepped.steps < grid.steps {
        let reached = stepped.steps as f64 * step_s;
        return Err(Failure::Work(format!(
            "interrupted after {reached} s: spikes are whole up to there"
        )));
    }
    Ok(())
}

fn say(stepped: &Stepped, grid: &Grid) {
    if let Some(nearest) = stepped.nearest.filter(|nearest| *nearest < NEAR) {
        tell(&format!(
            "warning: a potential came within {nearest:.1e} of its threshold: there a tool in single precision may decide \
             otherwise in steps of {} s\n",
            grid.step_s
        ));
    }
}

fn text(stepped: &Stepped, step_s: f64) -> String {
    let mut text = String::from("time_s,node,neuron\n");
    for (step, node, neuron) in &stepped.spikes {
        let time_s = *step as f64 * step_s;
        let quoted = if node.contains([',', '"']) {
            format!("\"{}\"", node.replace('"', "\"\""))
        } else {
            node.clone()
        };
        writeln!(text, "{time_s},{quoted},{neuron}").expect("memory can always be written");
    }
    text
}
