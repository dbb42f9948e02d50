//! `memspike export-verilog`: trained weights as a core in Verilog.

use std::path::PathBuf;

use memspike_files::OutputFolder;
use memspike_hdl::{Coverage, Export, ExportError, Exported, Layout, layout};
use memspike_lif_core::{
    Core, DeviceNeuron, Dynamics, FloatLayer, Leak, Reset, Saturation, quantise, read_weights,
};

use crate::{
    args::ExportVerilogArguments,
    failure::Failure,
    interrupt, print,
    progress::cycle_bar,
    render::{engineering, table},
};

/// Quantises, lays out and writes a folder: all of it or nothing.
pub fn export(arguments: &ExportVerilogArguments) -> Result<(), Failure> {
    let input = |error: &dyn std::fmt::Display| Failure::Input(format!("error: {error}"));
    let unwritable = |error| format!("error: cannot write '{}': {error}", arguments.out.display());
    interrupt::listen();
    // Said before any work is done.
    OutputFolder::check(&arguments.out).map_err(|error| Failure::Input(unwritable(error)))?;
    let layout = layout(&arguments.arch, arguments.lanes).map_err(|error| input(&error))?;
    let floats = weights(&arguments.weights)?;
    let dynamics = dynamics(arguments, floats.len())?;
    let layers: Vec<(FloatLayer, Dynamics)> = floats.into_iter().zip(dynamics).collect();
    let step_ns = (arguments.step * 1e9).round().max(1.0) as u64;
    let core = quantise(&layers, arguments.bits, arguments.count_bits, step_ns)
        .map_err(|error| input(&error))?;
    let exported = write(arguments, &core, &*layout).map_err(|error| match error {
        ExportError::Design(error) => input(&error),
        error @ ExportError::Licence(_) => input(&error),
        ExportError::Write(error) => Failure::Work(unwritable(error)),
        ExportError::Interrupted => interrupt::nothing_written(),
    })?;
    let (out, Coverage { cycles, inputs, of_inputs }) =
        (arguments.out.display(), exported.coverage);
    print(&format!(
        "{out}: {} files, {}, {}\n\n{}\n\n\
         testbench: {cycles} clock cycles with events of {inputs} of {of_inputs} inputs{}\n\
         check it with `memspike verify {out}` or `make -C {out} sim`\n",
        exported.files,
        bytes(exported.bytes),
        layout.about(),
        summary(&core, &layers),
        if inputs < of_inputs { "; more with --vectors" } else { "" },
    ))
}

/// A number of bytes as people write it.
fn bytes(count: u64) -> String {
    format!("{:.1} MB", count as f64 / 1e6)
}

fn weights(paths: &[PathBuf]) -> Result<Vec<FloatLayer>, Failure> {
    let read = |path: &PathBuf| {
        read_weights(path)
            .map_err(|error| Failure::Input(format!("error: '{}': {error}", path.display())))
    };
    paths.iter().map(read).collect()
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
            .dynamics(arguments.step)
            .map_err(|error| Failure::Input(format!("error: {error}")))?;
        return Ok(vec![Dynamics { saturation, refractory_ticks, ..dynamics }; layers]);
    }
    let thresholds = match arguments.threshold[..] {
        [threshold] => vec![threshold; layers],
        _ => arguments.threshold.clone(),
    };
    if thresholds.len() != layers {
        let given = thresholds.len();
        return Err(Failure::Input(format!(
            "error: {given} thresholds for {layers} layers; give one, or one for each layer"
        )));
    }
    let (retention, reset) = (arguments.retention, arguments.reset);
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
    let words = std::env::args_os().skip(1).map(|word| quoted(&word.to_string_lossy()));
    std::iter::once("memspike".to_owned()).chain(words).collect::<Vec<_>>().join(" ")
}

/// A word for a shell, in quotes if it needs them.
fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "_-+=./:,@%".contains(letter);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// Writes a folder that appears when it is complete.
fn write(
    arguments: &ExportVerilogArguments,
    core: &Core,
    layout: &dyn Layout,
) -> Result<Exported, ExportError> {
    let cycles = arguments.vectors.map(|cycles| cycles as usize);
    let bar = cycle_bar(cycles);
    let watch = |done: usize| {
        bar.set_position(done as u64);
        !interrupt::asked()
    };
    let export = Export {
        seed: arguments.seed,
        cycles,
        licence: &arguments.licence,
        command: &command_line(),
        watch: &watch,
        ..Export::new(&arguments.name)
    };
    let folder = OutputFolder::create(&arguments.out)?;
    let exported = memspike_hdl::export(core, layout, &export, |name| folder.file(name));
    bar.finish_and_clear();
    let exported = exported?;
    folder.finish()?;
    Ok(exported)
}

/// A row for each layer, with the largest error of its weights.
fn summary(core: &Core, layers: &[(FloatLayer, Dynamics)]) -> comfy_table::Table {
    let rows =
        core.layers().zip(layers).enumerate().map(|(number, ((spec, weights), (floats, _)))| {
            let largest =
                floats.weights.iter().fold(0.0_f64, |most, weight| most.max(weight.abs()));
            let scale = largest / f64::from((1 << (spec.weight_bits - 1)) - 1);
            let integers = (0..spec.inputs).flat_map(|input| weights.row(input));
            let errors =
                integers.zip(&floats.weights).map(|(i, w)| (f64::from(*i) * scale - w).abs());
            let leak = match spec.leak {
                Leak::None => "none".into(),
                Leak::Shift { shift } => format!("v >> {shift}"),
                Leak::Multiply { factor, shift } => format!("to v * {factor} >> {shift}"),
            };
            let reset = match spec.reset {
                Reset::Zero => "to 0".into(),
                Reset::Hold { value } => format!("to {value}"),
                Reset::Subtract => "by threshold".into(),
            };
            vec![
                number.to_string(),
                format!("{} x {}", spec.inputs, spec.neurons),
                spec.weight_bits.to_string(),
                spec.potential_bits.to_string(),
                spec.threshold.to_string(),
                leak,
                reset,
                engineering(errors.fold(0.0, f64::max), ""),
            ]
        });
    let header = [
        "layer",
        "size",
        "weight bits",
        "potential bits",
        "threshold",
        "leak",
        "reset",
        "weight error",
    ];
    table(&header, rows.collect())
}
