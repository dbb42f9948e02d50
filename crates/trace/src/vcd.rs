//! Waveforms for GTKWave and Surfer.

use std::io::{self, Write};

use memspike_circuit::{Circuit, ElementId, NodeId, Signal};
use memspike_device::{Phase, Transition};
use memspike_engine::{DeviceEvent, Sink, Time};
use memspike_waveform::Waveform;
use vcd::{IdCode, SimulationCommand, TimescaleUnit, VarType};

use crate::Sampling;
use crate::name::{clean, node, signal_name};
use crate::number::Number;
use crate::scope::Scope;
use crate::tracker::{Grouping, Pen, Side, Tracker};

/// How a VCD is written.
#[derive(Debug, Clone, PartialEq)]
pub struct VcdOptions {
    /// Where points are placed.
    pub sampling: Sampling,
    /// Name of the outermost scope, cleaned as any other.
    pub top: String,
}

impl Default for VcdOptions {
    fn default() -> Self {
        Self { sampling: Sampling::default(), top: "memspike".to_owned() }
    }
}

/// Writes a value change dump with a timescale of 1 fs.
///
/// - Every subcircuit is a scope, every memristor and switch a scope within it.
/// - A voltage is a real variable `v(node)` (or `v(a,b)`), a current `i(element)`, or `i` in the
///   scope of a device.
/// - A device has `spike`, one bit that is 1 while the device conducts (it rises at the spike),
///   `state`, a string (`off`, `growing`, `saturated`, `on`), and `filament`, a real with the
///   value right after each transition. The limiter of a source has `state` alone (`regulating`,
///   `sourcing`, `sinking`).
/// - An analog value that jumps shows its old value one femtosecond earlier, so that both
///   step and interpolated traces are right. (Viewers drop a value that repeats the one before, so
///   where a plateau ends only a step trace is.)
/// - A value that is not a finite number ends the dump with an error.
///
/// Buffer `writer`: values are written one by one.
pub struct VcdSink<W: Write> {
    signals: Vec<Signal>,
    top: String,
    tracker: Tracker,
    pen: VcdPen<W>,
    /// What devices did at the present instant.
    events: Vec<DeviceEvent>,
    devices: Vec<Device>,
    /// Position in `devices` by element.
    device_of: Vec<Option<usize>>,
    dumped: bool,
}

struct Device {
    phase: Phase,
    filament: f64,
    state: IdCode,
    /// Of the spike and the filament, if it has them.
    spiking: Option<[IdCode; 2]>,
}

impl<W: Write> VcdSink<W> {
    /// Writes the given signals, and all devices, to `writer`.
    #[must_use]
    pub fn new(writer: W, signals: Vec<Signal>, options: VcdOptions) -> Self {
        Self {
            tracker: Tracker::new(signals.len(), options.sampling, Grouping::Apart),
            pen: VcdPen {
                codes: vec![IdCode::FIRST; signals.len()],
                names: Vec::new(),
                writer: vcd::Writer::new(Held(Some(writer))),
                last: None,
            },
            signals,
            top: clean(&options.top),
            events: Vec::new(),
            devices: Vec::new(),
            device_of: Vec::new(),
            dumped: false,
        }
    }

    /// The writer; what was written is complete after [`Sink::end`].
    ///
    /// # Errors
    /// None today; it matches the other sinks.
    pub fn into_inner(mut self) -> io::Result<W> {
        self.pen.writer.writer().0.take().ok_or_else(|| io::Error::other("the writer is gone"))
    }

