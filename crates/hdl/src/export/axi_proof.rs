//! Proof that the top with AXI keeps the rules of AXI.

use memspike_lif_core::{Spec, address_bits};

use super::control::{Port, Watch};

/// The rules.
pub const REFERENCE: &str = include_str!("reference_axi.v");

/// Ports in the order of the reference: what comes in, what goes out, and what is looked at inside.
fn watch(spec: &Spec) -> Watch {
    let port = |(name, bits): (&str, u32)| -> Port { (name.to_owned(), bits) };
    let stream = |neurons| address_bits(neurons).next_multiple_of(8);
    let inputs = [
        ("aclk", 1),
        ("aresetn", 1),
        ("s_axis_tdata", stream(spec.first().inputs)),
        ("s_axis_tuser", 1),
        ("s_axis_tlast", 1),
        ("s_axis_tvalid", 1),
        ("m_axis_tready", 1),
        ("s_axil_awaddr", 15),
        ("s_axil_awprot", 3),
        ("s_axil_awvalid", 1),
        ("s_axil_wdata", 32),
        ("s_axil_wstrb", 4),
        ("s_axil_wvalid", 1),
        ("s_axil_bready", 1),
        ("s_axil_araddr", 15),
        ("s_axil_arprot", 3),
        ("s_axil_arvalid", 1),
        ("s_axil_rready", 1),
    ];
    let outputs = [
        ("s_axis_tready", 1),
        ("m_axis_tdata", stream(spec.last().neurons)),
        ("m_axis_tuser", 1),
        ("m_axis_tlast", 1),
        ("m_axis_tvalid", 1),
        ("s_axil_awready", 1),
        ("s_axil_wready", 1),
        ("s_axil_bresp", 2),
        ("s_axil_bvalid", 1),
        ("s_axil_arready", 1),
        ("s_axil_rdata", 32),
        ("s_axil_rresp", 2),
        ("s_axil_rvalid", 1),
    ];
    let registers = [
        ("phase", 2),
        ("held", 1),
        ("held_tick", 1),
        ("tick_taken", 1),
        ("ticks", tick_bits(spec)),
        ("in_tick_ready", 1),
        ("out_tick", 1),
        ("last_tick", 1),
        ("last_tick_ready", 1),
    ];
    Watch {
        reference: "reference_axi reference".into(),
        inputs: inputs.map(port).into(),
        outputs: outputs.map(port).into(),
        registers: registers.map(port).into(),
        ..Watch::default()
    }
}

/// Bits that count the ticks in a core: one in each layer and one in the counter.
pub fn tick_bits(spec: &Spec) -> u32 {
    address_bits(spec.layers.len() + 2)
}

/// The wrapper that the proof needs: the text of `check_axi.v`.
pub fn wrapper(spec: &Spec) -> String {
    watch(spec).wrapper("check_axi")
}

/// The proof, without the layers; and, with them, that no output depends on an input within a cycle.
pub fn proof(name: &str, spec: &Spec) -> String {
    let last = spec.layers.len() - 1;
    let bits = |port: &str| {
        let watch = watch(spec);
        let all = watch.inputs.iter().chain(&watch.outputs);
        all.filter(|(name, _)| name == port).map(|(_, bits)| *bits).sum::<u32>()
    };
    format!(
        "
design -reset
read_verilog {name}_axi.v {name}.v
hierarchy -top {name}_axi
proc; flatten; opt_clean
select -assert-any o:s_axis_tready %ci*:-$dff w:phase %i
select -assert-none o:* %ci*:-$dff i:* %i

design -reset
read_verilog {name}_axi.v {name}.v
delete {name}_layer_*
hierarchy -top {name}_axi
delete */t:*{name}_layer_*
proc; flatten; opt_clean
delete */t:$mem*
expose w:phase w:held w:held_tick w:tick_taken w:ticks w:in_tick_ready w:out_tick w:core.spikes_{last}_tick w:core.spikes_{last}_tick_ready
cd {name}_axi
rename core.spikes_{last}_tick last_tick
rename core.spikes_{last}_tick_ready last_tick_ready
cd ..
opt_clean
rename -top ours
read_verilog -formal -DI={} -DO={} -DT={} -DL={} reference_axi.v check_axi.v
hierarchy -top check_axi
proc; flatten; opt
sat -verify -tempinduct -prove-asserts -set-assumes -maxsteps 4 -show-all
",
        bits("s_axis_tdata"),
        bits("m_axis_tdata"),
        tick_bits(spec),
        spec.layers.len(),
    )
}
