//! The two models agree with each other, and with an evaluation written here.

use memspike_lif_core::cycle::{Inputs, Offer, Ready};
use memspike_lif_core::{
    Answer, Architecture, Core, CycleModel, EventModel, LayerSpec, Leak, Reset, Saturation, Spec,
    Stimulus, VERSION, Weights, answers, clocked_answers, images, run,
};
use proptest::prelude::*;

fn leak() -> impl Strategy<Value = Leak> {
    prop_oneof![
        Just(Leak::None),
        (1..6_u32).prop_map(|shift| Leak::Shift { shift }),
        (1..25_u32)
            .prop_flat_map(|shift| (1..1_u32 << shift, Just(shift)))
            .prop_map(|(factor, shift)| Leak::Multiply { factor, shift }),
    ]
}

fn reset() -> impl Strategy<Value = Reset> {
    prop_oneof![
        Just(Reset::Zero),
        Just(Reset::Subtract),
        (-40..4_i64).prop_map(|value| Reset::Hold { value }),
    ]
}

fn layer(inputs: usize, neurons: usize) -> impl Strategy<Value = (LayerSpec, Weights)> {
    let saturation = prop_oneof![Just(Saturation::Signed), Just(Saturation::NonNegative)];
    let weights = prop::collection::vec(-8..8_i32, inputs * neurons);
    // 9 inputs of at most 8 each: sums fit in 8 bits, and repeated events saturate; in 4 bits single ones do.
    (leak(), reset(), saturation, 5..100_i64, 0..4_u32, 4..10_u32, weights).prop_map(
        move |(leak, reset, saturation, threshold, refractory_ticks, potential_bits, rows)| {
            let top = 1_i64 << (potential_bits - 1);
            let threshold = threshold.min(top - 1);
            let leak = match leak {
                Leak::Shift { shift } => Leak::Shift { shift: shift.min(potential_bits - 1) },
                _ => leak,
            };
            // No potential is held where none can be.
            let bottom = if saturation == Saturation::NonNegative { 0 } else { -top };
            let reset = match reset {
                Reset::Hold { value } => Reset::Hold { value: value.max(bottom) },
                _ => reset,
            };
            let spec = LayerSpec {
                inputs,
                neurons,
                weight_bits: 4,
                potential_bits,
                threshold,
                leak,
                reset,
                saturation,
                refractory_ticks,
            };
            (spec, Weights::new(neurons, rows))
        },
    )
}

fn core() -> impl Strategy<Value = Core> {
    let of = |layers: Vec<(LayerSpec, Weights)>| {
        let (layers, weights) = layers.into_iter().unzip();
        let spec = Spec { version: VERSION, layers, count_bits: 3, time_step_ns: 1 };
        Core::new(spec, weights).expect("the strategy makes valid cores")
    };
    (1..9_usize, 1..8_usize, 1..6_usize, any::<bool>()).prop_flat_map(
        move |(inputs, hidden, neurons, deep)| {
            if deep {
                (layer(inputs, hidden), layer(hidden, neurons))
                    .prop_map(move |(a, b)| of(vec![a, b]))
                    .boxed()
            } else {
                layer(inputs, neurons).prop_map(move |a| of(vec![a])).boxed()
            }
        },
    )
}

fn stimuli() -> impl Strategy<Value = Vec<Stimulus>> {
    let one = prop_oneof![
        12 => (0..9_usize).prop_map(Stimulus::Event),
        4 => Just(Stimulus::Tick),
        1 => Just(Stimulus::Start),
    ];
    prop::collection::vec(one, 0..120)
}

fn architecture() -> impl Strategy<Value = Architecture> {
    prop_oneof![
        Just(Architecture::Parallel),
        (0..4_u32).prop_map(|log| Architecture::Folded { lanes: 1 << log }),
    ]
}

