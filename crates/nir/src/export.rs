//! Graphs from networks.

use memspike_network::{
    Connections, Delay, Effect, LifDelta, LifExp, LifNeuron, Membrane, Model, Network, Population,
    PopulationId, Projection, Reset,
};
use memspike_npy::Values;
use memspike_time::FS;

use crate::import::SHORTEST_DELAY_FS;
use crate::neuron::{CAPACITANCE, ENDLESS_S, UNIT};
use crate::node::{Kind, Primitive};
use crate::{Array, Graph, NirError, Numbers};

/// The most weights that are written as a full table.
const MOST: usize = 1 << 28;

impl Graph {
    /// The graph that a network is, if a spike has this area (s, of a current of height 1): 1 for the Dirac of NIR.
    ///
    /// # Errors
    /// The first population or projection that no node says.
    pub fn of_network(network: &Network, spike_area_s: f64) -> Result<Self, NirError> {
        let mut graph = Self::default();
        for (id, population) in network.populations() {
            neurons(&mut graph, network, id, population, spike_area_s)?;
        }
        for (_, projection) in network.projections() {
            connection(&mut graph, network, projection)?;
        }
        Ok(graph)
    }
}

fn unsaid(place: String, reason: impl Into<String>) -> NirError {
    NirError::Unsaid { place, reason: reason.into() }
}

fn place(population: &Population) -> String {
    format!("population '{}', of model '{}',", population.name(), population.model().name())
}

fn neurons(
    graph: &mut Graph,
    network: &Network,
    id: PopulationId,
    population: &Population,
    area_s: f64,
) -> Result<(), NirError> {
    let (name, size) = (population.name(), population.size());
    let shape = || Array::of_shape(&[size]);
    if is_source(population.model()) {
        graph.add(name, Primitive::new(Kind::Input, [("shape", shape())]));
    } else {
        let unit = unit(network, id, population)?;
        let mut node = of_model(population, unit, area_s)?;
        told(&mut node, UNIT, unit);
        if let Model::LifExp(neuron) = population.model() {
            told(&mut node, CAPACITANCE, neuron.capacitance_farad);
        }
        graph.add(name, node);
    }
    if network.outgoing(id).next().is_none() {
        let mut output = format!("{name}_out");
        while network.find(&output).is_some() || graph.nodes.contains_key(&output) {
            output.push('_');
        }
        graph.add(&output, Primitive::new(Kind::Output, [("shape", shape())]));
        graph.join(name, &output);
    }
    Ok(())
}

/// Says a number of the network beside: there may be no parameter of NIR from which it follows to the last bit.
fn told(node: &mut Primitive, name: &str, value: f64) {
    node.metadata.insert(name.to_owned(), Array::row(vec![value]).into());
}

/// Whether a model hears nothing: its spikes come in from outside.
fn is_source(model: &Model) -> bool {
    matches!(
        model,
        Model::Input(_)
            | Model::Recorded(_)
            | Model::Regular(_)
            | Model::Poisson(_)
            | Model::Oscillator(_)
    )
}

/// What a weight of 1 does to a population: the same for all projections that arrive.
fn unit(network: &Network, id: PopulationId, population: &Population) -> Result<f64, NirError> {
    let mut units = network.incoming(id).map(|(_, each)| match each.effect() {
        Effect::Volt(unit) | Effect::Ampere(unit) => Ok(unit),
        other => Err(unsaid(
            format!("projection '{}'", each.name()),
            format!("its effect is '{}'; weights there are currents of spikes", other.name()),
        )),
    });
    let first = units.next().transpose()?.unwrap_or(1.0);
    for other in units {
        if other? != first {
            let reason = "projections with different units arrive: give all the same unit, and the rest to their weights";
            return Err(unsaid(place(population), reason));
        }
    }
    Ok(first)
}

