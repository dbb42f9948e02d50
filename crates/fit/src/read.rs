//! From the text of a measurement file to a [`Task`].

use std::{ops::RangeInclusive, path::Path};

use memspike_device::{MODELS, ModelKind, Terminals};
use memspike_netlist::decode;
use toml::de::DeTable;

use crate::{
    FitError, Mistake, columns, explain,
    keys::{At, Keys, Sign, Source},
    parameter::{Free, Parameter, Setting},
    quantity::{Neuron, Quantity},
    read_sweep,
    report::significant,
    sweep::Reading,
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
        let unreadable = |source| FitError::Unreadable { path: path.to_owned(), source };
        let bytes = memspike_files::read(path, MAX_BYTES).map_err(unreadable)?;
        Self::parse(&path.to_string_lossy(), &decode(bytes))
    }

    /// Reads and checks the text of a measurement file of this name.
    ///
    /// # Errors
    /// As [`Task::load`].
    pub fn parse(name: &str, text: &str) -> Result<Self, FitError> {
        let source = Source { name, text };
        let document = DeTable::parse(text).map_err(|error| match columns::is_sweep(name, text) {
            true => source.mistake(
                0..0,
                "these are points of a sweep, and no measurement file: that is a TOML file, which names this one \
                 with its key 'csv'; memspike example measurements writes one to begin with",
            ),
            false => source.mistake(error.span().unwrap_or(0..0), no_toml(name, error.message())),
        })?;
        let file = Keys::new(source, "a measurement file", document.get_ref(), 0..0);
        let task = read(&file)?;
        task.check()?;
        Ok(task)
    }
}

/// What is said of a text that is no TOML.
fn no_toml(name: &str, message: &str) -> String {
    if name.to_lowercase().ends_with(".toml") {
        return message.to_owned();
    }
    format!(
        "{message}; a measurement file is a TOML file: memspike example measurements writes one to begin with"
    )
}

/// The version of the form of measurement files.
const VERSION: f64 = 1.0;

/// A file that does not say its version has the first one.
fn check_version(file: &Keys<'_>) -> Result<(), Mistake> {
    match file.optional_number("version", Sign::Positive)? {
        Some(version) if version.value != VERSION => {
            let message = format!(
                "this file has version {} of its form, and this program reads version {VERSION}: use the program it was \
                 written for, or a newer one",
                version.value
            );
            Err(file.mistake(version.span, message))
        }
        _ => Ok(()),
    }
}

fn read(file: &Keys<'_>) -> Result<Task, FitError> {
    check_version(file)?;
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
    let mut task = Task {
        name,
        kind,
        source: origin,
        parameters,
        variants,
        measurements: Vec::new(),
        spreads: Vec::new(),
        notes: Vec::new(),
        files: Vec::new(),
    };
    for keys in file.tables("measurements")? {
        read_measurements(&keys, &mut task)?;
        if task.measurements.len() > MAX_MEASUREMENTS {
            let message = format!("more than {MAX_MEASUREMENTS} measurements");
            return Err(keys.mistake(keys.span.clone(), message).into());
        }
    }
    file.finish()?;
    task.add_variation();
    Ok(task)
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
        let known = explain::parameters(kind);
        let message =
            format!("'{}' is no parameter of {}; there are{known}", name.value, kind.name);
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
                (parameter.setting, parameter.note) =
                    read_setting(&table).map_err(|mut mistake| {
                        mistake.message += &format!(" ({}: {})", known.name, known.doc);
                        mistake
                    })?;
            }
        }
    }
    Ok(parameters)
}

