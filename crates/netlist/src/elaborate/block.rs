//! Digital blocks: `A` elements as XSPICE has them.

use std::sync::Arc;

use memspike_circuit::{DigitalBlock, Pin};
use memspike_device::Parameter;
use memspike_digital::{BlockKind, Design, Direction, KINDS, Level, Port, Vectors};

use crate::code::Code;
use crate::cursor::{FileName, Name};
use crate::finding::Finding;
use crate::number::clip;
use crate::source::Span;
use crate::syntax::{BlockCard, ElementCard, ModelCard, PortItem, PortSyntax};

use super::Elaborator;
use super::built::Built;
use super::scope::Scope;
use super::verilog::COSIM;

/// A source of levels from a file; what it does is in the file, not in its numbers.
pub(super) static SOURCE: BlockKind = BlockKind {
    name: "d_source",
    doc: "Gives its outputs the levels of input_file, a time and a level for each output in a line.",
    ports: &[SOURCE_OUT],
    parameters: &[Parameter::new("input_load", "F", 1e-12, "read without effect, as in XSPICE")],
    build: |_| Ok(Arc::new(Vectors { rows: Arc::from([]) })),
};

const SOURCE_OUT: Port =
    Port { name: "out", direction: Direction::Out, list: true, least: 1, optional: true };

impl<'d> Elaborator<'d> {
    /// The design of a source of levels.
    pub(super) fn vectors(
        &mut self,
        card: &ModelCard,
        texts: &[&(Name, FileName)],
    ) -> Option<Built> {
        let given = texts.iter().rev().find(|(name, _)| name.text == "input_file");
        let Some((_, file)) = given else {
            self.report(
                Finding::new(Code::MissingValue, card.name.span, "a d_source has an input_file")
                    .help("write .model name d_source(input_file=\"vectors.txt\")"),
            );
            return None;
        };
        match self.sources.data.vectors(self.sources.beside(file)) {
            Ok(rows) => {
                let rows: Arc<[(u64, Vec<Level>)]> = rows.iter().cloned().collect();
                Some(Built::Block { kind: &SOURCE, design: Arc::new(Vectors { rows }) })
            }
            Err(message) => {
                self.report(Finding::new(Code::VectorFile, file.span, message).help(
                    "give a time and a level for each output in a line, such as 1e-9 0s 1s; the path is relative to this file",
                ));
                None
            }
        }
    }

    /// Reports texts that a kind of model does not take.
    pub(super) fn no_texts(&mut self, kind: &str, texts: &[&(Name, FileName)], known: &[&str]) {
        for (name, _) in texts.iter().filter(|(name, _)| !known.contains(&name.text.as_str())) {
            let message = format!("{kind} has no parameter '{}' that is a text", clip(&name.text));
            self.report(
                Finding::new(Code::UnknownModelParameter, name.span, message)
                    .help("write a number or {expression} without quotes"),
            );
        }
    }
}

/// The block kind of this name.
pub(super) fn find(name: &str) -> Option<&'static BlockKind> {
    KINDS.iter().copied().find(|kind| kind.name == name)
}

/// How a card with this block is written.
pub(super) fn form(kind: &BlockKind) -> String {
    let port = |port: &Port| match (port.list, port.optional) {
        (true, _) => format!("[{}1 {}2]", port.name, port.name),
        (false, _) => port.name.to_owned(),
    };
    let ports: Vec<String> = kind.ports.iter().map(port).collect();
    format!("A1 {} model", ports.join(" "))
}

/// What one place of a port is connected to.
pub(super) struct Connection {
    /// Nothing for `null`.
    pub(super) plus: Option<Name>,
    pub(super) minus: Option<Name>,
    pub(super) inverted: bool,
    pub(super) span: Span,
}

/// What inputs and outputs are connected to; nothing where they are open.
pub(super) type Pins = (Vec<Option<Pin>>, Vec<Option<Pin>>);

/// Every place of a port: ranges stand for as many as they have indices.
pub(super) fn connections(port: &PortSyntax) -> Vec<Connection> {
    let of_item = |item: &PortItem| -> Vec<Connection> {
        let PortItem { inverted, span, .. } = *item;
        let Some(plus) = &item.plus else {
            return vec![Connection { plus: None, minus: None, inverted, span }];
        };
        let minus = |at| item.minus.as_ref().map(|minus| minus.at(at));
        let names = plus.names().enumerate();
        names
            .map(|(at, name)| Connection { plus: Some(name), minus: minus(at), inverted, span })
            .collect()
    };
    port.items.iter().flat_map(of_item).collect()
}

/// The same of a port that is a list: `null` in its place is a list of nothing.
fn listed(port: &PortSyntax) -> Vec<Connection> {
    match &port.items[..] {
        [PortItem { plus: None, .. }] if !port.list => Vec::new(),
        _ => connections(port),
    }
}

