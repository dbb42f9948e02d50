//! Waveforms of a file of any producer.

use std::path::Path;

use memspike_diff::{Kind, Names, Reals, Signal, WaveFile, ZEPTOSECONDS};
use memspike_report::exact;
use memspike_trace::Thinned;

use super::scene::{Curve, Quantity, Scene, Train, count, drawn};
use crate::diff_args::RealsForm;
use crate::failure::Failure;
use crate::plot_args::PlotArguments;
use crate::progress::Progress;
use crate::{files, interrupt, tell};

/// What a trace of a memspike dump is called whose values hold until the next.
const FILAMENT: &str = "filament";

fn input(error: &dyn std::fmt::Display) -> Failure {
    Failure::Input(format!("error: {error}"))
}

/// Whether a name is that of a file of waveforms.
pub fn is_one(path: &Path) -> bool {
    path.extension().is_some_and(|ending| {
        ["vcd", "fst", "raw"].iter().any(|known| ending.eq_ignore_ascii_case(known))
    })
}

/// Reads what is asked for.
pub fn scene(arguments: &PlotArguments) -> Result<Scene, Failure> {
    if arguments.step.is_some() {
        return Err(input(&"--step is of decks: a file of waveforms is one run"));
    }
    let mut file = files::waves(&arguments.file)?;
    let reals = match arguments.reals {
        Some(RealsForm::Steps) => Reals::Steps,
        Some(RealsForm::Lines) => Reals::Lines,
        // Between what our own dumps have straight lines are meant.
        None if file.is_sampled() || file.producer().starts_with("memspike ") => Reals::Lines,
        None => Reals::Steps,
    };
    let interval_s = interval(arguments, &file)?;
    let chosen = chosen(arguments, &file)?;
    let (mut curves, mut trains) = (Vec::new(), Vec::new());
    let progress = Progress::new(Some(chosen.len() as u64), "signals");
    for variable in chosen {
        if interrupt::asked() {
            return Err(interrupt::nothing_written());
        }
        let (name, kind) = file.variables[variable].clone();
        let signal = file.load(variable).map_err(|error| input(&error))?;
        match device(&name, kind) {
            Some(device) => {
                trains.push(Train { name: device.to_owned(), at_s: rises(&signal, interval_s) });
            }
            None => curves.push(curve(name, kind, (signal, reals), interval_s)),
        }
        progress.add(1);
    }
    let title = arguments.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Scene { title, interval_s, curves, trains })
}

/// The device whose spikes a bit shows.
fn device(name: &str, kind: Kind) -> Option<&str> {
    name.strip_suffix(".spike").filter(|_| kind == Kind::Bits(1))
}

/// What is drawn of the file's time (s).
fn interval(arguments: &PlotArguments, file: &WaveFile) -> Result<[f64; 2], Failure> {
    let seconds = |zs: i128| zs as f64 / ZEPTOSECONDS;
    let whole = file.interval_zs().map(|ends| ends.map(seconds));
    let [first_s, last_s] =
        whole.ok_or_else(|| input(&format!("'{}' has no values", arguments.file.display())))?;
    let from_s = arguments.from.unwrap_or(first_s).max(first_s);
    let until_s = arguments.until.unwrap_or(last_s).min(last_s);
    if from_s < until_s {
        return Ok([from_s, until_s]);
    }
    let [from, until, first, last] =
        [from_s, until_s, first_s, last_s].map(|at_s| exact(at_s, "s"));
    let why = if first_s == last_s {
        format!("all its values are of one instant, {first}: a curve needs two")
    } else if let [Some(from_s), Some(until_s)] = [arguments.from, arguments.until]
        && from_s >= until_s
    {
        "--from is to be before --until".to_owned()
    } else {
        format!("nothing lies from {from} to {until}: its values are of {first} to {last}")
    };
    Err(input(&format!("'{}': {why}", arguments.file.display())))
}

/// Positions of the variables that are drawn, in the order of the patterns and then of the file.
fn chosen(arguments: &PlotArguments, file: &WaveFile) -> Result<Vec<usize>, Failure> {
    let has_curve = |at: &usize| file.variables[*at].1 != Kind::Words;
    let is_curve = |at: usize| device(&file.variables[at].0, file.variables[at].1).is_none();
    let named = !arguments.signals.is_empty();
    let mut all: Vec<usize> = Vec::new();
    for pattern in &arguments.signals {
        let found = fitting(pattern, file);
        if found.is_empty() {
            return Err(unknown(pattern, file));
        }
        all.extend(found);
    }
    if !named {
        all.extend(0..file.variables.len());
    }
    let mut seen = vec![false; file.variables.len()];
    all.retain(|at| !std::mem::replace(&mut seen[*at], true));
    let words = all.len();
    all.retain(has_curve);
    match words - all.len() {
        0 => {}
        left if all.is_empty() => {
            let they = if left == 1 { "it holds" } else { "they hold" };
            return Err(input(&format!("nothing can be drawn: {they} words, which have no curve")));
        }
        left if named => {
            tell(&format!(
                "warning: {} of words left out: words have no curve\n",
                count(left, "signal")
            ));
        }
        _ => {}
    }
    if all.is_empty() {
        return Err(input(&format!("'{}' has no signals", arguments.file.display())));
    }
    let most = drawn(all.iter().filter(|at| is_curve(**at)).count(), named)?;
    let mut curves = 0;
    all.retain(|at| {
        curves += usize::from(is_curve(*at));
        !is_curve(*at) || curves <= most
    });
    Ok(all)
}

