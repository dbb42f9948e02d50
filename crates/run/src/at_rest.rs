//! `.op`, `.dc` and `.ac` of a deck: the circuit at rest, and small signals around that.

use std::borrow::Cow;
use std::ops::ControlFlow;

use memspike_circuit::{Circuit, ElementId, ElementKind, NodeId, Signal};
use memspike_engine::{EngineError, Left, Rest};
use memspike_netlist::{Analysis, Elaborated, Sweep};
use memspike_time::Time;
use memspike_trace::signal_name;
use num_complex::Complex64;
use serde::{Serialize, Serializer, ser::SerializeMap};

/// The results of one analysis at rest.
#[derive(Debug, Clone, PartialEq)]
pub struct Points {
    /// `op`, `dc` or `ac`.
    pub kind: &'static str,
    /// How many of the columns say where a point is: swept sources, or the frequency.
    pub axes: usize,
    /// Name and unit of each column. Signals of `ac` have two, `v(out).re` and `v(out).im`.
    pub columns: Vec<(String, Cow<'static, str>)>,
    /// A row for each point; no number where the circuit never comes to rest, or answers without bound.
    pub rows: Vec<Vec<f64>>,
}

/// The form that `--json` prints: of `op` the value of each signal, else columns and rows.
impl Serialize for Points {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if self.axes == 0 {
            let values = self.rows.iter().flatten();
            for ((name, _), value) in self.columns.iter().zip(values) {
                map.serialize_entry(name, value)?;
            }
        } else {
            let names: Vec<&str> = self.columns.iter().map(|(name, _)| name.as_str()).collect();
            map.serialize_entry("columns", &names)?;
            map.serialize_entry("rows", &self.rows)?;
        }
        map.end()
    }
}

/// What `.op`, `.dc` and `.ac` of a deck show: what `.save` names, else all voltages, and the currents of sources of
/// voltage, inductors and devices.
pub(crate) fn shown(deck: &Elaborated) -> Vec<Signal> {
    let circuit = &deck.circuit;
    if let Some(saved) = &deck.save {
        return saved.signals.clone();
    }
    let nodes = circuit.node_ids().filter(|node| *node != NodeId::GROUND);
    let has_current = |id: &ElementId| {
        let element = circuit.element(*id);
        let is_inductor = matches!(element.kind, ElementKind::Inductor { .. });
        (element.kind.is_voltage_defined() || is_inductor || element.spikes())
            && !element.is_hidden()
    };
    let currents = circuit.element_ids().filter(has_current).map(Signal::Current);
    nodes.map(|node| Signal::Voltage(node, NodeId::GROUND)).chain(currents).collect()
}

fn unit(signal: &Signal) -> &'static str {
    match signal {
        Signal::Voltage(..) => "V",
        Signal::Current(_) => "A",
    }
}

/// The analyses of a deck that was asked for, and what a user should know of them.
pub(crate) struct AtRest {
    pub points: Vec<Points>,
    pub warnings: Vec<String>,
    /// Whether `watch` ended it early.
    pub interrupted: bool,
}

/// Runs them all.
pub(crate) fn at_rest(
    deck: &Elaborated,
    watch: &mut dyn FnMut(Time) -> ControlFlow<()>,
) -> Result<AtRest, EngineError> {
    let mut results = AtRest { points: Vec::new(), warnings: Vec::new(), interrupted: false };
    if deck.at_rest.analyses.is_empty() {
        return Ok(results);
    }
    let signals = shown(deck);
    for analysis in &deck.at_rest.analyses {
        let mut work = Work { deck, signals: &signals, watch: &mut *watch };
        let (points, warning) = match analysis {
            Analysis::OperatingPoint => (work.operating_point()?, None),
            Analysis::Dc(sweeps) => work.sweep(sweeps)?,
            Analysis::Ac(frequencies) => work.small_signals(frequencies)?,
        };
        let asked: usize = match analysis {
            Analysis::OperatingPoint => 1,
            Analysis::Dc(sweeps) => sweeps.iter().map(|sweep| sweep.values.len()).product(),
            Analysis::Ac(frequencies) => frequencies.len(),
        };
        results.interrupted |= points.rows.len() < asked;
        results.warnings.extend(warning);
        results.points.push(points);
        if results.interrupted {
            break;
        }
    }
    Ok(results)
}

