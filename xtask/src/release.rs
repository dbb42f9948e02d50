//! The archive of a release: program, man pages, completions, manual, cards, decks, and the licences of what it is linked from.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use cargo_metadata::{MetadataCommand, camino::Utf8Path};
use sha2::{Digest, Sha256};

use crate::{
    archive::{Entry, pack},
    command::{command, run},
    notices,
};

/// What of the repository is in an archive, as `git ls-files` takes it: the manual, and all that its links lead to.
const MANUAL: [&str; 9] = [
    ":(glob)*.md",
    "CITATION.cff",
    "LICENSE-*",
    "docs",
    "netlists",
    "weights",
    ":(glob)hdl/*.md",
    ":(glob)benches/*.md",
    "benches/networks",
];

/// Where an archive has the manual, below its folder.
const DOC: &str = "share/doc/memspike";

/// Completions: the shell, and where it looks for them.
const COMPLETIONS: [(&str, &str); 3] = [
    ("bash", "share/bash-completion/completions/memspike"),
    ("zsh", "share/zsh/site-functions/_memspike"),
    ("fish", "share/fish/vendor_completions.d/memspike.fish"),
];

/// Builds the program and packs it with what belongs to it into `out`; `twice` does so again from a clone elsewhere and
/// compares.
///
/// # Errors
/// If a step fails, or the second archive has other bytes.
pub fn make(out: &Path, twice: bool) -> Result<()> {
    let metadata = MetadataCommand::new().no_deps().exec().context("cargo metadata")?;
    let root = metadata.workspace_root.as_path();
    let (name, bytes) = archive(root, &metadata.target_directory.join("release-archive"))?;
    fs::create_dir_all(out).with_context(|| format!("cannot make {}", out.display()))?;
    let file = out.join(format!("{name}.tar.gz"));
    fs::write(&file, &bytes).with_context(|| format!("cannot write {}", file.display()))?;
    let sum: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    fs::write(out.join(format!("{name}.tar.gz.sha256")), format!("{sum}  {name}.tar.gz\n"))?;
    println!("{}: {} bytes, sha256 {sum}", file.display(), bytes.len());
    if twice {
        let elsewhere = tempfile::tempdir().context("a temporary folder")?;
        let path = Utf8Path::from_path(elsewhere.path()).context("a path that is text")?;
        let clone = path.join("clone");
        run(command(&["git", "clone", "--quiet", root.as_str(), clone.as_str()]))?;
        let (_, again) = archive(&clone, &path.join("target"))?;
        ensure!(bytes == again, "the archive of a clone has other bytes: is all committed?");
        println!("a build from a clone in {clone} gives the same bytes");
    }
    Ok(())
}

/// The archive of a repository and its name without ending.
fn archive(root: &Utf8Path, target: &Utf8Path) -> Result<(String, Vec<u8>)> {
    let time_s = time(root)?;
    let program = build(root, target, time_s)?;
    let mut entries = manual(root)?;
    entries.extend(made(&program)?);
    let notices = format!("{DOC}/THIRD-PARTY.txt");
    entries.push(Entry { name: notices, bytes: notices::text(root)?.into_bytes(), runs: false });
    entries.push(Entry { name: "bin/memspike".to_owned(), bytes: fs::read(&program)?, runs: true });
    let version = said(Command::new(&program).arg("--version"))?;
    let version = version.trim().replace(' ', "-");
    let host = said(Command::new("rustc").arg("-vV"))?;
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc's host")?;
    let name = format!("{version}-{host}");
    Ok((name.clone(), pack(&name, entries, time_s)?))
}

/// The time that all files have: `SOURCE_DATE_EPOCH`, or that of the last commit (s since 1970).
fn time(root: &Utf8Path) -> Result<u64> {
    let text = match env::var("SOURCE_DATE_EPOCH") {
        Ok(text) => text,
        Err(_) => said(Command::new("git").args(["log", "-1", "--format=%ct"]).current_dir(root))?,
    };
    text.trim().parse().with_context(|| format!("SOURCE_DATE_EPOCH is no number: '{text}'"))
}

