//! An elaborated deck as a deck of standard SPICE elements, for ngspice 39 and its like.
//!
//! The circuit is flat, its numbers are final, and every device is what its model says
//! ([`memspike_device::Model::spice`]): a memristor is a subcircuit with its state on capacitors.
//!
//! # What differs from a run of ours
//! - ngspice steps. The filament's growth and the membrane's charge err by what its tolerances
//!   allow; events are located to 50 nV. For `netlists/oscillation.cir` at 0.5, 0.8 and 2 V the
//!   frequencies of ngspice 39 are above ours by
//!
//!   | reltol, longest step | 0.5 V | 0.8 V | 2 V | CPU s |
//!   | --- | --- | --- | --- | --- |
//!   | 1e-4, 1 ms | 0.20 % | 0.39 % | 0.31 % | 0.2 to 1.0 |
//!   | 1e-5, 1 ms | 0.17 % | 0.15 % | 0.16 % | 0.3 to 1.3 |
//!   | 1e-6, 1 ms | 0.039 % | 0.040 % | 0.040 % | 0.4 to 2.0 |
//!   | 1e-6, 100 us (written) | 0.003 % | 0.012 % | 0.038 % | 0.3 to 1.5 |
//!   | 1e-7, 1 ms | 0.008 % | 0.008 % | 0.009 % | 0.6 to 2.5 |
//!   | 1e-6, 10 us | 0.0005 % | 0.0009 % | 0.003 % | 2 to 3 |
//!
//!   so the difference is ngspice's and goes to zero with its tolerances.
//! - Where spikes of two devices nearly coincide, a circuit amplifies such errors. The two neurons
//!   of `netlists/coupled.cir` agree within 100 us for 0.4 s; by 0.7 s 2 us have become 2 ms, and
//!   the 60th spike of the second one is before or after 1 s as ngspice's tolerances say.
//! - A subcircuit needs times that are not zero: a turn-on or rupture takes `min(ton_min / 20, 1 ns)`
//!   a few times over, and growth sets in over a thousandth of `vs` around `von`. A conducting
//!   phase shorter than that, and a `vhold` below 1 uV, are beyond it. While it conducts, the
//!   filament's node shows what a rupture will leave.
//! - A filament is `ron` once it conducts: `vform` has no form there. That is what a capacitor across
//!   the device gives it here too; a filament that a resistor alone feeds is narrower here.
//! - A zero rise or fall takes a millionth of the pulse, from 1 fs to 1 ns ([`Stimulus`]).
//! - An `S` element is written as it is, and ngspice lets its control overshoot by 50 mV: drive it
//!   through a gain if that matters.
//! - The variation from device to device is in the numbers; that from cycle to cycle is refused.
//!
//! [`Stimulus`]: memspike_circuit::Stimulus

mod card;
mod measure;
mod name;
mod stimulus;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use memspike_circuit::{Circuit, Element, ElementKind, NodeId, Signal, Stimulus};
use memspike_device::{Draws, NoSpiceForm, SpiceForm};
use memspike_netlist::Elaborated;

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

/// Levels of a sweep that are written, two points each.
const MOST_LEVELS: u64 = 1_000_000;

/// Tolerances. The absolute ones are far below the nanoamperes and millivolts of a neuron.
const OPTIONS: &str = ".options reltol=1e-6 abstol=1e-15 vntol=1e-9 method=gear";

/// What the writing of each part needs.
struct Context<'a> {
    circuit: &'a Circuit,
    names: Names,
    /// Forms of the elements; none for those that are no devices.
    forms: Vec<Option<SpiceForm>>,
}

/// The deck as text. `seed` is that of the run: devices keep what it draws for them.
///
/// # Errors
/// The first element whose model has no form in SPICE.
pub fn export(deck: &Elaborated, seed: u64) -> Result<String, ExportError> {
    let circuit = &deck.circuit;
    let forms = forms(circuit, seed)?;
    let names = Names::new(circuit, &forms);
    let context = Context { circuit, names, forms };

    let mut out = format!("{}\n", deck.title.trim());
    out.push_str(
        "* Flattened by memspike export-spice. Run it with: ngspice -b -r waveforms.raw FILE\n\
         * or, for its .meas lines: ngspice -b FILE\n",
    );
    for renamed in context.names.renamed(circuit) {
        let _ = writeln!(out, "* {renamed}");
    }
    context.cards(&mut out);
    context.initial_voltages(deck.tran.from_initial_conditions, &mut out);

    let stop = deck.tran.stop_s;
    let step = longest_step(circuit, stop);
    let uic = if deck.tran.from_initial_conditions { " uic" } else { "" };
    let _ = writeln!(out, "\n{OPTIONS}\n.tran {step:e} {stop:e} 0 {step:e}{uic}");
    context.save(deck, &mut out);
    for card in &deck.measures {
        context.measure(card, &mut out);
    }
    out.push_str(".end\n");
    Ok(out)
}

fn forms(circuit: &Circuit, seed: u64) -> Result<Vec<Option<SpiceForm>>, ExportError> {
    let form = |element: &Element| {
        if let ElementKind::VoltageSource(Stimulus::Staircase(sweep))
        | ElementKind::CurrentSource(Stimulus::Staircase(sweep)) = &element.kind
            && sweep.levels() > MOST_LEVELS
        {
            let cause = NoSpiceForm("its sweep has more than a million levels: shorten it");
            return Err(ExportError { element: element.name.clone(), cause });
        }
        let Some((model, _)) = element.device() else { return Ok(None) };
        // The engine's key of a device's draws.
        let draws = Draws::new(seed, &format!("device {}", element.name));
        let form = model.spice(model.draw(model.rest(), &draws)).and_then(|form| {
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
    circuit.elements().iter().map(form).collect()
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
            Some(signals) => signals.iter().for_each(&mut add),
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
