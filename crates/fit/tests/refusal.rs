//! Measurement files that are refused, each with what is said about it.

use std::path::Path;

use memspike_fit::{FitError, Task};

const GOOD: &str = r#"name = "mine"
model = "ts_memristor"
[parameters]
von = { start = 0.15, min = 0.1, max = 0.2 }
vhold = { start = 0.09, min = 0.05, max = 0.12 }
roff = "130Meg"
[[measurements]]
kind = "threshold"
value = 0.17
tolerance = 0.03
rate = 0.05
[[measurements]]
kind = "hold"
value = 0.1
sigma = 2e-3
rate = 0.05
peak = 0.3
[[variants]]
name = "other"
parameters = { sigma_von = 4e-3 }
"#;

/// What is said about the good file with one text replaced.
fn refused(from: &str, to: &str) -> FitError {
    assert_eq!(GOOD.matches(from).count(), 1, "{from}");
    match Task::parse("mine.toml", &GOOD.replace(from, to)) {
        Ok(_) => panic!("accepted: {to}"),
        Err(error) => error,
    }
}

#[test]
fn the_file_that_the_others_are_made_of_is_accepted() {
    let task = Task::parse("mine.toml", GOOD).unwrap();
    assert_eq!((task.measurements.len(), task.free().count()), (2, 2));
}

#[test]
fn mistakes_have_their_place_and_say_what_to_do() {
    for (from, to, expected) in [
        ("name = \"mine\"", "name = \"2 mine\"", "1:8: 'name' must be a letter"),
        ("name = \"mine\"\n", "", "1:1: a measurement file lacks 'name'"),
        ("\"ts_memristor\"", "\"sw\"", "2:9: 'sw' is no model of a two-terminal device"),
        ("[parameters]", "[parameter]", "1:1: a measurement file lacks '[parameters]'"),
        (
            "roff =",
            "rof =",
            "6:1: 'rof' is no parameter of ts_memristor; there are\n  von (V): voltage above which",
        ),
        ("\"130Meg\"", "\"130Mx\"", "6:8: 'roff': "),
        ("\"130Meg\"", "inf", "6:8: 'roff': a finite number is needed"),
        // Bounds whose quotient or difference, a sigma whose square no f64 holds.
        (
            "max = 0.2 }",
            "max = 1e308 }",
            "4:40: 'max': 1e308 is not possible; values reach from 1e-30",
        ),
        ("min = 0.1,", "min = 1e-320,", "4:29: 'min': 1e-320 is not possible"),
        ("tolerance = 0.03", "tolerance = 1e-310", "10:13: 'tolerance': 1e-310 is not possible"),
        ("\"130Meg\"", "[1]", "6:8: 'roff': a number is needed"),
        ("max = 0.2 }", "max = 0.1 }", "4:40: 'max' must be above 'min'"),
        ("start = 0.15", "start = 0.25", "4:17: 'start' must lie between"),
        (
            ", max = 0.2 }",
            " }",
            "4:7: von lacks 'max', the greatest value that is searched (von: voltage above which",
        ),
        (", max = 0.2 }", ", mxa = 1, max = 0.2 }", "4:34: 'mxa' means nothing in von"),
        (
            "\"threshold\"",
            "\"treshold\"",
            "8:8: 'treshold' is no kind of measurement; there are\n  threshold: voltage at",
        ),
        ("value = 0.17\n", "", "7:1: [[measurements]] lacks 'value'"),
        ("value = 0.17", "value = 0", "9:9: 'value' must be above zero"),
        ("value = 0.17", "value = -1", "9:9: 'value' must not be negative"),
        ("tolerance = 0.03\n", "", "7:1: [[measurements]] lacks 'tolerance' (part of the value)"),
        ("sigma = 2e-3", "sigma = 2e-3\ntolerance = 0.1", "16:13: give 'tolerance' or 'sigma'"),
        ("tolerance = 0.03\nrate = 0.05", "tolerance = 0.03", "7:1: [[measurements]] lacks 'rate'"),
        (
            "peak = 0.3\n",
            "",
            "12:1: [[measurements]] lacks 'peak', the greatest voltage of the ramp (V)",
        ),
        (
            "peak = 0.3",
            "peak = 0.3\nvoltage = 1",
            "18:1: 'voltage' means nothing in [[measurements]]",
        ),
        ("peak = 0.3", "peak = 1e6", "12:1: the ramp would be simulated for 2.0e7 s"),
        ("tolerance = 0.03\nrate = 0.05", "tolerance = 0.03\nrate = 1e15", "7:1: the ramp would"),
        ("name = \"other\"", "name = \"Mine\"", "18:1: a second card is named 'mine'"),
        ("sigma_von", "sigma_vn", "20:16: 'sigma_vn' is no parameter"),
        ("[[variants]]", "[variants]", "18:1: 'variants' must be tables: [[variants]]"),
        ("peak = 0.3", "peak = ", "17:8: "),
    ] {
        let said = refused(from, to).to_string();
        assert!(said.starts_with(&format!("mine.toml:{expected}")), "{to}: {said}");
    }
}

