//! `memspike export-verilog`: trained weights as a core in Verilog, or the analog neuron as a model of it.

mod real_model;
mod summary;

use std::path::{Path, PathBuf};

use memspike_files::OutputFolder;
use memspike_hdl::{Coverage, Export, ExportError, Exported, Layout, WeightsMemory, layout_with};
use memspike_lif_core::{
    DeviceNeuron, Dynamics, Quantised, Rules, Saturation, TimeStep, Trained, quantise,
};
use memspike_npy::Weights;

use crate::{
    failure::Failure,
    hardware_args::{ExportVerilogArguments, each},
    interrupt, layered,
    network_args::CardArguments,
    network_source::no_weights,
    progress::Progress,
    shell, show, tell,
};

/// Quantises, lays out and writes a folder: all of it or nothing.
pub fn export(arguments: &ExportVerilogArguments) -> Result<(), Failure> {
    let input = |error: &dyn std::fmt::Display| Failure::Input(format!("error: {error}"));
    let unwritable = |error| format!("error: cannot write '{}': {error}", arguments.out.display());
    interrupt::listen();
    // Said before any work is done.
    OutputFolder::check(&arguments.out).map_err(|error| Failure::Input(unwritable(error)))?;
    if let Some(name) = &arguments.real_model {
        return real_model::export(arguments, name);
    }
    let memory =
        WeightsMemory::named(&arguments.weights_memory).expect("a form that the arguments allow");
    let layout =
        layout_with(&arguments.arch, arguments.lanes, memory).map_err(|error| input(&error))?;
    let (layers, time_step_s) = match &arguments.network {
        Some(path) => network(arguments, path)?,
        None => match arguments.spike.given() {
            Some(option) => {
                return Err(input(&format!(
                    "{option} is of .nir files alone: give one with --network"
                )));
            }
            None => (layers(arguments)?, step(arguments)),
        },
    };
    let rules = Rules {
        widths: &arguments.widths.of(layers.len())?,
        count_bits: arguments.count_bits,
        time_step_s,
        rounding: arguments.rounding,
    };
    let quantised = quantise(&layers, &rules).map_err(|error| input(&error))?;
    let exported = write(arguments, &quantised, &*layout).map_err(|error| match error {
        ExportError::Design(error) => input(&error),
        error @ ExportError::Licence(_) => input(&error),
        ExportError::Write(error) => Failure::Work(unwritable(error)),
        ExportError::Interrupted => interrupt::nothing_written(),
    })?;
    tell(&summary::warnings(&quantised));
    let (out, Coverage { cycles, inputs, of_inputs }) =
        (arguments.out.display(), exported.coverage);
    let folder = shell::path(&arguments.out);
    show(&format!(
        "{out}: {} files, {}, {}\n\n{}\n\
         testbench: {cycles} clock cycles with events of {inputs} of {of_inputs} inputs{}\n\
         check it with `memspike verify {folder}` or `make -C {folder} sim`\n",
        exported.files,
        bytes(exported.bytes),
        layout.about(),
        summary::text(&quantised, &layers),
        if inputs < of_inputs { "; more with --vectors" } else { "" },
    ))
}

/// A number of bytes as people write it.
fn bytes(count: u64) -> String {
    format!("{:.1} MB", count as f64 / 1e6)
}

/// Length of a time step unless it is said (s).
const STEP_S: f64 = 1e-3;

fn step(arguments: &ExportVerilogArguments) -> f64 {
    arguments.step.unwrap_or(STEP_S)
}

/// The layers of a network, and the time step (s).
fn network(
    arguments: &ExportVerilogArguments,
    path: &Path,
) -> Result<(Vec<Trained>, f64), Failure> {
    let card = CardArguments { card: arguments.card.clone() };
    let network = layered::read(path, &card, arguments.spike)?;
    let step = match arguments.step {
        Some(step_s) => TimeStep::of_length(step_s),
        None => layered::step(&network, arguments.leak_shift.unwrap_or(layered::LEAK_SHIFT))?,
    };
    let mut layers = layered::trained(&network, step, path)?;
    let scales = scales(arguments, layers.len())?;
    layers.iter_mut().zip(scales).for_each(|(layer, scale)| layer.scale = scale);
    if arguments.non_negative {
        layers.iter_mut().for_each(|layer| layer.dynamics.saturation = Saturation::NonNegative);
    }
    Ok((layers, step.step_s()))
}

