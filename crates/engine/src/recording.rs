//! A run in memory.

use std::io;

use memspike_circuit::{Circuit, ElementId, Signal};
use memspike_device::Phase;
use memspike_digital::Level;
use memspike_time::Time;
use memspike_waveform::Waveform;

use crate::{DeviceEvent, Events, Follows, Sink};

/// Keeps all that it follows as it was told: closed forms, not samples of them. It grows with the run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Recording {
    follows: Follows,
    phases: Vec<(ElementId, Phase)>,
    forms: Vec<Vec<(Time, Waveform)>>,
    impulses: Vec<Vec<(Time, f64)>>,
    events: Vec<(Time, DeviceEvent)>,
    levels: Vec<Vec<(Time, Level)>>,
    end: Option<Time>,
}

impl Recording {
    /// Of what is to be followed.
    #[must_use]
    pub fn new(follows: Follows) -> Self {
        let count = follows.waveforms.len();
        let (forms, impulses) = (vec![Vec::new(); count], vec![Vec::new(); count]);
        let levels = vec![Vec::new(); follows.nets.len()];
        Self { follows, forms, impulses, levels, ..Self::default() }
    }

    /// Of the closed forms of these signals.
    #[must_use]
    pub fn of_waveforms(signals: Vec<Signal>) -> Self {
        Self::new(Follows::waveforms(signals))
    }

    /// Of these events.
    #[must_use]
    pub fn of_events(events: Events) -> Self {
        Self::new(Follows::events(events))
    }

    /// The signals whose closed forms it keeps.
    #[must_use]
    pub fn signals(&self) -> &[Signal] {
        &self.follows.waveforms
    }

    /// The phase of each device when the run began.
    #[must_use]
    pub fn phases(&self) -> &[(ElementId, Phase)] {
        &self.phases
    }

    /// Events in their order.
    #[must_use]
    pub fn events(&self) -> &[(Time, DeviceEvent)] {
        &self.events
    }

    /// Instants at which a device turned on, in order.
    pub fn spikes(&self, device: ElementId) -> impl Iterator<Item = Time> + '_ {
        let spikes = self.events.iter().filter(move |(_, e)| e.element == device && e.is_spike());
        spikes.map(|(at, _)| *at)
    }

    /// The closed forms of a signal, by its position, each from its instant until the next.
    #[must_use]
    pub fn forms(&self, signal: usize) -> &[(Time, Waveform)] {
        &self.forms[signal]
    }

    /// The impulses of a signal, by its position: by what its integral jumps, and when.
    #[must_use]
    pub fn impulses(&self, signal: usize) -> &[(Time, f64)] {
        &self.impulses[signal]
    }

    /// The levels of a net, by its position, each from its instant until the next.
    #[must_use]
    pub fn levels(&self, net: usize) -> &[(Time, Level)] {
        &self.levels[net]
    }

    /// The value of a signal from `at` on: where it jumps, the later one. None before the run and without the signal.
    #[must_use]
    pub fn value(&self, signal: usize, at: Time) -> Option<f64> {
        let forms = self.forms.get(signal)?;
        let next = forms.partition_point(|(start, _)| *start <= at);
        let (start, form) = forms.get(next.checked_sub(1)?)?;
        Some(form.eval(at.since(*start)))
    }

    /// The value of a signal up to `at`: where it jumps, the earlier one.
    #[must_use]
    pub fn value_before(&self, signal: usize, at: Time) -> Option<f64> {
        let forms = self.forms.get(signal)?;
        let next = forms.partition_point(|(start, _)| *start < at);
        let (start, form) = forms.get(next.saturating_sub(1))?;
        Some(form.eval(at.since(*start).max(0.0)))
    }

    /// Up to where the run came.
    #[must_use]
    pub fn end(&self) -> Option<Time> {
        self.end
    }
}

impl Sink for Recording {
    fn follows(&self) -> Follows {
        self.follows.clone()
    }

    fn begin(&mut self, _: &Circuit, _: Time, phases: &[(ElementId, Phase)]) -> io::Result<()> {
        self.phases = phases.to_vec();
        Ok(())
    }

    fn waveform(&mut self, at: Time, signal: usize, form: &Waveform) -> io::Result<()> {
        self.forms[signal].push((at, form.clone()));
        Ok(())
    }

    fn impulse(&mut self, at: Time, signal: usize, integral: f64) -> io::Result<()> {
        self.impulses[signal].push((at, integral));
        Ok(())
    }

    fn level(&mut self, at: Time, net: usize, level: Level) -> io::Result<()> {
        self.levels[net].push((at, level));
        Ok(())
    }

    fn event(&mut self, at: Time, event: DeviceEvent) -> io::Result<()> {
        self.events.push((at, event));
        Ok(())
    }

    fn end(&mut self, at: Time) -> io::Result<()> {
        self.end = Some(at);
        Ok(())
    }
}
