//! However far islands run ahead, and wherever a run is split: one story.

use std::io;
use std::ops::ControlFlow;

use memspike_circuit::{
    Builder, Circuit, ElementId, ElementKind, NodeId, Retrigger, Signal, SpikeDriver, Stimulus,
};
use memspike_device::Phase;
use memspike_engine::{
    Counters, DeviceEvent, EngineError, Events, Follows, Options, Simulation, Sink,
};
use memspike_scheduler::Pace;
use memspike_time::Time;
use memspike_waveform::Waveform;
use proptest::prelude::*;

use crate::recipe::{Kind, Recipe, recipe};
use crate::{UNTIL, runner};

/// What a sink is told, in the order in which it is told.
#[derive(Debug, Clone, PartialEq)]
enum Told {
    Form(Time, usize, Waveform),
    Device(Time, DeviceEvent),
}

#[derive(Default)]
struct Story {
    signals: Vec<Signal>,
    start: Vec<(ElementId, Phase)>,
    told: Vec<Told>,
}

impl Sink for Story {
    fn follows(&self) -> Follows {
        Follows { waveforms: self.signals.clone(), events: Events::Phases, ..Follows::default() }
    }

    fn begin(&mut self, _: &Circuit, _: Time, phases: &[(ElementId, Phase)]) -> io::Result<()> {
        self.start = phases.to_vec();
        Ok(())
    }

    fn waveform(&mut self, at: Time, signal: usize, form: &Waveform) -> io::Result<()> {
        self.told.push(Told::Form(at, signal, form.clone()));
        Ok(())
    }

    fn event(&mut self, at: Time, event: DeviceEvent) -> io::Result<()> {
        self.told.push(Told::Device(at, event));
        Ok(())
    }
}

impl Story {
    fn devices(&self) -> Vec<Told> {
        let devices = self.told.iter().filter(|told| matches!(told, Told::Device(..)));
        devices.cloned().collect()
    }
}

/// One run: its story, and how it ended.
struct Run {
    story: Story,
    counters: Counters,
    failure: Option<String>,
}

impl Run {
    /// What was scheduled happened, was taken back or waits; each change of phase was told once.
    fn balances(&self) -> Result<(), TestCaseError> {
        let c = self.counters;
        if self.failure.is_none() {
            prop_assert_eq!(c.scheduled, c.fired + c.cancelled + c.pending);
            prop_assert_eq!(c.phase_changes, self.story.devices().len() as u64);
        }
        Ok(())
    }
}

fn run(circuit: &Circuit, uic: bool, signals: &[Signal], pace: Pace, stops: &[f64]) -> Option<Run> {
    let options = Options { from_initial_conditions: uic, seed: 5 };
    let mut simulation = Simulation::new(circuit, &options).ok()?.at_pace(pace);
    let mut story = Story { signals: signals.to_vec(), ..Story::default() };
    let mut failure: Option<EngineError> = None;
    for stop in stops.iter().chain(&[UNTIL]) {
        let mut watch = |_| ControlFlow::Continue(());
        let ended = simulation.run(Time::from_s(*stop), &mut [&mut story], &mut watch);
        failure = ended.err();
        if failure.is_some() {
            break;
        }
    }
    let failure = failure.map(|error| error.to_string());
    Some(Run { story, counters: simulation.counters(), failure })
}

/// Several recipes side by side, with a driver that follows the first memristor of each if asked.
fn side_by_side(recipes: &[Recipe], uic: bool, drivers: bool) -> Option<Circuit> {
    let mut builder = Builder::new();
    for (number, recipe) in recipes.iter().enumerate() {
        let prefix = format!("x{number}.");
        let recipe = Recipe { uic, ..recipe.clone() };
        let (elements, _) = recipe.elements();
        recipe.add_to(&mut builder, &elements, &prefix);
        let spikes = |kind: &Kind| matches!(kind, Kind::Memristor | Kind::Switch { .. });
        let Some(device) = elements.iter().find(|e| spikes(&e.kind)).filter(|_| drivers) else {
            continue;
        };
        let node = [builder.node(&format!("{prefix}d")), NodeId::GROUND];
        let into = [node[0], builder.node(&format!("x{}.n2", (number + 1) % recipes.len()))];
        let driver = SpikeDriver {
            devices: vec![builder.device(&format!("{prefix}{}", device.name))],
            high: 0.8,
            low: -0.1,
            width_s: 0.05,
            delay_s: if number % 3 == 0 { 0.0 } else { 0.02 * number as f64 },
            retrigger: if number % 2 == 0 { Retrigger::Deaf } else { Retrigger::Lengthens },
        };
        let source = ElementKind::VoltageSource(Stimulus::Spikes(driver));
        builder.element(&format!("{prefix}vd"), node, source);
        builder.element(&format!("{prefix}rd"), into, ElementKind::Resistor { ohm: 2.0 });
    }
    builder.build().ok()
}

