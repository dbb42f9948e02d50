//! Files of sweeps: the forms in which they come, and those that are refused.

mod bench;

use std::fs;

use bench::{DEVICE, Device, RATE, csv, find, read, read_bytes, value};
use memspike_fit::{FitError, Task};
use memspike_random::Draws;
use tempfile::TempDir;

#[test]
fn columns_are_found_in_the_forms_that_instruments_write() {
    let points = Device { limit: 1e-4, ..DEVICE }.points(0);
    let write = |head: &str, delimiter: &str, scale: [f64; 2], comma: bool| {
        let mut text = head.to_owned();
        for (k, point) in points.iter().enumerate() {
            let [volt, ampere] = [0, 1].map(|c| {
                let number = format!("{:e}", point[c] / scale[c]);
                if comma { number.replace('.', ",") } else { number }
            });
            text += &format!("{k}{delimiter}{volt}{delimiter}{ampere}\n");
        }
        text.into_bytes()
    };
    let plain = read(&csv(&points), RATE).unwrap().measurements;
    // Settings above each run, and a word before each line that says what it is.
    let run = "SetupTitle, I/V Sweep\nTestParameter, Output.List.Type, V\nDataName, n, V1, I1\nUnits, , V, A\n";
    let row = |line: &str| format!("DataValue, {}\n", line.replace(',', ", "));
    let body = String::from_utf8(write("", ",", [1.0, 1.0], false)).expect("text");
    let (first, second): (Vec<&str>, Vec<&str>) =
        (body.lines().take(60).collect(), body.lines().skip(60).collect());
    let rows = |lines: &[&str]| lines.iter().map(|line| row(line)).collect::<String>();
    let tagged = format!("{run}{}{run}{}", rows(&first), rows(&second));
    // A micro sign in one byte, as older instruments write it.
    let micro = [b"t;Voltage (mV);Current (\xb5A)\n".to_vec(), write("", ";", [1e-3, 1e-6], false)]
        .concat();
    for (text, keys) in [
        (write("n,Voltage,Current\n", ",", [1.0, 1.0], false), ""),
        (write("n;U/V;I/nA\n", ";", [1.0, 1e-9], true), ""),
        (write("n\tV [mV]\ti [uA]\r\n", "\t", [1e-3, 1e-6], true), ""),
        (write("\u{feff}n, VOLTAGE (V), CURRENT (mA)\n", ", ", [1.0, 1e-3], false), ""),
        (write("Keithley 2400\nn  Voltage (V)   Current (A)\n", "   ", [1.0, 1.0], false), ""),
        // A header in a comment, with another delimiter than the rows, as NumPy writes it.
        (write("# n,voltage,current\n", " ", [1.0, 1.0], false), ""),
        (
            write("date: 1.2.2024\nn;Vds;Ids\n", ";", [1.0, 1.0], false),
            "voltage_column = \"Vds\"\ncurrent_column = \"ids\"",
        ),
        (
            write("current,voltage,Current (A)\n", ",", [1.0, 1.0], false),
            "current_column = \"Current (A)\"",
        ),
        (write("Time\tAV(1)\tAI(1)\n", "\t", [1.0, 1.0], false), ""),
        (micro, ""),
        (tagged.into_bytes(), ""),
    ] {
        let shown = String::from_utf8_lossy(&text[..40]).into_owned();
        let task = read_bytes(&text, &format!("{RATE}\n{keys}"), "");
        let task = task.unwrap_or_else(|error| panic!("{shown}: {error}"));
        assert_eq!(task.measurements.len(), 4, "{shown}");
        for (found, expected) in task.measurements.iter().zip(&plain) {
            assert!((found.value / expected.value - 1.0).abs() < 1e-9, "{shown}: {found:?}");
        }
    }
}

#[test]
fn a_file_that_is_no_threshold_switch_is_told_so_with_the_reason() {
    let sweep = |law: &dyn Fn(usize, f64) -> f64| {
        let levels = (0..=60).chain((0..60).rev()).enumerate();
        csv(&levels
            .map(|(k, n)| (f64::from(n) / 100.0, k))
            .map(|(v, k)| [v, law(k, v)])
            .collect::<Vec<_>>())
    };
    // A sinh, as many oxides have it: its steepest step is the one from the first point to the second.
    let said = read(&sweep(&|_, v| 1e-9 * (12.0 * v).sinh()), RATE).unwrap_err();
    assert!(
        said.contains("this is no threshold switch: no adjacent points jump by more than a"),
        "{said}"
    );
    assert!(said.contains("the device changes gradually"), "{said}");
    // A resistor with noise near zero.
    let noisy = |k: usize, v: f64| v / 1e4 + 1e-9 * Draws::new(5, "noise").normal_pair(k as u64)[0];
    let said = read(&sweep(&noisy), RATE).unwrap_err();
    assert!(
        said.contains("this is no threshold switch: no adjacent points jump by more"),
        "{said}"
    );
    // A memory: on at 0.4 V, and on for ever.
    let memory = |k: usize, v: f64| if k < 40 { v / 1e7 } else { v / 2200.0 };
    let said = read(&sweep(&memory), RATE).unwrap_err();
    assert!(said.contains("a device that keeps its state is no threshold switch"), "{said}");
    // Its threshold can be had by whoever insists.
    let task = read(&sweep(&memory), "rate = 0.05\nuse = [\"threshold\"]").unwrap();
    assert_eq!(task.measurements.len(), 1);
    assert!((value(&task, "threshold") - 0.395).abs() < 1e-9);
}

