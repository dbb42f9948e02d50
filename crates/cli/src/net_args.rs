//! Arguments of `net`.

use std::path::PathBuf;

use clap::Args;
use memspike_network::LONGEST_DELAY;
use memspike_time::FEMTOSECOND_S;

use crate::args::{number, positive_seconds};
use crate::flags::{JsonFlag, SeedFlag, ThreadsFlag, folder};
use crate::net::ProbeText;
use crate::nir_args::NirFlags;

pub const NET_EXAMPLES: &str = "\
Examples:
  memspike net netlists/networks/job-b.toml                    rates, regularity and counts
  memspike net brunel.toml --until 2 -o spikes.parquet         every spike, for pandas, polars or pyarrow
  memspike net pd14.toml --until 10.5 --from 0.5 --seed 3
  memspike net pd14.toml --until 100 -o s.parquet --checkpoint ck --checkpoint-every 5    again with --resume after an accident
  memspike net job-b.toml --probe 'excitatory[0-4]@1e-4' --probe-out membranes.csv
  memspike net pd14.toml --dry-run                             what it would take, before anything is built

Spikes are exact for what is stored: weights in single precision, drawn delays in ticks (--delay-tick).
Results depend on file and seed alone: not on threads, and not on how a run is cut into windows.
Recordings end in .parquet or .csv; - is CSV on standard output, tables then go to standard error.
Ctrl-C, SIGTERM and SIGHUP end a run early: what is recorded is complete up to there, the exit
status is 1.";

/// Arguments of `net`.
#[derive(Args)]
pub struct NetArguments {
    /// The network, .toml or .json, or a graph of NIR, .nir.
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
    /// Advance in windows of at most T; results do not depend on it, speed does.
    #[arg(long, value_name = "T", value_parser = positive_seconds)]
    pub window: Option<f64>,
    /// Keep drawn delays in multiples of T instead of the file's delay_tick_s; 0 keeps them in full.
    #[arg(long, value_name = "T", value_parser = delay_tick)]
    pub delay_tick: Option<f64>,
    /// Look at membranes every T: 'NAME[0,3-5]@T', or 'NAME@T' for all of a population; spikes do not depend on it.
    #[arg(long, value_name = "PROBE", requires = "probe_out")]
    pub probe: Vec<ProbeText>,
    /// Record what --probe sees in FILE: .parquet or .csv.
    #[arg(long, value_name = "FILE", requires = "probe")]
    pub probe_out: Option<PathBuf>,
    /// Keep in DIR what --resume needs: at the beginning, where the run stops, and as --checkpoint-every says.
    #[arg(long, value_name = "DIR", value_parser = folder())]
    pub checkpoint: Option<PathBuf>,
    /// Keep it after every T of the network's time.
    #[arg(long, value_name = "T", value_parser = positive_seconds, requires = "checkpoint")]
    pub checkpoint_every: Option<f64>,
    /// Go on from the checkpoint in the folder of --checkpoint; files become those of an unbroken run.
    #[arg(long, requires = "checkpoint")]
    pub resume: bool,
    /// Let --resume go on with another network, seed, end or probes; recordings name what has changed.
    #[arg(long, requires = "resume")]
    pub branch: bool,
    /// Say what the network would take, and build nothing.
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub nir: NirFlags,
    #[command(flatten)]
    pub seed: SeedFlag,
    #[command(flatten)]
    pub threads: ThreadsFlag,
    #[command(flatten)]
    pub json: JsonFlag,
}

/// A tick of delays in the notation of decks: nothing, or from a femtosecond to the longest delay.
fn delay_tick(text: &str) -> Result<f64, String> {
    let seconds = number(text)?;
    let longest_s = LONGEST_DELAY as f64 * FEMTOSECOND_S;
    if seconds == 0.0 || (FEMTOSECOND_S..=longest_s).contains(&seconds) {
        Ok(seconds)
    } else {
        Err(format!(
            "0 is needed, which keeps delays in full, or a time between {FEMTOSECOND_S:e} and {longest_s} seconds"
        ))
    }
}
