//! One sample forwards through the unrolled network.
//!
//! At each tick `k`: `v = d v' + jump`, spike `s = H(v - threshold)`, and `v' = v (1 - s) + reset s` goes on. A spike of a hidden
//! neuron is a jump of the next layer's membranes at the same tick, and through an array that leads back one of its own layer's at
//! the next tick, unless its driver is deaf.
//!
//! What a sample passes through is inlined whole (`inline(always)`), here and on the way back, for it is compiled once for each
//! width of registers ([`pulp::Arch`]). No width fuses a product with a sum: the bits are the same on every machine.

use pulp::{Arch, NullaryFnOnce};

use super::pass::{Heard, Trace, add, heard_at};
use super::{Deviations, Lane, Pass, Seen, Shown, Stage, Table};
use crate::{Arrival, Encoding, LEVELS};

/// The instants at which charges arrive, with what arrives, and the layers.
#[derive(Debug, Clone)]
pub struct Unrolled {
    pub(super) stages: Vec<Stage>,
    /// Of each layer, the place of the array that leads back, among all arrays.
    pub(super) loops: Vec<Option<usize>>,
    pub(super) end_s: f64,
    /// Whether a grey level spikes at all.
    pub(super) spikes: [bool; LEVELS],
    pub(super) ticks: Vec<Tick>,
    pub(super) arrivals: Vec<(u8, f64)>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tick {
    pub at_s: f64,
    /// End of its part of the arrivals, which begins where that of the tick before ends.
    pub until: usize,
}

/// What a spike is in the forward pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spiking {
    /// A step: the network as it is.
    Hard,
    /// The sigmoid itself, and no driver is deaf. Its gradient is exact, so that finite differences can check it.
    Smooth,
}

/// How spikes are treated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Surrogate {
    /// Slope of the sigmoid, per swing of the potential: `sigma(x) = 1 / (1 + exp(-slope x / swing))` with
    /// `swing = threshold - reset`.
    pub slope: f64,
    /// Forwards.
    pub spiking: Spiking,
    /// Backwards: whether a spike's effect on the potential, its reset, is followed.
    pub through_reset: bool,
}

impl Surrogate {
    pub(super) fn sharpness(&self, stage: &Stage) -> f64 {
        self.slope / (stage.lif.threshold_v - stage.lif.reset_v)
    }
}

impl Unrolled {
    /// A network that is shown an image for `duration_s`, whose inputs spike as the encoding says.
    ///
    /// # Panics
    /// As [`Unrolled::of_events`].
    #[must_use]
    pub fn new(encoding: &Encoding, stages: Vec<Stage>, duration_s: f64) -> Self {
        let mut ticks: Vec<Tick> = Vec::new();
        let mut arrivals: Vec<(u8, f64)> = Vec::new();
        let mut spikes = [false; LEVELS];
        for Arrival { at_s, level } in encoding.events().iter().copied() {
            spikes[usize::from(level)] = true;
            let same_tick = ticks.last().is_some_and(|tick| tick.at_s == at_s);
            match arrivals.last_mut() {
                Some(last) if same_tick && last.0 == level => last.1 += 1.0,
                _ => arrivals.push((level, 1.0)),
            }
            if same_tick {
                ticks.pop();
            }
            ticks.push(Tick { at_s, until: arrivals.len() });
        }
        Self { spikes, ticks, arrivals, ..Self::of_events(stages, duration_s) }
    }

    /// A network whose inputs spike themselves, for `duration_s`: it sees [`Seen::Events`].
    ///
    /// # Panics
    /// If there is no layer, or if the last one is recurrent.
    #[must_use]
    pub fn of_events(stages: Vec<Stage>, duration_s: f64) -> Self {
        let last = stages.last().expect("at least one layer");
        assert!(!last.recurrent, "spikes of the last layer go nowhere");
        let mut places = stages.len()..;
        let back = |stage: &Stage| if stage.recurrent { places.next() } else { None };
        let loops = stages.iter().map(back).collect();
        Self {
            stages,
            loops,
            end_s: duration_s,
            spikes: [false; LEVELS],
            ticks: Vec::new(),
            arrivals: Vec::new(),
        }
    }

    /// The layers.
    #[must_use]
    pub fn stages(&self) -> &[Stage] {
        &self.stages
    }

    /// The sizes of its arrays.
    #[must_use]
    pub fn tables(&self) -> Vec<Table> {
        Table::of(&self.stages)
    }

    /// Neurons that do not deviate.
    #[must_use]
    pub fn nominal<T: Lane>(&self) -> Deviations<T> {
        let thresholds = |stage: &Stage| vec![T::of(stage.lif.threshold_v); stage.neurons];
        let thresholds_v = self.stages.iter().map(thresholds).collect();
        Deviations { thresholds_v, rates: None, gains: None }
    }

