//! The whole network at device level on the drawn digits.

use std::path::Path;

use memspike_decks::DIGITS;
use memspike_report as report;
use memspike_run::DeviceCard;
use memspike_snn::{
    CLASSES, DeviceNetwork, Idx, Image, Layered, Observer, PIXELS, Parameters, Response, Spike,
    Synapses, Weights, Workspace,
};
use memspike_weights::MNIST;
use serde::Serialize;

use crate::{failure::Failure, interrupt, network};

use super::core::Run;

/// Of every device.
pub const SEED: u64 = 0;

/// The network: shipped weights, the paper's device and its variation.
pub struct Demo {
    network: DeviceNetwork,
}

/// A digit and the network's answer.
pub struct Shown {
    pub digit: usize,
    pub image: Image,
    pub response: Response,
    pub trace: Trace,
}

/// What `--json` says of a digit.
#[derive(Serialize)]
pub struct Decision {
    drawn: usize,
    decision: usize,
    /// Spikes of each output neuron.
    counts: Vec<u32>,
    energy_j: f64,
}

/// The output layer while it looked at an image.
pub struct Trace {
    /// When each neuron fired (s).
    pub spikes_s: [Vec<f64>; CLASSES],
    /// Each membrane as `(s, V)`.
    pub membranes: [Vec<(f64, f64)>; CLASSES],
    /// Voltage of every spike of all neurons (V).
    pub peaks_v: Vec<f64>,
}

impl Demo {
    /// The network, from what the program carries.
    pub fn new() -> Result<Self, Failure> {
        let wrong = |error: &dyn std::fmt::Display| Failure::Work(format!("error: {error}"));
        let path = Path::new("weights/mnist.npy");
        let weights =
            Weights::decode(path, MNIST, Some((PIXELS, CLASSES))).map_err(|e| wrong(&e))?;
        let parameters = Parameters::default();
        let network = parameters.network(weights, None).map_err(|e| wrong(&e))?;
        let layered = Layered::of(&network, parameters.duration_s).map_err(|e| wrong(&e))?;
        let weights = layered.layers[0].weights;
        let synapses = Synapses::ideal(&parameters, weights).map_err(|e| wrong(&e))?;
        let [input, output] = network::devices(&DeviceCard::load(None)?, 1.0)?;
        let network = DeviceNetwork::new(&layered, [&input, &output], [&synapses], SEED);
        Ok(Self { network })
    }

    /// The answers to all digits, each shown under its own number.
    pub fn show(&self) -> Result<Vec<Shown>, Failure> {
        let mut workspace = Workspace::default();
        let drawn = Idx::decode(Path::new("netlists/digits.idx"), DIGITS, 3)
            .map_err(|error| Failure::Work(format!("error: {error}")))?;
        let (images, _) = drawn.entries.as_chunks::<PIXELS>();
        let shown = images.iter().enumerate().map(|(digit, image)| {
            if interrupt::asked() {
                return Err(interrupt::nothing_written());
            }
            let mut trace = Trace::at_rest();
            let response = self.network.observe(&mut workspace, digit as u32, image, &mut trace);
            Ok(Shown { digit, image: image[..].into(), response, trace })
        });
        shown.collect()
    }
}

/// Points of a membrane's curve are no closer, but for spikes (s).
const CLOSEST_S: f64 = 200e-6;

impl Trace {
    /// Nothing has happened yet.
    fn at_rest() -> Self {
        Self {
            spikes_s: Default::default(),
            membranes: std::array::from_fn(|_| vec![(0.0, 0.0)]),
            peaks_v: Vec::new(),
        }
    }
}

impl Observer for Trace {
    fn spike(&mut self, _: usize, class: usize, spike: Spike) {
        self.spikes_s[class].push(spike.at_s);
        self.membranes[class].push((spike.at_s, spike.peak_v));
        self.peaks_v.push(spike.peak_v);
    }

    fn membrane(&mut self, _: usize, class: usize, at_s: f64, volts: f64) {
        let curve = &mut self.membranes[class];
        let last_s = curve.last().map_or(f64::NEG_INFINITY, |point| point.0);
        let fired = self.spikes_s[class].last() == Some(&last_s);
        if fired || at_s - last_s >= CLOSEST_S {
            curve.push((at_s, volts));
        }
    }
}

impl Shown {
    /// For programs.
    pub fn decision(&self) -> Decision {
        let Response { counts, energy, .. } = &self.response;
        Decision {
            drawn: self.digit,
            decision: self.response.decision(),
            counts: counts.clone(),
            energy_j: energy.total_j(),
        }
    }

    /// The run of the analog output layer, with its spikes.
    pub fn run(&self) -> Run {
        Run::of(self.trace.spikes_s.to_vec())
    }

    /// Whether the decision is what was drawn.
    pub fn is_right(&self) -> bool {
        self.response.decision() == self.digit
    }
}

/// What every neuron fired, and the decisions.
pub fn table(shown: &[Shown]) -> String {
    let header = ["drawn", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "decision", "energy"];
    let rows = shown
        .iter()
        .map(|Shown { digit, response, .. }| {
            let counts = response.counts.iter().map(u32::to_string);
            let energy = report::engineering(response.energy.total_j(), "J");
            [digit.to_string()]
                .into_iter()
                .chain(counts)
                .chain([response.decision().to_string(), energy])
                .collect()
        })
        .collect();
    let right = shown.iter().filter(|shown| shown.is_right()).count();
    format!(
        "Spiking network: 784 oscillation neurons, 7840 synapses, 10 LIF neurons, every device with the paper's\n\
         variation; trained on MNIST, shown ten digits drawn for this project. Spikes of each output neuron:\n\
         {}\n{right} of {} decided rightly\n",
        report::table(&header, rows),
        shown.len()
    )
}
