//! The Python package: built from its source distribution, installed in an environment of its own, tested and checked there.

use std::fs;

use anyhow::{Context, Result, ensure};
use cargo_metadata::{MetadataCommand, camino::Utf8Path};

use crate::command::{command, run};
use crate::{decks, python};

/// Packages of that environment with their versions, all that these need included, and what needs them.
const PACKAGES: &[(&str, &str)] = &[
    ("maturin==1.16.0", "builds the package"),
    ("numpy==2.4.6", "what the package needs"),
    ("scipy==1.17.1", "sparse weights"),
    (
        "PyNN==0.13.0 neo==0.14.6 quantities==0.16.4 lazyarray==0.7.0",
        "the PyNN backend, and what it needs",
    ),
    (
        "pandas==3.1.1 pyarrow==26.0.1 python-dateutil==4.0.0 six==1.17.0 tzdata==2026.6",
        "tables that the package gives and takes, and what they need",
    ),
    (
        "scikit-learn==1.9.1 joblib==1.6.0 threadpoolctl==3.8.0 cloudpickle==3.1.3 narwhals==2.29.0",
        "the digits of a notebook, and what they need",
    ),
    (
        "pytest==9.2.0 iniconfig==2.3.1 packaging==26.4 pluggy==1.7.0 Pygments==2.21.0",
        "its tests, and what they need",
    ),
    (
        "mypy==2.4.1 ast_serialize==0.13.1 librt==0.17.0 mypy_extensions==1.2.0 pathspec==1.1.1 \
         typing_extensions==4.16.0",
        "its types, and what that needs",
    ),
    ("ruff==0.17.6", "its form"),
    ("cocotb==2.1.0 find_libpython==0.5.1", "the testbench of an example, and what it needs"),
];

/// Builds, installs, tests and checks the package; `long` runs its long tests, too.
///
/// # Errors
/// The first step that fails.
pub fn check(long: bool) -> Result<()> {
    let metadata = MetadataCommand::new().no_deps().exec().context("cargo metadata")?;
    let (root, target) = (&metadata.workspace_root, &metadata.target_directory);
    let sources = root.join("crates/python");
    let environment = python::install("python-package", PACKAGES)?;
    let python = environment.join("bin/python");
    let ruff = environment.join("bin/ruff");
    run(command(&[ruff.as_str(), "format", "--check", sources.as_str()]))?;
    run(command(&[ruff.as_str(), "check", sources.as_str()]))?;
    install(root, target, &environment)?;
    let mut types = command(&[python.as_str(), "-m", "mypy", "--config-file", "mypy.ini"]);
    types.current_dir(&sources);
    run(types)?;
    let mut stubs = command(&[python.as_str(), "-m", "mypy.stubtest", "memspike._core"]);
    stubs.args(["--mypy-config-file", "mypy.ini", "--ignore-disjoint-bases"]).current_dir(&sources);
    run(stubs)?;
    let program = decks::program()?;
    let mut tests = command(&[python.as_str(), "-m", "pytest", "-q"]);
    if long {
        tests.args(["-m", "long or not long"]);
    }
    tests.current_dir(&sources).env("MEMSPIKE_PROGRAM", &program);
    run(tests)
}

/// Lets what was built of the project's own crates be built anew: the files of a source distribution are all of one day long ago, so
/// that Cargo would take what was built of others before for theirs.
fn forget_own_crates(built: &Utf8Path) -> Result<()> {
    let known = built.join("debug/.fingerprint");
    if !known.exists() {
        return Ok(());
    }
    for unit in fs::read_dir(&known).with_context(|| format!("cannot read {known}"))? {
        let unit = unit?;
        if unit.file_name().to_string_lossy().starts_with("memspike-") {
            fs::remove_dir_all(unit.path()).with_context(|| format!("cannot empty {known}"))?;
        }
    }
    Ok(())
}

/// Builds a source distribution and from that a wheel, as the tests are built, and installs it.
fn install(root: &Utf8Path, target: &Utf8Path, environment: &Utf8Path) -> Result<()> {
    let wheels = target.join("wheels");
    if wheels.exists() {
        fs::remove_dir_all(&wheels).with_context(|| format!("cannot empty {wheels}"))?;
    }
    let (maturin, python) = (environment.join("bin/maturin"), environment.join("bin/python"));
    let mut build = command(&[maturin.as_str(), "build", "--sdist", "--profile", "dev", "--out"]);
    build.args([wheels.as_str(), "--interpreter", python.as_str()]);
    let own = target.join("python-build");
    forget_own_crates(&own)?;
    build.current_dir(root).env("CARGO_TARGET_DIR", own);
    run(build)?;
    let built = fs::read_dir(&wheels).with_context(|| format!("cannot read {wheels}"))?;
    let built: Vec<_> = built.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    let ends =
        |ending: &str| built.iter().filter(|path| path.to_string_lossy().ends_with(ending)).count();
    ensure!(
        ends(".whl") == 1 && ends(".tar.gz") == 1,
        "a wheel and a source distribution: {built:?}"
    );
    let pip = [python.as_str(), "-m", "pip", "--disable-pip-version-check"];
    let mut install = command(&pip);
    install.args(["install", "--quiet", "--no-deps", "--force-reinstall"]);
    install
        .args(built.iter().filter(|path| path.extension().is_some_and(|ending| ending == "whl")));
    run(install)?;
    let mut check = command(&pip);
    check.arg("check");
    run(check)
}
