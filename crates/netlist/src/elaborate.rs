//! Syntax tree to circuit: parameters evaluated, subcircuits flattened, names resolved.

mod array;
mod block;
mod bridge;
mod bridge_model;
mod built;
mod circuit;
mod core;
mod core_form;
mod count;
mod coupling;
mod element;
mod grain;
mod instance;
mod instant;
mod kinds;
mod law;
mod mc;
mod measure;
mod model;
mod multiplicity;
mod named_ports;
mod network;
mod options;
mod order;
mod passive;
mod quantity;
mod rest;
mod save;
mod scope;
mod signal;
mod source;
mod step;
mod stimulus;
mod switch;
mod tran;
mod value;
mod verilog;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::rc::Rc;

use memspike_circuit::{Builder, Circuit, ElementKind};
use memspike_random::Owner;

use crate::card::Card;
use crate::code::Code;
use crate::cursor::Name;
use crate::deck::{AtRest, MeasureCard, StepPoint, Tran};
use crate::expression::Draws;
use crate::finding::{Finding, Findings, suggest};
use crate::number::clip;
use crate::parse::is_ground;
use crate::source::{Sources, Span};
use crate::syntax::{ElementSyntax, StepTarget, Subckt, Tree};

pub(crate) use self::core::CORE;
pub(crate) use self::verilog::COSIM;
use built::Built;
pub(crate) use count::{MAX_ELEMENTS, too_many};
use coupling::Coupling;
pub(crate) use kinds::kinds;
pub(crate) use mc::sample_seed;
use rest::SourceAtRest;
pub use save::Saved;
use scope::Scope;
pub(crate) use step::steps;
use stimulus::Shown;

/// Magnitudes that no circuit has, in any unit; their products still fit a double.
const SMALLEST: f64 = 1e-30;
const LARGEST: f64 = 1e30;

/// The result, before diagnostics are rendered.
pub(crate) struct Output {
    pub(crate) circuit: Option<Circuit>,
    pub(crate) tran: Option<Tran>,
    pub(crate) measures: Vec<MeasureCard>,
    pub(crate) save: Option<Saved>,
    pub(crate) at_rest: AtRest,
    pub(crate) findings: Findings,
    pub(crate) memory_bytes: u64,
}

/// Where an element came from.
struct Placed {
    span: Span,
    instance: Option<usize>,
}

/// One expansion of a subcircuit.
struct Instance {
    parent: Option<usize>,
    name: String,
    subckt: String,
    span: Span,
}

pub(crate) struct Elaborator<'d> {
    tree: &'d Tree,
    sources: &'d Sources,
    /// Nothing if random functions must have no value.
    seed: Option<u64>,
    /// Values of the point that elements, not parameters, take, and the temperature, if it is stepped.
    element_values: BTreeMap<&'d str, f64>,
    stepped_c: Option<f64>,
    /// Values of functions of sources that the point has, by the source and the position among them.
    argument_values: Vec<(String, usize, f64)>,
    /// Values of parameters of elements that the point has, by the element and the parameter.
    parameter_values: Vec<(String, String, f64)>,
    builder: Builder,
    placed: Vec<Placed>,
    instances: Vec<Instance>,
    /// The instance being expanded.
    current: Option<usize>,
    /// Of the element being made, if its card has a range.
    index: Option<u32>,
    /// What every element is, by full name.
    elements: BTreeMap<String, ElementClass>,
    /// Devices that spike drivers follow, by full name.
    followed: Vec<Name>,
    /// Elements whose currents others hear, by full name.
    heard: Vec<Name>,
    couplings: Vec<Coupling>,
    /// Nets by full name, each with the place that names it first.
    nets: BTreeMap<String, Span>,
    /// Full names of digital blocks.
    blocks: BTreeSet<String>,
    /// Elements that can be swept, by full name, and what cards of sources say beside functions of time.
    swept_names: BTreeSet<String>,
    sources_at_rest: Vec<SourceAtRest>,
    nodes: BTreeSet<String>,
    /// Names of ports of instances that initial voltages and measurements use, and the node at each, once it is known.
    ports: BTreeMap<String, Option<String>>,
    initial: BTreeSet<String>,
    initial_cards: Vec<(String, Name, f64)>,
    /// Definitions being expanded, by identity.
    open: Vec<*const Subckt>,
    tran: Option<Tran>,
    /// Of the circuit, and that for which its values hold (degrees Celsius).
    temperature_c: f64,
    nominal_c: f64,
    /// Of an experiment, for draws that are made anew in each.
    repetition: u64,
    /// What a run will take.
    memory_bytes: u64,
    /// Images that sources show, by file.
    images: BTreeMap<PathBuf, Shown>,
    /// Whether something of the circuit is missing, so that its checks would mislead.
    incomplete: bool,
    findings: Findings,
}

