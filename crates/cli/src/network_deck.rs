//! `memspike network-deck`: a network of layers as a deck, with all that it names.

use std::{
    io::{self, Write as _},
    num::NonZeroUsize,
    path::{Path, PathBuf},
};

use clap::Args;
use memspike_decks::DIGITS;
use memspike_files::OutputFolder;
use memspike_network::Network;
use memspike_snn::{DeckFiles, Idx, Layered, Synapses};

use crate::{
    array_args::ArrayArguments,
    failure::Failure,
    flags::folder,
    interrupt, network,
    network_args::{CardArguments, not_negative},
    network_source::{Shown, refuse_loops},
    note, shell, show,
};

pub const NETWORK_DECK_EXAMPLES: &str = "\
Examples:
  memspike network-deck net.toml -o deck                      the drawn digits
  memspike network-deck net.toml -o deck --images t10k-images-idx3-ubyte.gz --count 100
  memspike network-deck net.toml -o deck --levels 16,8 --wire 1
  memspike run deck/network.cir

Writes network.cir, card.lib, images.idx and the weights of each array, as .npy. A run of the deck looks at one image; its
spikes are those of `classify --level device` with the same seed and options.
A network is oscillation neurons, one for each pixel, and layers behind them: a trigger, one to one, of one-shot rows, an
array of dense weights in siemens, LIF neurons. Others have no circuit, and are refused by the name of what is otherwise.";

/// Arguments of `network-deck`.
#[derive(Args)]
pub struct NetworkDeckArguments {
    /// The network of layers, .toml or .json, such as `train` writes.
    #[arg(value_name = "NETWORK")]
    pub network: PathBuf,
    /// Folder for the deck; new or empty.
    #[arg(long, short, value_name = "DIR", value_parser = folder())]
    pub out: PathBuf,
    /// Look at the images of this IDX, .npy or .png file instead of the ten drawn digits.
    #[arg(long, value_name = "FILE")]
    pub images: Option<PathBuf>,
    /// Take only the first N images.
    #[arg(long, value_name = "N")]
    pub count: Option<NonZeroUsize>,
    #[command(flatten)]
    pub card: CardArguments,
    /// Variation of the devices, in parts of what the card's model NAME_varied says, or of the paper's device.
    #[arg(long, value_name = "X", default_value_t = 1.0, value_parser = not_negative)]
    pub variation: f64,
    #[command(flatten)]
    pub array: ArrayArguments,
}

fn input(error: &dyn std::fmt::Display) -> Failure {
    Failure::Input(format!("error: {error}"))
}

/// Writes a folder: all of it or nothing.
pub fn network_deck(arguments: &NetworkDeckArguments) -> Result<(), Failure> {
    let unwritable = |error| format!("error: cannot write '{}': {error}", arguments.out.display());
    interrupt::listen();
    // Said before any work is done.
    OutputFolder::check(&arguments.out).map_err(|error| Failure::Input(unwritable(error)))?;
    let path = &arguments.network;
    let refuse = |error: &dyn std::fmt::Display| input(&format!("{}: {error}", path.display()));
    let network = Network::read(path).map_err(|error| input(&error))?;
    refuse_loops(path, &network)?;
    has_circuits(&network).map_err(|message| refuse(&message))?;
    let shown = Shown::of(path, network)?;
    let layered = Layered::of(&shown.network, shown.duration_s).map_err(|error| refuse(&error))?;
    arguments.array.check(layered.layers.len())?;
    for layer in 0..layered.layers.len() {
        let weights = layered.layers[layer].weights;
        let held = Synapses::ideal(&layered.parameters(layer), weights);
        held.map_err(|error| refuse(&format!("layer {}: {error}", layer + 1)))?;
    }
    let images = images(arguments, &layered)?;
    let card = arguments.card.read()?;
    let varied = card.varied_by(arguments.variation)?;
    network::devices(&card, arguments.variation)?;
    let cards = format!("{}{}", card.device.named("zno"), varied.named("zno_varied"));
    let written = write(&arguments.out, &layered, &Contents { arguments, cards, images });
    let files = written.map_err(|error| Failure::Work(unwritable(error)))?;
    let Some(files) = files else { return Err(interrupt::nothing_written()) };
    let deck = arguments.out.join("network.cir");
    note(&format!("wrote {}, {files} files", arguments.out.display()));
    show(&format!(
        "{}: {files} files\nrun the network with `memspike run {}`\n",
        arguments.out.display(),
        shell::path(&deck)
    ))
}