#[test]
fn a_file_in_utf_16_is_read_and_one_that_is_no_text_is_refused() {
    let plain = read(&DEVICE.csv(0), RATE).unwrap().measurements;
    let units: Vec<u16> = DEVICE.csv(0).encode_utf16().collect();
    let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    for bytes in [[&[0xff, 0xfe], &little[..]].concat(), [&[0xfe, 0xff], &big[..]].concat()] {
        assert_eq!(read_bytes(&bytes, RATE, "").unwrap().measurements, plain);
    }
    let said = read_bytes(&little, RATE, "").unwrap_err();
    assert!(said.starts_with("s.csv:1:1: this is no text: "), "{said}");
}

#[test]
fn the_heading_is_the_line_right_above_the_numbers() {
    let points = DEVICE.csv(0).replace("voltage,current\n", "");
    for (head, expected) in [
        (
            "SMU 2450, sample NbO2-7\nBias,Id\n",
            "s.csv:2:1: there is no column 'voltage', only: Bias, Id;",
        ),
        ("SMU 2450\n\n# Bias,Id\n", "s.csv:3:1: there is no column 'voltage', only: Bias, Id;"),
        ("SMU 2450, sample 7\nBias,I\n", "s.csv:2:1: there is no column 'voltage', only: Bias, I;"),
    ] {
        let said = read(&format!("{head}{points}"), RATE).unwrap_err();
        assert!(said.starts_with(expected), "{head}: {said}");
        // And the names that are read there are those that can be given.
        let named = head.replace("Bias", "voltage").replace("Id", "current");
        assert!(read(&format!("{named}{points}"), RATE).is_ok(), "{named}");
    }
}

#[test]
fn a_stated_step_is_that_of_the_file() {
    // The device goes in steps of 10 mV.
    let with = |step: &str| read(&DEVICE.csv(0), &format!("step = {step}\ndwell = 0.1"));
    for step in ["10", "0.1", "1e-3", "\"10u\""] {
        let said = with(step).unwrap_err();
        assert!(said.starts_with("m.toml:11:8: 'step' is "), "{said}");
        assert!(said.contains(" V, and the voltage in s.csv goes on by 0.01 V: "), "{said}");
    }
    let noted = |step: &str| {
        let notes = with(step).unwrap().notes;
        notes.iter().any(|note| note.contains("the voltage in s.csv goes on by 0.01 V"))
    };
    assert!(!noted("0.01") && !noted("\"10m\"") && !noted("0.011"));
    assert!(noted("0.02") && noted("0.005"));
    // Each level twice, as some instruments write it, has the same steps.
    let doubled: String = DEVICE.csv(0).lines().map(|line| format!("{line}\n{line}\n")).collect();
    let task = read(&doubled, "step = 0.01\ndwell = 0.1").unwrap();
    // At the device, most of what is measured above a limit of the current is noise.
    let measured = Device { limit: 1e-5, measured: true, ..DEVICE }.points(0);
    let noisy = measured.iter().enumerate().map(|(k, [v, i])| [v + 1e-5 * (k % 3) as f64, *i]);
    let noisy = csv(&noisy.collect::<Vec<_>>());
    let of =
        |step: &str| read(&noisy, &format!("step = {step}\ndwell = 0.1\nvoltage = \"measured\""));
    assert!(
        of("0.01").is_ok_and(|task| task.notes.iter().all(|note| !note.contains("goes on by")))
    );
    assert!(of("10").unwrap_err().contains(" goes on by "));
    assert!(task.notes.iter().all(|note| !note.contains("goes on by")), "{:?}", task.notes);
}

#[test]
fn an_on_resistance_is_named_by_the_voltages_that_were_measured() {
    // Up to 0.6 V, and simulated at twice that.
    let found = find(&read(&DEVICE.csv(0), RATE).unwrap(), "on").expect("an on resistance");
    assert_eq!(found.label, "on resistance up to 0.6 V");
}

#[test]
fn only_what_is_asked_for_is_read() {
    let keys = "rate = 0.05\nuse = [\"threshold\", \"hold\"]";
    let task = read(&DEVICE.csv(0), keys).unwrap();
    assert_eq!(task.measurements.len(), 2);
    assert!(find(&task, "threshold").is_some() && find(&task, "hold").is_some());
    let said = read(&DEVICE.csv(0), "rate = 0.05\nuse = [\"thresold\"]").unwrap_err();
    let expected = "m.toml:12:8: 'thresold' is not read of a sweep; there are threshold, hold, off_resistance, on_res";
    assert!(said.starts_with(expected), "{said}");
    let said = read(&DEVICE.csv(0), "rate = 0.05\nvoltage = \"set\"").unwrap_err();
    assert_eq!(said, "m.toml:12:11: 'voltage' is \"forced\" or \"measured\", not 'set'");
}

