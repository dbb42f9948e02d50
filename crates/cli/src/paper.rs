//! `memspike paper`: every electrical number and figure of the paper from one card.

use std::{
    fs,
    path::{Path, PathBuf},
};

use memspike_paper::{PaperError, Row, Study, Watch, draw, markdown, page};
use memspike_run::{DeviceCard, Workers};

use crate::{
    args::PaperArguments, failure::Failure, files, interrupt, print, progress::Progress, show,
};

/// Runs the experiments, writes their figures, prints the table.
pub fn paper(arguments: &PaperArguments) -> Result<(), Failure> {
    let study = Study {
        ids: memspike_paper::chosen(&arguments.ids)?,
        card: DeviceCard::load(arguments.card.as_deref())?,
        path: arguments.card.clone(),
        seed: arguments.seed.seed,
        sensitivity: arguments.sensitivity,
    };
    let folder = arguments.out.as_path();
    files::make_folder(folder)?;
    files::keep(&study.card.files, &outputs(folder))?;
    interrupt::listen();
    let workers = Workers::new(arguments.threads.threads, usize::MAX)?;
    let progress = Progress::new(Some(study.experiments() as u64), "experiments");
    let done = |name: &str| {
        progress.say(name.to_owned());
        progress.add(1);
    };
    let measured =
        memspike_paper::measure(&study, &workers, &Watch { stop: &interrupt::asked, done: &done });
    drop(progress);
    let (results, figures) = measured?;
    if arguments.sensitivity {
        let text = markdown(&results.rows, &results.tried);
        files::write(&folder.join("assumptions.md"), text.as_bytes())?;
    }
    let pictures = draw(figures, &workers, |name, figure| {
        files::write_figure(folder, name, figure)?;
        files::drawing(figure)
    })?;
    let index = folder.join("index.html");
    files::write(&index, page(&results, &pictures).as_bytes())?;
    if arguments.json.json {
        print(&results.json())?;
    } else {
        show(&format!("{}Page: {}\n", results.text(), index.display()))?;
    }
    verdict(&results.rows)
}

impl From<PaperError> for Failure {
    fn from(error: PaperError) -> Self {
        match error {
            PaperError::Card(error) => error.into(),
            PaperError::Deck(report) => Self::input(&report),
            PaperError::Unknown { .. } => Self::Input(format!("error: {error}")),
            PaperError::Run(_) => Self::Work(format!("error: {error}")),
            PaperError::Interrupted => interrupt::nothing_written(),
        }
    }
}

/// The files that are replaced: the pages, and every figure that is there.
fn outputs(folder: &Path) -> Vec<PathBuf> {
    let names = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.file_name());
    let figures = names.filter(|name| name.to_string_lossy().starts_with("fig-"));
    let pages = ["index.html", "assumptions.md"].into_iter().map(Into::into);
    pages.chain(figures).map(|name| folder.join(name)).collect()
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
