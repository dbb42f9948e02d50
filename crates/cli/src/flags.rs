//! Options that several verbs have: each stands here once, with its help, and means the same everywhere.

use std::{num::NonZeroUsize, path::PathBuf};

use clap::Args;

/// `-q` and `-v`, which every verb takes.
#[derive(Args)]
pub struct LoudnessFlags {
    /// Print no tables and no progress: data, files, warnings and errors alone.
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say on standard error what is read, done and written.
    #[arg(long, short, global = true)]
    pub verbose: bool,
}

/// `--json`.
#[derive(Args)]
pub struct JsonFlag {
    /// Print results as JSON instead of as tables.
    #[arg(long)]
    pub json: bool,
}

/// `--threads`.
#[derive(Args)]
pub struct ThreadsFlag {
    /// Work on N threads instead of one for each core; results do not depend on it.
    #[arg(long, value_name = "N")]
    pub threads: Option<NonZeroUsize>,
}

/// `--seed` of whatever a verb draws.
#[derive(Args)]
pub struct SeedFlag {
    /// Seed of everything random.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
}

/// `-o` of a verb that makes one file.
#[derive(Args)]
pub struct OutFile {
    /// The file to write; - is standard output.
    #[arg(long, short, value_name = "FILE", alias = "output")]
    pub out: Option<PathBuf>,
}
