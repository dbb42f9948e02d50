//! The start time of `.tran`: nothing before it is recorded.

use std::{collections::BTreeMap, io};

use memspike_circuit::{Circuit, ElementId};
use memspike_device::Phase;
use memspike_digital::Level;
use memspike_engine::{DeviceEvent, Follows, Sink};
use memspike_time::Time;
use memspike_waveform::Waveform;

/// A sink to which the run seems to begin at `start`.
pub(crate) struct Delayed<'a> {
    inner: &'a mut dyn Sink,
    circuit: &'a Circuit,
    start: Time,
    begun: bool,
    phases: BTreeMap<ElementId, Phase>,
    /// The present form of each signal, with its anchor.
    forms: BTreeMap<usize, (Time, Waveform)>,
    /// The present level of each net.
    levels: BTreeMap<usize, Level>,
}

impl<'a> Delayed<'a> {
    pub(crate) fn new(inner: &'a mut dyn Sink, circuit: &'a Circuit, start: Time) -> Self {
        let (phases, forms, levels) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { inner, circuit, start, begun: false, phases, forms, levels }
    }

    /// Begins the inner sink with what holds at `at`.
    fn begin_at(&mut self, at: Time) -> io::Result<()> {
        if self.begun {
            return Ok(());
        }
        self.begun = true;
        let phases: Vec<_> = std::mem::take(&mut self.phases).into_iter().collect();
        self.inner.begin(self.circuit, at, &phases)?;
        for (net, level) in std::mem::take(&mut self.levels) {
            self.inner.level(at, net, level)?;
        }
        for (signal, (anchor, form)) in std::mem::take(&mut self.forms) {
            self.inner.waveform(at, signal, &form.shifted(at.since(anchor)))?;
        }
        Ok(())
    }
}

impl Sink for Delayed<'_> {
    fn follows(&self) -> Follows {
        self.inner.follows()
    }

    fn begin(
        &mut self,
        _circuit: &Circuit,
        _start: Time,
        phases: &[(ElementId, Phase)],
    ) -> io::Result<()> {
        self.phases.extend(phases.iter().copied());
        Ok(())
    }

    fn waveform(&mut self, at: Time, signal: usize, form: &Waveform) -> io::Result<()> {
        if at < self.start {
            self.forms.insert(signal, (at, form.clone()));
            return Ok(());
        }
        self.begin_at(self.start)?;
        self.inner.waveform(at, signal, form)
    }

    fn impulse(&mut self, at: Time, signal: usize, integral: f64) -> io::Result<()> {
        if at < self.start {
            return Ok(());
        }
        self.begin_at(self.start)?;
        self.inner.impulse(at, signal, integral)
    }

    fn level(&mut self, at: Time, net: usize, level: Level) -> io::Result<()> {
        if at < self.start {
            self.levels.insert(net, level);
            return Ok(());
        }
        self.begin_at(self.start)?;
        self.inner.level(at, net, level)
    }

    fn event(&mut self, at: Time, event: DeviceEvent) -> io::Result<()> {
        if at < self.start {
            self.phases.insert(event.element, event.to);
            return Ok(());
        }
        self.begin_at(self.start)?;
        self.inner.event(at, event)
    }

    fn end(&mut self, at: Time) -> io::Result<()> {
        // A run that ended before the start shows its last instant.
        self.begin_at(self.start.min(at))?;
        self.inner.end(at)
    }
}
