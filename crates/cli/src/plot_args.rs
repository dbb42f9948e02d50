//! Arguments of `plot`.

use std::{num::NonZeroUsize, path::PathBuf};

use clap::Args;

use crate::args::{number, positive_seconds};
use crate::diff_args::RealsForm;
use crate::flags::{NarrowFlag, SeedFlag};

pub const PLOT_EXAMPLES: &str = "\
Examples:
  memspike plot neuron.cir -o neuron.svg                         runs the deck; what .save says, and spikes
  memspike plot neuron.cir 'v(out)' 'spike(n1)' -o neuron.png --from 0.2 --until 0.3
  memspike plot sweep.cir -o rate.svg                            measures over the values of .step
  memspike plot sweep.cir --step 3 -o third.html                 waveforms of its third run
  memspike plot tb.vcd 'tb.dut.*' -o tb.svg                      a file of any producer

A name that ends in .vcd, .fst or .raw is a file of waveforms; everything else is a deck, and - one on standard input.
SIGNALS of a deck are those of .save: v(mem*) i(r1) spike(x?.n1); of a deck with several runs the names of measures. Of a file they
are names or patterns with * and ?; 'v(out)' is also found as top.x1.v(out). Without SIGNALS what .save says is drawn, or all
voltages, devices' currents, nets and spikes; of a file everything but words; no more than 24 curves.
Signals of one unit share an axis, but not with one that reaches a hundred times as far and more. Bits stand below each
other, spikes are dots in a row for each device; a bit of a file that is called spike is a device's. A curve has at most
some 2,000 points, the least and the greatest of every stretch among them; run --csv writes all. Unknown
levels, and numbers that are none, are gaps.
The name of the picture says its form: .svg and .html are for light and dark pages, .png for light ones, .csv has its numbers in
SI units; - prints SVG. Ctrl-C ends the run, and what there is by then is drawn.";

/// Arguments of `plot`.
#[derive(Args)]
pub struct PlotArguments {
    /// The deck, or a file of waveforms: .vcd, .fst or .raw.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// What is drawn.
    #[arg(value_name = "SIGNALS")]
    pub signals: Vec<String>,
    /// The picture: .svg, .png, .html, or .csv for its numbers.
    #[arg(long, short, value_name = "FILE", alias = "output", required = true)]
    pub out: PathBuf,
    #[command(flatten)]
    pub narrow: NarrowFlag,
    /// Draw from T on.
    #[arg(long, value_name = "T", value_parser = instant)]
    pub from: Option<f64>,
    /// Draw up to T; a run ends there.
    #[arg(long, value_name = "T", value_parser = positive_seconds)]
    pub until: Option<f64>,
    /// Draw waveforms of run N of a deck with .step or .mc, counted from 1.
    #[arg(long, value_name = "N")]
    pub step: Option<NonZeroUsize>,
    /// How numbers of a file go on between instants. [default: lines of .raw files and of memspike's own, else steps]
    #[arg(long, value_name = "HOW")]
    pub reals: Option<RealsForm>,
    #[command(flatten)]
    pub seed: SeedFlag,
}

/// An instant of a run (s).
fn instant(text: &str) -> Result<f64, String> {
    if number(text)? == 0.0 { Ok(0.0) } else { positive_seconds(text) }
}
