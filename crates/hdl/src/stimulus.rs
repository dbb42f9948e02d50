//! What the testbench does to a core: cycles that reach every weight, the ends of potentials, and the corners of the handshakes.

use memspike_lif_core::cycle::{Inputs, Offer, Outputs, Ready, Register};
use memspike_lif_core::{Core, CycleModel, Reset, Stimulus};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A cycle: what goes in, what is seen before the clock edge.
#[derive(Debug, Clone)]
pub struct Cycle {
    /// Inputs.
    pub inputs: Inputs,
    /// Outputs.
    pub outputs: Outputs,
    /// Every register.
    pub registers: Vec<Register>,
}

/// Events between two starts of the sweep over all inputs: few, so that potentials stay inside of their widths.
const EVENTS_AN_IMAGE: usize = 16;

/// Most events spent on one neuron, to make it fire or to drive it to an end of its potential.
const MOST_EVENTS: i64 = 300;

/// Most events and ticks spent on a count.
const MOST_STEPS: i64 = 2000;

/// Most neurons of a layer that are driven to the ends of their potentials.
const DRIVEN: usize = 4;

/// Bit-exact cycles of a core: a sweep over all inputs, neurons driven to fire and to both ends, what was `recorded`, and `random`
/// cycles in which everything happens at once, resets included.
#[must_use]
pub fn cycles(
    core: &Core,
    model: CycleModel,
    recorded: &[Stimulus],
    random: usize,
    seed: u64,
) -> Vec<Cycle> {
    let mut bench =
        Bench { model, cycles: Vec::new(), address: 0, counts: core.spec().last().neurons };
    bench.step(Inputs { reset: true, ..Inputs::default() });
    for stimulus in directed(core).iter().chain(recorded) {
        bench.send(*stimulus);
    }
    let mut draws = ChaCha8Rng::seed_from_u64(seed);
    let mut mood = Mood::default();
    for cycle in 0..random {
        if cycle % 64 == 0 {
            mood = Mood::draw(&mut draws);
        }
        let inputs = mood.inputs(core, &mut draws);
        bench.step(inputs);
    }
    bench.cycles
}

/// Stimuli that reach every weight of the first layer, make its neurons fire, drive some to the ends of their potentials, and one
/// to the end of its count.
#[must_use]
pub fn directed(core: &Core) -> Vec<Stimulus> {
    let spec = core.spec().first();
    let mut all = Vec::new();
    for input in 0..spec.inputs {
        if input % EVENTS_AN_IMAGE == 0 {
            all.extend([Stimulus::Tick, Stimulus::Start]);
        }
        all.push(Stimulus::Event(input));
    }
    for neuron in 0..spec.neurons {
        let goals = [(1, spec.threshold), (1, spec.highest() + 1), (-1, 1 - spec.lowest())];
        let goals = if neuron < DRIVEN { &goals[..] } else { &goals[..1] };
        for (sign, distance) in goals {
            let (input, strength) = strongest(core, neuron, *sign);
            if strength > 0 && distance / strength < MOST_EVENTS {
                all.push(Stimulus::Start);
                all.extend((0..=distance / strength).map(|_| Stimulus::Event(input)));
                all.extend([Stimulus::Tick; 4]);
            }
        }
    }
    all.extend(fill_count(core));
    all
}

/// Makes the neuron that fires most easily fire until its count is full and once more, if that takes not too long.
fn fill_count(core: &Core) -> Vec<Stimulus> {
    let spec = core.spec().first();
    let easiest = (0..spec.neurons).map(|neuron| strongest(core, neuron, 1));
    let (input, strength) = easiest.max_by_key(|(_, strength)| *strength).unwrap_or((0, 0));
    let lowest_reset = match spec.reset {
        Reset::Hold { value } => value.min(0),
        Reset::Zero | Reset::Subtract => 0,
    };
    let spikes = (1 << core.spec().count_bits) + 1;
    let events = (spec.threshold - lowest_reset) / strength.max(1) + 1;
    let ticks = spec.refractory_ticks as usize + 1;
    if strength <= 0 || spikes * (events + ticks as i64) > MOST_STEPS {
        return Vec::new();
    }
    let mut all = vec![Stimulus::Start];
    for _ in 0..spikes {
        all.extend((0..events).map(|_| Stimulus::Event(input)));
        all.extend((0..ticks).map(|_| Stimulus::Tick));
    }
    all
}

