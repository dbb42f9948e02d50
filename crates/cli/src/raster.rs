//! `memspike raster`: how the populations of a recording fire, as tables and as a picture.

use std::ops::ControlFlow;
use std::slice;

use memspike_files::is_standard_output;
use memspike_recording::{
    Analysis, BIN_S, Distributions, NEURONS, ReadReason, Recorded, RecordedPopulation, Summary,
};
use memspike_report::{engineering, json, table};
use serde::Serialize;

use crate::failure::Failure;
use crate::picture::Picture;
use crate::progress::Progress;
use crate::raster_args::RasterArguments;
use crate::raster_figure::{self, Dots};
use crate::{files, interrupt, print, show_beside};

fn input(error: impl std::fmt::Display) -> Failure {
    Failure::Input(format!("error: {error}"))
}

/// Reads a recording, and tells and draws how its populations fire.
pub fn raster(arguments: &RasterArguments) -> Result<(), Failure> {
    if let Some(path) = &arguments.out {
        Picture::of(path, arguments.narrow)?;
        files::keep(slice::from_ref(&arguments.file), slice::from_ref(path))?;
        files::refuse_beside_json(arguments.json.json, slice::from_ref(path))?;
    }
    interrupt::listen();
    let progress = Progress::new(None, "spikes");
    progress.say(format!("reading {}", arguments.file.display()));
    let mut look = |spikes: u64| {
        progress.set(spikes);
        interrupt::unless_asked()
    };
    let recorded = Recorded::open(&arguments.file, &mut look).map_err(read_failure)?;
    let shown = Shown::of(arguments, &recorded)?;
    let found = shown.look_through(&recorded, &mut look)?;
    drop(progress);
    if let Some(path) = &arguments.out {
        let populations: Vec<_> = shown.populations.iter().map(|(_, one)| (*one).clone()).collect();
        let figure = raster_figure::figure(
            &populations,
            &found.distributions,
            &found.dots,
            shown.interval_s,
        );
        files::write(path, &Picture::of(path, arguments.narrow)?.bytes(&figure)?)?;
    }
    if arguments.json.json {
        return print(&json(&Results::of(&shown, &found)));
    }
    let taken = arguments.out.as_deref().is_some_and(is_standard_output);
    show_beside(&tables(&shown, &found), taken)
}

fn read_failure(error: memspike_recording::ReadError) -> Failure {
    match error.reason {
        ReadReason::Interrupted => interrupt::nothing_written(),
        _ => input(error),
    }
}

/// What of a recording is looked at.
struct Shown<'r> {
    /// Populations with their numbers in the recording.
    populations: Vec<(usize, &'r RecordedPopulation)>,
    interval_s: [f64; 2],
}

/// What was found there.
struct Found {
    distributions: Vec<Distributions>,
    dots: Dots,
}

impl<'r> Shown<'r> {
    fn of(arguments: &RasterArguments, recorded: &'r Recorded) -> Result<Self, Failure> {
        let all = recorded.populations();
        let find = |name: &String| {
            let found = all.iter().enumerate().find(|(_, one)| one.name == *name);
            found.ok_or_else(|| {
                let known: Vec<&str> = all.iter().map(|one| one.name.as_str()).collect();
                input(format!(
                    "{}: there is no population '{name}'; there are {}",
                    arguments.file.display(),
                    known.join(", ")
                ))
            })
        };
        let populations: Vec<(usize, &RecordedPopulation)> = match &arguments.population[..] {
            [] => all.iter().enumerate().collect(),
            names => names.iter().map(find).collect::<Result<Vec<_>, _>>()?,
        };
        let twice = |at: usize| populations[..at].iter().any(|one| one.0 == populations[at].0);
        if let Some(at) = (0..populations.len()).find(|at| twice(*at)) {
            let name = &populations[at].1.name;
            return Err(input(format!("--population names '{name}' twice: leave one out")));
        }
        let [first_s, last_s] = recorded.interval_s();
        let from_s = arguments.from.unwrap_or(first_s).max(first_s);
        let until_s = arguments.until.unwrap_or(last_s).min(last_s);
        if from_s >= until_s {
            let why = if first_s >= last_s {
                format!("it covers no time, {first_s} s alone: record a longer run")
            } else if let [Some(from_s), Some(until_s)] = [arguments.from, arguments.until]
                && from_s >= until_s
            {
                "--from is to be before --until".to_owned()
            } else {
                format!("it covers {first_s} s to {last_s} s: choose --from and --until within")
            };
            return Err(input(format!("{}: {why}", arguments.file.display())));
        }
        Ok(Self { populations, interval_s: [from_s, until_s] })
    }

