//! `memspike paper`: every electrical number and figure of the paper from one card.

mod assumptions;
mod card;
mod experiment;
mod figures;
mod lab;
mod neurons;
pub mod numbers;
mod page;
mod pictures;
mod pulses;
mod reading;
mod results;
mod scale;
mod smu;
mod statistics;
mod sweeps;
mod table;
mod variation;

use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use crate::{
    args::PaperArguments, device_card::DeviceCard, failure::Failure, files, interrupt, print,
    progress::Progress, workers::Workers,
};

use card::CardPair;
use experiment::{EXPERIMENTS, Experiment, Findings};
use lab::Lab;
use numbers::NUMBERS;
use results::Results;
use scale::Scale;
use table::Row;

/// Runs the experiments, writes their figures, prints the table.
pub fn paper(arguments: &PaperArguments) -> Result<(), Failure> {
    let ids = chosen(&arguments.ids)?;
    let card = DeviceCard::load(arguments.card.as_deref())?;
    let folder = arguments.out.as_path();
    files::make_folder(folder)?;
    files::keep(&card.files, &outputs(folder))?;
    interrupt::listen();
    let workers = Workers::new(arguments.threads, usize::MAX)?;
    let pair = CardPair::new(&card);
    // The shipped card is the paper's device, wherever it is read from.
    let judged = pair.is_like(&CardPair::new(&DeviceCard::load(None)?));
    let scale = if judged { Scale::PAPER } else { Scale::of(&pair) };
    let device = described(&card, arguments.card.as_deref(), &scale);
    let lab = Lab::new(pair, arguments.seed, &workers, scale);
    let begin = Instant::now();
    let findings = carry_out(&lab, &ids)?;
    let found = rows(&findings, &ids, judged);
    let mut results = Results::new(device, found, lab.events(), begin.elapsed());
    if arguments.sensitivity {
        let again =
            |lab: &Lab<'_>| carry_out(lab, &ids).map(|findings| rows(&findings, &ids, judged));
        results.tried = assumptions::try_all(&lab, again)?;
        let text = assumptions::markdown(&results.rows, &results.tried);
        files::write(&folder.join("assumptions.md"), text.as_bytes())?;
    }
    let figures = findings.into_iter().flat_map(|findings| findings.figures).collect();
    let pictures = pictures::draw(folder, figures, &workers)?;
    let page = folder.join("index.html");
    files::write(&page, page::html(&results, &pictures).as_bytes())?;
    if arguments.json {
        print(&results.json())?;
    } else {
        print(&format!("{}Page: {}\n", results.text(), page.display()))?;
    }
    verdict(&results.rows)
}

/// The device for people, and what the experiments were scaled by.
fn described(card: &DeviceCard, path: Option<&Path>, scale: &Scale) -> String {
    let name = card.device.name();
    let file = path.map_or("the shipped card".to_owned(), |path| path.display().to_string());
    format!("Device: {name} ({file}). {}\n", scale.words()).replace(". \n", ".\n")
}

/// The files that are replaced: the pages, and every figure that is there.
fn outputs(folder: &Path) -> Vec<PathBuf> {
    let names = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.file_name());
    let figures = names.filter(|name| name.to_string_lossy().starts_with("fig-"));
    let pages = ["index.html", "assumptions.md"].into_iter().map(Into::into);
    pages.chain(figures).map(|name| folder.join(name)).collect()
}

/// The ids that a user asks for; all of them if none.
fn chosen(asked: &[String]) -> Result<Vec<&'static str>, Failure> {
    let mut known: Vec<&'static str> = NUMBERS.iter().map(|number| number.id()).collect();
    known.dedup();
    if asked.is_empty() {
        return Ok(known);
    }
    let find = |id: &String| {
        known.iter().copied().find(|known| known.eq_ignore_ascii_case(id)).ok_or_else(|| {
            let upper = id.to_uppercase();
            let nearest = known.iter().min_by_key(|known| strsim::levenshtein(known, &upper));
            let nearest = nearest.map_or("", |nearest| nearest);
            let all = known.join(" ");
            Failure::Input(format!(
                "error: the paper's electrical numbers have no id '{id}'\n\
                 help: did you mean '{nearest}'? There are {all}"
            ))
        })
    };
    asked.iter().map(find).collect()
}

/// The experiments that give these ids, side by side.
fn carry_out(lab: &Lab<'_>, ids: &[&str]) -> Result<Vec<Findings>, Failure> {
    let wanted: Vec<&Experiment> = EXPERIMENTS
        .iter()
        .filter(|experiment| experiment.ids.iter().any(|id| ids.contains(id)))
        .collect();
    let progress = Progress::new(wanted.len());
    let (findings, ended) = lab.workers().in_order(wanted, interrupt::asked, |_, experiment| {
        let _done_at_the_end = progress.run(experiment.name, 1.0);
        (experiment.carry_out)(lab)
    });
    ended?;
    if interrupt::asked() { Err(interrupt::nothing_written()) } else { Ok(findings) }
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

/// A failure that names the ids which left their bands.
fn verdict(rows: &[Row]) -> Result<(), Failure> {
    let mut outside: Vec<&str> =
        rows.iter().filter(|row| row.within() == Some(false)).map(|row| row.number.id()).collect();
    outside.dedup();
    match outside.as_slice() {
        [] => Ok(()),
        outside => {
            Err(Failure::Work(format!("error: outside their bands: {}", outside.join(", "))))
        }
    }
}
