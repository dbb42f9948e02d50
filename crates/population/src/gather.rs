//! What arrives within a window, sorted by target.

use memspike_time::Time;

use crate::history::History;
use crate::kernel::Tally;
use crate::rows::Rows;
use crate::spike::Spike;
use crate::stored::Stored;

/// The end of a chain.
const NONE: u32 = u32::MAX;

/// What arrives at a neuron.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arrival {
    pub at: Time,
    pub source: u32,
    /// What it shares with the other synapses of its spike, and with nothing else.
    pub flight: u32,
    pub weight: f64,
}

/// A spike whose row has been told in part.
#[derive(Debug, Clone, Copy)]
struct Flight {
    /// When it left, or when its echo did.
    at: Time,
    source: u32,
    /// Its synapses that have not arrived.
    next: u32,
    end: u32,
    /// 1, or -1 for the end of a pulse.
    sign: f64,
}

/// A synaptic event, chained to the one before it with the same target.
#[derive(Debug, Clone, Copy)]
struct Record<S> {
    before: u32,
    flight: u32,
    synapse: S,
}

/// After how long every spike comes once more, with the opposite sign: the width of the pulse that it starts.
#[derive(Debug)]
pub(crate) struct Echoes {
    /// The first neuron of each population.
    pub firsts: Vec<u32>,
    /// The width of the pulses of each (fs).
    pub widths_fs: Vec<u64>,
}

impl Echoes {
    fn of(&self, source: u32) -> u64 {
        self.widths_fs[self.firsts.partition_point(|first| *first <= source) - 1]
    }
}

/// What is under way.
#[derive(Debug, Clone, Default)]
pub(crate) struct Flying {
    /// Of each level, the number of the first spike that has not been looked at.
    seen: Vec<u64>,
    flights: Vec<Flight>,
}

/// Spikes under way to some neurons, and what of them arrives in a window.
#[derive(Debug)]
pub(crate) struct Gather<S> {
    rows: Rows<S>,
    tick_fs: u64,
    echoes: Option<Echoes>,
    flying: Flying,
    /// Of each target, its latest record.
    latest: Vec<u32>,
    records: Vec<Record<S>>,
    arrivals: Vec<Arrival>,
}

impl<S: Stored> Gather<S> {
    pub fn new(rows: Rows<S>, tick_fs: u64, echoes: Option<Echoes>, neurons: usize) -> Self {
        let (flying, records, arrivals) = (Flying::default(), Vec::new(), Vec::new());
        let latest = vec![NONE; neurons];
        Self { rows, tick_fs, echoes, flying, latest, records, arrivals }
    }

    fn take_off(&mut self, spike: &Spike) {
        let row = self.rows.bounds(spike.neuron as usize);
        if row.is_empty() {
            return;
        }
        let Spike { at, neuron: source } = *spike;
        let flight = Flight { at, source, next: row.start, end: row.end, sign: 1.0 };
        self.flying.flights.push(flight);
        if let Some(echoes) = &self.echoes {
            let end = at.later(echoes.of(source));
            self.flying.flights.push(Flight { at: end, sign: -1.0, ..flight });
        }
    }

    /// Finds all that arrives before `end`, and counts it.
    pub fn collect(&mut self, end: Time, histories: &[History], tally: &mut Tally) {
        self.flying.seen.resize(histories.len(), 0);
        for (level, history) in histories.iter().enumerate() {
            for spike in history.since(self.flying.seen[level]) {
                self.take_off(spike);
            }
            self.flying.seen[level] = history.end();
        }
        self.records.clear();
        let Self { rows, flying, records, latest, tick_fs, .. } = self;
        for (number, flight) in flying.flights.iter_mut().enumerate() {
            let synapses = rows.at(flight.next..flight.end);
            let mut count = 0;
            for &synapse in synapses {
                if flight.at.later(synapse.delay_fs(*tick_fs)) >= end {
                    break;
                }
                let latest = &mut latest[synapse.target()];
                let before = std::mem::replace(latest, records.len() as u32);
                records.push(Record { before, flight: number as u32, synapse });
                count += 1;
            }
            flight.next += count;
            tally.delivered += u64::from(count);
        }
    }

    /// What arrives at a target, by instant, source, spike and number of the synapse. Once a window.
    pub fn take(&mut self, local: usize) -> &[Arrival] {
        self.arrivals.clear();
        let mut record = std::mem::replace(&mut self.latest[local], NONE);
        while record != NONE {
            let Record { before, flight, synapse } = self.records[record as usize];
            let Flight { at, source, sign, .. } = self.flying.flights[flight as usize];
            let at = at.later(synapse.delay_fs(self.tick_fs));
            let weight = sign * synapse.weight();
            self.arrivals.push(Arrival { at, source, flight, weight });
            record = before;
        }
        // Flights of one source come by number of their spikes, their synapses by delay and number.
        self.arrivals.reverse();
        let key = |arrival: &Arrival| (arrival.at, arrival.source);
        if !self.arrivals.is_sorted_by_key(key) {
            self.arrivals.sort_by_key(key);
        }
        &self.arrivals
    }

    /// What is under way.
    pub fn flying(&self) -> &Flying {
        &self.flying
    }

    /// Goes back to what was under way.
    pub fn fly_again(&mut self, flying: Flying) {
        self.flying = flying;
    }

    /// Lets go of spikes that have arrived everywhere.
    pub fn land(&mut self) {
        self.flying.flights.retain(|flight| flight.next < flight.end);
    }

    /// Synapses of spikes that have not arrived, echoes included.
    pub fn under_way(&self, histories: &[History]) -> u64 {
        let flying: u64 =
            self.flying.flights.iter().map(|flight| u64::from(flight.end - flight.next)).sum();
        let times = if self.echoes.is_some() { 2 } else { 1 };
        let row = |spike: &Spike| self.rows.bounds(spike.neuron as usize).len() as u64;
        let unseen = histories
            .iter()
            .zip(&self.flying.seen)
            .flat_map(|(history, seen)| history.since(*seen));
        flying + times * unseen.map(row).sum::<u64>()
    }

    /// Finds what is under way where the next window begins.
    pub fn restore(&mut self, now: Time, histories: &[History]) {
        self.flying.flights.clear();
        for spike in histories.iter().flat_map(History::kept) {
            self.take_off(spike);
        }
        self.flying.seen = histories.iter().map(History::end).collect();
        for flight in &mut self.flying.flights {
            let synapses = self.rows.at(flight.next..flight.end);
            let arrived = |synapse: &S| flight.at.later(synapse.delay_fs(self.tick_fs)) < now;
            flight.next += synapses.partition_point(arrived) as u32;
        }
        self.land();
    }

    /// Bytes that it takes.
    pub fn bytes(&self) -> usize {
        self.rows.bytes()
            + size_of_val(&self.latest[..])
            + self.flying.flights.capacity() * size_of::<Flight>()
            + self.records.capacity() * size_of::<Record<S>>()
    }
}
