//! Operating points, sweeps of them, and small signals around them.

use std::collections::BTreeMap;
use std::sync::Arc;

use memspike_circuit::{Circuit, ElementId, NodeId, Signal};
use memspike_digital::Level;
use num_complex::Complex64;

use super::IslandRest;
use crate::family::{Configuration, Family, Functional, Reading};
use crate::logic::LogicAtRest;
use crate::probes::Parts;
use crate::sources::{Sources, is_source};
use crate::start::Start;
use crate::{EngineError, Options};

/// A frequency at which the circuit answers without bound: a mode without losses is just there.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("a mode without losses lies at {hertz:.9e} Hz: what is driven there grows without bound")]
pub struct Unbounded {
    /// The frequency (Hz).
    pub hertz: f64,
}

/// A circuit at rest under constant sources: what SPICE's `.op`, `.dc` and `.ac` ask for.
pub struct Rest<'c> {
    circuit: &'c Circuit,
    /// The same circuit with its sources as they are set.
    set: Circuit,
    start: Start<'c>,
    clamps: BTreeMap<NodeId, f64>,
    signals: Vec<Read>,
    islands: Vec<IslandRest>,
    /// Of all nets, as the islands were brought to rest under them.
    levels: Vec<Level>,
}

/// Devices as a point of rest has left them, to go on from with a circuit of other values.
#[derive(Default)]
pub struct Left(Vec<IslandRest>);

/// What became of all islands.
enum Solved {
    AtRest(Vec<IslandRest>),
    /// One of them never comes to rest.
    Never(usize),
}

/// A signal as it is read.
struct Read {
    /// Islands, and the number under which each reads its part.
    islands: Vec<(usize, usize)>,
    sources: Vec<(ElementId, f64)>,
}

impl<'c> Rest<'c> {
    /// Prepares what reads these signals. Sources have their values at time zero, before edges there, until they are
    /// [set](Rest::set). With `seed` devices vary as they do in a run.
    #[must_use]
    pub fn new(circuit: &'c Circuit, signals: &[Signal], seed: u64) -> Self {
        let options = Options { from_initial_conditions: false, seed };
        let levels = vec![Level::Unknown; circuit.nets().len()];
        let (mut start, clamps) = (Start::new(circuit, &options, &levels), BTreeMap::new());
        let mut read = |signal: &Signal| {
            let parts = Parts::new(circuit, *signal);
            let number = |(island, functional): (&usize, &Functional)| {
                (*island, start.part(*island, &clamps).register(functional))
            };
            let islands = parts.islands.iter().map(number).collect();
            Read { islands, sources: parts.sources.into_iter().collect() }
        };
        let signals = signals.iter().map(&mut read).collect();
        let set = circuit.clone();
        Self { circuit, set, start, clamps, signals, islands: Vec::new(), levels }
    }

    /// Begins where the same circuit with other values was left.
    #[must_use]
    pub fn from_left(self, left: Left) -> Self {
        Self { islands: left.0, ..self }
    }

    /// Devices begin again as they are before a run.
    pub fn begin_again(&mut self) {
        self.islands.clear();
    }

    /// What the last point has left.
    #[must_use]
    pub fn leave(self) -> Left {
        Left(self.islands)
    }

    /// Gives an independent source a value (V or A).
    pub fn set(&mut self, source: ElementId, value: f64) {
        self.set.set_source(source, value);
    }

    /// The signals where all is at rest: capacitors without current, inductors without voltage, switches as their
    /// controls ask for, memristors as they are before a run.
    ///
    /// # Errors
    /// [`EngineError`] where no rest exists, or more than one.
    pub fn operating_point(&mut self) -> Result<Vec<f64>, EngineError> {
        self.begin_again();
        match self.come_to_rest(false)? {
            None => self.read(),
            Some(island) => Err(self.start.part(island, &self.clamps).no_point()),
        }
    }

    /// The same where devices begin as the last point has left them, and memristors have all the time that
    /// filaments take. None where the circuit never comes to rest; devices are then as before.
    ///
    /// # Errors
    /// [`EngineError`] where no rest exists, or more than one.
    pub fn next_point(&mut self) -> Result<Option<Vec<f64>>, EngineError> {
        match self.come_to_rest(true)? {
            None => self.read().map(Some),
            Some(_) => Ok(None),
        }
    }

    /// Brings all islands to rest; gives the first that never comes there.
    fn come_to_rest(&mut self, patient: bool) -> Result<Option<usize>, EngineError> {
        let circuit = self.circuit;
        let solve = |levels: &[Level]| {
            let solved = self.islands_at_rest(patient, levels)?;
            let read = match &solved {
                Solved::AtRest(islands) => {
                    let devices =
                        circuit.islands().iter().zip(islands).flat_map(|(spec, island)| {
                            let phases = island.states.iter().map(|state| state.phase);
                            spec.devices.iter().copied().zip(phases)
                        });
                    LogicAtRest::read(circuit, devices)
                }
                Solved::Never(_) => Vec::new(),
            };
            Ok((solved, read))
        };
        let (solved, logic) = LogicAtRest::agree(circuit, false, solve)?;
        match solved {
            Solved::AtRest(islands) => {
                (self.islands, self.levels) = (islands, logic.levels);
                Ok(None)
            }
            Solved::Never(island) => Ok(Some(island)),
        }
    }

