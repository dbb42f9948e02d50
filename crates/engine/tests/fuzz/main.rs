//! Random circuits against an independent solver, and against themselves.

mod oracle;
mod pace;
mod recipe;

use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;

use memspike_circuit::{Builder, Circuit, NodeId, Signal};
use memspike_engine::{DeviceEvent, EngineError, Events, Follows, Options, Simulation, Sink};
use memspike_time::Time;
use memspike_waveform::Waveform;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};

use recipe::{Recipe, recipe};

const UNTIL: f64 = 4.0;

/// Events of one circuit that are compared with the truth.
const COMPARED_EVENTS: usize = 100;

/// Agreement that the oracle's step allows (s and V).
const TOLERANCE: f64 = 1e-5;

#[derive(Default)]
struct Record {
    signals: Vec<Signal>,
    names: Vec<String>,
    forms: Vec<Vec<(Time, Waveform)>>,
    /// Changes between conducting and not, by name, and how many there are.
    events: BTreeMap<String, Vec<Time>>,
    count: usize,
}

/// A circuit whose devices switch more often is too much to compare.
const MOST_EVENTS: usize = 20_000;

impl Sink for Record {
    fn follows(&self) -> Follows {
        Follows { waveforms: self.signals.clone(), events: Events::Phases, ..Follows::default() }
    }

    fn waveform(&mut self, at: Time, signal: usize, form: &Waveform) -> io::Result<()> {
        self.forms[signal].push((at, form.clone()));
        Ok(())
    }

    fn event(&mut self, at: Time, event: DeviceEvent) -> io::Result<()> {
        if event.from.is_on() != event.to.is_on() {
            let name = self.names[event.element.index()].clone();
            self.events.entry(name).or_default().push(at);
            self.count += 1;
            if self.count > MOST_EVENTS {
                return Err(io::Error::other("switches too often to compare"));
            }
        }
        Ok(())
    }
}

impl Record {
    fn of(circuit: &Circuit, nodes: &[String]) -> Self {
        let ground = NodeId::GROUND;
        let node = |name: &String| circuit.find_node(name).expect("a node");
        Self {
            signals: nodes.iter().map(|n| Signal::Voltage(node(n), ground)).collect(),
            names: circuit.elements().iter().map(|e| e.name.clone()).collect(),
            forms: vec![Vec::new(); nodes.len()],
            events: BTreeMap::new(),
            count: 0,
        }
    }

    fn at(&self, signal: usize, t: f64) -> f64 {
        let t = Time::from_s(t);
        let (start, form) = self.forms[signal].iter().rev().find(|(s, _)| *s <= t).expect("a form");
        form.eval(t.since(*start))
    }
}

fn run(
    circuit: &Circuit,
    recipe: &Recipe,
    nodes: &[String],
    stops: &[f64],
) -> Result<Record, EngineError> {
    let options = Options { from_initial_conditions: recipe.uic, seed: 3 };
    let mut record = Record::of(circuit, nodes);
    let mut simulation = Simulation::new(circuit, &options)?;
    for stop in stops.iter().chain(&[UNTIL]) {
        let mut watch = |_| ControlFlow::Continue(());
        simulation.run(Time::from_s(*stop), &mut [&mut record], &mut watch)?;
    }
    Ok(record)
}

/// The same circuits each time, unless the environment asks for others.
fn runner(cases: u32, seed: u64) -> TestRunner {
    let asked = |name| std::env::var(name).ok().and_then(|n| n.parse().ok());
    let cases = asked("FUZZ_CASES").map_or(cases, |n| n as u32);
    let seed = asked("FUZZ_SEED").unwrap_or(seed);
    TestRunner::new(Config {
        cases,
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        max_global_rejects: 1_000_000,
        max_shrink_time: 60_000,
        ..Config::default()
    })
}

