//! Networks of point neurons of any shape, graphs of NIR among them, shown images or events: each sample is an exact run.

use std::io;

use memspike_network::{Input, Model, Network, PopulationId};
use memspike_population::{Description, Ended, Options, Precision, Simulation, Sink};
use memspike_ranks::Ranks;
use memspike_run::Workers;
use memspike_snn::{Evaluation, Response};
use memspike_time::Time;

use super::samples::Shown;
use super::{Run, completeness, draw, figures, input, setups, show};
use crate::{
    failure::Failure,
    files, interrupt,
    network_args::{ClassifyArguments, LevelName},
    network_source::NetworkSource,
    nir,
    progress::Progress,
};

/// Whether point neurons are to be run as they are: a graph, or spikes for inputs.
pub fn is_asked(arguments: &ClassifyArguments) -> bool {
    let is_graph = arguments.source.network.as_deref().is_some_and(nir::is_graph);
    arguments.spiking.events.is_some() || is_graph && arguments.level == LevelName::Point
}

/// Refuses what only such networks have a use for.
pub fn refuse_without(arguments: &ClassifyArguments) -> Result<(), Failure> {
    let path = arguments.source.path();
    if nir::is_graph(path) {
        return arguments.source.read(&memspike_snn::Parameters::default()).map(|_| ());
    }
    nir::refuse_laws(path, arguments.spiking.laws.given())?;
    match arguments.spiking.shown {
        None => Ok(()),
        Some(_) => Err(input(
            &"--shown is of .nir files and of --events: a network says itself how long it is shown an image, by shown_s",
        )),
    }
}

/// Refuses what decides nothing here.
fn refuse_unused(arguments: &ClassifyArguments) -> Result<(), Failure> {
    if arguments.level == LevelName::Device {
        return Err(input(&"--events are spikes of point neurons: add --level point"));
    }
    let neurons = &arguments.neurons;
    let unused = [
        ("--sweep", arguments.sweep.is_some()),
        ("--seeds", arguments.seeds.get() > 1),
        ("--lif-threshold", neurons.lif_threshold.is_some()),
        ("--lif-reset", neurons.lif_reset.is_some()),
    ];
    let unused = unused.into_iter().find_map(|(name, is_given)| is_given.then_some(name));
    match unused.or(arguments.array.given()) {
        None => Ok(()),
        Some(name) => Err(input(&format!(
            "{name} is for the arrays and neurons of a network of layers; these neurons are those of their file, and their \
             weights are exact: leave it out"
        ))),
    }
}

/// A network, and what of it is fed and heard.
pub struct Ends {
    /// The network.
    pub network: Network,
    inputs: PopulationId,
    /// Populations of the outputs, with the class of each of their neurons.
    outputs: Vec<(PopulationId, Vec<usize>)>,
}

impl Ends {
    fn of(arguments: &ClassifyArguments) -> Result<Self, Failure> {
        let Some(path) = arguments.source.network.as_deref() else {
            return Err(input(
                &"--weights are of oscillation neurons, which see images: give --events a --network",
            ));
        };
        if nir::is_graph(path) {
            let imported = nir::silent(path, arguments.spiking.laws)?;
            return Self::of_graph(&arguments.source, imported);
        }
        nir::refuse_laws(path, arguments.spiking.laws.given())?;
        Self::of_network(&arguments.source, Network::read(path).map_err(|error| input(&error))?)
    }

