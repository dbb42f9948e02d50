//! A device that is known, the sweep that an instrument takes of it, and what is read of that.

#![allow(dead_code, reason = "each test file uses a part")]

use std::fs;

use memspike_fit::{Measurement, Quantity, Task};
use memspike_random::Draws;
use tempfile::TempDir;

/// What a measurement file with one sweep says, or what is said about it. `keys` are those of the sweep.
pub fn read_bytes(csv: &[u8], keys: &str, parameters: &str) -> Result<Task, String> {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("s.csv"), csv).expect("the sweep is written");
    let text = format!(
        "name = \"mine\"\nmodel = \"ts_memristor\"\n[parameters]\n\
         von = {{ start = 0.3, min = 0.01, max = 3 }}\nvhold = \"9m\"\nvform = 0\n{parameters}\n\
         [[measurements]]\nkind = \"sweep\"\ncsv = \"s.csv\"\n{keys}\n"
    );
    let path = folder.path().join("m.toml");
    fs::write(&path, text).expect("the measurement file is written");
    let prefix = format!("{}/", folder.path().display());
    Task::load(&path).map_err(|error| {
        assert!(error.is_input());
        error.to_string().replace(&prefix, "")
    })
}

pub fn read(csv: &str, keys: &str) -> Result<Task, String> {
    read_bytes(csv.as_bytes(), keys, "")
}

pub const RATE: &str = "rate = 0.05";

/// The measurement of one kind, if it was read.
pub fn find(task: &Task, kind: &str) -> Option<Measurement> {
    let is = |q: &Quantity| match q {
        Quantity::Threshold { .. } => kind == "threshold",
        Quantity::Hold { .. } => kind == "hold",
        Quantity::OffResistance { .. } => kind == "off",
        Quantity::OnResistance { .. } => kind == "on",
        _ => false,
    };
    task.measurements.iter().find(|m| is(&m.quantity)).cloned()
}

pub fn value(task: &Task, kind: &str) -> f64 {
    find(task, kind).unwrap_or_else(|| panic!("no {kind}: {:?}", task.notes)).value
}

/// How many of its standard deviations a value is from the truth.
pub fn off_by(task: &Task, kind: &str, truth: f64) -> f64 {
    let found = find(task, kind).unwrap_or_else(|| panic!("no {kind}: {:?}", task.notes));
    (found.value - truth).abs() / found.sigma()
}

/// An abrupt device in steps of 10 mV up to 0.6 V and back: on from 0.4 V, off from 0.15 V.
#[derive(Clone, Copy)]
pub struct Device {
    pub roff: f64,
    pub ron: f64,
    pub limit: f64,
    pub offset: f64,
    /// Noise of the current (A), and as a part of it.
    pub noise: [f64; 2],
    /// Whether the voltage at the device is logged.
    pub measured: bool,
}

pub const DEVICE: Device = Device {
    roff: 1e7,
    ron: 2200.0,
    limit: f64::INFINITY,
    offset: 0.0,
    noise: [0.0, 0.0],
    measured: false,
};

impl Device {
    /// Voltages and currents of a sweep whose noise has this number.
    pub fn points(self, number: u64) -> Vec<[f64; 2]> {
        let draws = Draws::new(number, "noise of a sweep");
        let (mut on, mut points) = (false, Vec::new());
        for (k, level) in (0..=60).chain((0..60).rev()).enumerate() {
            let volt = f64::from(level) / 100.0;
            on = if on { level > 15 } else { k <= 60 && level >= 40 };
            let free = volt / if on { self.ron } else { self.roff };
            let ampere = free.min(self.limit);
            let across = if free > self.limit { ampere * self.ron } else { volt };
            let [one, two] = draws.normal_pair(k as u64);
            let read = ampere * (1.0 + self.noise[1] * one) + self.noise[0] * two + self.offset;
            points.push([if self.measured { across } else { volt }, read]);
        }
        points
    }

    pub fn csv(self, number: u64) -> String {
        csv(&self.points(number))
    }
}

pub fn csv(points: &[[f64; 2]]) -> String {
    let rows = points.iter().map(|[volt, ampere]| format!("{volt:e},{ampere:e}\n"));
    "voltage,current\n".to_owned() + &rows.collect::<String>()
}
