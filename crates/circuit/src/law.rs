//! What several voltages and currents make of a source.

use crate::{ElementId, NodeId};

/// A weighted sum of node voltages and of currents. Each node and each element stands in it once, with the sum of
/// its weights, so that what cancels is gone for good.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Law {
    // Elements without a law are many: they need not have room for one.
    terms: Box<Terms>,
}

#[derive(Debug, Clone, Default, PartialEq)]
struct Terms {
    nodes: Vec<NodeId>,
    weights: Vec<f64>,
    currents: Vec<(ElementId, f64)>,
}

impl Law {
    /// A sum of voltages against ground, each with its weight (per volt), and of currents, each with its weight (per
    /// ampere). Ground counts nothing.
    #[must_use]
    pub fn new(
        voltages: impl IntoIterator<Item = (NodeId, f64)>,
        currents: impl IntoIterator<Item = (ElementId, f64)>,
    ) -> Self {
        let voltages = voltages.into_iter().filter(|(node, _)| *node != NodeId::GROUND);
        let (nodes, weights) = summed(voltages).into_iter().unzip();
        Self { terms: Box::new(Terms { nodes, weights, currents: summed(currents) }) }
    }

    /// The nodes that it looks at, also those whose weight is zero.
    #[must_use]
    pub fn nodes(&self) -> &[NodeId] {
        &self.terms.nodes
    }

    /// Each node with the weight of its voltage against ground.
    pub fn voltages(&self) -> impl Iterator<Item = (NodeId, f64)> + '_ {
        self.terms.nodes.iter().copied().zip(self.terms.weights.iter().copied())
    }

    /// Each element with the weight of its current, which flows through it from its plus to its minus node.
    #[must_use]
    pub fn currents(&self) -> &[(ElementId, f64)] {
        &self.terms.currents
    }

    /// The same with each weight so many times.
    #[must_use]
    pub fn times(&self, factor: f64) -> Self {
        let currents = self.currents().iter().map(|(id, weight)| (*id, weight * factor));
        Self::new(self.voltages().map(|(id, weight)| (id, weight * factor)), currents)
    }

    /// The same of nodes and elements with other ids, in their order.
    pub(crate) fn renumbered(
        &self,
        node: impl Fn(NodeId) -> NodeId,
        element: impl Fn(ElementId) -> ElementId,
    ) -> Self {
        let voltages = self.voltages().map(|(id, weight)| (node(id), weight));
        Self::new(voltages, self.currents().iter().map(|(id, weight)| (element(*id), *weight)))
    }
}

/// Each key once, ascending, with the sum of its weights in the order in which they were given.
fn summed<K: Ord + Copy>(terms: impl IntoIterator<Item = (K, f64)>) -> Vec<(K, f64)> {
    let mut terms: Vec<(K, f64)> = terms.into_iter().collect();
    terms.sort_by_key(|(key, _)| *key);
    terms.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    terms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_of_one_control_are_one_and_what_cancels_stays_zero() {
        let node = |id| NodeId(id);
        let law = Law::new(
            [(node(2), 1.0), (node(1), 0.5), (node(0), 9.0), (node(2), -1.0), (node(1), 0.25)],
            [(ElementId(3), 2.0), (ElementId(3), 1.0)],
        );
        assert_eq!(law.nodes(), [node(1), node(2)]);
        assert_eq!(law.voltages().collect::<Vec<_>>(), [(node(1), 0.75), (node(2), 0.0)]);
        assert_eq!(law.currents(), [(ElementId(3), 3.0)]);
    }
}
