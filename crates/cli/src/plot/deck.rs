//! Waveforms of a run of a deck.

use std::io;

use memspike_circuit::{DeviceVariable, NetId, Signal};
use memspike_digital::Level;
use memspike_engine::{Follows, Sink};
use memspike_netlist::{Deck, Elaborated, StepPoint};
use memspike_report::{engineering, exact, label};
use memspike_run::{Options, Outcome, saved, simulate};
use memspike_time::Time;
use memspike_trace::{Sampling, Thinned, ThinnedCurves, signal_name};

use super::scene::{Curve, Quantity, Scene, Train, drawn};
use crate::failure::{self, Failure};
use crate::plot_args::PlotArguments;
use crate::progress::Runs;
use crate::{interrupt, tell};

fn input(message: &str) -> Failure {
    Failure::Input(format!("error: {message}"))
}

/// Runs a deck at one point of its `.step`. What is wrong with the end of the run stands beside what there is of it.
pub fn scene(
    arguments: &PlotArguments,
    deck: &Deck,
    point: &StepPoint,
) -> Result<(Scene, Result<(), Failure>), Failure> {
    let mut elaborated =
        deck.elaborate(point, arguments.seed.seed).map_err(|report| Failure::input(&report))?;
    for warning in &elaborated.warnings {
        tell(&warning.render(failure::in_colour()));
    }
    let interval_s = interval(arguments, &elaborated)?;
    let chosen = Chosen::of(&elaborated, !arguments.signals.is_empty())?;
    elaborated.tran.start_s = interval_s[0];
    let mut curves = ThinnedCurves::new(chosen.signals.clone(), Sampling::default(), interval_s);
    let mut levels = Levels::new(chosen.nets.clone(), interval_s);
    let options = Options { until_s: arguments.until, spike_times: true, threads: None };
    let all = Runs::new(1);
    let mut progress = all.begin(&label(&point.params, point.sample), interval_s[1]);
    let ended = simulate(&elaborated, &options, &mut [&mut curves, &mut levels], &mut |now| {
        progress.at(now);
        interrupt::unless_asked()
    });
    drop(progress);
    drop(all);
    let outcome = ended.map_err(|error| Failure::Work(format!("error: {error}")))?;
    for warning in &outcome.warnings {
        tell(&format!("warning: {warning}\n"));
    }
    let reached_s = outcome.reached.as_s().min(interval_s[1]);
    if outcome.interrupted && reached_s <= interval_s[0] {
        return Err(interrupt::nothing_written());
    }
    let ended = match outcome.interrupted {
        true => Err(Failure::Work(format!(
            "interrupted: the picture is complete up to {}",
            engineering(reached_s, "s")
        ))),
        false => Ok(()),
    };
    let interval_s = [interval_s[0], reached_s];
    let curves = chosen.curves(&elaborated, curves.finish(), levels.finish());
    let trains = chosen.trains(&elaborated, &outcome, interval_s);
    Ok((Scene { title: title(deck, point), interval_s, curves, trains }, ended))
}

fn title(deck: &Deck, point: &StepPoint) -> String {
    match label(&point.params, point.sample) {
        label if label.is_empty() => deck.title().to_owned(),
        label => format!("{}, {label}", deck.title()),
    }
}

/// What is drawn of the run's time (s).
fn interval(arguments: &PlotArguments, deck: &Elaborated) -> Result<[f64; 2], Failure> {
    if !deck.tran.runs() && arguments.until.is_none() {
        return Err(input("the deck has no .tran, and so no waveforms: add one, or give --until"));
    }
    let until_s = arguments.until.unwrap_or(deck.tran.stop_s);
    let from_s = arguments.from.unwrap_or(deck.tran.start_s);
    if from_s < until_s {
        return Ok([from_s, until_s]);
    }
    Err(input(&format!(
        "nothing lies from {} to {}, where the run ends: --from is to be before that",
        exact(from_s, "s"),
        exact(until_s, "s")
    )))
}

/// What of a circuit is drawn.
struct Chosen {
    signals: Vec<Signal>,
    nets: Vec<NetId>,
    /// Positions of elements whose spikes are drawn; nothing for all.
    spikes: Option<Vec<usize>>,
}