/// Windows and limits from nothing to everything.
fn pace() -> impl Strategy<Value = Pace> {
    let window = || prop_oneof![Just(1e-15), (-12.0..1.0_f64).prop_map(|p| 10_f64.powf(p))];
    let records = prop_oneof![3 => 1..4_usize, 2 => 4..40_usize, 1 => Just(1 << 18)];
    (window(), window(), records).prop_map(|(a, b, records)| Pace {
        first_window_s: a,
        longest_window_s: a.max(b),
        records: Some(records),
        ..Pace::default()
    })
}

#[test]
fn a_run_equals_itself_under_any_window_any_limit_and_split_anywhere() {
    let recipes = prop::collection::vec(recipe(), 1..5);
    let splits = prop::collection::vec(0.0..UNTIL, 0..6);
    let strategy = (recipes, any::<bool>(), prop::bool::weighted(0.2), pace(), pace(), splits);
    let (events, broken) = (std::cell::Cell::new(0_usize), std::cell::Cell::new(0_usize));
    let result = runner(250, 11).run(&strategy, |(recipes, uic, drivers, one, two, mut splits)| {
        let Some(circuit) = side_by_side(&recipes, uic, drivers) else {
            return Err(TestCaseError::reject("refused"));
        };
        let Some(plain) = run(&circuit, uic, &[], Pace::default(), &[]) else {
            return Err(TestCaseError::reject("no start"));
        };
        events.set(events.get() + plain.story.told.len());
        broken.set(broken.get() + usize::from(plain.failure.is_some()));
        plain.balances()?;

        let ground = NodeId::GROUND;
        let node = |name: &str| circuit.find_node(name).expect("a node");
        let apart = Signal::Voltage(node("x0.n1"), ground);
        let inner = Signal::Voltage(node("x0.n2"), ground);
        let probed = run(&circuit, uic, &[apart, inner], Pace::default(), &[]).expect("as before");
        prop_assert_eq!(&plain.story.told, &probed.story.devices(), "probes");
        let last = node(&format!("x{}.n2", recipes.len() - 1));
        let joint = Signal::Voltage(node("x0.n2"), last);
        let in_step = run(&circuit, uic, &[joint], Pace::default(), &[]).expect("as before");
        prop_assert_eq!(&plain.story.told, &in_step.story.devices(), "in step");
        in_step.balances()?;

        splits.sort_by(f64::total_cmp);
        for (pace, splits) in [(one, &[][..]), (two, &splits[..])] {
            for (signals, truth) in [(&[][..], &plain), (&[apart, inner][..], &probed)] {
                let other = run(&circuit, uic, signals, pace, splits).expect("as before");
                prop_assert_eq!(&truth.story.start, &other.story.start);
                prop_assert_eq!(&truth.story.told, &other.story.told, "{:?} {:?}", pace, splits);
                prop_assert_eq!(&truth.failure, &other.failure);
                other.balances()?;
                if truth.failure.is_none() {
                    prop_assert_eq!(truth.counters, other.counters);
                }
            }
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    assert!(events.get() > 1000, "too little to compare: {} events", events.get());
    assert!(broken.get() > 0, "no run that ends with an error was among them");
}

/// A run up to what is printed for an event has this event in it, and goes on as if it had never stopped.
#[test]
fn a_run_that_ends_at_the_decimal_printed_for_an_event_includes_it() {
    let strategy = (prop::collection::vec(recipe(), 1..3), any::<bool>(), any::<u64>());
    let compared = std::cell::Cell::new(0_usize);
    let result = runner(250, 13).run(&strategy, |(recipes, uic, pick)| {
        let Some(circuit) = side_by_side(&recipes, uic, false) else {
            return Err(TestCaseError::reject("refused"));
        };
        let plain = run(&circuit, uic, &[], Pace::default(), &[]);
        let Some(plain) = plain.filter(|plain| plain.failure.is_none()) else {
            return Err(TestCaseError::reject("no run"));
        };
        let when = |told: &Told| match told {
            Told::Form(at, ..) | Told::Device(at, _) => *at,
        };
        let told = &plain.story.told;
        let Some(chosen) = told.get(pick as usize % told.len().max(1)) else { return Ok(()) };
        let printed: f64 = format!("{}", when(chosen).as_s()).parse().expect("a decimal");

        for end in [when(chosen), Time::last_read_as(printed)] {
            let options = Options { from_initial_conditions: uic, seed: 5 };
            let mut simulation = Simulation::new(&circuit, &options).expect("as before");
            let mut story = Story::default();
            let mut go_on = |_| ControlFlow::Continue(());
            simulation.run(end, &mut [&mut story], &mut go_on).expect("as before");
            prop_assert!(story.told.contains(chosen), "{printed:e} loses {chosen:?}");
            prop_assert_eq!(story.told.len(), told.iter().filter(|t| when(t) <= end).count());
            simulation.run(Time::from_s(UNTIL), &mut [&mut story], &mut go_on).expect("as before");
            prop_assert_eq!(&story.told, told);
        }
        compared.set(compared.get() + 1);
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    assert!(compared.get() >= 100, "{} runs", compared.get());
}
