//! A card for each element, with the models and subcircuits that they name.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use memspike_circuit::{ElementKind, Law, NodeId, Stimulus, WeightedSum};
use memspike_device::{Corner, Piece, Side, SpiceForm};

use crate::{Context, stimulus};

impl Context<'_> {
    /// Subcircuits, elements in the order of their names, models.
    pub fn cards(&self, out: &mut String) {
        let subcircuits: BTreeMap<&str, &str> = self
            .forms
            .iter()
            .filter_map(|form| match form {
                Some(SpiceForm::Subcircuit { name, text, .. }) => Some((*name, *text)),
                _ => None,
            })
            .collect();
        for text in subcircuits.values() {
            let _ = write!(out, "\n{text}");
        }
        out.push('\n');
        let mut models = Models::default();
        for position in 0..self.circuit.elements().len() {
            let _ = writeln!(out, "{}", self.card(position, &mut models));
        }
        for (card, name) in models.names {
            let _ = writeln!(out, ".model {name} {card}");
        }
    }

    fn card(&self, position: usize, models: &mut Models) -> String {
        let element = &self.circuit.elements()[position];
        let pair = |nodes: [NodeId; 2]| {
            format!("{} {}", self.names.node(nodes[0]), self.names.node(nodes[1]))
        };
        let head = format!("{} {}", self.names.element(position), pair(element.nodes));
        match &element.kind {
            ElementKind::Resistor { ohm } => format!("{head} {ohm:e}"),
            ElementKind::Capacitor { farad, initial } => {
                let initial = initial.map_or(String::new(), |volt| format!(" ic={volt:e}"));
                format!("{head} {farad:e}{initial}")
            }
            ElementKind::Inductor { henry, initial, coupled } => {
                let initial = initial.map_or(String::new(), |ampere| format!(" ic={ampere:e}"));
                let mut card = format!("{head} {henry:e}{initial}");
                for (other, factor) in coupled {
                    let (one, other) =
                        (self.names.element(position), self.names.element(other.index()));
                    let _ = write!(card, "\nK.{one}.{other} {one} {other} {factor:e}");
                }
                card
            }
            ElementKind::VoltageSource(source) | ElementKind::CurrentSource(source) => {
                format!("{head} {}", stimulus::text(source))
            }
            ElementKind::WeightedSum(sum) => self.sum(position, sum),
            ElementKind::Vcvs { gain, control } => format!("{head} {} {gain:e}", pair(*control)),
            ElementKind::Vccs { siemens, control } => {
                format!("{head} {} {siemens:e}", pair(*control))
            }
            ElementKind::VoltageLaw { law, own } => format!("{head} V={}", self.law(law, own)),
            ElementKind::CurrentLaw { law, own } => format!("{head} I={}", self.law(law, own)),
            ElementKind::Curve { control, argument, .. } => self.curve(position, control, argument),
            ElementKind::CurrentSwitch { control, reversed, on, .. } => {
                let source = self.names.element(control.index());
                self.current_switch(position, &format!("{head} {source}"), (*reversed, *on), models)
            }
            ElementKind::Memristor(_) | ElementKind::Limiter(_) | ElementKind::Comparator(_) => {
                self.device(position, &head, element.nodes, models)
            }
            ElementKind::Switch { control, on, .. } => {
                let card = self.device(position, &head, *control, models);
                if *on { card + " on" } else { card }
            }
        }
    }

    /// A law as an expression of a behavioural source.
    fn law(&self, law: &Law, own: &Option<Stimulus>) -> String {
        let voltages = law.voltages();
        let voltages =
            voltages.map(|(node, weight)| (weight, 'v', self.names.node(node).to_owned()));
        let currents = law.currents().iter();
        let currents = currents.map(|(id, weight)| {
            let name = self.names.element(id.index());
            match self.circuit.element(*id).is_hidden() {
                true => (*weight, 'v', format!("{name}.y")),
                false => (*weight, 'i', name.to_owned()),
            }
        });
        let mut text = match own {
            Some(Stimulus::Dc(value)) => format!("{value:e}"),
            _ => "0".to_owned(),
        };
        for (weight, what, name) in voltages.chain(currents).filter(|(weight, ..)| *weight != 0.0) {
            let sign = if weight < 0.0 { '-' } else { '+' };
            let _ = write!(text, " {sign} {:e}*{what}({name})", weight.abs());
        }
        text
    }

    /// Lines between corners: a voltage at a node of its own, which is what others hear of it.
    fn curve(&self, position: usize, control: &Law, argument: &Law) -> String {
        let Some(SpiceForm::Pieces { corners, pieces }) = &self.forms[position] else {
            unreachable!("a law of pieces has that form")
        };
        let (control, argument) = (self.law(control, &None), self.law(argument, &None));
        let name = self.names.element(position);
        let text = nested(corners, pieces, &control, &argument);
        format!("{name} {name}.y 0 V={text}")
    }

    /// A switch by current. One that is on below its level is one that is off above it, with the resistances exchanged.
    fn current_switch(
        &self,
        position: usize,
        head: &str,
        (reversed, on): (bool, bool),
        models: &mut Models,
    ) -> String {
        let value = |wanted: &str| match &self.forms[position] {
            Some(SpiceForm::Model { parameters, .. }) => {
                parameters.iter().find(|(name, _)| *name == wanted).map_or(0.0, |(_, value)| *value)
            }
            _ => 0.0,
        };
        let [it, ih, ron, roff] = ["vt", "vh", "ron", "roff"].map(value);
        let (it, ron, roff) = if reversed { (-it, roff, ron) } else { (it, ron, roff) };
        let card = list(&[("it", it), ("ih", ih), ("ron", ron), ("roff", roff)]);
        let name = models.name("csw", format!("csw({card})"));
        let on = if on != reversed { " on" } else { "" };
        format!("{head} {name}{on}")
    }

    /// A controlled source for each term, and one of 0 V behind them that carries the sum.
    fn sum(&self, position: usize, sum: &WeightedSum) -> String {
        let [plus, minus] = self.circuit.elements()[position].nodes.map(|n| self.names.node(n));
        let name = self.names.element(position);
        let mut text = format!("{name} {name}.sum {minus} 0");
        let rows = self.circuit.array(sum.array).rows();
        for (row, weight) in sum.weights.iter() {
            let node = rows[row as usize];
            if node != NodeId::GROUND {
                let node = self.names.node(node);
                let _ = write!(text, "\ng.{name}.{row} {plus} {name}.sum {node} 0 {weight:e}");
            }
        }
        // A sum of nothing leaves its node to this.
        let _ = write!(text, "\nr.{name} {name}.sum {minus} 1");
        text
    }

    fn device(
        &self,
        position: usize,
        head: &str,
        control: [NodeId; 2],
        models: &mut Models,
    ) -> String {
        let control = control.map(|node| self.names.node(node)).join(" ");
        match self.forms[position].as_ref().expect("a device has a form") {
            SpiceForm::Model { kind, parameters } => {
                let name = models.name(kind, format!("{kind}({})", list(parameters)));
                format!("{head} {control} {name}")
            }
            SpiceForm::Pieces { .. } => unreachable!("a law of pieces has a card of its own"),
            SpiceForm::Subcircuit { name, parameters, on_ohm, switching, switching_s, .. } => {
                let element = &self.circuit.elements()[position];
                let own = matches!(element.kind, ElementKind::Memristor(_));
                let control = if own { String::new() } else { format!("{control} ") };
                let discharge_s = on_ohm * self.least_capacitance(element.nodes);
                let time_s = switching_s.min(DISCHARGE_PART * discharge_s).max(SHORTEST_S);
                format!("{head} {control}{name} {} {switching}={time_s:e}", list(parameters))
            }
        }
    }

    /// What a device between these nodes can discharge: the capacitors at one of them (F), infinite
    /// if there are none.
    fn least_capacitance(&self, nodes: [NodeId; 2]) -> f64 {
        let at = |node: NodeId| -> f64 {
            let here = self.circuit.elements().iter().filter(|e| e.nodes.contains(&node));
            here.filter_map(|element| match element.kind {
                ElementKind::Capacitor { farad, .. } => Some(farad),
                _ => None,
            })
            .sum()
        };
        let live = nodes.into_iter().filter(|node| *node != NodeId::GROUND);
        live.map(at).filter(|farad| *farad > 0.0).fold(f64::INFINITY, f64::min)
    }
}

