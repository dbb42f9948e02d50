//! The grammar of `diff`.

use std::path::PathBuf;

use clap::Args;
use memspike_diff::Map;

use crate::{args::number, flags::JsonFlag};

pub const DIFF_EXAMPLES: &str = "\
Examples:
  memspike diff mine.vcd mine.fst --ignore '*.state'
  memspike diff tb.vcd mine.fst --map 'tb.dut.*=memspike.x1.*' --only 'tb.dut.*'
  memspike diff ngspice.raw mine.raw --abs 1m --time 1u
  memspike diff a.vcd b.vcd --json | jq '.pairs[] | select(.difference)'

VCD, FST and raw files of any producer; times are compared in seconds, whatever the files' units are.
Bits, words and events are compared exactly: x and z are values. Of several values at one instant the last counts.
Numbers agree within --abs, or --rel of the greater magnitude, with a value that the other file takes no more
than --time before or after; a pulse is never excused by that. A raw file's numbers are points of lines.
Exit status: 0 equal, 1 something differs or is in one file alone, 2 a file cannot be read, nothing is in both, or a pattern fits nothing.";

/// Arguments of `diff`.
#[derive(Args)]
pub struct DiffArguments {
    /// The first file: .vcd, .fst or .raw, told apart by content.
    pub a: PathBuf,
    /// The second file.
    pub b: PathBuf,
    /// Numbers may differ by X.
    #[arg(long, value_name = "X", value_parser = tolerance, default_value = "0")]
    pub abs: f64,
    /// Numbers may differ by X times the greater magnitude.
    #[arg(long, value_name = "X", value_parser = tolerance, default_value = "0")]
    pub rel: f64,
    /// Numbers may come earlier or later by T.
    #[arg(long, value_name = "T", value_parser = tolerance, default_value = "0")]
    pub time: f64,
    /// How numbers go on between instants. [default: lines if a file is .raw, else steps]
    #[arg(long, value_name = "HOW")]
    pub reals: Option<RealsForm>,
    /// What signals of A are called in B: patterns with * and ?. May be given several times; the first that fits counts.
    #[arg(long, value_name = "A=B")]
    pub map: Vec<Map>,
    /// Compare what fits this pattern alone. May be given several times.
    #[arg(long, value_name = "PATTERN")]
    pub only: Vec<String>,
    /// Leave out what fits this pattern. May be given several times.
    #[arg(long, value_name = "PATTERN")]
    pub ignore: Vec<String>,
    #[command(flatten)]
    pub json: JsonFlag,
}

/// How numbers go on between instants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum RealsForm {
    /// Each holds until the next.
    Steps,
    /// On straight lines.
    Lines,
}

/// A number of at most 1e15 that is not below zero.
fn tolerance(text: &str) -> Result<f64, String> {
    let value = number(text)?;
    if (0.0..=1e15).contains(&value) {
        Ok(value)
    } else {
        Err("a number from 0 to 1e15 is needed".to_owned())
    }
}
