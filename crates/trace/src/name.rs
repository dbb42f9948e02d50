//! Names of signals, and names that every waveform viewer takes.

use std::collections::BTreeSet;

use memspike_circuit::{Circuit, NodeId, Signal};

/// The name of a signal as decks write it: `v(mem)`, `v(x1.a,b)`, `i(x1.n1)`.
#[must_use]
pub fn signal_name(circuit: &Circuit, signal: Signal) -> String {
    match signal {
        Signal::Voltage(plus, NodeId::GROUND) => format!("v({})", node(circuit, plus)),
        Signal::Voltage(plus, minus) => {
            format!("v({},{})", node(circuit, plus), node(circuit, minus))
        }
        Signal::Current(element) => format!("i({})", circuit.elements()[element.index()].name),
    }
}

pub(crate) fn node(circuit: &Circuit, id: NodeId) -> &str {
    &circuit.nodes()[id.index()]
}

/// One level of a name with nothing in it that viewers take apart: letters, digits, `_` and `$`
/// stay, every run of others becomes one `_` (none at the end), and a name never is empty or
/// begins with a digit. `neuron[3]` becomes `neuron_3`.
#[must_use]
pub fn clean(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut gap = false;
    for c in name.chars() {
        if c.is_ascii_alphanumeric() || c == '_' || c == '$' {
            if std::mem::take(&mut gap) || (out.is_empty() && c.is_ascii_digit()) {
                out.push('_');
            }
            out.push(c);
        } else {
            gap = true;
        }
    }
    if out.is_empty() { "_".to_owned() } else { out }
}

/// `name`, or if that is taken `name_2`, `name_3`, ...; takes the result.
pub(crate) fn unique(name: String, taken: &mut BTreeSet<String>) -> String {
    if taken.insert(name.clone()) {
        return name;
    }
    let mut number = 2_u64;
    loop {
        let other = format!("{name}_{number}");
        if taken.insert(other.clone()) {
            return other;
        }
        number += 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn brackets_dots_and_spaces_go() {
        assert_eq!(clean("neuron[3]"), "neuron_3");
        assert_eq!(clean("a.b c"), "a_b_c");
        assert_eq!(clean("layer[1][22]"), "layer_1_22");
        assert_eq!(clean("3v3"), "_3v3");
        assert_eq!(clean("[]"), "_");
        assert_eq!(clean("plain_$1"), "plain_$1");
    }

    #[test]
    fn a_taken_name_gets_a_number() {
        let mut taken = BTreeSet::new();
        let names = ["a", "a", "a_2", "a"].map(|n| unique(n.to_owned(), &mut taken));
        assert_eq!(names, ["a", "a_2", "a_2_2", "a_3"]);
    }

    proptest! {
        #[test]
        fn a_clean_name_is_an_identifier(name in ".*") {
            let name = clean(&name);
            let mut chars = name.chars();
            let first = chars.next().expect("never empty");
            prop_assert!(first.is_ascii_alphabetic() || first == '_' || first == '$');
            prop_assert!(chars.all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$'));
        }

        #[test]
        fn a_clean_name_stays(name in ".*") {
            let once = clean(&name);
            prop_assert_eq!(clean(&once), once);
        }

        #[test]
        fn names_in_one_scope_differ(names in prop::collection::vec("[ab_2\\[\\]]{0,4}", 0..40)) {
            let mut taken = BTreeSet::new();
            let given: BTreeSet<_> = names.iter().map(|n| unique(clean(n), &mut taken)).collect();
            prop_assert_eq!(given.len(), names.len());
        }
    }
}
