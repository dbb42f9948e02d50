//! The picture of the crates in ARCHITECTURE.md, drawn from `cargo metadata`.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand, Package};

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
    const BEGIN: &str = "<!-- the crates, drawn by tests/architecture/picture.rs -->\n";
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
