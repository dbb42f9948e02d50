//! Bridges between nets and nodes, and from spikes to nets.

use std::sync::Arc;

use memspike_circuit::{Comparator, ElementKind, LevelDriver, NodeId, Pin, SpikeTap, Stimulus};
use memspike_device::{Comparator as Ranges, Model, Oscillator, Parameter, ParameterError};
use memspike_digital::Delays;
use memspike_time::ticks;

use crate::code::Code;
use crate::cursor::Name;
use crate::expression::Known;
use crate::finding::Finding;
use crate::number::clip;
use crate::source::Span;
use crate::syntax::{BlockCard, ElementCard};

use super::block::{Connection, connections};
use super::scope::Scope;
use super::{Elaborator, ElementClass};

/// What joins nets and nodes.
#[derive(Debug, Clone)]
pub(super) enum Bridge {
    /// A level of a net from a voltage: what it is compared with, or what it lets oscillate.
    Adc { model: Arc<dyn Model>, delays: Delays },
    /// A voltage of a node from a level.
    Dac { low: f64, high: f64, unknown: f64, rise_s: f64, fall_s: f64 },
    /// A pulse of a net from a spike.
    Spikes { width_fs: u64, delay_fs: u64 },
}

/// Makes a bridge.
type Build = fn(&[f64], &[Vec<f64>]) -> Result<Bridge, ParameterError>;

/// A kind of bridge.
pub(super) struct BridgeKind {
    pub(super) name: &'static str,
    /// What it is, for people.
    pub(super) about: &'static str,
    pub(super) parameters: &'static [Parameter],
    pub(super) form: &'static str,
    /// Parameters that are lists.
    pub(super) lists: &'static [&'static str],
    /// Made from numbers and lists, both in the order of their names.
    pub(super) build: Build,
}

pub(super) static BRIDGES: [BridgeKind; 4] = [
    BridgeKind {
        name: "adc_bridge",
        about: "Nets follow voltages: both levels are crossings that are solved for.",
        parameters: &[
            Parameter::new("in_low", "V", 0.1, "up to here a voltage is zero"),
            Parameter::new(
                "in_high",
                "V",
                0.9,
                "from here on it is one; between both it is unknown",
            ),
            Parameter::new("rise_delay", "s", 1e-9, "from a crossing to a level that is one"),
            Parameter::new("fall_delay", "s", 1e-9, "from a crossing to a level that is zero"),
        ],
        form: "A1 [node1 node2] [net1 net2] model",
        lists: &[],
        build: adc,
    },
    BridgeKind {
        name: "dac_bridge",
        about: "Voltages follow nets, on straight lines between two levels.",
        parameters: &[
            Parameter::new("out_low", "V", 0.0, "voltage of zero"),
            Parameter::new("out_high", "V", 1.0, "voltage of one"),
            Parameter::new("out_undef", "V", 0.5, "voltage of what is unknown"),
            Parameter::new("t_rise", "s", 1e-9, "from out_low to out_high"),
            Parameter::new("t_fall", "s", 1e-9, "from out_high to out_low"),
            Parameter::new("input_load", "F", 1e-12, "read without effect, as in XSPICE"),
        ],
        form: "A1 [net1 net2] [node1 node2] model",
        lists: &[],
        build: dac,
    },
    BridgeKind {
        name: "spike_bridge",
        about: "Nets pulse for each spike of a device.",
        parameters: &[
            Parameter::new(
                "width",
                "s",
                1e-6,
                "length of a pulse; spikes within one are not heard",
            ),
            Parameter::new("delay", "s", 0.0, "from a spike to its pulse"),
        ],
        form: "A1 [device1 device2] [net1 net2] model",
        lists: &[],
        build: spikes,
    },
    BridgeKind {
        name: "d_osc",
        about: "A net oscillates at a frequency that a voltage controls, by a table.",
        parameters: &[
            Parameter::new("duty_cycle", "1", 0.5, "share of a turn, its last, in which it is one"),
            Parameter::new("init_phase", "degree", 0.0, "where in a turn it begins"),
            Parameter::new("rise_delay", "s", 1e-9, "from a phase to a level that is one"),
            Parameter::new("fall_delay", "s", 1e-9, "from a whole turn to a level that is zero"),
        ],
        form: "A1 node net model, and .model model d_osc(cntl_array=[0 1] freq_array=[1k 2k])",
        lists: &["cntl_array", "freq_array"],
        build: oscillator,
    },
];

