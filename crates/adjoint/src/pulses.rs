//! Drivers: which spikes start a pulse, and the order in which pulses start and end.

use crate::{Feed, Spike};

/// What the pulse of a driver does at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// It starts.
    Start,
    /// It ends.
    End,
    /// None does anything: a stretch of time was cut in two there.
    Nothing,
}

/// An end of a stretch of time in which no asymptote moves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Edge {
    pub at_s: f64,
    /// The neuron behind the driver, and the number of its spike in the list of its layer.
    pub source: u32,
    pub spike: u32,
    pub change: Change,
    /// Whether the driver is one of the layer itself.
    pub own: bool,
}

/// Pulses of some drivers, all of one width and one delay, so that they end in the order in which they start.
#[derive(Debug, Default)]
pub(crate) struct Pulses {
    delay_s: f64,
    pulse_s: f64,
    own: bool,
    /// From when on each driver hears spikes again (s).
    hears_s: Vec<f64>,
    /// Start (s), source, spike.
    heard: Vec<(f64, u32, u32)>,
    started: usize,
    ended: usize,
}

impl Pulses {
    /// Of no spike yet.
    pub fn reset(&mut self, feed: &Feed, own: bool) {
        (self.delay_s, self.pulse_s, self.own) = (feed.delay_s, feed.pulse_s, own);
        self.hears_s.clear();
        self.hears_s.resize(feed.sources, f64::NEG_INFINITY);
        self.silence();
    }

    /// Of no drivers.
    pub fn silence(&mut self) {
        self.heard.clear();
        (self.started, self.ended) = (0, 0);
    }

    /// A spike, not before those that were told. A driver is deaf while its pulse lasts.
    pub fn spike(&mut self, spike: Spike, number: u32) {
        let hears_s = &mut self.hears_s[spike.neuron as usize];
        if spike.at_s >= *hears_s {
            *hears_s = spike.at_s + self.pulse_s;
            self.heard.push((spike.at_s + self.delay_s, spike.neuron, number));
        }
    }

    /// When the next pulse starts or ends (s); never, if none does.
    pub fn next_s(&self) -> f64 {
        self.next_start_s().min(self.next_end_s())
    }

    fn next_start_s(&self) -> f64 {
        self.heard.get(self.started).map_or(f64::INFINITY, |(at_s, ..)| *at_s)
    }

    fn next_end_s(&self) -> f64 {
        self.heard.get(self.ended).map_or(f64::INFINITY, |(at_s, ..)| at_s + self.pulse_s)
    }

    /// Takes the next start or end.
    pub fn take(&mut self) -> Edge {
        let at_s = self.next_s();
        let (number, change) = if self.next_start_s() <= at_s {
            self.started += 1;
            (self.started - 1, Change::Start)
        } else {
            self.ended += 1;
            (self.ended - 1, Change::End)
        };
        let (_, source, spike) = self.heard[number];
        Edge { at_s, source, spike, change, own: self.own }
    }
}