    /// What arrives at a tick: grey levels, and how often each.
    pub(super) fn arrivals(&self, tick: usize) -> &[(u8, f64)] {
        let from = tick.checked_sub(1).map_or(0, |before| self.ticks[before].until);
        &self.arrivals[from..self.ticks[tick].until]
    }

    /// Shows a sample.
    pub fn forward<T: Lane>(&self, pass: &mut Pass<T>, shown: &Shown<'_, T>) {
        Arch::new().dispatch(Forward { network: self, pass, shown });
    }

    #[inline(always)]
    fn forward_by_lanes<T: Lane>(&self, pass: &mut Pass<T>, shown: &Shown<'_, T>) {
        if let Seen::Image(image) = shown.seen {
            self.sum_by_level(pass, image, shown);
        }
        pass.clear(&self.stages);
        let ticks = match shown.seen {
            Seen::Image(_) => &self.ticks,
            Seen::Events(events) => &events.ticks,
        };
        let mut last_s = 0.0;
        for (tick, Tick { at_s, .. }) in ticks.iter().enumerate() {
            if !self.arrives(pass, shown, tick) {
                continue;
            }
            pass.ticks.push((tick, *at_s));
            for at in 0..self.stages.len() {
                self.arrive(pass, at, tick, shown);
                let decay = (-(at_s - last_s) / self.stages[at].lif.tau_s).exp();
                self.fire(pass, at, [decay, *at_s], shown);
            }
            last_s = *at_s;
        }
        for (trace, stage) in pass.traces.iter_mut().zip(&self.stages) {
            let decay = T::of((-(self.end_s - last_s) / stage.lif.tau_s).exp());
            trace.kept.iter_mut().for_each(|v| *v = *v * decay);
        }
        let last = &pass.traces[self.stages.len() - 1].kept;
        pass.potentials_v.copy_from_slice(last);
    }

    /// Whether a tick is one: an image has no pixel of most levels, events have what is there.
    #[inline(always)]
    fn arrives<T: Lane>(&self, pass: &Pass<T>, shown: &Shown<'_, T>, tick: usize) -> bool {
        match shown.seen {
            Seen::Events(_) => true,
            Seen::Image(_) => {
                self.arrivals(tick).iter().any(|(level, _)| pass.present[usize::from(*level)])
            }
        }
    }

    /// Puts into the last row of a layer's potentials what arrives at this tick.
    #[inline(always)]
    fn arrive<T: Lane>(&self, pass: &mut Pass<T>, at: usize, tick: usize, shown: &Shown<'_, T>) {
        let neurons = self.stages[at].neurons;
        let (before, rest) = pass.traces.split_at_mut(at);
        let Trace { v, heard, ends, .. } = &mut rest[0];
        let row = v.len();
        v.resize(row + neurons, T::ZERO);
        let jump = &mut v[row..];
        let row_of =
            |array: usize, input: usize| &shown.volts[array].rows[input * neurons..][..neurons];
        match (before.last(), shown.seen) {
            (None, Seen::Image(_)) => {
                for (level, count) in self.arrivals(tick) {
                    let level = usize::from(*level);
                    if pass.present[level] {
                        add(jump, T::of(*count), &pass.sums[level * neurons..][..neurons]);
                    }
                }
            }
            (None, Seen::Events(events)) => {
                events
                    .at(tick)
                    .iter()
                    .for_each(|input| add(jump, T::ONE, row_of(at, *input as usize)));
            }
            (Some(before), _) => {
                for heard in before.heard_at(before.ends.len() - 1) {
                    add(jump, heard.gain, row_of(at, heard.neuron));
                }
            }
        }
        if let Some((back, last)) = self.loops[at].zip(ends.len().checked_sub(1)) {
            for heard in heard_at(heard, ends, last) {
                add(jump, heard.gain, row_of(back, heard.neuron));
            }
        }
    }

