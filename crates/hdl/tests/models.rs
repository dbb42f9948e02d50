//! The models in Python and in C of an exported folder, without memspike.

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::{core, digits, edit, exported, passes, run, small, text};
use memspike_lif_core::{LayerSpec, Leak, Reset, Saturation};

/// Neurons that together use everything a specification can say, three of them with a layer behind.
fn kinds() -> Vec<Vec<LayerSpec>> {
    let resting = LayerSpec {
        leak: Leak::Multiply { factor: 117, shift: 7 },
        reset: Reset::Hold { value: -9 },
        refractory_ticks: 3,
        ..small(16, 7)
    };
    let next = LayerSpec { threshold: 12, ..small(7, 3) };
    vec![
        vec![small(16, 4)],
        vec![LayerSpec {
            leak: Leak::None,
            reset: Reset::Zero,
            refractory_ticks: 1,
            ..small(13, 5)
        }],
        vec![resting, next.clone()],
        vec![
            LayerSpec {
                saturation: Saturation::NonNegative,
                reset: Reset::Hold { value: 4 },
                leak: Leak::Multiply { factor: (1 << 24) - 7, shift: 24 },
                ..small(9, 7)
            },
            LayerSpec { weight_bits: 12, potential_bits: 20, threshold: 300, ..next.clone() },
            LayerSpec { reset: Reset::Zero, threshold: 9, ..small(3, 2) },
        ],
        vec![small(1, 1)],
    ]
}

#[test]
fn every_kind_of_neuron_answers_in_python_and_in_c_as_the_core_does() {
    for layers in kinds() {
        for (architecture, lanes) in [("serial", 1), ("folded", 4), ("parallel", 1)] {
            passes("model", exported(&core(layers.clone()), architecture, lanes).path());
        }
    }
    passes("model", exported(&core(vec![digits()]), "serial", 1).path());
}

#[test]
fn the_header_has_no_warnings_as_c99_and_as_cpp() {
    for layers in kinds() {
        let folder = exported(&core(layers), "serial", 1);
        let strict = ["-Wall", "-Wextra", "-pedantic", "-Wconversion", "-Werror", "-fsyntax-only"];
        for (compiler, language) in [("cc", "-std=c99"), ("g++", "-std=c++17")] {
            let mut compile = Command::new(compiler);
            compile.arg(language).args(strict);
            if compiler == "g++" {
                compile.args(["-x", "c++", "model.h"]);
            } else {
                compile.arg("model.c");
            }
            let output = compile.current_dir(folder.path()).output().expect("a compiler");
            assert!(output.status.success(), "{compiler}: {}", text(&output));
        }
    }
}

/// Puts events of inputs that there are not behind every start.
fn send_beyond_the_inputs(folder: &Path) {
    edit(folder, "events.txt", "s\n", "s\ne 16\ne 4000000000\n");
}

#[test]
fn events_of_inputs_that_there_are_not_are_ignored() {
    let folder = exported(&core(vec![small(16, 4)]), "serial", 1);
    send_beyond_the_inputs(folder.path());
    passes("model", folder.path());
    for (file, from, to) in [
        ("model.py", "if 0 <= i < LAYERS[0][\"inputs\"]:", "if True:"),
        ("model.h", "if (input >= layer->inputs) return;", "input %= layer->inputs;"),
    ] {
        edit(folder.path(), file, from, to);
        assert!(!run("model", folder.path()).passed, "{file}");
        edit(folder.path(), file, to, from);
    }
}

