//! Waveforms for GTKWave and Surfer, in one order of values whatever the syntax of the file.

mod bus;
mod form;
mod pen;
mod stamp;
mod timescale;
mod values;

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use memspike_circuit::{Circuit, DeviceVariable, Element, ElementId, NetId, NodeId, Signal};
use memspike_device::{Phase, Transition};
use memspike_digital::Level;
use memspike_engine::{DeviceEvent, Events, Follows, Sink};
use memspike_time::Time;
use memspike_waveform::Waveform;

use self::bus::{Bus, Buses};
use self::pen::DumpPen;
use self::values::Device;
use crate::Sampling;
use crate::gtkw::{SaveNames, save_file};
use crate::name::{clean, node, signal_name};
use crate::scope::{Kind, Scope};
use crate::surfer::command_file;
use crate::trace::{Trace, TraceKind};
use crate::tracker::{Grouping, Tracker};

pub use form::{Form, Header};
pub use timescale::TimeScale;

/// How a dump is written.
#[derive(Debug, Clone, PartialEq)]
pub struct DumpOptions {
    /// Where points are placed.
    pub sampling: Sampling,
    /// Name of the outermost scope, cleaned as any other.
    pub top: String,
    /// The unit of time.
    pub scale: TimeScale,
    /// Which variables of devices are shown; nothing for all.
    pub devices: Option<BTreeSet<(ElementId, DeviceVariable)>>,
    /// Which nets are shown.
    pub nets: Vec<NetId>,
}

impl Default for DumpOptions {
    fn default() -> Self {
        Self {
            sampling: Sampling::default(),
            top: "memspike".to_owned(),
            scale: TimeScale::default(),
            devices: None,
            nets: Vec::new(),
        }
    }
}

/// Writes a value change dump, whose syntax is that of `F`.
///
/// - Every subcircuit is a scope, every memristor and switch a scope within it.
/// - A voltage is a real variable `v(node)` (or `v(a,b)`), a current `i(element)`, or `i` in the
///   scope of a device. Names that had to be changed are listed in a comment, the deck's first.
/// - A device has `spike`, one bit that is 1 while the device conducts (it rises at the spike; a
///   pulse within one unit of time is a rise and a fall there), `state` (`off`, `growing`,
///   `saturated`, `on`; a string in VCD, bits in FST), and `filament`, a real with the value right after each transition. The limiter
///   of a source has `state` alone (`regulating`, `sourcing`, `sinking`).
/// - An analog value that jumps shows its old value one unit of time earlier, so that both step and
///   interpolated traces are right; so does one that changes within a unit. Readers drop a value that repeats the one before, and with it the
///   end of a plateau; such a value is written one unit in the last place away (at zero as the
///   least normal number).
/// - A net is a wire, `0`, `1` or `x`; nets `q[0]` to `q[7]` are one wire `q [7:0]` if all of them are shown.
/// - A value that is not a finite number ends the dump with an error.
pub struct DumpSink<F: Form> {
    signals: Vec<Signal>,
    top: String,
    /// Variables of devices that are shown; nothing for all.
    shown: Option<BTreeSet<(ElementId, DeviceVariable)>>,
    nets: Vec<NetId>,
    tracker: Tracker,
    pen: DumpPen<F>,
    /// What devices did at the present instant: position in the pen, phase and filament after.
    events: Vec<(usize, Phase, f64)>,
    /// Position in the pen by element.
    device_of: Vec<Option<usize>>,
    /// The variables that are shown.
    traces: Vec<Trace>,
    /// What nets did at the present instant: position among those shown, and level after.
    levels: Vec<(usize, Level)>,
}

impl<F: Form> DumpSink<F> {
    /// Writes the given signals, and what `options` say of devices and nets, in `form`.
    pub(crate) fn of_form(form: F, signals: Vec<Signal>, options: DumpOptions) -> Self {
        Self {
            tracker: Tracker::new(signals.len(), options.sampling, Grouping::Apart),
            pen: DumpPen::new(form, options.scale),
            signals,
            top: clean(&options.top),
            shown: options.devices,
            nets: options.nets,
            events: Vec::new(),
            device_of: Vec::new(),
            levels: Vec::new(),
            traces: Vec::new(),
        }
    }

    /// Once `stop` is set, ends within about a second with what was written by then, however long it would still
    /// take; what the run tells after that is not written.
    #[must_use]
    pub fn stopping(mut self, stop: Arc<AtomicBool>) -> Self {
        self.tracker.stop_with(stop);
        self
    }

    /// Where that happened, if it did: everything is complete up to there.
    #[must_use]
    pub fn stopped_at(&self) -> Option<Time> {
        self.tracker.stopped_at()
    }

