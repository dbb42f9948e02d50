//! Cores of every width at which a machine word ends: neurons side by side, lanes, addresses.

mod common;

use common::{core, exported, passes_all, small};
use memspike_hdl::layout;
use memspike_lif_core::LayerSpec;

/// Half of the cores each, side by side.
fn parallel_cores_pass(widths: &[usize]) {
    for &neurons in widths {
        let layer = LayerSpec { refractory_ticks: 1, ..small(3, neurons) };
        let folder = exported(&core(vec![layer]), "parallel", 1);
        passes_all(&["lint", "sim"], folder.path());
    }
}

#[test]
fn parallel_layers_of_up_to_65_neurons_pass() {
    parallel_cores_pass(&[1, 2, 31, 32, 33, 63, 64, 65]);
}

#[test]
fn parallel_layers_of_up_to_256_neurons_pass() {
    parallel_cores_pass(&[127, 128, 129, 256]);
}

#[test]
fn folded_layers_of_up_to_64_lanes_pass_and_more_are_refused() {
    for lanes in [1, 2, 32, 64] {
        let folder = exported(&core(vec![small(3, 130)]), "folded", lanes);
        passes_all(&["lint", "sim"], folder.path());
    }
    assert!(layout("folded", 65).is_err() && layout("folded", 128).is_err());
}

#[test]
fn wide_layers_pass_their_spikes_to_the_next_one() {
    for (first, second) in [(64, 65), (129, 2)] {
        let layers = vec![small(2, first), LayerSpec { threshold: 12, ..small(first, second) }];
        let folder = exported(&core(layers), "parallel", 1);
        passes_all(&["lint", "sim"], folder.path());
    }
}
