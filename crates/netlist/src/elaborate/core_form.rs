//! How a `lif_core` is run: by a model, or by Verilog with a clock.

use memspike_cosim::{CoreBlock, Form, Implementation, Pace, check_ports, generate};
use memspike_device::Parameter;
use memspike_digital::Frequency;
use memspike_hdl::{Layout, layout};
use memspike_lif_core::Core;
use memspike_rtl::{Module, Simulator, Sources, VERILATOR_SAYS};
use memspike_time::{HORIZON_S, ticks};

use crate::code::Code;
use crate::cursor::FileName;
use crate::finding::Finding;
use crate::syntax::ModelCard;

use super::Elaborator;

/// Of a parameter that may be left out.
const NONE: f64 = f64::NAN;

pub(super) const IMPL: Parameter = Parameter::new(
    "impl",
    "1",
    0.0,
    "what runs it: its event-level or its cycle-accurate model, its Verilog, or model and Verilog compared at every edge",
)
.words(&[("model", 0.0), ("cycle", 1.0), ("rtl", 2.0), ("compare", 3.0)]);
pub(super) const LAYOUT: Parameter = Parameter::new(
    "layout",
    "1",
    0.0,
    "of the core with a clock: a neuron a cycle, all at once, or so many lanes",
)
.words(&[("serial", 0.0), ("parallel", 1.0), ("folded", 2.0)]);
pub(super) const LANES: Parameter =
    Parameter::new("lanes", "1", 8.0, "neurons that a folded core works on in a cycle");
pub(super) const CLOCK: Parameter = Parameter::new(
    "clock",
    "Hz",
    NONE,
    "rising edge k is at k / clock; without it the clock runs when there is something to do, in no time",
);
pub(super) const DEPTH: Parameter = Parameter::new(
    "depth",
    "1",
    NONE,
    "spikes that can wait for the clock; without it as many as there are inputs",
);
pub(super) const DELAY: Parameter = Parameter::new(
    "delay",
    "s",
    NONE,
    "from tick to what fires; without it 1 ns, or with clock what a full queue and the slowest tick take",
);

/// Latency without a clock (s).
const DELAY_S: f64 = 1e-9;

/// Most that can wait.
const MOST_DEPTH: f64 = 16_777_216.0;

/// A message, and what to do.
type Mistake = (String, &'static str);

/// The numbers of a card, in the order of the parameters above.
struct Ways<'v>(&'v [f64]);

impl Ways<'_> {
    fn layout(&self) -> Result<Box<dyn Layout>, Mistake> {
        let name = LAYOUT.words.iter().find(|(_, value)| *value == self.0[1]);
        let help = "give serial, parallel or folded; lanes= is 1, 2, 4, ... or 64";
        let name = name.ok_or(("layout is none".to_owned(), help))?.0;
        let lanes = if self.0[2].fract() == 0.0 { self.0[2] as usize } else { 0 };
        layout(name, lanes).map_err(|error| (error.to_string(), help))
    }

    fn pace(&self, core: &Core, layout: &dyn Layout) -> Result<Pace, Mistake> {
        let &[_, _, _, clock, depth, delay_s] = self.0 else { unreachable!("six parameters") };
        let inputs = core.spec().first().inputs;
        let depth = if depth.is_nan() { inputs as f64 } else { depth };
        if !((0.0..=MOST_DEPTH).contains(&depth) && depth.fract() == 0.0) {
            let message = format!("depth = {depth}: no number of spikes that can wait");
            return Err((message, "give a whole number up to 16777216"));
        }
        let range = Frequency::LEAST_HZ..=Frequency::MOST_HZ;
        if !(clock.is_nan() || range.contains(&clock)) {
            let message = format!("clock = {clock}: must be from 0.1 mHz to 200 THz");
            return Err((message, "give it another value"));
        }
        let latest_s = match (delay_s.is_nan(), clock.is_nan()) {
            (false, _) => delay_s,
            (true, true) => DELAY_S,
            (true, false) => cycles(core, layout, depth) / clock,
        };
        if !(0.0..HORIZON_S).contains(&latest_s) {
            let message =
                format!("delay = {latest_s}: must not be negative, nor longer than a run");
            return Err((message, "give it another value, or the core a faster clock"));
        }
        Ok(Pace {
            clock: (!clock.is_nan()).then(|| Frequency::new(clock)),
            depth: depth as usize,
            // Rounded up, so that the last edge is not too late.
            latency_fs: ticks(latest_s) + u64::from(delay_s.is_nan() && !clock.is_nan()),
            skip: true,
        })
    }
}

