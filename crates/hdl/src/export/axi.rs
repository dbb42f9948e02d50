//! The top with AXI4-Stream and AXI4-Lite.

use std::fmt::Write as _;

use memspike_lif_core::{Core, LayerSpec, Leak, Reset, address_bits};

use super::axi_place::Place;
use super::axi_proof::tick_bits;
use super::files::weights_parameters;
use crate::arch::{Given, WeightsMemory, top_inputs};
use crate::design::MemoryFile;

/// Words between the registers of two layers, and the first of them.
const LAYER_WORDS: usize = 8;
const FIRST_LAYER: usize = 0x40;

/// Where the counts begin, and the width of an address (bit): as many counts as a layer may have neurons fill the rest.
pub const COUNTS: u32 = 0x4000;
pub const ADDRESS_BITS: u32 = 15;

/// Registers.
#[derive(Clone, Copy)]
pub enum Register {
    Id,
    Control,
    Status,
    Winner,
    Place,
    Weight,
    Inputs(usize),
    Neurons(usize),
    Threshold(usize),
    Leak(usize),
    Count(usize),
    At(u32),
}

impl Register {
    /// Its address (byte).
    pub const fn address(self) -> u32 {
        match self {
            Self::Id => 0,
            Self::Control => 0x8,
            Self::Status => 0xc,
            Self::Winner => 0x10,
            Self::Place => 0x14,
            Self::Weight => 0x18,
            Self::Inputs(layer) => Self::of_layer(layer, 0),
            Self::Neurons(layer) => Self::of_layer(layer, 1),
            Self::Threshold(layer) => Self::of_layer(layer, 3),
            Self::Leak(layer) => Self::of_layer(layer, 4),
            Self::Count(neuron) => COUNTS + 4 * neuron as u32,
            Self::At(address) => address,
        }
    }

    const fn of_layer(layer: usize, word: usize) -> u32 {
        4 * (FIRST_LAYER + LAYER_WORDS * layer + word) as u32
    }
}

/// The top of a core.
pub fn top(core: &Core, memory: WeightsMemory, name: &str, memories: &[MemoryFile]) -> String {
    let spec = core.spec();
    let (inputs, neurons) = (spec.first().inputs, spec.last().neurons);
    let (address, neuron) = (address_bits(inputs), address_bits(neurons));
    let (in_bits, out_bits) = (address.next_multiple_of(8), neuron.next_multiple_of(8));
    let known = match in_bits - address {
        0 => "1'b1".into(),
        _ => format!("s_axis_tuser | ~|s_axis_tdata[{}:{address}]", in_bits - 1),
    };
    let out_data = match out_bits - neuron {
        0 => "out_tick ? winner : out_address".into(),
        zeros => format!("{{{zeros}'d0, out_tick ? winner : out_address}}"),
    };
    let is_count = match neurons {
        4096 => "read_address[12]".into(),
        _ => format!("read_address[12] && read_address[11:0] < 12'd{neurons}"),
    };
    let loads = memory == WeightsMemory::Ram;
    let sizes = spec.layers.len() | (spec.count_bits as usize) << 8 | usize::from(loads) << 16;
    let (parameters, same) = weights_parameters(memories);
    let mut text = include_str!("axi.v")
        .replace("@PARAMETERS@", &parameters)
        .replace("@SAME@", &same)
        .replace("@IN_BITS@", &in_bits.to_string())
        .replace("@OUT_BITS@", &out_bits.to_string())
        .replace("@ADDRESS_BITS@", &address.to_string())
        .replace("@NEURON_BITS@", &neuron.to_string())
        .replace("@COUNT_BITS@", &spec.count_bits.to_string())
        .replace("@TICK_BITS@", &tick_bits(spec).to_string())
        .replace("@INPUTS@", &inputs.to_string())
        .replace("@KNOWN@", &known)
        .replace("@OUT_DATA@", &out_data)
        .replace("@IS_COUNT@", &is_count)
        .replace("@SIZES@", &format!("32'h{sizes:08x}"))
        .replace("@WINNER_ZEROS@", &(32 - neuron).to_string())
        .replace("@COUNT_ZEROS@", &(32 - spec.count_bits).to_string());
    let parts = if loads { Parts::loaded(core) } else { Parts::constant(core) };
    for (mark, part) in parts.marks() {
        text = text.replace(mark, part);
    }
    text.replace("@NAME@", name)
}

/// What differs between cores in the registers: declarations, cases and statements of Verilog, line after line.
#[derive(Default)]
struct Parts {
    form: &'static str,
    whole_same: &'static str,
    load_wires: String,
    load_same: String,
    load_ports: String,
    places: String,
    storage: String,
    old: String,
    refused: String,
    load_logic: String,
    loads: String,
    write: String,
    begin: String,
    reset: String,
    read: String,
}

