//! Licences of everything that is built, from `cargo metadata`.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use cargo_metadata::{CargoOpt, MetadataCommand, Package};
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
    let mut linked = BTreeSet::new();
    for platform in PLATFORMS {
        linked.extend(linked_on(platform)?);
    }
    let name = |package: &&Package| format!("{} v{}", package.name, package.version);
    let linked: Vec<&Package> =
        metadata.packages.iter().filter(|package| linked.contains(&name(package))).collect();
    let refused: Vec<String> = linked.iter().copied().filter_map(refusal).collect();
    if !refused.is_empty() {
        bail!("licences not allowed:\n    {}", refused.join("\n    "));
    }
    println!("   {} packages, every licence allowed", linked.len());
    Ok(())
}

/// Packages as `name v1.2.3`. Of `cargo metadata` they cannot be had: its features are those of all systems together.
fn linked_on(platform: &str) -> Result<BTreeSet<String>> {
    let words = ["cargo", "tree", "--workspace", "--prefix", "none", "--format", "{p}", FEATURES];
    let output = command(&words).args(["--target", platform]).output().context("cargo tree")?;
    if !output.status.success() {
        bail!("cargo tree: {}", String::from_utf8_lossy(&output.stderr));
    }
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