    /// A save file of GTKWave for what was written, of a run up to `end`.
    #[must_use]
    pub fn save_file(&self, names: &SaveNames<'_>, end: Time) -> String {
        save_file(names, &self.top, &self.traces, self.pen.scale.units(end))
    }

    /// A command file of Surfer for what was written.
    #[must_use]
    pub fn command_file(&self) -> String {
        command_file(&self.traces)
    }

    /// What writes the values, once nothing follows.
    pub(crate) fn into_form(self) -> F {
        self.pen.values.form
    }

    fn shows(&self, element: ElementId, variable: DeviceVariable) -> bool {
        self.shown.as_ref().is_none_or(|shown| shown.contains(&(element, variable)))
    }

    /// Writes the header, and tells the pen its slots.
    fn header(&mut self, circuit: &Circuit, devices: &[(ElementId, Phase)]) -> io::Result<()> {
        let mut root = Scope::default();
        for (slot, &signal) in self.signals.iter().enumerate() {
            place_signal(&mut root, circuit, signal, slot);
        }
        let mut used = self.signals.len();
        let slots = self.place_devices(&mut root, circuit, (devices, &mut used));
        let mut buses = Buses::new(Bus::group(circuit, &self.nets), self.nets.len());
        buses.first_slot = used;
        for bus in &buses.buses {
            let (path, own) = bus.name.rsplit_once('.').unwrap_or(("", &bus.name));
            let path = path.split('.').filter(|level| !level.is_empty());
            root.descend(path).wire(own, bus.range, used);
            used += 1;
        }
        self.traces = self.shown(circuit, devices, (&root, &slots, used), &buses);
        let mut renamed = Vec::new();
        root.renamed("", &format!("{}.", self.top), &mut renamed);
        self.pen.values.form.declare(&Header {
            top: &self.top,
            root: &root,
            slots: used,
            scale: self.pen.scale,
            renamed: &renamed,
        })?;
        self.pen.values.devices = devices
            .iter()
            .zip(slots)
            .map(|(&(element, phase), [spike, state, level])| Device {
                phase,
                filament: initial_filament(circuit, element, phase),
                spike,
                state,
                level,
            })
            .collect();
        self.pen.values.buses = buses;
        Ok(())
    }

    /// Gives every device the slots of its variables, from `used` on.
    fn place_devices(
        &self,
        root: &mut Scope,
        circuit: &Circuit,
        (devices, used): (&[(ElementId, Phase)], &mut usize),
    ) -> Vec<[Option<usize>; 3]> {
        let mut slots = Vec::with_capacity(devices.len());
        for &(id, _) in devices {
            let element = circuit.element(id);
            let mut variable = |kind, name, what, exists: bool| {
                (exists && self.shows(id, what)).then(|| {
                    root.descend(element.name.split('.')).variable(kind, name, &[], *used);
                    *used += 1;
                    *used - 1
                })
            };
            let spikes = element.spikes();
            slots.push([
                variable(Kind::Wire, "spike", DeviceVariable::Spike, spikes),
                variable(Kind::State(state_bits(element)), "state", DeviceVariable::State, true),
                variable(Kind::Real, "filament", DeviceVariable::Filament, spikes),
            ]);
        }
        slots
    }

    /// The variables, each with its place in the dump.
    fn shown(
        &self,
        circuit: &Circuit,
        devices: &[(ElementId, Phase)],
        (root, slots, used): (&Scope, &[[Option<usize>; 3]], usize),
        buses: &Buses,
    ) -> Vec<Trace> {
        let mut paths = vec![String::new(); used];
        root.paths(&format!("{}.", self.top), &mut paths);
        let of_buses = used - buses.buses.len();
        let mut path = |slot: usize| std::mem::take(&mut paths[slot]);
        let mut traces = Vec::with_capacity(used);
        for (slot, (signal, name)) in self.signals.iter().zip(&self.pen.names).enumerate() {
            let kind = match signal {
                Signal::Voltage(..) => TraceKind::Voltage,
                Signal::Current(_) => TraceKind::Current,
            };
            traces.push(Trace { kind, name: name.clone(), path: path(slot), state_bits: 0 });
        }
        const KINDS: [TraceKind; 3] = [TraceKind::Spike, TraceKind::State, TraceKind::Filament];
        for ((device, _), slots) in devices.iter().zip(slots) {
            let element = circuit.element(*device);
            let own =
                KINDS.into_iter().zip(slots).filter_map(|(kind, slot)| Some((kind, (*slot)?)));
            traces.extend(own.map(|(kind, slot)| Trace {
                kind,
                name: element.name.clone(),
                path: path(slot),
                state_bits: state_bits(element),
            }));
        }
        for (at, bus) in buses.buses.iter().enumerate() {
            let (kind, name) = (TraceKind::Net, bus.name.clone());
            traces.push(Trace { kind, name, path: path(of_buses + at), state_bits: 0 });
        }
        traces
    }

