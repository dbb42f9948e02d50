//! Where experiments are carried out: decks run with the card under test.

use std::{
    ops::ControlFlow,
    sync::atomic::{AtomicU64, Ordering},
};

use memspike_engine::Sink;
use memspike_netlist::{Deck, Elaborated, StepPoint};
use memspike_run::{Options, Outcome, Workers, simulate};

use super::{card::CardPair, error::PaperError, scale::Scale};

/// How decks name the card.
const INCLUDE: &str = ".include ../cards/zno.lib";

/// A deck of netlists/paper, carried by the program.
#[derive(Debug, Clone, Copy)]
pub struct PaperDeck {
    /// Its file.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// One run of a deck.
pub struct Run {
    /// The point of `.step` and the sample of `.mc` that it is.
    pub point: StepPoint,
    /// Its circuit.
    pub deck: Elaborated,
}

/// A place for experiments, with a count of the work done there.
pub struct Lab<'w> {
    card: CardPair,
    /// Of everything that varies. The numbers of one seed are a sample, as the paper's are.
    seed: u64,
    workers: &'w Workers,
    /// Whether the user has asked to stop.
    stop: &'w (dyn Fn() -> bool + Sync),
    scale: Scale,
    /// Parameters of decks that are not what the decks say.
    changes: Vec<(&'static str, f64)>,
    events: AtomicU64,
}

impl<'w> Lab<'w> {
    /// A lab that has this card and draws from this seed; work ends early when `stop` says so.
    pub fn new(
        card: CardPair,
        seed: u64,
        workers: &'w Workers,
        stop: &'w (dyn Fn() -> bool + Sync),
        scale: Scale,
    ) -> Self {
        let changes = scale.parameters();
        Self { card, seed, workers, stop, scale, changes, events: AtomicU64::new(0) }
    }

    /// A lab like this one, with another card.
    pub fn with_card(&self, card: CardPair) -> Self {
        let changes = self.changes.clone();
        Self { changes, ..Self::new(card, self.seed, self.workers, self.stop, self.scale) }
    }

    /// A lab like this one, with another value of a parameter in all decks that have it.
    pub fn with_parameter(&self, name: &'static str, value: f64) -> Self {
        let mut lab = self.with_card(self.card.clone());
        lab.changes.push((name, value));
        lab
    }

    /// The card under test.
    pub fn card(&self) -> &CardPair {
        &self.card
    }

    /// What the experiments are scaled by.
    pub fn scale(&self) -> &Scale {
        &self.scale
    }

    /// Those who work here.
    pub fn workers(&self) -> &'w Workers {
        self.workers
    }

    /// Events of all runs so far.
    pub fn events(&self) -> u64 {
        self.events.load(Ordering::Relaxed)
    }

    /// Carries out `work` on every run of a deck with this card, side by side; results stand in the
    /// order of the runs.
    pub fn each<T: Send>(
        &self,
        deck: PaperDeck,
        card: &CardPair,
        work: impl Fn(&Run) -> Result<T, PaperError> + Sync,
    ) -> Result<Vec<T>, PaperError> {
        let text = deck.text.replace(INCLUDE, &card.text());
        let parsed = Deck::parse(deck.name, &text).map_err(PaperError::Deck)?;
        let points = parsed.steps().map_err(PaperError::Deck)?;
        let (done, ended) = self.workers.in_order(points, self.stop, |_, point| {
            let mut changed = point.clone();
            let changes = self.changes.iter().map(|(name, value)| ((*name).to_owned(), *value));
            changed.params.extend(changes);
            let deck = parsed.elaborate(&changed, self.seed).map_err(PaperError::Deck)?;
            work(&Run { point, deck })
        });
        ended?;
        if (self.stop)() { Err(PaperError::Interrupted) } else { Ok(done) }
    }

    /// Simulates one run.
    pub fn simulate(&self, run: &Run, sinks: &mut [&mut dyn Sink]) -> Result<Outcome, PaperError> {
        let mut watch =
            |_| if (self.stop)() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
        let outcome = simulate(&run.deck, &Options::default(), sinks, &mut watch)?;
        self.events.fetch_add(outcome.counters.fired, Ordering::Relaxed);
        if outcome.interrupted { Err(PaperError::Interrupted) } else { Ok(outcome) }
    }
}

impl Run {
    /// The value that `.step` gave to a parameter in this run.
    pub fn parameter(&self, name: &str) -> f64 {
        let found = self.point.params.iter().find(|(known, _)| known == name);
        found.map_or(f64::NAN, |(_, value)| *value)
    }
}