    fn header(&mut self, circuit: &Circuit) -> io::Result<()> {
        let mut root = Scope::default();
        for (slot, &signal) in self.signals.iter().enumerate() {
            place_signal(&mut root, circuit, signal, slot);
        }
        let first = self.signals.len();
        let switching = |(_, id): &(usize, &Option<usize>)| id.is_some();
        for (element, device) in self.device_of.iter().enumerate().filter(switching) {
            let slot = first + 3 * device.unwrap_or_default();
            let scope = root.descend(circuit.elements()[element].name.split('.'));
            let spikes = circuit.elements()[element].spikes();
            if spikes {
                scope.variable(VarType::Wire, "spike", slot);
            }
            scope.variable(VarType::String, "state", slot + 1);
            if spikes {
                scope.variable(VarType::Real, "filament", slot + 2);
            }
        }
        let mut codes = vec![IdCode::FIRST; first + 3 * self.devices.len()];
        let writer = &mut self.pen.writer;
        writer.version(concat!("memspike ", env!("CARGO_PKG_VERSION")))?;
        writer
            .comment("spike is 1 while the device conducts; filament as of its last transition")?;
        writer.timescale(1, TimescaleUnit::FS)?;
        root.write(&self.top, writer, &mut codes)?;
        writer.enddefinitions()?;
        for (device, codes) in self.devices.iter_mut().zip(codes[first..].chunks_exact(3)) {
            (device.state, device.spiking) =
                (codes[1], device.spiking.map(|_| [codes[0], codes[2]]));
        }
        codes.truncate(first);
        self.pen.codes = codes;
        Ok(())
    }

    /// Moves the present to `at`: what the last instant changed is written, then points up to here.
    fn reach(&mut self, at: Time) -> io::Result<()> {
        if at == self.tracker.now() {
            return Ok(());
        }
        if at < self.tracker.now() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "time went backwards"));
        }
        self.close_instant()?;
        self.tracker.advance(at, &mut self.pen)
    }

    fn close_instant(&mut self) -> io::Result<()> {
        if !std::mem::replace(&mut self.dumped, true) {
            self.pen.stamp(self.tracker.now().tick)?;
            self.pen.writer.begin(SimulationCommand::Dumpvars)?;
            self.tracker.settle(&mut self.pen)?;
            for device in &self.devices {
                device.write(&mut self.pen.writer)?;
            }
            self.pen.writer.end()?;
        } else {
            self.tracker.settle(&mut self.pen)?;
        }
        if !self.events.is_empty() {
            self.pen.stamp(self.tracker.now().tick)?;
        }
        for event in self.events.drain(..) {
            let position = self.device_of.get(event.element.index()).copied().flatten();
            if let Some(device) = position.map(|p| &mut self.devices[p]) {
                device.phase = event.to;
                device.filament = event.filament;
                device.write(&mut self.pen.writer)?;
            }
        }
        Ok(())
    }
}

/// A voltage goes to the innermost subcircuit that holds both its nodes.
fn place_signal(root: &mut Scope, circuit: &Circuit, signal: Signal, slot: usize) {
    match signal {
        Signal::Voltage(plus, minus) => {
            let plus: Vec<&str> = node(circuit, plus).split('.').collect();
            let minus: Option<Vec<&str>> =
                (minus != NodeId::GROUND).then(|| node(circuit, minus).split('.').collect());
            let depth = minus.as_ref().map_or(plus.len() - 1, |minus| {
                let least = plus.len().min(minus.len()) - 1;
                (0..least).take_while(|&level| plus[level] == minus[level]).count()
            });
            let below = |path: &[&str]| clean(&path[depth..].join("."));
            let name = match &minus {
                Some(minus) => format!("v({},{})", below(&plus), below(minus)),
                None => format!("v({})", below(&plus)),
            };
            root.descend(plus[..depth].iter().copied()).variable(VarType::Real, &name, slot);
        }
        Signal::Current(id) => {
            let element = &circuit.elements()[id.index()];
            if element.spikes() {
                root.descend(element.name.split('.')).variable(VarType::Real, "i", slot);
            } else {
                let (path, own) = element.name.rsplit_once('.').unwrap_or(("", &element.name));
                let path = path.split('.').filter(|level| !level.is_empty());
                let name = format!("i({})", clean(own));
                root.descend(path).variable(VarType::Real, &name, slot);
            }
        }
    }
}

impl Device {
    fn write<W: Write>(&self, writer: &mut vcd::Writer<W>) -> io::Result<()> {
        if let Some([spike, _]) = self.spiking {
            writer.change_scalar(spike, self.phase.is_on())?;
        }
        writer.change_string(self.state, self.phase.label())?;
        if let Some([_, level]) = self.spiking {
            let filament = Number(finite(self.filament, || "filament".into())?);
            writeln!(writer.writer(), "r{filament} {level}")?;
        }
        Ok(())
    }
}

