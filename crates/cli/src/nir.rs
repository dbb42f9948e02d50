//! `memspike nir`: graphs of NIR shown, as networks and back, and in the steps of the tools that made them.

mod devices;
mod exact;
mod show;
mod step;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::{Path, PathBuf};

use memspike_network::{Form, Network, Spikes, Written};
use memspike_nir::{Graph, Imported, Kind, Node, Options};

use crate::failure::Failure;
use crate::nir_args::{ConvertArguments, LawFlags, NirArguments, NirFlags, NirVerb, SpikeFlags};
use crate::{files, note, show as shown, tell};

/// Does what the words behind `nir` say.
pub fn nir(arguments: &NirArguments) -> Result<(), Failure> {
    match &arguments.verb {
        NirVerb::Show(arguments) => show::show(&arguments.file, arguments.json.json),
        NirVerb::Convert(arguments) => convert(arguments),
        NirVerb::Step(arguments) => step::step(arguments),
    }
}

pub use show::check;

fn wrong(path: &Path, error: &dyn Display) -> Failure {
    Failure::Input(format!("error: {}: {error}", path.display()))
}

/// Whether a path names a graph of NIR.
pub fn is_graph(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "nir")
}

fn graph(path: &Path) -> Result<Graph, Failure> {
    Graph::read(path).map_err(|error| wrong(path, &error))
}

/// The network of a `.nir` file.
pub fn network(path: &Path, flags: &NirFlags) -> Result<Network, Failure> {
    Ok(imported(path, flags, false)?.network)
}

/// The files that a network of a graph is read from: the graph, and spikes of its inputs.
pub fn files(path: &Path, flags: &NirFlags) -> Vec<PathBuf> {
    let file =
        |word: &String| PathBuf::from(word.split_once('=').map_or(word.as_str(), |(_, file)| file));
    std::iter::once(path.to_owned()).chain(flags.spikes.iter().map(file)).collect()
}

/// Refuses options that other files than `.nir` have no use for.
pub fn refuse_without_graph(path: &Path, flags: &NirFlags) -> Result<(), Failure> {
    let spikes = (!flags.spikes.is_empty()).then_some("--spikes");
    refuse_laws(path, spikes.or(flags.laws.given()))
}

/// Refuses an option of `.nir` files beside another file.
pub fn refuse_laws(path: &Path, given: Option<&'static str>) -> Result<(), Failure> {
    match given {
        None => Ok(()),
        Some(option) => {
            Err(wrong(path, &format!("{option} is of .nir files alone: a network says it itself")))
        }
    }
}

/// The network of a graph whose spikes come from elsewhere.
pub fn silent(path: &Path, laws: LawFlags) -> Result<Imported, Failure> {
    imported(path, &NirFlags { spikes: Vec::new(), laws }, false)
}

fn imported(path: &Path, flags: &NirFlags, core: bool) -> Result<Imported, Failure> {
    let graph = graph(path)?;
    let options = Options {
        spike_area_s: flags.laws.spike.spike_area.unwrap_or(1.0),
        subtract: flags.laws.spike.subtract,
        loop_delay_s: flags.laws.loop_delay,
        spikes: spikes(&graph, path, &flags.spikes)?,
        core,
    };
    let imported = graph.network(&options).map_err(|error| wrong(path, &error))?;
    for placed in imported.populations.iter().filter(|placed| placed.node != placed.population) {
        let part = placed.neurons.as_ref().map_or_else(String::new, |neurons| {
            format!(", {} of its neurons, from number {} on", neurons.len(), neurons[0])
        });
        note(&format!("node '{}' is population '{}'{part}", placed.node, placed.population));
    }
    if flags.laws.spike.spike_area.is_none() && !core {
        hint(path, &graph);
    }
    Ok(imported)
}

