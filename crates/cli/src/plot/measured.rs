//! The picture of what the runs of a deck measure: curves over the values of its `.step`.

use std::collections::BTreeSet;

use memspike_netlist::{Deck, MeasureCard, StepPoint};
use memspike_plot::{Axis, Figure, Ink, Marks, Panel, Series};
use memspike_report::label;
use memspike_run::{Options, Outcome, Outputs, Workers};

use super::legend;
use super::scale::{Scale, ends, shared};
use super::scene::{MOST, count};
use super::waves::{PANEL, clipped, longest};
use crate::batch::Batch;
use crate::failure::{self, Failure};
use crate::plot_args::PlotArguments;
use crate::{interrupt, tell};

/// Letters of a name in a legend.
const LEGEND_NAME: usize = 48;

/// How far the ratios of neighbours may differ where values stand at equal distances on a logarithmic axis.
const EQUAL: f64 = 1e-6;

/// One measure over the first parameter, with all others as they are.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    measure: String,
    /// The measure, and the values of the other parameters.
    name: String,
    unit: String,
    points: Vec<(f64, f64)>,
}

/// All curves of a deck.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// What the deck is.
    pub title: String,
    /// What they stand over: the name of a parameter, or `sample`.
    parameter: String,
    /// Whether several values stand over one, as samples of `.mc` do.
    scattered: bool,
    curves: Vec<Curve>,
    runs: usize,
}

impl Measured {
    /// What is in it, for people.
    pub fn said(&self) -> String {
        format!(
            "{} over '{}', of {}",
            count(self.curves.len(), "curve"),
            self.parameter,
            count(self.runs, "run")
        )
    }

    /// Draws all of it; `plain` keeps SI units.
    pub fn figure(&self, plain: bool) -> Figure {
        let units: BTreeSet<&str> = self.curves.iter().map(|curve| curve.unit.as_str()).collect();
        let mut panels = Vec::new();
        for unit in units {
            let own = self.curves.iter().filter(|curve| curve.unit == unit);
            panels.extend(
                shared(own, |curve| &curve.points, plain)
                    .iter()
                    .map(|some| self.panel(some, unit, plain)),
            );
        }
        if !plain && let Some(first) = panels.first_mut() {
            first.title.clone_from(&self.title);
        }
        Figure { title: self.title.clone(), panel_size: PANEL, columns: 1, panels }
    }

    fn panel(&self, curves: &[&Curve], unit: &str, plain: bool) -> Panel {
        let points = || curves.iter().flat_map(|curve| curve.points.iter().copied());
        let [xs, ys] = [ends(points().map(|point| point.0)), ends(points().map(|point| point.1))];
        let name = match curves {
            [one] => one.name.as_str(),
            [one, others @ ..] if others.iter().all(|other| other.measure == one.measure) => {
                one.measure.as_str()
            }
            _ => "value",
        };
        let logarithmic = curves.iter().all(|curve| is_geometric(&curve.points));
        let (x, y) = if plain {
            (Scale::plain(&self.parameter, ""), Scale::plain(name, unit))
        } else if logarithmic {
            (Scale::plain(&self.parameter, ""), Scale::of(ys, name, unit))
        } else {
            (Scale::of(xs, &self.parameter, ""), Scale::of(ys, name, unit))
        };
        let (axis, ends) = if logarithmic {
            let ends = [0.8 * xs[0], 1.25 * xs[1]];
            (Axis::logarithmic(&self.parameter, ends[0], ends[1]), ends.map(f64::ln))
        } else {
            let ends = x.roomy(xs);
            (x.axis(ends), ends)
        };
        let place = |point: &(f64, f64)| (x.place(point.0), y.place(point.1));
        let most = if plain { usize::MAX } else { LEGEND_NAME };
        let names: Vec<String> = curves.iter().map(|curve| clipped(&curve.name, most)).collect();
        let mut series = Vec::new();
        for (number, (curve, name)) in curves.iter().zip(&names).enumerate() {
            let points: Vec<_> = curve.points.iter().map(place).collect();
            let line = (!self.scattered && !plain).then(|| Marks::Line(points.clone()));
            let marks = line.into_iter().chain([Marks::Dots(points)]);
            series.extend(marks.map(|marks| Series::new(name, Ink::Series(number), marks)));
        }
        let ys = y.roomy(ys);
        if curves.len() == 1 {
            return Panel::new("", axis, y.axis(ys), series);
        }
        let part = |&(x, y): &(f64, f64)| {
            let x = if logarithmic { x.ln() } else { x };
            ((x - ends[0]) / (ends[1] - ends[0]), y)
        };
        let placed: Vec<Vec<(f64, f64)>> =
            curves.iter().map(|curve| curve.points.iter().map(part).collect()).collect();
        let (corner, ys) = legend::place(&placed, longest(&names), ys);
        Panel::new("", axis, y.axis(ys), series).with_legend(corner)
    }
}

/// Whether the values of a curve's parameter are at least three, each the same multiple of the one before.
fn is_geometric(points: &[(f64, f64)]) -> bool {
    let ratio = |pair: &[(f64, f64)]| pair[1].0 / pair[0].0;
    let Some(first) = points.windows(2).next().map(ratio) else { return false };
    points.len() > 2
        && points.iter().all(|point| point.0 > 0.0)
        && (first - 1.0).abs() > EQUAL
        && points.windows(2).all(|pair| (ratio(pair) / first - 1.0).abs() < EQUAL)
}

