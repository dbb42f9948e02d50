//! From the text of a measurement file to a [`Task`].

use std::{
    ops::{Range, RangeInclusive},
    path::{Path, PathBuf},
};

use memspike_device::{MODELS, ModelKind, Terminals};
use toml::de::DeTable;

use crate::{
    FitError, Mistake,
    keys::{At, Keys, Sign, Source},
    parameter::{Free, Parameter, Setting},
    quantity::{Neuron, Quantity},
    report::significant,
    sweep::{self, Sweep, SweepError},
    task::{Measurement, Task, Uncertainty, Variant},
};

/// What a ramp may take (s): within the engine's clock, there and back, and well above its tick.
const RAMP_S: RangeInclusive<f64> = 1e-12..=9000.0;

/// Measurements of one file: each is compared with each, and simulated at every step of a fit.
const MAX_MEASUREMENTS: usize = 2000;

/// The longest measurement file that is read.
const MAX_BYTES: u64 = 16 * memspike_files::MIB;

impl Task {
    /// Reads and checks a measurement file of at most 16 MiB, and the CSV files that it names relative to itself.
    ///
    /// # Errors
    /// The first mistake in a file, at its place; or what [`Task::check`] finds.
    pub fn load(path: &Path) -> Result<Self, FitError> {
        let text = memspike_files::read_text(path, MAX_BYTES)
            .map_err(|source| FitError::Unreadable { path: path.to_owned(), source })?;
        Self::parse(&path.to_string_lossy(), &text)
    }

    /// Reads and checks the text of a measurement file of this name.
    ///
    /// # Errors
    /// As [`Task::load`].
    pub fn parse(name: &str, text: &str) -> Result<Self, FitError> {
        let source = Source { name, text };
        let document = DeTable::parse(text).map_err(|error| {
            source.mistake(error.span().unwrap_or(0..0), error.message().to_owned())
        })?;
        let file = Keys::new(source, "a measurement file", document.get_ref(), 0..0);
        let task = read(&file)?;
        task.check()?;
        Ok(task)
    }
}

fn read(file: &Keys<'_>) -> Result<Task, FitError> {
    let name = card_name(file)?;
    let kind = model_kind(file)?;
    let origin = file.optional_text("source")?.map(|text| text.value.to_owned());
    let parameters = file.table("parameters")?.ok_or_else(|| file.missing("[parameters]"))?;
    let parameters = read_parameters(kind, &parameters)?;
    let mut variants: Vec<Variant> = Vec::new();
    for keys in file.tables("variants")? {
        let variant = read_variant(kind, &keys)?;
        if variant.name == name || variants.iter().any(|other| other.name == variant.name) {
            let message = format!("a second card is named '{}'", variant.name);
            return Err(keys.mistake(keys.span.clone(), message).into());
        }
        variants.push(variant);
    }
    let (mut measurements, mut files) = (Vec::new(), Vec::new());
    for keys in file.tables("measurements")? {
        measurements.extend(read_measurements(&keys, &mut files)?);
        if measurements.len() > MAX_MEASUREMENTS {
            let message = format!("more than {MAX_MEASUREMENTS} measurements");
            return Err(keys.mistake(keys.span.clone(), message).into());
        }
    }
    file.finish()?;
    Ok(Task { name, kind, source: origin, parameters, variants, measurements, files })
}

/// A name that a deck can use for a model.
fn card_name(keys: &Keys<'_>) -> Result<String, Mistake> {
    let name = keys.text("name")?;
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.value.starts_with(|c: char| c.is_ascii_alphabetic()) && name.value.chars().all(word) {
        return Ok(name.value.to_lowercase());
    }
    Err(keys.mistake(name.span, "'name' must be a letter, then letters, digits and underscores"))
}

