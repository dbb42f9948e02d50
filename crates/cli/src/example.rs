//! `memspike example`: files to begin with, for those who have the program and not its sources.

use std::{fmt::Write as _, io::Write as _, path::Path};

use memspike_decks::{MEASUREMENTS_EXAMPLE, NETWORK_EXAMPLE, NEURON_EXAMPLE, RING_EXAMPLE, ZNO};
use memspike_files::OutputFolder;

use crate::{failure::Failure, language_args::ExampleArguments, print, shell, show};

/// Files that belong together, and what to do with them.
struct Example {
    name: &'static str,
    about: &'static str,
    files: &'static [(&'static str, &'static str)],
    /// Words behind `memspike`; `{}` is the folder, in quotes if it needs them.
    next: &'static str,
}

const EXAMPLES: [Example; 5] = [
    Example {
        name: "neuron",
        about: "a deck: one memristor neuron, its spike rate at four voltages",
        files: &[("neuron.cir", NEURON_EXAMPLE)],
        next: "run {}/neuron.cir",
    },
    Example {
        name: "ring",
        about: "a deck: three memristor neurons, each of which makes the next one fire",
        files: &[("ring.cir", RING_EXAMPLE)],
        next: "run {}/ring.cir -o {}/ring.vcd",
    },
    Example {
        name: "card",
        about: "the card of the paper's device, with every number's source",
        files: &[("zno.lib", ZNO)],
        next: "paper --card {}/zno.lib O1",
    },
    Example {
        name: "measurements",
        about: "measurements of a device as a file that explains itself, a sweep, and the card that they give",
        files: &MEASUREMENTS_EXAMPLE,
        next: "fit {}/example.toml -o {}/card.lib",
    },
    Example {
        name: "network",
        about: "a large network: 1,250 neurons, excitation, inhibition, noise",
        files: &[("network.toml", NETWORK_EXAMPLE)],
        next: "net {}/network.toml --until 1",
    },
];

/// Writes an example, or lists them.
pub fn example(arguments: &ExampleArguments) -> Result<(), Failure> {
    let (Some(name), Some(folder)) = (&arguments.name, &arguments.out) else {
        return print(&list());
    };
    let Some(example) = EXAMPLES.iter().find(|example| example.name.eq_ignore_ascii_case(name))
    else {
        return Err(Failure::Input(format!(
            "error: there is no example '{name}'\n{}",
            list().trim_end()
        )));
    };
    write(folder, example.files)?;
    let shown = folder.display().to_string();
    let files: Vec<&str> = example.files.iter().map(|(name, _)| *name).collect();
    let next = example.next.replace("{}", &shell::path(folder));
    show(&format!("{shown}: {}\nnext: memspike {next}\n", files.join(", ")))
}

fn list() -> String {
    let mut text = String::new();
    for Example { name, about, .. } in &EXAMPLES {
        let _ = writeln!(text, "{name:12}  {about}");
    }
    text + "memspike example NAME -o DIR writes one.\n"
}

/// Writes files into a folder that is new or empty: all of them or none.
///
/// # Errors
/// If there is something in the folder, or it cannot be written.
pub fn write(folder: &Path, files: &[(&str, &str)]) -> Result<(), Failure> {
    let shown = folder.display();
    let failed = |error| Failure::Input(format!("error: cannot write '{shown}': {error}"));
    let output = OutputFolder::create(folder).map_err(failed)?;
    for (name, text) in files {
        let written = output.file(name).and_then(|mut file| file.write_all(text.as_bytes()));
        written
            .map_err(|error| Failure::Work(format!("error: cannot write '{shown}': {error}")))?;
    }
    output.finish().map_err(failed)
}
