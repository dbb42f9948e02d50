//! `.model name d_cosim(simulation="./x")`: a module of Verilog as a digital block.

use std::path::PathBuf;
use std::sync::Arc;

use memspike_device::Parameter;
use memspike_digital::{BlockKind, Delays, Direction, Port};
use memspike_rtl::{Module, Simulator, Sources};
use memspike_time::ticks;

use crate::code::Code;
use crate::cursor::{FileName, Name};
use crate::finding::Finding;
use crate::syntax::ModelCard;

use super::Elaborator;
use super::built::Built;

const fn list(name: &'static str, direction: Direction) -> Port {
    Port { name, direction, list: true, least: 0, optional: true }
}

/// The kind. Its numbers are those of XSPICE; what it does is in a file.
pub(crate) static COSIM: BlockKind = BlockKind {
    name: "d_cosim",
    doc: "A module of Verilog, run by Verilator or Icarus Verilog; bits go in the order of its ports, the most significant first.",
    ports: &[list("d_in", Direction::In), list("d_out", Direction::Out)],
    parameters: &[
        Parameter::new("delay", "s", 1e-9, "from what makes an output change to its change"),
        Parameter::new(
            "queue_size",
            "1",
            128.0,
            "read without effect, as no queue is bounded here",
        ),
        Parameter::new(
            "irreversible",
            "1",
            1.0,
            "read without effect, as time never goes back here",
        ),
        Parameter::new(
            "idle_check",
            "1",
            0.0,
            "whether what idle= declares is checked, edge by edge",
        )
        .words(&[("no", 0.0), ("yes", 1.0)]),
    ],
    build: |_| Ok(Arc::new(memspike_digital::Vectors { rows: Arc::from([]) })),
};

/// Its parameters that are texts.
pub(super) const TEXTS: [&str; 7] =
    ["simulation", "verilog", "top", "simulator", "sim_args", "idle", "clock"];

/// The place of `idle_check` among the parameters.
const IDLE_CHECK: usize = 3;

/// What ngspice calls Icarus Verilog in `simulation=`; the module's name is in `sim_args=` then.
const NGSPICE_ICARUS: &str = "ivlng";

/// What to do about Verilog that cannot be a block.
fn remedy(message: &str) -> &'static str {
    if message.starts_with(memspike_rtl::VERILATOR_SAYS) {
        "verilator --lint-only shows the same; top=\"name\" says which module is meant"
    } else if message.starts_with(memspike_rtl::ICARUS_SAYS) {
        "iverilog -g2012 -t null shows the same; top=\"name\" says which module is meant"
    } else if message.starts_with(memspike_rtl::OTHER_DELAY) {
        "give all modules one `timescale, with a precision so coarse that the delay fits into 32 bits, write it in parts (#10000; #10000;), or run it in Icarus Verilog: simulator=\"icarus\""
    } else {
        "a module has inputs and outputs of bits; compiled ones are kept in MEMSPIKE_CACHE, or .cache/memspike at home"
    }
}

