//! Circuits written by hand, and what their devices do.

use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;

use memspike_circuit::{Builder, Circuit, ElementId, ElementKind, Signal, Stimulus};
use memspike_device::{MODELS, Model, Phase};
use memspike_engine::{DeviceEvent, Events, Follows, Options, Recording, Simulation, Sink};
use memspike_time::Time;
use memspike_waveform::Waveform;

/// Parameters of a diffusive memristor, in the units and with the names of its model card.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Memristor {
    pub von: f64,
    pub vs: f64,
    pub t0: f64,
    pub ton_min: f64,
    pub vhold: f64,
    pub gres: f64,
    pub trelax: f64,
    pub roff: f64,
    pub ron: f64,
    /// Order of the law of dissolution; 0 is exponential.
    pub dissolution: f64,
}

/// A parameter set that carries most of the paper's numbers with exponential dissolution.
pub const ZNO: Memristor = Memristor {
    von: 0.1353,
    vs: 0.0234,
    t0: 1.668,
    ton_min: 20e-9,
    vhold: 0.1,
    gres: 0.5,
    trelax: 10e-3,
    roff: 130e6,
    ron: 4.84e3,
    dissolution: 0.0,
};

/// One that carries all of them, whose remainder loses equal volumes in equal times.
pub const CUBIC: Memristor = Memristor {
    von: 0.1655,
    vs: 0.06,
    t0: 0.0491,
    ton_min: 20e-9,
    vhold: 0.0996,
    gres: 0.692,
    trelax: 6.59e-3,
    roff: 130e6,
    ron: 130.0,
    dissolution: 3.0,
};

/// A switch with hysteresis: on above `vt + vh`, off below `vt - vh`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Switch {
    pub vt: f64,
    pub vh: f64,
    pub ron: f64,
    pub roff: f64,
}

/// On at 0.25 V, off at 0.085 V.
pub const SWITCH: Switch = Switch { vt: 0.1675, vh: 0.0825, ron: 1e3, roff: 1e9 };

fn build(kind: &str, values: &[(&str, f64)]) -> Arc<dyn Model> {
    let kind = MODELS.iter().find(|k| k.name == kind).expect("a model of this name");
    let value = |name: &str| values.iter().find(|(n, _)| *n == name).map(|(_, v)| *v);
    let ordered: Vec<f64> =
        kind.parameters.iter().map(|p| value(p.name).unwrap_or(p.default)).collect();
    (kind.build)(&ordered).expect("a device that exists")
}

impl Memristor {
    pub fn model(self) -> Arc<dyn Model> {
        let Self { von, vs, t0, ton_min, vhold, gres, trelax, roff, ron, dissolution } = self;
        let values = [
            ("von", von),
            ("vs", vs),
            ("t0", t0),
            ("ton_min", ton_min),
            ("vhold", vhold),
            ("gres", gres),
            ("trelax", trelax),
            ("roff", roff),
            ("ron", ron),
            ("vform", 0.0),
            ("dissolution", dissolution),
        ];
        build("ts_memristor", &values)
    }
}

impl Switch {
    pub fn model(self) -> Arc<dyn Model> {
        let Self { vt, vh, ron, roff } = self;
        build("sw", &[("vt", vt), ("vh", vh), ("ron", ron), ("roff", roff)])
    }
}

/// A circuit under construction; nodes are named in the calls, as in a deck.
#[derive(Debug, Default)]
pub struct Rig(Builder);

impl Rig {
    pub fn new() -> Self {
        Self::default()
    }

    fn add(&mut self, name: &str, [a, b]: [&str; 2], kind: ElementKind) -> &mut Self {
        let nodes = [self.0.node(a), self.0.node(b)];
        self.0.element(name, nodes, kind);
        self
    }

    pub fn r(&mut self, name: &str, nodes: [&str; 2], ohm: f64) -> &mut Self {
        self.add(name, nodes, ElementKind::Resistor { ohm })
    }

    pub fn c(&mut self, name: &str, nodes: [&str; 2], farad: f64) -> &mut Self {
        self.add(name, nodes, ElementKind::Capacitor { farad, initial: None })
    }

    pub fn c_at(&mut self, name: &str, nodes: [&str; 2], farad: f64, volt: f64) -> &mut Self {
        self.add(name, nodes, ElementKind::Capacitor { farad, initial: Some(volt) })
    }

    pub fn v(&mut self, name: &str, nodes: [&str; 2], stimulus: Stimulus) -> &mut Self {
        self.add(name, nodes, ElementKind::VoltageSource(stimulus))
    }

