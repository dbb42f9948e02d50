//! Training: gradients, and what results must not depend on.

mod common;
mod differences;
mod trained;

use std::ops::ControlFlow;

use common::{digits, zno};
use differences::hold_against_differences;
use memspike_snn::{
    CLASSES, Dataset, Encoding, Lif, PIXELS, Parameters, Part, PointNetwork, Synapses, Weights,
    ideal_neuron,
    training::{
        ByAnswer, Loss, Options, Pass, Preset, ResumeError, Seen, Shown, Spiking, Stage, State,
        Surrogate, Trainer, Unrolled, Volts,
    },
};
use trained::to_the_end;

/// Numbers in `[0, 1)` that look random: multiples of the golden ratio.
fn spread(n: usize) -> f64 {
    (n as f64 * 0.618_033_988_749_894_9).fract()
}

fn parts() -> (Parameters, Encoding, Lif) {
    let parameters = Parameters::default();
    let encoding = Encoding::new(&parameters, &zno());
    let lif = ideal_neuron(&parameters, &zno()).unwrap();
    (parameters, encoding, lif)
}

/// The paper's layer.
fn stage(lif: Lif) -> Stage {
    let parameters = Parameters::default();
    Stage {
        inputs: PIXELS,
        neurons: CLASSES,
        lif,
        volts_per_weight: parameters.volts_per_siemens() * parameters.weight_siemens,
        deaf_s: parameters.pulse_s,
        recurrent: false,
    }
}

fn unrolled(encoding: &Encoding, lif: Lif) -> Unrolled {
    Unrolled::new(encoding, vec![stage(lif)], 0.1)
}

fn trainer<'d>(options: &Options, network: Unrolled, data: &'d Dataset) -> Trainer<'d> {
    Trainer::new(options, network, None, data)
}

#[test]
fn gradients_are_those_of_finite_differences() {
    let (_, encoding, lif) = parts();
    let image: Vec<u8> =
        (0..PIXELS).map(|k| if k % 4 == 0 { (256.0 * spread(k)) as u8 } else { 0 }).collect();
    let volts: Vec<f64> = (0..PIXELS)
        .flat_map(|row| (0..CLASSES).map(move |j| 4e-3 * (spread(17 * row + 5 * j) - 0.3)))
        .collect();
    for steps in [None, Some(50)] {
        let encoding = steps.map_or(encoding.clone(), |steps| encoding.in_steps(0.1, steps));
        let network = unrolled(&encoding, lif);
        let mut deviations = network.nominal();
        deviations.thresholds_v = vec![(0..CLASSES).map(|j| 0.26 + 0.004 * j as f64).collect()];
        deviations.rates = Some((0..PIXELS).map(|k| 0.9 + 0.2 * spread(k)).collect());
        for how in [(Loss::CrossEntropy, 4.0), (Loss::Mse, 9.0)] {
            let volts = std::slice::from_ref(&volts);
            hold_against_differences(&network, volts, Seen::Image(&image), &deviations, how);
        }
    }
}

/// Few images, everything random switched on.
fn options() -> Options {
    Options { epochs: 3, batch: 50, validation: 100, ..Preset::Robust.options() }
}

fn trained(data: &Dataset, threads: usize) -> State {
    let (_, encoding, lif) = parts();
    to_the_end(trainer(&options(), unrolled(&encoding, lif), data), threads)
}

#[test]
fn one_thread_and_two_give_the_same_bits() {
    let data = digits(Part::Training, 400);
    let one = trained(&data, 1);
    assert_eq!(one.history.len(), 3);
    assert_eq!(one, trained(&data, 2));
}

#[test]
fn an_interrupted_training_gives_the_bits_of_an_unbroken_one() {
    let data = digits(Part::Training, 400);
    let unbroken = trained(&data, 2);

    let (_, encoding, lif) = parts();
    let network = unrolled(&encoding, lif);
    let mut first = trainer(&options(), network.clone(), &data);
    first.epoch(|_| ControlFlow::Continue(())).unwrap();
    let after_one = first.state().clone();
    let breaks = |done| if done > 100 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    assert_eq!(first.epoch(breaks), Ok(None));
    assert_eq!(*first.state(), after_one);

    let file = serde_json::to_string(&after_one).unwrap();
    let mut second = trainer(&options(), network, &data);
    second.resume(serde_json::from_str(&file).unwrap()).unwrap();
    while !second.is_over() {
        second.epoch(|_| ControlFlow::Continue(())).unwrap();
    }
    assert_eq!(*second.state(), unbroken);
}

