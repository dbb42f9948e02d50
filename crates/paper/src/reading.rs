//! What instruments read during a run: curves, and the voltage at which a device turns on.

use std::io;

use memspike_circuit::{Circuit, NodeId, Signal};
use memspike_engine::{DeviceEvent, Sink};
use memspike_time::Time;
use memspike_trace::{CsvSink, Sampling};
use memspike_waveform::Waveform;

/// Waveforms as an oscilloscope shows them.
pub struct Scope(CsvSink<Vec<u8>>);

impl Scope {
    /// Follows these signals.
    pub fn new(signals: Vec<Signal>) -> Self {
        Self(CsvSink::new(Vec::new(), signals, Sampling::default()))
    }

    /// The sink to hand to a run.
    pub fn sink(&mut self) -> &mut dyn Sink {
        &mut self.0
    }

    /// `(s, value)` of each signal, up to the end of the run.
    pub fn curves(self, end: Time) -> Vec<Vec<(f64, f64)>> {
        let table = self.0.into_inner().expect("writing to memory cannot fail");
        let mut reader = csv::Reader::from_reader(table.as_slice());
        let mut curves = Vec::new();
        for row in reader.records() {
            let row = row.expect("the table is our own");
            let mut numbers = row.iter().map(|field| field.parse().unwrap_or(f64::NAN));
            let time = numbers.next().unwrap_or(f64::NAN);
            let values: Vec<f64> = numbers.collect();
            curves.resize(values.len(), Vec::new());
            for (curve, value) in curves.iter_mut().zip(values) {
                curve.push((time, value));
            }
        }
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
    fn follows_phases(&self) -> bool {
        false
    }

    fn signals(&self) -> Vec<Signal> {
        vec![self.signal]
    }

    fn waveform(&mut self, at: Time, _signal: usize, form: &Waveform) -> io::Result<()> {
        self.form = (at, form.clone());
        Ok(())
    }

    fn device(&mut self, at: Time, event: DeviceEvent) -> io::Result<()> {
        if event.is_spike() {
            let (anchor, form) = &self.form;
            self.found.push((at.as_s(), form.eval(at.since(*anchor))));
        }
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
    fn follows_phases(&self) -> bool {
        false
    }

    fn signals(&self) -> Vec<Signal> {
        self.signals.clone()
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