impl Chosen {
    fn of(deck: &Elaborated, named: bool) -> Result<Self, Failure> {
        let Some(save) = &deck.save else {
            return Self {
                signals: saved(deck),
                nets: deck.circuit.net_ids().collect(),
                spikes: None,
            }
            .few(named);
        };
        let is_spike = |variable: &DeviceVariable| *variable == DeviceVariable::Spike;
        let spikes: Vec<usize> = save
            .devices
            .iter()
            .filter(|(_, variable)| is_spike(variable))
            .map(|(element, _)| element.index())
            .collect();
        let other = save.devices.iter().find(|(_, variable)| !is_spike(variable));
        if let Some((element, _)) = other {
            let name = &deck.circuit.element(*element).name;
            tell(&format!(
                "warning: state and filament of '{name}' have no curve and are left out: memspike run -o FILE.vcd shows them\n"
            ));
        }
        if save.signals.is_empty() && save.nets.is_empty() && spikes.is_empty() {
            return Err(input(
                "nothing of what is saved can be drawn: name a v(...), i(...) or spike(...)",
            ));
        }
        Self { signals: save.signals.clone(), nets: save.nets.clone(), spikes: Some(spikes) }
            .few(named)
    }

    /// As many curves as a picture has.
    fn few(mut self, named: bool) -> Result<Self, Failure> {
        let most = drawn(self.signals.len() + self.nets.len(), named)?;
        self.signals.truncate(most);
        self.nets.truncate(most - self.signals.len());
        Ok(self)
    }

    fn curves(
        &self,
        deck: &Elaborated,
        signals: Vec<Vec<(f64, f64)>>,
        levels: Vec<Vec<(f64, f64)>>,
    ) -> Vec<Curve> {
        let circuit = &deck.circuit;
        let signals = self.signals.iter().zip(signals).map(|(signal, points)| {
            let quantity = match signal {
                Signal::Voltage(..) => Quantity::Voltage,
                Signal::Current(_) => Quantity::Current,
            };
            Curve { name: signal_name(circuit, *signal), quantity, points }
        });
        let nets = self.nets.iter().zip(levels).map(|(net, points)| {
            let name = circuit.nets()[net.index()].clone();
            Curve { name, quantity: Quantity::Level, points }
        });
        signals.chain(nets).collect()
    }

    fn trains(
        &self,
        deck: &Elaborated,
        outcome: &Outcome,
        [from_s, until_s]: [f64; 2],
    ) -> Vec<Train> {
        let elements = deck.circuit.elements();
        let is_chosen = |name: &str| match &self.spikes {
            Some(spikes) => spikes.iter().any(|element| elements[*element].name == name),
            None => true,
        };
        let chosen = outcome.spikes.iter().filter(|spikes| is_chosen(&spikes.element));
        let train = |spikes: &memspike_run::Spikes| {
            let at_s = spikes.times.iter().map(|at| at.as_s());
            let inside = at_s.filter(|at_s| (from_s..=until_s).contains(at_s));
            Train { name: spikes.element.clone(), at_s: inside.collect() }
        };
        chosen.map(train).collect()
    }
}

/// Levels of nets as curves; an unknown one is a gap.
struct Levels {
    nets: Vec<NetId>,
    curves: Vec<Thinned>,
}

impl Levels {
    fn new(nets: Vec<NetId>, interval_s: [f64; 2]) -> Self {
        let curves = vec![Thinned::new(interval_s); nets.len()];
        Self { nets, curves }
    }

    fn finish(self) -> Vec<Vec<(f64, f64)>> {
        self.curves.into_iter().map(Thinned::finish).collect()
    }
}

impl Sink for Levels {
    fn follows(&self) -> Follows {
        Follows { nets: self.nets.clone(), ..Follows::default() }
    }

    fn level(&mut self, at: Time, net: usize, level: Level) -> io::Result<()> {
        let value = match level {
            Level::Zero => 0.0,
            Level::One => 1.0,
            Level::Unknown | Level::Floating => f64::NAN,
        };
        self.curves[net].step_to(at.as_s(), value);
        Ok(())
    }

    fn end(&mut self, at: Time) -> io::Result<()> {
        self.curves.iter_mut().for_each(|curve| curve.hold_to(at.as_s()));
        Ok(())
    }
}