fn of_model(population: &Population, unit: f64, area_s: f64) -> Result<Primitive, NirError> {
    let refuse = |reason: &str| unsaid(place(population), reason);
    let all = |value: f64| Array::row(vec![value; population.size()]);
    match population.model() {
        Model::LifDelta(LifDelta { membrane, drive_v }) => {
            let reset = membrane_reset(membrane).map_err(refuse)?;
            if *drive_v != 0.0 {
                return Err(refuse("it has a drive: say it as a bias, or as rest_v"));
            }
            let threshold = all(membrane.threshold_v.next_down());
            if membrane.tau_s == ENDLESS_S && membrane.rest_v == 0.0 {
                let r = inverse(unit, |r| r * area_s, unit / area_s);
                let parameters =
                    [("r", all(r)), ("v_threshold", threshold), ("v_reset", all(reset))];
                return Ok(Primitive::new(Kind::IF, parameters));
            }
            let tau_s = membrane.tau_s;
            let r = inverse(unit, |r| r * area_s / tau_s, unit * tau_s / area_s);
            Ok(lif(all, tau_s, r, membrane.rest_v, threshold, reset))
        }
        Model::Lif(LifNeuron { ideal: Some(law), .. }) => {
            let tau_s = law.tau_s;
            let r = inverse(unit, |r| r * area_s / tau_s, unit * tau_s / area_s);
            Ok(lif(all, tau_s, r, 0.0, all(law.threshold_v.next_down()), law.reset_v))
        }
        Model::LifExp(neuron) => cuba(neuron, all, unit, area_s).map_err(refuse),
        _ => Err(refuse("NIR has no node for it")),
    }
}

fn lif(
    all: impl Fn(f64) -> Array,
    tau_s: f64,
    r: f64,
    v_leak: f64,
    threshold: Array,
    reset: f64,
) -> Primitive {
    let parameters = [
        ("tau", all(tau_s)),
        ("r", all(r)),
        ("v_leak", all(v_leak)),
        ("v_threshold", threshold),
        ("v_reset", all(reset)),
    ];
    Primitive::new(Kind::LIF, parameters)
}

/// `tau_syn dI/dt = w_in S - I`, `tau dv/dt = v_leak - v + R I`: a current of 1 A is one of 1, so that `R` is `tau / C`.
fn cuba(
    neuron: &LifExp,
    all: impl Fn(f64) -> Array,
    unit: f64,
    area_s: f64,
) -> Result<Primitive, &'static str> {
    let LifExp { membrane, capacitance_farad, tau_excitatory_s, tau_inhibitory_s, drive_ampere } =
        neuron;
    if tau_excitatory_s != tau_inhibitory_s {
        return Err(
            "currents of excitation and inhibition decay differently; CubaLIF has one time constant",
        );
    }
    if *drive_ampere != 0.0 {
        return Err("it has a drive: say it as a bias, or as rest_v");
    }
    let reset = membrane_reset(membrane)?;
    let (tau_s, syn_s) = (membrane.tau_s, *tau_excitatory_s);
    let current = crate::neuron::CURRENT;
    let r =
        inverse(*capacitance_farad, |r| current * tau_s / r, current * tau_s / capacitance_farad);
    let of_unit = |w_in: f64| current * w_in * area_s / syn_s;
    let w_in = inverse(unit, of_unit, unit * syn_s / (current * area_s));
    let parameters = [
        ("tau_syn", all(syn_s)),
        ("tau_mem", all(tau_s)),
        ("r", all(r)),
        ("v_leak", all(membrane.rest_v)),
        ("v_threshold", all(membrane.threshold_v.next_down())),
        ("v_reset", all(reset)),
        ("w_in", all(w_in)),
    ];
    Ok(Primitive::new(Kind::CubaLIF, parameters))
}

