//! `memspike diff`: compare two files of waveforms.

use memspike_diff::{Difference, Names, Reals, Report, Tolerance, WaveFile, ZEPTOSECONDS, compare};
use memspike_report as report;

use crate::{
    diff_args::{DiffArguments, RealsForm},
    failure::Failure,
    files, interrupt, note, print, show, tell,
};

/// Compares them; exit status 1 says that they differ.
pub fn diff(arguments: &DiffArguments) -> Result<(), Failure> {
    interrupt::listen();
    let (mut a, mut b) = (files::waves(&arguments.a)?, files::waves(&arguments.b)?);
    let sampled = a.is_sampled() || b.is_sampled();
    let reals = match arguments.reals {
        Some(RealsForm::Steps) => Reals::Steps,
        Some(RealsForm::Lines) => Reals::Lines,
        None if sampled => Reals::Lines,
        None => Reals::Steps,
    };
    let tolerance = Tolerance {
        abs: arguments.abs,
        rel: arguments.rel,
        time_zs: (arguments.time * ZEPTOSECONDS).round() as i128,
        reals,
    };
    let names = Names {
        maps: arguments.map.clone(),
        only: arguments.only.clone(),
        ignore: arguments.ignore.clone(),
    };
    if let Some(pattern) = names.idle(names_of(&a), names_of(&b)) {
        return Err(Failure::Input(fits_nothing(pattern, [&a, &b])));
    }
    let found = compare((&mut a, &mut b), &names, &tolerance, |done, all| {
        if done % 1000 == 0 {
            note(&format!("{done} of {all} signals are compared"));
        }
        interrupt::unless_asked()
    })
    .map_err(|error| input(&error))?;
    if found.pairs.is_empty() && !found.stopped {
        return Err(Failure::Input(nothing_in_common(&found)));
    }
    tell_result(arguments, &found, reals)?;
    match (found.stopped, found.is_equal()) {
        (true, _) => Err(Failure::Work("interrupted: not all signals are compared".to_owned())),
        // What differs is on standard output.
        (false, false) => Err(Failure::Work(String::new())),
        (false, true) => Ok(()),
    }
}

fn input(error: &dyn std::fmt::Display) -> Failure {
    Failure::Input(format!("error: {error}"))
}

/// Signals of each kind that are named.
const MOST_NAMED: usize = 20;

fn names_of(file: &WaveFile) -> impl Iterator<Item = &str> + Clone {
    file.variables.iter().map(|(name, _)| name.as_str())
}

fn fits_nothing(pattern: &str, files: [&WaveFile; 2]) -> String {
    let [a, b] = files.map(|file| names_of(file).next().unwrap_or("none"));
    format!("error: no signal's name fits '{pattern}' (the first of each file: {a}, {b})")
}

fn nothing_in_common(found: &Report) -> String {
    let first = |names: &[String]| names.first().map_or("none", String::as_str).to_owned();
    format!(
        "error: no signal is in both files; names are paired by --map 'top.*=memspike.*' (the first of each file: {}, {})",
        first(&found.only_a),
        first(&found.only_b)
    )
}

fn tell_result(arguments: &DiffArguments, found: &Report, reals: Reals) -> Result<(), Failure> {
    #[derive(serde::Serialize)]
    struct Whole<'a> {
        equal: bool,
        reals: &'a str,
        #[serde(flatten)]
        report: &'a Report,
    }
    let form = match reals {
        Reals::Steps => "steps",
        Reals::Lines => "lines",
    };
    if arguments.json.json {
        let whole = Whole { equal: found.is_equal(), reals: form, report: found };
        return print(&report::json(&whole));
    }
    let mut text = String::new();
    let differing = found.pairs.iter().filter_map(|pair| Some((pair, pair.difference.as_ref()?)));
    let differing: Vec<_> = differing.collect();
    for (pair, difference) in differing.iter().take(MOST_NAMED) {
        text.push_str(&line(&pair.a, difference));
    }
    if differing.len() > MOST_NAMED {
        text.push_str(&format!("and {} more signals differ\n", differing.len() - MOST_NAMED));
    }
    for (names, place) in [(&found.only_a, &arguments.a), (&found.only_b, &arguments.b)] {
        for name in names.iter().take(MOST_NAMED) {
            text.push_str(&format!("{name}: only in {}\n", place.display()));
        }
        if names.len() > MOST_NAMED {
            let more = names.len() - MOST_NAMED;
            text.push_str(&format!("and {more} more only in {}\n", place.display()));
        }
    }
    text.push_str(&format!(
        "{} signals compared, numbers as {form}: {} differ, {} are in one file alone\n",
        found.pairs.len(),
        differing.len(),
        found.only_a.len() + found.only_b.len()
    ));
    if found.stopped {
        tell("interrupted\n");
    }
    show(&text)
}

fn line(name: &str, difference: &Difference) -> String {
    let shown = |value: &Option<String>| value.as_deref().unwrap_or("no value").to_owned();
    match difference {
        Difference::Kinds { a, b } => format!("{name}: {a} against {b}\n"),
        Difference::Values { count, first_s, a, b } => {
            let times = if *count == 1 { "once" } else { &format!("{count} times") };
            format!(
                "{name}: differs {times}, first at {first_s:e} s: {} against {}\n",
                shown(a),
                shown(b)
            )
        }
    }
}