impl Parts {
    fn marks(&self) -> [(&'static str, &str); 15] {
        [
            ("@FORM@", self.form),
            ("@LOAD_WIRES@", &self.load_wires),
            ("@LOAD_SAME@", &self.load_same),
            ("@LOAD_PORTS@", &self.load_ports),
            ("@WHOLE_SAME@", self.whole_same),
            ("@PLACES@\n", &self.places),
            ("@STORAGE@\n", &self.storage),
            ("@OLD@", &self.old),
            ("@REFUSED@", &self.refused),
            ("@LOAD_LOGIC@\n", &self.load_logic),
            ("@LOADS@\n", &self.loads),
            ("@WRITE@", &self.write),
            ("@BEGIN@", &self.begin),
            ("@RESET@", &self.reset),
            ("@READ@", &self.read),
        ]
    }

    /// Of a core whose thresholds and leaks are constants.
    fn constant(core: &Core) -> Self {
        let mut parts = Self {
            form: "Here weights, thresholds and leaks are constants: WEIGHT_PLACE and WEIGHT are not there, THRESHOLD and LEAK cannot be written.",
            ..Self::default()
        };
        for (number, layer) in core.spec().layers.iter().enumerate() {
            let threshold = format!("32'd{}", layer.threshold);
            parts.read_layer(number, layer, &threshold, &format!("32'd{}", leak(layer)));
        }
        parts
    }

    /// Of a core that is loaded at run time.
    fn loaded(core: &Core) -> Self {
        let mut parts = Self {
            form: "Thresholds and leaks that are written, and weights, count from the next image on. A reset brings exported thresholds and leaks back, but no weights.",
            ..Self::default()
        };
        parts.whole_same = "        .whole(whole),\n";
        parts.connect(core);
        parts.weights(core);
        for (number, layer) in core.spec().layers.iter().enumerate() {
            parts.constants(number, layer);
        }
        parts
    }

    /// The wires between registers and core.
    fn connect(&mut self, core: &Core) {
        for load in top_inputs(core.spec(), WeightsMemory::Ram) {
            let (name, kind) = (&load.signal.name, load.signal.kind);
            let sign = if kind.signed { " signed" } else { "" };
            let range = if kind.bits == 1 {
                String::new()
            } else {
                format!("{sign} [{}:0]", kind.bits - 1)
            };
            line(&mut self.load_wires, 1, &format!("wire{range} {name};"));
            line(&mut self.load_same, 2, &format!(".{name}({name}),"));
            let register = name.starts_with("threshold") || name.starts_with("leak");
            let what = if register { "reg " } else { "wire" };
            line(&mut self.load_ports, 1, &format!("output {what}{range} {name},"));
        }
        line(&mut self.load_ports, 1, "input  wire whole,");
    }

    /// Where the next weight goes, and the weight.
    fn weights(&mut self, core: &Core) {
        let layers = &core.spec().layers;
        let place = Place::new(layers);
        self.place(&place);
        self.load_logic = place.conditions(layers);
        self.loads = place.loads(layers);
        self.advance(&place, layers.len());
    }

    /// The registers of a weight's place, and what can be done with them.
    fn place(&mut self, place: &Place) {
        for (name, word) in [("WEIGHT_PLACE", 5), ("WEIGHT", 6)] {
            line(&mut self.places, 1, &format!("localparam [12:0] {name} = 13'h{word:04x};"));
        }
        let parts =
            [("layer", place.layer, 4), ("input", place.input, 16), ("neuron", place.neuron, 12)];
        for (what, bits, _) in parts {
            line(&mut self.storage, 1, &format!("reg [{}:0] place_{what};", bits - 1));
            line(&mut self.reset, 3, &format!("place_{what} <= {bits}'d0;"));
        }
        let filled = parts.map(|(what, bits, of)| match of - bits {
            0 => format!("place_{what}"),
            zeros => format!("{zeros}'d0, place_{what}"),
        });
        let word = format!("wire [31:0] place = {{{}}};", filled.join(", "));
        line(&mut self.storage, 1, &word);
        line(&mut self.old, 3, "WEIGHT_PLACE: old = place;");
        line(&mut self.read, 3, "WEIGHT_PLACE: read_data = place;");
        line(&mut self.refused, 3, "WEIGHT_PLACE: write_refused = ~exists;");
        line(&mut self.refused, 3, "WEIGHT: write_refused = busy | ~fits | ~whole;");
    }

    /// A place that is written, and the next one after a weight.
    fn advance(&mut self, place: &Place, layers: usize) {
        let Place { layer, input, neuron, .. } = *place;
        let next = |name: &str, bits: u32, last: &str| {
            format!("place_{name} <= {last} ? {bits}'d0 : place_{name} + {bits}'d1;")
        };
        let last_layer = format!("(place_layer == {layer}'d{})", layers - 1);
        for text in [
            "WEIGHT_PLACE: begin".to_owned(),
            format!("    place_layer <= value[{}:28];", 27 + layer),
            format!("    place_input <= value[{}:12];", 11 + input),
            format!("    place_neuron <= value[{}:0];", neuron - 1),
            "end".to_owned(),
            "WEIGHT: begin".to_owned(),
            format!("    {}", next("neuron", neuron, "last_neuron")),
            format!("    if (last_neuron) {}", next("input", input, "last_input")),
            format!("    if (last_neuron & last_input) {}", next("layer", layer, &last_layer)),
            "end".to_owned(),
        ] {
            line(&mut self.write, 4, &text);
        }
    }

    /// Threshold and leak of a layer: what was written, and what the image has.
    fn constants(&mut self, number: usize, layer: &LayerSpec) {
        let lowest = lowest_threshold(layer);
        let given = Given { layer, memory: WeightsMemory::Ram };
        let threshold = given.threshold();
        let mut held = vec![("THRESHOLD", threshold, layer.threshold, lowest, layer.highest())];
        if let Some(signal) = given.leak() {
            let highest = match layer.leak {
                Leak::Multiply { shift, .. } => (1 << shift) - 1,
                _ => i64::from(layer.potential_bits) - 1,
            };
            held.push(("LEAK", signal, leak(layer).into(), 1, highest));
        }
        let mut shown = ["32'd0".to_owned(), "32'd0".to_owned()];
        for (at, (place, signal, exported, low, high)) in held.into_iter().enumerate() {
            let (place, bits) = (format!("{place}_{number}"), signal.kind.bits);
            let name = format!("{}_{number}", signal.name);
            let word = FIRST_LAYER + LAYER_WORDS * number + 3 + at;
            shown[at] = format!("{{{}'d0, next_{name}}}", 32 - bits);
            line(&mut self.places, 1, &format!("localparam [12:0] {place} = 13'h{word:04x};"));
            let sign = if signal.kind.signed { "signed " } else { "" };
            line(&mut self.storage, 1, &format!("reg {sign}[{}:0] next_{name};", bits - 1));
            line(&mut self.old, 3, &format!("{place}: old = {};", shown[at]));
            let refused = format!("{place}: write_refused = {};", outside(low, high));
            line(&mut self.refused, 3, &refused);
            let value = match signal.kind.signed {
                true => format!("$signed(value[{}:0])", bits - 1),
                false => format!("value[{}:0]", bits - 1),
            };
            line(&mut self.write, 4, &format!("{place}: next_{name} <= {value};"));
            line(&mut self.begin, 3, &format!("{name} <= next_{name};"));
            let base = if signal.kind.signed { "sd" } else { "d" };
            line(&mut self.reset, 3, &format!("next_{name} <= {bits}'{base}{exported};"));
        }
        let [threshold, leak] = shown;
        self.read_layer(number, layer, &threshold, &leak);
    }

    /// What can be read of a layer.
    fn read_layer(&mut self, number: usize, layer: &LayerSpec, threshold: &str, leak: &str) {
        let word = FIRST_LAYER + LAYER_WORDS * number;
        let (kind, shift) = match layer.leak {
            Leak::None => (0, 0),
            Leak::Shift { .. } => (1, 0),
            Leak::Multiply { shift, .. } => (2, shift),
        };
        let widths = layer.weight_bits | layer.potential_bits << 8 | kind << 16 | shift << 24;
        let values = [
            format!("32'd{}", layer.inputs),
            format!("32'd{}", layer.neurons),
            format!("32'h{widths:08x}"),
            threshold.to_owned(),
            leak.to_owned(),
        ];
        let comment = format!("// Layer {number}: inputs, neurons, widths, threshold, leak.");
        line(&mut self.read, 3, &comment);
        for (at, value) in values.iter().enumerate() {
            line(&mut self.read, 3, &format!("13'h{:04x}: read_data = {value};", word + at));
        }
    }
}

/// Adds a line at a depth of four spaces.
pub fn line(text: &mut String, depth: usize, line: &str) {
    let _ = writeln!(text, "{:1$}{line}", "", 4 * depth);
}

/// The distance of a shift or the factor of a multiplication, as exported; zero without a leak.
pub const fn leak(layer: &LayerSpec) -> u32 {
    match layer.leak {
        Leak::None => 0,
        Leak::Shift { shift } => shift,
        Leak::Multiply { factor, .. } => factor,
    }
}

/// The lowest threshold that can be written.
pub fn lowest_threshold(layer: &LayerSpec) -> i64 {
    match layer.reset {
        Reset::Hold { value } => (value + 1).max(1),
        Reset::Zero | Reset::Subtract => 1,
    }
}

/// Whether the value of a write is outside of a range of positive numbers, compared in no more bits than it needs.
fn outside(low: i64, high: i64) -> String {
    let bits = i64::BITS - high.leading_zeros();
    let part = format!("value[{}:0]", bits - 1);
    let mut text = format!("(|value[31:{bits}])");
    let _ = match low {
        1 => write!(text, " | (~|{part})"),
        _ => write!(text, " | ({part} < {bits}'d{low})"),
    };
    if high + 1 != 1 << bits {
        let _ = write!(text, " | ({part} > {bits}'d{high})");
    }
    text
}
