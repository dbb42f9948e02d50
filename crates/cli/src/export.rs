//! `memspike export-spice`: write a deck as standard SPICE elements.

use std::path::PathBuf;

use memspike_run::{Workers, check_writable, numbered};
use memspike_spice::{Options, export as to_spice};

use crate::{
    args::ExportArguments,
    batch::Batch,
    deck,
    failure::{self, Failure},
    files, interrupt, print, tell,
};

/// Writes one file for each run of the deck's `.step` and `.mc`, and none unless all can be.
pub fn export(arguments: &ExportArguments) -> Result<(), Failure> {
    let input = |error: &dyn std::fmt::Display| Failure::Input(format!("error: {error}"));
    let deck = deck::load(&arguments.deck)?;
    let points = deck.steps().map_err(|report| Failure::input(&report))?;
    let workers = Workers::new(None, points.len())?;
    let batch = Batch::check(&deck, points, arguments.seed.seed, &workers)
        .map_err(|report| Failure::input(&report))?;
    let listed = batch.is_list();
    let paths: Vec<PathBuf> = match &arguments.out.out {
        Some(path) if listed => (1..=batch.len()).map(|number| numbered(path, number)).collect(),
        Some(path) => vec![path.clone()],
        None if listed => {
            return Err(input(
                &"a deck with .step or .mc becomes several files: name them with -o FILE",
            ));
        }
        None => Vec::new(),
    };
    // From here on there are files that a signal must not leave behind.
    interrupt::listen();
    check_writable(&deck.files(), &paths).map_err(|error| input(&error))?;

    for warning in batch.warnings() {
        tell(&warning.render(failure::in_colour()));
    }
    let options = Options { nominal: arguments.nominal };
    let texts = batch
        .into_circuits()
        .map(|elaborated| match interrupt::asked() {
            true => Err(interrupt::nothing_written()),
            false => to_spice(&elaborated?, options).map_err(|error| input(&error)),
        })
        .collect::<Result<Vec<String>, Failure>>()?;
    if paths.is_empty() {
        return texts.iter().try_for_each(|text| print(text));
    }
    for (done, (path, text)) in paths.iter().zip(&texts).enumerate() {
        if interrupt::asked() {
            return Err(interrupted(done, paths.len()));
        }
        files::write(path, text.as_bytes())?;
    }
    Ok(())
}

/// Each file is whole; how many there are is said.
fn interrupted(done: usize, all: usize) -> Failure {
    match done {
        0 => interrupt::nothing_written(),
        _ => Failure::Work(format!("interrupted: {done} of {all} files are written")),
    }
}
