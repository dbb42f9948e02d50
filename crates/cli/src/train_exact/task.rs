//! What is trained, and on what.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use memspike_adjoint::{Design, Layers, Sample, Samples, Trainer, YinYang};
use memspike_network::{Form, Network, Recorded, Spikes};

use super::{NETWORK, input};
use crate::{failure::Failure, files, tell, train_args::TrainArguments};

/// A network and its data.
pub struct Task {
    network: Network,
    pub layers: Layers,
    /// The weights that it begins with, if it does not draw them.
    pub begun: Option<Vec<f64>>,
    pub training: Samples,
    pub validation: Samples,
    /// Samples that chose nothing, if there are any.
    pub test: Option<Samples>,
    /// How long a sample is shown (s).
    pub until_s: f64,
    /// Files that it is made of.
    pub inputs: Vec<PathBuf>,
    /// Whether the data are those that others have published figures of.
    pub is_yin_yang: bool,
}

/// What samples are, as far as a task needs them.
struct Data {
    training: Samples,
    validation: Samples,
    test: Option<Samples>,
    until_s: f64,
    file: Option<PathBuf>,
}

/// The name of the data set that is drawn.
pub const YIN_YANG: &str = "yinyang";
/// Samples of its parts (Kriener, Goeltz and Petrovici 2022).
const PARTS: [(&str, usize); 3] =
    [("yin-yang training", 5000), ("yin-yang validation", 1000), ("yin-yang test", 1000)];
/// One sample in so many is kept for validation where nothing else is said.
const VALIDATION: usize = 10;

impl Task {
    /// What arguments ask for, under a seed.
    pub fn of(arguments: &TrainArguments, seed: u64) -> Result<Self, Failure> {
        let Some(name) = arguments.exact.data.as_deref() else {
            let message = "--gradient exact needs data: --data yinyang, or --data FILE with a list of events, .npy or .h5";
            return Err(input(&message));
        };
        let is_yin_yang = name == YIN_YANG;
        let data = if is_yin_yang { yin_yang(arguments, seed)? } else { listed(name, arguments)? };
        let (network, begins) = network(arguments, is_yin_yang)?;
        let layers = Layers::of(&network).map_err(|e| input(&e))?;
        let (inputs, classes) = (data.training.inputs, data.training.classes);
        if inputs > layers.inputs() || classes > layers.classes() {
            return Err(input(&format!(
                "the data have {inputs} inputs and {classes} classes, the network {} and {}: choose a shape that holds them",
                layers.inputs(),
                layers.classes()
            )));
        }
        let begun = begins.then(|| layers.weights_of(&network));
        let Data { training, validation, test, until_s, file } = data;
        let inputs = arguments.exact.network.iter().cloned().chain(file).collect();
        Ok(Self {
            network,
            layers,
            begun,
            training,
            validation,
            test,
            until_s,
            inputs,
            is_yin_yang,
        })
    }

