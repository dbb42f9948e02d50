//! Source functions, as ngspice's manual defines them, and the points of `.step`.

use memspike_circuit::{ElementKind, Pulse, Sine, Stimulus};
use memspike_netlist::{Deck, StepPoint};

fn deck(cards: &str) -> Deck {
    let text = format!("title\n{cards}\nRload a 0 1k\n.tran 2\n");
    Deck::parse("deck.cir", &text).unwrap_or_else(|r| panic!("{}", r.render(false)))
}

fn stimulus_at(deck: &Deck, point: &StepPoint) -> Stimulus {
    let found = deck.elaborate(point, 0).unwrap_or_else(|r| panic!("{}", r.render(false)));
    let sources = found.circuit.elements().iter().filter_map(|element| match &element.kind {
        ElementKind::VoltageSource(stimulus) | ElementKind::CurrentSource(stimulus) => {
            Some(stimulus.clone())
        }
        _ => None,
    });
    sources.collect::<Vec<_>>().pop().expect("a source")
}

fn source(text: &str) -> Stimulus {
    let deck = deck(&format!("V1 a 0 {text}"));
    stimulus_at(&deck, &deck.steps().unwrap()[0])
}

#[test]
fn a_constant_is_said_in_every_form() {
    for text in [
        "0.5",
        "DC 0.5",
        "dc=0.5",
        "{1/2}",
        "DC '1/2'",
        "0.5V",
        "DC 0.5 AC 1 90",
        "AC 1 DC 0.5",
        "dc=0.5 ac=1",
    ] {
        assert_eq!(source(text), Stimulus::Dc(0.5), "{text}");
    }
}

#[test]
fn a_function_of_time_outweighs_the_constant() {
    let function = source("PWL(0 0 1 1)");
    assert_eq!(source("DC 3 PWL(0 0 1 1)"), function);
    assert_eq!(source("PWL(0 0 1 1) DC 3"), function);
}

#[test]
fn a_pulse_takes_its_values_in_order() {
    let expected = Stimulus::Pulse(Pulse {
        low: 0.1,
        high: 2.0,
        delay_s: 1e-3,
        rise_s: 1e-6,
        fall_s: 2e-6,
        width_s: 200e-6,
        period_s: 1e-3,
        count: Some(5),
    });
    assert_eq!(source("PULSE(0.1 2 1m 1u 2u 200u 1m 5)"), expected);
    assert_eq!(source("pulse 0.1 2 1m 1u 2u 200u 1m 5"), expected);
    assert_eq!(source("PULSE ( 0.1, 2, 1m, {1u}, 2u, 200u, 1m, 5 )"), expected);
}

#[test]
fn a_sweep_goes_from_corner_to_corner_in_steps() {
    let Stimulus::Staircase(sweep) = source("SWEEP(5m 0.1 0 12m -0.3m) repeat=2") else { panic!() };
    let once = [0.0, 5e-3, 10e-3, 12e-3, 7e-3, 2e-3, -0.3e-3];
    assert_eq!(sweep.levels(), 14);
    for number in 0..14 {
        let (level, truth) = (sweep.level(number), once[number as usize % 7]);
        assert!((level - truth).abs() < 1e-17, "level {number}: {level}");
        assert_eq!(sweep.start_s(number), number as f64 * 0.1);
    }
    assert_eq!(sweep.level(1000), -0.3e-3);
}

#[test]
fn what_a_pulse_leaves_out_is_zero_or_the_rest_of_the_run() {
    let Stimulus::Pulse(pulse) = source("PULSE(0 1)") else { panic!() };
    assert_eq!((pulse.delay_s, pulse.rise_s, pulse.fall_s), (0.0, 0.0, 0.0));
    // The run lasts 2 s: the pulse does not end in it, and does not come again.
    assert!(pulse.width_s >= 2.0 && pulse.period_s.is_infinite());
    assert_eq!(pulse.count, Some(1));
    let Stimulus::Pulse(train) = source("PULSE(0 1 0 0 0 1m 2m)") else { panic!() };
    assert_eq!((train.width_s, train.period_s, train.count), (1e-3, 2e-3, None));
    let Stimulus::Pulse(endless) = source("PULSE(0 1 0 0 0 1m 2m 0)") else { panic!() };
    assert_eq!(endless.count, None);
    // ngspice 39 holds the pulsed value where the width is zero, until the next rise.
    let Stimulus::Pulse(full) = source("PULSE(0 1 0 1u 1u 0 10u)") else { panic!() };
    assert_eq!(full.width_s, 2.0);
    let value = |us: u64| {
        let segment = Stimulus::Pulse(full).segment(us * 1_000_000_000);
        segment.form.eval((us * 1_000_000_000 - segment.start_fs) as f64 * 1e-15)
    };
    assert_eq!([1, 5, 9, 10, 11, 19].map(value), [1.0, 1.0, 1.0, 0.0, 1.0, 1.0]);
}

#[test]
fn a_pulse_that_fills_its_period_to_a_rounding_is_accepted() {
    // 0.1 + 0.2 is more than 0.3 in binary.
    let Stimulus::Pulse(pulse) = source("PULSE(0 1 0 0.1 0 0.2 0.3)") else { panic!() };
    assert!(pulse.rise_s + pulse.width_s + pulse.fall_s <= pulse.period_s);
}

#[test]
fn a_sine_takes_degrees_and_the_run_as_its_period() {
    let expected = Sine {
        offset: 1.0,
        amplitude: 2.0,
        frequency_hz: 50.0,
        delay_s: 1e-3,
        damping_per_s: 3.0,
        phase_rad: std::f64::consts::FRAC_PI_2,
    };
    assert_eq!(source("SIN(1 2 50 1m 3 90)"), Stimulus::Sine(expected));
    // The manual: FREQ defaults to 1/TSTOP; the run lasts 2 s.
    let Stimulus::Sine(sine) = source("SIN(0 1)") else { panic!() };
    assert_eq!(sine.frequency_hz, 0.5);
}

