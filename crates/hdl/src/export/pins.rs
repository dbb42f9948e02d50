//! What the testbench of the board-level top sends through its pins, and what is to come back.

use std::fmt::Write as _;
use std::io;

use memspike_lif_core::{Core, EventModel, Stimulus, address_bits};

use super::folder::Folder;
use crate::arch::Layout;
use crate::stimulus::{spread, towards};

/// Images, each of which makes a neuron of the first layer fire, and most orders of one.
const IMAGES: usize = 6;
const MOST_ORDERS: usize = 60;

/// Clock cycles of a word.
const WORD: usize = 256;

/// Orders of the testbench; the first four are those of the core.
const EVENT: u64 = 1;
const TICK: u64 = 2;
const START: u64 = 3;
const COUNT: u64 = 4;
const WAIT: u64 = 5;
const BREAK_OFF: u64 = 6;
const WORD_ONLY: u64 = 7;
const RESET: u64 = 15;

/// Writes the testbench of the board-level top and its vectors.
pub fn write(
    core: &Core,
    layout: &dyn Layout,
    name: &str,
    folder: &mut Folder<'_>,
) -> io::Result<()> {
    let script = script(core);
    let tick = layout.model().longest_tick(core.spec());
    let counter = 1 << address_bits(core.spec().last().neurons);
    let patience = 64 + script.gifts.len() + (2 * tick + counter) / WORD;
    let text = include_str!("testbench_spi.v")
        .replace("@NAME@", name)
        .replace("@ORDERS@", &script.orders.len().to_string())
        .replace("@GIFTS@", &script.gifts.len().to_string())
        .replace("@PATIENCE@", &patience.to_string())
        .replace("@ADDRESS_BITS@", &address_bits(core.spec().first().inputs).to_string())
        .replace("@NEURON_BITS@", &address_bits(core.spec().last().neurons).to_string());
    folder.text("testbench_spi.v", &text)?;
    folder.text("spi_orders.hex", &hexadecimal(&script.orders))?;
    folder.text("spi_gifts.hex", &hexadecimal(&script.gifts))
}

pub fn hexadecimal<N: std::fmt::LowerHex>(numbers: &[N]) -> String {
    numbers.iter().fold(String::new(), |mut text, number| {
        let _ = writeln!(text, "{number:x}");
        text
    })
}

/// Orders, and what the core gives in answer, by the event-level model.
struct Script {
    model: EventModel,
    orders: Vec<u64>,
    gifts: Vec<u32>,
}

fn script(core: &Core) -> Script {
    let mut script = Script { model: EventModel::new(core), orders: Vec::new(), gifts: Vec::new() };
    let spec = core.spec();
    let first = spec.first();
    let images = spread(first.neurons).map(|neuron| towards(core, neuron, 1, first.threshold));
    let images = images.filter(|image| (1..MOST_ORDERS).contains(&image.len()));
    for image in images.take(IMAGES) {
        let tick = image.iter().position(|stimulus| *stimulus == Stimulus::Tick).unwrap_or(0);
        image[..tick].iter().for_each(|stimulus| script.send(*stimulus));
        script.words_without_meaning();
        image[tick..].iter().for_each(|stimulus| script.send(*stimulus));
        script.break_off();
        script.counts(spec.last().neurons);
        // Once more, but a reset takes what was added up; it is not passed on as a start is.
        image[..tick].iter().for_each(|stimulus| script.send(*stimulus));
        script.reset();
        script.send(Stimulus::Tick);
        script.counts(spec.last().neurons);
    }
    script.crowd(core);
    script.addresses(core);
    // An address past the end, where the port has one.
    script.send(Stimulus::Event((1 << address_bits(first.inputs)) - 1));
    (0..2).for_each(|_| script.send(Stimulus::Tick));
    script.counts(spec.last().neurons);
    script
}

impl Script {
    fn order(&mut self, order: u64, number: u64, expected: u32) {
        self.orders.push(order << 60 | number << 32 | u64::from(expected));
    }

    fn gift(&mut self, kind: u64, number: usize) {
        self.gifts.push((kind as u32) << 28 | number as u32);
    }

