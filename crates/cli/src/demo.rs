//! `memspike demo`: the network on ten drawn digits, one of them also through a core and its Verilog, then the paper's neurons
//! beside measured ones.

mod circuit;
mod core;
mod network;
mod neurons;
mod page;

use memspike_paper::SOURCE;
use memspike_report as report;
use serde::Serialize;

use crate::{args::DemoArguments, failure::Failure, files, interrupt, print, shell, show};

/// What `--json` prints.
#[derive(Serialize)]
struct Results<'a> {
    digits: Vec<network::Decision>,
    /// The first digit through the core.
    core: &'a core::Core,
    neurons: &'a neurons::Neurons,
}

/// Shows the digits, runs the neurons' decks, prints and writes what came of it.
pub fn demo(arguments: &DemoArguments) -> Result<(), Failure> {
    let folder = arguments.out.as_path();
    files::make_folder(folder)?;
    interrupt::listen();
    let demo = network::Demo::new()?;
    let shown = demo.show()?;
    circuit::write(folder)?;
    let analog = circuit::elaborate(folder, circuit::DECK).map_err(|e| Failure::input(&e))?;
    circuit::run(folder, &analog, "network.vcd", None)?;
    let core = core::Core::run(folder)?;
    files::write(&folder.join("index.html"), page::html(&shown, &core)?.as_bytes())?;
    let neurons = neurons::Neurons::run(folder)?;
    if arguments.json.json {
        let digits = shown.iter().map(network::Shown::decision).collect();
        return print(&report::json(&Results { digits, core: &core, neurons: &neurons }));
    }
    let out = folder.display();
    let layers = shown.first().map(|first| core.table(&first.run()));
    let layers = layers.unwrap_or_default();
    show(&format!("{}\n{layers}\n{}\n", network::table(&shown), neurons.tables()))?;
    show(&format!(
        "{SOURCE}Page: {out}/index.html. Waveforms: {out}/*.vcd, for GTKWave or Surfer; \
         network.vcd is the whole circuit on the drawn 0, core.vcd the same with the core. The circuits are decks, to run and to change:\n\
         memspike run {}/{}\nmemspike run {}/{}\n",
        shell::path(folder),
        circuit::DECK,
        shell::path(folder),
        circuit::CORE_DECK
    ))
}