    pub fn e(&mut self, name: &str, nodes: [&str; 2], control: [&str; 2], gain: f64) -> &mut Self {
        let control = control.map(|n| self.0.node(n));
        self.add(name, nodes, ElementKind::Vcvs { gain, control })
    }

    pub fn g(&mut self, name: &str, nodes: [&str; 2], control: [&str; 2], s: f64) -> &mut Self {
        let control = control.map(|n| self.0.node(n));
        self.add(name, nodes, ElementKind::Vccs { siemens: s, control })
    }

    pub fn n(&mut self, name: &str, nodes: [&str; 2], model: Memristor) -> &mut Self {
        self.add(name, nodes, ElementKind::Memristor(model.model()))
    }

    pub fn s(&mut self, name: &str, nodes: [&str; 2], control: [&str; 2], m: Switch) -> &mut Self {
        let control = control.map(|n| self.0.node(n));
        self.add(name, nodes, ElementKind::Switch { model: m.model(), control, on: false })
    }

    /// Hands the circuit out and leaves an empty rig behind.
    pub fn build(&mut self) -> Circuit {
        std::mem::take(&mut self.0).build().expect("a circuit that can be solved")
    }
}

/// Instants at which devices turn on, by name.
pub type Spikes = BTreeMap<String, Vec<Time>>;

/// Every phase change of a run.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Record {
    pub events: Vec<(Time, DeviceEvent)>,
    names: Vec<String>,
}

impl Sink for Record {
    fn follows(&self) -> Follows {
        Follows::events(Events::Phases)
    }

    fn begin(
        &mut self,
        circuit: &Circuit,
        _start: Time,
        _phases: &[(ElementId, Phase)],
    ) -> io::Result<()> {
        assert!(self.names.is_empty(), "a run begins once");
        self.names = circuit.elements().iter().map(|e| e.name.clone()).collect();
        Ok(())
    }

    fn event(&mut self, at: Time, event: DeviceEvent) -> io::Result<()> {
        self.events.push((at, event));
        Ok(())
    }
}

impl Record {
    pub fn spikes(&self) -> Spikes {
        let mut spikes = Spikes::new();
        for (at, event) in self.events.iter().filter(|(_, e)| e.is_spike()) {
            spikes.entry(self.names[event.element.index()].clone()).or_default().push(*at);
        }
        spikes
    }
}

/// The closed forms of some signals, as the run hands them out.
#[derive(Debug, Default, PartialEq)]
pub struct Trace(Recording);

impl Trace {
    /// Follows the voltages of these nodes against ground.
    pub fn of(circuit: &Circuit, nodes: &[&str]) -> Self {
        let ground = memspike_circuit::NodeId::GROUND;
        let node = |name: &&str| circuit.find_node(name).expect("a node of this name");
        let signals = nodes.iter().map(|n| Signal::Voltage(node(n), ground));
        Self(Recording::of_waveforms(signals.collect()))
    }

    /// Value of a signal at `t` seconds.
    pub fn at(&self, signal: usize, t: f64) -> f64 {
        self.0.value(signal, Time::from_s(t)).expect("a form")
    }
}

impl Sink for Trace {
    fn follows(&self) -> Follows {
        self.0.follows()
    }

    fn waveform(&mut self, at: Time, signal: usize, form: &Waveform) -> io::Result<()> {
        self.0.waveform(at, signal, form)
    }
}

/// A simulation of `circuit` from initial conditions.
pub fn simulation(circuit: &Circuit) -> Simulation<'_> {
    Simulation::new(circuit, &Options { from_initial_conditions: true, seed: 0 })
        .expect("a simulation")
}

/// Runs `circuit` into these sinks.
pub fn run_into(circuit: &Circuit, until_s: f64, sinks: &mut [&mut dyn Sink]) {
    simulation(circuit)
        .run(Time::from_s(until_s), sinks, &mut |_| ControlFlow::Continue(()))
        .expect("a run that ends");
}

/// Every phase change of `circuit` up to `until_s` seconds.
pub fn record(circuit: &Circuit, until_s: f64) -> Record {
    let mut record = Record::default();
    run_into(circuit, until_s, &mut [&mut record]);
    record
}

/// Turn-ons of the device `name` up to `until_s` seconds.
pub fn spikes(circuit: &Circuit, until_s: f64, name: &str) -> Vec<Time> {
    record(circuit, until_s).spikes().remove(name).unwrap_or_default()
}