#[test]
fn points_in_place_of_a_measurement_file_are_told_what_names_them() {
    let points = "0;0\n0,1;1e-9\n0,2;2e-9\n";
    for (name, text) in [
        ("s.csv", format!("voltage;current\n{points}")),
        ("s.csv", format!("compliance = 100 uA\nvoltage;current\n{points}")),
        ("s", format!("# an instrument\n{points}")),
        ("s.toml", points.to_owned()),
    ] {
        let said = Task::parse(name, &text).unwrap_err().to_string();
        let expected = format!("{name}:1:1: these are points of a sweep, and no measurement file");
        assert!(said.starts_with(&expected) && said.contains("'csv'"), "{said}");
    }
    // A mistake in a measurement file stays one.
    let said = refused("[[variants]]", "1, 2").to_string();
    assert!(said.starts_with("mine.toml:18:"), "{said}");
    assert!(!said.contains("points"), "{said}");
}

#[test]
fn fewer_measurements_than_free_parameters_are_too_little() {
    let more = "roff = { start = 1e8, min = 1e7, max = 1e9 }";
    let error = refused("roff = \"130Meg\"", more);
    assert!(matches!(error, FitError::TooLittle { measured: 2, free: 3, .. }), "{error}");
    assert!(error.to_string().contains("2 measurements cannot determine 3 free parameters"));
    assert!(error.is_input());
}

#[test]
fn measurements_are_at_most_two_thousand() {
    let many = |count: usize| {
        let one = "[[measurements]]\nkind = \"delay\"\nvoltage = 1\nvalue = 1\nsigma = 1\n";
        Task::parse("m.toml", &GOOD.replace("[[variants]]", &(one.repeat(count) + "[[variants]]")))
    };
    assert!(many(1_998).is_ok());
    // The last of them: 16 lines before them, five each.
    let said = many(1_999).unwrap_err().to_string();
    assert_eq!(said, format!("m.toml:{}:1: more than 2000 measurements", 18 + 5 * 1_998));
}

#[test]
fn a_fit_without_a_free_parameter_is_none() {
    let fixed = GOOD
        .replace("von = { start = 0.15, min = 0.1, max = 0.2 }", "von = 0.15")
        .replace("vhold = { start = 0.09, min = 0.05, max = 0.12 }", "vhold = 0.1");
    assert!(matches!(Task::parse("mine.toml", &fixed), Err(FitError::NothingFree)));
}

#[test]
fn a_hold_voltage_above_the_threshold_contradicts_it() {
    let said = refused("value = 0.1\n", "value = 0.18\n").to_string();
    let expected = "contradictory data: a hold voltage of 0.18 V (line 13) is not below the \
                    threshold of 0.17 V (line 8)";
    assert_eq!(said, expected);
}