/// Refuses, by its name, the first population of a model that is no circuit here.
fn has_circuits(network: &Network) -> Result<(), String> {
    const CIRCUITS: [&str; 3] = ["oscillator", "one_shot", "lif"];
    let mut populations = network.populations().map(|(_, population)| population);
    let other = populations.find(|population| !CIRCUITS.contains(&population.model().name()));
    other.map_or(Ok(()), |population| {
        Err(format!(
            "'{}' is of the model '{}', which has no circuit: a deck is made of {}",
            population.name(),
            population.model().name(),
            CIRCUITS.join(", "),
        ))
    })
}

/// The images that the deck will look at: as many as asked for.
fn images(arguments: &NetworkDeckArguments, layered: &Layered<'_>) -> Result<Idx, Failure> {
    let mut idx = match &arguments.images {
        Some(path) => memspike_images::read(path).map_err(|error| input(&error)),
        None => {
            Idx::decode(Path::new("netlists/digits.idx"), DIGITS, 3).map_err(|error| input(&error))
        }
    }?;
    let [count, rows, columns] = idx.lengths[..] else { unreachable!("three dimensions") };
    let pixels = rows * columns;
    if pixels != layered.pixels() {
        let whose = arguments.images.as_ref().map_or_else(
            || "the drawn digits have".to_owned(),
            |path| format!("images of '{}' have", path.display()),
        );
        return Err(input(&format!(
            "{}: the network looks at {} pixels, and {whose} {pixels}: give --images",
            arguments.network.display(),
            layered.pixels()
        )));
    }
    let taken = arguments.count.map_or(count, |most| count.min(most.get()));
    if taken == 0 {
        return Err(input(&"there is no image to look at"));
    }
    idx.lengths[0] = taken;
    idx.entries.truncate(taken * pixels);
    Ok(idx)
}

/// What the folder is made of, beside the network.
struct Contents<'a> {
    arguments: &'a NetworkDeckArguments,
    cards: String,
    images: Idx,
}

/// Writes the folder and gives the number of its files; nothing, and none of it, if the user asked to stop.
fn write(out: &Path, layered: &Layered<'_>, contents: &Contents<'_>) -> io::Result<Option<usize>> {
    let Contents { arguments, cards, images } = contents;
    let folder = OutputFolder::create(out)?;
    let layers = 0..layered.layers.len();
    let weights: Vec<String> =
        layers.clone().map(|layer| format!("weights{}.npy", layered.suffix(layer))).collect();
    let arrays: Vec<_> = layers.map(|layer| arguments.array.config(layer)).collect();
    let name = format!("Made by memspike network-deck from {}.", shown(&arguments.network));
    let deck = layered.deck(&DeckFiles {
        card: "card.lib",
        images: ("images.idx", images.lengths[0]),
        weights: &weights,
        arrays: &arrays,
        comment: &[
            &name,
            "Each image is a run; repetition is its number, which decides what devices draw from cycle to cycle.",
        ],
        numbered: true,
    });
    let file = |name: &str, bytes: &[u8]| folder.file(name)?.write_all(bytes);
    file("network.cir", deck.as_bytes())?;
    file("card.lib", cards.as_bytes())?;
    file("images.idx", &idx_bytes(images))?;
    for (name, layer) in weights.iter().zip(&layered.layers) {
        if interrupt::asked() {
            return Ok(None);
        }
        file(name, &layer.weights.bytes())?;
    }
    folder.finish()?;
    Ok(Some(3 + weights.len()))
}

/// The name of a file, as a comment can hold it.
fn shown(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Images as an IDX file.
fn idx_bytes(images: &Idx) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, 3];
    // Each was read from four bytes.
    bytes.extend(images.lengths.iter().flat_map(|length| (*length as u32).to_be_bytes()));
    bytes.extend(&images.entries);
    bytes
}