/// Sends stimuli through the handshakes, with a reader that takes when `patience` says so; spikes of each tick.
fn drive(
    core: &Core,
    architecture: Architecture,
    stimuli: &[Stimulus],
    patience: &[bool],
) -> (Vec<Vec<usize>>, CycleModel) {
    let mut model = CycleModel::new(core, architecture);
    model.clock(&Inputs { reset: true, ..Inputs::default() });
    let (mut ticks, mut spikes) = (Vec::new(), Vec::new());
    let mut next = stimuli.iter().peekable();
    let expected = stimuli.iter().filter(|stimulus| **stimulus == Stimulus::Tick).count();
    for cycle in 0..200_000 {
        let takes = patience[cycle % patience.len()];
        let offer = match next.peek() {
            None => Offer::default(),
            Some(Stimulus::Start) => Offer { start: true, ..Offer::default() },
            Some(Stimulus::Tick) => Offer { tick: true, ..Offer::default() },
            Some(Stimulus::Event(input)) => {
                Offer { valid: true, address: *input as u32, ..Offer::default() }
            }
        };
        let ready = Ready { start: takes, tick: takes, event: takes };
        let inputs = Inputs { offer, ready, ..Inputs::default() };
        let outputs = model.outputs(&inputs);
        if (offer.start && outputs.ready.start)
            || (offer.tick && outputs.ready.tick)
            || (offer.valid && outputs.ready.event)
        {
            next.next();
        }
        if outputs.offer.valid && takes {
            spikes.push(outputs.offer.address as usize);
        }
        if outputs.offer.tick && takes {
            ticks.push(std::mem::take(&mut spikes));
        }
        model.clock(&inputs);
        if next.peek().is_none() && ticks.len() == expected && outputs.ready.event {
            return (ticks, model);
        }
    }
    panic!("the hardware stands still");
}

