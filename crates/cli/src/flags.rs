//! Options that several verbs have: each stands here once, with its help, and means the same everywhere.

use std::{num::NonZeroUsize, path::PathBuf};

use clap::Args;
use clap::builder::{PathBufValueParser, TypedValueParser};
use memspike_files::is_standard_output;

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

/// A folder that a verb fills. `-` is standard output wherever a file is written, which can be no folder; whoever wants one of
/// that name writes `./-`.
pub fn folder() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(|path| {
        if is_standard_output(&path) {
            return Err("it is standard output, and several files are written: name a folder");
        }
        Ok(path)
    })
}

/// `-o` of a verb that makes one file.
#[derive(Args)]
pub struct OutFile {
    /// The file to write; - is standard output.
    #[arg(long, short, value_name = "FILE", alias = "output")]
    pub out: Option<PathBuf>,
}

/// The width of a picture.
#[derive(Args, Debug, Clone, Copy)]
pub struct NarrowFlag {
    /// Draw for a telephone or a column of text: panels of 360 pixels below each other.
    #[arg(long)]
    pub narrow: bool,
}

#[cfg(test)]
mod tests {
    use clap::error::ErrorKind;

    use crate::args::grammar;

    #[test]
    fn no_folder_that_a_verb_fills_can_be_standard_output() {
        let mut checked = 0;
        for verb in grammar().get_subcommands() {
            let is_folder = |names: &[clap::builder::Str]| names.iter().any(|name| name == "DIR");
            let folders =
                verb.get_arguments().filter(|one| one.get_value_names().is_some_and(is_folder));
            for option in folders.filter_map(clap::Arg::get_long) {
                let option = format!("--{option}");
                let words = ["memspike", verb.get_name(), &option, "-"];
                let error = grammar().try_get_matches_from(words).expect_err("a refusal");
                assert_eq!(error.kind(), ErrorKind::ValueValidation, "{words:?}: {error}");
                checked += 1;
            }
        }
        assert!(checked > 8, "{checked} options");
    }
}
