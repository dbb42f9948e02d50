//! Python environments, folders in the target folder.

use std::fs;

use anyhow::{Context, Result};
use cargo_metadata::{
    MetadataCommand,
    camino::{Utf8Path, Utf8PathBuf},
};

use crate::command::{command, run, succeeds};

/// Names the packages that an environment has, in its folder.
const RECORD: &str = "memspike-packages.txt";

/// Makes the environment of this name if it was not made with exactly these packages, and gives its folder. Each entry holds packages
/// as pip takes them, separated by spaces, and what needs them.
///
/// # Errors
/// If a package cannot be installed, or needs one that is not listed.
pub fn install(name: &str, packages: &[(&str, &str)]) -> Result<Utf8PathBuf> {
    for (names, purpose) in packages {
        println!("   {names}: {purpose}");
    }
    let metadata = MetadataCommand::new().no_deps().exec().context("cargo metadata")?;
    let folder = metadata.target_directory.join(name);
    let names: Vec<&str> = packages.iter().flat_map(|(names, _)| names.split(' ')).collect();
    let wanted = names.join("\n");
    if has(&folder, &wanted) {
        return Ok(folder);
    }
    run(command(&["python3", "-m", "venv", "--clear", folder.as_str()]))?;
    let python = folder.join("bin/python");
    let pip = [python.as_str(), "-m", "pip", "--disable-pip-version-check"];
    let mut install = command(&pip);
    install.args(["install", "--quiet", "--no-deps"]).args(names);
    run(install)?;
    let mut check = command(&pip);
    check.arg("check");
    run(check)?;
    let record = folder.join(RECORD);
    fs::write(&record, wanted).with_context(|| format!("cannot write {record}"))?;
    Ok(folder)
}

/// Whether the environment works and was made with these packages.
fn has(folder: &Utf8Path, wanted: &str) -> bool {
    let recorded = fs::read_to_string(folder.join(RECORD));
    recorded.is_ok_and(|recorded| recorded == wanted)
        && succeeds(command(&[folder.join("bin/python").as_str(), "--version"]))
}
