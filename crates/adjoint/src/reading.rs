//! The layers that a network is, and the network with other weights.

use memspike_network::{
    Builder, Connections, Delay, Effect, Law, LifPulse, Model, Network, NetworkError, OneShotRow,
    PopulationId, Projection, ProjectionId, Reset, Weights,
};
use memspike_time::FS;

use crate::layers::MOST_WEIGHTS;
use crate::{Cell, Feed, Layer, Layers, LayersError};

impl Layers {
    /// The layers that a network is, whatever the order of its populations: sources that are recorded or played, one-shot rows,
    /// `lif_pulse` neurons, rows, neurons and so on; rows behind a layer may lead back to it.
    ///
    /// # Errors
    /// If it is none.
    pub fn of(network: &Network) -> Result<Self, LayersError> {
        let reader = Reader { network };
        let source = reader.source()?;
        let mut layers: Vec<Layer> = Vec::new();
        let mut seen = vec![source];
        let (mut before, mut first) = (source, 0);
        while let Some((mut layer, neurons)) = reader.layer(before, &mut seen)? {
            let arrays = std::iter::once(&mut layer.feed).chain(&mut layer.recurrent);
            for feed in arrays {
                feed.first = first;
                first += feed.sources * layer.neurons;
            }
            layers.push(layer);
            before = neurons;
        }
        if layers.is_empty() {
            return Err(LayersError::Empty { name: reader.name(source) });
        }
        if let Some((_, other)) = network.populations().find(|(id, _)| !seen.contains(id)) {
            return Err(LayersError::Beside { name: other.name().to_owned() });
        }
        if first > MOST_WEIGHTS {
            return Err(LayersError::Size { found: first, most: MOST_WEIGHTS });
        }
        Ok(Self { inputs: network.population(source).size(), layers })
    }

    /// The weights that a network of these layers has, array by array.
    ///
    /// # Panics
    /// If it is another network.
    #[must_use]
    pub fn weights_of(&self, network: &Network) -> Vec<f64> {
        let arrays = self.feeds().map(|(feed, _)| feed.array);
        let tables = arrays.map(|array| match network.projection(array).connections() {
            Connections::Dense(weights) => weights.values().to_doubles(),
            _ => panic!("the array of a layer is dense"),
        });
        tables.flatten().collect()
    }

    /// A network of these layers with other weights, and with another model of its inputs if one is given.
    ///
    /// # Errors
    /// If the weights are no finite numbers, or the model is none that the network can have.
    ///
    /// # Panics
    /// If there are not as many weights as [`Layers::weights`], or it is another network.
    pub fn network_with(
        &self,
        network: &Network,
        weights: &[f32],
        inputs: Option<Model>,
    ) -> Result<Network, NetworkError> {
        assert_eq!(weights.len(), self.weights(), "one value for each weight");
        let mut builder = Builder::new();
        builder.delay_tick(network.delay_tick_fs());
        let source = Reader { network }.source().ok();
        let mut ids = Vec::new();
        for (id, population) in network.populations() {
            let own = inputs.clone().filter(|_| source == Some(id));
            let model = own.unwrap_or_else(|| population.model().clone());
            ids.push(builder.population(population.name(), population.size(), model));
        }
        for (id, projection) in network.projections() {
            let trained = self.feeds().find(|(feed, _)| feed.array == id);
            let connections = match trained {
                None => projection.connections().clone(),
                Some((feed, layer)) => {
                    let values = weights[feed.range(layer.neurons)].to_vec();
                    let table = Weights::new(feed.sources, layer.neurons, values);
                    Connections::Dense(table.expect("trained weights are finite"))
                }
            };
            let ends = [projection.from(), projection.to()].map(|id| ids[id.index()]);
            let (effect, delay) = (projection.effect(), projection.delay().clone());
            builder.projection(projection.name(), ends, connections, effect, delay);
        }
        builder.build()
    }
}

/// A network that is looked through.
struct Reader<'n> {
    network: &'n Network,
}

/// Drivers of a population.
struct Rows {
    id: PopulationId,
    row: OneShotRow,
    delay_s: f64,
}

