//! The table of dependencies in ARCHITECTURE.md.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::MetadataCommand;

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
    let rows: BTreeMap<&str, &str> = include_str!("../../ARCHITECTURE.md")
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
