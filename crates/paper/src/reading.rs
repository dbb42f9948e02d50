//! What instruments read during a run: curves, and the voltage at which a device turns on.

use std::io;

use memspike_circuit::{Circuit, NodeId, Signal};
use memspike_engine::{DeviceEvent, Events, Follows, Sink};
use memspike_time::Time;
use memspike_trace::{Curves, Sampling};
use memspike_waveform::Waveform;

/// Waveforms as an oscilloscope shows them.
pub struct Scope(Curves);

impl Scope {
    /// Follows these signals.
    pub fn new(signals: Vec<Signal>) -> Self {
        Self(Curves::new(signals, Sampling::default()))
    }

    /// The sink to hand to a run.
    pub fn sink(&mut self) -> &mut dyn Sink {
        &mut self.0
    }

    /// `(s, value)` of each signal, up to the end of the run.
    pub fn curves(self, end: Time) -> Vec<Vec<(f64, f64)>> {
        let mut curves = self.0.finish();
        // A signal that rests has no point at the end.
        for curve in &mut curves {
            match curve.last() {
                Some(&(time, value)) if time < end.as_s() => curve.push((end.as_s(), value)),
                _ => {}
            }
        }
        curves
    }
}

/// The voltage of a node against ground.
pub fn voltage(circuit: &Circuit, node: &str) -> Signal {
    let node = circuit.find_node(node).expect("the deck has this node");
    Signal::Voltage(node, NodeId::GROUND)
}

/// The current through an element.
pub fn current(circuit: &Circuit, element: &str) -> Signal {
    Signal::Current(circuit.find_element(element).expect("the deck has this element"))
}

/// Instants at which the one device of a circuit turns on, with a signal just before.
pub struct Peaks {
    signal: Signal,
    form: (Time, Waveform),
    /// `(s, value)`.
    pub found: Vec<(f64, f64)>,
}

impl Peaks {
    /// Of this signal.
    pub fn new(signal: Signal) -> Self {
        Self { signal, form: (Time::ZERO, Waveform::default()), found: Vec::new() }
    }
}

impl Sink for Peaks {
    fn follows(&self) -> Follows {
        Follows { waveforms: vec![self.signal], events: Events::Spikes, ..Follows::default() }
    }

    fn waveform(&mut self, at: Time, _signal: usize, form: &Waveform) -> io::Result<()> {
        self.form = (at, form.clone());
        Ok(())
    }

    fn event(&mut self, at: Time, _spike: DeviceEvent) -> io::Result<()> {
        let (anchor, form) = &self.form;
        self.found.push((at.as_s(), form.eval(at.since(*anchor))));
        Ok(())
    }
}

/// Readings of signals at given instants, just before what happens then. A reading that lies on an
/// event belongs to what was before it.
pub struct Meter<T: Iterator, R> {
    signals: Vec<Signal>,
    forms: Vec<(Time, Waveform)>,
    times: std::iter::Peekable<T>,
    read: R,
}

impl<T: Iterator<Item = Time>, R: FnMut(Time, &[f64])> Meter<T, R> {
    /// Reads at these times, in their order, and hands each reading on.
    pub fn new(signals: Vec<Signal>, times: T, read: R) -> Self {
        let forms = vec![(Time::ZERO, Waveform::default()); signals.len()];
        Self { signals, forms, times: times.peekable(), read }
    }

    fn reach(&mut self, now: Time) {
        while let Some(at) = self.times.next_if(|at| *at <= now) {
            let values: Vec<f64> =
                self.forms.iter().map(|(anchor, form)| form.eval(at.since(*anchor))).collect();
            (self.read)(at, &values);
        }
    }
}

impl<T: Iterator<Item = Time>, R: FnMut(Time, &[f64])> Sink for Meter<T, R> {
    fn follows(&self) -> Follows {
        Follows::waveforms(self.signals.clone())
    }

    fn waveform(&mut self, at: Time, signal: usize, form: &Waveform) -> io::Result<()> {
        // All forms that change at one instant come after its readings.
        self.reach(at);
        self.forms[signal] = (at, form.clone());
        Ok(())
    }

    fn end(&mut self, at: Time) -> io::Result<()> {
        self.reach(at);
        Ok(())
    }
}
