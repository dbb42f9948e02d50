//! Neurons of the point level that are stated: the paper's line, thresholds and steps.

mod common;

use common::{digits, zno};
use memspike_snn::{
    CLASSES, Code, Encoding, Ideal, IdealError, Image, Lif, Line, PIXELS, Parameters, Part,
    PointNetwork, Synapses, Weights, ideal_neuron,
    training::{
        Loss, Options, Pass, Preset, Seen, Shown, Spiking, Stage, Surrogate, Unrolled, Volts,
    },
};

/// The rate of a white pixel by the paper's rule: (spikes - 1) / (last - first).
fn hertz(white_v: f64) -> f64 {
    let parameters = Parameters { white_v, duration_s: 2.0, ..Parameters::default() };
    let encoding = Encoding::of_line(&parameters, Line::FIGURE_4C);
    let train = encoding.train(255);
    (train.len() - 1) as f64 / (train[train.len() - 1] - train[0])
}

#[test]
fn the_line_goes_from_end_to_end_of_figure_4c() {
    // O2 of the paper: 38 Hz at 0.5 V, 176 Hz at 2 V, nearly linear between them.
    for (volts, expected) in [(0.5, 38.0), (1.25, 107.0), (2.0, 176.0)] {
        assert!((hertz(volts) / expected - 1.0).abs() < 1e-12, "{volts} V: {} Hz", hertz(volts));
    }
    // O1: 73.1 and 73.5 Hz were measured at 0.8 V, above the straight line through the ends.
    assert!((hertz(0.8) / 73.3 - 1.0).abs() < 0.11, "{} Hz", hertz(0.8));
}

#[test]
fn no_pixel_spikes_where_the_line_is_below_zero() {
    // 38 Hz - 92 Hz/V (0.5 V - V) = 0 at 87 mV, between the grey levels 11 and 12.
    let parameters = Parameters { duration_s: 2.0, ..Parameters::default() };
    let encoding = Encoding::of_line(&parameters, Line::FIGURE_4C);
    assert!((0..=11).all(|level| encoding.train(level).is_empty()));
    assert_eq!(encoding.train(12).len(), 1);
}

#[test]
fn the_papers_preset_is_what_the_paper_states() {
    let options = Preset::Paper.options();
    // D1 and D2, figure 2a; figure 4c; S2.
    assert_eq!((options.lif_threshold, options.lif_reset), (Some(0.17), Some(0.1)));
    assert_eq!((options.encoding, options.loss, options.epochs), (Code::Line, Loss::Mse, 50));
    let (encoding, lif) = options.ideal().build(&Parameters::default(), &zno()).unwrap();
    assert_eq!((lif.threshold_v, lif.reset_v), (0.17, 0.1));
    // 1 Mohm and 47 nF, figure 3a, beside the device's 130 Mohm.
    assert!((lif.tau_s / 0.047 - 1.0).abs() < 0.01, "{}", lif.tau_s);
    // 100 ms, as in figure 4b: 17 spikes at 176 Hz.
    assert_eq!(encoding.train(255).len(), 17);
    assert!(!options.ideal().asks_device());
}

#[test]
fn a_spike_scores_its_part_of_the_steps_under_the_mean_square_error() {
    // A neuron that fires in every step has a rate of 1, which one-hot asks for.
    let paper = Preset::Paper.options();
    let steps = f64::from(paper.steps.unwrap());
    assert!((paper.score * steps - 1.0).abs() < 1e-15);
    assert_eq!(paper.in_steps(Some(40)).score, 0.025);
    let default = Preset::Default.options();
    assert_eq!(default.clone().in_steps(Some(40)).score, default.score);
}

#[test]
fn what_is_not_stated_is_the_devices() {
    let parameters = Parameters::default();
    let own = ideal_neuron(&parameters, &zno()).unwrap();
    let built = |ideal: Ideal| ideal.build(&parameters, &zno()).unwrap();
    let (encoding, lif) = built(Ideal::default());
    assert_eq!((encoding, lif), (Encoding::new(&parameters, &zno()), own));
    let (_, lif) = built(Ideal { threshold_v: Some(0.17), ..Ideal::default() });
    assert_eq!(lif, Lif { threshold_v: 0.17, ..own });
    let (_, lif) = built(Ideal { reset_v: Some(0.0), ..Ideal::default() });
    assert_eq!(lif, Lif { reset_v: 0.0, ..own });
}

