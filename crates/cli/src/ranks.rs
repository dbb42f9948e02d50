//! A verb on several ranks: how it ends on all of them, and what a network's run asks of them.

use std::cell::Cell;
use std::ops::ControlFlow;
use std::rc::Rc;

use memspike_population::{BuildError, Description, Exchange, Options, Simulation};
use memspike_ranks::Ranks;

use crate::failure::Failure;
use crate::interrupt;

/// What all ranks have done, if none has failed; otherwise all fail, and the first that did says why. All ranks ask.
pub fn agree<T>(ranks: &Ranks, own: Result<T, Failure>) -> Result<T, Failure> {
    let status = own.as_ref().err().map_or(0, Failure::number);
    match ranks.first_failed(status) {
        None => own,
        Some((rank, _)) if rank == ranks.rank() => own,
        Some((_, status)) => Err(Failure::Elsewhere(status)),
    }
}

/// A verb that one process does by itself.
pub fn alone(ranks: &Ranks) -> Result<(), Failure> {
    if ranks.count() == 1 {
        return Ok(());
    }
    let message = format!(
        "error: this verb works in one process, and MPI has started {}: net, run and classify share their work",
        ranks.count()
    );
    agree(ranks, Err(Failure::Input(message)))
}

/// This rank's part of a network: all of it where there is one.
pub type Shared = Simulation<Link>;

/// Builds this rank's part of a network, and what says on all ranks alike whether to go on.
pub fn build(
    ranks: &Ranks,
    description: &Description<'_>,
    options: &Options,
) -> Result<(Shared, Asked), BuildError> {
    let asked = Rc::new(Cell::new(false));
    let link = Link { ranks: ranks.clone(), asked: Rc::clone(&asked) };
    let asked = Asked((ranks.count() > 1).then_some(asked));
    Ok((Simulation::among(&description.input, description, options, link)?, asked))
}

/// Whether the user has asked to stop; on several ranks, whether any of them knew so when spikes were last sent.
#[derive(Clone)]
pub struct Asked(Option<Rc<Cell<bool>>>);

impl Asked {
    pub fn unless(&self) -> ControlFlow<()> {
        match &self.0 {
            None => interrupt::unless_asked(),
            Some(asked) if asked.get() => ControlFlow::Break(()),
            Some(_) => ControlFlow::Continue(()),
        }
    }
}

/// What ranks send, and behind it whether this one was asked to stop: all learn of it at once and stop after the same window.
pub struct Link {
    ranks: Ranks,
    asked: Rc<Cell<bool>>,
}

impl Exchange for Link {
    fn rank(&self) -> usize {
        self.ranks.rank()
    }

    fn ranks(&self) -> usize {
        self.ranks.count()
    }

    fn share(&self, own: &[u8], of_all: &mut Vec<Vec<u8>>) {
        let message = [own, &[u8::from(interrupt::asked())]].concat();
        self.ranks.share(&message, of_all);
        for bytes in of_all {
            self.asked.set(self.asked.get() || bytes.pop() == Some(1));
        }
    }

    fn collect(&self, own: &[u8]) -> Vec<Vec<u8>> {
        self.ranks.collect(own)
    }
}
