//! `memspike compare`: two decks of one network on the same images, side by side.

use std::ops::ControlFlow;
use std::time::Instant;

use memspike_idx::Idx;
use memspike_netlist::{Deck, StepPoint};
use memspike_report::{json, label};
use memspike_run::{Options, Workers, simulate};

mod figures;
mod side;

use crate::{
    answer::Outputs, args::CompareArguments, deck, failure::Failure, interrupt, print,
    progress::Progress, say, show, tell,
};
use figures::{Comparison, Row};
use side::Side;

fn input(error: &dyn std::fmt::Display) -> Failure {
    Failure::Input(format!("error: {error}"))
}

/// Runs both decks on every image, and prints what they decide and when.
pub fn compare(arguments: &CompareArguments) -> Result<(), Failure> {
    let decks = [load(arguments, &arguments.a)?, load(arguments, &arguments.b)?];
    let points = points(&decks, arguments)?;
    let labels = arguments.labels.as_deref().map(|path| Idx::read(path, 1)).transpose();
    let labels = labels.map_err(|error| input(&error))?;
    if let Some(labels) = &labels
        && labels.entries.len() < points.len()
    {
        let (found, wanted) = (labels.entries.len(), points.len());
        return Err(input(&format!("{found} labels for {wanted} images; give a file with more")));
    }
    let seed = arguments.seed.seed;
    // What is wrong with a deck is said before anything runs.
    for deck in &decks {
        let elaborated = deck.elaborate(&points[0], seed).map_err(|e| Failure::input(&e))?;
        Outputs::of(&elaborated).map_err(|message| input(&message))?;
    }
    interrupt::listen();
    let workers = Workers::new(arguments.threads.threads, points.len())?;
    let total = points.len();
    let progress = Progress::new(Some(total as u64), "images");
    let (rows, ended) = workers.in_order(points, interrupt::asked, |index, point| {
        let [a, b] = &decks;
        let sides = [one(a, &point, seed)?, one(b, &point, seed)?];
        progress.add(1);
        let truth = labels.as_ref().map(|labels| labels.entries[index]);
        Ok::<_, Failure>(Row { params: point.params, label: truth, sides })
    });
    drop(progress);
    let comparison = Comparison::of([&arguments.a, &arguments.b], rows);
    for warning in comparison.warnings() {
        tell(&format!("warning: {warning}\n"));
    }
    if !say::is_quiet() {
        comparison.notes().iter().for_each(|note| tell(&format!("note: {note}\n")));
    }
    if arguments.json.json {
        print(&json(&comparison))?;
    } else {
        show(&comparison.text())?;
    }
    ended?;
    if comparison.images() < total {
        let done = comparison.images();
        return Err(Failure::Work(format!("interrupted: {done} of {total} images are complete")));
    }
    Ok(())
}

fn load(arguments: &CompareArguments, path: &std::path::Path) -> Result<Deck, Failure> {
    let mut deck = deck::load(path)?;
    if let Some(images) = &arguments.images {
        deck.images(images.clone());
    }
    Ok(deck)
}

/// The runs of both, which must be the same.
fn points(decks: &[Deck; 2], arguments: &CompareArguments) -> Result<Vec<StepPoint>, Failure> {
    let [a, b] = decks.each_ref().map(Deck::steps);
    let a = a.map_err(|report| Failure::input(&report))?;
    let b = b.map_err(|report| Failure::input(&report))?;
    if a != b {
        let message = "the decks have other runs: .step and .mc must say the same in both";
        return Err(input(&message));
    }
    let Some(count) = arguments.count else { return Ok(a) };
    let [(name, _)] = &a[0].params[..] else {
        let message =
            "--count wants decks with one .step, whose parameter is the number of the image";
        return Err(input(&message));
    };
    let point =
        |number| StepPoint { params: vec![(name.clone(), f64::from(number))], sample: None };
    Ok((0..count.get()).map(point).collect())
}

/// One deck on one image.
fn one(deck: &Deck, point: &StepPoint, seed: u64) -> Result<Side, Failure> {
    let elaborated = deck.elaborate(point, seed).map_err(|report| Failure::input(&report))?;
    let outputs = Outputs::of(&elaborated).map_err(|message| input(&message))?;
    let mut recording = outputs.recording();
    let begin = Instant::now();
    let mut watch = |_| {
        if interrupt::asked() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let run = simulate(&elaborated, &Options::default(), &mut [&mut recording], &mut watch);
    let outcome = run.map_err(|error| {
        let which = label(&point.params, point.sample);
        Failure::Work(format!("error: {} ({which}): {error}", deck.title()))
    })?;
    if outcome.interrupted {
        return Err(Failure::Work("interrupted within an image".to_owned()));
    }
    let seconds = begin.elapsed().as_secs_f64();
    Ok(Side::of(outputs.times(&recording), outcome, seconds))
}
