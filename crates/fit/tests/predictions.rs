//! Predictions against closed forms.

use memspike_circuit::{Builder, ElementKind, NodeId, Staircase, Stimulus};
use memspike_engine::{Events, Options, Recording, Simulation};
use memspike_fit::Task;
use memspike_time::Time;

/// A device whose filament forms at once when the voltage reaches `VON`: its circuits have closed
/// forms in elementary functions.
const ABRUPT: &str = "vs = 1e-6\nt0 = 1e-9\nton_min = 1e-12\ngres = 0";

const VON: f64 = 0.25;
const VHOLD: f64 = 0.1;
const ROFF: f64 = 100e6;
const RON: f64 = 500.0;
const R: f64 = 1e6;
const C: f64 = 47e-9;

/// The prediction for one measurement, with these parameters beside those above.
fn predict(parameters: &str, measurement: &str) -> Option<f64> {
    predict_with(&format!("vform = 0\n{parameters}"), measurement)
}

/// The same with a forming voltage among the parameters.
fn predict_with(parameters: &str, measurement: &str) -> Option<f64> {
    let text = format!(
        "name = \"x\"\nmodel = \"ts_memristor\"\n[parameters]\n\
         von = {{ start = {VON}, min = 0.2, max = 0.3 }}\nvhold = {VHOLD}\n\
         roff = {ROFF}\nron = {RON}\ndissolution = \"exponential\"\n{parameters}\n\
         [[measurements]]\ntolerance = 0.1\n{measurement}\n"
    );
    let task = Task::parse("x.toml", &text).unwrap_or_else(|error| panic!("{error}"));
    task.predictions(&task.values(&task.start()))[0]
}

fn assert_near(predicted: Option<f64>, expected: f64, relative: f64) {
    let predicted = predicted.expect("a prediction");
    assert!((predicted / expected - 1.0).abs() < relative, "{predicted} for {expected}");
}

/// Time for the neuron's membrane from one voltage to another.
fn relax(device: f64, source: f64, from: f64, to: f64) -> f64 {
    let end = source * device / (R + device);
    let tau = C * R * device / (R + device);
    tau * ((from - end) / (to - end)).ln()
}

#[test]
fn a_threshold_follows_the_ramp_rate_by_the_logarithm_of_the_growth_law() {
    for (vs, t0, rate) in [(0.0234_f64, 1.668_f64, 0.05_f64), (0.03, 0.4, 5.0), (0.01, 2.0, 100.0)]
    {
        let growth = format!("vs = {vs}\nt0 = {t0}");
        let measurement = format!("kind = \"threshold\"\nvalue = 0.3\nrate = {rate}");
        let expected = VON + vs * (rate * t0 / vs).ln_1p();
        assert_near(predict(&growth, &measurement), expected, 1e-9);
    }
}

#[test]
fn a_hold_voltage_is_where_the_device_lets_go_on_the_way_back() {
    let measurement = "kind = \"hold\"\nvalue = 0.1\nrate = 0.5\npeak = 0.6";
    assert_near(predict("vs = 0.02\nt0 = 0.1", measurement), VHOLD, 1e-9);
    // A ramp that never turns it on shows no hold voltage.
    assert_eq!(predict("", &measurement.replace("0.6", "0.2")), None);
}

#[test]
fn frequency_and_energy_are_those_of_the_relaxation_oscillator() {
    for source in [0.5, 0.8, 2.0] {
        let neuron = format!("voltage = {source}\nresistance = {R}\ncapacitance = {C}");
        let (off, on) = (relax(ROFF, source, VHOLD, VON), relax(RON, source, VON, VHOLD));
        let frequency = format!("kind = \"frequency\"\nvalue = 40\n{neuron}");
        assert_near(predict(ABRUPT, &frequency), 1.0 / (off + on), 1e-6);
        // What the capacitor gave, and what came through the resistor while the device was on;
        // the off device takes under 1e-3 of it.
        let stored = 0.5 * C * (VON * VON - VHOLD * VHOLD);
        let mean = 0.5 * (VON + VHOLD);
        let supplied = mean * (source - mean) / R * on;
        let energy = format!("kind = \"energy\"\nvalue = 1e-9\n{neuron}");
        let leaked = mean * mean / ROFF * off;
        assert_near(predict(ABRUPT, &energy), stored + supplied + leaked, 1e-3);
        let ratio = format!("kind = \"peak_ratio\"\nvalue = 1\n{neuron}");
        assert_near(predict(ABRUPT, &ratio), 1.0, 1e-6);
    }
}

#[test]
fn a_neuron_that_cannot_reach_its_threshold_has_no_frequency() {
    let neuron = format!("voltage = 0.24\nresistance = {R}\ncapacitance = {C}");
    assert_eq!(predict(ABRUPT, &format!("kind = \"frequency\"\nvalue = 40\n{neuron}")), None);
}