    /// Leaks by `decay` since the tick before, adds the jumps that stand in the last row of potentials, and fires.
    #[inline(always)]
    fn fire<T: Lane>(
        &self,
        pass: &mut Pass<T>,
        at: usize,
        [decay, at_s]: [f64; 2],
        shown: &Shown<'_, T>,
    ) {
        let stage = &self.stages[at];
        let trace = &mut pass.traces[at];
        let row = trace.v.len() - stage.neurons;
        let (decay, reset) = (T::of(decay), T::of(stage.lif.reset_v));
        trace.decays.push(decay);
        let thresholds = &shown.deviations.thresholds_v[at];
        let sharpness = T::of(shown.surrogate.sharpness(stage));
        let soft = |v: T, threshold: T| (sharpness * (v - threshold)).sigmoid();
        let lanes = trace.v[row..].iter_mut().zip(&mut trace.kept).zip(thresholds);
        let spiking = shown.surrogate.spiking;
        match spiking {
            Spiking::Hard => lanes.for_each(|((v, kept), threshold)| {
                step(v, kept, decay, reset, |v| hard(v, *threshold));
            }),
            Spiking::Smooth => lanes.for_each(|((v, kept), threshold)| {
                step(v, kept, decay, reset, |v| soft(v, *threshold));
            }),
        }
        let Some(behind) = self.stages.get(at + 1) else {
            let lanes = pass.counts.iter_mut().zip(&trace.v[row..]).zip(thresholds);
            lanes.for_each(|((count, v), threshold)| {
                *count += match spiking {
                    Spiking::Hard => hard(*v, *threshold),
                    Spiking::Smooth => soft(*v, *threshold),
                };
            });
            return;
        };
        let gains = shown.deviations.gains.as_ref().map(|gains| &gains[at][..]);
        match spiking {
            Spiking::Hard => hear(trace, row, thresholds, gains, [at_s, behind.deaf_s]),
            Spiking::Smooth => {
                let spikes = trace.v[row..].iter().zip(thresholds).enumerate();
                trace.heard.extend(spikes.map(|(neuron, (v, threshold))| Heard {
                    neuron,
                    gain: soft(*v, *threshold) * gains.map_or(T::ONE, |gains| gains[neuron]),
                    deaf_until_s: T::ZERO,
                }));
            }
        }
        trace.ends.push(trace.heard.len());
    }

    /// Charges of all pixels of one grey level, together.
    #[inline(always)]
    fn sum_by_level<T: Lane>(&self, pass: &mut Pass<T>, image: &[u8], shown: &Shown<'_, T>) {
        let (volts, rates) = (&shown.volts[0].rows, shown.deviations.rates.as_ref());
        let neurons = self.stages[0].neurons;
        pass.present = [false; LEVELS];
        for (row, level) in image.iter().enumerate() {
            let level = usize::from(*level);
            if !self.spikes[level] {
                continue;
            }
            let sum = &mut pass.sums[level * neurons..][..neurons];
            if !std::mem::replace(&mut pass.present[level], true) {
                sum.fill(T::ZERO);
            }
            let rate = rates.map_or(T::ONE, |rates| rates[row]);
            add(sum, rate, &volts[row * neurons..][..neurons]);
        }
    }
}

/// [`Unrolled::forward`], compiled for each width of registers.
struct Forward<'a, 'b, T> {
    network: &'a Unrolled,
    pass: &'a mut Pass<T>,
    shown: &'a Shown<'b, T>,
}

impl<T: Lane> NullaryFnOnce for Forward<'_, '_, T> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        self.network.forward_by_lanes(self.pass, self.shown);
    }
}

/// Whether a potential is at its threshold, as a number.
#[inline(always)]
pub(super) fn hard<T: Lane>(v: T, threshold: T) -> T {
    if v - threshold >= T::ZERO { T::ONE } else { T::ZERO }
}

/// A neuron's potential, from what is kept of it and the jump that stands in its place.
#[inline(always)]
fn step<T: Lane>(v: &mut T, kept: &mut T, decay: T, reset: T, spike: impl Fn(T) -> T) {
    *v = decay * *kept + *v;
    let s = spike(*v);
    *kept = *v * (T::ONE - s) + reset * s;
}

/// Neurons that are looked at together: a byte of 128 bits for each.
const BLOCK: usize = 16;

/// Notes the spikes of a tick that start pulses; `[at_s, deaf_s]` are the instant, and how long their drivers are deaf.
#[inline(always)]
fn hear<T: Lane>(
    trace: &mut Trace<T>,
    row: usize,
    thresholds: &[T],
    gains: Option<&[T]>,
    [at_s, deaf_s]: [f64; 2],
) {
    let Trace { v, deaf_until_s, heard, .. } = trace;
    let (now, until) = (T::of(at_s), T::of(at_s + deaf_s));
    let blocks = v[row..].chunks(BLOCK).zip(thresholds.chunks(BLOCK));
    for (number, ((v, thresholds), deaf_until_s)) in
        blocks.zip(deaf_until_s.chunks_mut(BLOCK)).enumerate()
    {
        let mut hears = [0_u8; BLOCK];
        let lanes = v.iter().zip(thresholds).zip(&*deaf_until_s);
        for (hears, ((v, threshold), deaf_until_s)) in hears.iter_mut().zip(lanes) {
            *hears = u8::from((*v - *threshold >= T::ZERO) & (now >= *deaf_until_s));
        }
        // A bit for each spike, so that most blocks, which have none, take one comparison.
        let mut spikes = u128::from_le_bytes(hears);
        while spikes != 0 {
            let lane = (spikes.trailing_zeros() / u8::BITS) as usize;
            let neuron = number * BLOCK + lane;
            let gain = gains.map_or(T::ONE, |gains| gains[neuron]);
            let deaf_until_s = std::mem::replace(&mut deaf_until_s[lane], until);
            heard.push(Heard { neuron, gain, deaf_until_s });
            spikes &= spikes - 1;
        }
    }
}