/// Runs all points of a deck. What is wrong with their end stands beside what there is of them.
pub fn measured(
    arguments: &PlotArguments,
    deck: &Deck,
    points: Vec<StepPoint>,
) -> Result<(Measured, Result<(), Failure>), Failure> {
    if arguments.from.is_some() {
        let message = "error: --from is of waveforms: say by --step N whose, or leave it out";
        return Err(Failure::Input(message.to_owned()));
    }
    let total = points.len();
    let workers = Workers::new(None, total)?;
    let batch = Batch::check(deck, points, arguments.seed.seed, &workers)
        .map_err(|report| Failure::input(&report))?;
    for warning in batch.warnings() {
        tell(&warning.render(failure::in_colour()));
    }
    let known: Vec<String> =
        batch.first().measures.iter().map(|card| name_of(card).to_owned()).collect();
    let names = chosen(arguments, &known, total)?;
    let options = Options { until_s: arguments.until, ..Options::default() };
    let (outcomes, ended) = batch.run(&workers, &options, &Outputs::default());
    let whole = outcomes.iter().filter(|outcome| !outcome.interrupted).count();
    if whole == 0 {
        return Err(ended.err().unwrap_or_else(interrupt::nothing_written));
    }
    let outcomes: Vec<Outcome> =
        outcomes.into_iter().filter(|outcome| !outcome.interrupted).collect();
    Ok((Measured { title: deck.title().to_owned(), ..collected(&outcomes, &names)? }, ended))
}

fn name_of(card: &MeasureCard) -> &str {
    match card {
        MeasureCard::Direct(measure) => &measure.name,
        MeasureCard::Param { name, .. }
        | MeasureCard::LeftOut { name }
        | MeasureCard::ArgMax { name, .. } => name,
    }
}

/// The measures that are asked for, all if none are.
fn chosen(
    arguments: &PlotArguments,
    known: &[String],
    runs: usize,
) -> Result<Vec<String>, Failure> {
    let input = |message: String| Failure::Input(format!("error: {message}"));
    let waveforms = format!("--step N, from 1 to {runs}, draws the waveforms of one");
    if known.is_empty() {
        return Err(input(format!(
            "the deck has {runs} runs and no .meas whose value could be drawn over them; {waveforms}"
        )));
    }
    if arguments.signals.is_empty() {
        return Ok(known.to_vec());
    }
    let find = |name: &String| {
        let lower = name.to_lowercase();
        if known.contains(&lower) {
            return Ok(lower);
        }
        if name.contains('(') {
            return Err(input(format!(
                "the deck has {runs} runs, and '{name}' is a waveform of each: {waveforms}"
            )));
        }
        let likeness = |other: &&String| strsim::jaro_winkler(other, &lower);
        let nearest = known.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
        let help = nearest.map_or(String::new(), |name| format!("; did you mean '{name}'?"));
        Err(input(format!("there is no measure '{name}'{help}")))
    };
    arguments.signals.iter().map(find).collect()
}

/// What the runs gave, a curve for each measure and each set of values of the other parameters.
fn collected(outcomes: &[Outcome], names: &[String]) -> Result<Measured, Failure> {
    let first = &outcomes[0];
    let parameter = first.params.first().map_or("sample", |(name, _)| name.as_str()).to_owned();
    let mut curves: Vec<Curve> = Vec::new();
    for name in names {
        let at = first.measures.iter().position(|(other, _)| other == name).unwrap_or(0);
        let mut own: Vec<(String, Curve)> = Vec::new();
        let mut missing = 0;
        for outcome in outcomes {
            let sample = f64::from(outcome.sample.unwrap_or(0));
            let x = outcome.params.first().map_or(sample, |(_, value)| *value);
            let others = label(outcome.params.get(1..).unwrap_or(&[]), None);
            let Some(value) = outcome.measures[at].1 else {
                missing += 1;
                continue;
            };
            match own.iter_mut().find(|(known, _)| *known == others) {
                Some((_, curve)) => curve.points.push((x, value)),
                None => {
                    let unit = outcome.units[at].to_string();
                    let full =
                        if others.is_empty() { name.clone() } else { format!("{name}, {others}") };
                    let (measure, points) = (name.clone(), vec![(x, value)]);
                    own.push((others, Curve { measure, name: full, unit, points }));
                }
            }
        }
        if missing > 0 {
            let runs = count(outcomes.len(), "run");
            tell(&format!("warning: '{name}' has no value in {missing} of {runs}\n"));
        }
        for (_, mut curve) in own {
            curve.points.sort_by(|a, b| a.0.total_cmp(&b.0));
            curves.push(curve);
        }
    }
    if curves.is_empty() {
        return Err(Failure::Work("error: no measure has a value in any run".to_owned()));
    }
    if curves.len() > MOST {
        let all = curves.len();
        return Err(Failure::Input(format!(
            "error: these are {all} curves, and a picture has at most {MOST}: name fewer measures"
        )));
    }
    let scattered = first.sample.is_some();
    Ok(Measured { title: String::new(), parameter, scattered, curves, runs: outcomes.len() })
}