fn membrane_reset(membrane: &Membrane) -> Result<f64, &'static str> {
    if membrane.refractory_s != 0.0 {
        return Err("it has a refractory time");
    }
    if membrane.initial_v.is_some() {
        return Err("it has initial potentials; in NIR a membrane begins at its rest");
    }
    match membrane.reset {
        Reset::Zero => Ok(0.0),
        Reset::ToV(value) => Ok(value),
        Reset::Subtract => {
            Err("a spike subtracts its threshold; in NIR it sets the potential to a value")
        }
    }
}

/// The number near `guess` from which `forward` gives `wanted` to the bit. Of several it is one that single precision has,
/// since most files have such; if none does, the nearest.
fn inverse(wanted: f64, forward: impl Fn(f64) -> f64, guess: f64) -> f64 {
    let single = f64::from(guess as f32);
    let mut near = vec![single, guess];
    let (mut above, mut below) = (guess, guess);
    for _ in 0..4 {
        (above, below) = (above.next_up(), below.next_down());
        near.extend([above, below]);
    }
    near.into_iter().find(|each| forward(*each) == wanted).unwrap_or(guess)
}

fn connection(
    graph: &mut Graph,
    network: &Network,
    projection: &Projection,
) -> Result<(), NirError> {
    let [from, to] = [projection.from(), projection.to()].map(|id| network.population(id));
    let refuse = |reason: &str| unsaid(format!("projection '{}'", projection.name()), reason);
    let Delay::All(delay_fs) = *projection.delay() else {
        return Err(refuse("its synapses have different delays; one for all can be said"));
    };
    let mut last = from.name().to_owned();
    if delay_fs > SHORTEST_DELAY_FS {
        let name = unused(graph, network, &format!("{}_delay", projection.name()));
        let delay = Array::row(vec![delay_fs as f64 / FS; from.size()]);
        graph.add(&name, Primitive::new(Kind::Delay, [("delay", delay)]));
        graph.join(&last, &name);
        last = name;
    }
    if let Some(weight) = table(projection, from.size(), to.size()).map_err(refuse)? {
        let name = unused(graph, network, projection.name());
        graph.add(&name, Primitive::new(Kind::Linear, [("weight", weight)]));
        graph.join(&last, &name);
        last = name;
    }
    let edge = (last, to.name().to_owned());
    if graph.edges.contains(&edge) {
        return Err(refuse("another one leads the same way one to one"));
    }
    graph.edges.push(edge);
    Ok(())
}

fn unused(graph: &Graph, network: &Network, name: &str) -> String {
    let mut unused = name.to_owned();
    while graph.nodes.contains_key(&unused) || network.find(&unused).is_some() {
        unused.push('_');
    }
    unused
}

/// Weights with a row for each target; nothing where each source is connected to the target of its number.
fn table(
    projection: &Projection,
    sources: usize,
    targets: usize,
) -> Result<Option<Array>, &'static str> {
    let size = sources.saturating_mul(targets);
    let values = match projection.connections() {
        Connections::OneToOne => return Ok(None),
        Connections::Drawn(_) => return Err("its synapses are drawn; NIR has given ones"),
        _ if size > MOST => return Err("its table would have more than 2^28 weights"),
        Connections::Dense(weights) => transposed(weights.values(), sources, targets),
        Connections::Sparse(rows) => {
            let mut table = vec![0.0; size];
            for source in 0..sources {
                for each in rows.of(source) {
                    table[rows.targets()[each] as usize * sources + source] +=
                        rows.weights().get(each);
                }
            }
            Values::Double(table)
        }
    };
    Ok(Array::new(vec![targets, sources], Numbers::Real(values)))
}

fn transposed(values: &Values, rows: usize, columns: usize) -> Values {
    let places = (0..columns).flat_map(|column| (0..rows).map(move |row| row * columns + column));
    match values {
        Values::Single(values) => Values::Single(places.map(|at| values[at]).collect()),
        Values::Double(values) => Values::Double(places.map(|at| values[at]).collect()),
    }
}
