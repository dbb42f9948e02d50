//! Runs written by hand: closed forms and device events in the order of time.

#![allow(dead_code)]

use memspike_circuit::{Builder, Circuit, ElementKind, NodeId, Signal, Stimulus};
use memspike_device::{MODELS, Phase, Terminals};
use memspike_engine::{DeviceEvent, Sink};
use memspike_time::Time;
use memspike_waveform::{Term, Waveform};
use num_complex::Complex64;

/// A source, a resistor and a memristor at the top, in subcircuit `x1` and in `neuron[3]`.
pub fn circuit() -> Circuit {
    let kind = MODELS.iter().find(|k| k.terminals == Terminals::Two).expect("a memristor");
    let defaults: Vec<f64> = kind.parameters.iter().map(|p| p.default).collect();
    let model = (kind.build)(&defaults).expect("defaults describe a device");
    let mut b = Builder::new();
    for prefix in ["", "x1.", "xneuron[3]."] {
        let ground = b.node("0");
        let input = b.node(&format!("{prefix}in"));
        let mem = b.node(&format!("{prefix}mem"));
        b.element(
            &format!("{prefix}v1"),
            [input, ground],
            ElementKind::VoltageSource(Stimulus::Dc(1.0)),
        );
        b.element(&format!("{prefix}r1"), [input, mem], ElementKind::Resistor { ohm: 1e6 });
        b.element(
            &format!("{prefix}c1"),
            [mem, ground],
            ElementKind::Capacitor { farad: 1e-9, initial: None },
        );
        b.element(&format!("{prefix}n1"), [mem, ground], ElementKind::Memristor(model.clone()));
    }
    b.build().expect("a sound circuit")
}

pub fn voltage(circuit: &Circuit, node: &str) -> Signal {
    Signal::Voltage(circuit.find_node(node).expect("a node"), NodeId::GROUND)
}

pub fn current(circuit: &Circuit, element: &str) -> Signal {
    Signal::Current(circuit.find_element(element).expect("an element"))
}

/// An instant with its fraction of a femtosecond, as an engine solves it.
pub fn instant(s: f64) -> Time {
    let whole = Time::from_s(s);
    if whole.as_s() == s { whole } else { Time::ZERO.plus(s) }
}

/// What an engine would report.
#[derive(Debug, Clone, Default)]
pub struct Run {
    /// From when on, which signal, follows what; in the order of time.
    pub forms: Vec<(f64, usize, Waveform)>,
    /// When which device takes which phase and filament.
    pub events: Vec<(f64, &'static str, Phase, f64)>,
    pub end: f64,
}

impl Run {
    pub fn play(&self, circuit: &Circuit, sink: &mut impl Sink) {
        let mut phases: Vec<_> = circuit
            .element_ids()
            .filter(|&id| circuit.element(id).device().is_some())
            .map(|id| (id, Phase::Off))
            .collect();
        sink.begin(circuit, Time::ZERO, &phases).expect("begins");
        let follows = sink.follows().events;
        let mut events = self.events.iter().peekable();
        let mut event = |sink: &mut dyn Sink, until: f64| {
            while let Some(&&(at, name, to, filament)) = events.peek().filter(|e| e.0 <= until) {
                events.next();
                let element = circuit.find_element(name).expect("an element");
                let phase = phases.iter_mut().find(|p| p.0 == element).expect("a device");
                let from = std::mem::replace(&mut phase.1, to);
                let what = DeviceEvent { element, from, to, filament };
                if follows.include(&what) {
                    sink.event(instant(at), what).expect("takes events");
                }
            }
        };
        for (at, signal, form) in &self.forms {
            event(sink, *at);
            sink.waveform(instant(*at), *signal, form).expect("takes forms");
        }
        event(sink, self.end);
        sink.end(instant(self.end)).expect("ends");
    }

    /// Value of a signal just before (`before`) or from `t` on.
    pub fn value(&self, signal: usize, t: f64, before: bool) -> f64 {
        let begun = |at: f64| if before { at < t } else { at <= t };
        let piece =
            self.forms.iter().rfind(|(at, s, _)| *s == signal && (begun(*at) || *at == 0.0));
        let (at, _, form) = piece.expect("a form from the start");
        form.eval(Time::from_s(t).since(instant(*at)))
    }

    /// Greatest minus least value of a signal, densely sampled.
    pub fn span(&self, signal: usize) -> f64 {
        let values =
            || (0..=20_000).map(|k| self.value(signal, self.end * f64::from(k) / 2e4, false));
        values().fold(f64::MIN, f64::max) - values().fold(f64::MAX, f64::min)
    }
}

/// The greatest distance between the closed form and the straight lines through `points`.
pub fn interpolation_error(run: &Run, signal: usize, points: &[(f64, f64)]) -> f64 {
    let mut worst = 0.0_f64;
    for pair in points.windows(2) {
        let [(t0, v0), (t1, v1)] = [pair[0], pair[1]];
        // Between the two sides of a jump there is nothing to interpolate.
        if t1 - t0 < 2e-15 {
            continue;
        }
        for k in 1..40 {
            let share = f64::from(k) / 40.0;
            let t = t0 + share * (t1 - t0);
            let line = v0 + share * (v1 - v0);
            worst = worst.max((line - run.value(signal, t, false)).abs());
        }
    }
    worst
}

pub fn term(degree: u8, amp: Complex64, rate: Complex64) -> Term {
    Term::free(degree, amp, rate)
}

pub fn sum(offset: f64, slope: f64, terms: impl IntoIterator<Item = Term>) -> Waveform {
    let mut w = Waveform::ramp(offset, slope);
    for t in terms {
        w.push(t);
    }
    w
}

/// `offset + amplitude * exp(-damping t) * sin(omega t)`.
pub fn sine(offset: f64, amplitude: f64, omega: f64, damping: f64) -> Waveform {
    // Re(-i A e^{i w t}) = A sin(w t).
    let t = term(0, Complex64::new(0.0, -amplitude), Complex64::new(-damping, omega));
    sum(offset, 0.0, [t])
}

/// A run of one signal through every kind of form: charging, a jump, a ramp, a ringing, a repeated
/// mode, a growing mode, two modes that nearly cancel, rest.
pub fn every_form() -> Run {
    let re = |x: f64| Complex64::new(x, 0.0);
    let forms = vec![
        Waveform::relaxation(0.0, 0.8, -100.0),
        Waveform::relaxation(0.3, -0.2, -2e4),
        Waveform::ramp(0.1, 20.0),
        sine(0.2, 0.5, 4e3, 300.0),
        sum(0.0, 0.0, [term(0, re(0.1), re(-500.0)), term(1, re(300.0), re(-500.0))]),
        sum(0.0, 0.0, [term(0, re(1e-3), re(400.0))]),
        sum(0.4, 0.0, [term(0, re(2e5), re(-300.0)), term(0, re(-2e5), re(-300.001))]),
        Waveform::constant(0.25),
        sum(0.25, 0.0, [term(2, re(1e3), re(0.0))]),
    ];
    let forms: Vec<_> =
        forms.into_iter().enumerate().map(|(k, f)| (0.01 * k as f64, 0, f)).collect();
    Run { end: 0.01 * forms.len() as f64, forms, events: Vec::new() }
}