fn model_kind(file: &Keys<'_>) -> Result<&'static ModelKind, Mistake> {
    let wanted = file.text("model")?;
    let two = || MODELS.iter().filter(|kind| kind.terminals == Terminals::Two);
    two().find(|kind| kind.name == wanted.value).copied().ok_or_else(|| {
        let known = two().map(|kind| kind.name).collect::<Vec<_>>().join(", ");
        let message =
            format!("'{}' is no model of a two-terminal device; there is {known}", wanted.value);
        file.mistake(wanted.span, message)
    })
}

/// Position of a parameter in the model's list.
fn position(kind: &ModelKind, keys: &Keys<'_>, name: &At<&str>) -> Result<usize, Mistake> {
    kind.parameters.iter().position(|p| p.name == name.value).ok_or_else(|| {
        let known = kind.parameters.iter().map(|p| p.name).collect::<Vec<_>>().join(", ");
        let message = format!("'{}' is no parameter of {}: {known}", name.value, kind.name);
        keys.mistake(name.span.clone(), message)
    })
}

fn read_parameters(kind: &ModelKind, keys: &Keys<'_>) -> Result<Vec<Parameter>, Mistake> {
    let mut parameters: Vec<Parameter> = kind
        .parameters
        .iter()
        .map(|p| Parameter {
            name: p.name,
            // The model's list calls the unit of a plain number 1.
            unit: if p.unit == "1" { "" } else { p.unit },
            doc: p.doc,
            setting: Setting::Fixed(p.default),
            note: None,
            named: false,
        })
        .collect();
    for name in keys.names() {
        let at = position(kind, keys, &name)?;
        let parameter = &mut parameters[at];
        parameter.named = true;
        let known = &kind.parameters[at];
        if let Some(value) = keys.word(name.value, |word| known.value_of(word)) {
            parameter.setting = Setting::Fixed(value);
            continue;
        }
        match keys.number_or_table(name.value)? {
            Ok(value) => parameter.setting = Setting::Fixed(value.value),
            Err(table) => {
                parameter.note = table.optional_text("note")?.map(|note| note.value.to_owned());
                parameter.setting = match table.optional_number("value", Sign::Any)? {
                    Some(value) => Setting::Fixed(value.value),
                    None => Setting::Free(read_free(&table)?),
                };
                table.finish()?;
            }
        }
    }
    Ok(parameters)
}

fn read_free(keys: &Keys<'_>) -> Result<Free, Mistake> {
    let start = keys.number("start", Sign::Any)?;
    let min = keys.number("min", Sign::Any)?;
    let max = keys.number("max", Sign::Any)?;
    if min.value >= max.value {
        return Err(keys.mistake(max.span, "'max' must be above 'min'"));
    }
    if !(min.value..=max.value).contains(&start.value) {
        return Err(keys.mistake(start.span, "'start' must lie between 'min' and 'max'"));
    }
    Ok(Free { start: start.value, min: min.value, max: max.value })
}

fn read_variant(kind: &ModelKind, keys: &Keys<'_>) -> Result<Variant, Mistake> {
    let name = card_name(keys)?;
    let note = keys.optional_text("note")?.map(|note| note.value.to_owned());
    let changed = keys.table("parameters")?.ok_or_else(|| keys.missing("parameters"))?;
    let changes = changed
        .names()
        .map(|name| {
            let position = position(kind, &changed, &name)?;
            Ok((position, changed.number(name.value, Sign::Any)?.value))
        })
        .collect::<Result<_, Mistake>>()?;
    keys.finish()?;
    Ok(Variant { name, note, changes })
}

/// One measurement, or those that a sweep holds, whose file is added to `files`.
fn read_measurements(
    keys: &Keys<'_>,
    files: &mut Vec<PathBuf>,
) -> Result<Vec<Measurement>, FitError> {
    let kind = keys.text("kind")?;
    let note = keys.optional_text("note")?.map(|note| note.value.to_owned());
    let line = keys.source.line(kind.span.start);
    let measurement = |quantity: Quantity, value, uncertainty| Measurement {
        label: label(&quantity),
        quantity,
        value,
        uncertainty,
        note: note.clone(),
        line,
    };
    if kind.value == "sweep" {
        let (path, span, sweep) = read_sweep(keys)?;
        let uncertainty = Uncertainty::Tolerance(keys.positive("tolerance")?);
        keys.finish()?;
        let found = sweep::read(&path, &sweep).map_err(|error| match error {
            SweepError::Unreadable(why) => {
                let message = format!(
                    "cannot read '{}': {why}; 'csv' is a path from the folder of this file",
                    path.display()
                );
                keys.mistake(span, message)
            }
            SweepError::Mistake(mistake) => mistake,
        })?;
        files.push(path);
        return found
            .into_iter()
            .map(|(quantity, value)| {
                check_ramp(keys, &quantity, value)?;
                Ok(measurement(quantity, value, uncertainty))
            })
            .collect();
    }
    let quantity = read_quantity(keys, &kind)?;
    let value = keys.number("value", Sign::NotNegative)?;
    let uncertainty = read_uncertainty(keys, &quantity)?;
    let zero_allowed =
        matches!(quantity, Quantity::Hold { .. }) && matches!(uncertainty, Uncertainty::Sigma(_));
    if value.value == 0.0 && !zero_allowed {
        let message = "'value' must be above zero (a hold voltage with a 'sigma' may be zero)";
        return Err(keys.mistake(value.span, message).into());
    }
    check_ramp(keys, &quantity, value.value)?;
    keys.finish()?;
    Ok(vec![measurement(quantity, value.value, uncertainty)])
}

fn read_quantity(keys: &Keys<'_>, kind: &At<&str>) -> Result<Quantity, Mistake> {
    let voltage = || keys.positive("voltage");
    let neuron = || {
        let (resistance, capacitance) =
            (keys.positive("resistance")?, keys.positive("capacitance")?);
        Ok(Neuron { resistance, capacitance })
    };
    Ok(match kind.value {
        "threshold" => Quantity::Threshold { rate: read_rate(keys)? },
        "hold" => Quantity::Hold { rate: read_rate(keys)?, peak: keys.positive("peak")? },
        "frequency" => Quantity::Frequency { voltage: voltage()?, neuron: neuron()? },
        "energy" => Quantity::Energy { voltage: voltage()?, neuron: neuron()? },
        "peak_ratio" => Quantity::PeakRatio { voltage: voltage()?, neuron: neuron()? },
        "pulses" => Quantity::Pulses {
            voltage: voltage()?,
            width: keys.positive("width")?,
            gap: keys.positive("gap")?,
            neuron: neuron()?,
        },
        "delay" => Quantity::Delay { voltage: voltage()? },
        "off_resistance" => Quantity::OffResistance { voltage: voltage()? },
        "on_resistance" => Quantity::OnResistance { voltage: voltage()? },
        other => {
            let message = format!(
                "'{other}' is no kind of measurement; there are threshold, hold, sweep, frequency, \
                 energy, peak_ratio, pulses, delay, off_resistance and on_resistance"
            );
            return Err(keys.mistake(kind.span.clone(), message));
        }
    })
}

/// `rate` (V/s), or `step` (V) and `dwell` (s) of a staircase.
fn read_rate(keys: &Keys<'_>) -> Result<f64, Mistake> {
    match keys.optional_number("rate", Sign::Positive)? {
        Some(rate) => Ok(rate.value),
        None if keys.has("step") || keys.has("dwell") => {
            Ok(keys.positive("step")? / keys.positive("dwell")?)
        }
        None => {
            let message = "[[measurements]] lacks 'rate' (V/s), or 'step' (V) and 'dwell' (s)";
            Err(keys.mistake(keys.span.clone(), message))
        }
    }
}

fn check_ramp(keys: &Keys<'_>, quantity: &Quantity, value: f64) -> Result<(), Mistake> {
    match quantity.ramp_s(value) {
        Some(seconds) if !RAMP_S.contains(&seconds) => {
            let (least, most) = RAMP_S.into_inner();
            let message = format!(
                "the ramp would be simulated for {seconds:.1e} s; {least:e} to {most} s are possible"
            );
            Err(keys.mistake(keys.span.clone(), message))
        }
        _ => Ok(()),
    }
}

fn read_uncertainty(keys: &Keys<'_>, quantity: &Quantity) -> Result<Uncertainty, Mistake> {
    let tolerance = keys.optional_number("tolerance", Sign::Positive)?;
    let sigma = keys.optional_number("sigma", Sign::Positive)?;
    match (tolerance, sigma) {
        (Some(tolerance), None) => Ok(Uncertainty::Tolerance(tolerance.value)),
        (None, Some(sigma)) => Ok(Uncertainty::Sigma(sigma.value)),
        // What a count leaves open is added to it.
        (None, None) if matches!(quantity, Quantity::Pulses { .. }) => Ok(Uncertainty::Sigma(0.0)),
        (None, None) => {
            let message =
                "[[measurements]] lacks 'tolerance' (part of the value) or 'sigma' (in its unit)";
            Err(keys.mistake(keys.span.clone(), message))
        }
        (Some(tolerance), Some(_)) => {
            Err(keys.mistake(tolerance.span, "give 'tolerance' or 'sigma', not both"))
        }
    }
}

/// The file, where it is named, and how the sweep was taken.
fn read_sweep(keys: &Keys<'_>) -> Result<(PathBuf, Range<usize>, Sweep), Mistake> {
    let file = keys.text("csv")?;
    let path = Path::new(keys.source.name).parent().unwrap_or(Path::new("")).join(file.value);
    let compliance = keys.optional_number("compliance", Sign::Positive)?.map(|c| c.value);
    Ok((path, file.span, Sweep { rate: read_rate(keys)?, compliance }))
}

fn label(quantity: &Quantity) -> String {
    match quantity {
        Quantity::Threshold { rate } => format!("threshold at {} V/s", significant(*rate, 4)),
        Quantity::Hold { rate, .. } => format!("hold at {} V/s", significant(*rate, 4)),
        Quantity::Frequency { voltage, .. } => format!("frequency at {voltage} V"),
        Quantity::Energy { voltage, .. } => format!("energy a spike at {voltage} V"),
        Quantity::PeakRatio { voltage, .. } => format!("first peak over later at {voltage} V"),
        Quantity::Pulses { voltage, width, .. } => {
            format!("pulses to fire, {voltage} V for {width:e} s")
        }
        Quantity::Delay { voltage } => format!("turn-on delay at {voltage} V"),
        Quantity::OffResistance { voltage } => format!("off resistance at {voltage} V"),
        Quantity::OnResistance { voltage } => format!("on resistance at {voltage} V"),
    }
}
