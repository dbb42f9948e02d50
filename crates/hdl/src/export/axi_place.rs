//! The place of the next weight that is loaded through AXI: what the registers of the top make of it.

use memspike_lif_core::{LayerSpec, address_bits};

use super::axi::line;

/// Widths of the place of a weight, and of a weight, of which every layer has its own or a part.
pub struct Place {
    pub layer: u32,
    pub input: u32,
    pub neuron: u32,
    weight: u32,
}

impl Place {
    /// As wide as the widest layer needs them.
    pub fn new(layers: &[LayerSpec]) -> Self {
        let widest = |bits: &dyn Fn(&LayerSpec) -> u32| layers.iter().map(bits).max().unwrap_or(1);
        Self {
            layer: address_bits(layers.len()),
            input: widest(&|layer| address_bits(layer.inputs)),
            neuron: widest(&|layer| address_bits(layer.neurons)),
            weight: widest(&|layer| layer.weight_bits),
        }
    }

    /// Whether a place exists, a weight fits its layer, and the place is at the last input or neuron of its layer.
    pub fn conditions(&self, layers: &[LayerSpec]) -> String {
        let Self { layer, input, neuron, .. } = self;
        let each = |part: &dyn Fn(usize, &LayerSpec) -> String| -> String {
            let each: Vec<String> =
                layers.iter().enumerate().map(|(number, spec)| part(number, spec)).collect();
            each.join("\n        || ")
        };
        let fits = each(&|number, spec| {
            let high = format!("value[31:{}]", spec.weight_bits - 1);
            format!("(place_layer == {layer}'d{number} && (&{high} || ~|{high}))")
        });
        let last_input = each(&|number, spec| {
            let last = spec.inputs - 1;
            format!("(place_layer == {layer}'d{number} && place_input == {input}'d{last})")
        });
        let last_neuron = each(&|number, spec| {
            let last = spec.neurons - 1;
            format!("(place_layer == {layer}'d{number} && place_neuron == {neuron}'d{last})")
        });
        let conditions = [
            ("exists", each(&exists)),
            ("fits", fits),
            ("last_input", last_input),
            ("last_neuron", last_neuron),
        ];
        let mut logic = String::new();
        for (name, condition) in conditions {
            line(&mut logic, 1, &format!("wire {name} = {condition};"));
        }
        logic
    }

    /// What the layers are told when a weight is loaded.
    pub fn loads(&self, layers: &[LayerSpec]) -> String {
        let Self { layer, weight, .. } = self;
        let mut loads = String::from("    wire load = taken & (write_address == WEIGHT);\n");
        for number in 0..layers.len() {
            let load = format!("assign load_{number} = load & (place_layer == {layer}'d{number});");
            line(&mut loads, 1, &load);
        }
        line(&mut loads, 1, "assign load_input = place_input;");
        line(&mut loads, 1, "assign load_neuron = place_neuron;");
        line(&mut loads, 1, &format!("assign load_weight = value[{}:0];", weight - 1));
        loads
    }
}

/// Whether the place in a word is one of this layer; bits that hold nothing else are not compared.
fn exists(number: usize, spec: &LayerSpec) -> String {
    let mut all = vec![format!("value[31:28] == 4'd{number}")];
    if spec.inputs < 1 << 16 {
        all.push(format!("value[27:12] < 16'd{}", spec.inputs));
    }
    if spec.neurons < 1 << 12 {
        all.push(format!("value[11:0] < 12'd{}", spec.neurons));
    }
    format!("({})", all.join(" && "))
}