#[test]
fn pulses_to_fire_count_those_before_and_the_part_of_the_last() {
    let (source, width, gap): (f64, f64, f64) = (2.0, 300e-6, 200e-6);
    // The membrane pulse by pulse, each a relaxation towards the source and back to zero.
    let tau = C * R * ROFF / (R + ROFF);
    let end = source * ROFF / (R + ROFF);
    let (mut v, mut pulses) = (0.0_f64, 0.0);
    let expected = loop {
        let after = end + (v - end) * (-width / tau).exp();
        if after >= VON {
            break pulses + tau * ((v - end) / (VON - end)).ln() / width;
        }
        v = after * (-gap / tau).exp();
        pulses += 1.0;
    };
    let measurement = format!(
        "kind = \"pulses\"\nvalue = 30\nvoltage = {source}\nwidth = {width}\ngap = {gap}\n\
         resistance = {R}\ncapacitance = {C}"
    );
    assert!(expected > 10.0);
    assert_near(predict(ABRUPT, &measurement), expected, 1e-6);
}

#[test]
fn a_turn_on_delay_is_the_growth_time_at_the_voltage_but_never_below_the_shortest() {
    let growth = "vs = 0.05\nt0 = 0.3\nton_min = 20e-9";
    let delay = |volt: f64| format!("kind = \"delay\"\nvalue = 1e-3\nvoltage = {volt}");
    assert_near(predict(growth, &delay(0.4)), 0.3 * (-(0.4 - VON) / 0.05_f64).exp(), 1e-9);
    assert_near(predict(growth, &delay(1.5)), 20e-9, 1e-7);
    assert_eq!(predict(growth, &delay(0.2)), None, "below von nothing grows");
}

#[test]
fn resistances_are_those_of_the_device_off_and_on() {
    let resistance =
        |kind, volt| format!("kind = \"{kind}_resistance\"\nvalue = 1e3\nvoltage = {volt}");
    assert_near(predict("", &resistance("off", 0.14)), ROFF, 1e-12);
    assert_near(predict("", &resistance("on", 0.5)), RON, 1e-12);
    // Below the hold voltage it does not stay on.
    assert_eq!(predict("", &resistance("on", 0.05)), None);
}

#[test]
fn a_filament_that_a_current_limit_formed_has_the_forming_voltage_over_it() {
    let limited = |ampere: f64| {
        format!("kind = \"on_resistance\"\nvalue = 1e3\nvoltage = 0.6\ncompliance = {ampere:e}")
    };
    // R = max(ron, vform / i), from the model's definition.
    let vform = 0.13;
    for ampere in [1e-6, 1e-5, 1e-4, 1e-2] {
        let expected = RON.max(vform / ampere);
        let predicted = predict_with(&format!("vform = {vform}"), &limited(ampere));
        assert_near(predicted, expected, 1e-5);
    }
    // Without a forming voltage the limit changes nothing, even where the device would not hold.
    assert_near(predict("", &limited(1e-6)), RON, 1e-12);
}

#[test]
fn a_staircase_reads_the_level_nearest_to_the_threshold_of_its_mean_ramp() {
    let (step, dwell) = (5e-3, 0.1);
    let kind = memspike_device::MODELS.iter().find(|kind| kind.name == "ts_memristor").unwrap();
    for (vs, t0) in [(0.0234, 1.668), (0.03, 0.4), (0.01, 2.0)] {
        let value = |p: &memspike_device::Parameter| match p.name {
            "von" => VON,
            "vs" => vs,
            "t0" => t0,
            _ => p.default,
        };
        let values: Vec<f64> = kind.parameters.iter().map(value).collect();
        let mut builder = Builder::new();
        let node = builder.node("a");
        let sweep = Staircase::new(step, dwell, vec![0.0, 1.0], 1).unwrap();
        let source = ElementKind::VoltageSource(Stimulus::Staircase(sweep));
        builder.element("v1", [node, NodeId::GROUND], source);
        let device = ElementKind::Memristor((kind.build)(&values).unwrap());
        builder.element("n1", [node, NodeId::GROUND], device);
        let circuit = builder.build().unwrap();
        let mut told = Recording::of_events(Events::Spikes);
        let options = Options { from_initial_conditions: true, seed: 0 };
        let mut go_on = |_| std::ops::ControlFlow::Continue(());
        Simulation::new(&circuit, &options)
            .unwrap()
            .run(Time::from_s(20.0), &mut [&mut told], &mut go_on)
            .unwrap();
        let level = (told.events()[0].0.as_s() / dwell).floor() * step;

        let measurement =
            format!("kind = \"threshold\"\nvalue = 0.3\nstep = {step}\ndwell = {dwell}");
        let ramp = predict(&format!("vs = {vs}\nt0 = {t0}"), &measurement).unwrap();
        assert!((level - ramp).abs() < 0.51 * step, "{level} {ramp}");
    }
}
