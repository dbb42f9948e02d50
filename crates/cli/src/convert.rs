//! `memspike convert`: weights of one layer, and what made them, as the file of a network, and back.

use std::{
    fmt::Display,
    path::{Path, PathBuf},
};

use clap::Args;
use memspike_files::MIB;
use memspike_network::{Fact, Form, Made, Network};
use memspike_report::json;
use memspike_snn::{Layered, Lif, Parameters, Weights};
use serde_json::Value;

use crate::{failure::Failure, files, flags::folder, network_source::no_weights};

pub const CONVERT_EXAMPLES: &str = "\
Examples:
  memspike convert --weights weights/mnist.npy --made weights/mnist.json -o out/net
  memspike convert --network out/net/network.toml -o out/back

Weights become network.toml with their array; the training.json that came with them says the circuit, and stands in the file as
what made it. The other way, a network of one layer becomes weights.npy and, if it says what made it, training.json. Every number
stays as it is; what a training.json has as null is left out.";

/// Arguments of `convert`.
#[derive(Args)]
pub struct ConvertArguments {
    /// Weights of one layer of any size, as .npy or CSV.
    #[arg(long, value_name = "W.npy", required_unless_present = "network")]
    pub weights: Option<PathBuf>,
    /// The training.json that belongs to the weights.
    #[arg(long, value_name = "FILE", requires = "weights")]
    pub made: Option<PathBuf>,
    /// A network of one layer.
    #[arg(long, value_name = "NET.toml", conflicts_with = "weights")]
    pub network: Option<PathBuf>,
    /// Folder for the results.
    #[arg(long, short, value_name = "DIR", value_parser = folder())]
    pub out: PathBuf,
}

/// The longest report of a training that is read: 5,000 epochs have 1 MB.
const MAX_BYTES: u64 = 64 * MIB;

fn input(error: &dyn Display) -> Failure {
    Failure::Input(format!("error: {error}"))
}

/// Converts one into the other.
pub fn convert(arguments: &ConvertArguments) -> Result<(), Failure> {
    let (inputs, results) = match (&arguments.weights, &arguments.network) {
        (Some(weights), _) => {
            let inputs = std::iter::once(weights).chain(&arguments.made).cloned().collect();
            (inputs, to_network(weights, arguments.made.as_deref())?)
        }
        (None, Some(network)) => (vec![network.clone()], from_network(network)?),
        (None, None) => unreachable!("the grammar asks for one of both"),
    };
    files::make_folder(&arguments.out)?;
    let results: Vec<(PathBuf, Vec<u8>)> =
        results.into_iter().map(|(name, bytes)| (arguments.out.join(name), bytes)).collect();
    let outputs: Vec<PathBuf> = results.iter().map(|(path, _)| path.clone()).collect();
    files::keep(&inputs, &outputs)?;
    results.iter().try_for_each(|(path, bytes)| files::write(path, bytes))
}

/// Names and bytes.
type Files = Vec<(String, Vec<u8>)>;

fn to_network(weights: &Path, made: Option<&Path>) -> Result<Files, Failure> {
    let weights = Weights::read(weights, None).map_err(no_weights)?;
    let (parameters, lif, made) = match made {
        Some(path) => report(path).map_err(|why| input(&format!("{}: {why}", path.display())))?,
        None => (Parameters::default(), None, Made::new()),
    };
    let network = parameters.network(weights, lif).and_then(|network| network.made_by(made));
    let written = network.map_err(|e| input(&e))?.encode(Form::Toml);
    let text = ("network.toml".to_owned(), written.text.into_bytes());
    Ok(written.tables.into_iter().chain([text]).collect())
}

/// What a training.json says: the circuit, neurons that were stated instead of following from a card, and all of it.
fn report(path: &Path) -> Result<(Parameters, Option<Lif>, Made), String> {
    let text = memspike_files::read_text(path, MAX_BYTES).map_err(|e| e.to_string())?;
    let value: Value = serde_json::from_str(&text).map_err(|e| e.to_string())?;
    let part = |name: &str| value.get(name).cloned().ok_or_else(|| format!("it has no {name}"));
    let parameters: Parameters =
        serde_json::from_value(part("parameters")?).map_err(|e| format!("parameters: {e}"))?;
    let lif: Lif = serde_json::from_value(part("lif")?).map_err(|e| format!("lif: {e}"))?;
    let options = part("options")?;
    let is_stated = |name: &str| options.get(name).is_some_and(|value| !value.is_null());
    let stated = is_stated("lif_threshold") || is_stated("lif_reset");
    match Fact::of(&value) {
        Some(Fact::Table(made)) => Ok((parameters, stated.then_some(lif), made)),
        _ => Err("it is no report of a training".to_owned()),
    }
}

fn from_network(path: &Path) -> Result<Files, Failure> {
    let network = Network::read(path).map_err(|e| input(&e))?;
    let at = |error: &dyn Display| input(&format!("{}: {error}", path.display()));
    let duration_s = network.shown_s().unwrap_or(Parameters::default().duration_s);
    let layered = Layered::of(&network, duration_s).map_err(|e| at(&e))?;
    let [layer] = &layered.layers[..] else {
        return Err(at(&format!(
            "{} layers; weights.npy is of one, and arrays of several lie beside the network's file",
            layered.layers.len()
        )));
    };
    let mut files = vec![("weights.npy".to_owned(), layer.weights.bytes())];
    if !network.made().is_empty() {
        files.push(("training.json".to_owned(), json(network.made()).into_bytes()));
    }
    Ok(files)
}
