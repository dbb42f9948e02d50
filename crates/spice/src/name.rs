//! Names that ngspice reads as one word.

use std::collections::BTreeSet;

use memspike_circuit::{Circuit, ElementKind, NodeId};
use memspike_device::SpiceForm;

/// The names of nodes and elements in the file, by position.
pub(crate) struct Names {
    nodes: Vec<String>,
    elements: Vec<String>,
}

impl Names {
    pub fn new(circuit: &Circuit, forms: &[Option<SpiceForm>]) -> Self {
        let mut taken = BTreeSet::new();
        let nodes: Vec<String> =
            circuit.nodes().iter().map(|name| unique(clean(name), &mut taken)).collect();
        let inside = taken;
        let mut taken = BTreeSet::new();
        let elements = circuit.elements().iter().zip(forms);
        let elements = elements
            .map(|(element, form)| {
                let name = typed(letter(&element.kind, form.as_ref()), &clean(&element.name));
                // The nodes inside an instance are called after it.
                let mut name = unique(name, &mut taken);
                while has_prefix(&inside, &format!("{name}.")) {
                    name = unique(format!("{name}_"), &mut taken);
                }
                name
            })
            .collect();
        Self { nodes, elements }
    }

    pub fn node(&self, node: NodeId) -> &str {
        &self.nodes[node.index()]
    }

    pub fn element(&self, position: usize) -> &str {
        &self.elements[position]
    }

    /// A line for each node that has another name than in the deck.
    pub fn renamed(&self, circuit: &Circuit) -> Vec<String> {
        let pairs = circuit.nodes().iter().zip(&self.nodes);
        let changed = pairs.filter(|(deck, file)| deck != file);
        changed.map(|(deck, file)| format!("Node {deck} of the deck is {file} here.")).collect()
    }
}

/// The letter by which SPICE knows an element's type.
fn letter(kind: &ElementKind, form: Option<&SpiceForm>) -> char {
    match (kind, form) {
        (ElementKind::CurrentSwitch { .. }, _) => 'w',
        (_, Some(SpiceForm::Model { .. })) => 's',
        (_, Some(SpiceForm::Subcircuit { .. })) => 'x',
        (ElementKind::Resistor { .. }, _) => 'r',
        (ElementKind::Capacitor { .. }, _) => 'c',
        (ElementKind::Inductor { .. }, _) => 'l',
        (ElementKind::VoltageSource(_), _) => 'v',
        (ElementKind::CurrentSource(_), _) => 'i',
        // What measures the sum.
        (ElementKind::WeightedSum(_), _) => 'v',
        (ElementKind::Vcvs { .. }, _) => 'e',
        (ElementKind::Vccs { .. }, _) => 'g',
        (ElementKind::VoltageLaw { .. } | ElementKind::CurrentLaw { .. }, _)
        | (ElementKind::Curve { .. }, _)
        | (_, Some(SpiceForm::Pieces { .. })) => 'b',
        (
            ElementKind::Memristor(_)
            | ElementKind::Limiter(_)
            | ElementKind::Switch { .. }
            | ElementKind::Comparator(_),
            None,
        ) => {
            unreachable!("a device has a form")
        }
    }
}

/// `r1` stays, `x1.r1` becomes `r.x1.r1`, as ngspice names what it flattens itself.
fn typed(letter: char, name: &str) -> String {
    if name.starts_with(letter) && !name.contains('.') {
        name.to_owned()
    } else {
        format!("{letter}.{name}")
    }
}

/// Letters, digits, dots and underscores stay; ngspice gives other characters a meaning.
fn clean(name: &str) -> String {
    let keep = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_') { c } else { '_' };
    name.chars().map(keep).collect()
}

fn unique(name: String, taken: &mut BTreeSet<String>) -> String {
    let mut candidate = name.clone();
    let mut number = 2_u64;
    while !taken.insert(candidate.clone()) {
        candidate = format!("{name}_{number}");
        number += 1;
    }
    candidate
}

fn has_prefix(names: &BTreeSet<String>, prefix: &str) -> bool {
    names.range(prefix.to_owned()..).next().is_some_and(|name| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_begins_with_the_letter_of_its_type() {
        assert_eq!(typed('r', "r1"), "r1");
        assert_eq!(typed('r', "x1.r1"), "r.x1.r1");
        assert_eq!(typed('x', "n1"), "x.n1");
        assert_eq!(typed('x', "x1.n1"), "x.x1.n1");
    }

    #[test]
    fn an_instance_keeps_clear_of_nodes_that_would_look_inside_it() {
        let nodes: BTreeSet<String> = ["x.n1.phase", "x.n2"].map(str::to_owned).into();
        assert!(has_prefix(&nodes, "x.n1."));
        assert!(!has_prefix(&nodes, "x.n2."));
        assert!(!has_prefix(&nodes, "x.n."));
    }

    #[test]
    fn names_that_clean_alike_stay_apart() {
        let mut taken = BTreeSet::new();
        let names = ["a[1]", "a(1)", "a_1_"].map(|name| unique(clean(name), &mut taken));
        assert_eq!(names, ["a_1_", "a_1__2", "a_1__3"]);
    }
}
