//! The source-measure unit: what it reads during a sweep, and what a person reads from that.
//!
//! It reads the current at the end of each level. A device switches where its conductance changes
//! tenfold from one reading to the next. The threshold is the first level at which it conducts, the hold
//! voltage the last one.

use memspike_circuit::{Circuit, ElementKind, Signal, Staircase, Stimulus};
use memspike_time::Time;

use crate::error::PaperError;

use super::{
    lab::{Lab, Run},
    reading::{Meter, current, voltage},
    scale::Scale,
};

/// Change of conductance that is a switch.
const SWITCH: f64 = 10.0;

/// Voltages below this give no conductance (V).
const LEAST_V: f64 = 1e-4;

/// How near a level must be to be that voltage (V).
const NEAR_V: f64 = 1e-6;

/// What the unit is set to, and the current that it finds there.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Reading {
    /// Set voltage, not that of a device whose current is limited (V).
    pub volt: f64,
    /// Through the device (A).
    pub ampere: f64,
}

impl Reading {
    /// None at zero volts.
    fn siemens(self) -> Option<f64> {
        (self.volt.abs() > LEAST_V).then(|| (self.ampere / self.volt).abs())
    }

    fn is_at(self, volt: f64) -> bool {
        (self.volt - volt).abs() < NEAR_V
    }
}

/// What a person reads from one sweep up and down again.
#[derive(Debug, Clone, Default)]
pub struct Sweep {
    /// The readings next to the turn-on: the last one off, the first one on.
    pub turn_on: Option<[Reading; 2]>,
    /// The last level at which it conducted (V); 0 if it did so down to the least one.
    pub hold_v: Option<f64>,
    /// Where the resistance off is read, 0.14 V for the paper's device, on the way up.
    pub leak: Option<Reading>,
    /// Where resistances are compared, 0.12 V for the paper's device, on the way up (ohm).
    pub off_ohm: Option<f64>,
    /// The same on the way down (ohm).
    pub on_ohm: Option<f64>,
}

impl Sweep {
    /// Where it turned on (V).
    pub fn threshold_v(&self) -> Option<f64> {
        self.turn_on.map(|[_, on]| on.volt)
    }

    /// Volts for each tenfold of the current as it turns on.
    pub fn slope(&self) -> Option<f64> {
        self.turn_on.map(|[off, on]| (on.volt - off.volt) / (on.ampere / off.ampere).log10())
    }

    /// Currents on and off where resistances are compared, by each other.
    pub fn ratio(&self) -> Option<f64> {
        self.off_ohm.zip(self.on_ohm).map(|(off, on)| off / on)
    }

    fn take(&mut self, before: Reading, now: Reading, scale: &Scale) {
        let rises = now.volt > before.volt;
        if let (Some(was), Some(is)) = (before.siemens(), now.siemens()) {
            if self.turn_on.is_none() && is > SWITCH * was {
                self.turn_on = Some([before, now]);
            }
            if self.turn_on.is_some() && self.hold_v.is_none() && was > SWITCH * is {
                self.hold_v = Some(before.volt);
            }
        }
        if self.turn_on.is_some() && self.hold_v.is_none() && now.volt < LEAST_V {
            self.hold_v = Some(0.0);
        }
        let ohm = now.siemens().map(f64::recip);
        match rises {
            true if now.is_at(scale.read_v) => self.off_ohm = ohm,
            true if now.is_at(scale.leak_v) => self.leak = Some(now),
            false if now.is_at(scale.read_v) => self.on_ohm = ohm,
            _ => {}
        }
    }
}

/// Sweeps of positive voltage one after another, each from zero to zero.
struct Reader<'s> {
    scale: &'s Scale,
    before: Reading,
    sweeps: Vec<Sweep>,
}

impl<'s> Reader<'s> {
    fn new(scale: &'s Scale) -> Self {
        Self { scale, before: Reading::default(), sweeps: Vec::new() }
    }

