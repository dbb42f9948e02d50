//! Licences of everything that is built, from `cargo metadata`.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail, ensure};
use cargo_metadata::{CargoOpt, MetadataCommand, Package, camino::Utf8Path};
use spdx::{Expression, ParseMode};

use crate::command::{FEATURES, command};

/// Licences that a dependency may have, as SPDX ids: permissive ones, one file-level copyleft
/// (MPL-2.0), and public-domain dedications.
const ALLOWED: &[&str] = &[
    "MIT",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "MPL-2.0",
    "Zlib",
    "Unicode-3.0",
    "Unlicense",
    "0BSD",
    "ISC",
];

/// Where the program can be built: what only other systems would need, such as browsers, is never linked.
const PLATFORMS: &[&str] = &[
    "x86_64-unknown-linux-gnu",
    "aarch64-unknown-linux-gnu",
    "x86_64-apple-darwin",
    "aarch64-apple-darwin",
    "x86_64-pc-windows-msvc",
];

/// Checks every package that any target of this workspace can link on any of these systems.
///
/// # Errors
/// Lists every package whose licence is missing, unreadable or not allowed.
pub fn check() -> Result<()> {
    let metadata =
        MetadataCommand::new().features(CargoOpt::AllFeatures).exec().context("cargo metadata")?;
    let root = metadata.workspace_root.as_path();
    let mut all = BTreeSet::new();
    for platform in PLATFORMS {
        all.extend(linked(root, &["--workspace", FEATURES, "--target", platform])?);
    }
    let name = |package: &&Package| format!("{} v{}", package.name, package.version);
    let all: Vec<&Package> =
        metadata.packages.iter().filter(|package| all.contains(&name(package))).collect();
    let refused: Vec<String> = all.iter().copied().filter_map(refusal).collect();
    if !refused.is_empty() {
        bail!("licences not allowed:\n    {}", refused.join("\n    "));
    }
    println!("   {} packages, every licence allowed", all.len());
    Ok(())
}

/// Packages that `cargo tree` shows with these words, as `name v1.2.3`. Of `cargo metadata` they cannot be had: its features are those of all systems together.
///
/// # Errors
/// If `cargo tree` fails.
pub fn linked(root: &Utf8Path, words: &[&str]) -> Result<BTreeSet<String>> {
    let mut tree = command(&["cargo", "tree", "--locked", "--prefix", "none", "--format", "{p}"]);
    let output = tree.args(words).current_dir(root).output().context("cargo tree")?;
    ensure!(output.status.success(), "cargo tree: {}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).context("cargo tree")?;
    // Behind name and version a line may have a path and marks.
    let package = |line: &str| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
    Ok(lines.lines().filter(|line| !line.is_empty()).map(package).collect())
}

fn refusal(package: &Package) -> Option<String> {
    let Some(licence) = &package.license else {
        return Some(format!("{} {}: no licence stated", package.name, package.version));
    };
    // Lax: old manifests write `MIT/Apache-2.0` for `MIT OR Apache-2.0`.
    let Ok(expression) = Expression::parse_mode(licence, ParseMode::LAX) else {
        return Some(format!("{} {}: unreadable '{licence}'", package.name, package.version));
    };
    let allowed = expression.evaluate(|requirement| {
        requirement.license.id().is_some_and(|id| ALLOWED.contains(&id.name))
    });
    (!allowed).then(|| format!("{} {}: {licence}", package.name, package.version))
}
