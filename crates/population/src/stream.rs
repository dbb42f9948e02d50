//! What arrives within a window, in the order of time.
//!
//! Delays are multiples of a tick, so a spike's synapses arrive at its own phase within the tick. Spikes under way are kept in the order
//! of phases; what arrives is put into buckets, one for each tick of the window, and stands in order within each. Where the
//! window has too many ticks, instants are compared.

use memspike_time::Time;

use crate::history::History;
use crate::rows::Rows;
use crate::spike::{Spike, Window};
use crate::stored::Stored;

/// A window of more ticks than this is not cut into them.
const MOST_TICKS: u64 = 1 << 12;

/// Flights whose rows are fetched at once.
const TOGETHER: usize = 32;

/// Synapses that are fetched of each: seldom more arrive within a window.
const FETCHED: u32 = 32;

/// A spike whose row has been told in part.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Flight {
    pub at: Time,
    pub source: u32,
    /// What its synapses share, for currents that excite and such that inhibit.
    pub factors: [[f64; 2]; 2],
    /// The tick in which it left, and how far in it (fs).
    tick: u64,
    phase: u64,
    /// Its synapses that arrive within the window, and those that have not arrived after it.
    from: u32,
    next: u32,
    end: u32,
    /// Ticks of delay of the next one.
    due: u64,
    /// Ticks of the least delay that arrives after the window.
    limit: u64,
}

impl Flight {
    /// Whether anything of it arrives within the window.
    fn is_due(&self) -> bool {
        self.due < self.limit
    }
}

/// A synaptic event.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Event<S> {
    /// The number of its flight.
    pub flight: u32,
    pub synapse: S,
}

/// What is under way.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sky {
    /// Of each level, the number of the first spike that has not been looked at.
    seen: Vec<u64>,
    /// By phase, source and instant.
    flights: Vec<Flight>,
}

/// Spikes under way to some neurons, and what of them arrives in a window.
#[derive(Debug)]
pub(crate) struct Stream<S> {
    rows: Rows<S>,
    tick_fs: u64,
    sky: Sky,
    /// Of each tick of a window, where its events go.
    places: Vec<u32>,
    events: Vec<Event<S>>,
}

impl<S: Stored> Stream<S> {
    pub fn new(rows: Rows<S>, tick_fs: u64) -> Self {
        Self { rows, tick_fs, sky: Sky::default(), places: Vec::new(), events: Vec::new() }
    }

    /// What is under way.
    pub fn sky(&self) -> &Sky {
        &self.sky
    }

    /// Goes back to what was under way.
    pub fn set_sky(&mut self, sky: Sky) {
        self.sky = sky;
    }

    /// What arrives within the window, and the flights that it belongs to.
    pub fn events(&self) -> (&[Flight], &[Event<S>]) {
        (&self.sky.flights, &self.events)
    }

    /// The delay of a synapse, in fs and in ticks.
    pub fn delay(&self, synapse: S) -> (u64, u64) {
        (synapse.delay_fs(self.tick_fs), synapse.ticks(self.tick_fs))
    }

    /// Gives all flights other factors.
    pub fn weigh(&mut self, factors: impl Fn(Time) -> [[f64; 2]; 2]) {
        self.sky.flights.iter_mut().for_each(|flight| flight.factors = factors(flight.at));
    }

    /// Finds all that arrives within a window, and says how much that is.
    pub fn collect(
        &mut self,
        window: Window,
        histories: &[History],
        factors: impl Fn(Time) -> [[f64; 2]; 2],
    ) -> u64 {
        self.sky.flights.retain(|flight| flight.next < flight.end);
        self.look_at(histories, factors);
        let ticks = |tick_fs| window.end.tick / tick_fs - window.start.tick / tick_fs + 1;
        let counted = self.tick_fs > 0 && ticks(self.tick_fs) <= MOST_TICKS;
        if counted {
            self.by_tick(window)
        } else {
            self.by_instant(window.end)
        }
        self.events.len() as u64
    }

    fn look_at(&mut self, histories: &[History], factors: impl Fn(Time) -> [[f64; 2]; 2]) {
        let flying = self.sky.flights.len();
        self.sky.seen.resize(histories.len(), 0);
        for (level, history) in histories.iter().enumerate() {
            for spike in history.since(self.sky.seen[level]) {
                self.take_off(spike, &factors);
            }
            self.sky.seen[level] = history.end();
        }
        if self.sky.flights.len() > flying {
            self.sort();
        }
    }

    fn sort(&mut self) {
        // Fractions, not negative, are in the order of their bits.
        let key = |f: &Flight| (f.phase, f.at.frac.to_bits(), f.source, f.at);
        self.sky.flights.sort_by_key(key);
    }