/// Clock cycles from a tick that finds the queue full to the last of its spikes, after a reset that has just been.
fn cycles(core: &Core, layout: &dyn Layout, depth: f64) -> f64 {
    let (spec, architecture) = (core.spec(), layout.model());
    let event = architecture.cycles(spec.first()) as f64 + 1.0;
    // A spike at the counter takes two cycles.
    let counted = 3 * spec.last().neurons + 8;
    let tick = architecture.longest_tick(spec) + counted;
    (depth + 1.0) * event + (tick + architecture.cycles_to_rest_after_reset(spec)) as f64
}

impl Elaborator<'_> {
    /// The block of a core, with what its card says of how it is run.
    pub(super) fn core_block(
        &mut self,
        card: &ModelCard,
        values: &[f64],
        core: Core,
        verilog: Option<&FileName>,
    ) -> Option<CoreBlock> {
        let ways = Ways(values);
        let formed = ways.layout().and_then(|layout| Ok((ways.pace(&core, &*layout)?, layout)));
        let (pace, layout) = match formed {
            Ok(formed) => formed,
            Err((message, help)) => {
                self.report(Finding::new(Code::ModelParameter, card.name.span, message).help(help));
                return None;
            }
        };
        let form = Form { architecture: layout.model(), pace };
        let implementation = match values[0] {
            0.0 => Implementation::Model,
            1.0 => Implementation::Cycle,
            2.0 => Implementation::Rtl(self.core_verilog(card, &core, &*layout, verilog)?),
            3.0 => Implementation::Compare(self.core_verilog(card, &core, &*layout, verilog)?),
            _ => {
                let finding = Finding::new(Code::ModelParameter, card.name.span, "impl is none");
                self.report(finding.help("give model, cycle, rtl or compare"));
                return None;
            }
        };
        Some(CoreBlock::new(core, implementation, form))
    }

    /// The compiled Verilog of a core: what is made of it, or what a card names instead.
    fn core_verilog(
        &mut self,
        card: &ModelCard,
        core: &Core,
        layout: &dyn Layout,
        verilog: Option<&FileName>,
    ) -> Option<Module> {
        let (sources, span) = match verilog {
            Some(list) => {
                let beside = |word: &str| {
                    self.sources.beside(&FileName { text: word.to_owned(), span: list.span })
                };
                let files = list.text.split_whitespace().map(beside).collect();
                (Ok(Sources { simulator: Simulator::Verilator, files, top: None }), list.span)
            }
            None => (generate(core, layout).map_err(|error| error.to_string()), card.name.span),
        };
        let compiled = sources.and_then(|sources| self.sources.data.module(sources));
        let fits = |module: &Module| check_ports(module, core.spec());
        match compiled.and_then(|module| fits(&module).map(|()| (*module).clone())) {
            Ok(module) => Some(module),
            Err(message) => {
                let help = if verilog.is_some() && message.starts_with(VERILATOR_SAYS) {
                    "verilator --lint-only shows the same"
                } else {
                    "impl=model gives the same spikes, and impl=cycle the same cycles, without Verilog"
                };
                self.report(Finding::new(Code::Verilog, span, message).help(help));
                None
            }
        }
    }
}