#[test]
fn a_pwl_keeps_its_points_and_jumps() {
    let points = |text| match source(text) {
        Stimulus::Pwl(points) => points,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        points("PWL(0 0 1m 1 1m 2 3m 0)"),
        [(0.0, 0.0), (1e-3, 1.0), (1e-3, 2.0), (3e-3, 0.0)]
    );
    assert_eq!(points("PWL 0 0, 1m 1"), [(0.0, 0.0), (1e-3, 1.0)]);
    assert_eq!(points("PWL(1 0 1 5 1 2)"), [(1.0, 0.0), (1.0, 2.0)], "the middle is never seen");
}

#[test]
fn a_line_is_delayed_and_cut_where_the_run_begins() {
    let points = |text| match source(text) {
        Stimulus::Pwl(points) => points,
        other => panic!("{other:?}"),
    };
    assert_eq!(points("PWL(0 1 1 3) td=0.5"), [(0.5, 1.0), (1.5, 3.0)]);
    // At 0.25 of the way from 1 to 3.
    assert_eq!(points("PWL(0 1 1 3 td=-0.25)"), [(0.0, 1.5), (0.75, 3.0)]);
    assert_eq!(points("PWL(0 1 1 3) td=-5"), [(0.0, 3.0)]);
    assert_eq!(points("PWL(0 1 1 3) r=-1"), [(0.0, 1.0), (1.0, 3.0)]);
}

#[test]
fn points_of_a_file_are_those_of_the_card() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("points.csv"), "* s, V\n0,0\n1m,1\n3m,-0.5\n").unwrap();
    let path = folder.path().join("deck.cir");
    for form in ["PWL(file=\"points.csv\")", "PWL file=points.csv", "PWL FILE \"points.csv\""] {
        let text = format!("title\nV1 a 0 {form}\nRload a 0 1k\n.tran 2\n");
        let deck = Deck::parse(path.to_str().unwrap(), &text);
        let deck = deck.unwrap_or_else(|r| panic!("{}", r.render(false)));
        let stimulus = stimulus_at(&deck, &deck.steps().unwrap()[0]);
        assert_eq!(stimulus, source("PWL(0 0 1m 1 3m -0.5)"), "{form}");
        assert!(deck.files().iter().any(|file| file.ends_with("points.csv")));
    }
}

fn values(step: &str) -> Vec<f64> {
    let deck = deck(&format!(".param p=1\n{step}\nV1 a 0 {{p}}"));
    let points = deck.steps().unwrap_or_else(|r| panic!("{}", r.render(false)));
    // What a point says is what the circuit gets.
    for point in &points {
        assert_eq!(stimulus_at(&deck, point), Stimulus::Dc(point.params[0].1));
    }
    points.iter().map(|point| point.params[0].1).collect()
}

fn assert_near(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= 1e-12 * expected.abs(), "{found} is not {expected}");
    }
}

#[test]
fn a_linear_step_includes_its_stop_if_it_meets_it() {
    assert_near(&values(".step param p 1 2 0.25"), &[1.0, 1.25, 1.5, 1.75, 2.0]);
    assert_near(&values(".step lin param p 1 2 0.3"), &[1.0, 1.3, 1.6, 1.9]);
    assert_near(&values(".step param p 2 1 -0.5"), &[2.0, 1.5, 1.0]);
    assert_near(&values(".step param p 3 3 1"), &[3.0]);
    // 0.1 is no binary number: the tenth increment must not be lost.
    assert_eq!(values(".step param p 1 2 0.1").len(), 11);
    assert_eq!(values(".step param p 1 2 0.1")[10], 2.0);
}

#[test]
fn decades_octaves_and_lists_are_stepped() {
    let decade = 10f64.powf(0.5);
    assert_near(&values(".step dec param p 1 100 2"), &[1.0, decade, 10.0, 10.0 * decade, 100.0]);
    assert_near(&values(".step oct param p 1 8 1"), &[1.0, 2.0, 4.0, 8.0]);
    assert_near(&values(".step param p list 0.5 2 {1+0} 7m"), &[0.5, 2.0, 1.0, 7e-3]);
}

#[test]
fn steps_nest_with_the_first_line_innermost() {
    let deck =
        deck(".param p=1 q=1\n.step param p list 1 2 3\n.step param q list 10 20\nV1 a 0 {p*q}");
    let points = deck.steps().unwrap();
    let found: Vec<(f64, f64)> = points.iter().map(|p| (p.params[0].1, p.params[1].1)).collect();
    let expected = [(1.0, 10.0), (2.0, 10.0), (3.0, 10.0), (1.0, 20.0), (2.0, 20.0), (3.0, 20.0)];
    assert_eq!(found, expected);
    assert_eq!((points[0].params[0].0.as_str(), points[0].params[1].0.as_str()), ("p", "q"));
    assert_eq!(stimulus_at(&deck, &points[5]), Stimulus::Dc(60.0));
}

#[test]
fn a_source_is_stepped_by_its_name() {
    let deck = deck("V1 a 0 DC 7\n.step V1 0.5 2 0.5");
    let points = deck.steps().unwrap();
    let found: Vec<Stimulus> = points.iter().map(|point| stimulus_at(&deck, point)).collect();
    assert_eq!(found, [0.5, 1.0, 1.5, 2.0].map(Stimulus::Dc));
    assert_eq!(points[0].params[0].0, "v1");
}

#[test]
fn a_deck_without_steps_has_one_point() {
    assert_eq!(deck("V1 a 0 1").steps().unwrap(), [StepPoint::default()]);
}