    fn reading(&mut self, reading: Reading) {
        if self.before.volt < LEAST_V && reading.volt > LEAST_V {
            self.sweeps.push(Sweep::default());
        }
        // What is below zero belongs to no sweep.
        if let Some(sweep) = self.sweeps.last_mut().filter(|_| reading.volt > -LEAST_V) {
            sweep.take(self.before, reading, self.scale);
        }
        self.before = reading;
    }
}

/// Simulates a deck with one unit `Vsmu` and one device `N1`. `show` is handed every reading with
/// the number of its sweep, from 1; only what a person reads from each sweep is kept.
pub fn measure(
    lab: &Lab<'_>,
    run: &Run,
    mut show: impl FnMut(usize, Reading),
) -> Result<Vec<Sweep>, PaperError> {
    let circuit = &run.deck.circuit;
    let signals: Vec<Signal> = vec![voltage(circuit, "vsmu.force"), current(circuit, "n1")];
    let staircase = staircase(circuit);
    let times = (1..=staircase.levels()).map(|level| Time::from_s(staircase.start_s(level)));
    let mut reader = Reader::new(lab.scale());
    let mut meter = Meter::new(signals, times, |_, values| {
        let reading = Reading { volt: values[0], ampere: values[1] };
        reader.reading(reading);
        show(reader.sweeps.len(), reading);
    });
    lab.simulate(run, &mut [&mut meter])?;
    drop(meter);
    Ok(reader.sweeps)
}

fn staircase(circuit: &Circuit) -> &Staircase {
    let found = circuit.elements().iter().find_map(|element| match &element.kind {
        ElementKind::VoltageSource(Stimulus::Staircase(staircase)) => Some(staircase),
        _ => None,
    });
    found.expect("the deck sweeps")
}

#[cfg(test)]
mod tests {
    use super::{Reader, Reading, Scale};

    /// A device of 100 Mohm off and 10 kohm on, between `on_v` and `off_v`, in steps of 5 mV.
    fn sweep(on_v: f64, off_v: f64) -> Reader<'static> {
        let mut reader = Reader::new(&Scale::PAPER);
        let mut on = false;
        let up = (0..=60).map(|k| 5e-3 * f64::from(k));
        let down = (0..=60).map(|k| 0.3 - 5e-3 * f64::from(k));
        for volt in up.chain(down).chain([-0.005, -0.3, -0.005]) {
            on = if on { volt > off_v } else { volt >= on_v };
            let ohm = if on { 1e4 } else { 1e8 };
            reader.reading(Reading { volt, ampere: volt / ohm });
        }
        reader
    }

    #[test]
    fn a_sweep_is_read_as_a_person_would() {
        let reader = sweep(0.17, 0.1);
        let [sweep] = reader.sweeps.as_slice() else { panic!("{} sweeps", reader.sweeps.len()) };
        // It is on from 170 mV to 105 mV: at 100 mV it has ruptured.
        assert!((sweep.threshold_v().expect("on") - 0.17).abs() < 1e-12);
        assert!((sweep.hold_v.expect("off") - 0.105).abs() < 1e-12);
        assert!((sweep.ratio().expect("both") - 1e4).abs() < 1e-6);
        assert!((sweep.leak.expect("read").ampere - 1.4e-9).abs() < 1e-20);
        // 1.65 nA to 17 uA are 4.013 decades.
        assert!((sweep.slope().expect("on") - 5e-3 / 4.012_965).abs() < 1e-8);
    }

    #[test]
    fn a_device_that_never_turns_on_has_no_threshold() {
        let reader = sweep(0.4, 0.1);
        assert!(reader.sweeps[0].threshold_v().is_none() && reader.sweeps[0].hold_v.is_none());
        assert!((reader.sweeps[0].ratio().expect("both") - 1.0).abs() < 1e-9);
    }
}