fn fs(parameter: &'static str, s: f64, least_fs: u64) -> Result<u64, ParameterError> {
    let fs = ticks(s);
    if s >= 0.0 && s.is_finite() && fs >= least_fs {
        return Ok(fs);
    }
    let least =
        if least_fs == 0 { "must not be negative" } else { "must be at least a femtosecond" };
    Err(ParameterError { parameter, value: s, reason: least.to_owned() })
}

fn adc(values: &[f64], _lists: &[Vec<f64>]) -> Result<Bridge, ParameterError> {
    let &[low, high, rise_s, fall_s] = values else { unreachable!("as many as parameters") };
    let rise_fs = fs("rise_delay", rise_s, 0)?;
    let delays = Delays { rise_fs, fall_fs: fs("fall_delay", fall_s, 0)? };
    Ok(Bridge::Adc { model: Arc::new(Ranges::new(low, high)?), delays })
}

fn oscillator(values: &[f64], lists: &[Vec<f64>]) -> Result<Bridge, ParameterError> {
    let (&[duty, begins_deg, rise_s, fall_s], [control, frequency]) = (values, lists) else {
        unreachable!("as many as parameters")
    };
    let rise_fs = fs("rise_delay", rise_s, 0)?;
    let delays = Delays { rise_fs, fall_fs: fs("fall_delay", fall_s, 0)? };
    let model = Oscillator::new(control, frequency, (duty, begins_deg))?;
    Ok(Bridge::Adc { model: Arc::new(model), delays })
}

fn dac(values: &[f64], _lists: &[Vec<f64>]) -> Result<Bridge, ParameterError> {
    let &[low, high, unknown, rise_s, fall_s, _] = values else {
        unreachable!("as many as parameters")
    };
    fs("t_rise", rise_s, 0)?;
    fs("t_fall", fall_s, 0)?;
    Ok(Bridge::Dac { low, high, unknown, rise_s, fall_s })
}

fn spikes(values: &[f64], _lists: &[Vec<f64>]) -> Result<Bridge, ParameterError> {
    let &[width_s, delay_s] = values else { unreachable!("as many as parameters") };
    Ok(Bridge::Spikes { width_fs: fs("width", width_s, 1)?, delay_fs: fs("delay", delay_s, 0)? })
}

impl<'d> Elaborator<'d> {
    pub(super) fn bridges(
        &mut self,
        scope: &Scope<'d>,
        card: &ElementCard,
        full_name: &str,
        (block, form, bridge): (&BlockCard, &str, &Bridge),
    ) -> Option<()> {
        let [from, to] = &block.ports[..] else {
            let message = format!("found {} ports, a bridge has two", block.ports.len());
            self.report(
                Finding::new(Code::PortCount, card.span, message).help(format!("write {form}")),
            );
            return None;
        };
        let (from, to) = (connections(from), connections(to));
        if from.len() != to.len() || from.is_empty() {
            let message = format!("{} inputs and {} outputs", from.len(), to.len());
            let span = block.ports[1].span;
            self.report(
                Finding::new(Code::PortCount, span, message)
                    .help(format!("a bridge has an output for each of its inputs: write {form}")),
            );
            return None;
        }
        let count = from.len();
        for (at, (from, to)) in from.iter().zip(&to).enumerate() {
            let name = if count == 1 { full_name.to_owned() } else { format!("{full_name}[{at}]") };
            match bridge {
                Bridge::Adc { model, delays } => {
                    let Some(drives) = self.drives(scope, to)? else { continue };
                    let control = self.nodes_of(scope, from)?;
                    let (low, high) = (control, drives);
                    self.compare(card, &name, (Arc::clone(model), *delays), low, high);
                }
                Bridge::Dac { low, high, unknown, rise_s, fall_s } => {
                    if from.plus.is_none() {
                        let message = "a bridge to a node hears a net, and null is none";
                        self.report(
                            Finding::new(Code::OpenPort, from.span, message).help(
                                "leave the bit out on both sides, or drive it by a d_pulldown",
                            ),
                        );
                        return None;
                    }
                    let hears = self.net_of(scope, from)?;
                    let nodes = self.nodes_of(scope, to)?;
                    let (low, high, unknown) = (*low, *high, *unknown);
                    let (rise_s, fall_s) = (*rise_s, *fall_s);
                    let driver = LevelDriver { hears, low, high, unknown, rise_s, fall_s };
                    let kind = ElementKind::VoltageSource(Stimulus::Levels(driver));
                    self.place(card, name, nodes, kind, ElementClass::Branch);
                }
                Bridge::Spikes { width_fs, delay_fs } => {
                    let Some(drives) = self.drives(scope, to)? else { continue };
                    let Some(device) = from.plus.as_ref() else {
                        let message = "a spike_bridge hears a device, and null is none";
                        self.report(
                            Finding::new(Code::OpenPort, from.span, message)
                                .help("leave the bit out on both sides"),
                        );
                        return None;
                    };
                    let followed = format!("{}{}", scope.prefix, device.text);
                    self.followed.push(Name { text: followed.clone(), span: device.span });
                    let device = self.builder.device(&followed);
                    let (width_fs, delay_fs) = (*width_fs, *delay_fs);
                    self.builder.tap(SpikeTap { name, device, drives, delay_fs, width_fs });
                }
            }
        }
        Some(())
    }

