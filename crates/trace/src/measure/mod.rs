//! Measurements, exact on the closed forms.
//!
//! - A crossing is an instant at which the signal reaches its level from strictly one side; a jump
//!   across the level crosses at the instant of the jump. `after_s` lets earlier ones pass.
//! - A value at the instant of a jump is the one after it, and so is a derivative at a corner. A jump at the start of the run is seen from the
//!   value before it.
//! - `frequency` is `(n - 1) / (last - first)` of the turn-on instants in the window;
//!   `energy_per_spike` is the integral of `v i` of the element from its first to its last spike in
//!   the window, over `n - 1`: the mean energy of one period. A window holds both its ends.
//! - Where a source jumps across a capacitor a charge passes in no time: `INTEG` and `AVG` of the current count it, at
//!   the start of their window and after it, but not at its end: a jump there belongs to what follows. Nothing else sees it.
//! - Products of signals integrate exactly. What passes in no time counts in sums of signals, not in products: at a jump it is
//!   open which value of the other factor meets it.
//! - A window that the run did not reach the end of gives no value.

mod crossing;
mod curve;
mod error;
mod expression;
mod piece;
mod watch;

use std::io;

use memspike_circuit::{
    Circuit, Crossing, ElementId, Level, Measure, MeasureKind, NetId, Point, Quantity, Reading,
    RiseReading, Signal, Window,
};
use memspike_device::Phase;
use memspike_digital::Level as NetLevel;
use memspike_engine::{DeviceEvent, Events, Follows, Sink};
use memspike_time::Time;
use memspike_waveform::Waveform;

use self::crossing::{Against, CrossingWatch};
pub use self::curve::Curve;
pub use self::error::MeasureError;
use self::expression::{ExpressionWatch, ExtremeWatch, Weighted};
use self::piece::{Piece, Present};
use self::watch::{Of, PointWatch, Span, SpikeQuantity, SpikeWatch, StatisticWatch, Watch};

/// Evaluates measurements while a run goes by; holds a few numbers for each.
#[derive(Debug, Clone)]
pub struct MeasureSink {
    signals: Vec<Signal>,
    presents: Vec<Present>,
    entries: Vec<Entry>,
    /// Entries by the signal they look at.
    by_signal: Vec<Vec<usize>>,
    /// Entries by the element whose spikes they look at.
    by_element: Vec<Vec<usize>>,
    nets: Vec<NetId>,
    /// Whether the level of a net at the start was told.
    begun: Vec<bool>,
    /// Measurements of each net's rising edges.
    by_net: Vec<Vec<usize>>,
    start: Time,
    now: Time,
}

#[derive(Debug, Clone)]
struct Entry {
    name: String,
    watch: Watch,
    /// Up to where the watch has gone.
    since: Time,
}

impl MeasureSink {
    /// Prepares `measures` on `circuit`.
    #[must_use]
    pub fn new(circuit: &Circuit, measures: &[Measure]) -> Self {
        let mut sink = Self {
            signals: Vec::new(),
            presents: Vec::new(),
            entries: Vec::new(),
            by_signal: Vec::new(),
            by_element: vec![Vec::new(); circuit.elements().len()],
            nets: Vec::new(),
            begun: Vec::new(),
            by_net: Vec::new(),
            start: Time::ZERO,
            now: Time::ZERO,
        };
        for (entry, measure) in measures.iter().enumerate() {
            let watch = Setup { sink: &mut sink, circuit, entry }.watch(&measure.kind);
            sink.entries.push(Entry { name: measure.name.clone(), watch, since: Time::ZERO });
        }
        let idle = Present { anchor: Time::ZERO, form: Waveform::default(), told: false };
        sink.presents = vec![idle; sink.signals.len()];
        sink
    }

    /// Names and values, in the order of the measurements.
    #[must_use]
    pub fn results(&self) -> Vec<(String, Result<f64, MeasureError>)> {
        let result = |e: &Entry| (e.name.clone(), e.watch.result(self.now));
        self.entries.iter().map(result).collect()
    }