impl<'d> Elaborator<'d> {
    /// Adds a block, or the bridges of a card.
    pub(super) fn block(&mut self, scope: &Scope<'d>, card: &ElementCard, block: &BlockCard) {
        let full_name = format!("{}{}", scope.prefix, card.name.text(0));
        if card.name.length().is_some() {
            let message = format!("'{}' are several blocks", card.name.written());
            self.report(Finding::new(Code::VectorLength, card.name.name.span, message).help(
                "a block is one element; put it into a subcircuit and instantiate that, as in X1[0:3] in[0:3] out[0:3] part",
            ));
            self.incomplete = true;
            return;
        }
        let Some(found) = scope.model(&block.model.text) else {
            self.unknown(Code::UnknownModel, &block.model, "model", scope.model_names());
            self.incomplete = true;
            return;
        };
        if let (Some((port, _)), Some(built)) = (block.named.first(), found)
            && !matches!(built, Built::Block { .. })
        {
            let port = port.clone();
            self.no_names(&port, block);
            return;
        }
        let done = match found {
            Some(Built::Block { kind, design }) => {
                let (kind, design) = (*kind, Arc::clone(design));
                self.digital(scope, (full_name, card.span), block, (kind, design))
            }
            Some(Built::Bridge { kind, bridge }) => {
                let (form, bridge) = (kind.form, bridge.clone());
                self.bridges(scope, card, &full_name, (block, form, &bridge))
            }
            Some(other) => {
                let finding = other.wired_otherwise(&block.model);
                self.report(finding);
                None
            }
            None => None,
        };
        self.incomplete |= done.is_none();
    }

    fn digital(
        &mut self,
        scope: &Scope<'d>,
        (name, span): (String, Span),
        card: &BlockCard,
        (kind, design): (&'static BlockKind, Arc<dyn Design>),
    ) -> Option<()> {
        let (inputs, outputs) = match card.named.is_empty() {
            true => self.by_position(scope, span, card, kind)?,
            false => self.by_name(scope, span, card, (kind, &*design))?,
        };
        if let Err(message) = design.fits(inputs.len(), outputs.len()) {
            self.report(
                Finding::new(Code::PortCount, span, message).help(
                    "connect as many nets as it has; a range such as q[7:0] stands for eight",
                ),
            );
            return None;
        }
        if !self.blocks.insert(name.clone()) {
            let message = format!("two elements are named '{}'", clip(&name));
            self.report(
                Finding::new(Code::DuplicateElement, span, message).help("rename one of them"),
            );
            return None;
        }
        self.builder.block(DigitalBlock { name, design, inputs, outputs });
        Some(())
    }

    /// The pins of ports in the order of the kind: inputs and outputs.
    fn by_position(
        &mut self,
        scope: &Scope<'d>,
        span: Span,
        card: &BlockCard,
        kind: &'static BlockKind,
    ) -> Option<Pins> {
        let ports = match &card.ports[..] {
            // XSPICE's third list is that of ports that go both ways.
            [inputs @ .., last]
                if kind.name == COSIM.name && inputs.len() == 2 && listed(last).is_empty() =>
            {
                inputs
            }
            all => all,
        };
        if ports.len() != kind.ports.len() {
            let message =
                format!("found {} ports, {} has {}", ports.len(), kind.name, kind.ports.len());
            self.report(
                Finding::new(Code::PortCount, span, message).help(format!("write {}", form(kind))),
            );
            return None;
        }
        let (mut inputs, mut outputs) = (Vec::new(), Vec::new());
        for (port, syntax) in kind.ports.iter().zip(ports) {
            let found = if port.list { listed(syntax) } else { connections(syntax) };
            self.fits(kind, *port, syntax, found.len())?;
            for connection in found {
                let pin = self.pin(scope, kind, *port, &connection)?;
                match port.direction {
                    Direction::In => inputs.push(pin),
                    Direction::Out => outputs.push(pin),
                }
            }
        }
        Some((inputs, outputs))
    }

    /// Whether a port has as many places as its kind takes.
    fn fits(
        &mut self,
        kind: &BlockKind,
        port: Port,
        syntax: &PortSyntax,
        found: usize,
    ) -> Option<()> {
        let fits = if port.list { found >= port.least } else { found == 1 };
        if fits {
            return Some(());
        }
        let takes = match port.list {
            true => format!("a list of at least {}", port.least),
            false => "one net".to_owned(),
        };
        let message = format!("port {} of {} takes {takes}, found {found}", port.name, kind.name);
        self.report(
            Finding::new(Code::PortCount, syntax.span, message)
                .help(format!("write {}", form(kind))),
        );
        None
    }

    fn pin(
        &mut self,
        scope: &Scope<'d>,
        kind: &BlockKind,
        port: Port,
        connection: &Connection,
    ) -> Option<Option<Pin>> {
        match &connection.plus {
            None if port.optional => Some(None),
            None => {
                let message = format!("port {} of {} cannot be left open", port.name, kind.name);
                self.report(
                    Finding::new(Code::OpenPort, connection.span, message)
                        .help("connect a net there; d_pulldown and d_pullup give constant levels"),
                );
                None
            }
            Some(_) => self.net_of(scope, connection).map(Some),
        }
    }

    /// The net that a connection names.
    pub(super) fn net_of(&mut self, scope: &Scope<'_>, connection: &Connection) -> Option<Pin> {
        let name = connection.plus.as_ref()?;
        let full_name = self.node_name(scope, &name.text);
        let wrong = match (&connection.minus, full_name.as_str()) {
            (Some(_), _) => Some("a voltage between two nodes is no net"),
            (_, "0") => Some("ground is no net"),
            _ => None,
        };
        if let Some(message) = wrong {
            self.report(Finding::new(Code::OpenPort, connection.span, message).help(
                "name a digital node; d_pulldown and d_pullup give constant levels, adc_bridge reads a voltage",
            ));
            return None;
        }
        let net = self.builder.net(&full_name);
        self.nets.entry(full_name).or_insert(name.span);
        Some(Pin { net, inverted: connection.inverted })
    }
}