impl Reader<'_> {
    fn name(&self, id: PopulationId) -> String {
        self.network.population(id).name().to_owned()
    }

    fn wrong<T>(name: &str, expected: &'static str) -> Result<T, LayersError> {
        Err(LayersError::Part { name: name.to_owned(), expected })
    }

    /// The one population that hears nothing.
    fn source(&self) -> Result<PopulationId, LayersError> {
        let deaf = |id: &PopulationId| self.network.incoming(*id).next().is_none();
        let ids = self.network.populations().map(|(id, _)| id).filter(deaf);
        let [source] = ids.collect::<Vec<_>>()[..] else {
            let found = self.network.populations().filter(|(id, _)| deaf(id)).count();
            return Err(LayersError::Inputs { found });
        };
        match self.network.population(source).model() {
            Model::Recorded(_) | Model::Input(_) => Ok(source),
            _ => Self::wrong(&self.name(source), "inputs are recorded or played"),
        }
    }

    /// The layer behind a population, with its neurons; nothing behind the last one.
    fn layer(
        &self,
        before: PopulationId,
        seen: &mut Vec<PopulationId>,
    ) -> Result<Option<(Layer, PopulationId)>, LayersError> {
        let mut found = None;
        for rows in self.rows(before)? {
            if !seen.contains(&rows.id) {
                seen.push(rows.id);
            }
            for (id, array) in self.network.outgoing(rows.id) {
                if array.to() == before {
                    continue;
                }
                let feed = self.feed(&rows, id, array)?;
                if found.replace((feed, array.to())).is_some() || seen.contains(&array.to()) {
                    return Self::wrong(
                        array.name(),
                        "a layer feeds the next one, once, and none before it",
                    );
                }
            }
        }
        let Some((feed, neurons)) = found else { return Ok(None) };
        seen.push(neurons);
        let recurrent = self.recurrent(neurons)?;
        let arrays = 1 + usize::from(recurrent.is_some());
        if self.network.incoming(neurons).count() != arrays {
            return Self::wrong(
                &self.name(neurons),
                "a layer hears the one before it and itself alone",
            );
        }
        let cell = self.cell(neurons)?;
        let layer =
            Layer { neurons: self.network.population(neurons).size(), cell, feed, recurrent };
        Ok(Some((layer, neurons)))
    }

    /// What leads from a population through rows back to it.
    fn recurrent(&self, neurons: PopulationId) -> Result<Option<Feed>, LayersError> {
        let mut found = None;
        for rows in self.rows(neurons)? {
            for (id, array) in self.network.outgoing(rows.id) {
                if array.to() == neurons && found.replace(self.feed(&rows, id, array)?).is_some() {
                    return Self::wrong(array.name(), "a layer leads back to itself once");
                }
            }
        }
        Ok(found)
    }

    /// All rows that a population drives.
    fn rows(&self, before: PopulationId) -> Result<Vec<Rows>, LayersError> {
        let of = |(_, drivers): (ProjectionId, &Projection)| {
            let id = drivers.to();
            let model = self.network.population(id).model();
            let way = (drivers.connections(), drivers.effect(), drivers.delay());
            match (model, way) {
                (Model::OneShot(row), (Connections::OneToOne, Effect::Trigger, Delay::All(fs)))
                    if self.network.incoming(id).count() == 1 =>
                {
                    Ok(Rows { id, row: *row, delay_s: *fs as f64 / FS })
                }
                (Model::LifDelta(_) | Model::Lif(_) | Model::LifExp(_), _) => {
                    Err(LayersError::AtOnce { name: self.name(id), model: model.name() })
                }
                _ => Self::wrong(
                    drivers.name(),
                    "neurons trigger one_shot rows, one to one, all with one delay, and rows hear nothing else",
                ),
            }
        };
        self.network.outgoing(before).map(of).collect()
    }

    fn feed(&self, rows: &Rows, id: ProjectionId, array: &Projection) -> Result<Feed, LayersError> {
        let to = self.network.population(array.to());
        let Model::LifPulse(pulse) = to.model() else {
            return Err(LayersError::AtOnce {
                name: to.name().to_owned(),
                model: to.model().name(),
            });
        };
        let (Connections::Dense(weights), Delay::All(fs)) = (array.connections(), array.delay())
        else {
            return Self::wrong(array.name(), "an array of rows is dense, with one delay");
        };
        let current = LifPulse::current_ampere(array.effect(), &rows.row).unwrap_or_default();
        Ok(Feed {
            sources: weights.rows(),
            pulse_s: (rows.row.pulse_s * FS).round() / FS,
            delay_s: rows.delay_s + *fs as f64 / FS,
            volts_per_weight: current * pulse.membrane.tau_s / pulse.capacitance_farad,
            array: id,
            first: 0,
        })
    }

    fn cell(&self, neurons: PopulationId) -> Result<Cell, LayersError> {
        let population = self.network.population(neurons);
        let Model::LifPulse(pulse) = population.model() else {
            let (name, model) = (self.name(neurons), population.model().name());
            return Err(LayersError::AtOnce { name, model });
        };
        let membrane = &pulse.membrane;
        let initial_v = match &membrane.initial_v {
            None => membrane.rest_v,
            Some(Law::Value(value)) => *value,
            Some(_) => {
                return Self::wrong(
                    population.name(),
                    "all neurons of a layer begin at one potential",
                );
            }
        };
        if initial_v >= membrane.threshold_v {
            return Err(LayersError::Above { name: self.name(neurons) });
        }
        Ok(Cell {
            tau_s: membrane.tau_s,
            asymptote_v: pulse.asymptote_v(),
            threshold_v: membrane.threshold_v,
            // A spike meets the threshold from below, so that subtracting it leaves nothing.
            reset_v: match membrane.reset {
                Reset::Zero | Reset::Subtract => 0.0,
                Reset::ToV(value) => value,
            },
            refractory_s: (membrane.refractory_s * FS).round() / FS,
            initial_v,
        })
    }
}
