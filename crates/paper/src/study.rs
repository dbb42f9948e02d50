//! What is measured: the chosen experiments, carried out side by side.

use std::{path::PathBuf, time::Instant};

use memspike_run::{DeviceCard, Workers};

use super::{
    assumptions,
    card::CardPair,
    error::PaperError,
    experiment::{EXPERIMENTS, Experiment, Findings},
    lab::Lab,
    numbers::NUMBERS,
    pictures::Figures,
    results::Results,
    scale::Scale,
    table::Row,
};

/// What is to be measured, and of which device.
#[derive(Debug, Clone)]
pub struct Study {
    /// Ids of numbers, as [`chosen`] gives them.
    pub ids: Vec<&'static str>,
    /// The device.
    pub card: DeviceCard,
    /// The file that its card is from, if it is not the shipped one.
    pub path: Option<PathBuf>,
    /// Of everything that varies.
    pub seed: u64,
    /// Whether every assumption is tried otherwise, too.
    pub sensitivity: bool,
}

/// Who looks on.
#[derive(Clone, Copy)]
pub struct Watch<'w> {
    /// Whether the work is to end early.
    pub stop: &'w (dyn Fn() -> bool + Sync),
    /// Is told the name of each experiment that is done.
    pub done: &'w (dyn Fn(&str) + Sync),
}

/// The ids that a user asks for, of any case; all of them if none.
///
/// # Errors
/// [`PaperError::Unknown`].
pub fn chosen(asked: &[String]) -> Result<Vec<&'static str>, PaperError> {
    let mut known: Vec<&'static str> = NUMBERS.iter().map(|number| number.id()).collect();
    known.dedup();
    if asked.is_empty() {
        return Ok(known);
    }
    let find = |id: &String| {
        known.iter().copied().find(|known| known.eq_ignore_ascii_case(id)).ok_or_else(|| {
            let upper = id.to_uppercase();
            let nearest = known.iter().min_by_key(|known| strsim::levenshtein(known, &upper));
            PaperError::Unknown {
                id: id.clone(),
                nearest: nearest.map_or("", |nearest| nearest),
                all: known.join(" "),
            }
        })
    };
    asked.iter().map(find).collect()
}

impl Study {
    /// How many experiments that is, with those that try assumptions.
    #[must_use]
    pub fn experiments(&self) -> usize {
        let times = if self.sensitivity { 1 + assumptions::trials() } else { 1 };
        times * wanted(&self.ids).len()
    }
}

/// Carries out the experiments; gives their numbers, and figures by number.
///
/// # Errors
/// A card that no deck takes, a circuit without a finite solution, or a request to stop.
pub fn measure(
    study: &Study,
    workers: &Workers,
    watch: &Watch<'_>,
) -> Result<(Results, Figures), PaperError> {
    let pair = CardPair::new(&study.card);
    // The shipped card is the paper's device, wherever it is read from.
    let judged = pair.is_like(&CardPair::new(&DeviceCard::load(None)?));
    let scale = if judged { Scale::PAPER } else { Scale::of(&pair) };
    let device = described(study, &scale);
    let lab = Lab::new(pair, study.seed, workers, watch.stop, scale);
    let begin = Instant::now();
    let findings = carry_out(&lab, &study.ids, watch)?;
    let found = rows(&findings, &study.ids, judged);
    let mut results = Results::new(device, found, lab.events(), begin.elapsed());
    if study.sensitivity {
        results.tried = assumptions::try_all(&lab, |lab| {
            carry_out(lab, &study.ids, watch).map(|findings| rows(&findings, &study.ids, judged))
        })?;
    }
    Ok((results, findings.into_iter().flat_map(|findings| findings.figures).collect()))
}

/// The device for people, and what the experiments were scaled by.
fn described(study: &Study, scale: &Scale) -> String {
    let name = study.card.device.name();
    let file = study.path.as_ref();
    let file = file.map_or("the shipped card".to_owned(), |path| path.display().to_string());
    format!("Device: {name} ({file}). {}\n", scale.words()).replace(". \n", ".\n")
}

/// The experiments that give these ids.
fn wanted(ids: &[&str]) -> Vec<&'static Experiment> {
    let gives = |experiment: &&Experiment| experiment.ids.iter().any(|id| ids.contains(id));
    EXPERIMENTS.iter().filter(gives).collect()
}

fn carry_out(lab: &Lab<'_>, ids: &[&str], watch: &Watch<'_>) -> Result<Vec<Findings>, PaperError> {
    let (findings, ended) = lab.workers().in_order(wanted(ids), watch.stop, |_, experiment| {
        let findings = (experiment.carry_out)(lab);
        (watch.done)(experiment.name);
        findings
    });
    ended?;
    if (watch.stop)() { Err(PaperError::Interrupted) } else { Ok(findings) }
}

/// A row for each number of these ids, in the order of the list.
fn rows(findings: &[Findings], ids: &[&str], judged: bool) -> Vec<Row> {
    let values: Vec<_> = findings.iter().flat_map(|findings| &findings.values).collect();
    let simulated = |key| values.iter().find(|(known, _)| *known == key).and_then(|(_, v)| *v);
    NUMBERS
        .iter()
        .filter(|number| ids.contains(&number.id()))
        .map(|number| Row { number, simulated: simulated(number.key), judged })
        .collect()
}
