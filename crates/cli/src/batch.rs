//! All runs of a deck: every one checked before the first starts, then worked on side by side.

use std::{collections::BTreeMap, io, path::PathBuf, sync::Mutex};

use memspike_engine::EngineError;
use memspike_netlist::{Deck, Diagnostic, Elaborated, Report, StepPoint};
use memspike_ranks::Ranks;
use memspike_report as report;
use memspike_run::{
    Files, Options, Outcome, OutputError, Outputs, Workers, check_writable, simulate,
};

use crate::{
    check,
    failure::Failure,
    files, interrupt,
    progress::{self, Runs},
    wire::{self, SentFailure, SentOutcome},
};

/// The runs of a deck without mistakes.
pub struct Batch<'d> {
    deck: &'d Deck,
    seed: u64,
    runs: Vec<Run>,
    warnings: Vec<Diagnostic>,
}

/// A run that waits.
struct Run {
    point: StepPoint,
    /// The first runs are kept as they were checked, one for each thread. The others are
    /// elaborated again when their turn comes, so that memory does not grow with their number.
    elaborated: Option<Elaborated>,
}

impl Run {
    fn elaborate(self, deck: &Deck, seed: u64) -> Result<Elaborated, Failure> {
        match self.elaborated {
            Some(elaborated) => Ok(elaborated),
            None => deck.elaborate(&self.point, seed).map_err(|report| Failure::input(&report)),
        }
    }
}

/// Warnings by their line of text, each with the first run and the position there that has it.
type FirstWarnings = BTreeMap<String, (usize, usize, Diagnostic)>;

impl<'d> Batch<'d> {
    /// Elaborates every run, so that a mistake in the last does not cost the work of the others.
    pub fn check(
        deck: &'d Deck,
        points: Vec<StepPoint>,
        seed: u64,
        workers: &Workers,
    ) -> Result<Self, Report> {
        let warnings = Mutex::new(FirstWarnings::new());
        let (runs, checked) = workers.in_order(
            points,
            || false,
            |index, point| {
                let elaborated = deck.elaborate(&point, seed)?;
                note(&warnings, index, &elaborated);
                let elaborated = (index < workers.count()).then_some(elaborated);
                Ok(Run { point, elaborated })
            },
        );
        checked?;
        let warnings = warnings.into_inner().expect("no thread panics while it notes a warning");
        let mut warnings: Vec<_> = warnings.into_values().collect();
        warnings.sort_by_key(|(run, position, _)| (*run, *position));
        let warnings = warnings.into_iter().map(|(_, _, warning)| warning).collect();
        Ok(Self { deck, seed, runs, warnings })
    }

    /// How many runs.
    pub fn len(&self) -> usize {
        self.runs.len()
    }

    /// The circuit of the first run.
    pub fn first(&self) -> &Elaborated {
        self.runs[0].elaborated.as_ref().expect("the first run is always kept")
    }

    /// The warnings of all runs, one of a kind.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// Whether the deck asks for a list of runs, be it a list of one.
    pub fn is_list(&self) -> bool {
        let first = &self.runs[0].point;
        first.sample.is_some() || !first.params.is_empty()
    }

    /// The circuit of every run, in order.
    pub fn into_circuits(self) -> impl Iterator<Item = Result<Elaborated, Failure>> {
        let Self { deck, seed, runs, .. } = self;
        runs.into_iter().map(move |run| run.elaborate(deck, seed))
    }

    /// Finds out whether every file of every run can be written, has something to show, and is none that the deck
    /// reads.
    pub fn check_outputs(
        &self,
        outputs: &Outputs,
        measures: Option<&PathBuf>,
    ) -> Result<(), OutputError> {
        outputs.check(self.first())?;
        if let Some(path) = measures.filter(|_| self.first().measures.is_empty()) {
            return Err(OutputError::NotAsked { path: path.clone(), card: "meas" });
        }
        let list = self.is_list();
        let runs = (0..self.len()).map(|index| numbered(outputs, list, index));
        let paths = runs.flat_map(|run| run.paths().cloned().collect::<Vec<_>>());
        let paths: Vec<PathBuf> = paths.chain(measures.cloned()).collect();
        check_writable(&self.deck.files(), &paths)
    }

