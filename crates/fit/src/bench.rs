//! The circuits in which devices are measured, simulated by the engine.

use std::{cell::Cell, io, ops::ControlFlow, sync::Arc};

use memspike_circuit::{
    Builder, Circuit, ElementId, ElementKind, Measure, MeasureKind, NodeId, Pulse, Signal,
    Stimulus, Window,
};
use memspike_device::{BuiltModel, Limiter};
use memspike_engine::{DeviceEvent, Events, Follows, Options, Simulation, Sink};
use memspike_time::Time;
use memspike_trace::MeasureSink;
use memspike_waveform::Waveform;

/// Calls of `watch`, a thousand events each, after which a run is given up: a device that
/// switches so often is none that the search looks for.
const MOST_WATCHES: u32 = 200;

/// An instant and the voltage across the device just before it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Moment {
    pub at_s: f64,
    pub volt: f64,
}

/// What a device did.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Record {
    pub turned_on: Vec<Moment>,
    pub turned_off: Vec<Moment>,
    /// Current through the device at the start (A).
    pub first_ampere: f64,
    /// Current through the device at the end (A).
    pub last_ampere: f64,
    /// Voltage across it at the end (V).
    pub last_volt: f64,
}

impl Record {
    /// `(spikes - 1) / (last - first)` (Hz), the rule of the paper and of decks.
    pub fn frequency_hz(&self) -> Option<f64> {
        let (first, last) = (self.turned_on.first()?, self.turned_on.last()?);
        (self.turned_on.len() > 1)
            .then(|| (self.turned_on.len() - 1) as f64 / (last.at_s - first.at_s))
    }
}

/// The device across an ideal voltage source.
pub(crate) fn driven(model: &BuiltModel, stimulus: Stimulus) -> Option<Circuit> {
    let mut builder = Builder::new();
    let out = builder.node(OUT);
    builder.element("v1", [out, NodeId::GROUND], ElementKind::VoltageSource(stimulus));
    builder.element(DEVICE, [out, NodeId::GROUND], ElementKind::Memristor(Arc::clone(model)));
    builder.build().ok()
}

/// The device across a voltage source that gives this current at most.
pub(crate) fn limited(model: &BuiltModel, stimulus: Stimulus, limit_a: f64) -> Option<Circuit> {
    let mut builder = Builder::new();
    let (source, out) = (builder.node("source"), builder.node(OUT));
    let limiter = ElementKind::Limiter(Arc::new(Limiter::new(limit_a).ok()?));
    builder.element("v1", [source, NodeId::GROUND], ElementKind::VoltageSource(stimulus));
    builder.element("limit", [source, out], limiter);
    builder.element(DEVICE, [out, NodeId::GROUND], ElementKind::Memristor(Arc::clone(model)));
    builder.build().ok()
}

/// The device across a capacitor that a source charges through a resistor.
pub(crate) fn neuron(
    model: &BuiltModel,
    stimulus: Stimulus,
    ohm: f64,
    farad: f64,
) -> Option<Circuit> {
    let mut builder = Builder::new();
    let (input, out) = (builder.node("in"), builder.node(OUT));
    builder.element("v1", [input, NodeId::GROUND], ElementKind::VoltageSource(stimulus));
    builder.element("r1", [input, out], ElementKind::Resistor { ohm });
    let capacitor = ElementKind::Capacitor { farad, initial: None };
    builder.element("c1", [out, NodeId::GROUND], capacitor);
    builder.element(DEVICE, [out, NodeId::GROUND], ElementKind::Memristor(Arc::clone(model)));
    builder.build().ok()
}

/// Pulses for ever, the first at time zero.
pub(crate) fn pulses(volt: f64, width_s: f64, gap_s: f64) -> Stimulus {
    Stimulus::Pulse(Pulse {
        low: 0.0,
        high: volt,
        delay_s: 0.0,
        rise_s: 0.0,
        fall_s: 0.0,
        width_s,
        period_s: width_s + gap_s,
        count: None,
    })
}