    /// Brings all islands to rest while nets have these levels.
    fn islands_at_rest(&mut self, patient: bool, levels: &[Level]) -> Result<Solved, EngineError> {
        let sources = sources(&self.set, levels);
        let mut found = Vec::with_capacity(self.circuit.islands().len());
        for position in 0..self.circuit.islands().len() {
            let states = match self.islands.get(position) {
                Some(before) => before.states.clone(),
                None => self.start.resting(position),
            };
            let inputs = &self.circuit.islands()[position].inputs;
            let u = inputs.iter().map(|id| value(&sources, *id)).collect();
            match self.start.part(position, &self.clamps).settle(states, u, patient)? {
                Some(rest) => found.push(rest),
                None => return Ok(Solved::Never(position)),
            }
        }
        Ok(Solved::AtRest(found))
    }

    /// The equations of an island as it rests.
    fn equations(&mut self, island: usize) -> Result<Equations<'c>, EngineError> {
        let part = self.start.part(island, &self.clamps);
        let configuration = part.configuration(&self.islands[island].states)?;
        Ok(Equations { family: part.family(), configuration })
    }

    fn read(&mut self) -> Result<Vec<f64>, EngineError> {
        let count = self.islands.len();
        let equations = (0..count).map(|island| self.equations(island));
        let equations: Vec<Equations<'_>> = equations.collect::<Result<_, _>>()?;
        let sources = sources(&self.set, &self.levels);
        let one = |read: &Read| {
            let of_island = |(island, number): &(usize, usize)| {
                let IslandRest { x, u, .. } = &self.islands[*island];
                equations[*island].reading(*number).row.value(x, u)
            };
            let of_source = |(id, weight): &(ElementId, f64)| weight * value(&sources, *id);
            read.islands.iter().map(of_island).sum::<f64>()
                + read.sources.iter().map(of_source).sum::<f64>()
        };
        Ok(self.signals.iter().map(one).collect())
    }

    /// Amplitudes of the signals where sources swing a little around the point of rest that was found last, each by its
    /// own amplitude, at a frequency (Hz); all others keep still.
    ///
    /// # Errors
    /// [`EngineError`] where a part is too large.
    pub fn response(
        &mut self,
        swings: &[(ElementId, Complex64)],
        hertz: f64,
    ) -> Result<Result<Vec<Complex64>, Unbounded>, EngineError> {
        let s = Complex64::new(0.0, std::f64::consts::TAU * hertz);
        let swing = self.swing(swings);
        let mut islands = Vec::with_capacity(self.islands.len());
        for island in 0..self.islands.len() {
            let spec = &self.circuit.islands()[island];
            let equations = self.equations(island)?;
            let u: Vec<Complex64> =
                spec.inputs.iter().map(|id| swing.get(id).copied().unwrap_or_default()).collect();
            let x = equations.configuration.system.response(self.circuit, spec, s, &u);
            let x = x.map_err(|source| EngineError::System { source, at_s: 0.0 })?;
            let Some(x) = x else { return Ok(Err(Unbounded { hertz })) };
            islands.push((equations, x, u));
        }
        let one = |read: &Read| {
            let of_island = |(island, number): &(usize, usize)| {
                let (equations, x, u) = &islands[*island];
                equations.reading(*number).row.response(s, x, u)
            };
            let of_source = |(id, weight): &(ElementId, f64)| {
                swing.get(id).copied().unwrap_or_default() * weight
            };
            read.islands.iter().map(of_island).sum::<Complex64>()
                + read.sources.iter().map(of_source).sum::<Complex64>()
        };
        Ok(Ok(self.signals.iter().map(one).collect()))
    }

    /// The amplitude of every source, sums of others included.
    fn swing(&self, swings: &[(ElementId, Complex64)]) -> BTreeMap<ElementId, Complex64> {
        let mut still = self.set.clone();
        self.circuit.element_ids().for_each(|id| still.set_source(id, 0.0));
        let part = |of: fn(&Complex64) -> f64| {
            let mut moved = still.clone();
            swings.iter().for_each(|(id, swing)| moved.set_source(*id, of(swing)));
            let sources = sources(&moved, &self.levels);
            sources.ids().iter().map(|id| value(&sources, *id)).collect::<Vec<f64>>()
        };
        let (re, im) = (part(|z| z.re), part(|z| z.im));
        let values = re.into_iter().zip(im).map(|(re, im)| Complex64::new(re, im));
        sources(&still, &self.levels).ids().iter().copied().zip(values).collect()
    }
}

/// An island's equations with its devices as they rest.
struct Equations<'c> {
    family: Arc<Family<'c>>,
    configuration: Arc<Configuration>,
}

impl Equations<'_> {
    fn reading(&self, number: usize) -> Arc<Reading> {
        self.family.reading(number, &self.configuration)
    }
}

impl std::fmt::Debug for Left {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Left").field(&self.0.len()).finish()
    }
}

impl std::fmt::Debug for Rest<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rest")
            .field("islands", &self.circuit.islands().len())
            .finish_non_exhaustive()
    }
}

fn sources<'c>(circuit: &'c Circuit, levels: &[Level]) -> Sources<'c> {
    Sources::new(circuit, circuit.element_ids().filter(|id| is_source(circuit, *id)), levels)
}

/// What a source gives at time zero (V or A); zero for what is none.
fn value(sources: &Sources<'_>, id: ElementId) -> f64 {
    let position = sources.position(id);
    position.map_or(0.0, |at| sources.form(at, memspike_time::Time::ZERO).eval(0.0))
}