/// Lines between corners as conditions, halved at each level: a table can have thousands of points.
fn nested(corners: &[Corner], pieces: &[Piece], control: &str, argument: &str) -> String {
    let middle = corners.len() / 2;
    let Some(corner) = corners.get(middle) else {
        let piece = pieces.first().copied().unwrap_or(Piece { slope: 0.0, offset: 0.0 });
        return format!("{:e}*({argument}) + {:e}", piece.slope, piece.offset);
    };
    let compared = if corner.side == Some(Side::Below) { "<=" } else { "<" };
    let below = nested(&corners[..middle], &pieces[..=middle], control, argument);
    let above = nested(&corners[middle + 1..], &pieces[middle + 1..], control, argument);
    format!("({control}) {compared} {:e} ? ({below}) : ({above})", corner.at)
}

/// Part of a discharge in which a subcircuit may switch.
const DISCHARGE_PART: f64 = 1e-3;

/// Shortest time in which one switches (s).
const SHORTEST_S: f64 = 1e-15;

/// Model cards; devices of the same parameters share one.
#[derive(Default)]
struct Models {
    names: BTreeMap<String, String>,
}

impl Models {
    fn name(&mut self, kind: &str, card: String) -> String {
        let number = self.names.len() + 1;
        self.names.entry(card).or_insert_with(|| format!("{kind}{number}")).clone()
    }
}

fn list(parameters: &[(&str, f64)]) -> String {
    let assign = |(name, value): &(&str, f64)| format!("{name}={value:e}");
    parameters.iter().map(assign).collect::<Vec<_>>().join(" ")
}
