//! A core as modules and memory contents.

use memspike_lif_core::Core;

use crate::arch::{Contents, Layout, LayoutError, counter, top};
use crate::names::{is_name, words};
use crate::verilog::{Module, print};

/// Why a core cannot become hardware.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DesignError {
    /// The layout cannot carry it.
    #[error(transparent)]
    Layout(#[from] LayoutError),
    /// The name cannot be one of a module.
    #[error(
        "'{0}' cannot name a module: a letter, then at most 40 letters, digits or underscores; no word of Verilog, SystemVerilog or C++, and none that the core uses"
    )]
    Name(String),
}

/// A core in hardware.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Design {
    /// Name of the top module; all others begin with it.
    pub name: String,
    /// All modules, the top last.
    pub modules: Vec<Module>,
    /// Contents of memories.
    pub memories: Vec<MemoryFile>,
}

/// The contents of a memory, for `$readmemh`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemoryFile {
    /// Name of the file.
    pub name: String,
    /// Its text: a hexadecimal word a line.
    pub text: String,
    /// Whether the words are in the source too, so that the core does without the file.
    pub built_in: bool,
}

/// Most bits of a memory whose words are in the source.
pub const MOST_BUILT_IN: usize = 4096;

impl MemoryFile {
    fn new(name: String, words: impl Iterator<Item = Vec<i32>>, bits: u32) -> Self {
        let mut size = 0;
        let counted = words.inspect(|word| size += word.len() * bits as usize);
        let text = memory_text(counted, bits);
        Self { name, text, built_in: size <= MOST_BUILT_IN }
    }

    /// Default of the parameter that names the file.
    pub(crate) fn default_name(&self) -> &str {
        if self.built_in { "" } else { &self.name }
    }

    /// The same where files are in a folder, which ends with what parts it from a file's name.
    fn default_path(&self, folder: &str) -> String {
        if self.built_in { String::new() } else { format!("{folder}{}", self.name) }
    }

    fn contents(&self, folder: &str) -> Contents {
        let words = self.text.lines().filter(|_| self.built_in).map(str::to_owned).collect();
        Contents { file: self.default_path(folder), words }
    }
}

/// Lays a core out. `about` stands as comment above the top module.
///
/// # Errors
/// The layout cannot carry the core, or the name is no name.
pub fn design(
    core: &Core,
    layout: &dyn Layout,
    name: &str,
    about: &[&str],
) -> Result<Design, DesignError> {
    design_with(core, layout, name, about, "")
}

/// As [`design`], for tools that start elsewhere: memories that are not part of the source are in files whose paths begin with
/// `folder`.
///
/// # Errors
/// As [`design`].
pub fn design_with(
    core: &Core,
    layout: &dyn Layout,
    name: &str,
    about: &[&str],
    folder: &str,
) -> Result<Design, DesignError> {
    layout.validate(core)?;
    if !is_name(name) {
        return Err(DesignError::Name(name.to_owned()));
    }
    let mut modules = Vec::new();
    let mut memories = Vec::new();
    for (number, (layer, weights)) in core.layers().enumerate() {
        let file = format!("{name}_weights_{number}.hex");
        let memory = MemoryFile::new(file, layout.words(layer, weights), layer.weight_bits);
        modules.extend(layout.emit(name, number, layer, &memory.contents(folder)));
        memories.push(memory);
    }
    let files: Vec<String> = memories.iter().map(|memory| memory.default_path(folder)).collect();
    modules.push(counter(name, core.spec()));
    modules.push(top(name, core.spec(), layout.weights_memory(), &files, about));
    // It stands once, where the top module begins; elsewhere it would be a port or a signal.
    let texts: Vec<String> = modules.iter().map(print).collect();
    if texts.iter().flat_map(|text| words(text)).filter(|word| *word == name).count() > 1 {
        return Err(DesignError::Name(name.to_owned()));
    }
    Ok(Design { name: name.to_owned(), modules, memories })
}

impl Design {
    /// The modules as one Verilog file, the top first: linters want the first one to have the file's name.
    #[must_use]
    pub fn verilog(&self) -> String {
        let texts = self.modules.iter().rev().map(print);
        format!(
            "// All modules are in this file on purpose.\n/* verilator lint_off DECLFILENAME */\n`default_nettype none\n\n{}\n`default_nettype wire\n",
            texts.collect::<Vec<_>>().join("\n")
        )
    }
}

/// Words of weights, lane 0 lowest, in hexadecimal.
pub(crate) fn memory_text(words: impl Iterator<Item = Vec<i32>>, bits: u32) -> String {
    let mut text = String::new();
    for word in words {
        let digits = (word.len() * bits as usize).div_ceil(4);
        let bit = |at: usize| {
            let weight = word.get(at / bits as usize);
            weight.map_or(0, |weight| (*weight >> (at % bits as usize)) as u32 & 1)
        };
        for digit in (0..digits).rev() {
            let value = (0..4).fold(0, |sum, at| sum | bit(4 * digit + at) << at);
            text.push(char::from_digit(value, 16).expect("four bits"));
        }
        text.push('\n');
    }
    text
}