    /// Runs everything, in order if there is one thread and as if there were one otherwise. Gives
    /// the runs before the first that failed, and why that one did. Ctrl-C ends all early.
    pub fn run(
        self,
        workers: &Workers,
        options: &Options,
        outputs: &Outputs,
    ) -> (Vec<Outcome>, Result<(), Failure>) {
        let total = self.len();
        ended(self.run_own(workers, options, outputs, (0, 1)), total)
    }

    /// The same on several ranks, each of which takes one run after another that many apart. The first one gets what all gave, the
    /// others nothing.
    pub fn run_spread(
        self,
        workers: &Workers,
        options: &Options,
        outputs: &Outputs,
        ranks: &Ranks,
    ) -> (Vec<Outcome>, Result<(), Failure>) {
        if ranks.count() == 1 {
            return self.run(workers, options, outputs);
        }
        let total = self.len();
        let own = self.run_own(workers, options, outputs, (ranks.rank(), ranks.count()));
        let all = gathered(own, ranks);
        if ranks.rank() == 0 { ended(all, total) } else { (Vec::new(), Ok(())) }
    }

    /// Runs those of one rank of some. Gives them with their numbers, and the number of the one that failed.
    fn run_own(
        self,
        workers: &Workers,
        options: &Options,
        outputs: &Outputs,
        (rank, ranks): (usize, usize),
    ) -> Numbered {
        let (total, list) = (self.len(), self.is_list());
        let Self { deck, seed, runs, .. } = self;
        let own = |(index, _): &(usize, Run)| index % ranks == rank;
        let runs: Vec<(usize, Run)> = runs.into_iter().enumerate().filter(own).collect();
        let progress = Runs::new(runs.len());
        let (outcomes, ended) = workers.in_order(runs, interrupt::asked, |_, (index, run)| {
            let point = run.point.clone();
            let elaborated =
                run.elaborate(deck, seed).map_err(|failure| (index, Stop::Refused(failure)))?;
            let label = report::label(&point.params, point.sample);
            let until_s = options.until_s.unwrap_or(elaborated.tran.stop_s);
            let progress = progress.begin(&label, until_s);
            let outputs = numbered(outputs, list, index);
            let mut outcome =
                run_one(&elaborated, options, &outputs, progress).map_err(|stop| match stop {
                    Stop::Failed(cause) if total > 1 => {
                        (index, Stop::Failed(format!("run {} ({label}): {cause}", index + 1)))
                    }
                    stop => (index, stop),
                })?;
            let of_deck = elaborated.warnings.iter().map(check::one_line);
            outcome.warnings.splice(0..0, of_deck);
            outcome.params = point.params;
            outcome.sample = point.sample;
            Ok((index, outcome))
        });
        let failed = match ended {
            Ok(()) => None,
            Err((index, Stop::Asked(unread))) if total == 1 => {
                Some((index, files::failure(&unread)))
            }
            Err((_, Stop::Asked(_))) => None,
            Err((index, Stop::ClosedPipe)) => Some((index, Failure::ClosedPipe)),
            Err((index, Stop::Refused(failure))) => Some((index, failure)),
            Err((index, Stop::Failed(cause))) => {
                Some((index, Failure::Work(format!("error: {cause}"))))
            }
        };
        (outcomes, failed)
    }
}

/// Runs with their numbers, and the one that failed with its own.
type Numbered = (Vec<(usize, Outcome)>, Option<(usize, Failure)>);

/// Runs in order, and how all of them ended.
fn ended((outcomes, failed): Numbered, total: usize) -> (Vec<Outcome>, Result<(), Failure>) {
    let outcomes: Vec<Outcome> = outcomes.into_iter().map(|(_, outcome)| outcome).collect();
    let ended = match failed {
        Some((_, failure)) => Err(failure),
        None => completeness(&outcomes, total),
    };
    (outcomes, ended)
}

