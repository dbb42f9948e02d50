//! What has no exact gradient, and lists that are no samples: a message each.

use std::path::Path;

use memspike_adjoint::{Design, Layers, Loss, Options, Pass, Sample, Samples, Shown, Spike};
use memspike_network::{
    Builder, Connections, Delay, Effect, Law, LifDelta, LifExp, LifPulse, Membrane, Model, Network,
    OneShotRow, Parrot, PopulationId, Recorded, Regular, Reset, Spikes, Weights,
};

fn membrane() -> Membrane {
    Membrane {
        tau_s: 0.01,
        rest_v: 0.0,
        threshold_v: 0.2,
        reset: Reset::Zero,
        refractory_s: 0.0,
        initial_v: None,
    }
}

fn pulse(membrane: Membrane) -> LifPulse {
    LifPulse { membrane, capacitance_farad: 1e-9, drive_ampere: 0.0 }
}

/// Collects a network by short words.
struct Net(Builder);

impl Net {
    fn new() -> (Self, PopulationId) {
        let mut builder = Builder::new();
        let spikes = Spikes::new(vec![(1e-3, 0)]).expect("in order");
        let inputs = builder.population("inputs", 2, Recorded { spikes });
        (Self(builder), inputs)
    }

    fn all(&mut self, name: &str, model: impl Into<Model>) -> PopulationId {
        self.0.population(name, 2, model)
    }

    fn rows(&mut self, name: &str, from: PopulationId) -> PopulationId {
        let rows = self.all(name, OneShotRow { pulse_v: 1.0, pulse_s: 1e-3 });
        let one = Connections::OneToOne;
        self.0.projection(&format!("to-{name}"), [from, rows], one, Effect::Trigger, Delay::All(1));
        rows
    }

    fn array(&mut self, name: &str, ends: [PopulationId; 2], effect: Effect) {
        let weights = Weights::new(2, 2, vec![0.5_f32; 4]).expect("finite");
        self.0.projection(name, ends, Connections::Dense(weights), effect, Delay::All(1));
    }

    fn refused(self) -> String {
        let network = self.0.build().expect("a network");
        Layers::of(&network).expect_err("no layers").to_string()
    }
}

const SIEMENS: Effect = Effect::Siemens(1e-6);

#[test]
fn charges_that_arrive_at_once_are_refused_by_name() {
    let (mut net, inputs) = Net::new();
    let neurons = net.all("cells", LifDelta { membrane: membrane(), drive_v: 0.0 });
    net.array("synapses", [inputs, neurons], Effect::Volt(1.0));
    let message = net.refused();
    assert!(message.contains("'cells'") && message.contains("'lif_delta'"), "{message}");
    assert!(message.contains("lif_pulse behind one_shot rows"), "{message}");

    let (mut net, inputs) = Net::new();
    let (capacitance_farad, drive_ampere) = (1e-9, 0.0);
    let (tau_excitatory_s, tau_inhibitory_s) = (1e-3, 1e-3);
    let membrane = membrane();
    let exponential =
        LifExp { membrane, capacitance_farad, tau_excitatory_s, tau_inhibitory_s, drive_ampere };
    let neurons = net.all("cells", exponential);
    net.array("synapses", [inputs, neurons], Effect::Ampere(1e-9));
    assert!(net.refused().contains("'lif_exp'"));
}

