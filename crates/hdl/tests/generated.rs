//! The cores in hdl/generated are what this version generates.

mod common;

use std::fs;
use std::path::Path;

use common::{core, exported, small};
use memspike_lif_core::{LayerSpec, Leak, Reset};

/// Set this variable to write the cores again after an intended change.
const UPDATE: &str = "UPDATE_GENERATED";

/// Files that are kept here; vectors are large and follow from the rest.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let names =
        entries.map(|entry| entry.expect("a file").file_name().into_string().expect("a name"));
    names
        .filter(|name| {
            name.starts_with("lif")
                || name.starts_with("model")
                || name == "spec.json"
                || name == "README.md"
        })
        .collect()
}

#[test]
fn committed_cores_are_what_is_generated() {
    let resting = LayerSpec {
        leak: Leak::Multiply { factor: 117, shift: 7 },
        reset: Reset::Hold { value: 4 },
        refractory_ticks: 2,
        ..small(16, 4)
    };
    let cores = [
        ("serial", 1, vec![small(16, 4)]),
        ("parallel", 1, vec![small(16, 4)]),
        ("folded", 2, vec![small(16, 4), LayerSpec { inputs: 4, ..resting }]),
    ];
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../hdl/generated");
    for (architecture, lanes, layers) in cores {
        let folder = root.join(architecture);
        let generated = exported(&core(layers), architecture, lanes);
        for name in names(generated.path()) {
            let text = fs::read_to_string(generated.path().join(&name)).expect("a file of text");
            let path = folder.join(&name);
            if std::env::var_os(UPDATE).is_some() {
                fs::create_dir_all(&folder).expect("the folder");
                fs::write(&path, &text).expect("the file");
            }
            let committed = fs::read_to_string(&path).unwrap_or_default();
            assert!(
                committed == text,
                "{} differs from what is generated; if that is intended, run this test with {UPDATE}=1",
                path.display()
            );
        }
    }
}
