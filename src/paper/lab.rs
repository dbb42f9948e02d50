//! Where experiments are carried out: decks run with the card under test.

use std::{
    ops::ControlFlow,
    sync::atomic::{AtomicU64, Ordering},
};

use memspike::{Options, Outcome, simulate};
use memspike_engine::Sink;
use memspike_netlist::{Deck, Elaborated, StepPoint};

use crate::{failure::Failure, interrupt, workers::Workers};

use super::{card::CardPair, scale::Scale};

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
    scale: Scale,
    /// Parameters of decks that are not what the decks say.
    changes: Vec<(&'static str, f64)>,
    events: AtomicU64,
}

impl<'w> Lab<'w> {
    /// A lab that has this card and draws from this seed.
    pub fn new(card: CardPair, seed: u64, workers: &'w Workers, scale: Scale) -> Self {
        let changes = scale.parameters();
        Self { card, seed, workers, scale, changes, events: AtomicU64::new(0) }
    }

    /// A lab like this one, with another card.
    pub fn with_card(&self, card: CardPair) -> Self {
        let changes = self.changes.clone();
        Self { changes, ..Self::new(card, self.seed, self.workers, self.scale) }
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
        work: impl Fn(&Run) -> Result<T, Failure> + Sync,
    ) -> Result<Vec<T>, Failure> {
        let text = deck.text.replace(INCLUDE, &card.text());
        let parsed = Deck::parse(deck.name, &text).map_err(|report| Failure::input(&report))?;
        let points = parsed.steps().map_err(|report| Failure::input(&report))?;
        let (done, ended) = self.workers.in_order(points, interrupt::asked, |_, point| {
            let mut changed = point.clone();
            let changes = self.changes.iter().map(|(name, value)| ((*name).to_owned(), *value));
            changed.params.extend(changes);
            let deck =
                parsed.elaborate(&changed, self.seed).map_err(|report| Failure::input(&report))?;
            work(&Run { point, deck })
        });
        ended?;
        if interrupt::asked() { Err(interrupt::nothing_written()) } else { Ok(done) }
    }

    /// Simulates one run.
    pub fn simulate(&self, run: &Run, sinks: &mut [&mut dyn Sink]) -> Result<Outcome, Failure> {
        let outcome = simulate(&run.deck, &Options::default(), sinks, &mut |_| {
            if interrupt::asked() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        let outcome = outcome.map_err(|error| Failure::Work(format!("error: {error}")))?;
        self.events.fetch_add(outcome.counters.fired, Ordering::Relaxed);
        if outcome.interrupted { Err(interrupt::nothing_written()) } else { Ok(outcome) }
    }
}

impl Run {
    /// The value that `.step` gave to a parameter in this run.
    pub fn parameter(&self, name: &str) -> f64 {
        let found = self.point.params.iter().find(|(known, _)| known == name);
        found.map_or(f64::NAN, |(_, value)| *value)
    }
}
