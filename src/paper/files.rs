//! The files that the verb leaves behind.

use std::{io::Write as _, path::Path};

use memspike_plot::Figure;
use memspike_trace::AtomicFile;

use crate::{failure::Failure, workers::Workers};

use super::page::Picture;

/// Writes each figure as SVG, PNG and CSV; gives them in the order of the paper.
pub fn draw(
    folder: &Path,
    figures: Vec<(&'static str, Figure)>,
    workers: &Workers,
) -> Result<Vec<Picture>, Failure> {
    let (mut pictures, ended) = workers.in_order(
        figures,
        || false,
        |_, (number, figure)| {
            let failed = |error| Failure::Work(format!("error: {error}"));
            let svg = figure.svg().map_err(failed)?;
            let png = figure.png().map_err(failed)?;
            let path = |extension: &str| folder.join(format!("fig-{number}.{extension}"));
            write(&path("svg"), svg.as_bytes())?;
            write(&path("png"), &png)?;
            write(&path("csv"), figure.csv().as_bytes())?;
            Ok(Picture { number, title: figure.title, svg })
        },
    );
    ended?;
    pictures.sort_by_key(|picture| picture.number);
    Ok(pictures)
}

/// Writes a file that appears when it is complete.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let written = AtomicFile::create(path).and_then(|mut file| {
        file.write_all(bytes)?;
        file.finish()
    });
    written.map_err(|error| {
        Failure::Work(format!("error: cannot write '{}': {error}", path.display()))
    })
}
