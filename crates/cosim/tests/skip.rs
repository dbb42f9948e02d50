//! A core whose quiet edges are left out against one that is clocked at every edge, in model and Verilog.

use memspike_cosim::{CoreBlock, Form, Implementation, Pace, generate};
use memspike_digital::{Design, Frequency, Level, Outputs};
use memspike_hdl::layout;
use memspike_lif_core::{Core, LayerSpec, Leak, Reset, Saturation, Spec, VERSION, Weights};
use memspike_rtl::Module;
use memspike_time::Time;

const INPUTS: usize = 6;
const NEURONS: usize = 3;
const CONTROLS: usize = 2;

fn layer(inputs: usize, neurons: usize) -> LayerSpec {
    LayerSpec {
        inputs,
        neurons,
        weight_bits: 5,
        potential_bits: 9,
        threshold: 12,
        leak: Leak::Shift { shift: 3 },
        reset: Reset::Subtract,
        saturation: Saturation::Signed,
        refractory_ticks: 1,
    }
}

fn core() -> Core {
    let layers = vec![layer(INPUTS, 5), layer(5, NEURONS)];
    let weights = layers.iter().enumerate().map(|(seed, layer)| {
        let count = (layer.inputs * layer.neurons) as i32;
        let rows = (0..count).map(|at| (at * 7 + 3 * seed as i32) % 17 - 4).collect();
        Weights::new(layer.neurons, rows)
    });
    let weights = weights.collect();
    let spec = Spec { version: VERSION, layers, count_bits: 4, time_step_ns: 1_000_000 };
    Core::new(spec, weights).expect("a core")
}

/// Instants, and the input that rises there: spikes in bursts and with pauses, a tick now and then, a start once.
fn stimuli() -> Vec<(u64, usize)> {
    let mut draw = 12_345_u64;
    let mut at = 0;
    let mut all = Vec::new();
    for number in 0..600 {
        draw = draw.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let pause = [3_000_000, 40_000_000, 9_000_000_000][(draw >> 40) as usize % 3];
        at += 1 + (draw >> 20) % pause;
        let input = match number {
            300 => 1,
            _ if number % 11 == 10 => 0,
            _ => CONTROLS + (draw >> 50) as usize % INPUTS,
        };
        all.push((at, input));
    }
    all
}

/// What each output was driven to, and after which stimulus.
fn answers(core: &Core, implementation: &Implementation, form: Form) -> Vec<(usize, usize, Level)> {
    let design = CoreBlock::new(core.clone(), implementation.clone(), form);
    let mut block = design.instance(CONTROLS + INPUTS, NEURONS);
    let mut inputs = vec![Level::Zero; CONTROLS + INPUTS];
    block.rest(&inputs, &mut [Level::Zero; NEURONS]);
    let mut out = Outputs::default();
    let mut all = Vec::new();
    for (number, (at, input)) in stimuli().into_iter().enumerate() {
        for level in [Level::One, Level::Zero] {
            inputs[input] = level;
            block.react(Time::from_tick(at), &inputs, &mut out);
            assert_eq!(out.failure(), None, "stimulus {number}");
            all.extend(out.drain().map(|drives| (number, drives.output, drives.level)));
        }
    }
    all
}

#[test]
fn a_core_that_rests_between_spikes_answers_as_one_that_is_clocked_at_every_edge() {
    let core = core();
    for (name, lanes) in [("serial", 1), ("parallel", 1), ("folded", 2)] {
        let layout = layout(name, lanes).expect("a layout");
        let sources = generate(&core, &*layout).expect("its Verilog");
        let module = Module::compile(&sources).expect("Verilator");
        let form = |clock, skip| Form {
            architecture: layout.model(),
            pace: Pace { clock, depth: 100_000, latency_fs: 1_000_000_000_000, skip },
        };
        let truth = answers(&core, &Implementation::Model, form(None, true));
        assert!(truth.len() > 50, "the core fires: {}", truth.len());
        let ways = [
            Implementation::Cycle,
            Implementation::Rtl(module.clone()),
            Implementation::Compare(module.clone()),
        ];
        for implementation in ways {
            let bursts = answers(&core, &implementation, form(None, true));
            assert_eq!(bursts, truth, "{name}, in no time: {implementation:?}");
            // Slow enough that spikes wait, fast enough that the core rests.
            let clock = Some(Frequency::new(3e7));
            let resting = answers(&core, &implementation, form(clock, true));
            assert_eq!(resting, truth, "{name}, resting: {implementation:?}");
            let clocked = answers(&core, &implementation, form(clock, false));
            assert_eq!(clocked, truth, "{name}, clocked at every edge: {implementation:?}");
        }
    }
}

#[test]
fn a_queue_that_is_too_small_and_a_latency_that_is_too_short_are_told() {
    let core = core();
    let architecture = layout("serial", 1).expect("a layout").model();
    let fails = |depth, latency_fs| {
        let pace = Pace { clock: Some(Frequency::new(1e6)), depth, latency_fs, skip: true };
        let form = Form { architecture, pace };
        let design = CoreBlock::new(core.clone(), Implementation::Cycle, form);
        let mut block = design.instance(CONTROLS + INPUTS, NEURONS);
        let mut inputs = vec![Level::Zero; CONTROLS + INPUTS];
        block.rest(&inputs, &mut [Level::Zero; NEURONS]);
        let mut out = Outputs::default();
        // Three spikes at once take some 20 us at 1 MHz, and the tick behind them waits.
        inputs[CONTROLS..CONTROLS + 3].fill(Level::One);
        inputs[0] = Level::One;
        block.react(Time::from_tick(1_000_000_000), &inputs, &mut out);
        out.failure()
    };
    assert_eq!(fails(3, 1_000_000_000_000), None);
    let message = fails(2, 1_000_000_000_000).expect("the tick finds three before it");
    assert!(message.contains("the queue is too small: tick"), "{message}");
    let message = fails(3, 1_000_000_000).expect("a microsecond is too short");
    assert!(message.contains("later than delay= says"), "{message}");
}
