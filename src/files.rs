//! Files that verbs leave behind.

use std::{io::Write as _, path::Path};

use memspike_plot::Figure;
use memspike_trace::AtomicFile;

use crate::failure::Failure;

/// Writes a figure as `NAME.svg`, `NAME.png` and `NAME.csv`; gives the SVG.
pub fn write_figure(folder: &Path, name: &str, figure: &Figure) -> Result<String, Failure> {
    let failed = |error| Failure::Work(format!("error: {error}"));
    let svg = figure.svg().map_err(failed)?;
    let png = figure.png().map_err(failed)?;
    let path = |extension: &str| folder.join(format!("{name}.{extension}"));
    write(&path("svg"), svg.as_bytes())?;
    write(&path("png"), &png)?;
    write(&path("csv"), figure.csv().as_bytes())?;
    Ok(svg)
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
