//! Commands that make the same core again.

use memspike_lif_core::{LayerSpec, Quantised, ROUNDING};
use memspike_run::clocked::COUNT_BITS;

use super::{Task, table::list};
use crate::{export_verilog::quoted, network_args::QuantiseArguments};

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
    let shift = match arguments.leak_shift {
        crate::layered::LEAK_SHIFT => String::new(),
        shift => format!(" --leak-shift {shift}"),
    };
    let data = arguments.data.mnist.as_ref();
    let data = data.map(|folder| format!(" --mnist {}", quoted(&folder.to_string_lossy())));
    format!(
        "memspike quantise {}{} --weight-bits {} --potential-bits {}{shift}",
        what(arguments),
        data.unwrap_or_default(),
        list(specs, |spec| spec.weight_bits),
        list(specs, |spec| spec.potential_bits),
    )
}

/// Weights or network.
fn what(arguments: &QuantiseArguments) -> String {
    let word = |path: &std::path::Path| quoted(&path.to_string_lossy());
    let path = word(arguments.source.path());
    if arguments.source.weights.is_some() {
        return format!("--weights {path}");
    }
    let card = arguments.card.card.as_ref();
    let card = card.map(|card| format!(" --card {}", word(card))).unwrap_or_default();
    format!("--network {path}{card}")
}

/// What the neurons do, where no network says it.
fn neurons(arguments: &QuantiseArguments, task: &Task) -> String {
    if arguments.source.network.is_some() {
        return match arguments.leak_shift {
            crate::layered::LEAK_SHIFT => String::new(),
            shift => format!(" --leak-shift {shift}"),
        };
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
