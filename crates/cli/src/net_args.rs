//! Arguments of `net`.

use std::path::PathBuf;

use clap::Args;

use crate::args::positive_seconds;
use crate::flags::{JsonFlag, SeedFlag, ThreadsFlag};

pub const NET_EXAMPLES: &str = "\
Examples:
  memspike net netlists/networks/job-b.toml                    rates, regularity and counts
  memspike net brunel.toml --until 2 -o spikes.parquet         every spike, for pandas, polars or pyarrow
  memspike net pd14.toml --until 10.5 --from 0.5 --seed 3
  memspike net pd14.toml --dry-run                             what it would take, before anything is built

Spikes are exact for what is stored: weights in single precision, drawn delays in ticks of the file.
Results depend on file and seed alone: not on threads, and not on how a run is cut into windows.
Recordings end in .parquet or .csv; - is CSV on standard output, tables then go to standard error.
Ctrl-C, SIGTERM and SIGHUP end a run early: what is recorded is complete up to there, the exit
status is 1.";

/// Arguments of `net`.
#[derive(Args)]
pub struct NetArguments {
    /// The network, .toml or .json.
    #[arg(value_name = "NETWORK")]
    pub file: PathBuf,
    /// End the run at T.
    #[arg(long, value_name = "T", value_parser = positive_seconds, default_value = "1")]
    pub until: f64,
    /// Rates and regularity are those from T on.
    #[arg(long, value_name = "T", value_parser = positive_seconds)]
    pub from: Option<f64>,
    /// Record every spike in FILE: .parquet or .csv.
    #[arg(long, short, value_name = "FILE", alias = "output")]
    pub out: Option<PathBuf>,
    /// Say what the network would take, and build nothing.
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub seed: SeedFlag,
    #[command(flatten)]
    pub threads: ThreadsFlag,
    #[command(flatten)]
    pub json: JsonFlag,
}