#[test]
fn a_state_goes_on_with_its_own_data_only() {
    let (_, encoding, lif) = parts();
    let network = unrolled(&encoding, lif);
    let (data, mut other) = (digits(Part::Training, 20), digits(Part::Training, 20));
    other.labels[7] ^= 1;
    let state = trainer(&options(), network.clone(), &data).state().clone();
    let mut trainer = trainer(&options(), network, &other);
    assert_eq!(trainer.resume(state), Err(ResumeError::OtherData));
}

#[test]
fn a_state_goes_on_with_its_own_options_only() {
    let (_, encoding, lif) = parts();
    let network = unrolled(&encoding, lif);
    let data = digits(Part::Training, 20);
    let own = Options {
        validation: 5,
        shape: vec![PIXELS, CLASSES],
        events: true,
        recurrent: true,
        dropout: 0.5,
        shift: 1,
        weight_decay: 0.5,
        coarse_steps: Some(5),
        coarse_epochs: 1,
        ..Preset::Default.options()
    };
    let file = |options: &Options| serde_json::to_value(options).unwrap();
    let state =
        |options: &Options| Trainer::new(options, network.clone(), None, &data).state().clone();
    let mut trainer = trainer(&own, network.clone(), &data);
    assert_eq!(trainer.resume(state(&own)), Ok(()));
    // Each option alone, by what a file can say of it.
    let names: Vec<String> = file(&own).as_object().unwrap().keys().cloned().collect();
    assert_eq!(names.len(), 29);
    for name in names {
        let mut other = file(&own);
        let value = &mut other[&name];
        *value = match value.clone() {
            serde_json::Value::Bool(on) => (!on).into(),
            serde_json::Value::Null => 7.into(),
            serde_json::Value::Array(mut shape) => {
                shape.push(7.into());
                shape.into()
            }
            serde_json::Value::String(_) if name == "encoding" => "line".into(),
            serde_json::Value::String(_) => "mse".into(),
            number if number.is_u64() => (number.as_u64().unwrap() + 1).into(),
            // The least change that there is.
            number => number.as_f64().unwrap().next_up().into(),
        };
        let other: Options = serde_json::from_value(other).unwrap();
        assert_ne!(other, own, "{name}");
        assert_eq!(trainer.resume(state(&other)), Err(ResumeError::OtherOptions), "{name}");
    }
}

/// The derivative of one weight's way through the network of spikes that are steps: along with each
/// potential goes what a change of the weight would make of it, a spike counting as the slope of the
/// sigmoid. It knows nothing of ticks, levels, or the way back.
fn tangent(
    encoding: &Encoding,
    lif: Lif,
    image: &[u8],
    column: &[f64],
    row: usize,
    how: Surrogate,
) -> (f64, f64, f64) {
    let swing = lif.threshold_v - lif.reset_v;
    let (mut v, mut moved, mut count, mut last_s) = (0.0, 0.0, 0.0, 0.0);
    let mut fired = 0.0;
    let mut events: Vec<(f64, u8)> =
        encoding.events().iter().map(|event| (event.at_s, event.level)).collect();
    events.sort_by(|a, b| a.0.total_cmp(&b.0));
    for together in events.chunk_by(|a, b| a.0 == b.0) {
        let heard =
            |pixel: usize| together.iter().filter(|(_, level)| *level == image[pixel]).count();
        let arrives: f64 = (0..PIXELS).map(|pixel| heard(pixel) as f64 * column[pixel]).sum();
        if (0..PIXELS).all(|pixel| heard(pixel) == 0) {
            continue;
        }
        let at_s = together[0].0;
        let decay = (-(at_s - last_s) / lif.tau_s).exp();
        last_s = at_s;
        v = v * decay + arrives;
        moved = moved * decay + heard(row) as f64;
        let x = how.slope * (v - lif.threshold_v) / swing;
        let slope = how.slope / swing / ((0.5 * x).exp() + (-0.5 * x).exp()).powi(2);
        let slope = if x.abs() > 20.0 { 0.0 } else { slope };
        let spikes = v >= lif.threshold_v;
        count += f64::from(u8::from(spikes));
        fired += slope * moved;
        let by_reset = if how.through_reset { (lif.reset_v - v) * slope * moved } else { 0.0 };
        moved = if spikes { 0.0 } else { moved } + by_reset;
        v = if spikes { lif.reset_v } else { v };
    }
    let decay = (-(0.1 - last_s) / lif.tau_s).exp();
    (count, fired, moved * decay)
}