/// The variables whose name, or the end of it behind a dot, a pattern fits.
fn fitting(pattern: &str, file: &WaveFile) -> Vec<usize> {
    let only = vec![pattern.to_owned(), format!("*.{pattern}")];
    let names = Names { only, ..Names::default() };
    let fits = |at: &usize| names.takes(&file.variables[*at].0);
    (0..file.variables.len()).filter(fits).collect()
}

fn unknown(pattern: &str, file: &WaveFile) -> Failure {
    let own = |name: &str| strsim::jaro_winkler(own_name(name), own_name(pattern));
    let whole = |name: &str| strsim::jaro_winkler(name, pattern);
    // `m1` is meant to be `v(m1)`: the node, and not something with a similar name.
    let inside = |name: &str| {
        let inside = own_name(name).split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
        inside.map_or(0.0, |inside| strsim::jaro_winkler(inside, pattern))
    };
    let likeness = |name: &str| own(name).max(whole(name)).max(inside(name));
    let names = file.variables.iter().map(|(name, _)| name.as_str());
    let nearest = names.max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    let help = nearest.map_or(String::new(), |name| format!("; the nearest is '{name}'"));
    let all = count(file.variables.len(), "signal");
    input(&format!("none of {all} is called '{pattern}' or fits that as a pattern{help}"))
}

/// The last part of a hierarchical name: `v(x1.a)` of `top.v(x1.a)`.
fn own_name(name: &str) -> &str {
    let before = name.find('(').unwrap_or(name.len());
    name[..before].rfind('.').map_or(name, |dot| &name[dot + 1..])
}

/// What numbers of this name are, by the names that simulators of circuits give.
fn quantity(name: &str, kind: Kind) -> Quantity {
    if kind == Kind::Bits(1) {
        return Quantity::Level;
    }
    let own = own_name(name).to_ascii_lowercase();
    if kind != Kind::Real {
        Quantity::Number
    } else if own.starts_with("v(") {
        Quantity::Voltage
    } else if own == "i" || own.starts_with("i(") || own.ends_with("#branch") {
        Quantity::Current
    } else {
        Quantity::Number
    }
}

fn curve(
    name: String,
    kind: Kind,
    (signal, reals): (Signal, Reals),
    interval_s: [f64; 2],
) -> Curve {
    let quantity = quantity(&name, kind);
    let second = |zs: i128| zs as f64 / ZEPTOSECONDS;
    let points = match signal {
        Signal::Reals(values) => {
            let values = values.into_iter().map(|(at, value)| (second(at), value));
            // A filament is told at transitions alone, and is then what it became at the last.
            let reals = if own_name(&name) == FILAMENT { Reals::Steps } else { reals };
            match reals {
                Reals::Steps => steps(values, interval_s),
                Reals::Lines => straight(values, interval_s),
            }
        }
        Signal::Texts(texts) => {
            let values = texts.iter().map(|(at, bits)| (second(*at), number(bits)));
            steps(values, interval_s)
        }
    };
    Curve { name, quantity, points }
}

/// Bits, the most significant first, as a number; none if one of them is neither 0 nor 1.
fn number(bits: &str) -> f64 {
    bits.bytes().fold(0.0, |number, bit| match bit {
        b'0' => 2.0 * number,
        b'1' => 2.0 * number + 1.0,
        _ => f64::NAN,
    })
}

/// Values that each hold until the next, within an interval.
fn steps(values: impl Iterator<Item = (f64, f64)>, [from_s, until_s]: [f64; 2]) -> Vec<(f64, f64)> {
    let mut curve = Thinned::new([from_s, until_s]);
    let mut before = None;
    for (at_s, value) in values.take_while(|(at_s, _)| *at_s <= until_s) {
        if at_s <= from_s {
            before = Some(value);
            continue;
        }
        if let Some(value) = before.take() {
            curve.line_to(from_s, value);
        }
        curve.step_to(at_s, value);
    }
    if let Some(value) = before {
        curve.line_to(from_s, value);
    }
    curve.hold_to(until_s);
    curve.finish()
}

/// Points of straight lines, within an interval; the last one holds.
fn straight(
    values: impl Iterator<Item = (f64, f64)>,
    [from_s, until_s]: [f64; 2],
) -> Vec<(f64, f64)> {
    let mut curve = Thinned::new([from_s, until_s]);
    let mut before: Option<(f64, f64)> = None;
    for (at_s, value) in values {
        let between = |cut_s: f64| {
            let (other_s, other) =
                before.filter(|(other_s, _)| *other_s < cut_s && cut_s < at_s)?;
            Some((value - other).mul_add((cut_s - other_s) / (at_s - other_s), other))
        };
        if let Some(first) = between(from_s) {
            curve.line_to(from_s, first);
        }
        if at_s > until_s {
            if let Some(last) = between(until_s) {
                curve.line_to(until_s, last);
            }
            return curve.finish();
        }
        if at_s >= from_s {
            curve.line_to(at_s, value);
        }
        before = Some((at_s, value));
    }
    if let Some((at_s, value)) = before {
        curve.line_to(at_s.max(from_s), value);
        curve.line_to(until_s, value);
    }
    curve.finish()
}

/// When a bit rises within an interval (s). What it is at first is no rise.
fn rises(signal: &Signal, [from_s, until_s]: [f64; 2]) -> Vec<f64> {
    let Signal::Texts(texts) = signal else { return Vec::new() };
    let rises = texts.windows(2).filter(|pair| pair[0].1 != "1" && pair[1].1 == "1");
    let at_s = rises.map(|pair| pair[1].0 as f64 / ZEPTOSECONDS);
    at_s.filter(|at_s| (from_s..=until_s).contains(at_s)).collect()
}
