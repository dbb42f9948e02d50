//! An elaborated deck as a deck of standard SPICE elements, for ngspice 39 and its like.
//!
//! The circuit is flat, its numbers are final, and every device is what its model says
//! ([`memspike_device::Model::spice`]): a memristor is a subcircuit with its state on capacitors.
//!
//! # What differs from a run of ours
//! - ngspice steps. The filament's growth and the membrane's charge err by what its tolerances
//!   allow; events are located to 50 nV. For `netlists/oscillation.cir` at 0.5, 0.8 and 2 V the
//!   frequencies of ngspice 39 lie beside ours by
//!
//!   | reltol, longest step | 0.5 V | 0.8 V | 2 V | CPU s |
//!   | --- | --- | --- | --- | --- |
//!   | 1e-4, 1 ms | 0.17 % | 0.56 % | 0.26 % | 0.1 to 0.5 |
//!   | 1e-5, 1 ms | 0.14 % | 0.14 % | 0.12 % | 0.2 to 0.7 |
//!   | 1e-6, 1 ms | 0.029 % | 0.038 % | 0.029 % | 0.2 to 1.0 |
//!   | 1e-7, 1 ms | 0.002 % | 0.002 % | 0.003 % | 0.4 to 1.8 |
//!   | 1e-7, 100 us (written) | -0.004 % | 0.001 % | 0.003 % | 0.4 to 1.7 |
//!   | 1e-8, 100 us | -0.005 % | -0.004 % | -0.004 % | 0.7 to 3.3 |
//!   | 1e-7, 10 us | -0.006 % | -0.006 % | -0.005 % | 1.1 to 2.3 |
//!
//!   so the difference is ngspice's and vanishes with its tolerances, but for 0.006 %. That is the
//!   subcircuit's: a rupture takes it 0.9 ns, in which the membrane falls 14 uV below the hold, and
//!   to charge it by as much takes 1.6 us of the 25 ms at 0.5 V.
//! - Where spikes of two devices nearly coincide, a circuit amplifies such errors: those of
//!   `netlists/coupled.cir` agree within 20 us for 0.4 s, and within 1.2 ms for 1 s.
//! - ngspice steps all devices together, in nanoseconds and less while one of them switches. Ten
//!   neurons are a matter of seconds; of the 784 of `netlists/array.cir` it had simulated 4 ms after
//!   100 s.
//! - A subcircuit needs times that are not zero: a turn-on or rupture takes a few times `tau`, which is
//!   `ton_min / 20`, 1 ns or a thousandth of the time in which the device discharges its capacitor,
//!   whichever is least, and growth sets in over a thousandth of `vs` around `von`. While it
//!   conducts, the filament's node shows what a rupture will leave.
//! - A filament widens to what `vform` and the circuit allow in two `tau`, not at once.
//! - A `vhold` below 1 uV is refused.
//! - A zero rise or fall takes a millionth of the pulse, from 1 fs to 1 ns ([`Stimulus`]).
//! - An `S` element is written as it is, and ngspice lets its control overshoot by 50 mV: drive it
//!   through a gain if that matters.
//! - The variation from device to device is in the numbers; that from cycle to cycle is refused, or
//!   left out ([`Options::nominal`]). A source's compliance is refused.
//!
//! [`Stimulus`]: memspike_circuit::Stimulus

mod card;
mod measure;
mod name;
mod stimulus;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use memspike_circuit::{Circuit, Element, ElementKind, NodeId, Signal, Stimulus};
use memspike_device::{NoSpiceForm, SpiceForm};
use memspike_netlist::Elaborated;
use memspike_random::{Draws, Owner};

use crate::name::Names;

/// An element that cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{element}' cannot be exported: {cause}")]
pub struct ExportError {
    /// Hierarchical name.
    pub element: String,
    /// Why.
    pub cause: NoSpiceForm,
}

/// Steps of a run that ngspice may not exceed: it places more by itself.
const LEAST_STEPS: f64 = 1e4;

/// Steps in a period of a sine: what has no capacitor is not watched by ngspice's error control.
const STEPS_PER_PERIOD: f64 = 100.0;

/// Tolerances. The absolute ones are far below the nanoamperes and millivolts of a neuron.
const OPTIONS: &str = ".options reltol=1e-7 abstol=1e-15 vntol=1e-9 method=gear";

/// What the writing of each part needs.
struct Context<'a> {
    circuit: &'a Circuit,
    names: Names,
    /// Forms of the elements; none for those that are no devices.
    forms: Vec<Option<SpiceForm>>,
}

/// What a caller may change about an export.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Leave out what varies from cycle to cycle, instead of refusing it.
    pub nominal: bool,
}

