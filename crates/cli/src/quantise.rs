//! `memspike quantise`: what weights of few bits cost, whether hardware does what the model says, and how few bits are enough.

mod command;
mod hardware;
mod loss;
mod search;
mod show;
mod size;
mod table;
mod task;

use memspike_hdl::{Layout, layout};
use memspike_lif_core::{Quantised, Widths, quantise as quantised};
use memspike_report::json;
use memspike_run::clocked::rules;
use memspike_snn::Part;
use serde::Serialize;

use crate::{
    failure::Failure, hardware_args::layer_widths, network_args::QuantiseArguments, print,
    progress::Progress,
};
use hardware::{Bench, Hardware};
use task::Task;

#[derive(Serialize)]
struct Results {
    images: usize,
    step_s: f64,
    point_accuracy: f64,
    rows: Vec<Row>,
}

/// A core and what it made of the images.
#[derive(Serialize)]
struct Row {
    /// The numbers of a core of one layer, which has no need of a list.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    only: Option<Numbers>,
    layers: Vec<Numbers>,
    accuracy: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    hardware: Option<Hardware>,
}

/// The numbers of a layer.
#[derive(Serialize, Clone, Copy)]
struct Numbers {
    bits: u32,
    potential_bits: u32,
    scale: f64,
    threshold: i64,
    /// The largest relative error that rounding made of threshold, reset and leak.
    rounding: f64,
}

impl Numbers {
    fn of(quantised: &Quantised) -> Vec<Self> {
        let layers = quantised.core.spec().layers.iter().zip(&quantised.layers);
        let numbers = layers.map(|(spec, quantisation)| Self {
            bits: spec.weight_bits,
            potential_bits: spec.potential_bits,
            scale: quantisation.scale,
            threshold: spec.threshold,
            rounding: quantisation.error(),
        });
        numbers.collect()
    }
}

fn input(error: &dyn std::fmt::Display) -> Failure {
    Failure::Input(format!("error: {error}"))
}

fn work(error: &dyn std::fmt::Display) -> Failure {
    Failure::Work(format!("error: {error}"))
}

/// Shows images to a core of each width, or looks for the least widths, and prints tables.
pub fn quantise(arguments: &QuantiseArguments) -> Result<(), Failure> {
    let layout = layout(&arguments.arch, arguments.lanes).map_err(|e| input(&e))?;
    if let Some(points) = arguments.search {
        return search::search(arguments, &*layout, points);
    }
    let task = Task::new(arguments, Part::Test)?;
    let cores: Vec<Quantised> = widths(arguments, task.layers.len())?
        .iter()
        .map(|widths| quantised(&task.layers, &rules(widths, task.step)))
        .collect::<Result<_, _>>()
        .map_err(|e| input(&e))?;
    let progress = Progress::new(Some((cores.len() * task.images()) as u64), "images");
    let mut rows = Vec::new();
    let mut ended = Ok(());
    for core in &cores {
        match row(core, &task, arguments.rtl.then_some(&*layout), &progress) {
            Ok(row) => rows.push(row),
            Err(failure) => {
                ended = Err(failure);
                break;
            }
        }
    }
    drop(progress);
    let (step_s, point_accuracy) = (task.step.step_s(), task.point_accuracy());
    let results = Results { images: task.images(), step_s, point_accuracy, rows };
    if arguments.json.json {
        print(&json(&results))?;
    } else {
        let last = cores[..results.rows.len()].last();
        let same = last.map(|core| command::export(arguments, &task, core));
        crate::show(&table::text(&results, arguments.leak_shift, same.as_deref()))?;
    }
    ended
}

/// Widths of all layers, of each core that is asked for.
fn widths(arguments: &QuantiseArguments, layers: usize) -> Result<Vec<Vec<Widths>>, Failure> {
    if arguments.weight_bits.is_empty() {
        let each = arguments
            .bits
            .iter()
            .map(|bits| layer_widths(&[*bits], &arguments.potential_bits, layers));
        return each.collect();
    }
    Ok(vec![layer_widths(&arguments.weight_bits, &arguments.potential_bits, layers)?])
}

/// Shows all images to a core, and to its hardware if a layout is given.
fn row(
    quantised: &Quantised,
    task: &Task,
    layout: Option<&dyn Layout>,
    progress: &Progress,
) -> Result<Row, Failure> {
    let bench = layout.map(|layout| Bench::new(&quantised.core, layout)).transpose()?;
    let shown = show::show(&quantised.core, task, bench.as_ref(), progress)?;
    let layers = Numbers::of(quantised);
    Ok(Row {
        only: Some(layers[0]).filter(|_| layers.len() == 1),
        layers,
        accuracy: task::part(&shown.right),
        hardware: shown.hardware,
    })
}
