//! Networks of a training: those that it unrolls, and the one that it leaves.

use memspike_network::{
    Builder, Connections, Delay, Effect, Input, LifDelta, Membrane, Network, NetworkError, Reset,
    WeightsReason,
};

use super::{Options, Stage, Table, Unrolled};
use crate::{Encoding, Layered, LayeredError, Lif, Parameters, Steps, Weights, layered::suffix};

/// Options or weights that are no network.
#[derive(Debug, thiserror::Error)]
pub enum ShapeError {
    /// A table of weights that cannot be.
    #[error("--shape: {0}")]
    Weights(#[from] WeightsReason),
    /// What the network says.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// It is not one of layers.
    #[error(transparent)]
    Layered(#[from] LayeredError),
}

impl Options {
    /// The network that weights are validated in, and that of the first epochs if it has steps of its own, both without weights.
    ///
    /// # Errors
    /// [`ShapeError`].
    pub fn unrolled(
        &self,
        parameters: &Parameters,
        encoding: &Encoding,
        lif: Lif,
    ) -> Result<(Unrolled, Option<Unrolled>), ShapeError> {
        let duration_s = parameters.duration_s;
        if self.events {
            return Ok((Unrolled::of_events(self.event_stages(lif), duration_s), None));
        }
        let none = vec![0.0; self.shape().windows(2).map(|two| two[0] * two[1]).sum()];
        let network = parameters.layered(self.tables(&none)?, None)?;
        let stages = Layered::of(&network, duration_s)?.stages(lif);
        let coarse = self.coarse_steps.map(|steps| {
            Unrolled::new(&encoding.in_steps(duration_s, steps), stages.clone(), duration_s)
        });
        Ok((Unrolled::new(encoding, stages, duration_s), coarse))
    }

    /// The network of these weights, array by array, row by row. It states its LIF neurons (`lif`) if the options state them, or if
    /// its inputs are events.
    ///
    /// # Errors
    /// [`ShapeError`].
    ///
    /// # Panics
    /// If there are not as many weights as the options' shape has.
    pub fn network(
        &self,
        parameters: &Parameters,
        lif: Lif,
        weights: &[f32],
    ) -> Result<Network, ShapeError> {
        if self.events {
            return self.event_network(parameters.duration_s, lif, weights);
        }
        let ideal = self.ideal();
        let is_stated = ideal.threshold_v.is_some() || ideal.reset_v.is_some();
        Ok(parameters.layered(self.tables(weights)?, is_stated.then_some(lif))?)
    }

    /// Weights as a table for each layer.
    fn tables(&self, weights: &[f32]) -> Result<Vec<Weights>, WeightsReason> {
        let sizes = self.shape().windows(2).map(|two| [two[0], two[1]]);
        cut(sizes, weights)
    }

    /// Layers of point neurons behind inputs that spike themselves. A weight of 1 is a threshold.
    fn event_stages(&self, lif: Lif) -> Vec<Stage> {
        let shape = self.shape();
        let stage = |(at, two): (usize, &[usize])| Stage {
            inputs: two[0],
            neurons: two[1],
            lif,
            volts_per_weight: lif.threshold_v,
            deaf_s: 0.0,
            recurrent: self.recurrent && at + 2 < shape.len(),
        };
        shape.windows(2).enumerate().map(stage).collect()
    }

    /// The network of point neurons behind inputs that a list of events plays. Between layers a spike takes a femtosecond, the shortest
    /// delay that there is, and back to its own layer a step.
    fn event_network(
        &self,
        duration_s: f64,
        lif: Lif,
        weights: &[f32],
    ) -> Result<Network, ShapeError> {
        let stages = self.event_stages(lif);
        let sizes = Table::of(&stages).into_iter().map(|table| [table.inputs, table.neurons]);
        let mut arrays = cut(sizes, weights)?;
        let mut back = arrays.split_off(stages.len()).into_iter();
        let step_fs = self.steps.and_then(|count| Steps::new(duration_s, count));
        let unit = Effect::Volt(lif.threshold_v);
        let mut builder = Builder::new();
        builder.shown(duration_s);
        let mut before = builder.population("inputs", stages[0].inputs, Input {});
        for (at, (stage, array)) in stages.iter().zip(arrays).enumerate() {
            let suffix = suffix(at, stages.len());
            let is_last = at + 1 == stages.len();
            let name = if is_last { "outputs".to_owned() } else { format!("hidden{suffix}") };
            let neurons = builder.population(&name, stage.neurons, neuron(lif));
            let after = Delay::All(u64::from(at > 0));
            let dense = Connections::Dense(array);
            builder.projection(&format!("synapses{suffix}"), [before, neurons], dense, unit, after);
            if let (true, Some(array), Some(steps)) = (stage.recurrent, back.next(), step_fs) {
                let dense = Connections::Dense(array);
                let after = Delay::All(steps.step_fs);
                let name = format!("recurrent{suffix}");
                builder.projection(&name, [neurons, neurons], dense, unit, after);
            }
            before = neurons;
        }
        Ok(builder.build()?)
    }
}

fn neuron(lif: Lif) -> LifDelta {
    let membrane = Membrane {
        tau_s: lif.tau_s,
        rest_v: 0.0,
        threshold_v: lif.threshold_v,
        reset: Reset::ToV(lif.reset_v),
        refractory_s: 0.0,
        initial_v: None,
    };
    LifDelta { membrane, drive_v: 0.0 }
}

/// Weights as tables of these sizes.
fn cut(
    sizes: impl Iterator<Item = [usize; 2]>,
    mut weights: &[f32],
) -> Result<Vec<Weights>, WeightsReason> {
    let table = |[rows, columns]: [usize; 2]| {
        let (own, others) = weights.split_at(rows * columns);
        weights = others;
        Weights::new(rows, columns, own.to_vec())
    };
    sizes.map(table).collect()
}
