//! Exported files say their licence and what made them.

mod common;

use std::fs;

use common::{core, export_into, passes, small};
use memspike_hdl::Export;
use tempfile::TempDir;

/// Files that hold data alone, or say it in words.
fn is_data(name: &str) -> bool {
    let endings = [".hex", ".txt", ".json", ".md", ".svg"];
    name == "SHA256SUMS" || endings.iter().any(|ending| name.ends_with(ending))
}

#[test]
fn every_file_of_source_names_its_licence_and_the_command_that_made_it() {
    let what = Export {
        licence: "CC0-1.0 OR LicenseRef-Mine",
        command: "memspike export-verilog --out 'my core'",
        ..Export::new("lif")
    };
    for architecture in ["serial", "parallel"] {
        let folder = TempDir::new().expect("a folder");
        export_into(folder.path(), &core(vec![small(16, 4)]), architecture, 1, &what);
        let entries = fs::read_dir(folder.path()).expect("the folder");
        let names = entries
            .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"));
        let sources: Vec<String> = names.filter(|name| !is_data(name)).collect();
        assert!(sources.len() > 10, "{sources:?}");
        for name in sources {
            let text = fs::read_to_string(folder.path().join(&name)).expect("a file");
            let top: Vec<&str> = text.lines().take(3).collect();
            let says = |what: &str| top.iter().any(|line| line.ends_with(what));
            assert!(says("SPDX-License-Identifier: CC0-1.0 OR LicenseRef-Mine"), "{name}: {top:?}");
            let version = env!("CARGO_PKG_VERSION");
            let made = format!("memspike {version}: `memspike export-verilog --out 'my core'`.");
            assert!(says(&made), "{name}: {top:?}");
        }
        passes("check", folder.path());
        passes("lint", folder.path());
    }
}
