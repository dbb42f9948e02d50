//! Measurements of what happens at time zero, through the engine.

mod common;

use std::ops::ControlFlow;

use common::voltage;
use memspike_circuit::{
    Builder, Circuit, Crossing, Edge, ElementKind, Level, Measure, MeasureKind, NodeId, Occurrence,
    Point, Pulse, Stimulus,
};
use memspike_engine::{Options, Simulation};
use memspike_time::Time;
use memspike_trace::MeasureSink;

/// The engine's answer to one measurement of the source of a resistor, with or without `uic`.
fn of_source(stimulus: Stimulus, kind: impl Fn(&Circuit) -> MeasureKind, uic: bool) -> Option<f64> {
    let mut builder = Builder::new();
    let nodes = [builder.node("in"), NodeId::GROUND];
    builder.element("v1", nodes, ElementKind::VoltageSource(stimulus));
    builder.element("r1", nodes, ElementKind::Resistor { ohm: 1.0 });
    let circuit = builder.build().expect("a sound circuit");
    let measure = Measure { name: "m".to_owned(), kind: kind(&circuit) };
    let mut sink = MeasureSink::new(&circuit, &[measure]);
    let options = Options { from_initial_conditions: uic, seed: 0 };
    let mut simulation = Simulation::new(&circuit, &options).expect("a start");
    let mut watch = |_| ControlFlow::Continue(());
    simulation.run(Time::from_s(1.0), &mut [&mut sink], &mut watch).expect("a run");
    sink.results().remove(0).1.ok()
}

#[test]
fn a_jump_at_zero_is_an_edge_seen_from_the_value_before_it() {
    let square = |low: f64, high: f64| {
        let (delay_s, rise_s, fall_s, width_s, period_s) = (0.0, 0.0, 0.0, 0.1, 0.25);
        let count = None;
        Stimulus::Pulse(Pulse { low, high, delay_s, rise_s, fall_s, width_s, period_s, count })
    };
    let when = |value: f64, edge: Edge, number: u32| {
        move |circuit: &Circuit| {
            MeasureKind::When(Crossing {
                signal: voltage(circuit, "in"),
                level: Level::Value(value),
                edge,
                occurrence: Occurrence::Nth(number),
                after_s: 0.0,
                before_s: None,
            })
        }
    };
    for uic in [false, true] {
        // Across the level, onto it, and downwards; the next one a whole period later.
        for (low, high, level, edge) in [
            (0.0, 1.0, 0.5, Edge::Rise),
            (0.0, 1.0, 1.0, Edge::Rise),
            (1.0, 0.0, 0.5, Edge::Fall),
            (1.0, -1.0, 0.0, Edge::Cross),
        ] {
            let found = |number| of_source(square(low, high), when(level, edge, number), uic);
            assert_eq!(found(1), Some(0.0), "{low} {high} {level}");
            let next = if edge == Edge::Cross { 0.1 } else { 0.25 };
            assert!((found(2).expect("another") - next).abs() < 1e-15);
        }
        // What starts on the level, or leaves it, has not come to it.
        let on = Stimulus::Dc(1.0);
        assert_eq!(of_source(on, when(1.0, Edge::Cross, 1), uic), None);
        let leaves = of_source(square(0.0, 1.0), when(0.0, Edge::Rise, 1), uic);
        assert_eq!(leaves, None);
        let steps = Stimulus::Pwl(vec![(0.0, 1.0), (0.5, 1.0), (0.5, 0.0)]);
        assert_eq!(of_source(steps, when(1.0, Edge::Rise, 1), uic), None);
        // Trigger and target: a pulse's own width.
        let width = |circuit: &Circuit| {
            let point = |edge| {
                Point::Crossing(Crossing {
                    signal: voltage(circuit, "in"),
                    level: Level::Value(0.5),
                    edge,
                    occurrence: Occurrence::Nth(1),
                    after_s: 0.0,
                    before_s: None,
                })
            };
            MeasureKind::Delay { trigger: point(Edge::Rise), target: point(Edge::Fall) }
        };
        let found = of_source(square(0.0, 1.0), width, uic).expect("both edges");
        assert!((found - 0.1).abs() < 1e-15, "{found}");
    }
}
