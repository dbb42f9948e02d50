//! Networks of resistors and capacitors at a source of 1 V: as circuits, and as exact matrices.

use memspike_circuit::{Builder, Circuit, ElementId, ElementKind, NodeId, Stimulus, System};
use memspike_waveform::Waveform;

use crate::truth::{self, Matrix, Real, real};

/// Where an element ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum End {
    Ground,
    Source,
    Node(usize),
}

use End::{Ground, Node, Source};

/// Nodes by number; those with capacitors come first.
#[derive(Debug, Clone, Default)]
pub struct Network {
    pub nodes: usize,
    pub resistors: Vec<(End, End, f64)>,
    pub capacitors: Vec<(End, End, f64)>,
    /// Currents into a node by the voltage of another (S).
    pub controlled: Vec<(usize, usize, f64)>,
}

impl Network {
    pub fn circuit(&self) -> Circuit {
        let mut builder = Builder::new();
        let source = builder.node("in");
        let one = ElementKind::VoltageSource(Stimulus::Dc(1.0));
        builder.element("v1", [source, NodeId::GROUND], one);
        let nodes: Vec<NodeId> = (0..self.nodes).map(|i| builder.node(&name(i))).collect();
        let at = |end: End| match end {
            Ground => NodeId::GROUND,
            Source => source,
            Node(i) => nodes[i],
        };
        for (i, &(a, b, ohm)) in self.resistors.iter().enumerate() {
            builder.element(&format!("r{i:05}"), [at(a), at(b)], ElementKind::Resistor { ohm });
        }
        for (i, &(a, b, farad)) in self.capacitors.iter().enumerate() {
            let kind = ElementKind::Capacitor { farad, initial: None };
            builder.element(&format!("c{i:05}"), [at(a), at(b)], kind);
        }
        for (i, &(into, by, siemens)) in self.controlled.iter().enumerate() {
            let kind = ElementKind::Vccs { siemens, control: [nodes[by], NodeId::GROUND] };
            builder.element(&format!("g{i:05}"), [NodeId::GROUND, nodes[into]], kind);
        }
        builder.build().expect("a circuit")
    }

    /// Conductances, capacitances and currents of the source: `c v' = -g v + b`.
    pub fn matrices(&self) -> (Matrix, Matrix, Vec<Real>) {
        let (mut g, mut c) = (truth::zeros(self.nodes), truth::zeros(self.nodes));
        let mut b = vec![real(0.0); self.nodes];
        for &(from, to, ohm) in &self.resistors {
            let siemens = real(1.0) / real(ohm);
            stamp(&mut g, from, to, &siemens);
            match (from, to) {
                (Source, Node(i)) | (Node(i), Source) => b[i] += siemens,
                _ => {}
            }
        }
        for &(from, to, farad) in &self.capacitors {
            stamp(&mut c, from, to, &real(farad));
        }
        for &(into, by, siemens) in &self.controlled {
            g[into][by] -= real(siemens);
        }
        (g, c, b)
    }

    /// Panics unless every rate is right to `tolerance` of itself.
    pub fn check_rates(&self, tolerance: f64) {
        let (circuit, (g, c, _)) = (self.circuit(), self.matrices());
        let rates = self.rates(&circuit);
        for (k, rate) in rates.iter().enumerate() {
            let at_most = truth::rates_below(&g, &c, rate * (1.0 - tolerance));
            let at_least = truth::rates_below(&g, &c, rate * (1.0 + tolerance));
            assert!(at_most <= k && at_least > k, "rate {k}, {rate:e}, of {rates:?}: {self:?}");
        }
        let far = truth::rates_below(&g, &c, 1e3 * rates.last().copied().unwrap_or(1.0));
        assert_eq!(far, rates.len(), "number of rates");
    }

    /// Decays of all islands (1/s), ascending.
    fn rates(&self, circuit: &Circuit) -> Vec<f64> {
        let mut rates: Vec<f64> = Vec::new();
        for island in circuit.islands() {
            let system = System::new(circuit, island, &[]).expect("modes");
            assert!(system.modes().rates().all(|rate| rate.im == 0.0), "passive, so real");
            rates.extend(system.modes().rates().map(|rate| -rate.re));
        }
        rates.sort_by(f64::total_cmp);
        rates
    }

    /// Largest error of any node's voltage at any of many instants, against that node's largest voltage or 1 mV,
    /// when the first capacitors, one to ground at each of the first nodes, start at given voltages.
    pub fn response_error(&self, starts: &[f64]) -> f64 {
        let slowest = self.rates(&self.circuit()).first().copied().unwrap_or(1.0);
        self.response_error_within(starts, 4.0 / slowest)
    }

    /// The same at instants up to `span_s`.
    pub fn response_error_within(&self, starts: &[f64], span_s: f64) -> f64 {
        let (circuit, (g, c, b)) = (self.circuit(), self.matrices());
        let truth = truth::response(&g, &c, &b, starts, span_s);
        let id = |i: usize| circuit.find_element(&format!("c{i:05}")).expect("its capacitor");
        let volts: Vec<(ElementId, f64)> =
            starts.iter().enumerate().map(|(i, &v)| (id(i), v)).collect();
        let mut worst: f64 = 0.0;
        for island in circuit.islands().iter().filter(|island| !island.nodes.is_empty()) {
            let system = System::new(&circuit, island, &[]).expect("modes");
            let x = system.states_from_charges(&circuit, &volts).expect("states");
            let u = vec![Waveform::constant(1.0); island.inputs.len()];
            let trajectory = system.modes().solve(&x, &u);
            for &node in &island.nodes {
                let number: usize = circuit.nodes()[node.index()][1..].parse().expect("n00000");
                let row = system.modes().modal(&system.node_voltage(&circuit, node));
                let form = system.modes().waveform(&row, &trajectory, &u);
                let right = truth.iter().map(|volts| volts[number].to_f64().value());
                let largest = right.clone().fold(1e-3, |a: f64, b| a.max(b.abs()));
                for (k, right) in right.enumerate() {
                    let found = form.eval(span_s * 2f64.powi(-(k as i32)));
                    worst = worst.max((found - right).abs() / largest);
                }
            }
        }
        worst
    }
}

fn name(node: usize) -> String {
    format!("n{node:05}")
}

fn stamp(matrix: &mut Matrix, from: End, to: End, value: &Real) {
    for (own, other) in [(from, to), (to, from)] {
        let Node(i) = own else { continue };
        matrix[i][i] += value;
        if let Node(j) = other {
            matrix[i][j] -= value;
        }
    }
}
