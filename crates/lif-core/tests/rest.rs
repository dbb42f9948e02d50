//! After so many cycles a core stands still, and not a register changes from then on.

use memspike_lif_core::cycle::{Inputs, Offer, Ready};
use memspike_lif_core::{
    Architecture, Core, CycleModel, LayerSpec, Leak, Reset, Saturation, Spec, VERSION, Weights,
};
use proptest::prelude::*;

fn core(sizes: &[usize]) -> Core {
    let layer = |pair: &[usize]| LayerSpec {
        inputs: pair[0],
        neurons: pair[1],
        weight_bits: 5,
        potential_bits: 10,
        threshold: 6,
        leak: Leak::Shift { shift: 2 },
        reset: Reset::Zero,
        saturation: Saturation::Signed,
        refractory_ticks: 1,
    };
    let layers: Vec<LayerSpec> = sizes.windows(2).map(layer).collect();
    let weights = layers.iter().map(|layer| {
        let rows = (0..layer.inputs * layer.neurons).map(|at| at as i32 % 9 - 2).collect();
        Weights::new(layer.neurons, rows)
    });
    let weights = weights.collect();
    let spec = Spec { version: VERSION, layers, count_bits: 3, time_step_ns: 1 };
    Core::new(spec, weights).expect("a core")
}

fn registers(model: &CycleModel) -> Vec<String> {
    let mut all = Vec::new();
    model.registers(&mut |path, word| all.push(format!("{path} {}", word.as_str())));
    let words =
        |memory: usize, count: usize| (0..count).map(move |at| (memory, at)).collect::<Vec<_>>();
    for (number, memory) in model.memories().iter().enumerate() {
        for (memory, at) in words(number, memory.words) {
            all.push(model.memory_word(memory, at).as_str().to_owned());
        }
    }
    all
}

const QUIET: Inputs = Inputs {
    reset: false,
    offer: Offer { start: false, tick: false, valid: false, address: 0 },
    ready: Ready { start: true, tick: true, event: true },
    count_address: 1,
};

fn assert_rests(model: &mut CycleModel, cycles: usize) -> Result<(), TestCaseError> {
    (0..cycles).for_each(|_| model.clock(&QUIET));
    let before = registers(model);
    for _ in 0..3 {
        model.clock(&QUIET);
        prop_assert_eq!(&registers(model), &before);
    }
    Ok(())
}

/// Sends one thing, and waits for what comes out of it unless it is an event.
fn send(model: &mut CycleModel, offer: Offer) {
    let inputs = Inputs { offer, ..QUIET };
    loop {
        let ready = model.outputs(&inputs).ready;
        model.clock(&inputs);
        if offer.start && ready.start || offer.tick && ready.tick || offer.valid && ready.event {
            break;
        }
    }
    if offer.valid {
        return;
    }
    loop {
        let out = model.outputs(&QUIET).offer;
        model.clock(&QUIET);
        if out.start || out.tick {
            break;
        }
    }
}

proptest! {
    #[test]
    fn a_core_that_was_answered_changes_no_more_after_its_cycles_to_rest(
        sizes in prop::collection::vec(1..12_usize, 2..4),
        folded in prop::option::of(0..3_u32),
        sent in prop::collection::vec(0..14_u32, 1..30),
    ) {
        let core = core(&sizes);
        let architecture = match folded {
            None => Architecture::Parallel,
            Some(power) => Architecture::Folded { lanes: 1 << power },
        };
        let mut model = CycleModel::new(&core, architecture);
        model.clock(&Inputs { reset: true, ..QUIET });
        assert_rests(&mut model, architecture.cycles_to_rest_after_reset(core.spec()))?;
        for what in sent {
            let nothing = QUIET.offer;
            send(&mut model, match what {
                0 => Offer { start: true, ..nothing },
                1 | 2 => Offer { tick: true, ..nothing },
                event => Offer { valid: true, address: event - 3, ..nothing },
            });
            assert_rests(&mut model, architecture.cycles_to_rest(core.spec()))?;
        }
    }
}