/// Says so where every spike of a Dirac would move potentials far beyond their thresholds, as it does in files of tools.
fn hint(path: &Path, graph: &Graph) {
    let is_strong = |node: &Node| {
        let Node::Primitive(node) = node else { return false };
        let first = |name: &str| {
            node.array(name).filter(|array| !array.is_empty()).map(|array| array.get(0))
        };
        let jump = match node.kind {
            Kind::LIF => first("r").zip(first("tau")).map(|(r, tau)| r / tau),
            Kind::IF => first("r"),
            _ => None,
        };
        jump.zip(first("v_threshold")).is_some_and(|(jump, threshold)| jump > 1e3 * threshold.abs())
    };
    if let Some((name, _)) = graph.nodes.iter().find(|(_, node)| is_strong(node)) {
        tell(&format!(
            "warning: {}: a weight of 1 moves node '{name}' by more than a thousand thresholds, as in files of tools that step \
             by a dt: --spike-area DT says it\n",
            path.display()
        ));
    }
}

/// Spikes of inputs by their names.
fn spikes(
    graph: &Graph,
    path: &Path,
    words: &[String],
) -> Result<BTreeMap<String, Spikes>, Failure> {
    let mut read = BTreeMap::new();
    for word in words {
        let (name, file) = match word.split_once('=') {
            Some((name, file)) => (name.to_owned(), file),
            None => (only_input(graph, path)?, word.as_str()),
        };
        let spikes = Spikes::read(file).map_err(|e| Failure::Input(format!("error: {e}")))?;
        if read.insert(name.clone(), spikes).is_some() {
            return Err(wrong(path, &format!("--spikes gives those of '{name}' twice")));
        }
    }
    Ok(read)
}

/// The name of the only Input.
fn only_input(graph: &Graph, path: &Path) -> Result<String, Failure> {
    let is_input = |node: &Node| matches!(node, Node::Primitive(node) if node.kind == Kind::Input);
    let inputs: Vec<&String> =
        graph.nodes.iter().filter(|(_, node)| is_input(node)).map(|(name, _)| name).collect();
    match inputs[..] {
        [only] => Ok(only.clone()),
        _ => {
            let names: Vec<String> = inputs.iter().map(|each| format!("'{each}'")).collect();
            let message = format!(
                "it has {} nodes Input ({}): say whose spikes these are, --spikes INPUT=FILE",
                names.len(),
                names.join(", ")
            );
            Err(wrong(path, &message))
        }
    }
}

fn convert(arguments: &ConvertArguments) -> Result<(), Failure> {
    let ConvertArguments { file, out, core, devices, card, reading, .. } = arguments;
    files::keep(std::slice::from_ref(file), std::slice::from_ref(out))?;
    if is_graph(file) == is_graph(out) {
        let message =
            "a .nir file becomes .toml or .json, and one of these a .nir file: choose -o so";
        return Err(wrong(file, &message));
    }
    if !devices && card.card.is_some() {
        return Err(wrong(file, &"--card is of --devices alone"));
    }
    if !is_graph(file) {
        refuse_without_graph(
            file,
            &NirFlags { spikes: reading.spikes.clone(), laws: without_area(reading.laws) },
        )?;
        if *core || *devices {
            return Err(wrong(file, &"--core and --devices are of .nir files alone"));
        }
        let network = Network::read(file).map_err(|e| Failure::Input(format!("error: {e}")))?;
        let area_s = reading.laws.spike.spike_area.unwrap_or(1.0);
        let graph = Graph::of_network(&network, area_s).map_err(|error| wrong(file, &error))?;
        let bytes = graph.encode().map_err(|error| wrong(out, &error))?;
        return files::write(out, &bytes);
    }
    let form = match out.extension().and_then(|ending| ending.to_str()) {
        Some("toml") => Form::Toml,
        Some("json") => Form::Json,
        _ => return Err(wrong(out, &"a network ends in .toml or .json")),
    };
    if *devices {
        let (network, differences) = devices::network(arguments)?;
        write_network(out, &network.encode(form))?;
        return shown(&differences);
    }
    let network = imported(file, reading, *core)?.network;
    write_network(out, &network.encode(form))
}

/// The same without the area of a spike, which a file that is written has a use for.
fn without_area(laws: LawFlags) -> LawFlags {
    LawFlags { spike: SpikeFlags { spike_area: None, ..laws.spike }, ..laws }
}

/// Writes a network after the tables that it names, so that no text names what is not there.
fn write_network(out: &Path, written: &Written) -> Result<(), Failure> {
    let folder = out.parent().unwrap_or(Path::new(""));
    for (name, bytes) in &written.tables {
        files::write(&folder.join(name), bytes)?;
    }
    files::write(out, written.text.as_bytes())
}
