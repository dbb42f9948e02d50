//! `memspike export-spice`: write a deck as standard SPICE elements.

use std::path::PathBuf;

use memspike::{check_writable, numbered};
use memspike_netlist::Deck;
use memspike_spice::{Options, export as to_spice};

use crate::{
    args::ExportArguments,
    batch::Batch,
    failure::{self, Failure},
    files, print,
    workers::Workers,
};

/// Writes one file for each run of the deck's `.step` and `.mc`, and none unless all can be.
pub fn export(arguments: &ExportArguments) -> Result<(), Failure> {
    let input = |error: &dyn std::fmt::Display| Failure::Input(format!("error: {error}"));
    let deck = Deck::load(&arguments.deck).map_err(|report| Failure::input(&report))?;
    let points = deck.steps().map_err(|report| Failure::input(&report))?;
    let workers = Workers::new(None, points.len())?;
    let batch = Batch::check(&deck, points, arguments.seed, &workers)
        .map_err(|report| Failure::input(&report))?;
    let listed = batch.is_list();
    let paths: Vec<PathBuf> = match &arguments.output {
        Some(path) if listed => (1..=batch.len()).map(|number| numbered(path, number)).collect(),
        Some(path) => vec![path.clone()],
        None if listed => {
            return Err(input(
                &"a deck with .step or .mc becomes several files: name them with -o FILE",
            ));
        }
        None => Vec::new(),
    };
    check_writable(&deck.files(), &paths).map_err(|error| input(&error))?;

    for warning in batch.warnings() {
        eprint!("{}", warning.render(failure::in_colour()));
    }
    let options = Options { nominal: arguments.nominal };
    let texts = batch
        .into_circuits()
        .map(|elaborated| to_spice(&elaborated?, options).map_err(|error| input(&error)))
        .collect::<Result<Vec<String>, Failure>>()?;
    if paths.is_empty() {
        return texts.iter().try_for_each(|text| print(text));
    }
    paths.iter().zip(&texts).try_for_each(|(path, text)| files::write(path, text.as_bytes()))
}
