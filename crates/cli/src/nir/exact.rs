//! How the exact run of a graph differs from that in steps.

use std::collections::{BTreeMap, BTreeSet};

use memspike_network::Spikes;
use memspike_nir::{Graph, Grid, Options, Stepped};
use memspike_population::{Description, Ended, Precision, Recording, Simulation};
use memspike_report::table;
use memspike_time::Time;

use crate::interrupt;

/// How far behind its step a spike of the exact run may be (in steps) and still be in it: hidden layers are some femtoseconds
/// late.
const LATE: f64 = 1e-6;

/// Spikes: step and neuron, by node.
type ByNode = BTreeMap<String, BTreeSet<(usize, usize)>>;

/// How often each node fires.
type Counts = BTreeMap<String, usize>;

/// A table of spikes by node, in steps and exact, or why there is no exact run.
pub fn differences(
    graph: &Graph,
    grid: &Grid,
    inputs: &BTreeMap<String, Vec<(usize, usize)>>,
    stepped: &Stepped,
) -> String {
    match exact(graph, grid, inputs) {
        Err(why) => format!("note: no exact run stands beside these steps: {why}\n"),
        Ok(None) => String::new(),
        Ok(Some((mut exact, counts))) => {
            exact.retain(|node, _| !inputs.contains_key(node));
            compared(stepped, &exact, &counts)
        }
    }
}

/// The steps in which neurons fire in the exact run, and how often each node does; nothing if the user asked to stop.
fn exact(
    graph: &Graph,
    grid: &Grid,
    inputs: &BTreeMap<String, Vec<(usize, usize)>>,
) -> Result<Option<(ByNode, Counts)>, String> {
    let step_s = grid.step_s;
    let on_grid = |(name, spikes): (&String, &Vec<(usize, usize)>)| {
        let unique: BTreeSet<_> = spikes.iter().filter(|(step, _)| *step < grid.steps).collect();
        let list = unique.iter().map(|(step, neuron)| (*step as f64 * step_s, *neuron as u32));
        let spikes = Spikes::new(list.collect()).map_err(|error| error.to_string())?;
        Ok((name.clone(), spikes))
    };
    let options = Options {
        spike_area_s: step_s,
        subtract: grid.subtracts(),
        loop_delay_s: Some(step_s),
        spikes: inputs.iter().map(on_grid).collect::<Result<_, String>>()?,
        core: false,
    };
    let imported = graph.network(&options).map_err(|error| error.to_string())?;
    let network = &imported.network;
    let description = Description::new(network, 0, Precision::Double).map_err(|e| e.to_string())?;
    let simulation = Simulation::new(&description.input, &description, &Default::default());
    let mut simulation = simulation.map_err(|error| error.to_string())?;
    let mut recording = Recording::default();
    let until = Time::last_read_as((grid.steps - 1) as f64 * step_s + LATE * step_s);
    let ended = simulation.run(until, &mut recording, &mut |_| interrupt::unless_asked());
    if ended.map_err(|error| error.to_string())? == Ended::Stopped {
        return Ok(None);
    }
    let (mut steps, mut counts) = (ByNode::new(), Counts::new());
    for placed in &imported.populations {
        let id = network.find(&placed.population).expect("the network that it is placed in");
        let place = description.populations.iter().position(|own| *own == id);
        for (at, _, neuron) in recording.spikes.iter().filter(|spike| Some(spike.1) == place) {
            let neuron = *neuron as usize;
            let neuron = placed.neurons.as_ref().map_or(neuron, |members| members[neuron]);
            let step = (at.as_s() / step_s - LATE).ceil().max(0.0) as usize;
            steps.entry(placed.node.clone()).or_default().insert((step, neuron));
            *counts.entry(placed.node.clone()).or_default() += 1;
        }
    }
    Ok(Some((steps, counts)))
}

fn compared(stepped: &Stepped, exact: &ByNode, counts: &Counts) -> String {
    let mut own = ByNode::new();
    for (step, node, neuron) in &stepped.spikes {
        own.entry(node.clone()).or_default().insert((*step, *neuron));
    }
    let none = BTreeSet::new();
    let nodes: BTreeSet<&String> = own.keys().chain(exact.keys()).collect();
    let row = |node: &&String| {
        let own = own.get(*node).unwrap_or(&none);
        let both = exact.get(*node).map_or(0, |exact| own.intersection(exact).count());
        let count = counts.get(*node).copied().unwrap_or_default();
        vec![(*node).clone(), own.len().to_string(), count.to_string(), both.to_string()]
    };
    let header = ["node", "spikes in steps", "spikes of the exact run", "in the same step"];
    format!("{}\n", table(&header, nodes.iter().map(row).collect()))
}
