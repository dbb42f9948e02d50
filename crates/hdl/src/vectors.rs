//! Cycles as files that a testbench reads.

use memspike_lif_core::cycle::{Inputs, Outputs, Register, Word};
use memspike_lif_core::{Core, Spec, address_bits};

use crate::stimulus::Cycle;

/// Words of a testbench, one line a cycle, in hexadecimal; `z` is a digit that means nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vectors {
    /// Number of cycles.
    pub cycles: usize,
    /// Inputs.
    pub stimulus: String,
    /// Outputs that are expected.
    pub outputs: String,
    /// Registers that are expected, each in whole digits.
    pub registers: String,
    /// Paths and widths of the registers, the highest first.
    pub layout: Vec<(String, usize)>,
}

impl Vectors {
    /// Packs cycles.
    #[must_use]
    pub fn new(core: &Core, cycles: &[Cycle]) -> Self {
        let spec = core.spec();
        let mut vectors = Self {
            cycles: cycles.len(),
            stimulus: String::new(),
            outputs: String::new(),
            registers: String::new(),
            layout: cycles.first().map_or_else(Vec::new, |cycle| layout(&cycle.registers)),
        };
        for cycle in cycles {
            push_line(&mut vectors.stimulus, &inputs(spec, &cycle.inputs));
            push_line(&mut vectors.outputs, &outputs(spec, &cycle.outputs));
            for register in &cycle.registers {
                push_digits(&mut vectors.registers, &register.word);
            }
            vectors.registers.push('\n');
        }
        vectors
    }
}

fn layout(registers: &[Register]) -> Vec<(String, usize)> {
    registers.iter().map(|register| (register.path.clone(), register.word.bits())).collect()
}

fn together<'w>(words: impl Iterator<Item = &'w Word>) -> Word {
    let mut all = Word::default();
    words.for_each(|word| all.append(word));
    all
}

fn inputs(spec: &Spec, inputs: &Inputs) -> Word {
    let Inputs { reset, offer, ready, count_address } = inputs;
    together(
        [
            Word::flag(*reset),
            Word::flag(offer.start),
            Word::flag(offer.tick),
            Word::flag(offer.valid),
            Word::of(offer.address.into(), address_bits(spec.first().inputs)),
            Word::flag(ready.start),
            Word::flag(ready.tick),
            Word::flag(ready.event),
            Word::of((*count_address).into(), address_bits(spec.last().neurons)),
        ]
        .iter(),
    )
}

fn outputs(spec: &Spec, outputs: &Outputs) -> Word {
    let Outputs { ready, offer, count, winner } = outputs;
    let neuron_bits = address_bits(spec.last().neurons);
    together(
        [
            Word::flag(ready.start),
            Word::flag(ready.tick),
            Word::flag(ready.event),
            Word::flag(offer.start),
            Word::flag(offer.tick),
            Word::flag(offer.valid),
            Word::of(offer.address.into(), neuron_bits),
            count.map_or_else(
                || Word::unknown(spec.count_bits),
                |count| Word::of(count.into(), spec.count_bits),
            ),
            Word::of((*winner).into(), neuron_bits),
        ]
        .iter(),
    )
}

fn push_line(text: &mut String, word: &Word) {
    push_digits(text, word);
    text.push('\n');
}

/// Four bits a digit; a digit with a bit that means nothing means nothing.
fn push_digits(text: &mut String, word: &Word) {
    let bits = word.as_str().as_bytes();
    for nibble in bits.rchunks(4).rev() {
        let value = nibble.iter().try_fold(0, |value, bit| match bit {
            b'0' => Some(2 * value),
            b'1' => Some(2 * value + 1),
            _ => None,
        });
        let digit = value.and_then(|value| char::from_digit(value, 16));
        text.push(digit.unwrap_or('z'));
    }
}
