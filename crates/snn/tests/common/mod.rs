//! What the tests of the network share.

#![allow(dead_code, reason = "each test uses a part")]

use memspike_device::{BuiltModel, MODELS};

/// The paper's device, with changes to its card.
fn device(changes: &[(&str, f64)]) -> BuiltModel {
    let kind = MODELS.iter().find(|kind| kind.name == "ts_memristor").unwrap();
    let value = |name: &str, default: f64| {
        changes.iter().find(|(changed, _)| *changed == name).map_or(default, |(_, value)| *value)
    };
    let values: Vec<f64> = kind.parameters.iter().map(|p| value(p.name, p.default)).collect();
    (kind.build)(&values).unwrap()
}

/// The paper's device without variation.
pub fn zno() -> BuiltModel {
    device(&[])
}

/// Devices of the input and of the output layer, with changes to both cards.
pub fn devices(changes: &[(&str, f64)]) -> (BuiltModel, BuiltModel) {
    let mut output = changes.to_vec();
    output.push(("unipolar", 1.0));
    (device(changes), device(&output))
}

/// The paper's variation (D3 and D4): 2.25 % of 0.17 V and 4.44 % of 0.1 V from cycle to cycle;
/// 0.0079 V over devices and cycles together.
pub fn paper_variation() -> Vec<(&'static str, f64)> {
    let (von, vhold, all) = (0.0225 * 0.17, 0.0444 * 0.1, 0.0079_f64);
    vec![("sigma_von", von), ("sigma_vhold", vhold), ("spread_von", (all * all - von * von).sqrt())]
}