    /// Moves the present to `at`: what the last instant changed is written, then points up to here.
    fn reach(&mut self, at: Time) -> io::Result<()> {
        if at == self.tracker.now() || self.stopped_at().is_some() {
            return Ok(());
        }
        if at < self.tracker.now() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "time went backwards"));
        }
        self.close_instant()?;
        self.tracker.advance(at, &mut self.pen)
    }

    fn close_instant(&mut self) -> io::Result<()> {
        self.tracker.settle(&mut self.pen)?;
        let at = self.tracker.now();
        for (net, level) in self.levels.drain(..) {
            self.pen.level(at, net, level)?;
        }
        for (device, to, filament) in self.events.drain(..) {
            self.pen.device(at, device, to, filament)?;
        }
        Ok(())
    }
}

/// Bits of the state of a device that spikes, whose states are the first, and of any other.
fn state_bits(element: &Element) -> u32 {
    if element.spikes() { 2 } else { 3 }
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
            let below = |path: &[&str]| path[depth..].join(".");
            let names: Vec<String> = [Some(&plus), minus.as_ref()]
                .into_iter()
                .flatten()
                .map(|path| below(path))
                .collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            root.descend(plus[..depth].iter().copied()).variable(Kind::Real, "v", &names, slot);
        }
        Signal::Current(id) => {
            let element = &circuit.elements()[id.index()];
            if element.spikes() {
                root.descend(element.name.split('.')).variable(Kind::Real, "i", &[], slot);
            } else {
                let (path, own) = element.name.rsplit_once('.').unwrap_or(("", &element.name));
                let path = path.split('.').filter(|level| !level.is_empty());
                root.descend(path).variable(Kind::Real, "i", &[own], slot);
            }
        }
    }
}

impl<F: Form> Sink for DumpSink<F> {
    fn follows(&self) -> Follows {
        let devices = self.shown.as_ref().is_none_or(|shown| !shown.is_empty());
        let events = if devices { Events::Phases } else { Events::None };
        Follows { waveforms: self.signals.clone(), events, nets: self.nets.clone() }
    }

    fn begin(
        &mut self,
        circuit: &Circuit,
        start: Time,
        phases: &[(ElementId, Phase)],
    ) -> io::Result<()> {
        self.tracker.begin(start);
        const VARIABLES: [DeviceVariable; 3] =
            [DeviceVariable::Spike, DeviceVariable::State, DeviceVariable::Filament];
        let shown = |id: ElementId| VARIABLES.iter().any(|&variable| self.shows(id, variable));
        let devices: Vec<_> = phases.iter().copied().filter(|&(id, _)| shown(id)).collect();
        self.device_of = vec![None; circuit.elements().len()];
        for (position, (element, _)) in devices.iter().enumerate() {
            self.device_of[element.index()] = Some(position);
        }
        self.pen.names = self.signals.iter().map(|&s| signal_name(circuit, s)).collect();
        self.header(circuit, &devices)?;
        self.pen.begin(start);
        Ok(())
    }

    fn waveform(&mut self, at: Time, signal: usize, form: &Waveform) -> io::Result<()> {
        self.reach(at)?;
        if self.stopped_at().is_none() {
            self.tracker.change(signal, form);
        }
        Ok(())
    }

    fn level(&mut self, at: Time, net: usize, level: Level) -> io::Result<()> {
        self.reach(at)?;
        if self.stopped_at().is_none() {
            self.levels.push((net, level));
        }
        Ok(())
    }

    fn event(&mut self, at: Time, event: DeviceEvent) -> io::Result<()> {
        self.reach(at)?;
        if self.stopped_at().is_some() {
            return Ok(());
        }
        let device = self.device_of.get(event.element.index()).copied().flatten();
        self.events.extend(device.map(|device| (device, event.to, event.filament)));
        Ok(())
    }

    fn end(&mut self, at: Time) -> io::Result<()> {
        self.reach(at)?;
        let stopped = self.stopped_at();
        if stopped.is_none() {
            self.close_instant()?;
        }
        self.tracker.finish(&mut self.pen)?;
        self.pen.finish(stopped.unwrap_or(at))
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
        model.transit(&rest, &Waveform::default(), 0.0, turned).filament
    })
}
