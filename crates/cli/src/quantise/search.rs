//! `memspike quantise --search`: the least bits that surely lose little, by validation images.

use memspike_hdl::Layout;
use memspike_lif_core::{LayerSpec, Quantised, Search};
use memspike_report::{engineering, json, table};
use memspike_run::clocked::rules;
use memspike_snn::Part;
use serde::Serialize;

use super::size::{self, Size};
use super::table::{list, percent};
use super::{
    Row, command, input,
    loss::Loss,
    row,
    task::{Task, part},
    work,
};
use crate::{
    failure::Failure, hardware_args::layer_widths, network_args::QuantiseArguments, print,
    progress::Progress,
};

/// Widths of weights where the search begins, unless something else is asked for (bit).
const BEGIN: [u32; 1] = [8];

/// What `--json` prints.
#[derive(Serialize)]
struct Results {
    validation_images: usize,
    step_s: f64,
    point_accuracy: f64,
    allowed_points: f64,
    trials: Vec<Trial>,
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<Row>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<Size>,
}

/// A core that was tried.
#[derive(Serialize)]
struct Trial {
    weight_bits: Vec<u32>,
    potential_bits: Vec<u32>,
    memory_bits: u64,
    accuracy: f64,
    /// Standard error of what is lost against the point level.
    error: f64,
    kept: bool,
}

impl Trial {
    fn of(quantised: &Quantised, accuracy: f64, loss: Loss, kept: bool) -> Self {
        let specs = &quantised.core.spec().layers;
        Self {
            weight_bits: specs.iter().map(|spec| spec.weight_bits).collect(),
            potential_bits: specs.iter().map(|spec| spec.potential_bits).collect(),
            memory_bits: specs.iter().map(LayerSpec::memory_bits).sum(),
            accuracy,
            error: loss.error(),
            kept,
        }
    }
}

/// Looks for the least widths that lose at most so many points, and prints what was tried and what was found.
pub fn search(
    arguments: &QuantiseArguments,
    layout: &dyn Layout,
    allowed: f64,
) -> Result<(), Failure> {
    let device = size::device(&arguments.device)?;
    let task = Task::new(arguments, Part::Training)?;
    let begin = match arguments.weight_bits[..] {
        [] => &BEGIN[..],
        _ => &arguments.weight_bits,
    };
    let widths = layer_widths(begin, &arguments.potential_bits, task.layers.len())?;
    let mut search = Search::new(&task.layers, rules(&widths, task.step)).map_err(|e| input(&e))?;
    if let Some(first) = search.ask() {
        // Narrower cores have the same sizes: what the layout cannot carry is said before any work is done.
        layout.validate(&first.quantised.core).map_err(|e| input(&e))?;
    }
    let (trials, mut ended) = tried(&mut search, &task, allowed);
    let found = search.narrowest();
    let mut results = Results {
        validation_images: task.images(),
        step_s: task.step.step_s(),
        point_accuracy: task.point_accuracy(),
        allowed_points: allowed,
        trials,
        found: None,
        size: None,
    };
    if let (Ok(()), Some(found)) = (&ended, found) {
        results.size = Some(Size::of(&found.core, &task, layout, device));
        let progress = Progress::new(Some(task.images() as u64), "images");
        let rtl = arguments.rtl.then_some(layout);
        let measured = row(found, &task, rtl, &progress);
        drop(progress);
        match measured {
            Ok(row) => results.found = Some(row),
            Err(failure) => ended = Err(failure),
        }
    }
    if arguments.json.json {
        print(&json(&results))?;
    } else {
        let text = match found {
            None => tried_text(&results, arguments.leak_shift),
            Some(found) => text(&results, arguments, &task, found),
        };
        crate::show(&text)?;
    }
    ended?;
    match found {
        Some(_) => Ok(()),
        None => Err(too_much(&results)),
    }
}

/// Judges one core after another. An interruption leaves what was tried.
fn tried(search: &mut Search<'_>, task: &Task, allowed: f64) -> (Vec<Trial>, Result<(), Failure>) {
    let progress = Progress::new(None, "images");
    let mut trials = Vec::new();
    while let Some(asked) = search.ask() {
        let quantised = &asked.quantised;
        let specs = &quantised.core.spec().layers;
        let bits = list(specs, |spec| format!("{}/{}", spec.weight_bits, spec.potential_bits));
        progress.say(format!("weights/potentials of {bits} bits"));
        let shown = match super::show::show(&quantised.core, task, None, &progress) {
            Ok(shown) => shown,
            Err(failure) => return (trials, Err(failure)),
        };
        let loss = Loss::of(&task.point_right, &shown.right);
        let is_good = loss.is_surely_within(allowed / 100.0);
        trials.push(Trial::of(quantised, part(&shown.right), loss, is_good));
        search.tell(is_good);
    }
    (trials, Ok(()))
}

/// What is said if already the widest core is not good.
fn too_much(results: &Results) -> Failure {
    let first = results.trials.first();
    let (lost, error) =
        first.map_or((0.0, 0.0), |trial| (results.point_accuracy - trial.accuracy, trial.error));
    work(&format!(
        "already the widths at the beginning lose {:.2} points, with a standard error of {:.2}; both together may be {}: \
         begin with wider --weight-bits, take more --validation images or a shorter time step with a larger --leak-shift, \
         or allow more",
        100.0 * lost,
        100.0 * error,
        results.allowed_points
    ))
}

/// What a core lost, and how sure that is.
fn lost(trial: &Trial, results: &Results) -> String {
    let difference = 100.0 * (trial.accuracy - results.point_accuracy);
    format!("{difference:+.2} ± {:.2} points", 100.0 * trial.error)
}

/// What was tried.
fn tried_text(results: &Results, leak_shift: u32) -> String {
    let rows = results.trials.iter().map(|trial| {
        vec![
            list(&trial.weight_bits, |bits| *bits),
            list(&trial.potential_bits, |bits| *bits),
            trial.memory_bits.to_string(),
            percent(trial.accuracy),
            lost(trial, results),
            if trial.kept { "" } else { "too much" }.to_owned(),
        ]
    });
    let header =
        ["weight bits", "potential bits", "memory (bit)", "accuracy", "against point level", ""];
    format!(
        "{} validation images, point level {}; time step {}, leak v >> {}\n\n{}\n",
        results.validation_images,
        percent(results.point_accuracy),
        engineering(results.step_s, "s"),
        leak_shift,
        table(&header, rows.collect()),
    )
}

/// What was tried and what was found. Without a size the search did not come to its end.
fn text(
    results: &Results,
    arguments: &QuantiseArguments,
    task: &Task,
    quantised: &Quantised,
) -> String {
    let found = match results.size {
        Some(_) => "Least widths",
        None => "Least widths so far",
    };
    let specs = &quantised.core.spec().layers;
    let mut text = tried_text(results, arguments.leak_shift);
    text += &format!(
        "\n{found}: weights of {} bits, potentials of {} bits\n",
        list(specs, |spec| spec.weight_bits),
        list(specs, |spec| spec.potential_bits),
    );
    if let Some(size) = &results.size {
        text += &size.text();
    }
    if let Some(hardware) = results.found.as_ref().and_then(|row| row.hardware) {
        text += &format!(
            "both models and Verilator: all {} spikes and all counts equal\n",
            hardware.spikes
        );
    }
    text + &format!(
        "\nThese widths before test images, and as hardware:\n  {}\n  {}\n",
        command::test(arguments, specs),
        command::export(arguments, task, quantised),
    )
}