    /// The network of a graph, whose only Input is fed and whose only Output is heard.
    pub fn of_graph(
        source: &NetworkSource,
        imported: memspike_nir::Imported,
    ) -> Result<Self, Failure> {
        let network = imported.network;
        let is_input =
            |id: &PopulationId| matches!(network.population(*id).model(), Model::Input(_));
        let inputs = network.populations().map(|(id, _)| id).filter(is_input);
        let inputs = only(source, &network, inputs.collect(), "nodes Input")?;
        let heard: Vec<_> = imported.populations.iter().filter(|placed| placed.is_output).collect();
        let Some(first) = heard.first() else {
            return Err(source.refuse(&"it has no node Output, whose neurons would be the classes"));
        };
        if let Some(other) = heard.iter().find(|placed| placed.node != first.node) {
            return Err(source.refuse(&format!(
                "nodes '{}' and '{}' both go out; one has a neuron for each class",
                first.node, other.node
            )));
        }
        let outputs = heard.iter().map(|placed| {
            let id = network.find(&placed.population).expect("the network that it is placed in");
            let all = || (0..network.population(id).size()).collect();
            (id, placed.neurons.clone().unwrap_or_else(all))
        });
        let outputs = outputs.collect();
        Ok(Self { network, inputs, outputs })
    }

    /// A network whose only source is played, and whose only population that nobody hears decides.
    fn of_network(source: &NetworkSource, network: Network) -> Result<Self, Failure> {
        let is_played = |id: &PopulationId| {
            matches!(network.population(*id).model(), Model::Input(_) | Model::Recorded(_))
        };
        let all = || network.populations().map(|(id, _)| id);
        let inputs = all().filter(is_played).collect();
        let inputs =
            only(source, &network, inputs, "populations of the models 'input' and 'recorded'")?;
        let last = all().filter(|id| network.outgoing(*id).next().is_none()).collect();
        let last = only(source, &network, last, "populations that no other hears")?;
        let outputs = vec![(last, (0..network.population(last).size()).collect())];
        let played = |id| (id == inputs).then(|| Model::from(Input {}));
        let network = network.with_models(played).map_err(|error| input(&error))?;
        Ok(Self { network, inputs, outputs })
    }

    /// How many inputs and classes there are.
    pub fn sizes(&self) -> [usize; 2] {
        let classes = self.outputs.iter().map(|(_, places)| places.len()).sum();
        [self.network.population(self.inputs).size(), classes]
    }
}

/// The only one of several populations.
fn only(
    source: &NetworkSource,
    network: &Network,
    found: Vec<PopulationId>,
    what: &str,
) -> Result<PopulationId, Failure> {
    if let [only] = found[..] {
        return Ok(only);
    }
    let names: Vec<_> = found.iter().take(5).map(|id| network.population(*id).name()).collect();
    let count = found.len();
    let names = if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
    Err(source.refuse(&format!("it has {count} {what}{names}; to classify, one is needed")))
}

/// What runs share.
pub struct Bench<'n> {
    description: Description<'n>,
    /// The inputs' place among the populations of the description, and the outputs'.
    inputs: usize,
    outputs: Vec<(usize, &'n [usize])>,
    classes: usize,
    shown: &'n Shown,
}

/// Why not all samples were shown.
pub enum Stop {
    Asked,
    Failed(String),
}

/// Counts spikes by class.
struct Heard<'b> {
    outputs: &'b [(usize, &'b [usize])],
    counts: Vec<u32>,
}

impl Sink for Heard<'_> {
    fn spike(&mut self, _: Time, population: usize, neuron: u32) -> io::Result<()> {
        if let Some((_, classes)) = self.outputs.iter().find(|(own, _)| *own == population) {
            self.counts[classes[neuron as usize]] += 1;
        }
        Ok(())
    }
}

fn failed(error: &dyn std::fmt::Display) -> Stop {
    Stop::Failed(format!("error: {error}"))
}

impl<'n> Bench<'n> {
    /// Runs of a network on samples; the seed decides what is drawn of the network.
    pub fn new(ends: &'n Ends, shown: &'n Shown, seed: u64) -> Result<Self, Failure> {
        let description = Description::new(&ends.network, seed, Precision::Double);
        let description = description.map_err(|error| input(&error))?;
        let place = |wanted: PopulationId| {
            let place = description.populations.iter().position(|id| *id == wanted);
            place.expect("the description has all populations")
        };
        let inputs = place(ends.inputs);
        let outputs = ends.outputs.iter().map(|(id, classes)| (place(*id), &classes[..]));
        let outputs = outputs.collect();
        let [_, classes] = ends.sizes();
        Ok(Self { description, inputs, outputs, classes, shown })
    }