#[test]
fn two_values_of_one_thing_must_agree_within_their_errors() {
    let second = |value: f64| {
        format!(
            "[[measurements]]\nkind = \"threshold\"\nvalue = {value}\ntolerance = 0.03\n\
             rate = 0.05\n[[variants]]"
        )
    };
    assert!(Task::parse("m.toml", &GOOD.replace("[[variants]]", &second(0.18))).is_ok());
    // 0.17 V +- 5.1 mV and 0.25 V +- 7.5 mV: 80 / 9.07 standard deviations.
    let error = refused("[[variants]]", &second(0.25));
    let FitError::Disagreement { sigmas, lines, .. } = &error else { panic!("{error}") };
    assert!((sigmas - 8.82).abs() < 0.01 && *lines == [8, 19], "{error}");
}

#[test]
fn a_start_that_is_no_device_is_refused() {
    let said = refused("roff = \"130Meg\"", "roff = 100").to_string();
    assert!(said.starts_with("the start is no device: "), "{said}");
    let said = refused("sigma_von = 4e-3", "vhold = 0.3").to_string();
    assert!(said.starts_with("the variant 'other' is no device: vhold"), "{said}");
    let error = refused("roff = \"130Meg\"", "sigma_von = 1e-3");
    assert!(matches!(error, FitError::Random), "{error}");
}

#[test]
fn data_that_no_device_of_the_model_shows_are_called_contradictory() {
    // Threshold of one ramp and of one ten times as fast: apart by at most vs ln 10 = 54 mV.
    let faster = "[[measurements]]\nkind = \"threshold\"\nvalue = 0.4\ntolerance = 0.01\n\
                  rate = 0.5\n[[variants]]";
    let task = Task::parse("m.toml", &GOOD.replace("[[variants]]", faster)).unwrap();
    let fit = task.fit(|_, _| true).unwrap();
    let said = fit.contradiction.expect("a contradiction");
    assert!(said.contains("threshold at"), "{said}");
    let fit = Task::parse("m.toml", GOOD).unwrap().fit(|_, _| true).unwrap();
    assert_eq!(fit.contradiction, None);
}

#[test]
fn measurements_that_the_start_never_shows_are_named() {
    let silent = "[[measurements]]\nkind = \"frequency\"\nvalue = 10\ntolerance = 0.01\n\
                  voltage = 0.05\nresistance = 1e6\ncapacitance = 47e-9\n[[variants]]";
    let task = Task::parse("m.toml", &GOOD.replace("[[variants]]", silent)).unwrap();
    let error = task.fit(|_, _| true).unwrap_err();
    let FitError::NoPrediction { label, line } = &error else { panic!("{error}") };
    assert_eq!((label.as_str(), *line), ("frequency at 0.05 V", 19));
}

#[test]
fn a_fit_can_be_stopped() {
    let mut last = 0;
    let stopped = Task::parse("m.toml", GOOD).unwrap().fit(|done, all| {
        assert!(last <= done && done < all, "it stops at once");
        last = done;
        done < 2
    });
    assert!(matches!(stopped, Err(FitError::Interrupted)));
    assert_eq!(last, 2);
}

#[test]
fn files_that_are_not_there_are_named_where_they_are_asked_for() {
    let said = Task::load(Path::new("no/such.toml")).unwrap_err().to_string();
    assert!(said.starts_with("cannot read 'no/such.toml'"), "{said}");
    let missing = GOOD.replace(
        "[[variants]]",
        "[[measurements]]\nkind = \"sweep\"\ncsv = \"no.csv\"\nrate = 1\ntolerance = 0.1\n[[variants]]",
    );
    let said = Task::parse("there/m.toml", &missing).unwrap_err().to_string();
    assert!(said.starts_with("there/m.toml:20:7: cannot read 'there/no.csv': "), "{said}");
    assert!(said.ends_with("'csv' is a path from the folder of this file"), "{said}");
}
