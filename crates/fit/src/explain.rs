//! What the keys of a measurement file mean, said where one is missing or unknown.

use memspike_device::ModelKind;

/// Kinds of measurements, what each is, and its keys.
pub(crate) const KINDS: [(&str, &str); 10] = [
    ("threshold", "voltage at which a ramp turns the device on (V): rate, or step and dwell"),
    ("hold", "voltage at which it turns off on the way back (V): rate, or step and dwell; peak"),
    ("sweep", "a current-voltage sweep: csv; rate, or step and dwell"),
    ("frequency", "of the neuron's spikes (Hz): voltage, resistance, capacitance"),
    ("energy", "from one spike to the next (J): voltage, resistance, capacitance"),
    ("peak_ratio", "first peak over later ones: voltage, resistance, capacitance"),
    ("pulses", "until the first spike: voltage, width, gap, resistance, capacitance"),
    ("delay", "from a voltage step to turn-on (s): voltage"),
    ("off_resistance", "of the device off (ohm): voltage"),
    (
        "on_resistance",
        "of the device on (ohm): voltage; compliance where a source limits the current",
    ),
];

/// What a key says, as an apposition with its unit; empty for one that says itself.
pub(crate) fn key(key: &str) -> &'static str {
    match key {
        "name" => ", the name of the card: a word",
        "model" => ", the model that is fitted, such as \"ts_memristor\"",
        "[parameters]" => {
            ", the parameters of the model: fixed ones (roff = 1e8) and free ones \
             (von = { start = 0.3, min = 0.1, max = 0.6 })"
        }
        "parameters" => ", what the other card has instead, such as { sigma_von = 4e-3 }",
        "kind" => ", what was measured, such as \"threshold\" or \"sweep\"",
        "value" => ", the measured number in its SI unit",
        "csv" => ", the file of the sweep, beside this file",
        "step" => ", the step of the staircase (V)",
        "dwell" => ", how long a level of the staircase is held (s)",
        "peak" => ", the greatest voltage of the ramp (V)",
        "voltage" => ", the voltage at which it was measured (V)",
        "resistance" => ", the series resistor of the neuron (ohm)",
        "capacitance" => ", the capacitor across the device (F)",
        "width" => ", how long a pulse is (s)",
        "gap" => ", the time between two pulses (s)",
        "start" => ", where the search begins",
        "min" => ", the least value that is searched",
        "max" => ", the greatest value that is searched",
        _ => "",
    }
}

/// All kinds of measurements, a line each.
pub(crate) fn kinds() -> String {
    KINDS.iter().map(|(name, what)| format!("\n  {name}: {what}")).collect()
}

/// All parameters of a model, a line each.
pub(crate) fn parameters(kind: &ModelKind) -> String {
    let line = |p: &memspike_device::Parameter| {
        let unit = if p.unit == "1" { String::new() } else { format!(" ({})", p.unit) };
        let words: Vec<&str> = p.words.iter().map(|(word, _)| *word).collect();
        let words =
            if words.is_empty() { String::new() } else { format!(": {}", words.join(", ")) };
        format!("\n  {}{unit}: {}{words}", p.name, p.doc)
    };
    kind.parameters.iter().map(line).collect()
}
