//! What the testbench of the top with AXI sends and reads, and what is to come back.

use std::io;

use memspike_lif_core::{
    Core, EventModel, LayerSpec, Leak, Spec, Stimulus, Weights, address_bits, run,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::axi::{ADDRESS_BITS, COUNTS, Register, leak, lowest_threshold};
use super::bench::easy_threshold;
use super::folder::Folder;
use super::pins::hexadecimal;
use crate::arch::{Layout, WeightsMemory};
use crate::stimulus::{spread, towards};

/// Images that make a neuron of the first layer fire, those of random events, and ticks of each.
const DRIVEN: usize = 4;
const RANDOM: usize = 4;
const TICKS: usize = 6;

/// Images of which the liveliest one is taken.
const CANDIDATES: usize = 32;

/// Clock cycles for the events of an image, about, and events of a tick.
const IMAGE_CYCLES: usize = 2000;
const MOST_EVENTS: usize = 40;

/// Most weights that are loaded.
const MOST_WEIGHTS: usize = 2000;

/// Kinds of steps.
const BEAT: u128 = 1;
const WRITE: u128 = 2;
const READ: u128 = 3;
const LEFT: u128 = 4;

/// Answers.
const OKAY: u128 = 0;
const SLVERR: u128 = 2;

const LAST: u128 = 1 << 17;
const TICK: u128 = 1 << 16;

/// Writes the testbench of the top with AXI and its vectors.
pub fn write(
    core: &Core,
    layout: &dyn Layout,
    name: &str,
    seed: u64,
    folder: &mut Folder<'_>,
) -> io::Result<()> {
    let script = script(core, layout, seed);
    let spec = core.spec();
    let tick = layout.model().longest_tick(core.spec());
    let counter = 1 << address_bits(spec.last().neurons);
    let bits = |count: usize| address_bits(count).next_multiple_of(8).to_string();
    let text = include_str!("testbench_axi.v")
        .replace("@NAME@", name)
        .replace("@STEPS@", &script.steps.len().to_string())
        .replace("@BEATS@", &script.beats.len().to_string())
        .replace("@IN_BITS@", &bits(spec.first().inputs))
        .replace("@OUT_BITS@", &bits(spec.last().neurons))
        .replace("@PATIENCE@", &(1000 + 4 * (tick + counter)).to_string())
        .replace("@CONNECTIONS@", &connections());
    folder.text("testbench_axi.v", &text)?;
    folder.text("axi_steps.hex", &hexadecimal(&script.steps))?;
    folder.text("axi_beats.hex", &hexadecimal(&script.beats))
}

fn connections() -> String {
    let stream = ["tdata", "tuser", "tlast", "tvalid", "tready"];
    let lite = "awaddr awvalid awready wdata wstrb wvalid wready bresp bvalid bready araddr arvalid arready rdata rresp rvalid rready";
    let names = ["aclk", "aresetn"].map(str::to_owned).into_iter();
    let names = names
        .chain(stream.map(|name| format!("s_axis_{name}")))
        .chain(stream.map(|name| format!("m_axis_{name}")))
        .chain(lite.split(' ').map(|name| format!("s_axil_{name}")));
    let mut all: Vec<String> = names.map(|name| format!("        .{name}({name})")).collect();
    all.extend(["awprot", "arprot"].map(|name| format!("        .s_axil_{name}(3'd0)")));
    all.join(",\n")
}

/// Steps, and the beats that leave, by the event-level model.
struct Script {
    model: EventModel,
    steps: Vec<u128>,
    beats: Vec<u128>,
}

fn script(core: &Core, layout: &dyn Layout, seed: u64) -> Script {
    let mut script = Script { model: EventModel::new(core), steps: Vec::new(), beats: Vec::new() };
    let spec = core.spec();
    let first = spec.first();
    let loads = layout.weights_memory() == WeightsMemory::Ram;
    let mut draws = ChaCha8Rng::seed_from_u64(seed);
    let most = (IMAGE_CYCLES / layout.cycles(first)).clamp(4, MOST_EVENTS * TICKS);

    script.read(Register::Id, 0x4c49_4601);
    script.read(Register::Control, 1);
    script.read(Register::Status, 0);
    script.read_layers(spec);
    script.refusals(spec, loads);
    let driven = spread(first.neurons).map(|neuron| towards(core, neuron, 1, first.threshold));
    for image in driven.filter(|image| (1..most).contains(&image.len())).take(DRIVEN) {
        script.image(&image[1..], |_| {});
        script.results(spec);
    }
    let all: Vec<usize> = (0..first.inputs).collect();
    // Beyond the inputs, and if the port has more bits than the core, the first input without them.
    let bits = address_bits(first.inputs);
    let port = if bits.is_multiple_of(8) { (1 << bits) - 1 } else { 1 << bits };
    for number in 0..RANDOM {
        let image = lively(&mut draws, core, &all, port, most);
        script.image(&image, |script| script.meanwhile(spec, loads));
        script.results(spec);
        if loads {
            script.restore(spec);
        }
        script.single(spec, number);
    }
    if loads {
        let (other, loaded) = other(core);
        script.load(core, &other, &loaded);
        script.model = EventModel::new(&other);
        for _ in 0..RANDOM {
            let image = lively(&mut draws, &other, &loaded[0], port, most);
            script.image(&image, |script| script.meanwhile(other.spec(), loads));
            script.results(spec);
            script.restore(other.spec());
        }
    }
    script
}

/// Of some random images, without their starts, the one with most spikes of the last layer. Events are of some of these inputs, and
/// in each tick one of the input `port`.
fn lively(
    draws: &mut ChaCha8Rng,
    core: &Core,
    inputs: &[usize],
    port: usize,
    most: usize,
) -> Vec<Stimulus> {
    let images = (0..CANDIDATES).map(|_| random(draws, inputs, port, most));
    let spikes = |image: &Vec<Stimulus>| run(core, image).iter().map(Vec::len).sum::<usize>();
    images.max_by_key(spikes).unwrap_or_default()
}

fn random(draws: &mut ChaCha8Rng, inputs: &[usize], port: usize, most: usize) -> Vec<Stimulus> {
    let mut one = || inputs[draws.random_range(0..inputs.len())];
    let few = [one(), one(), one()];
    let mut image = Vec::new();
    for tick in 0..TICKS {
        let events = if tick % 3 == 1 { 0 } else { draws.random_range(0..most.div_ceil(TICKS)) };
        let some = (0..events).map(|_| Stimulus::Event(few[draws.random_range(0..few.len())]));
        image.extend(some);
        image.extend([Stimulus::Event(port), Stimulus::Tick]);
    }
    image
}

/// The core with other thresholds and leaks, and other weights of some inputs of each layer, which are listed.
fn other(core: &Core) -> (Core, Vec<Vec<usize>>) {
    let layers = core.spec().layers.iter().map(|layer| {
        let leak = match layer.leak {
            Leak::None => Leak::None,
            Leak::Shift { shift: 1 } => Leak::Shift { shift: 2 },
            Leak::Shift { shift } => Leak::Shift { shift: shift - 1 },
            Leak::Multiply { factor, shift } => Leak::Multiply { factor: factor / 2 + 1, shift },
        };
        LayerSpec { threshold: easy_threshold(layer), leak, ..layer.clone() }
    });
    let spec = Spec { layers: layers.collect(), ..core.spec().clone() };
    let share = MOST_WEIGHTS / core.spec().layers.len();
    let loaded: Vec<Vec<usize>> = core
        .spec()
        .layers
        .iter()
        .map(|layer| spread(layer.inputs).take((share / layer.neurons).max(1)).collect())
        .collect();
    // Nearer to zero, so that potentials hold every sum that they held before.
    let weights = core.layers().zip(&loaded).map(|((layer, weights), loaded)| {
        let rows = (0..layer.inputs).flat_map(|input| {
            let nearer = i32::from(loaded.contains(&input));
            weights.row(input).iter().map(move |weight| weight - nearer * weight.signum())
        });
        Weights::new(layer.neurons, rows.collect())
    });
    let weights = weights.collect();
    (Core::new(spec, weights).expect("sums of weights only become smaller"), loaded)
}

impl Script {
    fn access(&mut self, kind: u128, register: Register, word: u32, strobes: u128, answer: u128) {
        let address = u128::from(register.address());
        self.steps
            .push(kind << 64 | answer << 56 | strobes << 48 | address << 32 | u128::from(word));
    }

    fn read(&mut self, register: Register, word: u32) {
        self.access(READ, register, word, 0, OKAY);
    }

    fn write(&mut self, register: Register, word: u32) {
        self.access(WRITE, register, word, 15, OKAY);
    }

    fn refused(&mut self, register: Register, word: u32) {
        self.access(WRITE, register, word, 15, SLVERR);
    }

    /// Sends an image without its start, does something before its first tick, and waits until it has left.
    fn image(&mut self, image: &[Stimulus], meanwhile: impl FnOnce(&mut Self)) {
        self.model.start();
        let mut meanwhile = Some(meanwhile);
        for (at, stimulus) in image.iter().enumerate() {
            let last = at + 1 == image.len();
            if *stimulus == Stimulus::Tick
                && let Some(meanwhile) = meanwhile.take()
            {
                meanwhile(self);
            }
            let end = if last { LAST } else { 0 };
            match *stimulus {
                Stimulus::Start => self.model.start(),
                Stimulus::Event(input) => {
                    self.steps.push(BEAT << 64 | input as u128);
                    self.model.event(input);
                }
                Stimulus::Tick => {
                    self.steps.push(BEAT << 64 | TICK | end);
                    let beats = &mut self.beats;
                    self.model.tick(|neuron| beats.push(neuron as u128));
                    beats.push(end | TICK | self.model.class() as u128);
                }
            }
        }
        self.steps.push(LEFT << 64 | self.beats.len() as u128);
    }

    /// State, winner, and the counts of the first, the winning and the last neuron.
    fn results(&mut self, spec: &Spec) {
        let winner = self.model.class();
        self.read(Register::Status, 2);
        self.read(Register::Winner, winner as u32);
        for neuron in [0, winner, spec.last().neurons - 1] {
            self.read(Register::Count(neuron), self.model.counts()[neuron]);
        }
    }

    fn read_layers(&mut self, spec: &Spec) {
        for (number, layer) in spec.layers.iter().enumerate() {
            self.read(Register::Inputs(number), layer.inputs as u32);
            self.read(Register::Neurons(number), layer.neurons as u32);
            self.read(Register::Threshold(number), layer.threshold as u32);
            self.read(Register::Leak(number), leak(layer));
        }
    }

    /// What cannot be done.
    fn refusals(&mut self, spec: &Spec, loads: bool) {
        self.access(READ, Register::At(0x3ffc), 0, 0, SLVERR);
        // There is none past the last count where counts fill the address space.
        let past = COUNTS + 4 * spec.last().neurons as u32;
        if past < 1 << ADDRESS_BITS {
            self.access(READ, Register::At(past), 0, 0, SLVERR);
        }
        self.access(READ, Register::Weight, 0, 0, SLVERR);
        for register in [Register::Id, Register::Status, Register::Count(0), Register::At(0x3ffc)] {
            self.refused(register, 0);
        }
        self.refused(Register::Control, 5);
        for (number, layer) in spec.layers.iter().enumerate() {
            self.refused(Register::Threshold(number), lowest_threshold(layer) as u32 - 1);
            self.refused(Register::Threshold(number), layer.highest() as u32 + 1);
            self.refused(Register::Leak(number), 0);
            if loads {
                self.refused(Register::Place, (number as u32) << 28 | layer.neurons as u32);
                self.write(Register::Place, (number as u32) << 28);
                self.refused(Register::Weight, 1 << (layer.weight_bits - 1));
                self.access(WRITE, Register::Weight, 0, 1, SLVERR);
                self.read(Register::Place, (number as u32) << 28);
            }
        }
        if !loads {
            self.refused(Register::Place, 0);
            self.refused(Register::Weight, 0);
        }
    }

    /// While an image is under way: no weight is taken; a threshold is, but the ticks of the image have the old one still.
    fn meanwhile(&mut self, spec: &Spec, loads: bool) {
        self.read(Register::Status, 1);
        if !loads {
            return;
        }
        self.refused(Register::Weight, 0);
        for (number, layer) in spec.layers.iter().enumerate() {
            let register = Register::Threshold(number);
            for threshold in [lowest_threshold(layer), layer.highest()] {
                self.write(register, threshold as u32);
                self.read(register, threshold as u32);
            }
        }
    }

    /// The old thresholds again, byte by byte.
    fn restore(&mut self, spec: &Spec) {
        for (number, layer) in spec.layers.iter().enumerate() {
            let register = Register::Threshold(number);
            // From the lowest byte on, no value on the way is less than allowed: above stand ones. Other bytes mean nothing.
            for byte in 0..4 {
                let mask = 0xff << (8 * byte);
                let word = layer.threshold as u32 & mask | 0x5a5a_5a5a & !mask;
                self.access(WRITE, register, word, 1 << byte, OKAY);
            }
            self.read(register, layer.threshold as u32);
        }
    }

    /// An image after which none starts.
    fn single(&mut self, spec: &Spec, number: usize) {
        self.write(Register::Control, 3);
        self.image(&[Stimulus::Event(number % spec.first().inputs), Stimulus::Tick], |_| {});
        self.read(Register::Control, 2);
        self.results(spec);
        self.access(WRITE, Register::Control, 1, 15, OKAY);
    }

    /// Loads what differs.
    fn load(&mut self, core: &Core, other: &Core, loaded: &[Vec<usize>]) {
        for (number, (spec, weights)) in other.layers().enumerate() {
            for input in &loaded[number] {
                self.write(Register::Place, (number as u32) << 28 | (*input as u32) << 12);
                for weight in weights.row(*input) {
                    self.write(Register::Weight, weight.cast_unsigned());
                }
            }
            self.write(Register::Threshold(number), spec.threshold as u32);
            if leak(spec) != leak(&core.spec().layers[number]) {
                self.write(Register::Leak(number), leak(spec));
            }
        }
        self.read_layers(other.spec());
    }
}
