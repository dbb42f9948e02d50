//! A layer at device level: its rows, its array, its neurons.

use memspike_device::BuiltModel;
use memspike_random::Draws;

use super::{
    Observer,
    pulses::{self, Driver, Edge, Pulse},
};
use crate::{Neuron, Parameters, Response, Synapses};

/// What answers the pulses of the layer before.
#[derive(Debug, Clone)]
pub(super) struct DeviceLayer {
    pulse_v: f64,
    pulse_s: f64,
    neuron_ohm: f64,
    neuron: Neuron,
    draws: Vec<Draws>,
    /// What a pulse adds to the voltage behind the resistor of a neuron (V), column by column.
    columns_v: Vec<f64>,
    /// Conductance that the driver of each row sees (S).
    rows_siemens: Vec<f64>,
}

/// Who hears of a layer.
pub(super) struct Ears<'e, O> {
    /// Which layer it is, from 0.
    pub(super) layer: usize,
    pub(super) observer: &'e mut O,
    /// Width of pulses on the rows behind it (s), and those pulses; none behind the last layer.
    pub(super) next: Option<(f64, &'e mut Vec<Pulse>)>,
}

impl DeviceLayer {
    /// The layer in this circuit, with such devices.
    pub(super) fn new(
        parameters: &Parameters,
        model: &BuiltModel,
        draws: Vec<Draws>,
        synapses: &Synapses,
    ) -> Self {
        let mut layer = Self {
            pulse_v: parameters.pulse_v,
            pulse_s: parameters.pulse_s,
            neuron_ohm: parameters.neuron_ohm,
            neuron: Neuron::new(parameters, model),
            draws,
            columns_v: Vec::new(),
            rows_siemens: Vec::new(),
        };
        layer.set_synapses(synapses);
        layer
    }

    /// Puts other synapses of the same shape before its neurons.
    pub(super) fn set_synapses(&mut self, synapses: &Synapses) {
        let volts_per_siemens = self.neuron_ohm * self.pulse_v;
        let rows = || 0..synapses.inputs();
        let column = |j| rows().map(move |row| volts_per_siemens * synapses.signed(row)[j]);
        self.columns_v = (0..synapses.outputs()).flat_map(column).collect();
        self.rows_siemens = rows().map(|row| synapses.total(row)).collect();
    }

    /// Width of a pulse on its rows (s).
    pub(super) fn pulse_s(&self) -> f64 {
        self.pulse_s
    }

    /// What the drivers deliver (J); `pulses` stand row by row.
    pub(super) fn array_j(&self, pulses: &[Pulse], duration_s: f64) -> f64 {
        let Self { pulse_v, pulse_s, rows_siemens, .. } = self;
        let of_row = |pulses: &[Pulse]| {
            let width_s: f64 = pulses.iter().map(|p| pulse_s.min(duration_s - p.at_s)).sum();
            pulse_v * pulse_v * rows_siemens[pulses[0].row as usize] * width_s
        };
        pulses.chunk_by(|a, b| a.row == b.row).map(of_row).fold(0.0, |sum, joule| sum + joule)
    }

    /// Where pulses begin and end.
    pub(super) fn edges(&self, edges: &mut Vec<Edge>, pulses: &mut [Pulse], duration_s: f64) {
        pulses::edges(edges, pulses, [self.pulse_s, duration_s], |dt| self.neuron.decay(dt));
    }

    /// What the neurons make of these edges, in image number `number`.
    pub(super) fn respond<O: Observer>(
        &self,
        edges: &[Edge],
        number: u64,
        duration_s: f64,
        ears: &mut Ears<'_, O>,
    ) -> Response {
        let Ears { layer, observer, next } = ears;
        let mut response = Response::default();
        let last_s = edges.last().map_or(0.0, |edge| edge.at_s);
        let last_decay = self.neuron.decay(duration_s - last_s);
        let columns = self.columns_v.chunks_exact(self.rows_siemens.len());
        for ((index, draws), column_v) in self.draws.iter().enumerate().zip(columns) {
            let mut neuron = self.neuron.rest(draws.repetition(number));
            let mut driver = next.as_ref().map(|(pulse_s, _)| Driver::new(index as u32, *pulse_s));
            let mut count = 0;
            let mut advance = |input_v, until_s, decay| {
                if !neuron.glide(input_v, until_s, decay) {
                    neuron.advance(input_v, until_s, |spike| {
                        count += 1;
                        observer.spike(*layer, index, spike);
                        if let (Some(driver), Some((_, pulses))) = (&mut driver, next.as_mut()) {
                            driver.spike(spike.at_s, pulses);
                        }
                    });
                }
                observer.membrane(*layer, index, until_s, neuron.volts());
            };
            let (mut input_v, mut now_s) = (0.0, 0.0);
            for edge in edges {
                if edge.at_s > now_s {
                    advance(input_v, edge.at_s, edge.decay);
                    now_s = edge.at_s;
                }
                let change_v = column_v[edge.row as usize];
                input_v += if edge.begins { change_v } else { -change_v };
                if edge.silent {
                    // What rounding left behind.
                    input_v = 0.0;
                }
            }
            advance(input_v, duration_s, last_decay);
            response.counts.push(count);
            response.potentials_v.push(neuron.volts());
            response.energy += neuron.fed();
        }
        response
    }
}
