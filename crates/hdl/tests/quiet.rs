//! A quiet core does not change, proved by yosys for every layout by the gate of an export; and cores that do are refuted.

mod common;

use std::fs::File;

use common::{core, digits, edit, export_into, exported, passes, run, small};
use memspike_hdl::{Export, Verdict, WeightsMemory, export, layout_with};
use memspike_lif_core::{LayerSpec, Leak};
use tempfile::TempDir;

#[test]
fn a_quiet_core_of_every_layout_does_not_change() {
    for (arch, lanes) in [("serial", 1), ("parallel", 1), ("folded", 2)] {
        let refractory = LayerSpec { refractory_ticks: 2, ..small(6, 5) };
        let folder = exported(&core(vec![small(4, 6), refractory]), arch, lanes);
        let verdict = run("quiet", folder.path());
        assert!(verdict.passed, "{arch}: {}", verdict.output);
        let count = verdict.line().split(' ').find_map(|word| word.parse::<usize>().ok());
        assert!(count.is_some_and(|count| count > 30), "{}", verdict.line());
    }
}

#[test]
fn a_core_of_another_name_with_weights_that_are_loaded_stays_too() {
    for (arch, leak) in
        [("serial", Leak::Multiply { factor: 117, shift: 7 }), ("parallel", Leak::None)]
    {
        let folder = TempDir::new().expect("a folder");
        let layout = layout_with(arch, 1, WeightsMemory::Ram).expect("a layout");
        let core = core(vec![LayerSpec { leak, ..small(16, 4) }, small(4, 3)]);
        let create = |name: &str| File::create(folder.path().join(name));
        export(&core, &*layout, &Export::new("mine"), create).expect("an export");
        passes("quiet", folder.path());
    }
}

#[test]
fn the_core_of_the_size_that_mnist_needs_is_proved() {
    let folder = TempDir::new().expect("a folder");
    export_into(folder.path(), &core(vec![digits()]), "serial", 1, &Export::new("lif"));
    passes("quiet", folder.path());
}

/// What the gate says of a core that was changed.
fn changed(arch: &str, from: &str, to: &str) -> Verdict {
    let folder = exported(&core(vec![small(16, 4)]), arch, 1);
    edit(folder.path(), "lif.v", from, to);
    run("quiet", folder.path())
}

#[test]
fn a_core_that_changes_without_work_is_refuted_by_the_name_of_a_register() {
    let faults = [
        // The counter looks at addresses that nobody offers.
        (
            "serial",
            "if (take_event) begin\n            address",
            "begin\n            address",
            "counter.old",
        ),
        // It follows a count that it is not told of.
        ("serial", "if (update & leads) begin", "if (leads) begin", "counter.best"),
        // The layer writes states although it sweeps over none.
        ("serial", "if (advance & execute) begin", "if (advance) begin", "layer_0.states["),
        // A neuron leaks without a tick.
        (
            "parallel",
            "if (tick | integrate) begin\n                v <= next_v;",
            "begin\n                v <= v - (v >>> 3);",
            "neuron_",
        ),
    ];
    for (arch, from, to, register) in faults {
        let verdict = changed(arch, from, to);
        assert!(!verdict.passed, "{from}: {}", verdict.output);
        let line = verdict.line();
        assert!(
            line.starts_with("FAIL: ") && line.contains("changes in a quiet core"),
            "{}",
            verdict.output
        );
        assert!(line.contains(register), "{from}: {line}");
    }
}