/// What measurements and other elements ask of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ElementClass {
    /// It spikes.
    Device,
    /// A voltage source of any kind, whose current others can hear.
    Branch,
    /// An inductor, by its position in the builder; its current can be heard too.
    Inductor(usize),
    Other,
}

/// Whether a name is that of the circuit's temperature, where no parameter has it.
pub(crate) fn is_temperature(name: &str) -> bool {
    matches!(name, "temp" | "temper")
}

/// The voltage `k T / q` at a temperature (V), which PSpice and Xyce call `vt`.
fn thermal_v(temperature_c: f64) -> f64 {
    const PER_KELVIN: f64 = 1.380_649e-23 / 1.602_176_634e-19;
    PER_KELVIN * (temperature_c + 273.15)
}

/// Whether an element has one value that can be stepped.
fn can_step(kind: &ElementSyntax) -> bool {
    matches!(
        kind,
        ElementSyntax::VoltageSource(_)
            | ElementSyntax::CurrentSource(_)
            | ElementSyntax::Resistor(_)
            | ElementSyntax::Capacitor(_)
            | ElementSyntax::Inductor(_)
    )
}

/// Whether an element that was made of a card has one value that can be swept.
fn can_sweep(card: &ElementSyntax, made: &ElementKind) -> bool {
    can_step(card)
        && (!matches!(card, ElementSyntax::Resistor(_))
            || matches!(made, ElementKind::Resistor { .. }))
}

/// Runs the whole elaboration.
pub(crate) fn elaborate(
    tree: &Tree,
    sources: &Sources,
    point: &StepPoint,
    seed: u64,
    broken: bool,
) -> Output {
    let mut elaborator = Elaborator::new(tree, sources, Some(seed));
    elaborator.incomplete = broken;
    let overrides = elaborator.split_point(point);
    let top = Rc::new(elaborator.top_scope(&overrides));
    elaborator.tran = elaborator.tran_of(&top);
    elaborator.temperatures(&top);
    elaborator.repetition(&top);
    if elaborator.check_count() {
        elaborator.expand(&top, 0);
        elaborator.join_nets_and_nodes(&top);
    }
    elaborator.tell_hidden_pixels();
    for device in std::mem::take(&mut elaborator.followed) {
        elaborator.check_device(&device);
    }
    elaborator.couple();
    for source in std::mem::take(&mut elaborator.heard) {
        elaborator.check_heard(&source);
    }
    let builder = std::mem::take(&mut elaborator.builder);
    let circuit = elaborator.build(builder);
    let (measures, save) = elaborator.observations(&top, circuit.as_ref());
    let at_rest = elaborator.at_rest(&top, circuit.as_ref(), save.as_ref());
    let Elaborator { tran, findings, memory_bytes, .. } = elaborator;
    Output { circuit, tran, measures, save, at_rest, findings, memory_bytes }
}

/// The device models at the top of a deck or of a file of cards, in the order of their places.
pub(crate) fn cards(tree: &Tree, sources: &Sources) -> (Vec<Card>, Findings) {
    let mut elaborator = Elaborator::new(tree, sources, Some(0));
    let top = elaborator.top_scope(&BTreeMap::new());
    let mut cards: Vec<(Span, Card)> = Vec::new();
    for (name, card) in &tree.body.models {
        if let Some(Some(Built::Device { kind, values, wiring, inverted: false, .. })) =
            top.model(name)
            && *wiring == kind.terminals.into()
        {
            cards.push((card.name.span, Card::new(name, kind, values)));
        }
    }
    cards.sort_by_key(|(span, _)| *span);
    (cards.into_iter().map(|(_, card)| card).collect(), elaborator.findings)
}

