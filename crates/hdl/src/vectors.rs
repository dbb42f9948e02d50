//! Cycles of a core as files that a testbench reads.

use std::io::{self, Write};

use memspike_lif_core::cycle::{Inputs, Memory, Outputs, Word};
use memspike_lif_core::{Core, CycleModel, Spec, address_bits};

/// What stands in a line of the file of registers, the highest bits first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// Registers.
    pub registers: Vec<Field>,
    /// Memories: of each, the address that was written last, the word there, and the word whose turn it is.
    pub memories: Vec<Memory>,
}

/// A register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its path below the top.
    pub path: String,
    /// Its width (bit).
    pub bits: usize,
    /// Whether it means nothing at first, as what a memory has given last: the line then begins with a bit that says whether it does.
    pub late: bool,
}

impl Layout {
    /// Of a core before its first clock.
    pub fn new(model: &CycleModel) -> Self {
        let mut registers = Vec::new();
        model.registers(&mut |path, word| {
            registers.push(Field {
                path: path.to_string(),
                bits: word.bits(),
                late: !word.is_known(),
            });
        });
        Self { registers, memories: model.memories() }
    }

    /// Hexadecimal digits of a line.
    pub fn digits(&self) -> usize {
        let digits = |bits: usize| bits.div_ceil(4);
        let registers = self.registers.iter().map(|field| digits(field.bits));
        let memories = self
            .memories
            .iter()
            .map(|memory| digits(address_bits(memory.words) as usize) + 2 * digits(memory.bits));
        digits(self.late()) + registers.sum::<usize>() + memories.sum::<usize>()
    }

    /// Registers that mean nothing at first.
    pub fn late(&self) -> usize {
        self.registers.iter().filter(|field| field.late).count()
    }
}

/// Three files with a line a cycle, in hexadecimal: inputs, the outputs that are expected, the registers that are expected.
pub struct VectorFiles<W> {
    spec: Spec,
    layout: Layout,
    inputs: W,
    outputs: W,
    /// Nothing if registers are not compared.
    registers: Option<W>,
    lines: usize,
    text: Vec<u8>,
}

impl<W: Write> VectorFiles<W> {
    /// Files without a line, of a core before its first clock.
    pub fn new(
        core: &Core,
        model: &CycleModel,
        inputs: W,
        outputs: W,
        registers: Option<W>,
    ) -> Self {
        Self {
            spec: core.spec().clone(),
            layout: Layout::new(model),
            inputs,
            outputs,
            registers,
            lines: 0,
            text: Vec::new(),
        }
    }

    /// Writes a cycle: what goes in, what comes out before the clock edge, and what the registers hold then.
    pub fn cycle(
        &mut self,
        model: &CycleModel,
        inputs: &Inputs,
        outputs: &Outputs,
    ) -> io::Result<()> {
        self.line(&[inputs_word(&self.spec, inputs)]);
        write_line(&mut self.text, &mut self.inputs)?;
        self.line(&[outputs_word(&self.spec, outputs)]);
        write_line(&mut self.text, &mut self.outputs)?;
        if self.registers.is_some() {
            self.registers_line(model);
            self.memories_line(model);
        }
        if let Some(file) = &mut self.registers {
            write_line(&mut self.text, file)?;
        }
        self.lines += 1;
        Ok(())
    }

    /// Cycles that were written.
    pub const fn lines(&self) -> usize {
        self.lines
    }

    /// Writes what is still held back; the layout of the file of registers.
    pub fn finish(mut self) -> io::Result<Layout> {
        self.inputs.flush()?;
        self.outputs.flush()?;
        self.registers.as_mut().map_or(Ok(()), Write::flush)?;
        Ok(self.layout)
    }

    fn line(&mut self, words: &[Word]) {
        words.iter().for_each(|word| push_digits(&mut self.text, word));
    }

    fn registers_line(&mut self, model: &CycleModel) {
        let (mut known, mut digits) = (Word::default(), Vec::new());
        let mut fields = self.layout.registers.iter();
        model.registers(&mut |_, word| {
            if fields.next().is_some_and(|field| field.late) {
                known.append(&Word::flag(word.is_known()));
            }
            push_digits(&mut digits, &word);
        });
        push_digits(&mut self.text, &known);
        self.text.append(&mut digits);
    }

    fn memories_line(&mut self, model: &CycleModel) {
        let written = model.written();
        for (number, (memory, last)) in self.layout.memories.iter().zip(written).enumerate() {
            let turn = self.lines % memory.words;
            push_digits(&mut self.text, &Word::of(last as i64, address_bits(memory.words)));
            push_digits(&mut self.text, &model.memory_word(number, last));
            push_digits(&mut self.text, &model.memory_word(number, turn));
        }
    }
}

fn write_line(text: &mut Vec<u8>, file: &mut impl Write) -> io::Result<()> {
    text.push(b'\n');
    let written = file.write_all(text);
    text.clear();
    written
}

fn together(words: &[Word]) -> Word {
    let mut all = Word::default();
    words.iter().for_each(|word| all.append(word));
    all
}

fn inputs_word(spec: &Spec, inputs: &Inputs) -> Word {
    let Inputs { reset, offer, ready, count_address } = inputs;
    together(&[
        Word::flag(*reset),
        Word::flag(offer.start),
        Word::flag(offer.tick),
        Word::flag(offer.valid),
        Word::of(offer.address.into(), address_bits(spec.first().inputs)),
        Word::flag(ready.start),
        Word::flag(ready.tick),
        Word::flag(ready.event),
        Word::of((*count_address).into(), address_bits(spec.last().neurons)),
    ])
}

/// The first bit says whether the count means something.
fn outputs_word(spec: &Spec, outputs: &Outputs) -> Word {
    let Outputs { ready, offer, count, winner } = outputs;
    let neuron_bits = address_bits(spec.last().neurons);
    together(&[
        Word::flag(count.is_some()),
        Word::flag(ready.start),
        Word::flag(ready.tick),
        Word::flag(ready.event),
        Word::flag(offer.start),
        Word::flag(offer.tick),
        Word::flag(offer.valid),
        Word::of(offer.address.into(), neuron_bits),
        Word::of(count.unwrap_or_default().into(), spec.count_bits),
        Word::of((*winner).into(), neuron_bits),
    ])
}

/// Four bits a digit; bits that mean nothing are 0.
fn push_digits(text: &mut Vec<u8>, word: &Word) {
    let bits = word.as_str().as_bytes();
    for nibble in bits.rchunks(4).rev() {
        let value = nibble.iter().fold(0, |value, bit| 2 * value + u8::from(*bit == b'1'));
        text.push(b"0123456789abcdef"[usize::from(value)]);
    }
}