    /// The net that a bridge drives; the inner nothing is an output that is left open.
    fn drives(&mut self, scope: &Scope<'_>, connection: &Connection) -> Option<Option<Pin>> {
        match connection.plus {
            None => Some(None),
            Some(_) => self.net_of(scope, connection).map(Some),
        }
    }

    fn compare(
        &mut self,
        card: &ElementCard,
        name: &str,
        (model, delays): (Arc<dyn Model>, Delays),
        control: [NodeId; 2],
        drives: Pin,
    ) {
        let ground = self.builder.node("0");
        let comparator = Comparator { model, control, drives, delays };
        let kind = ElementKind::Comparator(Box::new(comparator));
        // A brace is no part of a name that a deck can write.
        self.place(card, format!("{name}{{adc}}"), [ground, ground], kind, ElementClass::Other);
    }

    /// The nodes of an analog port.
    fn nodes_of(&mut self, scope: &Scope<'_>, connection: &Connection) -> Option<[NodeId; 2]> {
        let plus = match &connection.plus {
            Some(plus) if !connection.inverted => plus,
            _ => {
                let message = "an analog port of a bridge is a node, neither null nor inverted";
                self.report(
                    Finding::new(Code::OpenPort, connection.span, message)
                        .help("put ~ at the digital side, and leave the bit out that is not there"),
                );
                return None;
            }
        };
        let plus = self.node(scope, &plus.text);
        let minus = match &connection.minus {
            Some(minus) => self.node(scope, &minus.text),
            None => self.builder.node("0"),
        };
        Some([plus, minus])
    }

    /// Puts a bridge where a net has the name of a node, as ngspice does: from 0 to `vcc`, 3.3 V without such a
    /// parameter, and half of it as the level between.
    pub(super) fn join_nets_and_nodes(&mut self, top: &Scope<'d>) {
        let both: Vec<(String, Span)> = self
            .nets
            .iter()
            .filter(|(name, _)| self.nodes.contains(*name))
            .map(|(name, span)| (name.clone(), *span))
            .collect();
        let Some((first, span)) = both.first().cloned() else { return };
        let vcc = match top.known("vcc") {
            Known::Value(vcc) => vcc,
            _ => 3.3,
        };
        let message = match both.len() {
            1 => format!("'{}' is a net and a node: a bridge joins them", clip(&first)),
            more => format!(
                "'{}' and {} others are nets and nodes: bridges join them",
                clip(&first),
                more - 1
            ),
        };
        self.report(Finding::new(Code::AutomaticBridge, span, message).help(format!(
            "levels are 0 and {vcc} V with {} V between (.param vcc= of the whole deck says another), delays and edges 1 ns; write an \
             adc_bridge or a dac_bridge for anything else",
            vcc / 2.0
        )));
        let driven = self.builder.driven_nets();
        for (name, span) in both {
            let (net, node) = (self.builder.net(&name), self.builder.node(&name));
            let pin = Pin { net, inverted: false };
            let ground = self.builder.node("0");
            let (kind, nodes, what) = if driven.contains(&net) {
                let driver = LevelDriver {
                    hears: pin,
                    low: 0.0,
                    high: vcc,
                    unknown: vcc / 2.0,
                    rise_s: 1e-9,
                    fall_s: 1e-9,
                };
                (ElementKind::VoltageSource(Stimulus::Levels(driver)), [node, ground], "dac")
            } else {
                let Ok(ranges) = Ranges::new(vcc / 2.0, vcc / 2.0) else { continue };
                let delays = Delays { rise_fs: 1_000_000, fall_fs: 1_000_000 };
                let comparator = Comparator {
                    model: Arc::new(ranges),
                    control: [node, ground],
                    drives: pin,
                    delays,
                };
                (ElementKind::Comparator(Box::new(comparator)), [ground, ground], "adc")
            };
            let full_name = format!("{name}{{{what}}}");
            self.place_at(span, full_name, nodes, kind, ElementClass::Other);
        }
    }
}
