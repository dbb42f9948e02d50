//! The keys of a sweep in a measurement file.

use std::{
    ops::RangeInclusive,
    path::{Path, PathBuf},
};

use crate::{
    FitError, Mistake,
    columns::Names,
    keys::{At, Keys, Sign},
    parameter::{Parameter, Setting},
    read::{Rate, read_rate},
    report::significant,
    sweep::{self, Reading, Side, Sweep, USES},
    switching::Logged,
};

/// Stated steps, as a part of what the file goes on by: others are a mistake, such as of the unit.
const POSSIBLE_STEPS: RangeInclusive<f64> = 0.3..=3.0;

/// Those that raise no doubt.
const USUAL_STEPS: RangeInclusive<f64> = 0.8..=1.25;

/// Reads the keys of a sweep and the file that it names; gives its path, too.
pub(crate) fn read(
    keys: &Keys<'_>,
    parameters: &[Parameter],
) -> Result<(PathBuf, Reading), FitError> {
    let file = keys.text("csv")?;
    let path = Path::new(keys.source.name).parent().unwrap_or(Path::new("")).join(file.value);
    let Rate { rate, step } = read_rate(keys)?;
    let number = |key, sign| Ok::<_, Mistake>(keys.optional_number(key, sign)?.map(|n| n.value));
    let name = |key| {
        Ok::<_, Mistake>(keys.optional_text(key)?.map(|name: At<&str>| name.value.to_owned()))
    };
    let logged = [("forced", Logged::Forced), ("measured", Logged::Measured)];
    let sides = [("both", Side::Both), ("positive", Side::Positive), ("negative", Side::Negative)];
    let unipolar =
        parameters.iter().any(|p| p.name == "unipolar" && p.setting == Setting::Fixed(1.0));
    let sweep = Sweep {
        rate,
        step,
        compliance: number("compliance", Sign::Positive)?,
        logged: keys.choice("voltage", &logged)?.unwrap_or(Logged::Forced),
        side: keys.choice("side", &sides)?.unwrap_or(Side::Both),
        names: Names { voltage: name("voltage_column")?, current: name("current_column")? },
        tolerance: number("tolerance", Sign::Positive)?.unwrap_or(0.0),
        uses: uses(keys)?,
        unipolar,
    };
    keys.finish()?;
    let mut reading = sweep::read(&path, &sweep).map_err(|error| match error {
        FitError::Unreadable { path, source } => {
            let message = format!(
                "cannot read '{}': {source}; 'csv' is a path from the folder of this file",
                path.display()
            );
            keys.mistake(file.span.clone(), message).into()
        }
        other => other,
    })?;
    if let Some(step) = step {
        check_step(keys, step, &mut reading, (file.value, sweep.logged))?;
    }
    Ok((path, reading))
}

/// The step that is stated and that of the file must agree: the rate follows from it. Between points that were measured
/// at one level lies noise, so that the greatest step tells more of them than the usual one.
fn check_step(
    keys: &Keys<'_>,
    stated: f64,
    reading: &mut Reading,
    (file, logged): (&str, Logged),
) -> Result<(), Mistake> {
    let [usual, greatest] = reading.steps.map(|step| significant(step, 3));
    if greatest == 0.0 {
        return Ok(());
    }
    let most = if logged == Logged::Forced { usual } else { greatest };
    let message = format!("'step' is {stated} V, and the voltage in {file} goes on by {most} V");
    if stated < usual * POSSIBLE_STEPS.start() || stated > most * POSSIBLE_STEPS.end() {
        let message = format!(
            "{message}: a number is in volts, and \"{stated}m\" in millivolts; of a file without all the points of \
             the staircase give 'rate' (V/s)"
        );
        let span = keys.span_of("step").unwrap_or(keys.span.clone());
        return Err(keys.mistake(span, message));
    }
    if logged == Logged::Forced && !USUAL_STEPS.contains(&(stated / usual)) {
        reading.notes.push(format!("{message}: the rate of the ramp follows from the former"));
    }
    Ok(())
}

/// Which of [`USES`] the key `use` names.
fn uses(keys: &Keys<'_>) -> Result<Option<[bool; 4]>, Mistake> {
    let Some(words) = keys.texts("use")? else { return Ok(None) };
    let mut uses = [false; 4];
    for word in &words {
        let Some(which) = USES.iter().position(|known| *known == word.value) else {
            let message =
                format!("'{}' is not read of a sweep; there are {}", word.value, USES.join(", "));
            return Err(keys.mistake(word.span.clone(), message));
        };
        uses[which] = true;
    }
    if words.is_empty() {
        let message = format!("'use' names nothing; there are {}", USES.join(", "));
        return Err(keys.mistake(keys.span.clone(), message));
    }
    Ok(Some(uses))
}
