//! The direction in which crates know each other, held against `cargo metadata`.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::MetadataCommand;

/// What each package of the workspace may depend on, among packages of the workspace.
/// A new crate gets a line here and one in ARCHITECTURE.md.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("memspike-time", &[]),
    ("memspike-random", &[]),
    ("memspike-scheduler", &["memspike-time"]),
    ("memspike-waveform", &[]),
    ("memspike-device", &["memspike-random", "memspike-waveform"]),
    ("memspike-circuit", &["memspike-time", "memspike-device", "memspike-waveform"]),
    ("memspike-files", &[]),
    ("memspike-npy", &["memspike-files"]),
    (
        "memspike-crossbar",
        &["memspike-random", "memspike-files", "memspike-npy", "memspike-device"],
    ),
    ("memspike-idx", &[]),
    ("memspike-network", &["memspike-time", "memspike-files", "memspike-npy"]),
    (
        "memspike-netlist",
        &[
            "memspike-time",
            "memspike-random",
            "memspike-crossbar",
            "memspike-idx",
            "memspike-npy",
            "memspike-circuit",
            "memspike-device",
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
            "memspike-waveform",
        ],
    ),
    (
        "memspike-trace",
        &[
            "memspike-time",
            "memspike-engine",
            "memspike-circuit",
            "memspike-device",
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
            "memspike-device",
            "memspike-waveform",
        ],
    ),
    (
        "memspike",
        &[
            "memspike-time",
            "memspike-random",
            "memspike-files",
            "memspike-npy",
            "memspike-network",
            "memspike-idx",
            "memspike-crossbar",
            "memspike-hdl",
            "memspike-lif-core",
            "memspike-snn",
            "memspike-fit",
            "memspike-plot",
            "memspike-trace",
            "memspike-spice",
            "memspike-engine",
            "memspike-netlist",
            "memspike-circuit",
            "memspike-device",
            "memspike-waveform",
        ],
    ),
    ("memspike-lif-core", &["memspike-network"]),
    ("memspike-hdl", &["memspike-lif-core"]),
    ("memspike-twin", &["memspike-hdl", "memspike-lif-core"]),
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

#[test]
fn every_dependency_has_a_row_with_its_licence() {
    let metadata = MetadataCommand::new().exec().expect("cargo metadata");
    let members = metadata.workspace_packages();
    let ours: BTreeSet<&str> = members.iter().map(|package| package.name.as_str()).collect();
    let used: BTreeSet<&str> = members
        .iter()
        .flat_map(|package| &package.dependencies)
        .map(|dependency| dependency.name.as_str())
        .filter(|name| !ours.contains(name))
        .collect();
    let rows: BTreeMap<&str, &str> = include_str!("../ARCHITECTURE.md")
        .lines()
        .skip_while(|line| *line != "## Dependencies")
        .take_while(|line| *line != "## What is absent")
        .filter_map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            (cells.len() == 3 && cells[0] != "crate" && cells[0] != "---")
                .then(|| (cells[0], cells[2]))
        })
        .collect();
    assert_eq!(rows.keys().copied().collect::<BTreeSet<_>>(), used, "rows of ARCHITECTURE.md");
    for package in metadata.packages.iter().filter(|package| used.contains(package.name.as_str())) {
        let name = package.name.as_str();
        assert_eq!(package.license.as_deref(), Some(rows[name]), "licence of {name}");
    }
}
