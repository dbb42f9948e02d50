//! `memspike fit`: a model card from measurements.

use std::{fmt::Write as _, path::Path};

use memspike_files::is_standard_output;
use memspike_fit::{Fit, FitError, Task, significant};
use memspike_report as report;
use memspike_run::check_writable;

use crate::{
    args::FitArguments, example, failure::Failure, files, interrupt, print, progress::Progress,
    shell, show, show_beside, tell,
};

/// Fits, or writes the example.
pub fn fit(arguments: &FitArguments) -> Result<(), Failure> {
    match (&arguments.example, &arguments.measurements) {
        (Some(folder), _) => write_example(folder),
        (None, Some(measurements)) => fit_to(measurements, arguments),
        (None, None) => unreachable!("the command line asks for one of them"),
    }
}

/// Writes the files of the example into a folder that is new or empty: all of them or none.
fn write_example(folder: &Path) -> Result<(), Failure> {
    let shown = folder.display();
    example::write(folder, &memspike_decks::MEASUREMENTS_EXAMPLE)?;
    let toml = folder.join("example.toml");
    show(&format!(
        "{shown}: example.toml (measurements, every key explained), example.csv (a sweep), mine.lib (the card \
         that they give)\nnext: memspike fit {} -o card.lib\n",
        shell::path(&toml)
    ))
}

/// Fits, prints the tables, and writes the card if data and model do not contradict each other.
fn fit_to(measurements: &Path, arguments: &FitArguments) -> Result<(), Failure> {
    let task = Task::load(measurements).map_err(failure)?;
    let mut inputs = vec![measurements.to_owned()];
    inputs.extend(task.files.iter().cloned());
    check_writable(&inputs, &arguments.out.out)
        .map_err(|error| Failure::Input(format!("error: {error}")))?;
    files::refuse_beside_json(arguments.json.json, &arguments.out.out)?;
    interrupt::listen();
    let mut progress: Option<Progress> = None;
    let found = task
        .fit(|done, searches| {
            progress
                .get_or_insert_with(|| Progress::new(Some(searches as u64), "searches"))
                .set(done as u64);
            !interrupt::asked()
        })
        .map_err(failure);
    drop(progress);
    let found = found?;
    if arguments.json.json {
        print(&report::json(&found))?;
    } else {
        let taken = arguments.out.out.as_deref().is_some_and(is_standard_output);
        show_beside(&tables(&found), taken)?;
    }
    for warning in &found.warnings {
        tell(&format!("warning: {warning}\n"));
    }
    if let Some(contradiction) = &found.contradiction {
        return Err(Failure::Input(format!("error: {contradiction}\nno card was written")));
    }
    match &arguments.out.out {
        Some(path) => {
            let card = task.card(&found, &name(measurements), &report::engineering);
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
fn name(path: &Path) -> String {
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
    if !fit.spreads.is_empty() {
        let _ = writeln!(text, "\nfrom cycle to cycle\n{}", spreads(fit));
    }
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
                report::engineering(row.measured, row.unit),
                report::engineering(row.fitted, row.unit),
                row.deviation_text(&report::engineering),
                row.residual_text(),
            ]
        })
        .collect();
    report::table(&["measurement", "measured", "fitted", "deviation", "in sigma"], rows)
}

fn parameters(fit: &Fit) -> comfy_table::Table {
    let rows = fit
        .parameters
        .iter()
        .map(|p| {
            let [min, max] = p.bounds.map(|bound| report::engineering(bound, p.unit));
            let value = report::engineering(p.value, p.unit);
            let sigma = p.sigma_text(&report::engineering);
            vec![p.name.to_owned(), value, sigma, format!("{min} to {max}")]
        })
        .collect();
    report::table(&["parameter", "value", "1 sigma", "bounds"], rows)
}

fn spreads(fit: &Fit) -> comfy_table::Table {
    let volt = |value: f64, digits: usize| report::engineering(significant(value, digits), "V");
    let rows = fit
        .spreads
        .iter()
        .map(|spread| {
            let cells = [volt(spread.mean, 4), volt(spread.value, 3), volt(spread.sigma, 2)];
            let [mean, value, sigma] = cells;
            let (label, parameter) = (spread.label.clone(), spread.parameter.to_owned());
            vec![label, spread.cycles.to_string(), mean, parameter, value, sigma]
        })
        .collect();
    report::table(&["sweep", "cycles", "mean", "parameter", "value", "1 sigma"], rows)
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
    report::table(&header, rows)
}
