//! The direction in which crates know each other, held against `cargo metadata`, and other rules that the sources keep.

mod dependencies;
mod lengths;
mod libraries;
mod picture;
mod sources;

use std::collections::BTreeMap;

use cargo_metadata::MetadataCommand;

/// What each package of the workspace may depend on, among packages of the workspace.
/// A new crate gets a line here and one in ARCHITECTURE.md.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("memspike-decks", &[]),
    ("memspike-weights", &[]),
    ("memspike-time", &[]),
    ("memspike-random", &[]),
    ("memspike-scheduler", &["memspike-time"]),
    ("memspike-waveform", &[]),
    ("memspike-device", &["memspike-random", "memspike-waveform"]),
    ("memspike-digital", &["memspike-time", "memspike-device"]),
    ("memspike-foreign", &[]),
    ("memspike-rtl", &["memspike-time", "memspike-digital", "memspike-foreign"]),
    (
        "memspike-circuit",
        &["memspike-time", "memspike-device", "memspike-digital", "memspike-waveform"],
    ),
    ("memspike-files", &[]),
    ("memspike-columns", &["memspike-files"]),
    ("memspike-diff", &[]),
    ("memspike-npy", &["memspike-files"]),
    (
        "memspike-crossbar",
        &["memspike-random", "memspike-files", "memspike-npy", "memspike-device"],
    ),
    ("memspike-idx", &[]),
    ("memspike-images", &["memspike-files", "memspike-npy", "memspike-idx"]),
    (
        "memspike-network",
        &["memspike-time", "memspike-random", "memspike-files", "memspike-columns", "memspike-npy"],
    ),
    ("memspike-population", &["memspike-time", "memspike-random", "memspike-network"]),
    ("memspike-recording", &["memspike-time", "memspike-files", "memspike-columns"]),
    ("memspike-ranks", &[]),
    ("memspike-lif-core", &["memspike-time", "memspike-network"]),
    (
        "memspike-nir",
        &[
            "memspike-time",
            "memspike-files",
            "memspike-npy",
            "memspike-network",
            "memspike-population",
            "memspike-lif-core",
        ],
    ),
    ("memspike-hdl", &["memspike-lif-core"]),
    (
        "memspike-cosim",
        &[
            "memspike-time",
            "memspike-digital",
            "memspike-rtl",
            "memspike-network",
            "memspike-population",
            "memspike-lif-core",
            "memspike-hdl",
        ],
    ),
    (
        "memspike-netlist",
        &[
            "memspike-time",
            "memspike-random",
            "memspike-files",
            "memspike-crossbar",
            "memspike-idx",
            "memspike-images",
            "memspike-npy",
            "memspike-network",
            "memspike-circuit",
            "memspike-device",
            "memspike-digital",
            "memspike-rtl",
            "memspike-lif-core",
            "memspike-hdl",
            "memspike-cosim",
            "memspike-waveform",
        ],
    ),
    (
        "memspike-spice",
        &[
            "memspike-random",
            "memspike-netlist",
            "memspike-circuit",
            "memspike-device",
            "memspike-waveform",
        ],
    ),
    (
        "memspike-engine",
        &[
            "memspike-scheduler",
            "memspike-time",
            "memspike-random",
            "memspike-circuit",
            "memspike-device",
            "memspike-digital",
            "memspike-waveform",
        ],
    ),
    (
        "memspike-trace",
        &[
            "memspike-scheduler",
            "memspike-time",
            "memspike-engine",
            "memspike-circuit",
            "memspike-device",
            "memspike-digital",
            "memspike-waveform",
        ],
    ),
    (
        "memspike-fit",
        &[
            "memspike-time",
            "memspike-random",
            "memspike-files",
            "memspike-trace",
            "memspike-engine",
            "memspike-netlist",
            "memspike-circuit",
            "memspike-device",
            "memspike-waveform",
        ],
    ),
    (
        "memspike-reduction",
        &[
            "memspike-random",
            "memspike-network",
            "memspike-netlist",
            "memspike-snn",
            "memspike-device",
        ],
    ),
    ("memspike-plot", &[]),
    (
        "memspike-snn",
        &[
            "memspike-time",
            "memspike-random",
            "memspike-files",
            "memspike-trace",
            "memspike-engine",
            "memspike-circuit",
            "memspike-crossbar",
            "memspike-network",
            "memspike-idx",
            "memspike-images",
            "memspike-npy",
            "memspike-device",
            "memspike-waveform",
            "memspike-netlist",
        ],
    ),
    (
        "memspike-adjoint",
        &[
            "memspike-time",
            "memspike-random",
            "memspike-files",
            "memspike-npy",
            "memspike-network",
            "memspike-population",
            "memspike-snn",
        ],
    ),
    ("memspike-twin", &["memspike-hdl", "memspike-lif-core"]),
    (
        "memspike-run",
        &[
            "memspike-decks",
            "memspike-time",
            "memspike-files",
            "memspike-network",
            "memspike-snn",
            "memspike-lif-core",
            "memspike-trace",
            "memspike-engine",
            "memspike-netlist",
            "memspike-circuit",
            "memspike-device",
            "memspike-digital",
            "memspike-waveform",
        ],
    ),
    ("memspike-report", &["memspike-time", "memspike-netlist", "memspike-run"]),
    (
        "memspike-paper",
        &[
            "memspike-decks",
            "memspike-time",
            "memspike-plot",
            "memspike-trace",
            "memspike-engine",
            "memspike-netlist",
            "memspike-circuit",
            "memspike-waveform",
            "memspike-run",
            "memspike-report",
        ],
    ),
    (
        "memspike-python",
        &[
            "memspike-time",
            "memspike-files",
            "memspike-crossbar",
            "memspike-network",
            "memspike-population",
            "memspike-lif-core",
            "memspike-nir",
            "memspike-hdl",
            "memspike-snn",
            "memspike-adjoint",
            "memspike-reduction",
            "memspike-plot",
            "memspike-fit",
            "memspike-trace",
            "memspike-engine",
            "memspike-netlist",
            "memspike-circuit",
            "memspike-run",
            "memspike-report",
        ],
    ),
    (
        "memspike-cli",
        &[
            "memspike-decks",
            "memspike-weights",
            "memspike-adjoint",
            "memspike-time",
            "memspike-files",
            "memspike-diff",
            "memspike-npy",
            "memspike-nir",
            "memspike-network",
            "memspike-population",
            "memspike-recording",
            "memspike-reduction",
            "memspike-ranks",
            "memspike-crossbar",
            "memspike-snn",
            "memspike-lif-core",
            "memspike-hdl",
            "memspike-fit",
            "memspike-plot",
            "memspike-trace",
            "memspike-spice",
            "memspike-engine",
            "memspike-netlist",
            "memspike-circuit",
            "memspike-device",
            "memspike-digital",
            "memspike-idx",
            "memspike-images",
            "memspike-rtl",
            "memspike-run",
            "memspike-report",
            "memspike-paper",
        ],
    ),
    (
        "memspike",
        &[
            "memspike-time",
            "memspike-scheduler",
            "memspike-random",
            "memspike-files",
            "memspike-npy",
            "memspike-network",
            "memspike-nir",
            "memspike-recording",
            "memspike-idx",
            "memspike-images",
            "memspike-crossbar",
            "memspike-snn",
            "memspike-lif-core",
            "memspike-rtl",
            "memspike-cosim",
            "memspike-hdl",
            "memspike-fit",
            "memspike-plot",
            "memspike-trace",
            "memspike-spice",
            "memspike-engine",
            "memspike-netlist",
            "memspike-circuit",
            "memspike-device",
            "memspike-digital",
            "memspike-waveform",
            "memspike-run",
            "memspike-cli",
        ],
    ),
    ("xtask", &[]),
];

#[test]
fn no_crate_depends_upwards() {
    let metadata = MetadataCommand::new().no_deps().exec().expect("cargo metadata");
    let may_know: BTreeMap<&str, &[&str]> = MAY_KNOW.iter().copied().collect();
    let ours: Vec<&str> = metadata.packages.iter().map(|package| package.name.as_str()).collect();
    assert_eq!(ours.len(), MAY_KNOW.len(), "packages of the workspace: {ours:?}");
    for package in &metadata.packages {
        let allowed = may_know
            .get(package.name.as_str())
            .unwrap_or_else(|| panic!("{} has no line in MAY_KNOW", package.name));
        for dependency in &package.dependencies {
            let name = dependency.name.as_str();
            assert!(
                !ours.contains(&name) || allowed.contains(&name),
                "{} must not depend on {name}",
                package.name
            );
        }
    }
}
