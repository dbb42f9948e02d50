//! Ports of a module, bound by name: `A1 model clk=clk data=[d[7:0]]`.

use memspike_circuit::Pin;
use memspike_digital::{BlockKind, Design, Direction, NamedPort};

use crate::code::Code;
use crate::cursor::Name;
use crate::finding::{Finding, nearest};
use crate::number::clip;
use crate::source::Span;
use crate::syntax::{BlockCard, PortItem, PortSyntax};

use super::Elaborator;
use super::block::{Connection, Pins, connections, form};
use super::scope::Scope;

/// A port as Verilog writes its width.
fn shown(port: &NamedPort) -> String {
    match port.width {
        1 => port.name.clone(),
        width => format!("{}[{}:0]", port.name, width - 1),
    }
}

/// How a port is bound.
fn remedy(port: &NamedPort) -> String {
    let name = port.name.to_lowercase();
    match port.width {
        1 => format!("{name}=net"),
        width => format!("{name}=[net[{}:0]]", width - 1),
    }
}

impl<'d> Elaborator<'d> {
    /// The pins of a design's ports in their order, each bound once by its name.
    pub(super) fn by_name(
        &mut self,
        scope: &Scope<'d>,
        span: Span,
        card: &BlockCard,
        (kind, design): (&BlockKind, &dyn Design),
    ) -> Option<Pins> {
        let ports = design.named_ports();
        if ports.is_empty() {
            let message = format!("ports of {} have their places, and no names", kind.name);
            self.report(
                Finding::new(Code::PortCount, card.named[0].0.span, message)
                    .help(format!("write {}", form(kind))),
            );
            return None;
        }
        if let Some(first) = card.ports.first() {
            let message = "ports are bound by position and by name";
            self.report(
                Finding::new(Code::PortCount, first.span, message)
                    .help("bind all by name behind the model, A1 model port=net, or none"),
            );
            return None;
        }
        let bound = self.bound(&ports, card)?;
        let (mut inputs, mut outputs) = (Vec::new(), Vec::new());
        let mut complete = true;
        for (port, syntax) in ports.iter().zip(bound) {
            let Some((_, syntax)) = syntax else {
                self.unbound(span, card, port);
                complete = false;
                continue;
            };
            let Some(pins) = self.pins(scope, port, syntax) else {
                complete = false;
                continue;
            };
            match port.direction {
                Direction::In => inputs.extend(pins),
                Direction::Out => outputs.extend(pins),
            }
        }
        complete.then_some((inputs, outputs))
    }

    /// What each port is bound to, in the order of ports.
    fn bound<'c>(
        &mut self,
        ports: &[NamedPort],
        card: &'c BlockCard,
    ) -> Option<Vec<Option<&'c (Name, PortSyntax)>>> {
        let mut bound = vec![None; ports.len()];
        let mut complete = true;
        for named in &card.named {
            let name = &named.0;
            let same = |port: &&NamedPort| port.name.eq_ignore_ascii_case(&name.text);
            let finding = match ports.iter().position(|port| same(&port)) {
                None => Some(unknown_port(name, ports)),
                Some(_) if ports.iter().filter(same).count() > 1 => {
                    let message =
                        format!("several ports are '{}' but for their case", clip(&name.text));
                    let finding = Finding::new(Code::UnknownPort, name.span, message);
                    Some(finding.help("a deck knows no case: bind the ports by position"))
                }
                Some(at) if bound[at].is_some() => {
                    let message = format!("port '{}' is bound twice", ports[at].name);
                    let finding = Finding::new(Code::BadPort, name.span, message);
                    Some(finding.help("remove one of both"))
                }
                Some(at) => {
                    bound[at] = Some(named);
                    None
                }
            };
            if let Some(finding) = finding {
                self.report(finding);
                complete = false;
            }
        }
        complete.then_some(bound)
    }

    fn unbound(&mut self, span: Span, card: &BlockCard, port: &NamedPort) {
        let way = match port.direction {
            Direction::In => "input",
            Direction::Out => "output",
        };
        let message =
            format!("{way} '{}' of '{}' is not bound", shown(port), clip(&card.model.text));
        self.report(Finding::new(Code::PortCount, span, message).help(format!(
            "write {}, or {}=null to leave it open",
            remedy(port),
            port.name.to_lowercase()
        )));
    }

    /// The pins of one port.
    fn pins(
        &mut self,
        scope: &Scope<'d>,
        port: &NamedPort,
        syntax: &PortSyntax,
    ) -> Option<Vec<Option<Pin>>> {
        if let [PortItem { plus: None, .. }] = &syntax.items[..] {
            return Some(vec![None; port.width]);
        }
        let found = connections(syntax);
        if found.len() != port.width {
            let (few, help) = match found.len() < port.width {
                true => ("few", "name the bits that are missing, null where one is open"),
                false => ("many", "leave out those that it has no bit for"),
            };
            let message = format!(
                "port '{}' has {} bit{}, and {} net{} are too {few}",
                shown(port),
                port.width,
                if port.width == 1 { "" } else { "s" },
                found.len(),
                if found.len() == 1 { "" } else { "s" },
            )
            .replace(" 1 net are", " 1 net is");
            self.report(
                Finding::new(Code::PortCount, syntax.span, message)
                    .help(format!("{help}: {}, the most significant first", remedy(port))),
            );
            return None;
        }
        let pin = |connection: &Connection| match connection.plus {
            None => Some(None),
            Some(_) => self.net_of(scope, connection).map(Some),
        };
        found.iter().map(pin).collect()
    }

    /// A model whose elements have no ports with names.
    pub(super) fn no_names(&mut self, port: &Name, card: &BlockCard) {
        let message = format!(
            "'{}' is no module, and '{}' no port",
            clip(&card.model.text),
            clip(&port.text)
        );
        self.report(
            Finding::new(Code::PortCount, port.span, message)
                .help("ports have names where .model NAME d_cosim(...) names a module of Verilog"),
        );
        self.incomplete = true;
    }
}

fn unknown_port(name: &Name, ports: &[NamedPort]) -> Finding {
    let message = format!("the module has no port '{}'", clip(&name.text));
    const MAX_LISTED: usize = 24;
    let lower: Vec<String> = ports.iter().map(|port| port.name.to_lowercase()).collect();
    let help = match nearest(&name.text, lower.iter().map(String::as_str)) {
        Some(near) => format!("did you mean '{near}'?"),
        None => {
            let listed: Vec<String> = ports.iter().take(MAX_LISTED).map(shown).collect();
            let more = if ports.len() > MAX_LISTED { " ..." } else { "" };
            format!("it has {}{more}", listed.join(" "))
        }
    };
    Finding::new(Code::UnknownPort, name.span, message).help(help)
}
