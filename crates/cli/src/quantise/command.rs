//! Commands that make the same core again.

use memspike_lif_core::{LayerSpec, Quantised, ROUNDING};
use memspike_run::clocked::COUNT_BITS;

use super::{Task, table::list};
use crate::{
    layered::LEAK_SHIFT,
    network_args::{CodeName, NeuronArguments, QuantiseArguments},
    nir,
    nir_args::SpikeFlags,
    shell::quoted,
};

/// The command that exports the core that was measured.
pub fn export(arguments: &QuantiseArguments, task: &Task, quantised: &Quantised) -> String {
    let lanes = match arguments.arch.as_str() {
        "folded" => format!(" --lanes {}", arguments.lanes),
        _ => String::new(),
    };
    let worst = quantised.layers.iter().map(|layer| layer.error()).fold(0.0, f64::max);
    let rounding = match worst {
        error if error > ROUNDING => format!(" --rounding {:.3}", error + 5e-4),
        _ => String::new(),
    };
    let specs = &quantised.core.spec().layers;
    format!(
        "memspike export-verilog {}{} --weight-bits {}{} --count-bits {COUNT_BITS}{rounding} --arch {}{lanes} --out core",
        what(arguments),
        neurons(arguments, task),
        list(specs, |spec| spec.weight_bits),
        potentials(arguments, specs),
        arguments.arch,
    )
}

/// The command that shows test images to a core of these widths.
pub fn test(arguments: &QuantiseArguments, specs: &[LayerSpec]) -> String {
    let data = arguments.data.mnist.as_ref();
    let data = data.map(|folder| format!(" --mnist {}", quoted(&folder.to_string_lossy())));
    let shown = arguments.shown.map_or_else(String::new, |shown_s| format!(" --shown {shown_s}"));
    format!(
        "memspike quantise {}{} --weight-bits {} --potential-bits {}{}",
        what(arguments),
        card(arguments)
            + &spike(arguments)
            + &shown
            + &stated(&arguments.neurons)
            + &data.unwrap_or_default(),
        list(specs, |spec| spec.weight_bits),
        list(specs, |spec| spec.potential_bits),
        shift(arguments),
    )
}

fn shift(arguments: &QuantiseArguments) -> String {
    match arguments.leak_shift {
        LEAK_SHIFT => String::new(),
        shift => format!(" --leak-shift {shift}"),
    }
}

fn card(arguments: &QuantiseArguments) -> String {
    let card = arguments.card.card.as_ref();
    card.map(|card| format!(" --card {}", quoted(&card.to_string_lossy()))).unwrap_or_default()
}

/// What a graph does not say of itself.
fn spike(arguments: &QuantiseArguments) -> String {
    let SpikeFlags { spike_area, subtract } = arguments.spike;
    let area = spike_area.map_or_else(String::new, |area_s| format!(" --spike-area {area_s}"));
    if subtract { area + " --subtract" } else { area }
}

/// Neurons that are stated.
fn stated(neurons: &NeuronArguments) -> String {
    let encoding = neurons.encoding.map(|code| match code {
        CodeName::Device => " --encoding device".to_owned(),
        CodeName::Line => " --encoding line".to_owned(),
    });
    let threshold = neurons.lif_threshold.map(|value| format!(" --lif-threshold {value}"));
    let reset = neurons.lif_reset.map(|value| format!(" --lif-reset {value}"));
    let steps = neurons.steps.map(|steps| format!(" --steps {steps}"));
    [encoding, threshold, reset, steps].into_iter().flatten().collect()
}

/// Weights or network.
fn what(arguments: &QuantiseArguments) -> String {
    let path = quoted(&arguments.source.path().to_string_lossy());
    match arguments.source.weights {
        Some(_) => format!("--weights {path}"),
        None => format!("--network {path}"),
    }
}

/// What the neurons do, where no network says it.
fn neurons(arguments: &QuantiseArguments, task: &Task) -> String {
    if let Some(path) = &arguments.source.network {
        // Of a graph the card is that of what sees the images, which is no part of a core.
        let own = if nir::is_graph(path) { spike(arguments) } else { card(arguments) };
        return own + &shift(arguments);
    }
    let dynamics = task.layers[0].dynamics;
    format!(
        " --threshold {} --retention {} --reset {} --step {}",
        dynamics.threshold,
        dynamics.retention,
        dynamics.reset.unwrap_or_default(),
        task.step.step_s(),
    )
}

/// Widths of potentials that are not those that the weights need.
fn potentials(arguments: &QuantiseArguments, specs: &[LayerSpec]) -> String {
    if arguments.potential_bits.is_empty() && arguments.search.is_none() {
        return String::new();
    }
    format!(" --potential-bits {}", list(specs, |spec| spec.potential_bits))
}