#[test]
fn what_is_no_row_of_layers_is_refused_by_name() {
    let (mut net, inputs) = Net::new();
    let rows = net.rows("rows", inputs);
    let one = net.all("one", pulse(membrane()));
    let two = net.all("two", pulse(membrane()));
    net.array("left", [rows, one], SIEMENS);
    net.array("right", [rows, two], SIEMENS);
    assert!(net.refused().contains("'right'"));

    let (mut net, inputs) = Net::new();
    let rows = net.rows("rows", inputs);
    let first = net.all("first", pulse(membrane()));
    net.array("in", [rows, first], SIEMENS);
    let rows = net.rows("more", first);
    let second = net.all("second", pulse(membrane()));
    net.array("on", [rows, second], SIEMENS);
    let rows = net.rows("back", second);
    net.array("around", [rows, first], SIEMENS);
    assert!(net.refused().contains("'first'"), "a circle over two layers");

    let (net, _) = Net::new();
    assert!(net.refused().contains("nothing hears 'inputs'"));

    let (mut net, _) = Net::new();
    net.all("others", Regular { rate_hz: Law::Value(1.0), phase: Law::Value(0.0) });
    assert!(net.refused().contains("2 populations that hear nothing"));

    let (mut net, inputs) = Net::new();
    let relay = net.all("relay", Parrot {});
    let one = Connections::OneToOne;
    net.0.projection("wire", [inputs, relay], one, Effect::Trigger, Delay::All(1));
    assert!(net.refused().contains("'wire'"));
}

#[test]
fn neurons_that_fire_by_themselves_at_the_beginning_are_refused() {
    for initial_v in [0.2, 0.3] {
        let (mut net, inputs) = Net::new();
        let rows = net.rows("rows", inputs);
        let begun = Membrane { initial_v: Some(Law::Value(initial_v)), ..membrane() };
        let neurons = net.all("cells", pulse(begun));
        net.array("in", [rows, neurons], SIEMENS);
        assert!(net.refused().contains("'cells' begins at its threshold or above"));
    }
}

#[test]
fn a_shape_needs_inputs_and_a_layer() {
    for shape in [&[][..], &[3], &[3, 0], &[0, 3]] {
        let error = Design::default().network(shape).expect_err("no shape");
        assert!(error.to_string().contains("4-120-3"), "{error}");
    }
}

#[test]
fn a_shape_that_no_memory_holds_is_refused_before_anything_is_made() {
    for shape in [&[4, 10_000_000, 10_000_000, 3][..], &[usize::MAX, usize::MAX], &[5000, 5000]] {
        let error = Design::default().network(shape).expect_err("too many weights");
        assert!(error.to_string().contains("at most 16777216"), "{error}");
    }
}

#[test]
fn a_layer_that_fires_without_end_says_so_within_a_second_of_work() {
    let network: Network = Design::default().network(&[1, 1]).expect("a network");
    let layers = Layers::of(&network).expect("layers");
    let spikes = [Spike { at_s: 0.0, neuron: 0 }];
    let shown = Shown { spikes: &spikes, until_s: 1.0, label: 0 };
    let terms = Options::new(Loss::Potential, 1.0).terms;
    let error = layers.forward(&[1e12], &shown, &terms, &mut Pass::default());
    assert!(error.expect_err("it runs away").to_string().contains("lower learning rate"));
}

/// A table of float64 as a file.
fn table(columns: usize, values: &[f64]) -> Vec<u8> {
    let mut bytes = Vec::new();
    memspike_npy::write_f64(&mut bytes, columns, values).expect("memory takes all");
    bytes
}

#[test]
fn a_list_of_events_is_samples_whatever_the_order_of_its_rows() {
    let rows = [2e-3, 1.0, 7.0, 0.0, 1e-3, 0.0, 3.0, 2.0, 1e-3, 4.0, 7.0, 0.0];
    let samples = Samples::decode(Path::new("list.npy"), &table(4, &rows)).expect("samples");
    assert_eq!((samples.inputs, samples.classes, samples.samples.len()), (5, 3, 2));
    assert_eq!(samples.samples[0].label, 2);
    let spikes = [Spike { at_s: 1e-3, neuron: 4 }, Spike { at_s: 2e-3, neuron: 1 }];
    assert_eq!(samples.samples[1].spikes, spikes);
    assert_eq!(samples.last_s(), 2e-3);
}