/// The deck as text. Devices keep what the deck's seed draws for them.
///
/// # Errors
/// The first element whose model has no form in SPICE.
pub fn export(deck: &Elaborated, options: Options) -> Result<String, ExportError> {
    let circuit = &deck.circuit;
    let forms = forms(deck, options)?;
    let names = Names::new(circuit, &forms);
    let context = Context { circuit, names, forms };

    let mut out = format!("{}\n", deck.title.trim());
    out.push_str(
        "* Flattened by memspike export-spice. Run it with: ngspice -b -r waveforms.raw FILE\n\
         * or, for its .meas lines: ngspice -b FILE\n",
    );
    for element in circuit.elements().iter().filter(|element| varies(element)) {
        let _ = writeln!(out, "* Its variation from cycle to cycle is left out: {}.", element.name);
    }
    for renamed in context.names.renamed(circuit) {
        let _ = writeln!(out, "* {renamed}");
    }
    context.cards(&mut out);
    context.initial_voltages(deck.tran.from_initial_conditions, &mut out);

    let _ = writeln!(out, "\n{OPTIONS}");
    if deck.tran.runs() {
        let stop = deck.tran.stop_s;
        let step = longest_step(circuit, stop);
        let uic = if deck.tran.from_initial_conditions { " uic" } else { "" };
        let _ = writeln!(out, ".tran {step:e} {stop:e} 0 {step:e}{uic}");
    }
    if !deck.at_rest.analyses.is_empty() {
        let _ = writeln!(
            out,
            "* Its .op, .dc and .ac, and the DC and AC values for these, are not written; this is the point of rest.\n.op"
        );
    }
    context.save(deck, &mut out);
    for card in &deck.measures {
        context.measure(card, &mut out);
    }
    out.push_str(".end\n");
    Ok(out)
}

fn forms(deck: &Elaborated, options: Options) -> Result<Vec<Option<SpiceForm>>, ExportError> {
    let form = |element: &Element| {
        if let Some(stimulus) = element.kind.stimulus() {
            let is_source = matches!(
                element.kind,
                ElementKind::VoltageSource(_) | ElementKind::CurrentSource(_)
            );
            let writable = match stimulus {
                Stimulus::Dc(_) => Ok(()),
                stimulus if is_source => stimulus::writable(stimulus),
                _ => Err(NoSpiceForm("it follows others and changes with time by itself")),
            };
            writable.map_err(|cause| ExportError { element: element.name.clone(), cause })?;
        }
        let Some((model, _)) = element.device() else { return Ok(None) };
        // The engine's key of a device's draws.
        let draws = Draws::new(deck.seed, Owner::Device(&element.name))
            .repetition(deck.circuit.repetition());
        let repeating = model.repeating().filter(|_| options.nominal);
        let model = repeating.as_ref().unwrap_or(model);
        let form = model.spice(&model.draw(&model.rest(), &draws)).and_then(|form| {
            let on = matches!(element.kind, ElementKind::Switch { on: true, .. });
            match form {
                SpiceForm::Subcircuit { .. } if on => {
                    Err(NoSpiceForm("its subcircuit cannot conduct at time zero: leave out `on`"))
                }
                form => Ok(form),
            }
        });
        form.map(Some).map_err(|cause| ExportError { element: element.name.clone(), cause })
    };
    let of_blocks = deck.circuit.blocks().iter().map(|block| &block.name);
    let of_taps = deck.circuit.taps().iter().map(|tap| &tap.name);
    if let Some(element) = of_blocks.chain(of_taps).next() {
        return Err(ExportError { element: element.clone(), cause: DIGITAL });
    }
    deck.circuit.elements().iter().map(form).collect()
}

const DIGITAL: NoSpiceForm = NoSpiceForm(
    "it is digital, and digital parts are not written: the deck itself is in XSPICE's form",
);

/// Whether a device changes from one cycle to the next, so that it is exported without that or not
/// at all.
fn varies(element: &Element) -> bool {
    element.device().is_some_and(|(model, _)| model.repeating().is_some())
}

fn longest_step(circuit: &Circuit, stop_s: f64) -> f64 {
    let periods = circuit.elements().iter().filter_map(|element| match &element.kind {
        ElementKind::VoltageSource(Stimulus::Sine(sine))
        | ElementKind::CurrentSource(Stimulus::Sine(sine)) => {
            Some(1.0 / (sine.frequency_hz * STEPS_PER_PERIOD))
        }
        _ => None,
    });
    periods.fold(stop_s / LEAST_STEPS, f64::min)
}

impl Context<'_> {
    /// `.ic`; without `uic` the states of devices are held there too, as they are at rest.
    fn initial_voltages(&self, uic: bool, out: &mut String) {
        for (node, volt) in self.circuit.initial_voltages() {
            let _ = writeln!(out, ".ic v({})={volt:e}", self.names.node(*node));
        }
        if uic {
            return;
        }
        for (position, form) in self.forms.iter().enumerate() {
            if let Some(SpiceForm::Subcircuit { phase, filament, .. }) = form {
                let instance = self.names.element(position);
                let _ = writeln!(out, ".ic v({instance}.{phase})=0 v({instance}.{filament})=0");
            }
        }
    }

    /// What the deck saves, else all voltages of its nodes; the state of every device; and what
    /// measurements need, because ngspice forgets the rest.
    fn save(&self, deck: &Elaborated, out: &mut String) {
        let mut vectors: Vec<String> = Vec::new();
        let mut add = |signal: &Signal| {
            vectors.extend(self.vectors(*signal));
        };
        match &deck.save {
            Some(saved) => saved.signals.iter().for_each(&mut add),
            None => self
                .circuit
                .node_ids()
                .map(|node| Signal::Voltage(node, NodeId::GROUND))
                .for_each(|signal| add(&signal)),
        }
        measure::signals(&deck.measures).iter().for_each(&mut add);
        for (position, form) in self.forms.iter().enumerate() {
            if let Some(SpiceForm::Subcircuit { phase, filament, .. }) = form {
                let instance = self.names.element(position);
                vectors.push(format!("v({instance}.{phase})"));
                vectors.push(format!("v({instance}.{filament})"));
            }
        }
        let mut seen = BTreeSet::new();
        vectors.retain(|vector| seen.insert(vector.clone()));
        for vector in vectors {
            let _ = writeln!(out, ".save {vector}");
        }
    }
}
