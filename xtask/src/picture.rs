//! The pictures of the README, from real runs.

use std::{fmt::Write as _, fs, path::Path};

use anyhow::{Context, Result, ensure};
use cargo_metadata::MetadataCommand;

use crate::command::{command, run};

const DECK: &str = "netlists/oscillation.cir";
const PICTURE: &str = "docs/oscillation.svg";

/// The input voltage of each run of the deck, and the colour of its curve.
const RUNS: [(&str, &str); 3] = [("0.5 V", "#1b6ca8"), ("0.8 V", "#c8553d"), ("2 V", "#2a9d57")];

/// Colours for readers who prefer dark pages; rules override what the drawing's attributes say.
const DARK: &str = "@media (prefers-color-scheme:dark){rect{fill:#161a1f}text{fill:#e4e6e8}path{stroke:#353b42}\
    [stroke=\"#1b6ca8\"]{stroke:#6cbef2}[stroke=\"#c8553d\"]{stroke:#f59650}[stroke=\"#2a9d57\"]{stroke:#35c99b}}";

/// The time shown (s), as the command line writes it.
const UNTIL: (&str, f64) = ("100m", 0.1);

/// Size of a panel and its margins in pixels, as wide as letters stay large on a telephone; volts at its top.
const WIDTH: f64 = 430.0;
const HEIGHT: f64 = 110.0;
const LEFT: f64 = 50.0;
const TOP_V: f64 = 0.42;

/// Takes docs/gtkwave.png, the picture of the README.
///
/// # Errors
/// If a run fails, or Xvfb and GTKWave show nothing.
pub fn gtkwave() -> Result<()> {
    let metadata = MetadataCommand::new().no_deps().exec().context("cargo metadata")?;
    run(command(&["cargo", "build", "--release", "--bin", "memspike"]))?;
    let mut script = command(&["python3", "docs/gtkwave.py"]);
    script.arg(metadata.target_directory.join("release/memspike"));
    run(script)
}

/// Figures of `memspike paper` that stand in docs/, and the document that it writes.
const FROM_PAPER: [(&str, &str); 3] = [
    ("fig-2e.svg", "docs/sweeps.svg"),
    ("fig-4c.svg", "docs/frequency.svg"),
    ("assumptions.md", "docs/assumptions.md"),
];

/// Repeats the paper's measurements and keeps two of their figures, and how far the numbers move
/// with what is assumed.
///
/// # Errors
/// If a number leaves its band, or a file cannot be copied.
pub fn paper() -> Result<()> {
    let metadata = MetadataCommand::new().no_deps().exec().context("cargo metadata")?;
    let folder = metadata.target_directory.join("paper");
    let arguments = ["run", "--release", "--bin", "memspike", "--", "paper", "--sensitivity"];
    let mut measure = command(&["cargo"]);
    measure.args(arguments).args(["--out", folder.as_str()]);
    run(measure)?;
    for (from, to) in FROM_PAPER {
        fs::copy(folder.join(from), metadata.workspace_root.join(to))
            .with_context(|| format!("cannot copy {from} to {to}"))?;
    }
    Ok(())
}

/// Commands whose answers stand in docs/network.md, without `--mnist`; the last draws docs/wires.svg.
const NETWORK: [&str; 5] = [
    "--weights weights/mnist.npy --level point",
    "--weights weights/robust.npy --level point",
    "--weights weights/mnist.npy --seeds 5",
    "--weights weights/robust.npy --levels 16 --wire 1 --seeds 5",
    "--weights weights/mnist.npy --sweep wire=0,1,2,5,10,20,50,100 --seeds 5",
];

/// Neurons that `train --preset paper` trains, for `classify`.
const PAPER_NEURONS: &str =
    "--level point --encoding line --lif-threshold 0.17 --lif-reset 0.1 --steps 18";

/// Trains the paper's network, prints what docs/network.md says of it, and keeps figure 5b.
///
/// # Errors
/// If a run fails, or the figure cannot be copied.
pub fn epochs(mnist: &Path) -> Result<()> {
    let metadata = MetadataCommand::new().no_deps().exec().context("cargo metadata")?;
    let folder = metadata.target_directory.join("paper-network");
    let memspike = || command(&["cargo", "run", "--release", "--bin", "memspike", "--"]);
    let mut train = memspike();
    train.args(["train", "--preset", "paper", "--overwrite", "--out", folder.as_str()]);
    train.arg("--mnist").arg(mnist);
    run(train)?;
    let mut classify = memspike();
    classify.args(["classify", "--weights", folder.join("weights.npy").as_str()]);
    classify.args(PAPER_NEURONS.split(' ')).arg("--mnist").arg(mnist);
    run(classify)?;
    let (from, to) = ("fig-5b.svg", "docs/epochs.svg");
    fs::copy(folder.join(from), metadata.workspace_root.join(to))
        .with_context(|| format!("cannot copy {from} to {to}"))?;
    Ok(())
}