#[test]
fn a_list_that_is_none_is_refused_with_its_row() {
    for (values, columns, said) in [
        (&[0.0, 1.0, 2.0][..], 3, "3 columns"),
        (&[], 4, "no events"),
        (&[-1e-3, 0.0, 0.0, 0.0], 4, "row 0: the time is -1e-3"),
        (&[f64::NAN, 0.0, 0.0, 0.0], 4, "row 0: the time is NaN"),
        (&[1e300, 0.0, 0.0, 0.0], 4, "from 0 to 18000 s"),
        (&[0.0, 0.5, 0.0, 0.0], 4, "the input is 5e-1; it is a whole number"),
        (&[0.0, 1e18, 0.0, 0.0], 4, "the input is 1e18"),
        (&[0.0, 0.0, -1.0, 0.0], 4, "the sample is -1e0"),
        (&[0.0, 0.0, 0.0, 1e5], 4, "the label is 1e5"),
        (&[0.0, 0.0, 0.0, 1.0, 1e-3, 0.0, 0.0, 2.0], 4, "sample 0 has the labels 1 and 2"),
        (&[0.0, 3.0, 0.0, 1.0, 0.0, 3.0, 0.0, 1.0], 4, "a spike of input 3 at 0e0 s twice"),
    ] {
        let error = Samples::decode(Path::new("list.npy"), &table(columns, values));
        let message = error.expect_err(said).to_string();
        assert!(message.contains("list.npy") && message.contains(said), "{message}");
    }
    let short = table(4, &[0.0; 8]);
    assert!(Samples::decode(Path::new("a.npy"), &short[..short.len() - 1]).is_err());
    assert!(Samples::decode(Path::new("a.npy"), b"no table").is_err());
}