impl Elaborator<'_> {
    /// Compiles the module that a card names.
    pub(super) fn module(
        &mut self,
        card: &ModelCard,
        values: &[f64],
        texts: &[&(Name, FileName)],
    ) -> Option<Built> {
        let text = |wanted: &str| {
            texts.iter().rev().find(|(name, _)| name.text == wanted).map(|(_, text)| text)
        };
        let of_ngspice = text("simulation").filter(|name| name.text == NGSPICE_ICARUS);
        let simulator = match text("simulator") {
            Some(name) => self.simulator(name)?,
            None if of_ngspice.is_some() => Simulator::Icarus,
            None => Simulator::Verilator,
        };
        let simulation = of_ngspice.and_then(|_| text("sim_args")).or_else(|| text("simulation"));
        let (files, span) = match (text("verilog"), simulation) {
            (Some(list), _) => {
                let beside = |word: &str| {
                    self.sources.beside(&FileName { text: word.to_owned(), span: list.span })
                };
                (list.text.split_whitespace().map(beside).collect(), list.span)
            }
            (None, Some(name)) => (self.beside_simulation(name)?, name.span),
            (None, None) => {
                self.report(
                    Finding::new(Code::MissingValue, card.name.span, "a d_cosim has a simulation")
                        .help("write .model name d_cosim(simulation=\"./x\") with x.v beside the deck, or verilog=\"x.v y.v\""),
                );
                return None;
            }
        };
        let delay_s = values[0];
        if !(delay_s >= 0.0 && delay_s.is_finite()) {
            let message = format!("delay = {delay_s}: must not be negative");
            self.report(
                Finding::new(Code::ModelParameter, card.name.span, message)
                    .help("give it another value"),
            );
            return None;
        }
        let top = text("top").map(|top| top.text.clone());
        match self.sources.data.module(Sources { simulator, files, top }) {
            Ok(module) => {
                let module = (*module).clone().delayed(Delays::each(ticks(delay_s)));
                let module = self.idle(module, card, values[IDLE_CHECK], texts)?;
                Some(Built::Block { kind: &COSIM, design: Arc::new(module) })
            }
            Err(message) => {
                let help = remedy(&message);
                self.report(Finding::new(Code::Verilog, span, message).help(help));
                None
            }
        }
    }

    /// The module with what its card declares of edges of its clock.
    fn idle(
        &mut self,
        module: Module,
        card: &ModelCard,
        check: f64,
        texts: &[&(Name, FileName)],
    ) -> Option<Module> {
        const HELP: &str = "write idle=\"output\" clock=\"input\": while the output is one, edges of the input change nothing; idle_check=yes checks it";
        let text = |wanted: &str| {
            texts.iter().rev().find(|(name, _)| name.text == wanted).map(|(_, text)| text)
        };
        let wrong = match (text("idle"), text("clock")) {
            (None, None) if check == 0.0 => return Some(module),
            (Some(idle), Some(clock)) => match check {
                0.0 | 1.0 => match module.idle(&clock.text, &idle.text, check == 1.0) {
                    Ok(module) => return Some(module),
                    Err(error) => (idle.span, error.to_string()),
                },
                _ => (card.name.span, format!("idle_check = {check}: yes or no")),
            },
            (Some(idle), None) => {
                (idle.span, "idle= without the clock that it is about".to_owned())
            }
            (None, Some(clock)) => (clock.span, "clock= without idle=".to_owned()),
            (None, None) => (card.name.span, "idle_check= without idle=".to_owned()),
        };
        self.report(Finding::new(Code::Verilog, wrong.0, wrong.1).help(HELP));
        None
    }

    /// What runs a module, by its name.
    fn simulator(&mut self, name: &FileName) -> Option<Simulator> {
        match name.text.to_lowercase().as_str() {
            "verilator" => Some(Simulator::Verilator),
            "icarus" => Some(Simulator::Icarus),
            _ => {
                let message = format!("there is no simulator '{}'", name.text);
                self.report(Finding::new(Code::Verilog, name.span, message).help(
                    "write simulator=\"verilator\" (two levels, fast) or simulator=\"icarus\" (x and z)",
                ));
                None
            }
        }
    }

    /// The Verilog of `simulation="./x"`: `x.v` or `x.sv`.
    fn beside_simulation(&mut self, name: &FileName) -> Option<Vec<PathBuf>> {
        let stem = [".so", ".v", ".sv"].iter().find_map(|ending| name.text.strip_suffix(ending));
        let stem = stem.unwrap_or(&name.text);
        let file = |extension: &str| {
            self.sources.beside(&FileName { text: format!("{stem}.{extension}"), span: name.span })
        };
        let found = ["v", "sv"].map(file).into_iter().find(|path| path.is_file());
        if found.is_none() {
            let message = format!("there is neither {stem}.v nor {stem}.sv beside this file");
            self.report(
                Finding::new(Code::Verilog, name.span, message)
                    .help("put the Verilog there, or name it: verilog=\"path/x.v\"; libraries made for ngspice cannot be used here"),
            );
        }
        found.map(|path| vec![path])
    }
}
