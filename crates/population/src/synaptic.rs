//! Membranes with synaptic currents, many side by side.
//!
//! Each has an allowance: by how much slopes may still grow until a horizon, so that it certainly does nothing. While what arrives
//! keeps within it, an arrival is three additions, in the order of time. Neurons beyond it are gone through one by one at the end
//! of the window, with all that arrived at them since.

use std::hint::black_box;

use memspike_time::Time;

use crate::exponential::{Arrival, ExponentialLaw, Frame, Modes, Neuron, Sent};
use crate::grid::after;
use crate::history::History;
use crate::kernel::{Kernel, Tally, Words, time_of, words_of};
use crate::spike::{Spike, Window};
use crate::stepped::Told;
use crate::stored::Stored;
use crate::stream::{Event, Sky, Stream};

/// The horizon is so many windows ahead: the longer, the less often all neurons are looked at, and the less is allowed to each.
const AHEAD: f64 = 3.0;

/// The nearest horizon, as a part of the grid's period.
const NEAREST: f64 = 1.0 / 64.0;

/// Events whose cells are fetched at once.
const TOGETHER: usize = 32;

/// A neuron, in a line of the cache.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(crate) struct Cell {
    neuron: Neuron,
    /// By how much slopes may grow until the horizon (V/fs); below zero where it is to be looked at in every window.
    allowance: f64,
}

/// What a window changes.
#[derive(Debug, Clone)]
struct Run {
    cells: Vec<Cell>,
    /// Those whose allowance is below zero.
    watched: Vec<u32>,
    horizon: Time,
    origin: u64,
    /// Whether neurons that start above their threshold have fired.
    begun: bool,
    tally: Tally,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Synaptic<S> {
    law: ExponentialLaw,
    first: u32,
    stream: Stream<S>,
    run: Run,
    /// What arrived at neurons that are watched, by neuron and time.
    arrivals: Vec<(u32, Arrival)>,
    /// The same for one neuron.
    own: Vec<Arrival>,
    kept: Option<(Run, Sky)>,
}

impl<S: Stored> Synaptic<S> {
    pub fn new(
        law: ExponentialLaw,
        first: u32,
        potentials: impl Iterator<Item = f64>,
        stream: Stream<S>,
    ) -> Self {
        let cell = |potential| Cell {
            neuron: Neuron { modes: law.start(potential), end: None },
            allowance: 0.0,
        };
        let run = Run {
            cells: potentials.map(cell).collect(),
            watched: Vec::new(),
            horizon: Time::ZERO,
            origin: 0,
            begun: false,
            tally: Tally::default(),
        };
        let (arrivals, own, kept) = (Vec::new(), Vec::new(), None);
        Self { law, first, stream, run, arrivals, own, kept }
    }

    fn rebase(&mut self, start: Time) {
        let Self { law, run, stream, .. } = self;
        let origin = law.grid.origin(start);
        if run.origin == origin {
            return;
        }
        while run.origin < origin {
            run.cells.iter_mut().for_each(|cell| law.turn(&mut cell.neuron.modes));
            run.origin += law.grid.period_fs;
            run.tally.rebased += 1;
        }
        stream.weigh(|at| law.factors(at, origin));
    }

    fn begin(&mut self, start: Time, spikes: &mut Vec<Spike>) {
        self.run.begun = true;
        let Run { cells, origin, tally, .. } = &mut self.run;
        for (neuron, cell) in (self.first..).zip(cells) {
            let mut told = Told::new(neuron, spikes, tally);
            self.law.fire_at_start(&mut cell.neuron, start, *origin, &mut told);
        }
    }

    /// Moves the horizon, and finds every neuron's allowance.
    fn look_ahead(&mut self, frame: &Frame) {
        let Self { law, run, .. } = self;
        let Window { start, end } = frame.window;
        let window_fs = after(end, run.origin) - after(start, run.origin);
        let ahead = (AHEAD * window_fs).max(NEAREST * law.grid.period_fs as f64);
        // The window may end a fraction of a femtosecond later.
        run.horizon = start.later(ahead as u64).max(end);
        let stretch = law.stretch(ahead + 1.0);
        run.watched.clear();
        for (local, cell) in run.cells.iter_mut().enumerate() {
            let until = (&stretch, run.horizon);
            cell.allowance = law.allowance_at_start(frame, &cell.neuron, until);
            if cell.allowance < 0.0 {
                run.watched.push(local as u32);
            }
        }
    }