/// Names and units as results have them.
fn owned(
    columns: impl Iterator<Item = (String, &'static str)>,
) -> Vec<(String, Cow<'static, str>)> {
    columns.map(|(name, unit)| (name, unit.into())).collect()
}

struct Work<'d, 'w> {
    deck: &'d Elaborated,
    signals: &'d [Signal],
    watch: &'w mut dyn FnMut(Time) -> ControlFlow<()>,
}

/// Points of a sweep without rest: how many, and where the first is.
type Restless = Option<(usize, Vec<f64>)>;

impl<'d> Work<'d, '_> {
    fn columns(&self) -> impl Iterator<Item = (String, &'static str)> {
        let name = |signal: &Signal| signal_name(&self.deck.circuit, *signal);
        self.signals.iter().map(move |signal| (name(signal), unit(signal)))
    }

    /// A circuit at rest with the values that `DC` of its sources says.
    fn rest<'c>(&self, circuit: &'c Circuit) -> Rest<'c> {
        let mut rest = Rest::new(circuit, self.signals, self.deck.seed);
        self.deck.at_rest.dc.iter().for_each(|(source, value)| rest.set(*source, *value));
        rest
    }

    fn operating_point(&mut self) -> Result<Points, EngineError> {
        let rows = vec![self.rest(&self.deck.circuit).operating_point()?];
        Ok(Points { kind: "op", axes: 0, columns: owned(self.columns()), rows })
    }

    /// The points of nested sweeps, the first of them the fastest; devices go from point to point as they are left,
    /// and begin anew with each run of the fastest.
    fn sweep(&mut self, sweeps: &[Sweep]) -> Result<(Points, Option<String>), EngineError> {
        let axis = |sweep: &Sweep| (sweep.name.clone(), unit_of(&self.deck.circuit, sweep.element));
        let columns = owned(sweeps.iter().map(axis).chain(self.columns()));
        let total: usize = sweeps.iter().map(|sweep| sweep.values.len()).product();
        let mut rows: Vec<Vec<f64>> = Vec::new();
        let mut restless: Restless = None;
        let mut left = Left::default();
        let mut circuit = self.deck.circuit.clone();
        while rows.len() < total {
            // As long as sources alone change it is one circuit.
            let before = rows.len();
            let first = values(sweeps, before);
            for (sweep, value) in sweeps.iter().zip(&first) {
                circuit.set_value(sweep.element, *value);
            }
            let rest = self.rest(&circuit).from_left(left);
            left = self.points(sweeps, total, rest, &mut rows, &mut restless)?;
            if rows.len() == before {
                break;
            }
        }
        let warning = restless.map(|(count, first)| {
            let place = sweeps.iter().zip(first).map(|(sweep, at)| format!("{} = {at}", sweep.name));
            let place = place.collect::<Vec<_>>().join(", ");
            format!(
                "at {count} of {total} points of .dc, the first at {place}, the circuit never comes to rest, because a \
                 device switches to and fro: they have no values"
            )
        });
        Ok((Points { kind: "dc", axes: sweeps.len(), columns, rows }, warning))
    }

    /// Goes on with a sweep until something other than a source changes, or it is asked to stop.
    fn points<'c>(
        &mut self,
        sweeps: &[Sweep],
        total: usize,
        mut rest: Rest<'c>,
        rows: &mut Vec<Vec<f64>>,
        restless: &mut Restless,
    ) -> Result<Left, EngineError> {
        let circuit = &self.deck.circuit;
        let others = |row: &[f64]| -> Vec<u64> {
            let others =
                sweeps.iter().zip(row).filter(|(sweep, _)| !is_source(circuit, sweep.element));
            others.map(|(_, value)| value.to_bits()).collect()
        };
        let here = others(&values(sweeps, rows.len()));
        while rows.len() < total {
            let mut row = values(sweeps, rows.len());
            if others(&row) != here || (self.watch)(Time::ZERO).is_break() {
                break;
            }
            // Each run of the fastest begins anew, as in ngspice.
            if rows.len().is_multiple_of(sweeps[0].values.len()) {
                rest.begin_again();
            }
            for (sweep, value) in sweeps.iter().zip(&row) {
                rest.set(sweep.element, *value);
            }
            match rest.next_point()? {
                Some(values) => row.extend(values),
                None => {
                    restless.get_or_insert_with(|| (0, row.clone())).0 += 1;
                    row.extend(self.signals.iter().map(|_| f64::NAN));
                }
            }
            rows.push(row);
        }
        Ok(rest.leave())
    }

    /// Amplitudes at each frequency, around the operating point.
    fn small_signals(
        &mut self,
        frequencies: &[f64],
    ) -> Result<(Points, Option<String>), EngineError> {
        let swing = |(source, magnitude, degrees): &(ElementId, f64, f64)| {
            (*source, Complex64::from_polar(*magnitude, degrees.to_radians()))
        };
        let swings: Vec<_> = self.deck.at_rest.ac.iter().map(swing).collect();
        let both = |(name, unit): (String, &'static str)| {
            [(format!("{name}.re"), unit), (format!("{name}.im"), unit)]
        };
        let columns = [("frequency".to_owned(), "Hz")].into_iter();
        let columns = owned(columns.chain(self.columns().flat_map(both)));
        let mut rest = self.rest(&self.deck.circuit);
        rest.operating_point()?;
        let mut rows = Vec::new();
        let mut unbounded = None;
        for &hertz in frequencies {
            if (self.watch)(Time::ZERO).is_break() {
                break;
            }
            let mut row = vec![hertz];
            match rest.response(&swings, hertz)? {
                Ok(values) => row.extend(values.iter().flat_map(|value| [value.re, value.im])),
                Err(error) => {
                    unbounded.get_or_insert_with(|| error.to_string());
                    row.extend(self.signals.iter().flat_map(|_| [f64::NAN; 2]));
                }
            }
            rows.push(row);
        }
        let warning = unbounded.map(|error| format!(".ac: {error}; such points have no values"));
        Ok((Points { kind: "ac", axes: 1, columns, rows }, warning))
    }
}

/// Where the swept elements stand at a point, by its number.
fn values(sweeps: &[Sweep], point: usize) -> Vec<f64> {
    let mut left = point;
    let one = |sweep: &Sweep| {
        let value = sweep.values[left % sweep.values.len()];
        left /= sweep.values.len();
        value
    };
    sweeps.iter().map(one).collect()
}

fn is_source(circuit: &Circuit, element: ElementId) -> bool {
    circuit.element(element).kind.stimulus().is_some()
}

fn unit_of(circuit: &Circuit, element: ElementId) -> &'static str {
    match circuit.element(element).kind {
        ElementKind::VoltageSource(_) => "V",
        ElementKind::Resistor { .. } => "ohm",
        ElementKind::Capacitor { .. } => "F",
        ElementKind::Inductor { .. } => "H",
        _ => "A",
    }
}
