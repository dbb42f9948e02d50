//! The tests: built once, their programs run side by side.

use std::{
    collections::VecDeque,
    io::BufReader,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Mutex, PoisonError},
    thread,
    time::Instant,
};

use anyhow::{Context, Result, bail, ensure};
use cargo_metadata::{Message, MetadataCommand};

use crate::command::{FEATURES, command, run};

/// Programs that take longest, by their names: they start first, so that none is left over alone at the end.
const LONG: [&str; 9] =
    ["ranks", "gates", "faults", "mutants", "fuzz", "equal", "axi", "exactness", "memspike_snn"];

/// A program of tests.
struct Program {
    /// Its package and its own name.
    name: String,
    path: PathBuf,
    /// Folder of its package, in which cargo would run it.
    folder: PathBuf,
}

/// Builds the tests of the whole workspace and runs them, as many programs at once as there are cores, which keeps
/// these busy where a program has one long test; then those of documentation. All that failed is shown at the end.
///
/// # Errors
/// If something does not build, or a test fails.
pub fn run_all() -> Result<()> {
    let programs = build()?;
    let objects = MetadataCommand::new().no_deps().exec().context("cargo metadata")?;
    let objects = objects.target_directory.join("ccache");
    let count = programs.len();
    let workers = thread::available_parallelism().map_or(1, usize::from);
    println!("   {count} programs of tests, {workers} at once");
    let waiting = Mutex::new(VecDeque::from(programs));
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    let work = || {
        let mut failed = Vec::new();
        while let Some(program) = next() {
            failed.extend(perform(&program, objects.as_std_path())?);
        }
        Ok(failed)
    };
    let done: Vec<Result<Vec<String>>> = thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    let failed: Vec<String> = done.into_iter().collect::<Result<Vec<_>>>()?.concat();
    if !failed.is_empty() {
        failed.iter().for_each(|report| println!("{report}"));
        bail!("{} of {count} programs of tests failed", failed.len());
    }
    run(command(&["cargo", "test", "--workspace", "--doc", FEATURES]))
}

/// Builds every program of tests; those that take longest first.
fn build() -> Result<Vec<Program>> {
    println!("   $ cargo test --workspace --no-run {FEATURES}");
    let mut cargo = command(&["cargo", "test", "--workspace", "--no-run", FEATURES]);
    cargo.arg("--message-format=json-render-diagnostics").stdout(Stdio::piped());
    let mut cargo = cargo.spawn().context("cannot start cargo")?;
    let messages = cargo.stdout.take().context("cargo's output")?;
    let mut programs = Vec::new();
    for message in Message::parse_stream(BufReader::new(messages)) {
        let Message::CompilerArtifact(artifact) = message? else { continue };
        let Some(path) = artifact.executable.filter(|_| artifact.profile.test) else { continue };
        let folder = artifact.manifest_path.parent().context("a package has a folder")?;
        let package = folder.file_name().unwrap_or_default();
        programs.push(Program {
            name: format!("{package}/{}", artifact.target.name),
            path: path.into(),
            folder: folder.into(),
        });
    }
    ensure!(cargo.wait()?.success(), "the tests do not build");
    ensure!(!programs.is_empty(), "there are no tests");
    let rank = |program: &Program| {
        let own = program.name.rsplit('/').next().unwrap_or_default();
        LONG.iter().position(|long| *long == own).unwrap_or(LONG.len())
    };
    programs.sort_by_key(rank);
    Ok(programs)
}

/// Runs one; gives what it said if it failed. `objects` is where what Verilator's makefiles compile is kept: most of it is
/// Verilator's own, and the same in every model.
fn perform(program: &Program, objects: &Path) -> Result<Option<String>> {
    let begin = Instant::now();
    let mut command = as_cargo_would(&program.path, &program.folder);
    command.env("OBJCACHE", "ccache").env("CCACHE_DIR", objects).env("CCACHE_NOHASHDIR", "1");
    let output = command.output();
    let output = output.with_context(|| format!("cannot start {}", program.path.display()))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let result = said.lines().rfind(|line| line.starts_with("test result:"));
    let result = result.unwrap_or("no result");
    println!("   {:7.1} s  {}: {result}", begin.elapsed().as_secs_f64(), program.name);
    let errors = String::from_utf8_lossy(&output.stderr);
    let report = || format!("== {} ended with {}\n{said}\n{errors}", program.name, output.status);
    Ok((!output.status.success()).then(report))
}

fn as_cargo_would(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).env("CARGO_MANIFEST_DIR", folder).stdin(Stdio::null());
    command
}
