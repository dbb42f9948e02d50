//! Licences of all that a program is linked from, as they ask to be handed on with it.

use std::{collections::BTreeMap, fmt::Write as _, fs};

use anyhow::{Context, Result, ensure};
use cargo_metadata::{CargoOpt, MetadataCommand, Package, camino::Utf8Path};

use crate::licences::linked;

/// How files that say under which terms others may use a package begin, in small letters.
const TERMS: [&str; 6] = ["license", "licence", "copying", "notice", "copyright", "unlicense"];

/// Names, versions, licences and sources of the packages of others in the program, then every text that they carry, each once.
///
/// # Errors
/// If `cargo` does not say which packages there are, or a text cannot be read.
pub fn text(root: &Utf8Path) -> Result<String> {
    let metadata = MetadataCommand::new()
        .current_dir(root)
        .features(CargoOpt::SomeFeatures(Vec::new()))
        .exec()
        .context("cargo metadata")?;
    let words = ["--package", "memspike", "--edges", "normal,no-proc-macro"];
    let names = linked(root, &words)?;
    let name = |package: &Package| format!("{} v{}", package.name, package.version);
    let mut others: Vec<&Package> = metadata
        .packages
        .iter()
        .filter(|package| package.source.is_some() && names.contains(&name(package)))
        .collect();
    others.sort_by_key(|package| (package.name.as_str(), &package.version));
    ensure!(!others.is_empty(), "cargo tree and cargo metadata name no package alike");
    let mut text = String::from(
        "memspike is linked from these packages of others, and from Rust's standard library (MIT OR Apache-2.0).\n\
         The source of each is where it says; the texts of their licences follow.\n\n",
    );
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in others {
        let licence = package.license.as_deref().unwrap_or("as its text says");
        let source = package.repository.as_deref().unwrap_or("no source named");
        let found = terms(package)?;
        let none = if found.is_empty() { ", carries no text" } else { "" };
        writeln!(text, "{}: {licence}, {source}{none}", name(package))?;
        for terms in found {
            texts.entry(terms).or_default().push(name(package));
        }
    }
    // Under its first package, so that the order depends on names alone.
    let mut texts: Vec<(Vec<String>, String)> =
        texts.into_iter().map(|(terms, names)| (names, terms)).collect();
    texts.sort();
    for (names, terms) in texts {
        write!(text, "\n{}\n{}\n\n{terms}\n", "=".repeat(78), names.join(", "))?;
    }
    Ok(text)
}

/// What the files of a package say about its terms, in the order of their names, with lines that end alike.
fn terms(package: &Package) -> Result<Vec<String>> {
    let folder = package.manifest_path.parent().context("a manifest has a folder")?;
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {folder}"))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().to_lowercase();
        if entry.file_type()?.is_file() && TERMS.iter().any(|begin| name.starts_with(begin)) {
            files.push(entry.path());
        }
    }
    files.sort();
    files
        .iter()
        .map(|file| {
            let text = fs::read_to_string(file)
                .with_context(|| format!("cannot read {}", file.display()))?;
            let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
            Ok(lines.join("\n").trim_matches('\n').to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use cargo_metadata::camino::Utf8Path;

    use super::text;

    #[test]
    fn notices_name_every_crate_of_others_in_the_program_and_hand_on_their_texts() {
        let root = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository");
        let text = text(root).expect("notices");
        // Some that the program asks for by itself, and some that only builds and tests do.
        for name in ["clap", "petgraph", "priority-queue", "vcd", "serde", "rand", "parquet"] {
            assert!(text.contains(&format!("\n{name} v")), "{name}");
        }
        for absent in ["\nmemspike-", "\ninsta v", "\nproptest v", "\nsyn v"] {
            assert!(!text.contains(absent), "{absent}");
        }
        assert!(text.contains("Permission is hereby granted, free of charge"));
        assert!(text.contains("Apache License"));
        // A text that many share is handed on once.
        let apache = text.lines().filter(|line| line.contains(": ") && line.contains("Apache-2.0"));
        let texts = text.matches("TERMS AND CONDITIONS FOR USE, REPRODUCTION").count();
        assert!(texts > 0 && 4 * texts < apache.count(), "{texts} texts");
    }
}
