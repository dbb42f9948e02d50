//! `memspike demo`: the network on ten drawn digits, then the paper's neurons beside measured ones.

mod circuit;
mod network;
mod neurons;
mod page;

use memspike_paper::SOURCE;
use memspike_report as report;
use serde::Serialize;

use crate::{args::DemoArguments, failure::Failure, files, interrupt, print, show};

/// What `--json` prints.
#[derive(Serialize)]
struct Results<'a> {
    digits: Vec<network::Decision>,
    neurons: &'a neurons::Neurons,
}

/// Shows the digits, runs the neurons' decks, prints and writes what came of it.
pub fn demo(arguments: &DemoArguments) -> Result<(), Failure> {
    let folder = arguments.out.as_path();
    files::make_folder(folder)?;
    interrupt::listen();
    let demo = network::Demo::new()?;
    let shown = demo.show()?;
    circuit::run(folder)?;
    files::write(&folder.join("index.html"), page::html(&shown)?.as_bytes())?;
    let neurons = neurons::Neurons::run(folder)?;
    if arguments.json.json {
        let digits = shown.iter().map(network::Shown::decision).collect();
        return print(&report::json(&Results { digits, neurons: &neurons }));
    }
    let out = folder.display();
    show(&format!("{}\n{}\n", network::table(&shown), neurons.tables()))?;
    show(&format!(
        "{SOURCE}Page: {out}/index.html. Waveforms: {out}/*.vcd, for GTKWave or Surfer; \
         network.vcd is the whole circuit on the drawn 0. The circuit is a deck, to run and to change:\n\
         memspike run {out}/{}\n",
        circuit::DECK
    ))
}