/// Builds the program so that neither the folder nor the time of the build is in it.
fn build(root: &Utf8Path, target: &Utf8Path, time_s: u64) -> Result<PathBuf> {
    let home = env::var("CARGO_HOME")
        .or_else(|_| env::var("HOME").map(|home| format!("{home}/.cargo")))
        .context("neither CARGO_HOME nor HOME is set")?;
    // The last that fits counts: what is generated lies in the target folder, which may be within the root.
    let flags =
        [(root.as_str(), "/memspike"), (home.as_str(), "/cargo"), (target.as_str(), "/target")]
            .map(|(path, name)| format!("--remap-path-prefix={path}={name}"));
    let mut build = command(&["cargo", "build", "--release", "--locked", "--bin", "memspike"]);
    build.current_dir(root).env("CARGO_TARGET_DIR", target).env_remove("CARGO_BUILD_TARGET");
    // This variable goes before RUSTFLAGS, and takes paths with spaces.
    build.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
    build.env("CARGO_PROFILE_RELEASE_STRIP", "symbols").env("CARGO_INCREMENTAL", "0");
    build.env("SOURCE_DATE_EPOCH", time_s.to_string());
    run(build)?;
    Ok(target.join("release/memspike").into_std_path_buf())
}

/// The manual and what its links lead to, as the repository has them.
fn manual(root: &Utf8Path) -> Result<Vec<Entry>> {
    let listed =
        said(Command::new("git").arg("ls-files").arg("--").args(MANUAL).current_dir(root))?;
    let sources = |name: &str| name.ends_with(".rs") || name.ends_with("Cargo.toml");
    let names = listed.lines().filter(|name| !sources(name));
    names
        .map(|name| {
            let path = root.join(name);
            let bytes = fs::read(&path).with_context(|| format!("cannot read {path}"))?;
            Ok(Entry { name: format!("{DOC}/{name}"), bytes, runs: false })
        })
        .collect()
}

/// Man pages and completions, as the program makes them.
fn made(program: &Path) -> Result<Vec<Entry>> {
    let folder = tempfile::tempdir().context("a temporary folder")?;
    said(Command::new(program).args(["man", "--quiet", "-o"]).arg(folder.path()))?;
    let mut entries = Vec::new();
    for page in fs::read_dir(folder.path())? {
        let page = page?;
        let name = format!("share/man/man1/{}", page.file_name().to_string_lossy());
        entries.push(Entry { name, bytes: fs::read(page.path())?, runs: false });
    }
    for (shell, name) in COMPLETIONS {
        let text = said(Command::new(program).args(["completions", shell]))?;
        entries.push(Entry { name: name.to_owned(), bytes: text.into_bytes(), runs: false });
    }
    Ok(entries)
}

/// What a command prints.
fn said(command: &mut Command) -> Result<String> {
    let shown = format!("{command:?}");
    let output = command.output().with_context(|| format!("cannot start {shown}"))?;
    ensure!(
        output.status.success(),
        "{shown}: {}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).with_context(|| format!("{shown} prints no text"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use cargo_metadata::camino::{Utf8Component, Utf8Path, Utf8PathBuf};

    use super::{DOC, manual};

    /// A path without `..`.
    fn plain(path: &Utf8Path) -> Utf8PathBuf {
        path.components().fold(Utf8PathBuf::new(), |mut whole, part| {
            match part {
                Utf8Component::ParentDir => {
                    whole.pop();
                }
                part => whole.push(part),
            }
            whole
        })
    }

    #[test]
    fn links_of_the_archives_manual_lead_to_what_the_archive_has() {
        let root = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository");
        let entries = manual(root).expect("the manual");
        let names: BTreeSet<Utf8PathBuf> = entries
            .iter()
            .flat_map(|entry| Utf8Path::new(&entry.name).ancestors())
            .map(Utf8Path::to_owned)
            .collect();
        let mut links = 0;
        for entry in entries.iter().filter(|entry| entry.name.ends_with(".md")) {
            let text = String::from_utf8(entry.bytes.clone()).expect("text");
            let folder = Utf8Path::new(&entry.name).parent().expect("a folder");
            for link in text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next()) {
                if link.contains(':') || link.is_empty() || link.contains(' ') {
                    continue;
                }
                links += 1;
                assert!(names.contains(&plain(&folder.join(link))), "{}: {link}", entry.name);
            }
        }
        assert!(links > 100, "{links} links");
        assert!(names.contains(Utf8Path::new(&format!("{DOC}/docs/start.md"))));
        assert!(!names.iter().any(|name| name.as_str().ends_with(".rs")));
    }

    #[test]
    fn citation_names_the_version_of_the_program() {
        let citation = include_str!("../../CITATION.cff");
        let version = citation.lines().find_map(|line| line.strip_prefix("version: "));
        assert_eq!(version, Some(env!("CARGO_PKG_VERSION")));
        let changes = include_str!("../../CHANGELOG.md");
        let newest = changes.lines().find_map(|line| line.strip_prefix("## "));
        let newest = newest.and_then(|heading| heading.split(' ').next()).unwrap_or_default();
        assert!([env!("CARGO_PKG_VERSION"), "Unreleased"].contains(&newest), "{newest}");
    }
}
