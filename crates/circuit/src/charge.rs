//! Capacitances between states, and how sources that move plates move the states.
//!
//! Where capacitors tie a group of nodes to several driven nodes, the charge on its nodes is `M v + D u`: `v` are the
//! voltages against the group's root, `D u` what the capacitors to its other driven nodes hold. Kirchhoff's law
//! moves that charge, and a source that jumps leaves it. So the states are `y = v + M^-1 D u`, which never jump,
//! and no derivative of `u` enters their equations.

use crate::dense::{self, Matrix};
use crate::double::Double;
use crate::layout::Layout;
use crate::limits::{self, Failure};
use crate::{Circuit, ElementKind, Island, NodeId};

/// The capacitors of an island.
pub(crate) struct Capacitances {
    /// Between states (F).
    pub mass: Matrix,
    /// `-M^-1 D`, the voltage that each state's node takes from each input at constant charge; none where all are zero.
    pub shares: Option<Matrix>,
}

impl Capacitances {
    /// Fails where charges or their shares lie outside the range of numbers.
    pub fn new(circuit: &Circuit, island: &Island, layout: &Layout) -> Result<Self, Failure> {
        let (states, inputs) = (layout.voltages, island.inputs.len());
        let mut mass = Matrix::zeros(states, states);
        let mut held = Matrix::zeros(states, inputs);
        for id in &island.elements {
            let element = circuit.element(*id);
            let ElementKind::Capacitor { farad, .. } = element.kind else { continue };
            let farad = Double::from(farad);
            store(&mut mass, layout, element.nodes, farad);
            for [near, far] in [element.nodes, [element.nodes[1], element.nodes[0]]] {
                hold(&mut held, circuit, layout, [near, far], farad);
            }
        }
        if !layout.has_several_roots {
            return Ok(Self { mass, shares: None });
        }
        limits::rotations(states)?;
        let lower = dense::cholesky(&mass).ok_or(Failure::Range)?;
        let shares = -dense::solve_transposed(&lower, dense::solve_lower(&lower, held));
        Ok(Self { mass, shares: Some(shares) })
    }
}

/// Adds a capacitor to the capacitances between states.
fn store(mass: &mut Matrix, layout: &Layout, nodes: [NodeId; 2], farad: Double) {
    let state = |node| layout.node_at.get(&node).and_then(|&at: &usize| layout.state_of[at]);
    let [plus, minus] = nodes.map(state);
    if let Some(i) = plus {
        mass[(i, i)] += farad;
    }
    if let Some(j) = minus {
        mass[(j, j)] += farad;
    }
    if let (Some(i), Some(j)) = (plus, minus) {
        mass[(i, j)] -= farad;
        mass[(j, i)] -= farad;
    }
}

/// Adds what a capacitor between a state's node and a driven one holds by the voltages of sources alone.
fn hold(
    held: &mut Matrix,
    circuit: &Circuit,
    layout: &Layout,
    [near, far]: [NodeId; 2],
    farad: Double,
) {
    let Some(&at) = layout.node_at.get(&near) else { return };
    let (Some(state), Some(root)) = (layout.state_of[at], layout.driven_root[at]) else { return };
    if root == far || layout.node_at.contains_key(&far) {
        return;
    }
    for (node, sign) in [(root, 1.0), (far, -1.0)] {
        for (input, weight) in layout.driven(circuit, node) {
            held[(state, input)] += weight.scaled(sign) * farad;
        }
    }
}