#[test]
fn a_neuron_that_would_fire_again_at_once_is_refused() {
    let build = |threshold_v, reset_v| {
        Ideal { threshold_v, reset_v, ..Ideal::default() }.build(&Parameters::default(), &zno())
    };
    // The device holds to 0.1 V and fires below 0.4 V.
    for (threshold_v, reset_v) in
        [(Some(0.05), None), (None, Some(0.4)), (Some(0.2), Some(0.2)), (Some(f64::NAN), None)]
    {
        let error = build(threshold_v, reset_v).unwrap_err();
        assert!(matches!(error, IdealError::Swing { .. }), "{threshold_v:?} {reset_v:?}");
        assert!(error.to_string().contains("--lif-reset must be below --lif-threshold"));
    }
    let both =
        Options { lif_threshold: Some(0.1), lif_reset: Some(0.17), ..Preset::Default.options() };
    let error = both.validate().unwrap_err().to_string();
    assert_eq!(error, "--lif-reset = 0.17: must be below --lif-threshold");
}

#[test]
fn spikes_without_number_are_refused() {
    let parameters = Parameters { duration_s: 1e9, ..Parameters::default() };
    let error = Ideal { code: Code::Line, ..Ideal::default() }.build(&parameters, &zno());
    assert!(matches!(error, Err(IdealError::Spikes { .. })), "{error:?}");
}

#[test]
fn a_step_has_its_spikes_at_its_end() {
    let parameters = Parameters::default();
    let encoding = Encoding::of_line(&parameters, Line::FIGURE_4C);
    let stepped = encoding.in_steps(0.1, 25);
    for level in 0..=u8::MAX {
        let (at, end) = (encoding.train(level), stepped.train(level));
        assert_eq!(at.len(), end.len());
        for (at, end) in at.iter().zip(end) {
            let step = (end / 0.004).round();
            assert!((end - 0.004 * step).abs() < 1e-15, "level {level}: {end}");
            assert!((-1e-15..0.004 + 1e-15).contains(&(end - at)), "level {level}: {at}, {end}");
        }
    }
}

/// Weights that look random: multiples of the golden ratio.
fn weights() -> Weights {
    let spread = |n: usize| (n as f32 * 0.618_034).fract();
    let values: Vec<f32> = (0..PIXELS * CLASSES).map(|k| spread(k) - 0.42).collect();
    Weights::new(PIXELS, CLASSES, values).unwrap()
}

/// Spikes of a network in steps, as tools with a clock compute them: leak, add, fire, fall.
fn clocked(parameters: &Parameters, lif: Lif, steps: u32, image: &Image) -> [u32; CLASSES] {
    let (step_s, weights) = (0.1 / f64::from(steps), weights());
    let mut v = [0.0; CLASSES];
    let mut counts = [0; CLASSES];
    for step in 0..steps {
        let end = f64::from(step + 1) * step_s;
        for class in 0..CLASSES {
            let heard = image.iter().enumerate().map(|(row, level)| {
                // Whole spikes of f t that fall into this step.
                let hz = (92.0 * parameters.pixel_v(*level) - 8.0).max(0.0);
                let spikes = (hz * end).floor() - (hz * (end - step_s)).floor();
                spikes * weights.get(row, class)
            });
            // 2 V for 400 us through 1 uS into 47 nF.
            v[class] = v[class] * (-step_s / lif.tau_s).exp()
                + heard.sum::<f64>() * 2.0 * 400e-6 * 1e-6 / 47e-9;
            if v[class] >= lif.threshold_v {
                v[class] = lif.reset_v;
                counts[class] += 1;
            }
        }
    }
    counts
}

#[test]
fn training_and_use_in_steps_are_the_network_of_a_clock() {
    let parameters = Parameters::default();
    let options = Preset::Paper.options();
    // So many that no spike of any grey level falls on the end of a step.
    let steps = 27;
    let (encoding, lif) = options.in_steps(Some(steps)).ideal().build(&parameters, &zno()).unwrap();
    let (weights, data) = (weights(), digits(Part::Training, 20));
    let synapses = Synapses::ideal(&parameters, &weights).unwrap();
    let used = PointNetwork::new(&parameters, &encoding, lif, &synapses);
    let volts_per_weight = parameters.volts_per_siemens() * parameters.weight_siemens;
    let deaf_s = parameters.pulse_s;
    let stage =
        Stage { inputs: PIXELS, neurons: CLASSES, lif, volts_per_weight, deaf_s, recurrent: false };
    let trained = Unrolled::new(&encoding, vec![stage], parameters.duration_s);
    let rows = weights.values().iter().map(|weight| volts_per_weight * weight).collect();
    let volts = [Volts::new(rows, CLASSES)];
    let deviations = trained.nominal();
    let surrogate = Surrogate { slope: 6.0, spiking: Spiking::Hard, through_reset: true };
    let mut all = 0;
    for image in &data.images {
        let expected = clocked(&parameters, lif, steps, image);
        assert_eq!(used.respond(image).counts, expected);
        let mut pass = Pass::new(trained.stages());
        trained.forward(
            &mut pass,
            &Shown { seen: Seen::Image(image), volts: &volts, deviations: &deviations, surrogate },
        );
        assert_eq!(pass.counts, expected.map(f64::from));
        all += expected.iter().sum::<u32>();
    }
    assert!(all > 500, "{all} spikes");
}
