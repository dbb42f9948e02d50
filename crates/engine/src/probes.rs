//! What the sinks follow, split into what each island and each source contributes.

use std::collections::{BTreeMap, BTreeSet};

use memspike_circuit::{Circuit, ElementId, ElementKind, Signal};
use memspike_waveform::Waveform;

use crate::family::Functional;
use crate::island::IslandRun;
use crate::sources::Sources;
use crate::{Sink, Time};

/// All signals that sinks follow.
#[derive(Default)]
pub(crate) struct Probes {
    pub signals: Vec<Probe>,
    pub by_island: BTreeMap<usize, Vec<usize>>,
    pub by_source: BTreeMap<usize, Vec<usize>>,
}

/// A signal as a sum over islands and sources, and who asked for it.
pub(crate) struct Probe {
    /// Islands, and the number under which each reads its part.
    islands: Vec<(usize, usize)>,
    sources: Vec<(usize, f64)>,
    /// Sink and the signal's number there.
    pub listeners: Vec<(usize, usize)>,
}

impl Probes {
    /// Asks the sinks what they want and registers it with the islands.
    pub fn new(
        circuit: &Circuit,
        islands: &[IslandRun],
        sources: &Sources,
        sinks: &[&mut dyn Sink],
    ) -> Self {
        let mut numbers: BTreeMap<Signal, usize> = BTreeMap::new();
        let mut probes = Self::default();
        let splitter = Splitter { circuit, sources };
        for (sink, asked) in sinks.iter().map(|sink| sink.signals()).enumerate() {
            for (position, signal) in asked.into_iter().enumerate() {
                let number = *numbers.entry(signal).or_insert_with(|| {
                    probes.signals.push(splitter.probe(signal, islands));
                    probes.signals.len() - 1
                });
                probes.signals[number].listeners.push((sink, position));
            }
        }
        for (number, probe) in probes.signals.iter().enumerate() {
            for (island, _) in &probe.islands {
                probes.by_island.entry(*island).or_default().push(number);
            }
            for (source, _) in &probe.sources {
                probes.by_source.entry(*source).or_default().push(number);
            }
        }
        probes
    }

    /// Whether a signal adds up parts of several islands, which then must go in step.
    pub fn join_islands(&self) -> bool {
        self.signals.iter().any(|probe| probe.islands.len() > 1)
    }

    /// Signals that a change of these islands and sources makes stale, in order.
    pub fn stale(
        &self,
        islands: impl Iterator<Item = usize>,
        sources: impl Iterator<Item = usize>,
    ) -> BTreeSet<usize> {
        let by_island = islands.filter_map(|island| self.by_island.get(&island));
        let by_source = sources.filter_map(|source| self.by_source.get(&source));
        by_island.chain(by_source).flatten().copied().collect()
    }

    /// The closed form of a signal, anchored at `at`.
    pub fn form(
        &self,
        number: usize,
        at: Time,
        islands: &[IslandRun],
        sources: &Sources,
    ) -> Waveform {
        let probe = &self.signals[number];
        let mut form = Waveform::default();
        for (island, reading) in &probe.islands {
            form.add_scaled(1.0, &islands[*island].read(*reading, at));
        }
        for (source, weight) in &probe.sources {
            form.add_scaled(*weight, &sources.form(*source, at));
        }
        form
    }
}

struct Splitter<'a> {
    circuit: &'a Circuit,
    sources: &'a Sources<'a>,
}

impl Splitter<'_> {
    fn probe(&self, signal: Signal, islands: &[IslandRun]) -> Probe {
        let mut parts: BTreeMap<usize, Functional> = BTreeMap::new();
        let mut sources: BTreeMap<usize, f64> = BTreeMap::new();
        match signal {
            Signal::Voltage(plus, minus) => {
                for (node, sign) in [(plus, 1.0), (minus, -1.0)] {
                    if let Some(island) = self.circuit.topology().island_of(node) {
                        parts.entry(island).or_default().nodes.push((node, sign));
                    }
                    for (source, s) in self.circuit.topology().driven(node).into_iter().flatten() {
                        let position = self.sources.position(*source).expect("a source holds it");
                        *sources.entry(position).or_default() += sign * f64::from(*s);
                    }
                }
            }
            Signal::Current(element) => self.current_parts(element, 1.0, &mut parts, &mut sources),
        }
        let islands = parts
            .into_iter()
            .map(|(island, functional)| (island, islands[island].probe(&functional)))
            .collect();
        let sources = sources.into_iter().filter(|(_, weight)| *weight != 0.0).collect();
        Probe { islands, sources, listeners: Vec::new() }
    }

    fn current_parts(
        &self,
        id: ElementId,
        sign: f64,
        parts: &mut BTreeMap<usize, Functional>,
        sources: &mut BTreeMap<usize, f64>,
    ) {
        let element = self.circuit.element(id);
        if element.is_current_source() {
            let position = self.sources.position(id).expect("it is a source");
            *sources.entry(position).or_default() += sign;
            return;
        }
        let held =
            self.circuit.islands().iter().position(|i| i.elements.binary_search(&id).is_ok());
        if let Some(island) = held {
            parts.entry(island).or_default().currents.push((id, sign));
            return;
        }
        // A source between driven nodes carries what leaves the nodes beyond it.
        let Some((beyond, plus_beyond)) = self.circuit.topology().beyond(id) else { return };
        let direction = if plus_beyond { -sign } else { sign };
        for other in self.circuit.element_ids() {
            let other_element = self.circuit.element(other);
            let between_driven = matches!(other_element.kind, ElementKind::VoltageSource(_))
                && other_element.nodes.iter().all(|n| self.circuit.topology().driven(*n).is_some());
            let [plus, minus] = other_element.nodes.map(|node| beyond.contains(&node));
            if !between_driven && plus != minus {
                let leaving = if plus { direction } else { -direction };
                self.current_parts(other, leaving, parts, sources);
            }
        }
    }
}
