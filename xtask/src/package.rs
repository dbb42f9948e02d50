//! Packages as a registry would have them.

use anyhow::Result;

use crate::command::{command, run};

/// Packs every crate but this one, and builds each from what was packed.
///
/// # Errors
/// If one cannot be packed, or does not build without the rest of the repository.
pub fn check() -> Result<()> {
    run(command(&["cargo", "package", "--workspace", "--exclude", "xtask", "--locked"]))
}

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeSet,
        fs,
        path::{Path, PathBuf},
        process::Command,
    };

    use cargo_metadata::MetadataCommand;

    /// Sources below a folder that are no package of their own.
    fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() && !path.join("Cargo.toml").exists() && !path.ends_with("target") {
                sources(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }

    /// Paths that a source includes by `include_str!` and `include_bytes!`, as it writes them.
    fn included(text: &str) -> Vec<String> {
        ["include_str!(\"", "include_bytes!(\""]
            .iter()
            .flat_map(|word| text.split(word).skip(1))
            .filter_map(|rest| rest.split_once("\")").map(|(path, _)| path.to_owned()))
            .collect()
    }

    /// Files that a package would have.
    fn packed(name: &str) -> BTreeSet<PathBuf> {
        let output = Command::new("cargo")
            .args(["package", "--list", "--allow-dirty", "--offline", "--package", name])
            .output()
            .expect("cargo starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("names").lines().map(PathBuf::from).collect()
    }

    #[test]
    fn what_the_sources_of_a_package_include_is_in_the_package() {
        let metadata = MetadataCommand::new().no_deps().exec().expect("cargo metadata");
        let mut checked = 0;
        for package in metadata.packages.iter().filter(|p| p.name.as_str() != "xtask") {
            let root = package.manifest_path.parent().expect("a folder").as_std_path();
            // Tests are no part of what others build.
            let mut files = Vec::new();
            let own = root.join("src");
            sources(if own.exists() { &own } else { root }, &mut files);
            let paths: Vec<PathBuf> = files
                .iter()
                .flat_map(|file| {
                    let text = fs::read_to_string(file).expect("a source");
                    let folder = file.parent().expect("a folder").to_owned();
                    included(&text).into_iter().map(move |path| folder.join(path))
                })
                .collect();
            if paths.is_empty() {
                continue;
            }
            let packed = packed(package.name.as_str());
            for path in paths {
                let path = path.canonicalize().expect("what is included is there");
                let inner = path.strip_prefix(root.canonicalize().expect("the package"));
                let inner = inner
                    .unwrap_or_else(|_| panic!("{} includes {}", package.name, path.display()));
                assert!(packed.contains(inner), "{} lacks {}", package.name, inner.display());
                checked += 1;
            }
        }
        assert!(checked > 30, "{checked} files");
    }
}