impl<'d> Elaborator<'d> {
    fn new(tree: &'d Tree, sources: &'d Sources, seed: Option<u64>) -> Self {
        Self {
            tree,
            sources,
            seed,
            element_values: BTreeMap::new(),
            stepped_c: None,
            argument_values: Vec::new(),
            parameter_values: Vec::new(),
            builder: Builder::new(),
            placed: Vec::new(),
            instances: Vec::new(),
            current: None,
            index: None,
            elements: BTreeMap::new(),
            followed: Vec::new(),
            heard: Vec::new(),
            couplings: Vec::new(),
            nets: BTreeMap::new(),
            blocks: BTreeSet::new(),
            swept_names: BTreeSet::new(),
            sources_at_rest: Vec::new(),
            nodes: BTreeSet::from(["0".to_owned()]),
            ports: signal::named_from_outside(tree),
            initial: BTreeSet::new(),
            initial_cards: Vec::new(),
            open: Vec::new(),
            tran: None,
            temperature_c: passive::NOMINAL_C,
            nominal_c: passive::NOMINAL_C,
            repetition: 0,
            memory_bytes: 0,
            images: BTreeMap::new(),
            incomplete: false,
            findings: Findings::default(),
        }
    }

    /// Which values of a point go to elements, and which to parameters.
    fn split_point(&mut self, point: &StepPoint) -> BTreeMap<String, f64> {
        let mut params = BTreeMap::new();
        for (name, value) in &point.params {
            let element = self
                .tree
                .body
                .elements
                .iter()
                .find(|element| element.name.single() == Some(name) && can_step(&element.kind));
            let stepped = self.tree.steps.iter().find(|step| step.name.text == *name);
            let is_param = self.tree.body.param_names.contains(name);
            match element {
                Some(element)
                    if stepped.map_or(!is_param, |step| step.target == StepTarget::Any) =>
                {
                    self.element_values.insert(&element.name.name.text, *value);
                }
                None if is_temperature(name) && !is_param => self.stepped_c = Some(*value),
                _ => {
                    if let Some((source, at)) = step::argument(self.tree, name) {
                        self.argument_values.push((source, at, *value));
                    } else if let Some((element, of)) = step::passive_parameter(self.tree, name) {
                        self.parameter_values.push((element.to_owned(), of.to_owned(), *value));
                    } else {
                        params.insert(name.clone(), *value);
                    }
                }
            }
        }
        params
    }

    /// Reports, with the instances through which the place was reached.
    fn report(&mut self, finding: Finding) {
        self.report_with(finding.code, finding.span, || finding);
    }

    /// As [`Elaborator::report`]; what there is to say, which may take a look at all names and lines of
    /// the deck, is asked for only if it will be shown.
    fn report_with(&mut self, code: Code, span: Span, say: impl FnOnce() -> Finding) {
        // Borrowed apart, for the context.
        let mut findings = std::mem::take(&mut self.findings);
        findings.push_with(code, span, || Finding { context: self.context(self.current), ..say() });
        self.findings = findings;
    }

    fn context(&self, instance: Option<usize>) -> Vec<String> {
        const MAX_SHOWN: usize = 4;
        let chain = std::iter::successors(instance, |&at| self.instances[at].parent);
        chain
            .take(MAX_SHOWN)
            .map(|at| {
                let Instance { name, subckt, span, .. } = &self.instances[at];
                let place = self.sources.file_and_line(*span);
                format!("in instance {} of {}, at {place}", clip(name), clip(subckt))
            })
            .collect()
    }

    /// Whether a name may stand in a card that could not be read.
    fn is_broken(&self, name: &str) -> bool {
        let broken = &self.tree.broken;
        !broken.is_empty()
            && (broken.contains(name)
                || name.split('.').any(|part| {
                    let base = part.split_once('[').map_or(part, |(base, _)| base);
                    broken.contains(part) || broken.contains(base)
                }))
    }

    /// Draws for one owner; elements, parameters and models have streams of their own.
    fn draws(&self, owner: Owner<'_>) -> Option<Draws> {
        self.seed.map(|seed| Draws::new(seed, owner))
    }

    /// The full name of a node seen from a scope.
    fn node_name(&self, scope: &Scope<'_>, local: &str) -> String {
        if is_ground(local) {
            return "0".to_owned();
        }
        if let Some(actual) = scope.ports.get(local) {
            return actual.clone();
        }
        if self.tree.globals.contains(local) || scope.prefix.is_empty() {
            return local.to_owned();
        }
        format!("{}{local}", scope.prefix)
    }

    /// Reports a name that nothing defines, unless its card could not be read. The known ones are gone
    /// through only if it is shown.
    fn unknown<'n>(
        &mut self,
        code: Code,
        name: &Name,
        what: &str,
        known: impl Iterator<Item = &'n str> + Clone,
    ) {
        if self.is_broken(&name.text) {
            return;
        }
        self.report_with(code, name.span, || {
            let message = format!("there is no {what} '{}'", clip(&name.text));
            Finding::new(code, name.span, message).help(suggest(&name.text, what, known))
        });
    }
}
