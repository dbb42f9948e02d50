//! The direction in which crates know each other, held against `cargo metadata`.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use cargo_metadata::{DependencyKind, MetadataCommand, Package};

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

/// The crates of the workspace that each needs to be built, by their names without `memspike-`.
fn needs() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = MetadataCommand::new().no_deps().exec().expect("cargo metadata");
    let short = |name: &str| name.strip_prefix("memspike-").unwrap_or(name).to_owned();
    let ours: BTreeSet<String> =
        metadata.packages.iter().map(|package| short(package.name.as_str())).collect();
    let built = |package: &Package| {
        let normal = package.dependencies.iter().filter(|d| d.kind == DependencyKind::Normal);
        let names = normal.map(|dependency| short(&dependency.name));
        (short(package.name.as_str()), names.filter(|name| ours.contains(name)).collect())
    };
    metadata.packages.iter().map(built).collect()
}

/// All that a crate needs through others.
fn reached(needs: &BTreeMap<String, BTreeSet<String>>, from: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for name in &needs[from] {
        all.insert(name.clone());
        all.extend(reached(needs, name));
    }
    all
}

/// A graph in Mermaid's language: an arrow from each crate to those that it needs, without arrows that others imply.
fn picture() -> String {
    let needs = needs();
    let mut text = String::from("```mermaid\ngraph BT\n");
    for (name, direct) in &needs {
        let implied: BTreeSet<String> =
            direct.iter().flat_map(|other| reached(&needs, other)).collect();
        for other in direct.difference(&implied) {
            text.push_str(&format!("    {other} --> {name}\n"));
        }
        if direct.is_empty() {
            text.push_str(&format!("    {name}\n"));
        }
    }
    text + "```\n"
}

#[test]
fn the_picture_of_the_crates_is_what_cargo_says() {
    const BEGIN: &str = "<!-- the crates, drawn by tests/architecture.rs -->\n";
    const END: &str = "<!-- end of the crates -->";
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/ARCHITECTURE.md");
    let page = std::fs::read_to_string(path).expect("the page");
    let (before, rest) = page.split_once(BEGIN).expect("the picture's place");
    let (stands, after) = rest.split_once(END).expect("its end");
    let drawn = picture();
    if std::env::var("MEMSPIKE_DOCS").is_ok_and(|word| word == "write") {
        let page = format!("{before}{BEGIN}{drawn}{END}{after}");
        std::fs::write(path, page).expect("the page is written");
    } else {
        assert_eq!(
            stands, drawn,
            "draw it with MEMSPIKE_DOCS=write cargo test --test architecture"
        );
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

/// The text of every file of Rust in a folder and below it.
fn sources(folder: &Path) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in folder.read_dir().unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            texts.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            texts.push(std::fs::read_to_string(&path).expect("a source"));
        }
    }
    texts
}

/// Whether a text has an example in its documentation that is Rust.
fn has_example(text: &str) -> bool {
    let fences = text.lines().filter_map(|line| {
        let line = line.trim_start();
        line.strip_prefix("/// ```").or_else(|| line.strip_prefix("//! ```"))
    });
    // Every second one ends a block.
    fences.step_by(2).any(|language| language.is_empty() || language.starts_with("rust"))
}

/// A library without tests of its own is not built a second time for them, nor its documentation searched for examples.
#[test]
fn a_library_says_that_it_has_no_tests_exactly_if_it_has_none() {
    let metadata = MetadataCommand::new().no_deps().exec().expect("cargo metadata");
    for package in &metadata.packages {
        let libraries = package.targets.iter().filter(|target| target.is_lib());
        for library in libraries {
            let sources = sources(library.src_path.parent().expect("its folder").as_std_path());
            let name = &package.name;
            let tests = sources.iter().any(|text| text.contains("#[test]"));
            assert_eq!(library.test, tests, "{name}: `test` in [lib] of its Cargo.toml");
            let examples = sources.iter().any(|text| has_example(text));
            assert_eq!(library.doctest, examples, "{name}: `doctest` in [lib] of its Cargo.toml");
        }
    }
}