/// A table that fixes or frees a parameter, and its note.
fn read_setting(keys: &Keys<'_>) -> Result<(Setting, Option<String>), Mistake> {
    let note = keys.optional_text("note")?.map(|note| note.value.to_owned());
    let setting = match keys.optional_number("value", Sign::Any)? {
        Some(value) => Setting::Fixed(value.value),
        None => Setting::Free(read_free(keys)?),
    };
    keys.finish()?;
    Ok((setting, note))
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

/// One measurement, or what a sweep says.
fn read_measurements(keys: &Keys<'_>, task: &mut Task) -> Result<(), FitError> {
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
        let (path, reading) = read_sweep::read(keys, &task.parameters)?;
        let Reading { found, spreads, notes, top, .. } = reading;
        for (quantity, value, uncertainty) in found {
            check_ramp(keys, &quantity, value)?;
            let mut measurement = measurement(quantity, value, uncertainty);
            // It is simulated higher up, where each device that is tried is on.
            if matches!(quantity, Quantity::OnResistance { compliance: None, .. }) {
                measurement.label = format!("on resistance up to {} V", significant(top, 4));
            }
            task.measurements.push(measurement);
        }
        task.spreads.extend(spreads);
        task.notes.extend(notes);
        task.files.push(path);
        return Ok(());
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
    task.measurements.push(measurement(quantity, value.value, uncertainty));
    Ok(())
}

fn read_quantity(keys: &Keys<'_>, kind: &At<&str>) -> Result<Quantity, Mistake> {
    let voltage = || keys.positive("voltage");
    let neuron = || {
        let (resistance, capacitance) =
            (keys.positive("resistance")?, keys.positive("capacitance")?);
        Ok(Neuron { resistance, capacitance })
    };
    Ok(match kind.value {
        "threshold" => Quantity::Threshold { rate: read_rate(keys)?.rate, step: None },
        "hold" => Quantity::Hold { rate: read_rate(keys)?.rate, peak: keys.positive("peak")? },
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
        "on_resistance" => {
            let compliance = keys.optional_number("compliance", Sign::Positive)?;
            let compliance = compliance.map(|ampere| ampere.value);
            Quantity::OnResistance { voltage: voltage()?, compliance }
        }
        other => {
            let known = explain::kinds();
            let message = format!("'{other}' is no kind of measurement; there are{known}");
            return Err(keys.mistake(kind.span.clone(), message));
        }
    })
}

/// How fast a voltage changes.
pub(crate) struct Rate {
    /// Mean rate (V/s).
    pub rate: f64,
    /// Step of a staircase (V).
    pub step: Option<f64>,
}

/// `rate` (V/s), or `step` (V) and `dwell` (s) of a staircase.
pub(crate) fn read_rate(keys: &Keys<'_>) -> Result<Rate, Mistake> {
    match keys.optional_number("rate", Sign::Positive)? {
        Some(rate) => Ok(Rate { rate: rate.value, step: None }),
        None if keys.has("step") || keys.has("dwell") => {
            let (step, dwell) = (keys.positive("step")?, keys.positive("dwell")?);
            Ok(Rate { rate: step / dwell, step: Some(step) })
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

fn label(quantity: &Quantity) -> String {
    match quantity {
        Quantity::Threshold { rate, .. } => format!("threshold at {} V/s", significant(*rate, 4)),
        Quantity::Hold { rate, .. } => format!("hold at {} V/s", significant(*rate, 4)),
        Quantity::Frequency { voltage, .. } => format!("frequency at {voltage} V"),
        Quantity::Energy { voltage, .. } => format!("energy a spike at {voltage} V"),
        Quantity::PeakRatio { voltage, .. } => format!("first peak over later at {voltage} V"),
        Quantity::Pulses { voltage, width, .. } => {
            format!("pulses to fire, {voltage} V for {width:e} s")
        }
        Quantity::Delay { voltage } => format!("turn-on delay at {voltage} V"),
        Quantity::OffResistance { voltage } => format!("off resistance at {voltage} V"),
        Quantity::OnResistance { voltage, compliance: None } => {
            format!("on resistance at {voltage} V")
        }
        Quantity::OnResistance { compliance: Some(ampere), .. } => {
            format!("on resistance with {ampere:e} A at most")
        }
    }
}