/// Of neurons that fire in this order, each counted up to `most`, the one that is the first with as many spikes as any comes to.
fn first_to_the_most(fired: &[usize], neurons: usize, most: usize) -> usize {
    let total = |neuron| fired.iter().filter(|other| **other == neuron).count().min(most);
    let highest = (0..neurons).map(total).max().unwrap_or(0);
    let reached = |neuron| {
        let mut own = (0..fired.len()).filter(|at| fired[*at] == neuron);
        own.nth(highest.checked_sub(1)?).map(|at| (at, neuron))
    };
    (0..neurons).filter_map(reached).min().map_or(0, |(_, neuron)| neuron)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn cycles_and_events_give_the_same_spikes_counts_and_class(
        core in core(),
        architecture in architecture(),
        stimuli in stimuli(),
        patience in prop::collection::vec(any::<bool>(), 1..7),
    ) {
        prop_assume!(patience.contains(&true));
        // Every image ends with an empty tick, so that nothing is on its way when counts are read.
        let mut stimuli = stimuli;
        stimuli.push(Stimulus::Tick);
        let (ticks, mut model) = drive(&core, architecture, &stimuli, &patience);
        prop_assert_eq!(&ticks, &run(&core, &stimuli));

        let mut events = EventModel::new(&core);
        for stimulus in &stimuli {
            match *stimulus {
                Stimulus::Start => events.start(),
                Stimulus::Event(input) => events.event(input),
                Stimulus::Tick => events.tick(|_| ()),
            }
        }
        let ready = Ready { start: true, tick: true, event: true };
        for (neuron, count) in events.counts().iter().enumerate() {
            let inputs = Inputs { count_address: neuron as u32, ready, ..Inputs::default() };
            model.clock(&inputs);
            let outputs = model.outputs(&inputs);
            prop_assert_eq!(outputs.count, Some(*count));
            prop_assert_eq!(outputs.winner as usize, events.class());
        }
    }

    #[test]
    fn the_winner_is_who_had_the_highest_count_first(core in core(), stimuli in stimuli()) {
        let answers = answers(&core, &stimuli);
        let most = (1 << core.spec().count_bits) - 1;
        for image in answers.split(|answer| matches!(answer, Answer::Counts(_))) {
            let mut fired: Vec<usize> = Vec::new();
            for answer in image {
                let Answer::Tick { winner, spikes } = answer else { continue };
                fired.extend(spikes);
                prop_assert_eq!(*winner, first_to_the_most(&fired, core.spec().last().neurons, most));
            }
        }
    }

    #[test]
    fn both_models_answer_a_stream_of_images_alike(
        core in core(),
        architecture in architecture(),
        stimuli in stimuli(),
    ) {
        // Counts are read at the end of an image, which is a tick.
        let ended = |image: &[Stimulus]| [image, &[Stimulus::Tick]].concat();
        let stimuli: Vec<Stimulus> = images(&stimuli).flat_map(ended).collect();
        let (clocked, cycles) = clocked_answers(&core, architecture, &stimuli);
        prop_assert!(cycles >= stimuli.len() as u64);
        prop_assert_eq!(&clocked, &answers(&core, &stimuli));
        let spikes = clocked.iter().filter_map(|answer| match answer {
            Answer::Tick { spikes, .. } => Some(spikes.clone()),
            Answer::Counts(_) => None,
        });
        prop_assert_eq!(spikes.collect::<Vec<_>>(), by_definition(&core, &stimuli).0);
    }

    #[test]
    fn event_level_follows_the_definition(core in core(), stimuli in stimuli()) {
        prop_assert_eq!(run(&core, &stimuli), by_definition(&core, &stimuli).0);
    }

    #[test]
    fn potentials_follow_the_definition_in_any_number_of_neurons_with_any_weights(
        core in wide_core(),
        stimuli in stimuli(),
        burst in 0..3000_usize,
    ) {
        // More events in one time step than any model would keep for later.
        let burst = (0..burst).map(|at| Stimulus::Event(at % 2));
        let stimuli: Vec<Stimulus> = stimuli.into_iter().chain(burst).collect();
        let (ticks, potentials) = by_definition(&core, &stimuli);
        let mut model = EventModel::new(&core);
        let mut fired = Vec::new();
        for stimulus in &stimuli {
            match *stimulus {
                Stimulus::Start => model.start(),
                Stimulus::Event(input) => model.event(input),
                Stimulus::Tick => {
                    fired.push(Vec::new());
                    model.tick(|neuron| fired.last_mut().expect("a tick").push(neuron));
                }
            }
        }
        prop_assert_eq!(fired, ticks);
        prop_assert_eq!(model.potentials(0), potentials);
    }
}

/// A neuron with weights of 4 bits and potentials of 8, which a spike takes to a value.
fn single(threshold: i64, reset: Reset, weights: &[i32]) -> Core {
    let spec = LayerSpec {
        inputs: weights.len(),
        neurons: 1,
        weight_bits: 4,
        potential_bits: 8,
        threshold,
        leak: Leak::None,
        reset,
        saturation: Saturation::Signed,
        refractory_ticks: 0,
    };
    let spec = Spec { version: VERSION, layers: vec![spec], count_bits: 3, time_step_ns: 1 };
    Core::new(spec, vec![Weights::new(1, weights.to_vec())]).expect("a valid core")
}

/// A neuron that fires at each of more ticks than its count can hold stays at the highest.
#[test]
fn counts_stop_at_their_highest_in_both_models() {
    let core = single(5, Reset::Zero, &[5]);
    for ticks in [6, 7, 8, 9, 20] {
        let image: Vec<Stimulus> =
            (0..ticks).flat_map(|_| [Stimulus::Event(0), Stimulus::Tick]).collect();
        let right = Answer::Counts(vec![ticks.min(7)]);
        assert_eq!(answers(&core, &image).last(), Some(&right), "{ticks} ticks");
        for architecture in [Architecture::Parallel, Architecture::Folded { lanes: 1 }] {
            let (clocked, _) = clocked_answers(&core, architecture, &image);
            assert_eq!(clocked.last(), Some(&right), "{ticks} ticks, {architecture:?}");
        }
    }
}