    /// Runs a sample from the beginning to its end, in a simulation of its own: an image is taken by none that has run.
    pub fn respond(&self, number: u32) -> Result<Response, Stop> {
        if interrupt::asked() {
            return Err(Stop::Asked);
        }
        let options = Options::default();
        let simulation = Simulation::new(&self.description.input, &self.description, &options);
        let mut simulation = simulation.map_err(|error| failed(&error))?;
        let mut played = Ok(());
        self.shown.each(number, |at_s, neuron| {
            let one = simulation.play(self.inputs, neuron, Time::from_s(at_s));
            played = std::mem::replace(&mut played, Ok(())).and(one);
        });
        played.map_err(|error| failed(&error))?;
        let mut heard = Heard { outputs: &self.outputs, counts: vec![0; self.classes] };
        let until = Time::last_read_as(self.shown.until_s).later(self.shown.late_fs);
        let ended = simulation.run(until, &mut heard, &mut |_| interrupt::unless_asked());
        if ended.map_err(|error| failed(&error))? == Ended::Stopped {
            return Err(Stop::Asked);
        }
        let potentials_v = self.potentials_v(&simulation)?;
        Ok(Response { counts: heard.counts, potentials_v, ..Response::default() })
    }

    /// Potentials of the outputs now (V), by class.
    fn potentials_v(&self, simulation: &Simulation) -> Result<Vec<f64>, Stop> {
        let mut potentials_v = vec![0.0; self.classes];
        for (population, classes) in &self.outputs {
            let neurons: Vec<_> = (0..classes.len() as u32).map(|at| (*population, at)).collect();
            let probed = simulation.probe(&neurons, &mut |(_, neuron), probed| {
                potentials_v[classes[neuron as usize]] = probed.potential_v.unwrap_or_default();
                Ok(())
            });
            probed.map_err(|error| failed(&error))?;
        }
        Ok(potentials_v)
    }
}

/// Shows every sample to the network, and prints how many are decided rightly.
pub fn classify(arguments: &ClassifyArguments, ranks: &Ranks) -> Result<(), Failure> {
    if ranks.count() > 1 {
        return Err(input(
            &"a network of point neurons is classified in one process: leave out MPI",
        ));
    }
    refuse_unused(arguments)?;
    let ends = Ends::of(arguments)?;
    let shown = Shown::read(arguments, &ends.network, ends.sizes())?;
    if let Some(folder) = &arguments.out {
        files::make_folder(folder)?;
        let inputs = [&shown.files[..], &[arguments.source.path().to_owned()]].concat();
        files::keep(&inputs, &figures(folder, None))?;
    }
    let bench = Bench::new(&ends, &shown, arguments.seed.seed)?;
    interrupt::listen();
    let workers = Workers::new(arguments.threads.threads, shown.labels.len())?;
    let progress = Progress::new(Some(shown.labels.len() as u64), "samples");
    let respond = |(): &mut (), number| bench.respond(number);
    let evaluation =
        workers.install(|| Evaluation::of_labels(&shown.labels, respond, || progress.add(1)));
    drop(progress);
    let runs = match evaluation {
        Ok(evaluation) => {
            vec![Run { energy: None, ..Run::new(&setups(arguments, None)[0], &evaluation) }]
        }
        Err(Stop::Asked) => Vec::new(),
        Err(Stop::Failed(message)) => return Err(Failure::Work(message)),
    };
    show(arguments, None, &runs)?;
    draw(arguments, None, &runs)?;
    completeness(runs.len(), 1)
}