    /// Takes one measurement through the time up to `at`, on the present forms.
    fn catch_up(&mut self, entry: usize, at: Time, last: bool) {
        let entry = &mut self.entries[entry];
        if entry.since < at || last {
            let piece = Piece { signals: &self.presents, from: entry.since, to: at, last };
            entry.watch.piece(&piece);
            entry.since = at;
        }
    }
}

impl Sink for MeasureSink {
    fn follows(&self) -> Follows {
        let events = if self.entries.is_empty() { Events::None } else { Events::Spikes };
        Follows { waveforms: self.signals.clone(), events, nets: self.nets.clone() }
    }

    fn begin(
        &mut self,
        _circuit: &Circuit,
        start: Time,
        _phases: &[(ElementId, Phase)],
    ) -> io::Result<()> {
        (self.start, self.now) = (start, start);
        self.begun = vec![false; self.nets.len()];
        for entry in &mut self.entries {
            entry.since = start;
        }
        Ok(())
    }

    fn waveform(&mut self, at: Time, signal: usize, form: &Waveform) -> io::Result<()> {
        self.now = at;
        let jumps_at_start = at == self.start && self.presents[signal].told;
        for k in 0..self.by_signal[signal].len() {
            let entry = self.by_signal[signal][k];
            if jumps_at_start {
                let piece = Piece { signals: &self.presents, from: at, to: at, last: false };
                self.entries[entry].watch.before(&piece);
            }
            self.catch_up(entry, at, false);
        }
        let present = &mut self.presents[signal];
        (present.anchor, present.told) = (at, true);
        present.form.clone_from(form);
        Ok(())
    }

    fn impulse(&mut self, at: Time, signal: usize, integral: f64) -> io::Result<()> {
        for entry in &self.by_signal[signal] {
            self.entries[*entry].watch.impulse(at, signal, integral);
        }
        Ok(())
    }

    fn level(&mut self, at: Time, net: usize, level: NetLevel) -> io::Result<()> {
        // What a net is from the start on is no edge.
        if level != NetLevel::One
            || at == self.start && !std::mem::replace(&mut self.begun[net], true)
        {
            self.begun[net] = true;
            return Ok(());
        }
        self.now = at;
        for k in 0..self.by_net[net].len() {
            let entry = self.by_net[net][k];
            self.catch_up(entry, at, false);
            if let Watch::Spikes(spikes) = &mut self.entries[entry].watch {
                spikes.spike(at);
            }
        }
        Ok(())
    }

    fn event(&mut self, at: Time, event: DeviceEvent) -> io::Result<()> {
        self.now = at;
        if !event.is_spike() {
            return Ok(());
        }
        for k in 0..self.by_element[event.element.index()].len() {
            let entry = self.by_element[event.element.index()][k];
            self.catch_up(entry, at, false);
            if let Watch::Spikes(spikes) = &mut self.entries[entry].watch {
                spikes.spike(at);
            }
        }
        Ok(())
    }

    fn end(&mut self, at: Time) -> io::Result<()> {
        self.now = at;
        for entry in 0..self.entries.len() {
            self.catch_up(entry, at, true);
        }
        Ok(())
    }
}

/// Turns one measurement into a watch and notes what it looks at.
struct Setup<'a> {
    sink: &'a mut MeasureSink,
    circuit: &'a Circuit,
    entry: usize,
}

