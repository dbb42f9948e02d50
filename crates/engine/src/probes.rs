//! What the sinks follow, split into what each island and each source contributes.

use std::collections::{BTreeMap, BTreeSet};

use memspike_circuit::{Circuit, ElementId, ElementKind, Signal};
use memspike_time::Time;
use memspike_waveform::Waveform;
use smallvec::SmallVec;

use crate::Follows;
use crate::family::Functional;
use crate::island::IslandRun;
use crate::sources::Sources;

/// A signal as a sum over islands and sources.
pub(crate) struct Parts {
    /// What is read of each island.
    pub islands: BTreeMap<usize, Functional>,
    /// Weights of sources.
    pub sources: BTreeMap<ElementId, f64>,
}

/// All signals that sinks follow, by their number.
#[derive(Default)]
pub(crate) struct Signals {
    pub parts: Vec<Parts>,
    /// Who asked for each: sink, and the signal's number there.
    pub listeners: Vec<Vec<(usize, usize)>>,
}

impl Signals {
    /// Those that sinks follow, each as it said.
    pub fn new(circuit: &Circuit, follows: &[Follows]) -> Self {
        let mut numbers: BTreeMap<Signal, usize> = BTreeMap::new();
        let mut signals = Self::default();
        for (sink, asked) in follows.iter().map(|follows| &follows.waveforms).enumerate() {
            for (position, signal) in asked.iter().enumerate() {
                let number = *numbers.entry(*signal).or_insert_with(|| {
                    signals.parts.push(Parts::new(circuit, *signal));
                    signals.listeners.push(Vec::new());
                    signals.parts.len() - 1
                });
                signals.listeners[number].push((sink, position));
            }
        }
        signals
    }
}

/// A signal as a group of islands reads it, by positions there.
struct Probe {
    /// The signal's number.
    signal: u32,
    /// Islands, and the number under which each reads its part.
    islands: Vec<(usize, usize)>,
    sources: Vec<(usize, f64)>,
}

/// A number for each of some probes.
pub(crate) type Charges = SmallVec<[f64; 1]>;

/// By what a charge jumped, unless that is rounding.
pub(crate) fn jump(before: f64, after: f64) -> Option<f64> {
    let jump = after - before;
    (jump.abs() > ROUNDING * (before.abs() + after.abs())).then_some(jump)
}

/// Charges that agree to this part of them are the same.
const ROUNDING: f64 = 1e-12;

/// The signals that one group of islands tells.
#[derive(Default)]
pub(crate) struct Probes {
    probes: Vec<Probe>,
    by_island: BTreeMap<usize, Vec<usize>>,
    by_source: BTreeMap<usize, Vec<usize>>,
    /// Whether the integral of any of them can jump.
    has_impulses: bool,
}

impl Probes {
    /// These signals, by number ascending, which islands and sources of a group make; `numbers` are the islands'
    /// positions in the circuit.
    pub fn new<'s>(
        signals: impl Iterator<Item = (usize, &'s Parts)>,
        numbers: &[usize],
        islands: &[IslandRun],
        sources: &Sources,
    ) -> Self {
        let mut all = Self::default();
        for (signal, parts) in signals {
            let number = all.probes.len();
            let read = |(island, functional): (&usize, &Functional)| {
                let at = numbers.binary_search(island).expect("the group has the signal's islands");
                (at, islands[at].probe(functional))
            };
            let from = |(source, weight): (&ElementId, &f64)| {
                (sources.position(*source).expect("the group has the signal's sources"), *weight)
            };
            let probe = Probe {
                signal: signal as u32,
                islands: parts.islands.iter().map(read).collect(),
                sources: parts.sources.iter().map(from).collect(),
            };
            for (island, _) in &probe.islands {
                all.by_island.entry(*island).or_default().push(number);
            }
            for (source, _) in &probe.sources {
                all.by_source.entry(*source).or_default().push(number);
            }
            let jumps = |(island, reading): &(usize, usize)| islands[*island].can_jump(*reading);
            all.has_impulses |= probe.islands.iter().any(jumps);
            all.probes.push(probe);
        }
        all
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.probes.len()
    }

    /// The number of a probe's signal.
    pub fn signal(&self, number: usize) -> u32 {
        self.probes[number].signal
    }

    /// Probes that read an island.
    pub fn of_island(&self, island: usize) -> &[usize] {
        self.by_island.get(&island).map_or(&[], Vec::as_slice)
    }

    /// Probes that a change of these islands and sources makes stale, in order.
    pub fn stale(&self, islands: &[usize], sources: &[usize]) -> Vec<usize> {
        if self.probes.is_empty() {
            return Vec::new();
        }
        let by_island = islands.iter().filter_map(|island| self.by_island.get(island));
        let by_source = sources.iter().filter_map(|source| self.by_source.get(source));
        let stale: BTreeSet<usize> = by_island.chain(by_source).flatten().copied().collect();
        stale.into_iter().collect()
    }

    /// What jumps at `at` in the integrals of the signals of these probes; nothing if none can jump.
    pub fn charges(&self, numbers: &[usize], at: Time, islands: &[IslandRun]) -> Charges {
        if !self.has_impulses {
            return Charges::new();
        }
        let charge = |number: &usize| {
            let parts = self.probes[*number].islands.iter();
            parts.map(|(island, reading)| islands[*island].charge(*reading, at)).sum()
        };
        numbers.iter().map(charge).collect()
    }

    /// The closed form of a probe's signal, anchored at `at`.
    pub fn form(
        &self,
        number: usize,
        at: Time,
        islands: &[IslandRun],
        sources: &Sources,
    ) -> Waveform {
        let probe = &self.probes[number];
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

impl Parts {
    /// Those of a signal.
    pub fn new(circuit: &Circuit, signal: Signal) -> Self {
        let mut parts = Self { islands: BTreeMap::new(), sources: BTreeMap::new() };
        match signal {
            Signal::Voltage(plus, minus) => {
                for (node, sign) in [(plus, 1.0), (minus, -1.0)] {
                    if let Some(island) = circuit.topology().island_of(node) {
                        parts.islands.entry(island).or_default().nodes.push((node, sign));
                    }
                    for (source, s) in circuit.topology().driven(node).into_iter().flatten() {
                        *parts.sources.entry(*source).or_default() += sign * f64::from(*s);
                    }
                }
            }
            Signal::Current(element) => parts.add_current(circuit, element, 1.0),
        }
        parts.sources.retain(|_, weight| *weight != 0.0);
        parts
    }

    fn add_current(&mut self, circuit: &Circuit, id: ElementId, sign: f64) {
        let element = circuit.element(id);
        if element.is_current_source() {
            *self.sources.entry(id).or_default() += sign;
            return;
        }
        let held = circuit.islands().iter().position(|i| i.elements.binary_search(&id).is_ok());
        if let Some(island) = held {
            self.islands.entry(island).or_default().currents.push((id, sign));
            return;
        }
        // A source between driven nodes carries what leaves the nodes beyond it.
        let Some((beyond, plus_beyond)) = circuit.topology().beyond(id) else { return };
        let direction = if plus_beyond { -sign } else { sign };
        for other in circuit.element_ids() {
            let other_element = circuit.element(other);
            let between_driven = matches!(other_element.kind, ElementKind::VoltageSource(_))
                && other_element.nodes.iter().all(|n| circuit.topology().driven(*n).is_some());
            let [plus, minus] = other_element.nodes.map(|node| beyond.contains(&node));
            if !between_driven && plus != minus {
                let leaving = if plus { direction } else { -direction };
                self.add_current(circuit, other, leaving);
            }
        }
    }
}
