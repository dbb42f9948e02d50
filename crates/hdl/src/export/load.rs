//! Proof of what loading does to a memory of weights.

use memspike_lif_core::address_bits;

use super::control::{MOST_BITS, Watch, left_to_simulation};
use crate::arch::Given;

/// What loading weights does.
pub const REFERENCE: &str = include_str!("reference_load.v");

/// The memory of a layer, with so many lanes if it sweeps over its neurons; nothing if it cannot be loaded.
fn watch(name: &str, number: usize, given: &Given, lanes: Option<usize>) -> Option<Watch> {
    let layer = given.layer;
    let module = if lanes.is_some() { "layer" } else { "bank" };
    let lanes = lanes.unwrap_or(layer.neurons);
    let words = layer.inputs * layer.neurons.div_ceil(lanes);
    let mut inputs = vec![("clk".to_owned(), 1)];
    inputs.extend(given.load()?.map(|signal| (signal.name, signal.kind.bits)));
    Some(Watch {
        module: format!("{name}_{module}_{number}"),
        reference: "reference_load reference".into(),
        inputs,
        memory: ("rows", words, lanes as u32 * layer.weight_bits),
        ..Watch::default()
    })
}

/// The wrapper that the proof needs: name and text of its file.
pub fn wrapper(
    name: &str,
    number: usize,
    given: &Given,
    lanes: Option<usize>,
) -> Option<(String, String)> {
    let module = format!("check_load_{number}");
    let text = watch(name, number, given, lanes)?.wrapper(&module);
    Some((format!("{module}.v"), text))
}

/// The proof, one step of induction: as long as every weight is where it belongs, it is so after a weight was loaded.
pub fn proof(name: &str, number: usize, given: &Given, lanes: Option<usize>) -> String {
    let Some(watch) = watch(name, number, given, lanes) else { return String::new() };
    let (_, words, bits) = watch.memory;
    if words * bits as usize > MOST_BITS {
        let bits = words * bits as usize;
        return left_to_simulation(&format!(
            "the loading of layer {number} ({bits} bits of weights; proved up to {MOST_BITS})"
        ));
    }
    let layer = given.layer;
    let lanes = lanes.unwrap_or(layer.neurons);
    format!(
        "
{}read_verilog -formal -DI={} -DN={} -DW={} -DK={lanes} -DG={} -DA={} -DB={} reference_load.v check_load_{number}.v
hierarchy -top check_load_{number}
proc; flatten; memory_collect; memory_map; opt
sat -verify -tempinduct -tempinduct-inductonly -prove-asserts -set-assumes -maxsteps 2 -show-all
",
        watch.expose(name),
        layer.inputs,
        layer.neurons,
        layer.weight_bits,
        layer.neurons.div_ceil(lanes),
        address_bits(layer.inputs),
        address_bits(layer.neurons),
    )
}
