//! Licences of everything that is built, from `cargo metadata`.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use cargo_metadata::{MetadataCommand, Package};
use spdx::{Expression, ParseMode};

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
    let mut refused = BTreeSet::new();
    let mut packages = BTreeSet::new();
    for platform in PLATFORMS {
        let filter = ["--filter-platform".to_owned(), (*platform).to_owned()];
        let metadata = MetadataCommand::new().other_options(filter).exec();
        let metadata = metadata.context("cargo metadata")?;
        let resolve = metadata.resolve.context("cargo metadata resolves nothing")?;
        let linked: BTreeSet<_> = resolve.nodes.into_iter().map(|node| node.id).collect();
        let of_platform = metadata.packages.iter().filter(|package| linked.contains(&package.id));
        refused.extend(of_platform.filter_map(refusal));
        packages.extend(linked);
    }
    if !refused.is_empty() {
        let refused: Vec<String> = refused.into_iter().collect();
        bail!("licences not allowed:\n    {}", refused.join("\n    "));
    }
    println!("   {} packages, every licence allowed", packages.len());
    Ok(())
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
