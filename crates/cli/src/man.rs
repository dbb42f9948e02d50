//! `memspike man`: the help of every verb as a man page.

use std::{fs, path::PathBuf};

use clap::{Args, Command};
use clap_mangen::{
    Man,
    roff::{Roff, roman},
};

use crate::{args::grammar, failure::Failure, files, flags::folder, show};

pub const MAN_EXAMPLES: &str = "\
Examples:
  memspike man -o ~/.local/share/man/man1          then man memspike, man memspike-run
  memspike man -o /usr/local/share/man/man1        for everyone

Pages of an earlier version are replaced; other files of the folder stay.";

/// Arguments of `man`.
#[derive(Args)]
pub struct ManArguments {
    /// The folder to write pages into, made if there is none.
    #[arg(long, short, value_name = "DIR", alias = "output", value_parser = folder())]
    pub out: PathBuf,
}

/// A page for the program and one for each verb, by their names.
struct Page {
    name: String,
    text: Vec<u8>,
}

/// Writes the pages.
pub fn man(arguments: &ManArguments) -> Result<(), Failure> {
    let mut grammar = grammar().disable_help_subcommand(true);
    grammar.build();
    let mut pages = Vec::new();
    collect(&grammar, &mut pages)?;
    files::make_folder(&arguments.out)?;
    for page in &pages {
        let path = arguments.out.join(&page.name);
        files::keep(&[], std::slice::from_ref(&path))?;
        files::write(&path, &page.text)?;
    }
    // As others see it, whatever way leads there.
    let shown = fs::canonicalize(&arguments.out).unwrap_or_else(|_| arguments.out.clone());
    show(&format!("{}: {} pages\nnext: man memspike\n", shown.display(), pages.len()))
}

/// The page of a command, and those of its verbs.
fn collect(command: &Command, pages: &mut Vec<Page>) -> Result<(), Failure> {
    let failed = |error| Failure::Work(format!("error: a man page cannot be made: {error}"));
    let examples = command.get_after_help().map(ToString::to_string);
    let version = env!("CARGO_PKG_VERSION");
    // Of its own the writer would run the lines of examples together.
    let man = Man::new(command.clone().after_help(None::<&str>))
        .source(format!("memspike {version}"))
        .manual("memspike");
    let mut text = Vec::new();
    man.render(&mut text).map_err(failed)?;
    if let Some(examples) = examples {
        let mut section = Roff::new();
        section.control("SH", ["EXAMPLES"]);
        section.control("nf", []);
        let lines = examples.lines().skip_while(|line| *line == "Examples:");
        lines.for_each(|line| {
            section.text([roman(line)]);
        });
        section.control("fi", []);
        section.to_writer(&mut text).map_err(failed)?;
    }
    pages.push(Page { name: man.get_filename(), text });
    command.get_subcommands().try_for_each(|verb| collect(verb, pages))
}