/// The layers with what their neurons do and how they are scaled.
fn layers(arguments: &ExportVerilogArguments) -> Result<Vec<Trained>, Failure> {
    let floats = weights(&arguments.weights)?;
    let dynamics = dynamics(arguments, floats.len())?;
    let scales = scales(arguments, floats.len())?;
    let layers = floats.into_iter().zip(dynamics).zip(scales);
    Ok(layers.map(|((weights, dynamics), scale)| Trained { weights, dynamics, scale }).collect())
}

fn scales(arguments: &ExportVerilogArguments, layers: usize) -> Result<Vec<Option<f64>>, Failure> {
    match arguments.scale[..] {
        [] => Ok(vec![None; layers]),
        _ => Ok(each("scales", &arguments.scale, layers)?.into_iter().map(Some).collect()),
    }
}

fn weights(paths: &[PathBuf]) -> Result<Vec<Weights>, Failure> {
    let read = |path| Weights::read(path, None);
    let all: Result<_, _> = paths.iter().map(read).collect();
    all.map_err(no_weights)
}

/// What the neurons of each layer do.
fn dynamics(arguments: &ExportVerilogArguments, layers: usize) -> Result<Vec<Dynamics>, Failure> {
    let saturation =
        if arguments.non_negative { Saturation::NonNegative } else { Saturation::Signed };
    let refractory_ticks = arguments.refractory;
    let device = (arguments.vth, arguments.vhold, arguments.rleak, arguments.cmem);
    if let (Some(threshold_v), Some(hold_v), Some(leak_ohm), Some(membrane_f)) = device {
        let device = DeviceNeuron { threshold_v, hold_v, leak_ohm, membrane_f };
        let dynamics = device
            .dynamics(step(arguments))
            .map_err(|error| Failure::Input(format!("error: {error}")))?;
        return Ok(vec![Dynamics { saturation, refractory_ticks, ..dynamics }; layers]);
    }
    let (retention, reset) = (arguments.retention, arguments.reset);
    let thresholds = each("thresholds", &arguments.threshold, layers)?;
    let each = thresholds.into_iter().map(|threshold| Dynamics {
        threshold,
        retention,
        reset,
        saturation,
        refractory_ticks,
    });
    Ok(each.collect())
}

/// The command line of this run, for a shell.
fn command_line() -> String {
    let words = std::env::args_os().skip(1).map(|word| shell::quoted(&word.to_string_lossy()));
    std::iter::once("memspike".to_owned()).chain(words).collect::<Vec<_>>().join(" ")
}

/// Writes a folder that appears when it is complete.
fn write(
    arguments: &ExportVerilogArguments,
    quantised: &Quantised,
    layout: &dyn Layout,
) -> Result<Exported, ExportError> {
    let cycles = arguments.vectors.map(|cycles| cycles as usize);
    let progress = Progress::new(cycles.map(|cycles| cycles as u64), "cycles");
    progress.say("vectors".to_owned());
    let watch = |done: usize| {
        progress.set(done as u64);
        !interrupt::asked()
    };
    let export = Export {
        seed: arguments.seed.seed,
        cycles,
        quantised: &quantised.layers,
        licence: &arguments.licence,
        command: &command_line(),
        watch: &watch,
        ..Export::new(arguments.name.as_deref().unwrap_or("lif"))
    };
    let folder = OutputFolder::create(&arguments.out)?;
    let exported = memspike_hdl::export(&quantised.core, layout, &export, |name| folder.file(name));
    drop(progress);
    let exported = exported?;
    folder.finish()?;
    Ok(exported)
}
