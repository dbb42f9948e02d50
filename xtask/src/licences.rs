//! Licences of everything that is built, from `cargo metadata`.

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

/// Checks every package that any target of this workspace can link.
///
/// # Errors
/// Lists every package whose licence is missing, unreadable or not allowed.
pub fn check() -> Result<()> {
    let metadata = MetadataCommand::new().exec().context("cargo metadata")?;
    let refused: Vec<String> = metadata.packages.iter().filter_map(refusal).collect();
    if !refused.is_empty() {
        bail!("licences not allowed:\n    {}", refused.join("\n    "));
    }
    println!("   {} packages, every licence allowed", metadata.packages.len());
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
