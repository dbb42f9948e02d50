//! Arguments of the arrays of synapses.

use clap::Args;
use memspike_crossbar::{Config, Drift, Faults, Noise, Wires};

use crate::{failure::Failure, network_args::not_negative};

/// A value for each layer, or one for all.
#[derive(Clone, Debug, PartialEq)]
pub struct PerLayer<T>(Vec<T>);

impl<T: Copy> PerLayer<T> {
    /// The same for all layers.
    pub fn all(value: T) -> Self {
        Self(vec![value])
    }

    /// That of a layer, from 0.
    fn of(&self, layer: usize) -> T {
        self.0[if self.0.len() == 1 { 0 } else { layer }]
    }
}

/// Numbers that are not negative, between commas.
fn numbers(text: &str) -> Result<PerLayer<f64>, String> {
    text.split(',').map(not_negative).collect::<Result<_, _>>().map(PerLayer)
}

/// Whole numbers between commas.
fn counts(text: &str) -> Result<PerLayer<u32>, String> {
    let count = |text: &str| text.parse().map_err(|_| "a whole number is needed".to_owned());
    text.split(',').map(count).collect::<Result<_, _>>().map(PerLayer)
}

/// The arrays of synapses; ideal as they stand. Each option takes one value for all layers, or one for each: 16,8.
#[derive(Args, Clone)]
pub struct ArrayArguments {
    /// Greatest conductance of a device (S). This and what follows of arrays: one value, or one for each layer, as in 1u,2u.
    #[arg(long, value_name = "S", default_value = "1u", value_parser = numbers)]
    pub gmax: PerLayer<f64>,
    /// Least conductance of a device (S).
    #[arg(long, value_name = "S", default_value = "0", value_parser = numbers)]
    pub gmin: PerLayer<f64>,
    /// Conductance levels of a device; any conductance without it.
    #[arg(long, value_name = "N", value_parser = counts)]
    pub levels: Option<PerLayer<u32>>,
    /// Resistance of a segment of a row or column wire (ohm).
    #[arg(long, value_name = "OHM", default_value = "0", value_parser = numbers)]
    pub wire: PerLayer<f64>,
    /// Standard deviation of programmed conductances, in parts of gmax - gmin.
    #[arg(long, value_name = "X", default_value = "0", value_parser = numbers)]
    pub programming_noise: PerLayer<f64>,
    /// Standard deviation of conductances from image to image, in parts of gmax - gmin. With --wire
    /// every image solves the array again.
    #[arg(long, value_name = "X", default_value = "0", value_parser = numbers)]
    pub read_noise: PerLayer<f64>,
    /// Exponent of drift, its mean over devices: g falls as (t / 1 s)^-X.
    #[arg(long, value_name = "X", default_value = "0", value_parser = numbers)]
    pub drift_nu: PerLayer<f64>,
    /// Standard deviation of that exponent over devices.
    #[arg(long, value_name = "X", default_value = "0", value_parser = numbers)]
    pub drift_nu_sigma: PerLayer<f64>,
    /// Time since programming at which images are shown (s), at least 1.
    #[arg(long, value_name = "S", default_value = "1", value_parser = numbers)]
    pub drift_time: PerLayer<f64>,
    /// Part of the devices that is stuck at gmax.
    #[arg(long, value_name = "X", default_value = "0", value_parser = numbers)]
    pub stuck_on: PerLayer<f64>,
    /// Part of the devices that is stuck at gmin.
    #[arg(long, value_name = "X", default_value = "0", value_parser = numbers)]
    pub stuck_off: PerLayer<f64>,
}

impl ArrayArguments {
    /// Refuses a number of values that is neither one nor that of the layers, and values that no array has.
    pub fn check(&self, layers: usize) -> Result<(), Failure> {
        let refuse = |message: String| Err(Failure::Input(format!("error: {message}")));
        for (name, count) in [
            ("gmax", self.gmax.0.len()),
            ("gmin", self.gmin.0.len()),
            ("levels", self.levels.as_ref().map_or(1, |levels| levels.0.len())),
            ("wire", self.wire.0.len()),
            ("programming-noise", self.programming_noise.0.len()),
            ("read-noise", self.read_noise.0.len()),
            ("drift-nu", self.drift_nu.0.len()),
            ("drift-nu-sigma", self.drift_nu_sigma.0.len()),
            ("drift-time", self.drift_time.0.len()),
            ("stuck-on", self.stuck_on.0.len()),
            ("stuck-off", self.stuck_off.0.len()),
        ] {
            if count != 1 && count != layers {
                return refuse(format!(
                    "--{name}: {count} values for {layers} {}; give one for all, or one for each",
                    if layers == 1 { "layer" } else { "layers" }
                ));
            }
        }
        (0..layers)
            .try_for_each(|layer| self.config(layer).validate().or_else(|e| refuse(e.to_string())))
    }

    /// The first option that is given as something else than it is when left out.
    pub fn given(&self) -> Option<&'static str> {
        let is_zero = |value: &PerLayer<f64>| *value == PerLayer::all(0.0);
        [
            ("--gmax", self.gmax != PerLayer::all(1e-6)),
            ("--gmin", !is_zero(&self.gmin)),
            ("--levels", self.levels.is_some()),
            ("--wire", !is_zero(&self.wire)),
            ("--programming-noise", !is_zero(&self.programming_noise)),
            ("--read-noise", !is_zero(&self.read_noise)),
            ("--drift-nu", !is_zero(&self.drift_nu)),
            ("--drift-nu-sigma", !is_zero(&self.drift_nu_sigma)),
            ("--drift-time", self.drift_time != PerLayer::all(1.0)),
            ("--stuck-on", !is_zero(&self.stuck_on)),
            ("--stuck-off", !is_zero(&self.stuck_off)),
        ]
        .into_iter()
        .find_map(|(name, is_given)| is_given.then_some(name))
    }

    /// The array of a layer, from 0, as crate `crossbar` knows it.
    pub fn config(&self, layer: usize) -> Config {
        let noise = |sigma: &PerLayer<f64>| Noise { sigma: sigma.of(layer), ..Noise::default() };
        let ohm = self.wire.of(layer);
        Config {
            levels: self.levels.as_ref().map(|levels| levels.of(layer)),
            weight_max: Some(1.0),
            programming_noise: noise(&self.programming_noise),
            read_noise: noise(&self.read_noise),
            faults: Faults {
                stuck_on: self.stuck_on.of(layer),
                stuck_off: self.stuck_off.of(layer),
            },
            drift: Drift {
                nu: self.drift_nu.of(layer),
                nu_sigma: self.drift_nu_sigma.of(layer),
                time_s: self.drift_time.of(layer),
                ..Drift::default()
            },
            wires: Wires { row_ohm: ohm, column_ohm: ohm, ..Wires::default() },
            ..Config::ideal(self.gmin.of(layer), self.gmax.of(layer))
        }
    }
}
