//! The cores in hdl/generated are what this version generates.

mod common;

use std::fs;
use std::path::Path;

use common::{core, small};
use memspike_hdl::{export, layout};
use memspike_lif_core::{LayerSpec, Leak, Reset};

/// Set this variable to write the cores again after an intended change.
const UPDATE: &str = "UPDATE_GENERATED";

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
        let layout = layout(architecture, lanes).expect("an architecture");
        let files = export(&core(layers), &*layout, "lif", 1).expect("an export");
        // Vectors are large and follow from the rest.
        let kept = files.iter().filter(|file| {
            file.name.starts_with("lif") || file.name == "spec.json" || file.name == "README.md"
        });
        for file in kept {
            let path = folder.join(&file.name);
            if std::env::var_os(UPDATE).is_some() {
                fs::create_dir_all(&folder).expect("the folder");
                fs::write(&path, &file.text).expect("the file");
            }
            let committed = fs::read_to_string(&path).unwrap_or_default();
            assert!(
                committed == file.text,
                "{} differs from what is generated; if that is intended, run this test with {UPDATE}=1",
                path.display()
            );
        }
    }
}
