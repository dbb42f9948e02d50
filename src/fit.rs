//! `memspike fit`: a model card from measurements.

use std::fmt::Write as _;

use memspike::check_writable;
use memspike_files::is_standard_output;
use memspike_fit::{Fit, FitError, Task};

use crate::{
    args::FitArguments, failure::Failure, files, interrupt, print, progress::Progress, render, tell,
};

/// Fits, prints the tables, and writes the card if data and model do not contradict each other.
pub fn fit(arguments: &FitArguments) -> Result<(), Failure> {
    let task = Task::load(&arguments.measurements).map_err(failure)?;
    let mut inputs = vec![arguments.measurements.clone()];
    inputs.extend(task.files.iter().cloned());
    check_writable(&inputs, &arguments.output)
        .map_err(|error| Failure::Input(format!("error: {error}")))?;
    interrupt::listen();
    let mut progress: Option<Progress> = None;
    let found = task
        .fit(|done, searches| {
            progress.get_or_insert_with(|| Progress::new(searches)).search(done);
            !interrupt::asked()
        })
        .map_err(failure);
    drop(progress);
    let found = found?;
    let text = if arguments.json { render::json(&found) } else { tables(&found) };
    if arguments.output.as_deref().is_some_and(is_standard_output) {
        tell(&text);
    } else {
        print(&text)?;
    }
    for warning in &found.warnings {
        tell(&format!("warning: {warning}\n"));
    }
    if let Some(contradiction) = &found.contradiction {
        return Err(Failure::Input(format!("error: {contradiction}\nno card was written")));
    }
    match &arguments.output {
        Some(path) => {
            let card = task.card(&found, &name(arguments), &render::engineering);
            files::write(path, card.as_bytes())
        }
        None => Ok(()),
    }
}

fn failure(error: FitError) -> Failure {
    if matches!(error, FitError::Interrupted) {
        return interrupt::nothing_written();
    }
    let message = format!("error: {error}");
    if error.is_input() { Failure::Input(message) } else { Failure::Work(message) }
}

/// The measurement file without its folder: a card says the same wherever it was made.
fn name(arguments: &FitArguments) -> String {
    let path = &arguments.measurements;
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// Residuals, parameters and sensitivities.
fn tables(fit: &Fit) -> String {
    let mut text = format!("{}\n\n{}\n", fit.name, residuals(fit));
    let Fit { chi_squared, freedom, .. } = fit;
    let _ = writeln!(
        text,
        "chi-squared {chi_squared:.2} for {freedom} degrees of freedom (measurements less free parameters)"
    );
    let _ = writeln!(text, "\n{}", parameters(fit));
    let _ = writeln!(
        text,
        "\nchange of each fitted value in percent for one percent of a parameter\n{}",
        sensitivities(fit)
    );
    text
}

fn residuals(fit: &Fit) -> comfy_table::Table {
    let rows = fit
        .rows
        .iter()
        .map(|row| {
            vec![
                row.label.clone(),
                render::engineering(row.measured, row.unit),
                render::engineering(row.fitted, row.unit),
                row.deviation_text(&render::engineering),
                row.residual_text(),
            ]
        })
        .collect();
    render::table(&["measurement", "measured", "fitted", "deviation", "in sigma"], rows)
}

fn parameters(fit: &Fit) -> comfy_table::Table {
    let rows = fit
        .parameters
        .iter()
        .map(|p| {
            let [min, max] = p.bounds.map(|bound| render::engineering(bound, p.unit));
            let value = render::engineering(p.value, p.unit);
            let sigma = p.sigma_text(&render::engineering);
            vec![p.name.to_owned(), value, sigma, format!("{min} to {max}")]
        })
        .collect();
    render::table(&["parameter", "value", "1 sigma", "bounds"], rows)
}

fn sensitivities(fit: &Fit) -> comfy_table::Table {
    let mut header = vec!["measurement"];
    header.extend(fit.parameters.iter().map(|parameter| parameter.name));
    let rows = fit
        .rows
        .iter()
        .map(|row| {
            let cells = row.sensitivity.iter().map(|percent| match percent.abs() {
                size if size < 5e-4 => ".".to_owned(),
                _ => format!("{percent:+.3}"),
            });
            [row.label.clone()].into_iter().chain(cells).collect()
        })
        .collect();
    render::table(&header, rows)
}