/// What the first rank gets of all others: runs in order, up to the first that failed on any of them.
fn gathered((own, failed): Numbered, ranks: &Ranks) -> Numbered {
    type Sent = (Vec<(usize, SentOutcome)>, Option<(usize, SentFailure)>);
    let own = own.into_iter().map(|(index, outcome)| (index, outcome.into())).collect();
    let sent: Sent = (own, failed.map(|(index, failure)| (index, failure.into())));
    let (mut outcomes, mut failed) = (Vec::new(), None);
    for bytes in ranks.collect(&wire::bytes(&sent)) {
        let (some, failure): Sent = wire::value(&bytes);
        outcomes.extend(some.into_iter().map(|(index, outcome)| (index, outcome.into())));
        failed = failed
            .into_iter()
            .chain(failure.map(|(index, failure)| (index, failure.into())))
            .min_by_key(|(index, _)| *index);
    }
    outcomes.sort_by_key(|(index, _)| *index);
    let end = failed.as_ref().map_or(usize::MAX, |(index, _)| *index);
    outcomes.retain(|(index, _)| *index < end);
    (outcomes, failed)
}

fn note(warnings: &Mutex<FirstWarnings>, run: usize, elaborated: &Elaborated) {
    if elaborated.warnings.is_empty() {
        return;
    }
    let mut known = warnings.lock().expect("no thread panics while it notes a warning");
    for (position, warning) in elaborated.warnings.iter().enumerate() {
        let first = known
            .entry(check::one_line(warning))
            .or_insert_with(|| (run, position, warning.clone()));
        // Threads finish in any order; what is shown does not depend on that.
        if run < first.0 {
            *first = (run, position, warning.clone());
        }
    }
}

/// The files of one run.
fn numbered(outputs: &Outputs, list: bool, index: usize) -> Outputs {
    if list { outputs.numbered(index + 1) } else { outputs.clone() }
}

/// Why a run has no outcome.
enum Stop {
    /// The reader of its output has seen enough.
    ClosedPipe,
    /// The user has asked to stop before it began, while an output had no reader.
    Asked(OutputError),
    /// Its deck is refused.
    Refused(Failure),
    /// The cause in words.
    Failed(String),
}

impl From<OutputError> for Stop {
    fn from(error: OutputError) -> Self {
        match error {
            error if error.is_closed_pipe() => Self::ClosedPipe,
            error @ OutputError::Unread { .. } => Self::Asked(error),
            error => Self::Failed(error.to_string()),
        }
    }
}

/// Runs one circuit and completes its files; Ctrl-C ends it early.
fn run_one(
    elaborated: &Elaborated,
    options: &Options,
    outputs: &Outputs,
    mut progress: progress::Run<'_>,
) -> Result<Outcome, Stop> {
    let mut files = outputs.open(elaborated, &mut interrupt::patience())?;
    let ended = simulate(elaborated, options, &mut files.sinks(), &mut |now| {
        progress.at(now);
        interrupt::unless_asked()
    });
    match ended {
        Ok(mut outcome) => {
            // A file that took too long after a signal ends before the results do.
            if let Some(at) = files.stopped_at() {
                let at = report::engineering(at.as_s(), "s");
                outcome.warnings.push(format!("waveforms are complete up to {at}"));
                outcome.interrupted = true;
            }
            Ok(files.finish(&outcome.at_rest).map(|()| outcome)?)
        }
        Err(EngineError::Sink(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            Err(Stop::ClosedPipe)
        }
        Err(error) => Err(Stop::Failed(failed(&error, files))),
    }
}

/// Completes the files of a run that failed, if it came to write them, and says so.
fn failed(cause: &EngineError, files: Files) -> String {
    let Some(complete_to) = files.complete_to() else { return cause.to_string() };
    match files.finish(&[]) {
        Ok(()) => {
            let reached = report::engineering(complete_to.as_s(), "s");
            format!("{cause}; files are complete up to {reached}")
        }
        Err(error) => format!("{cause}; {error}"),
    }
}

/// What Ctrl-C has left undone.
fn completeness(outcomes: &[Outcome], total: usize) -> Result<(), Failure> {
    let complete = outcomes.iter().filter(|outcome| !outcome.interrupted).count();
    if complete == total {
        return Ok(());
    }
    Err(Failure::Work(match outcomes {
        [only] if total == 1 => {
            let reached = report::engineering(only.reached.as_s(), "s");
            format!("interrupted: results are complete up to {reached}")
        }
        _ => format!("interrupted: {complete} of {total} runs are complete"),
    }))
}
