//! Wire resistance beside badcrossbar 1.1.0, in one run: exactness and time for each vector.
//! Makes a Python environment for it on first use; `benches/README.md` of the project says more.

#![allow(clippy::print_stdout, reason = "a bench reports to the terminal")]

use std::error::Error;
use std::fs::{self, File};
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use memspike_crossbar::{Array, Config, Wires, matrix};
use memspike_npy::Weights;
use memspike_random::Draws;
use nalgebra::DMatrix;
use rand_distr::{Distribution as _, StandardUniform};

const ROWS: usize = 784;
const COLUMNS: usize = 20;
const VECTORS: usize = 100;
const SEGMENT_OHM: f64 = 1.0;

/// Repetitions behind every median.
const REPEATS: usize = 9;

/// badcrossbar's other dependencies draw pictures.
const PACKAGES: &[&str] = &["badcrossbar==1.1.0", "numpy", "scipy", "pathvalidate", "sigfig"];

fn main() -> Result<(), Box<dyn Error>> {
    let python = environment(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("badcrossbar"))?;
    let folder = tempfile::tempdir()?;
    println!("{ROWS} x {COLUMNS} devices, {SEGMENT_OHM} ohm a segment (medians of {REPEATS})");
    println!("           error            ms, memspike          ms, badcrossbar    times faster");
    println!(
        "  Gmax     ours    theirs   program    product    1 call   1 of {VECTORS}    alone   1 of {VECTORS}   product"
    );
    for gmax_s in [1e-6, 10e-6, 100e-6] {
        compare(&python, folder.path(), gmax_s)?;
    }
    Ok(())
}

/// Python of a virtual environment in `folder`, which is made if it is not there.
fn environment(folder: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let python = folder.join("bin/python");
    let finished = folder.join("finished");
    if !finished.exists() {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder))?;
        run(Command::new(&python)
            .args(["-m", "pip", "install", "--quiet", "--no-deps"])
            .args(PACKAGES))?;
        fs::write(finished, "")?;
    }
    Ok(python)
}

/// What a command prints.
fn run(command: &mut Command) -> Result<String, Box<dyn Error>> {
    let output = command.output()?;
    if !output.status.success() {
        return Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn compare(python: &Path, folder: &Path, gmax_s: f64) -> Result<(), Box<dyn Error>> {
    let mut generator = Draws::new(1, "bench").generator(0);
    let mut draw = || -> f64 { StandardUniform.sample(&mut generator) };
    let weights = DMatrix::from_fn(ROWS, COLUMNS / 2, |_, _| 2.0 * draw() - 1.0);
    let volts = DMatrix::from_fn(VECTORS, ROWS, |_, _| 0.2 * draw());
    let wires = Wires { row_ohm: SEGMENT_OHM, column_ohm: SEGMENT_OHM, ..Wires::default() };
    let config = Config { wires, ..Config::ideal(gmax_s / 100.0, gmax_s) };

    let (array, program) = median(|| Array::program(&weights, &config, 1));
    let array = array?;
    let transfer = &array.response().ports().transfer;
    let vectors: Vec<_> = volts.row_iter().map(|v| v.transpose()).collect();
    let (currents, product) = median(|| {
        let products: Vec<_> = black_box(&vectors).iter().map(|v| transfer * v).collect();
        DMatrix::from_columns(&products).transpose()
    });
    let product = product / u32::try_from(VECTORS)?;

    write(&folder.join("conductance.npy"), array.conductances())?;
    write(&folder.join("volts.npy"), &volts)?;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peer.py");
    let printed = run(Command::new(python).arg(script).arg(folder).arg(SEGMENT_OHM.to_string()))?;
    let seconds: Result<Vec<f64>, _> = printed.split_whitespace().map(str::parse).collect();
    let [one, all] = seconds?[..] else { return Err("two times are expected".into()) };
    let read = |name: &str| {
        Weights::read(folder.join(name), Some((VECTORS, COLUMNS))).map(|read| matrix(&read))
    };
    let (theirs, reference) = (read("badcrossbar.npy")?, read("reference.npy")?);
    let all = all / VECTORS as f64;
    let (program, product) = (program.as_secs_f64(), product.as_secs_f64());
    println!(
        "{:4.0} uS  {:7.0e}  {:7.0e}  {:8.1}  {:9.5}  {:8.1}  {:9.2}  {:7.1}  {:9.0}  {:8.0}",
        gmax_s * 1e6,
        error(&currents, &reference),
        error(&theirs, &reference),
        program * 1e3,
        product * 1e3,
        one * 1e3,
        all * 1e3,
        one / (program + product),
        all / (program / VECTORS as f64 + product),
        all / product,
    );
    Ok(())
}

/// Writes rows one after another.
fn write(path: &Path, matrix: &DMatrix<f64>) -> std::io::Result<()> {
    memspike_npy::write_f64(File::create(path)?, matrix.ncols(), matrix.transpose().as_slice())
}

/// The last result of `work` and its median time.
fn median<T>(mut work: impl FnMut() -> T) -> (T, Duration) {
    let mut timed = || {
        let start = Instant::now();
        (work(), start.elapsed())
    };
    let (mut result, first) = timed();
    let mut times = vec![first];
    for _ in 1..REPEATS {
        let (next, time) = timed();
        result = next;
        times.push(time);
    }
    times.sort();
    (result, times[REPEATS / 2])
}

/// Largest difference in relation to the vector's largest current.
fn error(found: &DMatrix<f64>, reference: &DMatrix<f64>) -> f64 {
    let rows = std::iter::zip(found.row_iter(), reference.row_iter());
    rows.map(|(f, r)| (f - r).amax() / r.amax()).fold(0.0, f64::max)
}