impl Setup<'_> {
    fn watch(&mut self, kind: &MeasureKind) -> Watch {
        match *kind {
            MeasureKind::Expression { ref of, reading, .. } => self.expression(of, reading),
            MeasureKind::Delay { trigger, target } => {
                Watch::Delay { trigger: self.point(trigger), target: self.point(target) }
            }
            MeasureKind::When(crossing) => Watch::When(self.crossing(crossing)),
            MeasureKind::Find { signal, at } => self.find(signal, Of::Value, at),
            MeasureKind::Derivative { signal, at } => self.find(signal, Of::Derivative, at),
            MeasureKind::Statistic { statistic, signal, window } => {
                let signal = self.signal(signal);
                Watch::Statistic(StatisticWatch::new(statistic, signal, span(window)))
            }
            MeasureKind::Spikes(element, window) => {
                self.spikes(element, window, SpikeQuantity::Count)
            }
            MeasureKind::FirstSpike(element, window) => {
                self.spikes(element, window, SpikeQuantity::First)
            }
            MeasureKind::Frequency(element, window) => {
                self.spikes(element, window, SpikeQuantity::Frequency)
            }
            MeasureKind::Rises { net, reading, window } => {
                let known = self.sink.nets.iter().position(|known| *known == net);
                let position = known.unwrap_or_else(|| {
                    self.sink.nets.push(net);
                    self.sink.by_net.push(Vec::new());
                    self.sink.nets.len() - 1
                });
                self.sink.by_net[position].push(self.entry);
                let quantity = match reading {
                    RiseReading::Count => SpikeQuantity::Count,
                    RiseReading::First => SpikeQuantity::First,
                    RiseReading::Frequency => SpikeQuantity::Frequency,
                };
                Watch::Spikes(SpikeWatch::new(quantity, span(window)))
            }
            MeasureKind::EnergyPerSpike(element, window) => {
                let [plus, minus] = self.circuit.elements()[element.index()].nodes;
                let voltage = self.signal(Signal::Voltage(plus, minus));
                let current = self.signal(Signal::Current(element));
                let quantity = SpikeQuantity::EnergyPerSpike { voltage, current };
                self.spikes(element, window, quantity)
            }
        }
    }

    fn expression(&mut self, of: &Quantity, reading: Reading) -> Watch {
        let signals = of.signals.iter().map(|(signal, weight)| (self.signal(*signal), *weight));
        let signals: Vec<(usize, f64)> = signals.collect();
        let product = |(pair, weight): &([Signal; 2], f64)| (pair.map(|s| self.signal(s)), *weight);
        let products = of.products.iter().map(product).collect();
        let watch = match reading {
            Reading::Value(at) => ExpressionWatch::Value { at: self.point(at), value: None },
            Reading::Statistic(statistic, window) => {
                ExpressionWatch::Statistic(StatisticWatch::new(statistic, 0, span(window)))
            }
            Reading::MaxAt(window) => {
                ExpressionWatch::Extreme(ExtremeWatch::new(true, span(window)))
            }
            Reading::MinAt(window) => {
                ExpressionWatch::Extreme(ExtremeWatch::new(false, span(window)))
            }
        };
        Watch::Expression { of: Weighted { constant: of.constant, signals, products }, watch }
    }

    fn find(&mut self, signal: Signal, of: Of, at: Point) -> Watch {
        Watch::Find { signal: self.signal(signal), of, at: self.point(at), value: None }
    }

    fn spikes(&mut self, element: ElementId, window: Window, quantity: SpikeQuantity) -> Watch {
        self.sink.by_element[element.index()].push(self.entry);
        Watch::Spikes(SpikeWatch::new(quantity, span(window)))
    }

    fn point(&mut self, point: Point) -> PointWatch {
        match point {
            Point::At(at_s) => PointWatch::At(Time::from_s(at_s)),
            Point::Crossing(crossing) => PointWatch::Crossing(self.crossing(crossing)),
        }
    }

    fn crossing(&mut self, crossing: Crossing) -> CrossingWatch {
        let signal = self.signal(crossing.signal);
        let against = match crossing.level {
            Level::Value(level) => Against::Value(level),
            Level::Signal(other) => Against::Signal(self.signal(other)),
        };
        let after = Time::from_s(crossing.after_s);
        let before = crossing.before_s.map(Time::from_s);
        CrossingWatch::new(signal, against, crossing.edge, crossing.occurrence, after, before)
    }

    /// The position of a signal among those to follow; this measurement will look at it.
    fn signal(&mut self, signal: Signal) -> usize {
        let sink = &mut *self.sink;
        let position = sink.signals.iter().position(|s| *s == signal).unwrap_or_else(|| {
            sink.signals.push(signal);
            sink.by_signal.push(Vec::new());
            sink.signals.len() - 1
        });
        let watchers = &mut sink.by_signal[position];
        if watchers.last() != Some(&self.entry) {
            watchers.push(self.entry);
        }
        position
    }
}

fn span(window: Window) -> Span {
    Span { from: Time::from_s(window.from_s), to: window.to_s.map(Time::from_s) }
}