const OUT: &str = "out";
const DEVICE: &str = "n1";

/// Runs a circuit from rest to `until_s`, or until soon after the device has turned on `enough`
/// times; none if it has no solution or does not come to an end.
pub(crate) fn run(circuit: &Circuit, until_s: f64, enough: usize) -> Option<Record> {
    let spikes = Cell::new(0);
    let (device, out) = (circuit.find_element(DEVICE)?, circuit.find_node(OUT)?);
    let mut recorder = Recorder::new(device, out, &spikes);
    simulate(circuit, until_s, &mut recorder, &|| spikes.get() >= enough)?;
    Some(recorder.record)
}

/// The energy that the device takes from one spike to the next (J), over the spikes in
/// `[from_s, until_s]`, of which there must be two.
pub(crate) fn energy_a_spike(circuit: &Circuit, from_s: f64, until_s: f64) -> Option<f64> {
    let window = Window { from_s, to_s: Some(until_s) };
    let kind = MeasureKind::EnergyPerSpike(circuit.find_element(DEVICE)?, window);
    let mut sink = MeasureSink::new(circuit, &[Measure { name: String::new(), kind }]);
    simulate(circuit, until_s, &mut sink, &|| false)?;
    sink.results().pop()?.1.ok()
}

fn simulate(
    circuit: &Circuit,
    until_s: f64,
    sink: &mut dyn Sink,
    enough: &dyn Fn() -> bool,
) -> Option<()> {
    let options = Options { from_initial_conditions: true, seed: 0 };
    let mut watches = 0;
    let mut watch = |_| {
        watches += 1;
        if enough() || watches > MOST_WATCHES {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let mut simulation = Simulation::new(circuit, &options).ok()?;
    let outcome = simulation.run(Time::from_s(until_s), &mut [sink], &mut watch).ok()?;
    (!outcome.interrupted || enough()).then_some(())
}

/// Follows one device.
struct Recorder<'r> {
    device: ElementId,
    out: NodeId,
    forms: [(Time, Waveform); 2],
    record: Record,
    /// How often it turned on.
    spikes: &'r Cell<usize>,
}

/// Positions in [`Recorder::forms`].
const VOLTAGE: usize = 0;
const CURRENT: usize = 1;

impl<'r> Recorder<'r> {
    fn new(device: ElementId, out: NodeId, spikes: &'r Cell<usize>) -> Self {
        let form = || (Time::ZERO, Waveform::default());
        Self { device, out, forms: [form(), form()], record: Record::default(), spikes }
    }

    fn value(&self, signal: usize, at: Time) -> f64 {
        let (anchor, form) = &self.forms[signal];
        form.eval(at.since(*anchor))
    }
}

impl Sink for Recorder<'_> {
    fn follows(&self) -> Follows {
        let waveforms =
            vec![Signal::Voltage(self.out, NodeId::GROUND), Signal::Current(self.device)];
        Follows { waveforms, events: Events::Phases, ..Follows::default() }
    }

    fn waveform(&mut self, at: Time, signal: usize, form: &Waveform) -> io::Result<()> {
        if signal == CURRENT && at == Time::ZERO {
            self.record.first_ampere = form.eval(0.0);
        }
        self.forms[signal] = (at, form.clone());
        Ok(())
    }

    fn event(&mut self, at: Time, event: DeviceEvent) -> io::Result<()> {
        let moment = Moment { at_s: at.as_s(), volt: self.value(VOLTAGE, at) };
        if event.is_spike() {
            self.record.turned_on.push(moment);
            self.spikes.set(self.spikes.get() + 1);
        } else if event.from.is_on() {
            self.record.turned_off.push(moment);
        }
        Ok(())
    }

    fn end(&mut self, at: Time) -> io::Result<()> {
        self.record.last_ampere = self.value(CURRENT, at);
        self.record.last_volt = self.value(VOLTAGE, at);
        Ok(())
    }
}
