//! Arguments of `models`, `functions`, `explain` and `example`.

use std::path::PathBuf;

use clap::Args;

use crate::flags::{JsonFlag, folder};

pub const MODELS_EXAMPLES: &str = "\
Examples:
  memspike models                          every kind of model that a .model card can name
  memspike models ts_memristor             its parameters, with units and defaults
  memspike models crossbar --json";

pub const FUNCTIONS_EXAMPLES: &str = "\
Examples:
  memspike functions                       every function of expressions
  memspike functions --json";

pub const EXPLAIN_EXAMPLES: &str = "\
Examples:
  memspike explain                         what there is to be explained
  memspike explain no-dc-path              a diagnostic: what it means, a deck that has it, what to do
  memspike explain .step                   a command of decks
  memspike explain N                       an element, by its letter
  memspike explain frequency               what .meas measures";

pub const EXAMPLE_EXAMPLES: &str = "\
Examples:
  memspike example                         what there is
  memspike example neuron -o mine          into the folder mine, which is new or empty
  memspike example ring -o ring && memspike run ring/ring.cir";

/// Arguments of `models`.
#[derive(Args)]
pub struct ModelsArguments {
    /// A kind of model; without it all are listed.
    #[arg(value_name = "KIND")]
    pub name: Option<String>,
    #[command(flatten)]
    pub json: JsonFlag,
}

/// Arguments of `functions`.
#[derive(Args)]
pub struct FunctionsArguments {
    #[command(flatten)]
    pub json: JsonFlag,
}

/// Arguments of `explain`.
#[derive(Args)]
pub struct ExplainArguments {
    /// The code of a diagnostic, or a word of decks.
    #[arg(value_name = "WORD")]
    pub word: Option<String>,
}

/// Arguments of `example`.
#[derive(Args)]
pub struct ExampleArguments {
    /// Which one; without it all are listed.
    #[arg(value_name = "NAME", requires = "out")]
    pub name: Option<String>,
    /// The folder to write, new or empty.
    #[arg(long, short, value_name = "DIR", alias = "output", requires = "name", value_parser = folder())]
    pub out: Option<PathBuf>,
}