    fn take_off(&mut self, spike: &Spike, factors: &impl Fn(Time) -> [[f64; 2]; 2]) {
        let row = self.rows.bounds(spike.neuron as usize);
        if row.is_empty() {
            return;
        }
        let Spike { at, neuron: source } = *spike;
        let tick_fs = self.tick_fs.max(1);
        let (tick, phase) = (at.tick / tick_fs, at.tick % tick_fs);
        let due = self.rows.at(row.start..row.start + 1)[0].ticks(self.tick_fs);
        let (from, next, end) = (row.start, row.start, row.end);
        let factors = factors(at);
        self.sky.flights.push(Flight {
            at,
            source,
            factors,
            tick,
            phase,
            from,
            next,
            end,
            due,
            limit: 0,
        });
    }

    fn by_tick(&mut self, window: Window) {
        let Self { rows, tick_fs, sky, places, events } = self;
        let (first, last) = (window.start.tick / *tick_fs, window.end.tick / *tick_fs);
        let end = (window.end.tick % *tick_fs, window.end.frac);
        places.clear();
        places.resize((last - first + 1) as usize, 0);
        for flights in sky.flights.chunks_mut(TOGETHER) {
            for flight in &mut *flights {
                // The delays that arrive before the end of the window are below this.
                let before = u64::from((flight.phase, flight.at.frac) < end);
                flight.limit = (last + before).saturating_sub(flight.tick);
                flight.from = flight.next;
            }
            let due = flights.iter().filter(|flight| flight.is_due());
            rows.fetch(
                due.map(|flight| flight.next..flight.end.min(flight.next.saturating_add(FETCHED))),
            );
            for flight in flights.iter_mut().filter(|flight| flight.is_due()) {
                let synapses = rows.at(flight.next..flight.end);
                let mut ticks = synapses.iter().map(|synapse| synapse.ticks(*tick_fs));
                flight.due = loop {
                    match ticks.next() {
                        Some(ticks) if ticks < flight.limit => {
                            places[(flight.tick + ticks - first) as usize] += 1;
                            flight.next += 1;
                        }
                        after => break after.unwrap_or(u64::MAX),
                    }
                };
            }
        }
        let mut place = 0;
        for count in places.iter_mut() {
            place += std::mem::replace(count, place);
        }
        events.resize(place as usize, Event::default());
        for (number, flight) in sky.flights.iter().enumerate() {
            for &synapse in rows.at(flight.from..flight.next) {
                let tick = flight.tick + synapse.ticks(*tick_fs) - first;
                let place = &mut places[tick as usize];
                events[*place as usize] = Event { flight: number as u32, synapse };
                *place += 1;
            }
        }
    }

    fn by_instant(&mut self, end: Time) {
        let Self { rows, tick_fs, sky, events, .. } = self;
        events.clear();
        for (number, flight) in sky.flights.iter_mut().enumerate() {
            let synapses = rows.at(flight.next..flight.end).iter();
            let arrives = |synapse: &&S| flight.at.later(synapse.delay_fs(*tick_fs)) < end;
            let event = |&synapse: &S| Event { flight: number as u32, synapse };
            let before = events.len();
            events.extend(synapses.take_while(arrives).map(event));
            flight.next += (events.len() - before) as u32;
            flight.due = rows
                .at(flight.next..flight.end)
                .first()
                .map_or(u64::MAX, |synapse| synapse.ticks(*tick_fs));
        }
        events.sort_by_key(|Event { flight, synapse }| {
            let Flight { at, source, .. } = sky.flights[*flight as usize];
            (at.later(synapse.delay_fs(*tick_fs)), source, at)
        });
    }

    /// Synapses of spikes that have not arrived.
    pub fn under_way(&self, histories: &[History]) -> u64 {
        let Sky { seen, flights } = &self.sky;
        let flying: u64 = flights.iter().map(|flight| u64::from(flight.end - flight.next)).sum();
        let row = |spike: &Spike| self.rows.bounds(spike.neuron as usize).len() as u64;
        let unseen = histories.iter().zip(seen).flat_map(|(history, seen)| history.since(*seen));
        flying + unseen.map(row).sum::<u64>()
    }

    /// Finds what is under way where the next window begins.
    pub fn restore(
        &mut self,
        now: Time,
        histories: &[History],
        factors: impl Fn(Time) -> [[f64; 2]; 2],
    ) {
        self.sky = Sky::default();
        for spike in histories.iter().flat_map(History::kept) {
            self.take_off(spike, &factors);
        }
        self.sky.seen = histories.iter().map(History::end).collect();
        for flight in &mut self.sky.flights {
            let synapses = self.rows.at(flight.next..flight.end);
            let arrived = |synapse: &S| flight.at.later(synapse.delay_fs(self.tick_fs)) < now;
            let count = synapses.partition_point(arrived);
            flight.next += count as u32;
            flight.due =
                synapses.get(count).map_or(u64::MAX, |synapse| synapse.ticks(self.tick_fs));
        }
        self.sort();
    }

    /// Bytes that it takes.
    pub fn bytes(&self) -> usize {
        self.rows.bytes()
            + self.sky.flights.capacity() * size_of::<Flight>()
            + self.events.capacity() * size_of::<Event<S>>()
    }
}