#[test]
fn a_sweep_that_cannot_be_used_names_row_and_column() {
    let rows = "0,1e-12\n0.1,1e-9\n0.2,2e-9\n";
    let with = |more: &str| format!("voltage,current\n{rows}{more}");
    for (csv, expected) in [
        (String::new(), "s.csv:1:1: the file is empty; a header 'voltage,current'"),
        ("voltage,current\n".to_owned(), "s.csv:1:1: there are no rows"),
        (
            "x,i\n1,2\n".to_owned(),
            "s.csv:1:1: there is no column 'voltage', only: x, i; name the one",
        ),
        (
            "voltage,y\n1,2\n".to_owned(),
            "s.csv:1:1: there is no column 'current', only: voltage, y;",
        ),
        ("v,voltage,i\n1,2,3\n".to_owned(), "s.csv:1:1: the columns 'v' and 'voltage' may both be"),
        (
            "v (kg),i\n1,2\n".to_owned(),
            "s.csv:1:1: 'kg' in 'v (kg)' is no unit of a voltage; write (V)",
        ),
        (with("0.3,abc\n"), "s.csv:5:2: 'abc' in the column of the current is no number"),
        (with(",1\n"), "s.csv:5:1: '' in the column of the voltage is no number"),
        (with("0.3,inf\n"), "s.csv:5:2: 'inf' in the column of the current is no number"),
        (with("0.3,9.9e37\n"), "s.csv:5:2: '9.9e37' in the column of the current is no number"),
        // Squares and quotients that no f64 holds; what is nearly zero counts as zero.
        (with("0.3,1e308\n"), "s.csv:5:2: '1e308' in the column of the current is no number"),
        (
            "v,i\n1e-300,1e-300\n1e-200,1e-9\n1e-100,1e-8\n1e-40,1e-3\n1e-50,1e-3\n".to_owned(),
            "s.csv:5:1: the device turns on at 0 V, which is no threshold",
        ),
        (with("0.3\n"), "s.csv:5:1: the row has 1 fields; the column of the current is number 2"),
        (
            with("0,3,1,5e-9\n"),
            "s.csv:5:1: the row has 4 fields and the header 2; numbers with decimal",
        ),
        (
            "voltage;current\n0.1;1e-9\n0,2;2e-9\n".to_owned(),
            "s.csv:3:1: '0,2': the file has decimal points and decimal commas",
        ),
        (with(""), "s.csv:4:1: 3 points are no sweep"),
        (
            "voltage,current\n0.1,1e-5\n0.2,1e-5\n0.1,1e-5\n0.05,1e-9\n0.04,1e-9\n0.03,1e-9\n"
                .to_owned(),
            "s.csv:2:1: the sweep must begin with the device off: 0.00001 A flow at 0.1 V",
        ),
        (
            with("0.3,3e-9\n0.2,1e-4\n0.1,5e-5\n"),
            "s.csv:6:1: the voltage falls from 0.3 to 0.2 V as the device turns on",
        ),
        (with("0.3,3e-4\n0.2,2e-4\n0.1,1e-4\n0,1e-12\n"), "s.csv:8:1: the device is still on as"),
    ] {
        let said = read(&csv, RATE).expect_err(&csv);
        assert!(said.starts_with(expected), "{csv}: {said}");
    }
}

#[test]
fn too_little_data_names_what_a_sweep_did_not_say() {
    let device = Device { limit: 3e-5, ..DEVICE };
    let free = "ron = { start = 1e3, min = 1, max = 1e5 }";
    let keys = "rate = 0.05\nside = \"positive\"";
    let folder = TempDir::new().expect("a folder");
    let mut upward = device.points(0);
    upward.truncate(61);
    fs::write(folder.path().join("s.csv"), csv(&upward)).expect("the sweep is written");
    let text = format!(
        "name = \"m\"\nmodel = \"ts_memristor\"\n[parameters]\nvform = 0\n{free}\n\
         von = {{ start = 0.3, min = 0.1, max = 1 }}\nvhold = {{ start = 0.1, min = 0.01, max = 1 }}\n\
         roff = {{ start = 1e7, min = 1e6, max = 1e8 }}\n[[measurements]]\nkind = \"sweep\"\ncsv = \"s.csv\"\n{keys}\n"
    );
    let error = Task::parse(&folder.path().join("m.toml").to_string_lossy(), &text).unwrap_err();
    assert!(matches!(error, FitError::TooLittle { measured: 2, free: 4, .. }), "{error}");
    let said = error.to_string();
    assert!(
        said.contains("\ns.csv: hold cannot be read: the sweep ends with the device on"),
        "{said}"
    );
    assert!(said.contains("\ns.csv: on_resistance cannot be read: "), "{said}");
}