/// The input whose weight to a neuron, times `sign`, is largest, and this product.
fn strongest(core: &Core, neuron: usize, sign: i32) -> (usize, i64) {
    let products = core.weights()[0].column(neuron).map(|weight| i64::from(weight * sign));
    products.enumerate().max_by_key(|(_, product)| *product).unwrap_or((0, 0))
}

struct Bench {
    model: CycleModel,
    cycles: Vec<Cycle>,
    address: u32,
    counts: usize,
}

impl Bench {
    fn step(&mut self, inputs: Inputs) -> Outputs {
        let outputs = self.model.outputs(&inputs);
        let registers = self.model.registers();
        self.cycles.push(Cycle { inputs, outputs: outputs.clone(), registers });
        self.model.clock(&inputs);
        outputs
    }

    /// Offers a stimulus until it is taken, to a reader that takes everything and reads all counts in turn.
    fn send(&mut self, stimulus: Stimulus) {
        let offer = match stimulus {
            Stimulus::Start => Offer { start: true, ..Offer::default() },
            Stimulus::Tick => Offer { tick: true, ..Offer::default() },
            Stimulus::Event(input) => {
                Offer { valid: true, address: input as u32, ..Offer::default() }
            }
        };
        loop {
            self.address = (self.address + 1) % self.counts as u32;
            let ready = Ready { start: true, tick: true, event: true };
            let outputs =
                self.step(Inputs { reset: false, offer, ready, count_address: self.address });
            let taken = outputs.ready;
            if taken.start && offer.start || taken.tick && offer.tick || taken.event && offer.valid
            {
                return;
            }
        }
    }
}

/// How likely things are for a while, in percent.
#[derive(Default)]
struct Mood {
    start: u32,
    tick: u32,
    event: u32,
    taken: u32,
    reset: u32,
    /// Events come from so many inputs, so that some neurons go far.
    inputs: usize,
    first: usize,
}

impl Mood {
    fn draw(draws: &mut ChaCha8Rng) -> Self {
        let mut one_of = |choices: &[u32]| choices[draws.random_range(0..choices.len())];
        Self {
            start: one_of(&[0, 0, 1, 30]),
            tick: one_of(&[0, 2, 10, 60]),
            event: one_of(&[30, 90, 100]),
            taken: one_of(&[0, 20, 80, 100, 100]),
            reset: one_of(&[0, 0, 0, 2]),
            inputs: one_of(&[1, 3, 1000]) as usize,
            first: draws.random_range(0..65_536),
        }
    }

    fn inputs(&self, core: &Core, draws: &mut ChaCha8Rng) -> Inputs {
        let spec = core.spec();
        let mut happens = |percent: u32| draws.random_range(0..100) < percent;
        let reset = happens(self.reset);
        let mut offer = Offer {
            start: happens(self.start),
            tick: happens(self.tick),
            valid: happens(self.event),
            address: 0,
        };
        let ready = Ready {
            start: happens(self.taken),
            tick: happens(self.taken),
            event: happens(self.taken),
        };
        // All addresses of the port's width: those beyond the inputs must be ignored.
        let addresses = 1 << memspike_lif_core::address_bits(spec.first().inputs);
        let address = (self.first + draws.random_range(0..self.inputs)) % addresses;
        offer.address = address as u32;
        let counts = 1 << memspike_lif_core::address_bits(spec.last().neurons);
        Inputs { reset, offer, ready, count_address: draws.random_range(0..counts) }
    }
}
