//! Measurement files and the sweeps that they name.

use memspike_fit::{FitError, Mistake, Quantity, Setting, Task};

use crate::{
    corpus::{self, Corpus, Input},
    harness::{Answer, assert_says, folder, survive, write},
};

const WORDS: &[&str] = &[
    "[parameters]",
    "[[measurements]]",
    "[[variants]]",
    "[measurements]",
    "name",
    "model",
    "kind",
    "value",
    "sigma",
    "tolerance",
    "rate",
    "step",
    "dwell",
    "peak",
    "voltage",
    "resistance",
    "capacitance",
    "width",
    "gap",
    "compliance",
    "csv",
    "note",
    "start",
    "min",
    "max",
    "\"threshold\"",
    "\"hold\"",
    "\"sweep\"",
    "\"measured\"",
    "side",
    "use",
    "[\"hold\"]",
    "voltage_column",
    "current_column",
    "\"pulses\"",
    "\"delay\"",
    "\"off_resistance\"",
    "\"ts_memristor\"",
    "\"sw\"",
    "\"\\u001b[31m\"",
    "\"\\u0000\" = 1",
    "=",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "'''",
    "\n",
    "#",
    ".",
    "nan",
    "inf",
    "true",
    "1979-05-27T07:32:00Z",
    "\"1meg\"",
    "0xffffffffffffffff",
];

fn assert_place(mistake: &Mistake, name: &str, text: &str) {
    assert!(!mistake.message.trim().is_empty(), "a mistake without a word");
    assert!(mistake.line >= 1 && mistake.column >= 1, "no place: {mistake}");
    if mistake.file == name {
        // What is missing at the end of a file stands on the line after its last one.
        assert!(mistake.line <= text.matches('\n').count() + 1, "beyond the file: {mistake}");
    }
}

fn assert_task(task: &Task) {
    let measured = &task.measurements;
    assert!(measured.len() >= task.free().count() && task.free().count() > 0);
    for measurement in measured {
        let (value, sigma) = (measurement.value, measurement.sigma());
        let zero = matches!(measurement.quantity, Quantity::Hold { .. }) && value == 0.0;
        assert!(value.is_finite() && (value > 0.0 || zero), "{measurement:?}");
        assert!(sigma.is_finite() && sigma > 0.0, "{measurement:?}");
        assert!(!measurement.label.is_empty());
    }
    for parameter in &task.parameters {
        match parameter.setting {
            Setting::Fixed(value) => assert!(value.is_finite(), "{parameter:?}"),
            Setting::Free(free) => {
                assert!(free.min < free.max, "{free:?}");
                assert!((free.min..=free.max).contains(&free.start), "{free:?}");
                let coordinate = free.coordinate(free.start);
                assert!((0.0..=1.0).contains(&coordinate), "{free:?} at {coordinate}");
            }
        }
    }
    let start = task.values(&task.start());
    assert!(start.iter().all(|value| value.is_finite()), "{start:?}");
    task.model(&start).unwrap_or_else(|error| panic!("{error} at {start:?}"));
}

fn answer(task: Result<Task, FitError>, name: &str, text: &str, input: &Input) -> Answer {
    match task {
        Ok(task) => {
            assert_task(&task);
            Answer::Accepted
        }
        Err(error) => {
            assert!(error.is_input(), "nothing was fitted: {error}");
            assert_says(&error, input);
            if let FitError::Mistake(mistake) = &error {
                assert_place(mistake, name, text);
            }
            Answer::Refused
        }
    }
}

#[test]
fn damaged_measurement_files_are_tasks_or_mistakes_with_their_place() {
    let corpus =
        Corpus { inputs: corpus::files(&["netlists/measurements"], ".toml"), words: WORDS };
    survive("fit", &corpus, 8000, |input| {
        let text = input.text();
        answer(Task::parse(&input.name, &text), &input.name, &text, input)
    });
}

const TASK: &str = "name = \"mine\"\nmodel = \"ts_memristor\"\n[parameters]\n\
    von = { start = 0.35, min = 0.2, max = 0.45 }\n[[measurements]]\nkind = \"sweep\"\ncsv = \"sweep.csv\"\n\
    rate = 0.2\ncompliance = \"100u\"\ntolerance = 0.03\n";

const SWEEP: &str = "# up and down\nvoltage,current\n0,0\n0.1,1e-9\n0.2,2e-9\n0.3,1e-4\n0.2,9e-5\n0.1,4e-5\n\
    0.05,5e-10\n";

const MORE: &str =
    "time, Current ,\"VOLTAGE\"\n1,1e-9,0.1\n2,\"2e-9\",0.2\n3,1e-4,0.3\n4,1e-9,0.1\n";

/// As an instrument writes it: decimal commas, units, both signs, two cycles.
const LOOPS: &str = "Model 2400\nt;Voltage (mV);I [nA]\n1;0;0,1\n2;100;1,1\n3;200;2,1\n4;300;1e5\n5;200;9e4\n\
    6;100;4e4\n7;50;0,6\n8;0;0,1\n9;-100;-0,9\n10;-200;-1,9\n11;-300;-1e5\n12;-100;-4e4\n13;-50;-0,4\n14;0;0,1\n";

#[test]
fn damaged_sweeps_are_finite_measurements_or_mistakes_with_their_place() {
    let folder = folder();
    let name = folder.path().join("task.toml").display().to_string();
    let csv = folder.path().join("sweep.csv").display().to_string();
    let corpus = Corpus {
        inputs: vec![
            Input::new(csv.clone(), SWEEP),
            Input::new(csv.clone(), MORE),
            Input::new(csv.clone(), LOOPS),
            Input::new(csv.clone(), corpus::file("netlists/measurements/example.csv").bytes),
        ],
        words: &[
            "voltage",
            "current",
            ",",
            ";",
            "\t",
            "\n",
            "\"",
            "#",
            "\"\"",
            "(mV)",
            "[A]",
            "-",
            "0,1",
            "0.1,1e-9\n",
            "1e200,1e300\n",
            "1e-300",
            "9.9e37",
        ],
    };
    survive("sweep", &corpus, 8000, |input| {
        write(&folder, "sweep.csv", &input.bytes);
        let task = Task::parse(&name, TASK);
        if let Err(FitError::Mistake(mistake)) = &task {
            assert_place(mistake, &csv, &input.text());
        }
        answer(task, &name, TASK, input)
    });
}
