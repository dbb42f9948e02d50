//! The parallel core a second time: the same specification through another generator, rust-hdl, by another design.
//!
//! Its neurons keep potentials in offset binary, where all arithmetic is unsigned. That is not a
//! matter of taste: rust-hdl's simulation and its Verilog disagree about signed constants (simulators and
//! yosys then disagree too), about `a & b == c`, and about the carry of a sum that is widened. Nothing
//! here is signed, has two operators of different rank side by side, or widens a sum.
//!
//! It exists to be proved equal to what `memspike-hdl` generates, which the tests of this crate do.

mod bank;
mod neuron;

use memspike_lif_core::{Core, LayerSpec, Leak, Reset, Saturation, address_bits};
use rust_hdl::prelude::{Block, generate_verilog};

use bank::Bank;

/// Why rust-hdl makes no core of a specification.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TwinError {
    /// No such layer.
    #[error("the core has {layers} layers, and none with the number {number}, counted from 0")]
    Layer {
        /// Its number.
        number: usize,
        /// How many there are.
        layers: usize,
    },
    /// A kind of neuron that it does not know.
    #[error(
        "the second core leaks by a shift, subtracts its threshold, saturates signed and never rests"
    )]
    Neuron,
    /// rust-hdl needs sizes when it is compiled; these are not among them.
    #[error(
        "the second core is not compiled for {inputs} x {neurons} with weights of {weight_bits} and potentials of {potential_bits} bits"
    )]
    Size {
        /// Number of inputs.
        inputs: usize,
        /// Number of neurons.
        neurons: usize,
        /// Width of a weight (bit).
        weight_bits: u32,
        /// Width of a potential (bit).
        potential_bits: u32,
    },
}

/// A bare layer of a core as Verilog, counted from 0. The module `twin_bank` has the ports of the first core's bank, and `potential_0`, ... besides.
///
/// # Errors
/// A specification outside of what this generator knows.
pub fn bank(core: &Core, number: usize) -> Result<String, TwinError> {
    let layers = core.spec().layers.len();
    let Some((layer, weights)) = core.layers().nth(number) else {
        return Err(TwinError::Layer { number, layers });
    };
    let Leak::Shift { shift } = layer.leak else { return Err(TwinError::Neuron) };
    let plain = layer.reset == Reset::Subtract
        && layer.saturation == Saturation::Signed
        && layer.refractory_ticks == 0;
    if !plain {
        return Err(TwinError::Neuron);
    }
    let address = address_bits(layer.inputs);
    let text = match (address, layer.neurons, layer.weight_bits, layer.potential_bits) {
        (4, 4, 5, 9) => verilog(Bank::<4, 4, 5, 9>::new(layer, weights, shift)),
        (4, 3, 4, 8) => verilog(Bank::<4, 3, 4, 8>::new(layer, weights, shift)),
        (2, 3, 6, 8) => verilog(Bank::<2, 3, 6, 8>::new(layer, weights, shift)),
        (5, 6, 8, 20) => verilog(Bank::<5, 6, 8, 20>::new(layer, weights, shift)),
        _ => {
            return Err(TwinError::Size {
                inputs: layer.inputs,
                neurons: layer.neurons,
                weight_bits: layer.weight_bits,
                potential_bits: layer.potential_bits,
            });
        }
    };
    Ok(format!("{text}\n{}", wrapper(layer)))
}

fn verilog(mut bank: impl Block) -> String {
    bank.connect_all();
    generate_verilog(&bank)
}

/// rust-hdl names the elements of an array `fired$0`, and its top module `top`.
fn wrapper(layer: &LayerSpec) -> String {
    let top_bit = layer.potential_bits - 1;
    let each =
        |line: &dyn Fn(usize) -> String| -> String { (0..layer.neurons).map(line).collect() };
    format!(
        "module twin_bank (
    input wire clk, input wire rst, input wire start, input wire tick, input wire event_valid,
    input wire [{}:0] address, output wire started, output wire ticked, output wire [{}:0] fired{}
);
    top twin (
        .clock(clk), .rst(rst), .start(start), .tick(tick), .event_valid(event_valid), .address(address),
        .started(started), .ticked(ticked){}
    );
endmodule
",
        address_bits(layer.inputs) - 1,
        layer.neurons - 1,
        each(&|j| format!(",\n    output wire signed [{top_bit}:0] potential_{j}")),
        each(&|j| format!(",\n        .fired${j}(fired[{j}]), .potential${j}(potential_{j})")),
    )
}