/// A spike takes the potential to -100, from where the fourth of ten events of -8 ends at -128.
#[test]
fn a_potential_that_a_spike_brings_near_the_end_of_its_range_stops_there() {
    let core = single(5, Reset::Hold { value: -100 }, &[5, -8]);
    let mut model = EventModel::new(&core);
    model.event(0);
    model.tick(|_| ());
    assert_eq!(model.potentials(0), [-100]);
    (0..10).for_each(|_| model.event(1));
    assert_eq!(model.potentials(0), [-128]);
}

/// A layer with more neurons than a vector has lanes, and weights of up to 16 bits.
fn wide_core() -> impl Strategy<Value = Core> {
    (2..9_usize, 1..40_usize, 4..17_u32).prop_flat_map(|(inputs, neurons, weight_bits)| {
        let half = 1 << (weight_bits - 1);
        let weights = prop::collection::vec(-half..half, inputs * neurons);
        (layer(inputs, neurons), weights).prop_map(move |((spec, _), rows)| {
            // Nine weights of their width need four bits more.
            let potential_bits = weight_bits + 4;
            let spec = LayerSpec { weight_bits, potential_bits, ..spec };
            let spec =
                Spec { version: VERSION, layers: vec![spec], count_bits: 3, time_step_ns: 1 };
            Core::new(spec, vec![Weights::new(neurons, rows)]).expect("a valid core")
        })
    })
}

/// The definition of a LIF layer in floating point with explicit rounding, which is exact for numbers this small: spikes of each tick, and
/// what potentials of the first layer are in the end.
fn by_definition(core: &Core, stimuli: &[Stimulus]) -> (Vec<Vec<usize>>, Vec<i32>) {
    let zero = || -> Vec<Vec<(f64, u32)>> {
        core.spec().layers.iter().map(|layer| vec![(0.0, 0); layer.neurons]).collect()
    };
    let mut state = zero();
    let mut ticks = Vec::new();
    let add = |state: &mut Vec<(f64, u32)>, layer: usize, input: usize| {
        let spec = &core.spec().layers[layer];
        if input >= spec.inputs {
            return;
        }
        let top = 2_f64.powi(spec.potential_bits as i32 - 1);
        let bottom = if spec.saturation == Saturation::NonNegative { 0.0 } else { -top };
        for (neuron, (v, left)) in state.iter_mut().enumerate() {
            if *left == 0 {
                let weight = core.weights()[layer].row(input)[neuron];
                *v = (*v + f64::from(weight)).min(top - 1.0).max(bottom);
            }
        }
    };
    for stimulus in stimuli {
        match *stimulus {
            Stimulus::Start => state = zero(),
            Stimulus::Event(input) => add(&mut state[0], 0, input),
            Stimulus::Tick => {
                let mut fired = Vec::new();
                for (layer, state) in state.iter_mut().enumerate() {
                    for input in std::mem::take(&mut fired) {
                        add(state, layer, input);
                    }
                    let spec = &core.spec().layers[layer];
                    for (neuron, (v, left)) in state.iter_mut().enumerate() {
                        if *left > 0 {
                            *left -= 1;
                        } else if *v >= spec.threshold as f64 {
                            fired.push(neuron);
                            *left = spec.refractory_ticks;
                            *v = match spec.reset {
                                Reset::Zero => 0.0,
                                Reset::Hold { value } => value as f64,
                                Reset::Subtract => *v - spec.threshold as f64,
                            };
                        } else {
                            *v = match spec.leak {
                                Leak::None => *v,
                                Leak::Shift { shift } => *v - (*v / f64::from(1 << shift)).floor(),
                                Leak::Multiply { factor, shift } => {
                                    (*v * f64::from(factor) / f64::from(1 << shift)).floor()
                                }
                            };
                        }
                    }
                }
                ticks.push(fired);
            }
        }
    }
    (ticks, state[0].iter().map(|(v, _)| *v as i32).collect())
}