/// What is planted: the file, its text, and what becomes of it.
const FAULTS: &[(&str, &str, &str)] = &[
    ("model.py", "self.potentials * factor >> shift", "-(-self.potentials * factor >> shift)"),
    (
        "model.py",
        "np.clip(self.potentials + row, self.lowest, self.highest)",
        "self.potentials + row",
    ),
    (
        "model.py",
        "np.where(fired, self.refractory_ticks,",
        "np.where(fired, self.refractory_ticks - 1,",
    ),
    (
        "model.py",
        "rows = np.where(self.refractory > 0, 0, ",
        "rows = np.where(self.refractory > 9, 0, ",
    ),
    ("model.py", "self.counts[neuron] > self.most", "self.counts[neuron] >= self.most"),
    ("model.py", "np.minimum(self.counts,", "np.maximum(self.counts,"),
    ("model.py", "self.potentials >= self.threshold", "self.potentials > self.threshold"),
    ("model.py", "weights - (negative << bits)", "weights"),
    ("model.h", "v < 0 ? ~(~v >> distance) : v >> distance", "v / ((int64_t)1 << distance)"),
    ("model.h", "if (*v > layer->highest) *v = layer->highest;", ""),
    ("model.h", "if (*v < layer->lowest) *v = layer->lowest;", ""),
    (
        "model.h",
        "*refractory = layer->refractory_ticks;",
        "*refractory = layer->refractory_ticks - 1;",
    ),
    ("model.h", "if (model->refractory[layer->first + j] > 0) continue;", ""),
    ("model.h", "*count > model->most", "*count >= model->most"),
    ("model.h", "if (*count < LIF_MOST_COUNTED) ", ""),
    ("model.h", "if (*v < layer->threshold) {", "if (*v <= layer->threshold) {"),
];

#[test]
fn faults_in_either_model_are_noticed() {
    let kind = LayerSpec {
        leak: Leak::Multiply { factor: 117, shift: 7 },
        refractory_ticks: 2,
        ..small(16, 4)
    };
    let folder = exported(&core(vec![kind]), "folded", 2);
    passes("model", folder.path());
    for (file, from, to) in FAULTS {
        let path = folder.path().join(file);
        let whole = fs::read_to_string(&path).expect("the model");
        edit(folder.path(), file, from, to);
        let verdict = run("model", folder.path());
        assert!(!verdict.passed && verdict.output.contains("FAIL"), "{to}: {}", verdict.output);
        assert!(verdict.output.contains(&format!("of {file}: '")), "{to}: {}", verdict.output);
        fs::write(&path, whole).expect("the model");
    }
    passes("model", folder.path());
}

#[test]
fn each_model_notices_weights_in_another_order() {
    let folder = exported(&core(vec![small(16, 4)]), "serial", 1);
    for file in ["lif_weights_0.hex", "model_weights.h"] {
        let path = folder.path().join(file);
        let whole = fs::read_to_string(&path).expect("weights");
        let is_row = |line: &&str| file.ends_with("hex") || line.starts_with("    ");
        let mut last = whole.lines().filter(is_row).rev();
        let mut turn = |line| if is_row(&line) { last.next().expect("as many rows") } else { line };
        let turned: Vec<&str> = whole.lines().map(&mut turn).collect();
        fs::write(&path, turned.join("\n") + "\n").expect("weights");
        let verdict = run("model", folder.path());
        assert!(!verdict.passed, "{file}: {}", verdict.output);
        fs::write(&path, whole).expect("weights");
    }
    passes("model", folder.path());
}

#[test]
fn a_python_without_numpy_is_told_what_to_install() {
    let folder = exported(&core(vec![small(4, 2)]), "serial", 1);
    edit(folder.path(), "Makefile", "$(PYTHON) /usr/bin/python3;", "python_without_numpy;");
    let verdict = run("model", folder.path());
    assert!(!verdict.passed, "{}", verdict.output);
    assert!(verdict.output.contains("apt-get install python3-numpy"), "{}", verdict.output);
}

#[test]
fn the_python_model_counts_images_of_time_steps() {
    let folder = exported(&core(vec![small(16, 4)]), "serial", 1);
    // The same images by calls of the class, one by one and all at once.
    let program = "
from model import Model
images = [[[i] * 10 for i in range(17)], [[], list(range(16))], []]
one = Model()
counts = []
for image in images:
    one.start()
    for inputs in image:
        for i in inputs:
            one.event(i)
        one.tick()
    counts.append(one.counts.tolist())
assert Model().run(images).tolist() == counts, counts
assert sum(map(sum, counts)) > 0 and counts[2] == [0, 0, 0, 0]
";
    fs::write(folder.path().join("use.py"), program).expect("a program");
    let output = Command::new("/usr/bin/python3").arg("use.py").current_dir(folder.path()).output();
    let output = output.expect("Debian's Python");
    assert!(output.status.success(), "{}", text(&output));
}
