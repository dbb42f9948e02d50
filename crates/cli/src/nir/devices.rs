//! Layers of a graph as circuits around memristors.

use std::fmt::Write as _;

use memspike_lif_core::{TimeStep, Trained, chained, ideal, layers};
use memspike_network::{Lif, Network, PopulationId, Weights};
use memspike_nir::Imported;
use memspike_report::{engineering, table};
use memspike_snn::{CircuitLayer, Parameters, ideal_neuron};

use super::wrong;
use crate::failure::Failure;
use crate::nir_args::ConvertArguments;
use crate::{layered, network};

/// A layer of the file, and what it becomes.
struct Mapped {
    node: String,
    /// The file's neuron, and whether a spike subtracts its threshold.
    own: Lif,
    subtracts: bool,
    /// The largest weight, in thresholds of the file's neuron.
    greatest: f64,
    stage: CircuitLayer,
    /// What the circuit is, where its device is ideal.
    lif: Lif,
}

/// The network of circuits, and what differs from the file, as people read it.
pub fn network(arguments: &ConvertArguments) -> Result<(Network, String), Failure> {
    let path = &arguments.file;
    let graph = layered::graph(path, arguments.reading.laws.spike)?;
    let alike = |error: &dyn std::fmt::Display| {
        wrong(path, &format!("circuits are made of what a core can do, too: {error}"))
    };
    let chain = chained(&graph.network).map_err(|error| alike(&error))?;
    // Of a layer's dynamics its threshold in units of weights is used, which knows no time step.
    let trained =
        layers(&graph.network, TimeStep::of_length(1.0)).map_err(|error| alike(&error))?;
    let Some(first) = chain.first() else {
        return Err(wrong(path, &"it has no neurons, and layers are made of them"));
    };
    let mut inputs = Parameters::default();
    let slower = inputs.neuron_ohm * inputs.neuron_farad / own(&graph, *first, arguments)?.tau_s;
    if let Some(shown_s) = arguments.shown {
        inputs.duration_s = shown_s * slower;
    }
    inputs.validate().map_err(|error| {
        wrong(
            path,
            &format!("circuits are {slower:.4} times as slow as the file's neurons: {error}"),
        )
    })?;
    let both = chain.iter().zip(trained);
    let mapped = both.map(|(id, trained)| map(&graph, *id, trained, (arguments, &inputs, slower)));
    let mapped = mapped.collect::<Result<Vec<_>, _>>()?;
    let text = differences(&mapped, &inputs, slower);
    let stages = mapped.into_iter().map(|layer| layer.stage).collect();
    let network = inputs.of_circuits(stages).map_err(|error| wrong(path, &error))?;
    Ok((network, text))
}

/// The name of a population's node.
fn node(graph: &Imported, id: PopulationId) -> &str {
    let name = graph.network.population(id).name();
    let placed = graph.populations.iter().find(|placed| placed.population == name);
    placed.map_or(name, |placed| &placed.node)
}

/// The neuron of a node, which must leak.
fn own(graph: &Imported, id: PopulationId, arguments: &ConvertArguments) -> Result<Lif, Failure> {
    let population = graph.network.population(id);
    let lif = ideal(population.model()).filter(|lif| lif.tau_s <= memspike_run::ENDLESS_S);
    lif.ok_or_else(|| {
        let node = node(graph, id);
        let message = format!(
            "node '{node}' does not leak, and the membrane of a circuit does: give it a time constant (LIF), or run it with \
             'memspike net' or 'classify --level point'"
        );
        wrong(&arguments.file, &message)
    })
}

/// A layer as a circuit: its time constant as much longer as the first layer's is, its weights as many thresholds of the
/// device as they are of the file's neuron.
fn map(
    graph: &Imported,
    id: PopulationId,
    trained: Trained,
    (arguments, inputs, slower): (&ConvertArguments, &Parameters, f64),
) -> Result<Mapped, Failure> {
    let own = own(graph, id, arguments)?;
    let node = node(graph, id).to_owned();
    let refuse =
        |error: &dyn std::fmt::Display| wrong(&arguments.file, &format!("node '{node}': {error}"));
    let mut circuit =
        Parameters { neuron_farad: own.tau_s * slower / inputs.neuron_ohm, ..*inputs };
    let card = arguments.card.read()?;
    let [device, _] = network::devices(&card, 0.0)?;
    let silent = "the card's device does not fire at 1.2 V behind 1 Mohm with this time constant";
    let lif = ideal_neuron(&circuit, &device).ok_or_else(|| refuse(&silent))?;
    let limit = trained.weights.greatest();
    let limit = if limit > 0.0 { limit } else { 1.0 };
    let greatest = limit / trained.dynamics.threshold;
    circuit.weight_siemens = greatest * lif.threshold_v / circuit.volts_per_siemens();
    circuit.validate().map_err(|error| refuse(&error))?;
    let (rows, columns) = trained.weights.shape();
    let values: Vec<f64> = trained.weights.values().iter().map(|weight| weight / limit).collect();
    let weights = Weights::new(rows, columns, values).map_err(|error| refuse(&error))?;
    let subtracts = trained.dynamics.reset.is_none();
    let stage = CircuitLayer { circuit, weights, lif: Some(lif) };
    Ok(Mapped { node, own, subtracts, greatest, stage, lif })
}

fn percent(part: f64) -> String {
    format!("{:.1} %", 100.0 * part)
}

/// What differs.
fn differences(layers: &[Mapped], inputs: &Parameters, slower: f64) -> String {
    let row = |layer: &Mapped| {
        let Mapped { node, own, subtracts, greatest, stage, lif } = layer;
        let after = if *subtracts {
            "threshold subtracted".to_owned()
        } else {
            percent(own.reset_v / own.threshold_v)
        };
        vec![
            node.clone(),
            engineering(own.tau_s, "s"),
            engineering(lif.tau_s, "s"),
            engineering(own.threshold_v, ""),
            engineering(lif.threshold_v, "V"),
            after,
            percent(lif.reset_v / lif.threshold_v),
            percent(*greatest),
            percent(stage.circuit.pulse_s / lif.tau_s),
        ]
    };
    let header = [
        "node",
        "tau",
        "of the circuit",
        "threshold",
        "of the device",
        "after a spike",
        "of the device",
        "largest weight",
        "a pulse lasts",
    ];
    let mut text = format!("{}\n\n", table(&header, layers.iter().map(row).collect()));
    let _ = write!(
        text,
        "All times are {slower:.4} times as long. Of thresholds are what is left after a spike and the largest weight, of time \
         constants the pulse.\n\
         The same as in the file: weights in thresholds, time constants among each other, an image is shown for {}.\n\
         Different: a device falls to its own potential after a spike; a spike is a pulse, and meanwhile its row hears no \
         other; inputs are oscillation neurons, whose spikes are not those of the tool's images.\n\
         What that loses, 'classify --level point' and '--level device' show; --level point of the .nir file has none of it.\n",
        engineering(inputs.duration_s, "s"),
    );
    text
}
