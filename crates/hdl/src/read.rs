//! A core read back from the files of an export.

use memspike_lif_core::{Core, Spec, SpecError, Weights};
use serde::Deserialize;

/// Why files are no core.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The specification is none.
    #[error("it is no specification of a core: {0}")]
    Json(#[from] serde_json::Error),
    /// It has no name by which its weights could be found.
    #[error("it has no \"name\", after which the files of its weights are named")]
    NoName,
    /// A file of weights cannot be read.
    #[error("{0}")]
    File(String),
    /// A file of weights has another form.
    #[error("'{file}', line {line}: {reason}")]
    Word {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// The core is none.
    #[error(transparent)]
    Spec(#[from] SpecError),
}

/// `spec.json` of an export; a bare specification is one, too.
#[derive(Deserialize)]
struct File {
    name: Option<String>,
    specification: Spec,
}

/// A specification, and its name if it has one.
fn specification(text: &str) -> Result<(Option<String>, Spec), ReadError> {
    match serde_json::from_str::<File>(text) {
        Ok(file) => Ok((file.name, file.specification)),
        Err(error) => match serde_json::from_str::<Spec>(text) {
            Ok(spec) => Ok((None, spec)),
            Err(bare) => Err(if text.contains("\"specification\"") { error } else { bare }.into()),
        },
    }
}

/// The specification in the text of a `spec.json`, checked.
///
/// # Errors
/// It is none.
pub fn read_spec(text: &str) -> Result<Spec, ReadError> {
    let (_, spec) = specification(text)?;
    spec.validate()?;
    Ok(spec)
}

/// The core of an export: the text of its `spec.json`, and files of weights beside it, which `file` gives by name.
///
/// # Errors
/// [`ReadError`].
pub fn read_core(
    text: &str,
    file: &mut dyn FnMut(&str) -> Result<String, String>,
) -> Result<Core, ReadError> {
    let (name, spec) = specification(text)?;
    spec.validate()?;
    let name = name.ok_or(ReadError::NoName)?;
    let mut layers = Vec::new();
    for (number, layer) in spec.layers.iter().enumerate() {
        let name = format!("{name}_weights_{number}.hex");
        let text = file(&name).map_err(ReadError::File)?;
        let words = Words { inputs: layer.inputs, neurons: layer.neurons, bits: layer.weight_bits };
        let rows = words.read(&text).map_err(|(line, reason)| ReadError::Word {
            file: name,
            line,
            reason,
        })?;
        layers.push(Weights::new(layer.neurons, rows));
    }
    Ok(Core::new(spec, layers)?)
}

/// A memory of weights: a hexadecimal word a line, some neurons of an input each, the first one lowest.
struct Words {
    inputs: usize,
    neurons: usize,
    bits: u32,
}

impl Words {
    /// Weights by input, then by neuron. An error has its line and what is wrong.
    fn read(&self, text: &str) -> Result<Vec<i32>, (usize, String)> {
        let lines: Vec<&str> = text.lines().collect();
        let groups = lines.len() / self.inputs;
        if groups == 0 || lines.len() != groups * self.inputs || groups > self.neurons {
            let reason = format!(
                "a layer of {} inputs and {} neurons has no {} words",
                self.inputs,
                self.neurons,
                lines.len()
            );
            return Err((lines.len(), reason));
        }
        // Lanes are a power of two, or all neurons at once.
        let lanes = match groups {
            1 => self.neurons,
            _ => self.neurons.div_ceil(groups).next_power_of_two(),
        };
        let mut rows = Vec::new();
        for (at, line) in lines.iter().enumerate() {
            let first = at % groups * lanes;
            let count = lanes.min(self.neurons.saturating_sub(first));
            for lane in 0..count {
                rows.push(self.weight(line, lane).map_err(|reason| (at + 1, reason))?);
            }
        }
        Ok(rows)
    }

    fn weight(&self, word: &str, lane: usize) -> Result<i32, String> {
        let digits = word.as_bytes();
        let mut value = 0;
        for bit in 0..self.bits as usize {
            let place = lane * self.bits as usize + bit;
            let digit = digits.len().checked_sub(1 + place / 4).map(|at| char::from(digits[at]));
            let digit = digit.ok_or_else(|| "the word is too short".to_owned())?;
            let digit = digit.to_digit(16).ok_or_else(|| format!("'{digit}' is no digit"))?;
            value |= (digit >> (place % 4) & 1) << bit;
        }
        let unused = i32::BITS - self.bits;
        Ok((value as i32) << unused >> unused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{design, layout};
    use memspike_lif_core::{LayerSpec, Leak, Reset, Saturation, VERSION};

    /// What a design writes is read back, in every layout and with neurons that fill no word.
    #[test]
    fn an_exported_core_is_read_back_weight_by_weight() {
        for (neurons, bits) in [(1, 2), (3, 5), (5, 16), (10, 8), (17, 3)] {
            let layer = LayerSpec {
                inputs: 7,
                neurons,
                weight_bits: bits,
                potential_bits: 24,
                threshold: 9,
                leak: Leak::None,
                reset: Reset::Zero,
                saturation: Saturation::Signed,
                refractory_ticks: 0,
            };
            let half = 1 << (bits - 1);
            let rows = (0..7 * neurons as i32).map(|at| (at * 37) % (2 * half) - half).collect();
            let spec =
                Spec { version: VERSION, layers: vec![layer], count_bits: 4, time_step_ns: 1 };
            let core = Core::new(spec, vec![Weights::new(neurons, rows)]).expect("a core");
            for (name, lanes) in [("serial", 1), ("parallel", 1), ("folded", 2), ("folded", 8)] {
                let layout = layout(name, lanes).expect("a layout");
                let design = design(&core, &*layout, "lif", &[]).expect("a design");
                let json = serde_json::json!({ "name": "lif", "specification": core.spec() });
                let mut file = |wanted: &str| {
                    let found = design.memories.iter().find(|memory| memory.name == wanted);
                    found.map(|memory| memory.text.clone()).ok_or_else(|| wanted.to_owned())
                };
                let read = read_core(&json.to_string(), &mut file).expect("a core");
                assert_eq!(read, core, "{neurons} neurons, {name} {lanes}");
            }
        }
    }
}
