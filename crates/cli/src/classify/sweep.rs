//! A setting that is swept, and what comes of its values.

use crate::{
    array_args::{ArrayArguments, PerLayer},
    classify::Run,
    failure::Failure,
};

/// What a sweep changes, and to which values.
pub struct Sweep {
    setting: &'static Setting,
    /// In the order in which they were given.
    pub values: Vec<f64>,
}

/// One setting of a network.
struct Setting {
    /// As in the option of the same name.
    name: &'static str,
    /// On the axis of a figure.
    label: &'static str,
    set: fn(&mut Settings<'_>, f64),
}

/// What settings change.
pub struct Settings<'s> {
    /// Variation of the neurons' devices, in parts of the paper's.
    pub variation: &'s mut f64,
    /// The array of synapses.
    pub array: &'s mut ArrayArguments,
}

const LEVELS: &str = "levels";

const SETTINGS: &[Setting] = &[
    Setting {
        name: LEVELS,
        label: "conductance levels of a device",
        set: |s, v| s.array.levels = Some(PerLayer::all(v as u32)),
    },
    Setting {
        name: "variation",
        label: "variation of the neurons' devices (parts of the paper's)",
        set: |s, v| *s.variation = v,
    },
    Setting {
        name: "wire",
        label: "wire resistance (\u{3A9} a segment)",
        set: |s, v| s.array.wire = PerLayer::all(v),
    },
    Setting {
        name: "stuck-on",
        label: "part of the devices stuck at gmax",
        set: |s, v| s.array.stuck_on = PerLayer::all(v),
    },
    Setting {
        name: "stuck-off",
        label: "part of the devices stuck at gmin",
        set: |s, v| s.array.stuck_off = PerLayer::all(v),
    },
    Setting {
        name: "programming-noise",
        label: "programming noise (parts of gmax \u{2212} gmin)",
        set: |s, v| s.array.programming_noise = PerLayer::all(v),
    },
    Setting {
        name: "read-noise",
        label: "read noise (parts of gmax \u{2212} gmin)",
        set: |s, v| s.array.read_noise = PerLayer::all(v),
    },
    Setting {
        name: "drift-nu",
        label: "exponent of drift",
        set: |s, v| s.array.drift_nu = PerLayer::all(v),
    },
    Setting {
        name: "drift-nu-sigma",
        label: "spread of the exponent of drift over devices",
        set: |s, v| s.array.drift_nu_sigma = PerLayer::all(v),
    },
    Setting {
        name: "drift-time",
        label: "time since programming (s)",
        set: |s, v| s.array.drift_time = PerLayer::all(v),
    },
    Setting { name: "gmin", label: "gmin (S)", set: |s, v| s.array.gmin = PerLayer::all(v) },
    Setting { name: "gmax", label: "gmax (S)", set: |s, v| s.array.gmax = PerLayer::all(v) },
];

impl Sweep {
    /// Reads `NAME=V,V,...`.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let refuse = |reason: String| Failure::Input(format!("error: --sweep {text}: {reason}"));
        let (name, list) = text
            .split_once('=')
            .ok_or_else(|| refuse("a name and values are needed, such as levels=2,4,8".into()))?;
        let setting = SETTINGS.iter().find(|setting| setting.name == name).ok_or_else(|| {
            let names: Vec<&str> = SETTINGS.iter().map(|setting| setting.name).collect();
            refuse(format!("it can be {}", names.join(", ")))
        })?;
        let value = |value: &str| {
            let number = memspike_netlist::parse_number(value)
                .map_err(|e| refuse(format!("'{value}': {e}")))?;
            if !(number >= 0.0 && number.is_finite()) {
                return Err(refuse(format!("'{value}': a number that is not negative is needed")));
            }
            let whole = number.fract() == 0.0 && (2.0..=1e6).contains(&number);
            if setting.name == LEVELS && !whole {
                return Err(refuse(format!("'{value}': a whole number from 2 on is needed")));
            }
            Ok(number)
        };
        Ok(Self { setting, values: list.split(',').map(value).collect::<Result<_, _>>()? })
    }

    /// What is swept, as its option is named.
    pub fn name(&self) -> &'static str {
        self.setting.name
    }

    /// What is swept, with its unit.
    pub fn label(&self) -> &'static str {
        self.setting.label
    }

    /// Sets the value.
    pub fn set(&self, settings: &mut Settings<'_>, value: f64) {
        (self.setting.set)(settings, value);
    }
}

/// What networks that differ by their seed alone gave.
pub struct Spread {
    /// The value of the sweep.
    pub value: Option<f64>,
    /// How many networks.
    pub seeds: usize,
    /// Mean accuracy.
    pub mean: f64,
    /// Standard deviation of the accuracy over seeds; zero for one.
    pub deviation: f64,
    /// The least accuracy.
    pub least: f64,
    /// The greatest one.
    pub greatest: f64,
    /// Mean energy of an image (J).
    pub energy_j: f64,
}

impl Spread {
    /// One for each value, from runs in the order of values.
    pub fn of(runs: &[Run]) -> Vec<Self> {
        runs.chunk_by(|a, b| a.value == b.value).map(Self::of_same).collect()
    }

    fn of_same(runs: &[Run]) -> Self {
        let (count, accuracies) = (runs.len() as f64, || runs.iter().map(|run| run.accuracy));
        let mean = accuracies().sum::<f64>() / count;
        let squares = accuracies().map(|a| (a - mean).powi(2)).sum::<f64>();
        Self {
            value: runs[0].value,
            seeds: runs.len(),
            mean,
            deviation: (squares / (count - 1.0).max(1.0)).sqrt(),
            least: accuracies().fold(1.0, f64::min),
            greatest: accuracies().fold(0.0, f64::max),
            energy_j: runs
                .iter()
                .filter_map(|run| run.energy)
                .map(|each| each.total_j())
                .sum::<f64>()
                / count,
        }
    }
}
