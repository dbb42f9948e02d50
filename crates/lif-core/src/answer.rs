//! What a core answers to a stream of images: the common language of both models and of simulators.

use crate::{
    Architecture, Core, CycleModel, EventModel, Stimulus,
    cycle::{Inputs, Offer, Ready},
};

/// An answer of a core, in the order in which they come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// To a tick.
    Tick {
        /// The neuron with most spikes so far, of several the one that had them first.
        winner: usize,
        /// Neurons of the last layer that fire, in order.
        spikes: Vec<usize>,
    },
    /// To the end of an image: the count of each neuron of the last layer.
    Counts(Vec<u32>),
}

/// The images of a stream: each begins with a start. Counts mean something after a tick, so each should end with one.
pub fn images(stimuli: &[Stimulus]) -> impl Iterator<Item = &[Stimulus]> {
    stimuli.chunk_by(|_, next| *next != Stimulus::Start)
}

/// The answers of the event-level model.
#[must_use]
pub fn answers(core: &Core, stimuli: &[Stimulus]) -> Vec<Answer> {
    let mut model = EventModel::new(core);
    let mut all = Vec::new();
    for image in images(stimuli) {
        for stimulus in image {
            match *stimulus {
                Stimulus::Start => model.start(),
                Stimulus::Event(input) => model.event(input),
                Stimulus::Tick => {
                    let mut spikes = Vec::new();
                    model.tick(|neuron| spikes.push(neuron));
                    all.push(Answer::Tick { winner: model.class(), spikes });
                }
            }
        }
        all.push(Answer::Counts(model.counts().to_vec()));
    }
    all
}

/// After so many cycles in which nothing is taken or given a core stands still.
const PATIENCE: u32 = 1_000_000;

/// The answers of the cycle-accurate model to a reader that takes everything at once, and the number of clock cycles. A core that stands
/// still answers no more.
///
/// # Panics
/// If the lanes of a folded architecture are no power of two.
#[must_use]
pub fn clocked_answers(
    core: &Core,
    architecture: Architecture,
    stimuli: &[Stimulus],
) -> (Vec<Answer>, u64) {
    let mut model = CycleModel::new(core, architecture);
    model.clock(&Inputs { reset: true, ..Inputs::default() });
    let mut reader = Reader { model, cycles: 0, all: Vec::new(), spikes: Vec::new() };
    for image in images(stimuli) {
        let ticks = image.iter().filter(|stimulus| **stimulus == Stimulus::Tick).count();
        let expected = reader.all.len() + ticks;
        if !image.iter().all(|stimulus| reader.send(stimulus)) || !reader.wait_for(expected) {
            break;
        }
        reader.read_counts(core.spec().last().neurons);
    }
    (reader.all, reader.cycles)
}

struct Reader {
    model: CycleModel,
    cycles: u64,
    all: Vec<Answer>,
    spikes: Vec<usize>,
}

impl Reader {
    /// One cycle; what the core takes of the offer.
    fn cycle(&mut self, offer: Offer, count_address: u32) -> Ready {
        let ready = Ready { start: true, tick: true, event: true };
        let inputs = Inputs { reset: false, offer, ready, count_address };
        let outputs = self.model.outputs(&inputs);
        if outputs.offer.valid {
            self.spikes.push(outputs.offer.address as usize);
        }
        if outputs.offer.tick {
            let winner = outputs.winner as usize;
            self.all.push(Answer::Tick { winner, spikes: std::mem::take(&mut self.spikes) });
        }
        self.model.clock(&inputs);
        self.cycles += 1;
        outputs.ready
    }

    /// Offers a stimulus until it is taken; whether it was.
    fn send(&mut self, stimulus: &Stimulus) -> bool {
        let nothing = Offer::default();
        let offer = match *stimulus {
            Stimulus::Start => Offer { start: true, ..nothing },
            Stimulus::Tick => Offer { tick: true, ..nothing },
            Stimulus::Event(input) => Offer { valid: true, address: input as u32, ..nothing },
        };
        (0..PATIENCE).any(|_| {
            let taken = self.cycle(offer, 0);
            offer.start && taken.start || offer.tick && taken.tick || offer.valid && taken.event
        })
    }

    /// Waits for so many answers; whether they came.
    fn wait_for(&mut self, expected: usize) -> bool {
        (0..PATIENCE).any(|_| {
            self.all.len() >= expected || {
                self.cycle(Offer::default(), 0);
                false
            }
        })
    }

    fn read_counts(&mut self, neurons: usize) {
        let counts = (0..neurons as u32).map(|neuron| {
            self.cycle(Offer::default(), neuron);
            self.model.outputs(&Inputs::default()).count.unwrap_or_default()
        });
        let counts = Answer::Counts(counts.collect());
        self.all.push(counts);
    }
}
