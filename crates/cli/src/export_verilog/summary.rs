//! What a core is, and what rounding made of the numbers that were asked for.

use std::fmt::Write as _;

use comfy_table::Table;
use memspike_lif_core::{
    LayerSpec, Leak, Quantisation, Quantised, Reset, Rounded, Scaling, Trained,
};

use memspike_report::{engineering, table};

/// Sizes and widths of all layers, their numbers, and where their scales come from.
pub fn text(quantised: &Quantised, layers: &[Trained]) -> String {
    let specs = &quantised.core.spec().layers;
    let found = &quantised.layers;
    let mut text = format!("{}\n\n{}\n\n", sizes(specs, found), numbers(found));
    for (number, (quantisation, layer)) in found.iter().zip(layers).enumerate() {
        let _ = writeln!(text, "layer {number}: {}", scale(quantisation, layer));
    }
    for (number, (spec, weights)) in quantised.core.layers().enumerate() {
        let (bits, sure) = (spec.potential_bits, spec.sure_bits(weights));
        if bits < sure {
            let _ = writeln!(
                text,
                "layer {number}: potentials of {bits} bits stop at their ends; all weights of a sign together need {sure}"
            );
        }
    }
    text
}

/// Layers whose leak is no leak of that retention anywhere below threshold. Potentials are whole, and so is what a tick takes of them.
pub fn warnings(quantised: &Quantised) -> String {
    let leaks = quantised.layers.iter().map(|layer| layer.leak_at_threshold);
    let coarse = leaks.enumerate().filter(|(_, leak)| leak.wanted > 0.0 && leak.wanted < 1.0);
    coarse.fold(String::new(), |mut text, (number, leak)| {
        let _ = writeln!(
            text,
            "warning: layer {number}: just below its threshold a tick should take {} of a potential and takes {}; \
             potentials are integers. Wider weights, a larger scale or a longer time step make that finer",
            digits(leak.wanted),
            leak.obtained
        );
        text
    })
}

/// A row for each layer, in integers but for the scale and the largest error of a weight.
fn sizes(specs: &[LayerSpec], found: &[Quantisation]) -> Table {
    let rows = specs.iter().zip(found).enumerate().map(|(number, (spec, quantisation))| {
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
            digits(quantisation.scale),
            spec.threshold.to_string(),
            leak,
            reset,
            engineering(quantisation.weight_error, ""),
        ]
    });
    let header = [
        "layer",
        "size",
        "weight bits",
        "potential bits",
        "scale",
        "threshold",
        "leak",
        "reset",
        "weight error",
    ];
    table(&header, rows.collect())
}

/// What was wanted beside what was obtained: threshold and reset in the unit of the weights, leaks in integers.
fn numbers(found: &[Quantisation]) -> Table {
    let rows = found.iter().enumerate().flat_map(|(number, layer)| {
        let row = |what: &str, rounded: Rounded, show: fn(f64) -> String, whole: f64| {
            let error = percent(rounded.error(whole));
            let Rounded { wanted, obtained } = rounded;
            vec![number.to_string(), what.to_owned(), show(wanted), show(obtained), error]
        };
        let Quantisation { threshold, reset, retention, leak_at_threshold: leak, .. } = *layer;
        let mut rows = vec![row("threshold", threshold, digits, threshold.wanted)];
        rows.extend(reset.map(|reset| row("reset", reset, digits, threshold.wanted)));
        rows.push(row("retention", retention, remains, 1.0 - retention.wanted));
        if leak.wanted > 0.0 {
            rows.push(row("leak at threshold", leak, digits, leak.wanted));
        }
        rows
    });
    table(&["layer", "number", "wanted", "obtained", "error"], rows.collect())
}

/// Where the scale comes from.
fn scale(quantisation: &Quantisation, layer: &Trained) -> String {
    let why = match quantisation.scaling {
        Scaling::Given => "as asked for",
        Scaling::Integers => "the weights are integers that fit, and are taken as they are",
        Scaling::LargestWeight if layer.weights.are_integers() => {
            "the weights are integers that do not fit; the largest becomes the largest integer"
        }
        Scaling::LargestWeight => "the largest weight becomes the largest integer",
    };
    format!("scale {}, {why}", digits(quantisation.scale))
}

/// A retention, and the time constant that it is.
fn remains(retention: f64) -> String {
    if retention == 1.0 {
        return "1".into();
    }
    format!("{} ({} ticks)", digits(retention), digits(-1.0 / retention.ln()))
}

fn percent(part: f64) -> String {
    format!("{:.2} %", 100.0 * part)
}

/// A number with six significant digits.
fn digits(value: f64) -> String {
    format!("{value:.5e}").parse().unwrap_or(value).to_string()
}
