//! `memspike plot`: waveforms, spikes and measures as a picture.

use std::slice;

use memspike_files::is_standard_output;
use memspike_plot::Figure;

mod deck;
mod file;
mod legend;
mod measured;
mod scale;
mod scene;
mod waves;

use crate::{
    failure::Failure,
    files, interrupt, note,
    picture::{Form, Picture},
    plot_args::PlotArguments,
    show,
};
use measured::Measured;
use scene::Scene;

/// What a picture shows.
enum Shown {
    Waves(Scene),
    Measures(Measured),
}

impl Shown {
    fn figure(&self, plain: bool) -> Figure {
        match self {
            Self::Waves(scene) => waves::figure(scene, plain),
            Self::Measures(measured) => measured.figure(plain),
        }
    }

    fn said(&self) -> String {
        match self {
            Self::Waves(scene) => scene.said(),
            Self::Measures(measured) => measured.said(),
        }
    }
}

/// Draws a deck's run, its measures, or a file of waveforms.
pub fn plot(arguments: &PlotArguments) -> Result<(), Failure> {
    let out = &arguments.out;
    let prints = is_standard_output(out);
    let picture = Picture::of(out, arguments.narrow)?;
    files::keep(slice::from_ref(&arguments.file), slice::from_ref(out))?;
    interrupt::listen();
    let (shown, ended) = if file::is_one(&arguments.file) {
        (Shown::Waves(file::scene(arguments)?), Ok(()))
    } else {
        of_deck(arguments)?
    };
    files::write(out, &picture.bytes(&shown.figure(picture.form == Form::Csv))?)?;
    if !prints {
        show(&format!("{}: {}\n", out.display(), shown.said()))?;
    }
    ended
}

/// A picture of a deck, and what is wrong with the end of its runs.
fn of_deck(arguments: &PlotArguments) -> Result<(Shown, Result<(), Failure>), Failure> {
    let refused = |report| Failure::input(&report);
    if arguments.reals.is_some() {
        let message = "error: --reals is of files: what is between a deck's instants is known";
        return Err(Failure::Input(message.to_owned()));
    }
    let mut deck = crate::deck::load(&arguments.file)?;
    for file in deck.files() {
        note(&format!("read {}", file.display()));
    }
    files::keep(&deck.files(), slice::from_ref(&arguments.out))?;
    let points = deck.steps().map_err(refused)?;
    let number = match (arguments.step, points.len()) {
        (None, 1) => 1,
        (None, _) => {
            let (measured, ended) = measured::measured(arguments, &deck, points)?;
            return Ok((Shown::Measures(measured), ended));
        }
        (Some(number), runs) if number.get() > runs => {
            let all = scene::count(runs, "run");
            let message = format!("error: there is no run {number}: the deck has {all}");
            return Err(Failure::Input(message));
        }
        (Some(number), _) => number.get(),
    };
    if !arguments.signals.is_empty() {
        deck.save(&arguments.signals.join(" ")).map_err(refused)?;
    }
    let (scene, ended) = deck::scene(arguments, &deck, &points[number - 1])?;
    Ok((Shown::Waves(scene), ended))
}