    /// Hands out what arrives in the window.
    fn deliver(&mut self) {
        let Self { law, stream, run, arrivals, .. } = self;
        let (flights, events) = stream.events();
        let Run { cells, watched, origin, .. } = run;
        for together in events.chunks(TOGETHER) {
            // Cells are fetched at once: one after another each would be waited for.
            let word = |event: &Event<S>| cells[event.synapse.target()].allowance.to_bits();
            black_box(together.iter().fold(0, |all, event| all ^ word(event)));
            for &Event { flight, synapse } in together {
                let flight = &flights[flight as usize];
                let sent = Sent { at: flight.at, factors: flight.factors };
                let delay = stream.delay(synapse);
                let jolt = law.jolt(&sent, delay, synapse.weight(), *origin);
                let target = synapse.target() as u32;
                let cell = &mut cells[target as usize];
                let before = cell.allowance;
                cell.allowance -= jolt.raise;
                if cell.allowance >= 0.0 {
                    cell.neuron.modes.take(&jolt);
                    continue;
                }
                if before >= 0.0 {
                    watched.push(target);
                }
                arrivals.push((target, Arrival { at: sent.at.later(delay.0), jolt }));
            }
        }
    }

    /// Goes through the neurons that are watched, each through the window.
    fn attend(&mut self, frame: &Frame, spikes: &mut Vec<Spike>) {
        let Self { law, first, run, arrivals, own, .. } = self;
        run.watched.sort_unstable();
        arrivals.sort_by_key(|(local, _)| *local);
        let left_fs = after(run.horizon, run.origin) - after(frame.window.end, run.origin);
        let stretch = law.stretch(left_fs + 1.0);
        let mut next = 0;
        let (cells, tally, horizon) = (&mut run.cells, &mut run.tally, run.horizon);
        run.watched.retain(|&local| {
            let cell = &mut cells[local as usize];
            own.clear();
            while let Some((_, arrival)) = arrivals.get(next).filter(|(to, _)| *to == local) {
                own.push(*arrival);
                next += 1;
            }
            let mut told = Told::new(*first + local, spikes, tally);
            law.advance(frame, &mut cell.neuron, own, &mut told);
            cell.allowance = law.allowance_at_end(frame, &cell.neuron, (&stretch, horizon));
            cell.allowance < 0.0
        });
        arrivals.clear();
    }
}

impl<S: Stored> Kernel for Synaptic<S> {
    fn advance(&mut self, window: Window, histories: &[History], spikes: &mut Vec<Spike>) {
        self.rebase(window.start);
        let Self { law, stream, run, .. } = self;
        let origin = run.origin;
        run.tally.delivered += stream.collect(window, histories, |at| law.factors(at, origin));
        let frame = law.frame(window, origin);
        if !run.begun {
            self.begin(window.start, spikes);
        }
        if window.end > self.run.horizon {
            self.look_ahead(&frame);
        }
        self.deliver();
        self.attend(&frame, spikes);
    }

    fn drive(&mut self, asymptote_v: f64, at: Time) -> bool {
        let (by, x) = self.law.drive(asymptote_v, at, self.run.origin);
        for cell in &mut self.run.cells {
            let modes = &mut cell.neuron.modes;
            // The closed form holds from now on alone.
            (modes.a, modes.last) = (modes.a - by, x);
        }
        // Allowances were those of the other asymptote.
        self.run.horizon = at;
        true
    }

    fn keep(&mut self) {
        self.kept = Some((self.run.clone(), self.stream.sky().clone()));
    }

    fn go_back(&mut self) {
        let (run, sky) = self.kept.take().expect("it was told to keep them");
        self.run = run;
        self.stream.set_sky(sky);
    }

    fn tally(&self, histories: &[History]) -> Tally {
        Tally { under_way: self.stream.under_way(histories), ..self.run.tally }
    }

    fn potential(&self, local: usize, at: Time) -> Option<f64> {
        Some(self.law.potential(&self.run.cells[local].neuron, at, self.run.origin))
    }

    fn shift(&self, local: usize, at: Time) -> Option<f64> {
        Some(self.law.shift(&self.run.cells[local].neuron, at, self.run.origin))
    }

    fn save(&self) -> Vec<Words> {
        let words = |cell: &Cell| {
            let Neuron { modes: Modes { a, g: [ge, gi], last }, end } = cell.neuron;
            let [end, end_frac] = end.map_or([u64::MAX; 2], words_of);
            let [a, ge, gi, last] = [a, ge, gi, last].map(f64::to_bits);
            [a, ge, gi, last, end, end_frac, 0, 0]
        };
        self.run.cells.iter().map(words).collect()
    }

    fn load(&mut self, states: &[Words], now: Time, histories: &[History]) {
        let cell = |words: &Words| {
            let [a, ge, gi, last] = [0, 1, 2, 3].map(|at: usize| f64::from_bits(words[at]));
            let end = (words[4] != u64::MAX).then(|| time_of(&words[4..6]));
            Cell { neuron: Neuron { modes: Modes { a, g: [ge, gi], last }, end }, allowance: 0.0 }
        };
        let (law, origin) = (&self.law, self.law.grid.origin(now));
        self.stream.restore(now, histories, |at| law.factors(at, origin));
        self.run.cells = states.iter().map(cell).collect();
        (self.run.origin, self.run.horizon, self.run.begun) = (origin, now, true);
    }

    fn bytes(&self) -> usize {
        size_of_val(&self.run.cells[..]) + self.stream.bytes()
    }
}