#[test]
fn gradients_of_spikes_that_are_steps_are_those_of_tangents() {
    let (_, encoding, lif) = parts();
    let image: Vec<u8> = (0..PIXELS)
        .map(|k| if k % 16 == 0 { 128 + (128.0 * spread(k)) as u8 } else { 0 })
        .collect();
    let weights: Vec<[f64; CLASSES]> = (0..PIXELS)
        .map(|row| std::array::from_fn(|j| 16e-3 * (spread(17 * row + 5 * j) - 0.2)))
        .collect();
    let volts = [Volts::new(weights.as_flattened().to_vec(), CLASSES)];
    let network = unrolled(&encoding, lif);
    for through_reset in [false, true] {
        let how = Surrogate { slope: 6.0, spiking: Spiking::Hard, through_reset };
        let mut pass = Pass::new(network.stages());
        let deviations = network.nominal();
        let shown = Shown {
            seen: Seen::Image(&image),
            volts: &volts,
            deviations: &deviations,
            surrogate: how,
        };
        network.forward(&mut pass, &shown);
        let counts = pass.counts.clone();
        let by = ByAnswer { counts: vec![0.7; CLASSES], potentials_v: vec![3.0; CLASSES] };
        let mut gradient = vec![vec![0.0; PIXELS * CLASSES]];
        network.backward(&mut pass, &shown, &by, &mut gradient);
        let gradient = gradient[0].as_chunks::<CLASSES>().0;
        for k in 0..10 {
            let (row, j) = (64 * k + 16, k);
            let column: Vec<f64> = weights.iter().map(|row| row[j]).collect();
            let (count, fired, moved) = tangent(&encoding, lif, &image, &column, row, how);
            assert_eq!(count, counts[j]);
            assert!(count > 1.0, "{counts:?}");
            let expected = 0.7 * fired + 3.0 * moved;
            let error = (gradient[row][j] - expected).abs();
            assert!(
                error < 1e-9 * (fired.abs() + moved.abs()),
                "through reset: {through_reset}, weight {row}, {j}: {} and {expected}",
                gradient[row][j]
            );
        }
    }
}

#[test]
fn training_ends_when_validation_no_longer_improves() {
    let (_, encoding, lif) = parts();
    let network = unrolled(&encoding.in_steps(0.1, 50), lif);
    let data = digits(Part::Training, 60);
    // A rate of learning that changes nothing: no epoch is better than the first.
    let options = Options {
        epochs: 100,
        learning_rate: 1e-30,
        validation: 20,
        patience: Some(4),
        ..Preset::Default.options()
    };
    let mut trainer = trainer(&options, network, &data);
    while !trainer.is_over() {
        trainer.epoch(|_| ControlFlow::Continue(())).unwrap();
    }
    assert_eq!(trainer.state().history.len(), 5);
    assert_eq!(trainer.state().best.as_ref().unwrap().epoch.number, 1);
}

#[test]
fn weights_keep_to_the_levels_and_the_range_that_training_was_told() {
    let data = digits(Part::Training, 400);
    let best = trained(&data, 2).best.unwrap();
    for weight in best.weights {
        let level = weight * 15.0;
        assert!(weight.abs() <= 1.0 && (level - level.round()).abs() < 1e-5, "{weight}");
    }
}

#[test]
fn an_epoch_of_real_digits_teaches_as_much_as_elsewhere() {
    let (parameters, encoding, lif) = parts();
    let data = digits(Part::Training, 20_000);
    let options = Options { epochs: 1, validation: 0, ..Preset::Default.options() };
    let mut trainer = trainer(&options, unrolled(&encoding, lif), &data);
    trainer.epoch(|_| ControlFlow::Continue(())).unwrap();
    let weights = Weights::new(PIXELS, CLASSES, trainer.weights()).unwrap();
    let synapses = Synapses::ideal(&parameters, &weights).unwrap();
    let network = PointNetwork::new(&parameters, &encoding, lif, &synapses);
    let test = digits(Part::Test, 2000);
    let right = test.images.iter().zip(&test.labels);
    let right = right
        .filter(|(image, label)| network.respond(&image[..]).decision() == usize::from(**label))
        .count();
    // A linear classifier has 88 % here (LeCun et al. 1998, one layer, trained to the end).
    assert!(right > 1600, "{right} of 2000");
}

#[test]
fn options_out_of_range_are_named() {
    for preset in [Preset::Default, Preset::Paper, Preset::Robust] {
        assert_eq!(preset.options().validate(), Ok(()));
    }
    let options = Options { weight_limit: 1.5, ..Preset::Default.options() };
    let error = options.validate().unwrap_err().to_string();
    assert_eq!(error, "--weight-limit = 1.5: must lie in 0 < limit <= 1");
    let options = Options { learning_rate: f64::NAN, ..Preset::Default.options() };
    assert!(options.validate().unwrap_err().to_string().starts_with("--learning-rate = NaN"));
}