impl<W: Write> Sink for VcdSink<W> {
    fn signals(&self) -> Vec<Signal> {
        self.signals.clone()
    }

    fn begin(
        &mut self,
        circuit: &Circuit,
        start: Time,
        phases: &[(ElementId, Phase)],
    ) -> io::Result<()> {
        self.tracker.begin(start);
        self.device_of = vec![None; circuit.elements().len()];
        for &(element, phase) in phases {
            self.device_of[element.index()] = Some(self.devices.len());
            self.devices.push(Device {
                phase,
                filament: initial_filament(circuit, element, phase),
                state: IdCode::FIRST,
                spiking: circuit.element(element).spikes().then_some([IdCode::FIRST; 2]),
            });
        }
        self.pen.names = self.signals.iter().map(|&s| signal_name(circuit, s)).collect();
        self.header(circuit)
    }

    fn waveform(&mut self, at: Time, signal: usize, form: &Waveform) -> io::Result<()> {
        self.reach(at)?;
        self.tracker.change(signal, form);
        Ok(())
    }

    fn device(&mut self, at: Time, event: DeviceEvent) -> io::Result<()> {
        self.reach(at)?;
        self.events.push(event);
        Ok(())
    }

    fn end(&mut self, at: Time) -> io::Result<()> {
        self.reach(at)?;
        self.close_instant()?;
        self.tracker.finish(&mut self.pen)?;
        // A last time stamp, so that viewers show the whole run.
        self.pen.stamp(at.tick)?;
        self.pen.writer.flush()
    }
}

/// The filament at the start of a run: that of a rested device which entered its phase.
fn initial_filament(circuit: &Circuit, element: ElementId, phase: Phase) -> f64 {
    circuit.elements()[element.index()].device().map_or(0.0, |(model, _)| {
        let rest = model.rest();
        if rest.phase == phase {
            return rest.filament;
        }
        let turned = Transition { at_s: 0.0, to: phase };
        model.transit(rest, &Waveform::default(), 0.0, turned).filament
    })
}

/// A writer that can be taken back out of [`vcd::Writer`], which only lends it.
struct Held<W>(Option<W>);

impl<W: Write> Write for Held<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.as_mut().map_or(Ok(0), |w| w.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.as_mut().map_or(Ok(()), Write::flush)
    }
}

struct VcdPen<W: Write> {
    writer: vcd::Writer<Held<W>>,
    codes: Vec<IdCode>,
    names: Vec<String>,
    /// The last time stamp written.
    last: Option<u64>,
}

impl<W: Write> VcdPen<W> {
    /// Makes `tick` the time of what follows, never going back.
    fn stamp(&mut self, tick: u64) -> io::Result<()> {
        if self.last.is_none_or(|last| last < tick) {
            self.writer.timestamp(tick)?;
            self.last = Some(tick);
        }
        Ok(())
    }
}

impl<W: Write> Pen for VcdPen<W> {
    fn points(&mut self, at: Time, side: Side, due: &[usize], values: &[f64]) -> io::Result<()> {
        match side {
            Side::Before => {
                let tick = at.tick.saturating_sub(1);
                if self.last.is_none_or(|last| last > tick) {
                    return Ok(());
                }
                self.stamp(tick)?;
            }
            Side::After => self.stamp(at.tick)?,
        }
        for &signal in due {
            let value = finite(values[signal], || self.names[signal].clone())?;
            writeln!(self.writer.writer(), "r{} {}", Number(value), self.codes[signal])?;
        }
        Ok(())
    }
}

/// `value`, or an error that names what is not finite: no viewer reads it.
pub(crate) fn finite(value: f64, name: impl FnOnce() -> String) -> io::Result<f64> {
    if value.is_finite() {
        return Ok(value);
    }
    let text = format!("{} left the range of numbers", name());
    Err(io::Error::new(io::ErrorKind::InvalidData, text))
}