    /// Names the network in checkpoints.
    pub fn digest(&self) -> String {
        self.network.digest().iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// The sample whose spikes a written network has.
    pub fn example(&self) -> Option<&Sample> {
        let mut shown = self.test.iter().chain([&self.validation, &self.training]);
        shown.find_map(|samples| samples.samples.first())
    }

    /// Writes the network of the best epoch so far, with the spikes of a sample.
    pub fn write_best(&self, trainer: &Trainer<'_>, folder: &Path) -> Result<(), Failure> {
        let Some(best) = &trainer.state().best else { return Ok(()) };
        let spikes = self.example().map_or(&[][..], |sample| &sample.spikes);
        let spikes = spikes.iter().map(|spike| (spike.at_s, spike.neuron)).collect();
        let failed = |error: &dyn std::fmt::Display| {
            Failure::Work(format!("error: this training has no network: {error}"))
        };
        let spikes = Spikes::new(spikes).map_err(|e| failed(&e))?;
        let inputs = Some(Recorded { spikes }.into());
        let network = self.layers.network_with(&self.network, &best.weights, inputs);
        let written = network.map_err(|e| failed(&e))?.encode(Form::Toml);
        for (name, bytes) in &written.tables {
            files::write(&folder.join(name), bytes)?;
        }
        files::write(&folder.join(NETWORK), written.text.as_bytes())
    }
}

/// Whether a file lies in a folder that is there.
fn lies_in(path: &Path, folder: &Path) -> bool {
    let own = path.parent().filter(|own| !own.as_os_str().is_empty());
    match (own.unwrap_or(Path::new(".")).canonicalize(), folder.canonicalize()) {
        (Ok(own), Ok(folder)) => own == folder,
        _ => false,
    }
}

/// The network of a shape or of a file, and whether its weights are where it begins.
fn network(arguments: &TrainArguments, is_yin_yang: bool) -> Result<(Network, bool), Failure> {
    let exact = &arguments.exact;
    if let Some(path) = &exact.network {
        if lies_in(path, &arguments.out) {
            let message = "the network and its tables lie in the folder of the results, which would replace them: choose another --out";
            return Err(input(&message));
        }
        return Ok((Network::read(path).map_err(|e| input(&e))?, true));
    }
    let Some(shape) = &arguments.shape else {
        return Err(input(&"--gradient exact needs a network: --shape 4-120-3, or --network FILE"));
    };
    let mut shape = shape.0.clone();
    if is_yin_yang {
        let ends = [shape[0], shape[shape.len() - 1]];
        if ends != [YinYang::VALUES, YinYang::CLASSES] {
            return Err(input(&format!(
                "yinyang has 4 inputs and 3 classes, the shape {} and {}: write 4-120-3, with layers of your choice between",
                ends[0], ends[1]
            )));
        }
        shape[0] = YinYang::INPUTS;
    }
    let network = Design::default().network(&shape).map_err(|e| input(&e))?;
    Ok((network, false))
}

fn yin_yang(arguments: &TrainArguments, seed: u64) -> Result<Data, Failure> {
    if arguments.choices.validation.is_some() || arguments.exact.shown.is_some() {
        return Err(input(
            &"yinyang has its own validation samples and its own time: leave out --validation and --shown",
        ));
    }
    let code = YinYang::default();
    let [training, validation, test] = PARTS.map(|(part, count)| code.samples(seed, part, count));
    Ok(Data { training, validation, test: Some(test), until_s: YinYang::UNTIL_S, file: None })
}

/// The samples of a file of events.
pub fn samples(path: &Path) -> Result<Samples, Failure> {
    let all = Samples::read(path).map_err(|error| input(&error))?;
    if all.merged > 0 {
        tell(&format!(
            "warning: {}: {} events repeat one of the same input at the same instant, and count once with it\n",
            path.display(),
            all.merged
        ));
    }
    Ok(all)
}

/// How long samples are shown (s): as long as is said, or twice as long as up to the last event.
pub fn shown_s(samples: &Samples, said_s: Option<f64>) -> Result<f64, Failure> {
    let last_s = samples.last_s();
    let until_s = said_s.unwrap_or(2.0 * last_s);
    if until_s <= last_s {
        return Err(input(&format!(
            "a sample is shown for {until_s} s, and the last event is at {last_s} s: give a longer --shown"
        )));
    }
    Ok(until_s)
}

/// How many of so many samples choose the epoch.
pub fn kept(arguments: &TrainArguments, count: usize) -> Result<usize, Failure> {
    let said = arguments.choices.validation;
    let kept = said.map_or(count / VALIDATION, |kept| kept.of(count) as usize);
    if kept >= count {
        return Err(input(&format!(
            "--validation {kept} leaves none of the {count} samples to train on"
        )));
    }
    Ok(kept)
}

fn listed(name: &str, arguments: &TrainArguments) -> Result<Data, Failure> {
    let path = PathBuf::from(name);
    let all = samples(&path)?;
    let kept = kept(arguments, all.samples.len())?;
    let until_s = shown_s(&all, arguments.exact.shown)?;
    let (training, validation) = all.split(kept);
    Ok(Data { training, validation, test: None, until_s, file: Some(path) })
}
