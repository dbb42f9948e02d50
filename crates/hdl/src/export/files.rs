//! The texts around a core.

use std::fmt::Write as _;

use memspike_lif_core::{Core, address_bits};
use serde_json::json;

use super::sizes;
use crate::arch::Layout;
use crate::driver::Coverage;

/// Reads all Verilog with slang.
pub const SLANG: &str = include_str!("slang.py");

/// Pins of the board-level top on a board with an iCE40UP5K.
pub const PINS: &str = include_str!("spi.pcf");

/// The board-level top.
pub fn board(core: &Core, name: &str) -> String {
    let spec = core.spec();
    include_str!("spi.v")
        .replace("@NAME@", name)
        .replace("@ADDRESS_BITS@", &address_bits(spec.first().inputs).to_string())
        .replace("@NEURON_BITS@", &address_bits(spec.last().neurons).to_string())
        .replace("@COUNT_BITS@", &spec.count_bits.to_string())
}

/// The specification as JSON.
pub fn specification(core: &Core, layout: &dyn Layout, name: &str) -> String {
    let value =
        json!({ "name": name, "architecture": layout.about(), "specification": core.spec() });
    let mut text = serde_json::to_string_pretty(&value).expect("a specification has a JSON form");
    text.push('\n');
    text
}

/// The Makefile.
pub fn makefile(name: &str) -> String {
    include_str!("Makefile.in").replace("@NAME@", name)
}

/// A core file of FuseSoC.
pub fn fusesoc(core: &Core, name: &str) -> String {
    let memories = (0..core.spec().layers.len()).fold(String::new(), |mut list, number| {
        let _ = writeln!(
            list,
            "      - {name}_weights_{number}.hex : {{file_type: user, copyto: {name}_weights_{number}.hex}}"
        );
        list
    });
    include_str!("core.in").replace("@NAME@", name).replace("@MEMORIES@", memories.trim_end())
}

/// The guide for whoever receives the folder.
pub fn readme(core: &Core, layout: &dyn Layout, name: &str, coverage: Coverage) -> String {
    let Coverage { cycles, inputs, of_inputs } = coverage;
    include_str!("README.in")
        .replace("@CYCLES@", &cycles.to_string())
        .replace("@REACHED@", &format!("{inputs} of {of_inputs}"))
        .replace("@NAME@", name)
        .replace("@SIZES@", &sizes(core))
        .replace("@ABOUT@", &layout.about())
        .replace("@INPUTS@", &core.spec().first().inputs.to_string())
        .replace("@NEURONS@", &core.spec().last().neurons.to_string())
}
