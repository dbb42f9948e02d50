//! `memspike demo`: the network on ten drawn digits, then the paper's neurons beside measured ones.

mod circuit;
mod network;
mod neurons;
mod page;

use std::path::Path;

use memspike_paper::SOURCE;

use crate::{failure::Failure, files, interrupt, print};

/// Where files go, below the current folder.
const FOLDER: &str = "out/demo";

/// Shows the digits, runs the neurons' decks, prints and writes what came of it.
pub fn demo() -> Result<(), Failure> {
    let folder = Path::new(FOLDER);
    files::make_folder(folder)?;
    interrupt::listen();
    let demo = network::Demo::new()?;
    let shown = demo.show()?;
    circuit::run(folder)?;
    files::write(&folder.join("index.html"), page::html(&shown)?.as_bytes())?;
    print(&format!("{}\n{}\n", network::table(&shown), neurons::tables()?))?;
    print(&format!(
        "{SOURCE}Page: {FOLDER}/index.html. Waveforms: {FOLDER}/*.vcd, for GTKWave or Surfer; \
         network.vcd is the whole circuit on the drawn 0. The circuit is a deck, to run and to change:\n\
         memspike run {FOLDER}/{}\n",
        circuit::DECK
    ))
}
