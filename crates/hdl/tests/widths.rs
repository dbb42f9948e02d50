//! Cores of every width at which a machine word ends: neurons side by side, lanes, addresses.

mod common;

use common::{core, exported, passes_all, small};
use memspike_hdl::layout;
use memspike_lif_core::LayerSpec;
use tempfile::TempDir;

fn parallel(neurons: usize) -> TempDir {
    let layer = LayerSpec { refractory_ticks: 1, ..small(2, neurons) };
    exported(&core(vec![layer]), "parallel", 1)
}

#[test]
fn parallel_layers_whose_spikes_fill_a_machine_word_pass() {
    for neurons in [64, 65] {
        passes_all(&["lint", "sim"], parallel(neurons).path());
    }
}

#[test]
fn parallel_layers_of_any_width_are_clean() {
    for neurons in [31, 32, 33, 63, 127, 128, 129, 256] {
        passes_all(&["lint"], parallel(neurons).path());
    }
}

#[test]
fn folded_layers_of_up_to_64_lanes_pass_and_more_are_refused() {
    for lanes in [32, 64] {
        let folder = exported(&core(vec![small(3, 70)]), "folded", lanes);
        passes_all(&["lint", "sim"], folder.path());
    }
    assert!(layout("folded", 65).is_err() && layout("folded", 128).is_err());
}

#[test]
fn wide_layers_pass_their_spikes_to_the_next_one() {
    let second = LayerSpec { threshold: 12, potential_bits: 12, ..small(65, 2) };
    let folder = exported(&core(vec![small(2, 65), second]), "parallel", 1);
    passes_all(&["lint", "sim"], folder.path());
}