/// Runs a script of Python with h5py and NumPy, which writes its file `h` as the Heidelberg sets are.
fn hdf5(folder: &Path, script: &str) {
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/python/bin/python");
    let given = "import h5py, numpy as np\n\
        def write(name, times, units, labels, of_times='f2', of_units='u2', **packed):\n\
        \x20   with h5py.File(name, 'w') as h:\n\
        \x20       for key, lists, kind in [('times', times, of_times), ('units', units, of_units)]:\n\
        \x20           set = h.create_dataset('spikes/' + key, (len(lists),), h5py.vlen_dtype(np.dtype(kind)), **packed)\n\
        \x20           for at, own in enumerate(lists): set[at] = np.array(own, kind)\n\
        \x20       h['labels'] = np.array(labels)\n";
    let output = std::process::Command::new(&python)
        .args(["-c", &format!("{given}{script}")])
        .current_dir(folder)
        .output()
        .unwrap_or_else(|e| panic!("{}: {e}; `cargo xtask packages` makes it", python.display()));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn lists_of_the_heidelberg_form_are_samples_whatever_their_types() {
    let folder = tempfile::tempdir().expect("a folder");
    let lists = "[[0.5, 0.25, 0.5, 0.5], [], [0.125]], [[7, 3, 7, 2], [], [699]], [4, 0, 19]";
    hdf5(
        folder.path(),
        &format!(
            "write('a.h5', {lists})\n\
             write('b.h5', {lists}, '>f8', '<i8', chunks=(2,), compression='gzip')\n\
             write('c.h5', {lists}, 'f4', 'u4', maxshape=(None,))\n\
             steps = [np.arange(2000) / 4096, np.arange(30000) / 65536]\n\
             write('long.h5', steps, [np.arange(2000) % 700, np.arange(30000) % 700], [0, 1], 'f4')"
        ),
    );
    let spike = |at_s, neuron| Spike { at_s, neuron };
    for name in ["a.h5", "b.h5", "c.h5"] {
        let all = Samples::read(&folder.path().join(name)).expect(name);
        assert_eq!((all.inputs, all.classes, all.merged), (700, 20, 1), "{name}");
        let labels: Vec<u32> = all.samples.iter().map(|sample| sample.label).collect();
        assert_eq!(labels, [4, 0, 19], "{name}");
        let first = [spike(0.25, 3), spike(0.5, 2), spike(0.5, 7)];
        assert_eq!(all.samples[0].spikes, first, "{name}");
        assert_eq!(all.samples[1].spikes, [], "{name}");
        assert_eq!(all.samples[2].spikes, [spike(0.125, 699)], "{name}");
    }
    let all = Samples::read(&folder.path().join("long.h5")).expect("long lists");
    let [first, second] = &all.samples[..] else { panic!("two samples") };
    let right = |sample: &Sample, parts: f64| {
        let mut spikes = sample.spikes.iter().zip(0_u32..);
        spikes.all(|(spike, at)| {
            spike.neuron == at % 700 && (spike.at_s - f64::from(at) / parts).abs() < 1e-15
        })
    };
    assert!(first.spikes.len() == 2000 && right(first, 4096.0));
    assert!(second.spikes.len() == 30_000 && right(second, 65_536.0));
}

#[test]
fn hdf5_that_holds_no_samples_is_refused_with_what_is_wrong() {
    let folder = tempfile::tempdir().expect("a folder");
    let cases = [
        ("write(name, [[0.5]], [[1]], [0, 1])", "it has 1 lists of times, 1 of units and 2 labels"),
        ("write(name, [[0.5, 0.6]], [[1]], [0])", "sample 0: it has 2 times and 1 units"),
        ("write(name, [[-0.5]], [[1]], [0])", "sample 0: the time is -5e-1"),
        ("write(name, [[np.nan]], [[1]], [0])", "sample 0: the time is NaN"),
        ("write(name, [[0.5]], [[-1]], [0], 'f2', 'i2')", "sample 0: the input is -1e0"),
        ("write(name, [[0.5]], [[1]], [-1])", "'labels' of sample 0: the label is -1e0"),
        ("write(name, [[0.5]], [[1]], [0.5])", "'labels' are no whole numbers"),
        ("write(name, [[]], [[]], [0])", "it has no spikes"),
        ("h = h5py.File(name, 'w'); h['labels'] = [0]; h.close()", "it has no 'spikes/times'"),
        (
            "h = h5py.File(name, 'w'); h['spikes/times'] = [0.5]; h.close()",
            "'spikes/times' holds no lists",
        ),
        (
            "h = h5py.File(name, 'w'); h.create_dataset('spikes/times', (10**9,), h5py.vlen_dtype(np.float16)); h.close()",
            "'spikes/times' declares more than a file of",
        ),
    ];
    let script = |(at, (case, _)): (usize, &(&str, &str))| format!("name = '{at}.h5'\n{case}\n");
    hdf5(folder.path(), &cases.iter().enumerate().map(script).collect::<String>());
    for (at, (case, said)) in cases.iter().enumerate() {
        let error =
            Samples::read(&folder.path().join(format!("{at}.h5"))).expect_err(case).to_string();
        assert!(error.contains(said) && error.contains(&format!("{at}.h5")), "{case}: {error}");
    }
}

#[test]
fn hdf5_that_is_cut_or_changed_is_refused_or_read_and_never_more() {
    let folder = tempfile::tempdir().expect("a folder");
    hdf5(folder.path(), "write('a.h5', [[0.5, 0.25], [0.125]], [[7, 3], [2]], [1, 0])");
    let whole = std::fs::read(folder.path().join("a.h5")).expect("a file");
    let path = folder.path().join("b.h5");
    let read = |bytes: &[u8]| {
        std::fs::write(&path, bytes).expect("room");
        Samples::read(&path).map(|all| all.samples.len())
    };
    assert_eq!(read(&whole).ok(), Some(2));
    for length in (0..whole.len()).step_by(97) {
        assert!(read(&whole[..length]).is_err(), "{length}");
    }
    for at in (0..whole.len()).step_by(11) {
        let mut changed = whole.clone();
        changed[at] ^= 0xff;
        // No panic, no hang, no more than the file has.
        let count = read(&changed).unwrap_or(0);
        assert!(count <= whole.len(), "{at}");
    }
}
