//! Runs of oscillation neurons, with one dump or none.

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use memspike_circuit::{Builder, Circuit, ElementKind, NodeId, Signal, Stimulus};
use memspike_device::{MODELS, Model};
use memspike_engine::{Options, Simulation, Sink};
use memspike_scheduler::Pace;
use memspike_time::Time;
use memspike_trace::{CsvSink, DumpOptions, FstSink, RawSink, Sampling, VcdSink};

/// So many neurons, whose thresholds vary from cycle to cycle or do not.
pub struct Case {
    pub name: &'static str,
    pub neurons: usize,
    pub varied: bool,
}

/// Source voltage of neuron `k` of `count`: 0.5 to 2 V.
fn volt(k: usize, count: usize) -> f64 {
    0.5 + 1.5 * k as f64 / (count - 1).max(1) as f64
}

fn memristor(varied: bool) -> Result<Arc<dyn Model>, Box<dyn Error>> {
    let kind = MODELS.iter().find(|kind| kind.name == "ts_memristor").ok_or("no such model")?;
    let values = kind.parameters.iter().map(|parameter| match parameter.name {
        // Two per cent of the threshold.
        "sigma_von" if varied => 3e-3,
        _ => parameter.default,
    });
    Ok((kind.build)(&values.collect::<Vec<f64>>())?)
}

/// Oscillation neurons, each on its own source, and their membranes.
fn oscillators(case: &Case) -> Result<(Circuit, Vec<Signal>), Box<dyn Error>> {
    let model = memristor(case.varied)?;
    let (mut builder, ground) = (Builder::new(), NodeId::GROUND);
    let mut membranes = Vec::new();
    for k in 0..case.neurons {
        let (input, out) = (builder.node(&format!("i{k}")), builder.node(&format!("o{k}")));
        let source = ElementKind::VoltageSource(Stimulus::Dc(volt(k, case.neurons)));
        builder.element(&format!("v{k}"), [input, ground], source);
        builder.element(&format!("r{k}"), [input, out], ElementKind::Resistor { ohm: 1e6 });
        let capacitor = ElementKind::Capacitor { farad: 47e-9, initial: None };
        builder.element(&format!("c{k}"), [out, ground], capacitor);
        builder.element(&format!("n{k}"), [out, ground], ElementKind::Memristor(model.clone()));
        membranes.push(Signal::Voltage(out, ground));
    }
    Ok((builder.build().map_err(|errors| format!("{errors:?}"))?, membranes))
}

/// Simulates, with a dump of membranes (and, where the form has them, devices) in the file that is called as its form.
pub fn write(form: &str, case: &Case, until_s: f64, folder: &Path) -> Result<(), Box<dyn Error>> {
    let (circuit, membranes) = oscillators(case)?;
    let options = Options { from_initial_conditions: true, seed: 0 };
    // Under valgrind time is long; what is counted does not depend on it.
    let pace = Pace { patience: Duration::from_secs(3600), ..Pace::default() };
    let mut simulation = Simulation::new(&circuit, &options)?.at_pace(pace);
    let mut run = |sinks: &mut [&mut dyn Sink]| {
        simulation.run(Time::from_s(until_s), sinks, &mut |_| ControlFlow::Continue(())).map(drop)
    };
    let file = || File::create(folder.join(form)).map(BufWriter::new);
    match form {
        "nothing" => run(&mut [])?,
        "vcd" => {
            let mut sink = VcdSink::new(file()?, membranes, DumpOptions::default());
            run(&mut [&mut sink])?;
            sink.into_inner()?.flush()?;
        }
        "fst" => {
            let mut sink = FstSink::new(file()?, membranes, DumpOptions::default());
            run(&mut [&mut sink])?;
            sink.into_inner()?.flush()?;
        }
        "raw" => {
            let mut sink = RawSink::new(file()?, membranes, Sampling::default());
            run(&mut [&mut sink])?;
            sink.into_inner().flush()?;
        }
        "csv" => {
            let mut sink = CsvSink::new(file()?, membranes, Sampling::default());
            run(&mut [&mut sink])?;
            sink.into_inner()?.flush()?;
        }
        _ => return Err(format!("nothing is called {form}").into()),
    }
    Ok(())
}