#[test]
fn random_circuits_agree_with_an_implicit_integrator() {
    let samples = prop::collection::vec(0.01..UNTIL, 5);
    let compared = std::cell::Cell::new(0_u32);
    let tied = std::cell::Cell::new(0_u32);
    let events = std::cell::Cell::new(0_usize);
    let worst = std::cell::Cell::new((0.0_f64, 0.0_f64));
    let result = runner(500, 1).run(&(recipe(), samples), |(recipe, mut at)| {
        at.sort_by(f64::total_cmp);
        let (elements, count) = recipe.elements();
        let Ok(circuit) = recipe.circuit(&elements, "") else {
            return Err(TestCaseError::reject("refused"));
        };
        let nodes: Vec<String> = (1..count).map(|n| format!("n{n}")).collect();
        let Some(truth) = oracle::solve(&recipe, UNTIL, &at) else {
            return Err(TestCaseError::reject("no truth"));
        };
        let found = match run(&circuit, &recipe, &nodes, &[]) {
            Ok(found) => found,
            Err(error) => return Err(TestCaseError::fail(format!("{error}"))),
        };
        let mut all: Vec<f64> = truth.events.values().flatten().copied().collect();
        all.sort_by(f64::total_cmp);
        // Some circuits are chaotic: in the end any two solvers part.
        let horizon = all.get(COMPARED_EVENTS).map_or(UNTIL, |t| t.min(UNTIL));
        let close = |t: f64| t < horizon - 1e-4;
        for e in &elements {
            let none = Vec::new();
            let truth = truth.events.get(&e.name).unwrap_or(&none);
            let found = found.events.get(&e.name).map(|ts| ts.iter().map(|t| t.as_s()).collect());
            let found: Vec<f64> = found.unwrap_or_default();
            for k in 0..truth.len().max(found.len()) {
                match (truth.get(k), found.get(k)) {
                    (Some(a), Some(_)) if !close(*a) => {}
                    (Some(a), Some(b)) => {
                        worst.set((worst.get().0.max((a - b).abs()), worst.get().1));
                        prop_assert!((a - b).abs() < TOLERANCE, "{} {k}: {b} for {a}", e.name);
                    }
                    (Some(a), None) => prop_assert!(!close(*a), "{} {k}: missed {a}", e.name),
                    (None, Some(b)) => prop_assert!(!close(*b), "{} {k}: invented {b}", e.name),
                    (None, None) => {}
                }
            }
        }
        for (t, z) in at.iter().zip(&truth.samples) {
            let apart = |corner: &f64| (corner - t).abs() > 1e-4;
            if !close(*t) || !all.iter().chain(&truth.corners).all(apart) {
                continue;
            }
            for (k, v) in z.iter().enumerate() {
                let error = (found.at(k, *t) - v).abs();
                worst.set((worst.get().0, worst.get().1.max(error)));
                prop_assert!(error < TOLERANCE, "n{} at {t}: {} for {v}", k + 1, found.at(k, *t));
            }
        }
        compared.set(compared.get() + 1);
        tied.set(tied.get() + u32::from(recipe::ties_held_nodes(&elements, count)));
        events.set(events.get() + all.len());
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    let seen = format!(
        "{} circuits, {} with capacitors between held nodes, {} events, worst {:?}",
        compared.get(),
        tied.get(),
        events.get(),
        worst.get()
    );
    assert!(compared.get() < 500 || tied.get() >= 50, "capacitors from source to source: {seen}");
    assert!(compared.get() >= 10 && events.get() >= 10, "too little to compare: {seen}");
    assert!(events.get() > 0);
}

/// The same circuit, told in another order, cut into two runs, followed by nobody, beside a
/// stranger: not one bit of an event may change.
#[test]
fn what_must_not_matter_does_not_change_a_bit() {
    let splits = prop::collection::vec(0.0..UNTIL, 0..4);
    let order = prop::collection::vec(any::<u32>(), 40);
    let strategy = (recipe(), recipe(), splits, order, any::<bool>());
    let compared = std::cell::Cell::new(0_usize);
    let result = runner(500, 7).run(&strategy, |(recipe, stranger, mut splits, order, first)| {
        let (elements, count) = recipe.elements();
        let Ok(circuit) = recipe.circuit(&elements, "") else {
            return Err(TestCaseError::reject("refused"));
        };
        let nodes: Vec<String> = (1..count).map(|n| format!("n{n}")).collect();
        let plain = run(&circuit, &recipe, &[], &[]);
        let plain = match plain {
            Ok(plain) => plain.events,
            Err(_) => return Err(TestCaseError::reject("no run")),
        };
        compared.set(compared.get() + plain.values().map(Vec::len).sum::<usize>());

        splits.sort_by(f64::total_cmp);
        let probed = run(&circuit, &recipe, &nodes, &[]).expect("the same run");
        prop_assert_eq!(&plain, &probed.events, "probes");
        let cut = run(&circuit, &recipe, &nodes, &splits).expect("the same run");
        prop_assert_eq!(&plain, &cut.events, "cut");
        prop_assert_eq!(&probed.forms, &cut.forms, "cut");

        let mut shuffled: Vec<_> = elements.iter().cloned().zip(order.iter().cycle()).collect();
        shuffled.sort_by_key(|(_, key)| **key);
        let shuffled: Vec<_> = shuffled.into_iter().map(|(e, _)| e).collect();
        let circuit = recipe.circuit(&shuffled, "").expect("the same circuit");
        let other = run(&circuit, &recipe, &nodes, &[]).expect("the same run");
        prop_assert_eq!(&plain, &other.events, "order");
        prop_assert_eq!(&probed.forms, &other.forms, "order");

        // Names before all others, or after them.
        let prefix = if first { "_" } else { "~" };
        let mut builder = Builder::new();
        let strange = Recipe { uic: recipe.uic, ..stranger };
        strange.add_to(&mut builder, &strange.elements().0, prefix);
        recipe.add_to(&mut builder, &elements, "");
        let Ok(circuit) = builder.build() else { return Ok(()) };
        let Ok(mut beside) = run(&circuit, &recipe, &nodes, &[]) else { return Ok(()) };
        beside.events.retain(|name, _| !name.starts_with(prefix));
        prop_assert_eq!(&plain, &beside.events, "stranger");
        prop_assert_eq!(&probed.forms, &beside.forms, "stranger");

        // A copy of itself does all that it does.
        let mut builder = Builder::new();
        recipe.add_to(&mut builder, &elements, "x1.");
        recipe.add_to(&mut builder, &elements, "x2.");
        let twins = builder.build().expect("twice the same");
        let twins = run(&twins, &recipe, &[], &[]).expect("twice the same").events;
        for copy in ["x1.", "x2."] {
            let copied = plain.iter().map(|(name, times)| (format!("{copy}{name}"), times.clone()));
            let copied: BTreeMap<_, _> = copied.collect();
            let found: BTreeMap<_, _> =
                twins.clone().into_iter().filter(|(name, _)| name.starts_with(copy)).collect();
            prop_assert_eq!(copied, found, "twins");
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    assert!(compared.get() >= 10, "too little to compare: {} events", compared.get());
}
