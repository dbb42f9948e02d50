//! States from initial conditions.

use std::collections::BTreeMap;

use super::{System, SystemError};
use crate::dependent::projected;
use crate::double::Double;
use crate::limits::Failure;
use crate::mesh::Mesh;
use crate::{Circuit, ElementId, NodeId};

impl System {
    /// States that follow from given voltages of capacitors (V) and currents of inductors (A): those of the charges that
    /// capacitors bring, which spread over what they connect, and of the fluxes. Exact where voltages agree around every
    /// loop. Unlisted ones are zero.
    ///
    /// # Errors
    /// [`SystemError::Range`] where charges or their shares lie outside the range of numbers. Otherwise
    /// there is one solution: capacitors connect every state with the root of its group.
    pub fn states_from_charges(
        &self,
        circuit: &Circuit,
        given: &[(ElementId, f64)],
    ) -> Result<Vec<f64>, SystemError> {
        let given: BTreeMap<ElementId, f64> = given.iter().copied().collect();
        let mut states = self.capacitor_states(circuit, &given)?;
        let ampere = |id: &ElementId| given.get(id).copied().unwrap_or(0.0);
        let mut inductors: Vec<(usize, f64)> =
            self.layout.inductor_at.iter().map(|(id, state)| (*state, ampere(id))).collect();
        inductors.sort_by_key(|(state, _)| *state);
        states.extend(inductors.into_iter().map(|(_, ampere)| Double::from(ampere)));
        let states = match &self.tied {
            Some(tied) => projected(&tied.projection, states),
            None => states,
        };
        Ok(states.iter().map(|x| x.value()).collect())
    }

    fn capacitor_states(
        &self,
        circuit: &Circuit,
        volts: &BTreeMap<ElementId, f64>,
    ) -> Result<Vec<Double>, SystemError> {
        // The voltages at which the charges that the capacitors bring spread over their network.
        let root = self.layout.voltages;
        let mut mesh = Mesh::new(root);
        for &(id, farad) in &self.capacitors {
            let volt = volts.get(&id).copied().unwrap_or(0.0);
            let ends = circuit.element(id).nodes.map(|node| {
                let at = self.layout.node_at.get(&node)?;
                self.layout.state_of[*at]
            });
            let farad = Double::from(farad);
            mesh.connect(ends[0].unwrap_or(root), ends[1].unwrap_or(root), farad);
            for (end, sign) in ends.into_iter().zip([1.0, -1.0]) {
                mesh.feed(end.unwrap_or(root), 0, farad * Double::from(sign * volt));
            }
        }
        let failed = |failure| match failure {
            Failure::Singular => Failure::Range,
            other => other,
        };
        let node = self.layout.node_at.keys().next().copied().unwrap_or(NodeId::GROUND);
        let label = || circuit.nodes()[node.index()].clone();
        mesh.solve(&[0.0]).map_err(|failure| failed(failure).at(label()))
    }
}
