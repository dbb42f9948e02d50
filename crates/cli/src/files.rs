//! Files that verbs leave behind.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use memspike_diff::WaveFile;
use memspike_files::{OutputFile, advised, is_standard_output, named};
use memspike_plot::Figure;
use memspike_report::page;
use memspike_run::{OutputError, check_writable};

use crate::{failure::Failure, interrupt, note};

/// Refuses to write into files that were read.
pub fn keep(inputs: &[PathBuf], outputs: &[PathBuf]) -> Result<(), Failure> {
    check_writable(inputs, outputs).map_err(|error| Failure::Input(format!("error: {error}")))
}

/// Refuses `--json` beside an output that goes to standard output, where both would be one text.
pub fn refuse_beside_json<'p>(
    json: bool,
    outputs: impl IntoIterator<Item = &'p PathBuf>,
) -> Result<(), Failure> {
    if json && outputs.into_iter().any(|path| is_standard_output(path)) {
        let message = "error: --json prints to standard output, which an output file has already";
        return Err(Failure::Input(message.to_owned()));
    }
    Ok(())
}

/// A file of waveforms, whatever its form.
pub fn waves(path: &Path) -> Result<WaveFile, Failure> {
    let shown = path.display();
    // Its own words for a file that is not there are the system's; these say what to do.
    memspike_files::open(path, u64::MAX)
        .map_err(|error| Failure::Input(format!("error: cannot read '{shown}': {error}")))?;
    WaveFile::open(path).map_err(|error| Failure::Input(format!("error: {error}")))
}

/// Writes a figure as `NAME.svg`, `NAME.png` and `NAME.csv`.
pub fn write_figure(folder: &Path, name: &str, figure: &Figure) -> Result<(), Failure> {
    let failed = |error| Failure::Work(format!("error: {error}"));
    let svg = figure.svg().map_err(failed)?;
    let png = figure.png().map_err(failed)?;
    let path = |extension: &str| folder.join(format!("{name}.{extension}"));
    write(&path("svg"), svg.as_bytes())?;
    write(&path("png"), &png)?;
    write(&path("csv"), figure.csv().as_bytes())
}

/// A figure as a page shows it.
pub fn drawing(figure: &Figure) -> Result<String, Failure> {
    let svg =
        |figure: &Figure| figure.svg().map_err(|error| Failure::Work(format!("error: {error}")));
    Ok(page::drawing(&svg(figure)?, &svg(&figure.narrow())?))
}

/// Writes a file that appears when it is complete; a pipe waits for its reader until the user has asked to stop.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let write = || {
        let mut file = OutputFile::create_patiently(path, &mut interrupt::patience())?;
        file.write_all(bytes)?;
        file.finish()
    };
    write().map_err(|error| failure(&OutputError::of(path, error)))?;
    note(&format!("wrote {}, {} bytes", named(path), bytes.len()));
    Ok(())
}

/// What an output has ended.
pub fn failure(error: &OutputError) -> Failure {
    if error.is_closed_pipe() {
        return Failure::ClosedPipe;
    }
    if let OutputError::Unread { .. } = error {
        return Failure::Work(format!("interrupted: {error}"));
    }
    Failure::Work(format!("error: {error}"))
}

/// Makes a folder for outputs, with those around it.
pub fn make_folder(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|error| {
        let why = advised(error);
        Failure::Input(format!("error: cannot make the folder '{}': {why}", folder.display()))
    })
}
