//! Arguments of `raster`.

use std::path::PathBuf;

use clap::Args;

use crate::args::positive_seconds;
use crate::flags::{JsonFlag, NarrowFlag};

pub const RASTER_EXAMPLES: &str = "\
Examples:
  memspike raster spikes.parquet -o raster.svg                   spikes, rates, regularity and correlation as a picture
  memspike raster spikes.csv --from 0.5 --population L4E,L4I     tables of two populations from 0.5 s on
  memspike raster spikes.parquet --json                          the same numbers for programs

A recording is a file of memspike net -o, or any Parquet or CSV file with columns time_s, population and neuron
in the order of time. It may be longer than memory: it is read as a stream.
Rates and their deviation are those of all neurons. CV is the deviation of a neuron's intervals by their mean, of
neurons with three spikes or more. Correlation is Pearson's coefficient of spike counts in bins of 2 ms, of all
pairs of 200 neurons of a population that stand at equal distances in it and fire.
A picture ends in .svg, .png, .html or .csv (its numbers), and says how many neurons and spikes it shows; - prints SVG,
tables then go to standard error.";

/// Arguments of `raster`.
#[derive(Args)]
pub struct RasterArguments {
    /// The recording, .parquet or .csv.
    #[arg(value_name = "RECORDING")]
    pub file: PathBuf,
    /// Look at spikes from T on.
    #[arg(long, value_name = "T", value_parser = positive_seconds)]
    pub from: Option<f64>,
    /// Look at spikes up to T.
    #[arg(long, value_name = "T", value_parser = positive_seconds)]
    pub until: Option<f64>,
    /// Look at these populations alone, in this order.
    #[arg(long, value_name = "NAME,..", value_delimiter = ',')]
    pub population: Vec<String>,
    /// Draw a picture: .svg, .png, .html, or .csv for its numbers.
    #[arg(long, short, value_name = "FILE", alias = "output")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub narrow: NarrowFlag,
    #[command(flatten)]
    pub json: JsonFlag,
}
