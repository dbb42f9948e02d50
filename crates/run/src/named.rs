//! A sink whose errors name the file that it writes.

use std::{io, path::PathBuf};

use memspike_circuit::{Circuit, ElementId};
use memspike_device::Phase;
use memspike_digital::Level;
use memspike_engine::{DeviceEvent, Follows, Sink};
use memspike_time::Time;
use memspike_waveform::Waveform;

use crate::OutputError;

/// A sink and the path that its user gave.
pub(crate) struct Named<S> {
    pub(crate) path: PathBuf,
    pub(crate) sink: S,
}

impl<S> Named<S> {
    fn named<T>(&self, result: io::Result<T>) -> io::Result<T> {
        result.map_err(|source| {
            let kind = source.kind();
            io::Error::new(kind, OutputError::Unwritable { path: self.path.clone(), source })
        })
    }
}

impl<S: Sink> Sink for Named<S> {
    fn follows(&self) -> Follows {
        self.sink.follows()
    }

    fn begin(
        &mut self,
        circuit: &Circuit,
        start: Time,
        phases: &[(ElementId, Phase)],
    ) -> io::Result<()> {
        let result = self.sink.begin(circuit, start, phases);
        self.named(result)
    }

    fn waveform(&mut self, at: Time, signal: usize, form: &Waveform) -> io::Result<()> {
        let result = self.sink.waveform(at, signal, form);
        self.named(result)
    }

    fn impulse(&mut self, at: Time, signal: usize, integral: f64) -> io::Result<()> {
        let result = self.sink.impulse(at, signal, integral);
        self.named(result)
    }

    fn level(&mut self, at: Time, net: usize, level: Level) -> io::Result<()> {
        let result = self.sink.level(at, net, level);
        self.named(result)
    }

    fn event(&mut self, at: Time, event: DeviceEvent) -> io::Result<()> {
        let result = self.sink.event(at, event);
        self.named(result)
    }

    fn end(&mut self, at: Time) -> io::Result<()> {
        let result = self.sink.end(at);
        self.named(result)
    }
}