    fn send(&mut self, stimulus: Stimulus) {
        match stimulus {
            Stimulus::Event(input) => {
                self.order(EVENT, input as u64, 0);
                self.model.event(input);
            }
            Stimulus::Tick => {
                self.order(TICK, 0, 0);
                let mut spikes = Vec::new();
                self.model.tick(|neuron| spikes.push(neuron));
                spikes.into_iter().for_each(|neuron| self.gift(EVENT, neuron));
                self.gift(TICK, self.model.class());
            }
            Stimulus::Start => {
                self.order(START, 0, 0);
                self.model.start();
                self.gift(START, 0);
            }
        }
    }

    /// Several neurons fire at once, and while their spikes wait, events of different inputs come.
    fn crowd(&mut self, core: &Core) {
        let (first, weights) = (core.spec().first(), &core.weights()[0]);
        let drive =
            |input: &usize| weights.row(*input).iter().map(|w| i64::from(*w).max(0)).sum::<i64>();
        let input = (0..first.inputs).max_by_key(drive).unwrap_or(0);
        let many = weights.row(input).iter().filter(|weight| **weight > 0).count().min(3);
        self.send(Stimulus::Start);
        let others = [input, 0, first.inputs - 1];
        for round in 0..others.len() {
            // No more than are needed, so that one that is lost is missed.
            self.send_until(input, many, first.threshold);
            self.send(Stimulus::Tick);
            // The first of these comes while spikes wait.
            for place in 0..others.len() {
                self.send(Stimulus::Event(others[(round + place) % others.len()]));
            }
        }
        // A tick that waits for one whose spikes wait, and a start that does.
        for waits in [Stimulus::Tick, Stimulus::Start] {
            self.send_until(input, many, first.threshold);
            self.send(Stimulus::Tick);
            self.send(waits);
            self.counts(core.spec().last().neurons);
        }
    }

    /// Sends events of an input until so many neurons of the first layer are at their threshold, or no more seem to come.
    fn send_until(&mut self, input: usize, neurons: usize, threshold: i64) {
        for _ in 0..MOST_ORDERS {
            let ready = self.model.potentials(0).into_iter().filter(|v| i64::from(*v) >= threshold);
            if ready.count() >= neurons {
                return;
            }
            self.send(Stimulus::Event(input));
        }
    }

    fn reset(&mut self) {
        self.wait();
        self.order(RESET, 0, 0);
        self.model.start();
    }

    fn wait(&mut self) {
        self.order(WAIT, self.gifts.len() as u64, 0);
    }

    /// The counts of the first, the winning and the last neuron.
    fn counts(&mut self, neurons: usize) {
        self.wait();
        for neuron in [0, self.model.class(), neurons - 1] {
            self.count(neuron);
        }
    }

    fn count(&mut self, neuron: usize) {
        self.order(COUNT, neuron as u64, self.model.counts()[neuron]);
    }

    /// Every bit of an address is told from every other, and from itself in the word before: events of all addresses in a [`walk`], those
    /// beyond the inputs, too, and counts of the neurons in one.
    fn addresses(&mut self, core: &Core) {
        let (inputs, neurons) = (core.spec().first().inputs, core.spec().last().neurons);
        walk(address_bits(inputs)).for_each(|input| self.send(Stimulus::Event(input)));
        self.send(Stimulus::Tick);
        self.wait();
        let counted = walk(address_bits(neurons)).filter(|neuron| *neuron < neurons);
        counted.for_each(|neuron| self.count(neuron));
    }

    fn break_off(&mut self) {
        for bits in [1, 20, 31] {
            self.order(BREAK_OFF, bits, 0);
        }
    }

    fn words_without_meaning(&mut self) {
        for order in (0..15).filter(|order| !(1..=4).contains(order)) {
            self.order(WORD_ONLY, 0, order << 28);
        }
    }
}

/// Numbers of so many bits in which each bit in turn is the only one that differs from all others, after and before a number where it does
/// not: a one that walks over zeros, then a zero that walks over ones.
fn walk(bits: u32) -> impl Iterator<Item = usize> {
    let ones = (1 << bits) - 1;
    [0, ones].into_iter().flat_map(move |rest| {
        let apart = (0..bits).flat_map(move |bit| [rest ^ 1 << bit, rest]);
        std::iter::once(rest).chain(apart)
    })
}
