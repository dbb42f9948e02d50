//! Processes that are measured, and Python environments of peers.

use std::{
    error::Error,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;
use wait4::Wait4;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Python of a virtual environment in `folder`. If it is not there it is made, with one call of pip for each list of words.
pub fn environment(folder: &Path, packages: &[&[&str]]) -> Result<PathBuf> {
    let python = folder.join("bin/python");
    let finished = folder.join("finished");
    if !finished.exists() {
        eprintln!("making a Python environment in {}", folder.display());
        let run = |command: &mut Command| cost(command, Stdio::null());
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder))?;
        for list in packages {
            let pip = ["-m", "pip", "install", "--quiet"];
            run(Command::new(&python).args(pip).args(*list))?;
        }
        fs::write(finished, "")?;
    }
    Ok(python)
}

/// What a finished process took.
#[derive(Clone, Copy)]
pub struct Cost {
    pub wall: Duration,
    pub cpu: Duration,
    pub peak_bytes: u64,
}

fn cost(command: &mut Command, output: impl Into<Stdio>) -> Result<Cost> {
    let name = command.get_program().to_string_lossy().into_owned();
    let start = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(output)
        .spawn()
        .map_err(|e| io::Error::new(e.kind(), format!("{name} does not start: {e}")))?;
    let used = child.wait4()?;
    let wall = start.elapsed();
    if !used.status.success() {
        return Err(format!("{name} failed: {}", used.status).into());
    }
    let cpu = used.rusage.utime + used.rusage.stime;
    Ok(Cost { wall, cpu, peak_bytes: used.rusage.maxrss })
}

/// A process and the JSON that it prints, alone or in its last line.
pub fn measured(folder: &Path, command: &mut Command) -> Result<(Cost, Value)> {
    let path = folder.join("printed.json");
    let cost = cost(command, File::create(&path)?)?;
    let printed = fs::read_to_string(path)?;
    let last = printed.trim_end().rsplit('\n').next().unwrap_or_default();
    let json = serde_json::from_str(&printed).or_else(|_| serde_json::from_str(last))?;
    Ok((cost, json))
}
