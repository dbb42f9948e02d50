//! Pulses on the rows of a layer: the spikes that start them, the edges between which nothing changes.

use memspike_circuit::{OneShot, Retrigger};

/// A pulse that begins on a row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pulse {
    pub(super) at_s: f64,
    pub(super) row: u32,
}

/// A pulse begins or ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edge {
    pub(super) at_s: f64,
    /// Part of a nominal membrane's voltage that is left since the edge before, without input.
    pub(super) decay: f64,
    pub(super) row: u32,
    pub(super) begins: bool,
    /// Whether no row has a pulse from here on until the next edge.
    pub(super) silent: bool,
}

/// The driver of a row while an image is shown.
pub(super) struct Driver {
    shot: OneShot<f64>,
    row: u32,
    pulse_s: f64,
}

impl Driver {
    pub(super) fn new(row: u32, pulse_s: f64) -> Self {
        Self { shot: OneShot::new(Retrigger::Deaf), row, pulse_s }
    }

    /// A spike of its neuron, in the order of time.
    pub(super) fn spike(&mut self, at_s: f64, pulses: &mut Vec<Pulse>) {
        if self.shot.spike(at_s, at_s + self.pulse_s) {
            pulses.push(Pulse { at_s, row: self.row });
        }
    }
}

/// The edges of pulses of one width before `duration_s`, in the order of time; of those at one instant ends come first.
/// `pulses` are brought into that order, and `decay` tells what a while leaves of a membrane's voltage.
pub(super) fn edges(
    edges: &mut Vec<Edge>,
    pulses: &mut [Pulse],
    [pulse_s, duration_s]: [f64; 2],
    decay: impl Fn(f64) -> f64,
) {
    pulses.sort_unstable_by(|a, b| a.at_s.total_cmp(&b.at_s).then(a.row.cmp(&b.row)));
    edges.clear();
    // All pulses are equally wide, so they end in the order in which they begin.
    let (mut begun, mut ended) = (0, 0);
    let mut now_s = 0.0;
    loop {
        let begin_s = pulses.get(begun).map_or(f64::INFINITY, |pulse| pulse.at_s);
        let end_s = pulses[..begun].get(ended).map_or(f64::INFINITY, |p| p.at_s + pulse_s);
        let at_s = begin_s.min(end_s);
        if at_s >= duration_s {
            return;
        }
        let begins = begin_s < end_s;
        let pulse = if begins { begun } else { ended };
        begun += usize::from(begins);
        ended += usize::from(!begins);
        let decay = decay(at_s - now_s);
        edges.push(Edge { at_s, decay, row: pulses[pulse].row, begins, silent: begun == ended });
        now_s = at_s;
    }
}