/// Shows the test images to the shipped weights, prints what docs/network.md says of them, and keeps the
/// figure of wire resistance. It takes a quarter of an hour.
///
/// # Errors
/// If a run fails, or the figure cannot be copied.
pub fn network(mnist: &Path) -> Result<()> {
    let metadata = MetadataCommand::new().no_deps().exec().context("cargo metadata")?;
    let folder = metadata.target_directory.join("network");
    for arguments in NETWORK {
        let mut classify = command(&["cargo", "run", "--release", "--bin", "memspike", "--"]);
        classify.arg("classify").args(arguments.split(' ')).arg("--mnist").arg(mnist);
        if arguments.contains("--sweep") {
            classify.args(["--out", folder.as_str()]);
        }
        run(classify)?;
    }
    let (from, to) = ("accuracy-wire.svg", "docs/wires.svg");
    fs::copy(folder.join(from), metadata.workspace_root.join(to))
        .with_context(|| format!("cannot copy {from} to {to}"))?;
    Ok(())
}

/// Simulates the deck and draws the membrane voltage of each of its runs.
///
/// # Errors
/// If the run fails, or its table is not what is drawn here.
pub fn draw() -> Result<()> {
    let metadata = MetadataCommand::new().no_deps().exec().context("cargo metadata")?;
    let root = &metadata.workspace_root;
    let table = metadata.target_directory.join("picture.csv");
    let deck = root.join(DECK);
    let arguments = ["run", "--release", "--bin", "memspike", "--", "run", deck.as_str()];
    let mut simulate = command(&["cargo"]);
    // Measurements of later peaks have no value in so short a run.
    simulate.args(arguments).args(["--until", UNTIL.0, "--csv", table.as_str(), "--lenient"]);
    run(simulate)?;

    let (width, height) = (LEFT + WIDTH + 20.0, RUNS.len() as f64 * HEIGHT + 30.0);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"12\">\n<style>{DARK}</style>\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"white\"/>\n"
    );
    for (number, (label, colour)) in RUNS.into_iter().enumerate() {
        let file = metadata.target_directory.join(format!("picture-{}.csv", number + 1));
        let points = membrane(file.as_str())?;
        ensure!(points.len() > 10, "{file} has no curve");
        panel(&mut svg, number as f64 * HEIGHT, label, colour, &points);
    }
    let _ = writeln!(
        svg,
        "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">membrane voltage over {} ms</text>\n</svg>",
        LEFT + WIDTH / 2.0,
        height - 8.0,
        UNTIL.1 * 1e3
    );
    fs::create_dir_all(root.join("docs"))?;
    fs::write(root.join(PICTURE), svg).with_context(|| format!("cannot write {PICTURE}"))
}

/// `(s, V)` of the membrane.
fn membrane(file: &str) -> Result<Vec<(f64, f64)>> {
    let mut reader = csv::Reader::from_path(file).with_context(|| format!("cannot read {file}"))?;
    let column = |header: &csv::StringRecord, name| header.iter().position(|field| field == name);
    let header = reader.headers()?.clone();
    let time = column(&header, "time").context("no column 'time'")?;
    let voltage = column(&header, "v(out)").context("no column 'v(out)'")?;
    reader
        .records()
        .map(|row| row.map(|row| Ok((row[time].parse()?, row[voltage].parse()?)))?)
        .collect()
}

fn panel(svg: &mut String, top: f64, label: &str, colour: &str, points: &[(f64, f64)]) {
    let y = |volt: f64| top + HEIGHT * (1.0 - volt / TOP_V);
    let x = |s: f64| LEFT + WIDTH * s / UNTIL.1;
    for volt in [0.0, 0.1, 0.2, 0.3] {
        let (y, right) = (y(volt), LEFT + WIDTH);
        let _ = writeln!(
            svg,
            "<path d=\"M{LEFT} {y:.1}H{right}\" stroke=\"#ddd\"/>\
             <text x=\"{:.0}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#777\">{volt} V</text>",
            LEFT - 6.0,
            y + 4.0
        );
    }
    let mut curve = String::new();
    for (s, volt) in points {
        let _ = write!(curve, "{:.1},{:.1} ", x(*s), y(*volt));
    }
    let _ = writeln!(
        svg,
        "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\"/>\n\
         <text x=\"{}\" y=\"{}\" text-anchor=\"end\" fill=\"{colour}\">input {label}</text>",
        curve.trim_end(),
        // The first spike is the highest: at the end there is room.
        LEFT + WIDTH,
        top + 16.0
    );
}