    /// Reads every spike.
    fn look_through(
        &self,
        recorded: &Recorded,
        look: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Found, Failure> {
        let sizes = || self.populations.iter().map(|(_, one)| one.size);
        let mut places = vec![None; recorded.populations().len()];
        for (place, (number, _)) in self.populations.iter().enumerate() {
            places[*number] = Some(place);
        }
        let mut analysis = Analysis::new(sizes(), self.interval_s);
        let mut dots = Dots::new(sizes());
        let read = recorded.each(self.interval_s, look, |at_s, number, neuron| {
            if let Some(place) = places[number] {
                analysis.spike(at_s, place, neuron);
                dots.spike(at_s, place, neuron);
            }
        });
        read.map_err(read_failure)?;
        Ok(Found { distributions: analysis.distributions(), dots })
    }
}

/// What a recording says, as JSON.
#[derive(Serialize)]
struct Results {
    from_s: f64,
    until_s: f64,
    correlation_bin_s: f64,
    correlation_neurons: u32,
    populations: Vec<PopulationResult>,
}

#[derive(Serialize)]
struct PopulationResult {
    name: String,
    neurons: u32,
    /// Whether the file says how many there are, or the last one that fires does.
    neurons_said: bool,
    spikes: u64,
    active: u32,
    rate_hz: Option<Numbers>,
    cv: Option<Numbers>,
    correlation: Option<Numbers>,
}

/// A distribution.
#[derive(Serialize)]
struct Numbers {
    count: u64,
    mean: f64,
    deviation: f64,
    /// 5, 25, 50, 75 and 95 % of them are at or below these.
    quantiles: [f64; 5],
}

impl From<Summary> for Numbers {
    fn from(Summary { count, mean, deviation, quantiles }: Summary) -> Self {
        Self { count, mean, deviation, quantiles }
    }
}

impl Results {
    fn of(shown: &Shown<'_>, found: &Found) -> Self {
        let both = shown.populations.iter().zip(&found.distributions);
        let populations = both.map(|((_, population), found)| PopulationResult {
            name: population.name.clone(),
            neurons: population.size,
            neurons_said: population.is_said,
            spikes: found.spikes,
            active: found.active,
            rate_hz: found.rates().map(Numbers::from),
            cv: Summary::of(0, &found.cvs).map(Numbers::from),
            correlation: Summary::of(0, &found.correlations).map(Numbers::from),
        });
        let [from_s, until_s] = shown.interval_s;
        let (correlation_bin_s, correlation_neurons) = (BIN_S, NEURONS);
        let populations = populations.collect();
        Self { from_s, until_s, correlation_bin_s, correlation_neurons, populations }
    }
}

fn tables(shown: &Shown<'_>, found: &Found) -> String {
    let number = |summary: Option<Summary>, of: fn(Summary) -> f64, decimals: usize| {
        summary.map_or_else(|| "-".to_owned(), |summary| format!("{:.decimals$}", of(summary)))
    };
    let both = shown.populations.iter().zip(&found.distributions);
    let rows = both.map(|((_, population), found)| {
        let (cv, correlation) = (Summary::of(0, &found.cvs), Summary::of(0, &found.correlations));
        vec![
            population.name.clone(),
            population.size.to_string(),
            found.spikes.to_string(),
            found.active.to_string(),
            number(found.rates(), |rates| rates.mean, 3),
            number(found.rates(), |rates| rates.deviation, 3),
            number(cv, |cvs| cvs.mean, 3),
            number(correlation, |all| all.mean, 4),
            number(correlation, |all| all.deviation, 4),
        ]
    });
    let header = [
        "population",
        "neurons",
        "spikes",
        "active",
        "rate (Hz)",
        "deviation (Hz)",
        "CV",
        "correlation",
        "deviation",
    ];
    let [from_s, until_s] = shown.interval_s;
    let unsaid = shown.populations.iter().any(|(_, population)| !population.is_said);
    let note = if unsaid {
        "how many neurons there are the file does not say: those up to the last that fires count\n"
    } else {
        ""
    };
    format!(
        "{}\nfrom {} to {}; correlation of counts in bins of {}\n{note}",
        table(&header, rows.collect()),
        engineering(from_s, "s"),
        engineering(until_s, "s"),
        engineering(BIN_S, "s"),
    )
}
