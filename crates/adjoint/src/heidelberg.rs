//! Spikes in the form of the Heidelberg sets (Cramer, Stradmann, Schemmel and Zenke 2022): HDF5 with a list of times and one of
//! units for each sample, and labels.

use std::path::Path;

use hdf5_pure::{Dataset, Datatype, File};

use crate::heap::{Heap, Lists, bounded};
use crate::samples::{Broken, label, spike};
use crate::{Sample, Samples, SamplesError, Spike};

/// What every file of HDF5 begins with.
pub const MARK: &[u8] = b"\x89HDF\r\n\x1a\n";

/// Reads a file whose bytes these are.
pub fn read(path: &Path, bytes: &[u8]) -> Result<Samples, SamplesError> {
    samples(bytes).map_err(|reason| SamplesError::Hdf5 { path: path.to_owned(), reason })
}

fn hdf5(error: hdf5_pure::Error) -> String {
    format!("it cannot be read as HDF5: {error}")
}

fn samples(bytes: &[u8]) -> Result<Samples, String> {
    let length = bytes.len() as u64;
    let file = File::from_bytes(bytes.to_vec()).map_err(hdf5)?;
    let lists = |name: &str| {
        let dataset = file.dataset(&format!("spikes/{name}"));
        let dataset = dataset.map_err(|error| format!("it has no 'spikes/{name}' ({error})"))?;
        Lists::of(&dataset, length).map_err(|why| format!("'spikes/{name}' {why}"))
    };
    let (times, units) = (lists("times")?, lists("units")?);
    // Lists that share their bytes could grow without a bound.
    if times.numbers().max(units.numbers()) > length {
        return Err("its lists have more numbers than the file has bytes".to_owned());
    }
    let labels = file.dataset("labels").map_err(|error| format!("it has no 'labels' ({error})"))?;
    let labels = self::labels(&labels, length).map_err(|why| format!("'labels' {why}"))?;
    if times.len() != units.len() || times.len() != labels.len() {
        return Err(format!(
            "it has {} lists of times, {} of units and {} labels",
            times.len(),
            units.len(),
            labels.len()
        ));
    }
    let mut heap = Heap::new(bytes);
    let mut all = Samples { inputs: 0, classes: 0, samples: Vec::new(), merged: 0 };
    for (at, label) in labels.into_iter().enumerate() {
        let of_sample = |why: String| format!("sample {at}: {why}");
        let mut numbers = |lists: &Lists| lists.numbers_of(at, &mut heap).map_err(of_sample);
        let spikes = spikes(&numbers(&times)?, &numbers(&units)?).map_err(of_sample)?;
        let mut unique = spikes.clone();
        unique.dedup();
        all.merged += (spikes.len() - unique.len()) as u64;
        let inputs = unique.iter().map(|spike| spike.neuron as usize + 1).max();
        all.inputs = all.inputs.max(inputs.unwrap_or(0));
        all.classes = all.classes.max(label as usize + 1);
        all.samples.push(Sample { spikes: unique, label });
    }
    if all.inputs == 0 {
        return Err("it has no spikes".to_owned());
    }
    Ok(all)
}

fn said((name, value, rule): Broken) -> String {
    format!("{name} is {value:e}; {rule}")
}

/// Spikes of a sample in the order of time, then of inputs.
fn spikes(times: &[f64], units: &[f64]) -> Result<Vec<Spike>, String> {
    if times.len() != units.len() {
        return Err(format!("it has {} times and {} units", times.len(), units.len()));
    }
    let spikes = times.iter().zip(units).map(|(time_s, unit)| spike(*time_s, *unit));
    let mut spikes = spikes.collect::<Result<Vec<_>, _>>().map_err(said)?;
    spikes.sort_by(|a, b| a.at_s.total_cmp(&b.at_s).then(a.neuron.cmp(&b.neuron)));
    Ok(spikes)
}

fn labels(dataset: &Dataset, length: u64) -> Result<Vec<u32>, String> {
    bounded(dataset, length)?;
    let datatype = dataset.datatype().map_err(|error| error.to_string())?;
    if !matches!(datatype, Datatype::FixedPoint { .. }) {
        return Err("are no whole numbers".to_owned());
    }
    let numbers = dataset.read_i64().map_err(|error| format!("are no whole numbers ({error})"))?;
    let checked = |(at, number): (usize, i64)| {
        label(number as f64).map_err(|broken| format!("of sample {at}: {}", said(broken)))
    };
    numbers.into_iter().enumerate().map(checked).collect()
}
