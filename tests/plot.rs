//! `memspike plot` from outside: its pictures as an XML reader sees them, their numbers against closed forms, what it refuses.

#[path = "common/program.rs"]
mod program;

use std::fs;
use std::path::Path;

use program::{listing, memspike, text};
use tempfile::TempDir;

/// A capacitor that is charged through a resistor within 1 ms from 0 to 2 V.
const RC: &str = "\
A capacitor is charged
V1 in 0 DC 2
R1 in out 1k
C1 out 0 1u ic=0
.tran 5m uic
.end
";

/// An oscillation neuron, and a short pulse that nothing needs.
const NEURON: &str = "\
An oscillation neuron
.model zno ts_memristor
Vin in 0 DC 0.8
Rs in out 1Meg
Cm out 0 47n
N1 out 0 zno
Vp p 0 PULSE(0 3 0.5 1n 1n 1u)
Rp p 0 1k
.tran 1 uic
.meas tran rate frequency N1
.end
";

/// A divider of the voltage of a source that is stepped.
const DIVIDER: &str = "\
A divider
.param r=1k
V1 in 0 DC 1
R1 in out 1k
R2 out 0 {r}
.tran 1m
.step param r list 1k 3k 7k
.meas tran half find v(out) at=0.5m
.meas tran never when v(out)=5
.end
";

fn folder_with(name: &str, text: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join(name), text).expect("room");
    folder
}

/// What a command prints, which must succeed.
fn done(folder: &Path, arguments: &[&str]) -> String {
    let output = memspike(folder, arguments);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

/// What a command says of words that are wrong.
fn refused(folder: &Path, arguments: &[&str]) -> String {
    let before = listing(folder);
    let output = memspike(folder, arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", text(&output.stdout));
    assert_eq!(listing(folder), before, "{arguments:?} leaves something behind");
    text(&output.stderr)
}

/// A point of a picture: its panel, its series, where it is.
struct Row {
    panel: String,
    series: String,
    x: f64,
    y: f64,
}

/// The numbers of a picture.
fn rows(folder: &Path, arguments: &[&str]) -> Vec<Row> {
    done(folder, &[&["plot"], arguments, &["-o", "numbers.csv"]].concat());
    let mut reader = csv::Reader::from_path(folder.join("numbers.csv")).expect("a table");
    let row = |row: csv::StringRecord| Row {
        panel: row[0].to_owned(),
        series: row[1].to_owned(),
        x: row[2].parse().expect("a number"),
        y: row[3].parse().expect("a number"),
    };
    reader.records().map(|record| row(record.expect("a row"))).collect()
}

fn of<'r>(rows: &'r [Row], series: &str) -> Vec<&'r Row> {
    rows.iter().filter(|row| row.series == series).collect()
}

/// The words of a picture.
fn words(svg: &str) -> Vec<String> {
    let document = roxmltree::Document::parse(svg).expect("XML");
    let texts = document.descendants().filter(|node| node.has_tag_name("text"));
    texts.filter_map(|node| node.text()).map(|text| text.trim().to_owned()).collect()
}

#[test]
fn points_of_a_charging_capacitor_are_on_its_exponential() {
    let folder = folder_with("rc.cir", RC);
    let rows = rows(folder.path(), &["rc.cir", "v(out)", "v(in,out)"]);
    let voltage = of(&rows, "v(out)");
    assert!(voltage.len() > 20 && voltage.len() <= 1920, "{}", voltage.len());
    for row in &voltage {
        assert_eq!(row.panel, "voltage");
        let exact = 2.0 * -(-row.x / 1e-3).exp_m1();
        assert!((row.y - exact).abs() < 1e-12, "{} at {}", row.y, row.x);
    }
    for row in of(&rows, "v(in,out)") {
        assert!((row.y - 2.0 * (-row.x / 1e-3).exp()).abs() < 1e-12, "{} at {}", row.y, row.x);
    }
    // Straight lines between the points depart from it by a thousandth of what is shown, as waveforms do.
    for pair in voltage.windows(2) {
        let middle = 0.5 * (pair[0].x + pair[1].x);
        let exact = 2.0 * -(-middle / 1e-3).exp_m1();
        assert!((0.5 * (pair[0].y + pair[1].y) - exact).abs() < 2.1e-3, "at {middle}");
    }
}

#[test]
fn a_window_has_points_enough_of_its_own() {
    let folder = folder_with("rc.cir", RC);
    let window = ["rc.cir", "v(out)", "--from", "1m", "--until", "1.01m"];
    let rows = rows(folder.path(), &window);
    let ends = [&rows[0], &rows[rows.len() - 1]].map(|row| row.x);
    assert_eq!(ends, [1e-3, 1.01e-3]);
    let span = 2.0 * ((-1.0_f64).exp() - (-1.01_f64).exp());
    for pair in rows.windows(2) {
        let middle = 0.5 * (pair[0].x + pair[1].x);
        let exact = 2.0 * -(-middle / 1e-3).exp_m1();
        assert!((0.5 * (pair[0].y + pair[1].y) - exact).abs() < 1e-3 * span, "at {middle}");
    }
}

#[test]
fn a_pulse_of_a_microsecond_in_a_second_reaches_its_height() {
    let folder = folder_with("neuron.cir", NEURON);
    let rows = rows(folder.path(), &["neuron.cir"]);
    let pulse = of(&rows, "v(p)");
    assert!(pulse.len() <= 1920, "{}", pulse.len());
    assert!(pulse.iter().any(|row| row.y == 3.0 && (row.x - 0.5).abs() < 2e-6));
    assert_eq!(
        pulse.iter().filter(|row| row.y == 0.0 && row.x > 0.6).count(),
        1,
        "one line to the end"
    );
}

#[test]
fn spikes_are_those_of_the_list_of_spikes() {
    let folder = folder_with("neuron.cir", NEURON);
    done(folder.path(), &["run", "neuron.cir", "-q", "--spikes", "spikes.csv", "-o", "neuron.vcd"]);
    let list = fs::read_to_string(folder.path().join("spikes.csv")).expect("a list");
    let list: Vec<f64> = list
        .lines()
        .skip(1)
        .map(|line| line.split(',').next().expect("a time").parse().expect("a number"))
        .collect();
    assert!(list.len() > 50);
    let at_s = |rows: &[Row]| -> Vec<f64> {
        rows.iter().filter(|row| row.panel == "spikes").map(|row| row.x).collect()
    };
    assert_eq!(at_s(&rows(folder.path(), &["neuron.cir", "spike(n1)"])), list);
    // A dump has them to the femtosecond, and what rounds them as numbers.
    let dumped = at_s(&rows(folder.path(), &["neuron.vcd", "n1.spike"]));
    assert_eq!(dumped.len(), list.len());
    assert!(dumped.iter().zip(&list).all(|(a, b)| (a - b).abs() < 1.2e-15));
    let some = at_s(&rows(folder.path(), &["neuron.cir", "--from", "0.2", "--until", "0.5"]));
    let inside: Vec<f64> = list.into_iter().filter(|at| (0.2..=0.5).contains(at)).collect();
    assert_eq!(some, inside);
}

#[test]
fn a_picture_is_for_light_and_dark_pages_and_names_what_it_shows() {
    let folder = folder_with("neuron.cir", NEURON);
    let said = done(folder.path(), &["plot", "neuron.cir", "-o", "neuron.svg"]);
    let spikes =
        done(folder.path(), &["run", "neuron.cir", "-q", "--spikes", "-"]).lines().count() - 1;
    assert_eq!(
        said,
        format!("neuron.svg: 4 curves and {spikes} spikes of 1 device, from 0 s to 1 s\n")
    );
    let svg = fs::read_to_string(folder.path().join("neuron.svg")).expect("a picture");
    let words = words(&svg);
    for word in ["An oscillation neuron", "voltage (V)", "v(out)", "v(in)", "v(p)", "n1"] {
        assert!(words.iter().any(|own| own == word), "{word} in {words:?}");
    }
    assert!(words.iter().any(|word| word.starts_with("i(n1) (")), "{words:?}");
    let document = roxmltree::Document::parse(&svg).expect("XML");
    let style = document.descendants().find(|node| node.has_tag_name("style")).expect("a style");
    assert!(style.text().expect("rules").contains("prefers-color-scheme: dark"));
    let dots = document.descendants().filter(|node| node.has_tag_name("circle")).count();
    assert_eq!(dots, spikes);
    let points = |node: &roxmltree::Node<'_, '_>| {
        node.attribute("points").map_or(0, |points| points.split_whitespace().count())
    };
    let lines = document.descendants().filter(|node| node.has_tag_name("polyline"));
    assert!(lines.map(|node| points(&node)).max().expect("curves") <= 1920);
    // Printed, it is the same; on a page, the page has the heading.
    assert_eq!(done(folder.path(), &["plot", "neuron.cir", "-o", "-"]), svg);
    done(folder.path(), &["plot", "neuron.cir", "-o", "neuron.html", "-q"]);
    let page = fs::read_to_string(folder.path().join("neuron.html")).expect("a page");
    assert!(page.contains("<h1>An oscillation neuron</h1>"));
    assert_eq!(page.matches("An oscillation neuron</text>").count(), 0, "the page says it");
    // One picture for wide screens and one for narrow ones.
    assert_eq!(page.matches("<svg").count(), 2);
    assert_eq!(page.matches("<circle").count(), 2 * spikes);
    // The narrow one alone: no wider than a telephone, with letters of the same size.
    done(folder.path(), &["plot", "neuron.cir", "--narrow", "-o", "narrow.svg", "-q"]);
    let narrow = fs::read_to_string(folder.path().join("narrow.svg")).expect("a picture");
    let size = |svg: &str| {
        let document = roxmltree::Document::parse(svg).expect("XML");
        let of = |name: &str| document.root_element().attribute(name).expect("a size").to_owned();
        let letters = document.descendants().find(|node| node.has_tag_name("text"));
        let font =
            letters.and_then(|node| node.attribute("font-size")).expect("letters").to_owned();
        (of("width").parse::<u32>().expect("pixels"), font)
    };
    assert!(size(&narrow).0 == 360 && size(&svg).0 > 600);
    assert_eq!(size(&narrow).1, size(&svg).1);
    done(folder.path(), &["plot", "neuron.cir", "-o", "neuron.PNG", "-q"]);
    let png = fs::read(folder.path().join("neuron.PNG")).expect("a picture");
    assert!(png.starts_with(b"\x89PNG\r\n"));
}

#[test]
fn two_millivolts_beside_ten_volts_have_an_axis_of_their_own() {
    let deck = "Two sines\nV1 a 0 SIN(0 10 1k)\nV2 b 0 SIN(0 2m 1k)\nR1 a 0 1k\nR2 b 0 1k\n.tran 2m\n.end\n";
    let folder = folder_with("two.cir", deck);
    let axes = |arguments: &[&str]| {
        done(folder.path(), arguments);
        let words = words(&fs::read_to_string(folder.path().join("two.svg")).expect("a picture"));
        words.into_iter().filter(|word| word.ends_with("V)")).collect::<Vec<_>>()
    };
    let own = axes(&["plot", "two.cir", "v(a)", "v(b)", "-q", "-o", "two.svg"]);
    assert_eq!(own, ["v(a) (V)", "v(b) (mV)"]);
}

#[test]
fn measures_stand_over_the_values_of_step() {
    let folder = folder_with("divider.cir", DIVIDER);
    let output = memspike(folder.path(), &["plot", "divider.cir", "-o", "numbers.csv"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(
        text(&output.stderr).contains("'never' has no value in 3 of 3 runs"),
        "{}",
        text(&output.stderr)
    );
    let rows = rows(folder.path(), &["divider.cir", "half"]);
    let found: Vec<(f64, f64)> = rows.iter().map(|row| (row.x, row.y)).collect();
    assert_eq!(found.iter().map(|point| point.0).collect::<Vec<_>>(), [1e3, 3e3, 7e3]);
    assert!(found.iter().all(|(r, half)| (half - r / (r + 1e3)).abs() < 1e-12), "{found:?}");
    let said = done(folder.path(), &["plot", "divider.cir", "HALF", "-o", "half.svg"]);
    assert_eq!(said, "half.svg: 1 curve over 'r', of 3 runs\n");
    let svg = fs::read_to_string(folder.path().join("half.svg")).expect("a picture");
    assert!(words(&svg).contains(&"half (mV)".to_owned()), "{:?}", words(&svg));
    let third = self::rows(folder.path(), &["divider.cir", "--step", "3", "v(out)"]);
    assert!(!third.is_empty() && third.iter().all(|row| (row.y - 0.875).abs() < 1e-12));
}

#[test]
fn numbers_of_other_dumps_are_steps_and_unknown_bits_gaps() {
    let dump = "\
$timescale 1ns $end
$scope module top $end
$var real 64 ! level $end
$var wire 1 \" bit $end
$var wire 4 # bus [3:0] $end
$var string 1 $ word $end
$upscope $end
$enddefinitions $end
#0
r1.5 !
0\"
bx #
sA $
#10
r2.5 !
x\"
b1010 #
#20
1\"
#40
";
    let folder = folder_with("other.vcd", dump);
    let rows = rows(folder.path(), &["other.vcd"]);
    let found = |series: &str| -> Vec<(f64, f64)> {
        of(&rows, series).iter().map(|row| ((row.x * 1e9).round(), row.y)).collect()
    };
    let level = [(0.0, 1.5), (10.0, 1.5), (10.0, 2.5), (40.0, 2.5)];
    assert_eq!(found("top.level"), level);
    assert_eq!(found("top.bit"), [(0.0, 0.0), (10.0, 0.0), (20.0, 1.0), (40.0, 1.0)]);
    assert_eq!(found("top.bus"), [(10.0, 10.0), (40.0, 10.0)]);
    let lines = self::rows(folder.path(), &["other.vcd", "level", "--reals", "lines"]);
    let lines: Vec<f64> = lines.iter().map(|row| row.y).collect();
    assert_eq!(lines, [1.5, 2.5, 2.5]);
    let cut = self::rows(folder.path(), &["other.vcd", "level", "--from", "5n", "--until", "15n"]);
    assert_eq!(cut.iter().map(|row| row.y).collect::<Vec<_>>(), [1.5, 1.5, 2.5, 2.5]);
    // The unknown bit parts its line in two.
    done(folder.path(), &["plot", "other.vcd", "bit", "-o", "bit.svg", "-q"]);
    let svg = fs::read_to_string(folder.path().join("bit.svg")).expect("a picture");
    let document = roxmltree::Document::parse(&svg).expect("XML");
    let blue = |node: &roxmltree::Node<'_, '_>| {
        node.has_tag_name("polyline") && node.attribute("stroke") == Some("#0067A8")
    };
    assert_eq!(document.descendants().filter(blue).count(), 2);
}

#[test]
fn a_raw_file_of_ngspice_is_drawn_as_lines() {
    let raw = "Title: t\nDate: d\nPlotname: Transient\nFlags: real\nNo. Variables: 3\nNo. Points: 3\nVariables:\n\
        \t0\ttime\ttime\n\t1\tv(out)\tvoltage\n\t2\ti(v1)\tcurrent\nValues:\n\
        0\t0\n\t0\n\t1e-3\n1\t1e-3\n\t4\n\t2e-3\n2\t3e-3\n\t0\n\t2e-3\n";
    let folder = folder_with("other.raw", raw);
    let rows = rows(folder.path(), &["other.raw", "--from", "0.5m", "--until", "2m"]);
    let found: Vec<(f64, f64)> = of(&rows, "v(out)").iter().map(|row| (row.x, row.y)).collect();
    // Two straight lines, cut at both ends.
    assert_eq!(found.len(), 3);
    for ((x, y), (at, value)) in found.iter().zip([(0.5e-3, 2.0), (1e-3, 4.0), (2e-3, 2.0)]) {
        assert!((x - at).abs() < 1e-18 && (y - value).abs() < 1e-12, "{x} {y}");
    }
    assert!(of(&rows, "i(v1)").iter().all(|row| row.panel == "current"));
}

#[test]
fn what_cannot_be_drawn_is_said_and_nothing_is_written() {
    let folder = folder_with("neuron.cir", NEURON);
    let path = folder.path();
    fs::write(path.join("divider.cir"), DIVIDER).expect("room");
    fs::write(path.join("rest.cir"), "t\nV1 a 0 1\nR1 a 0 1k\n.op\n.end\n").expect("room");
    done(path, &["run", "neuron.cir", "-q", "-o", "wave.vcd"]);
    let header = "$timescale 1 ns $end\n$var real 64 ! a $end\n$enddefinitions $end\n";
    for (name, changes) in [("back", "#10\nr1 !\n#5\nr2 !\n#20\n"), ("once", "#3\nr1 !\n")] {
        fs::write(path.join(format!("{name}.vcd")), format!("{header}{changes}")).expect("room");
    }
    let cases: [(&[&str], &str); 20] = [
        (&["neuron.cir", "v(ouz)", "-o", "a.svg"], "did you mean 'out'?"),
        (&["neuron.cir", "-o", "a.pdf"], "ends in .svg, .png or .html"),
        (&["neuron.cir", "-o", "neuron.cir"], "ends in .svg, .png or .html"),
        (&["neuron.cir", "--narrow", "-o", "a.html"], "leave --narrow out"),
        (&["neuron.cir", "--narrow", "-o", "a.csv"], "leave --narrow out"),
        (&["neuron.cir", "--step", "2", "-o", "a.svg"], "there is no run 2: the deck has 1 run"),
        (&["neuron.cir", "--from", "2", "-o", "a.svg"], "nothing lies from 2 s to 1 s"),
        (&["neuron.cir", "--reals", "steps", "-o", "a.svg"], "--reals is of files"),
        (&["rest.cir", "-o", "a.svg"], "has no .tran"),
        (&["divider.cir", "v(out)", "-o", "a.svg"], "--step N, from 1 to 3"),
        (&["divider.cir", "hal", "-o", "a.svg"], "did you mean 'half'?"),
        (&["divider.cir", "--from", "1u", "-o", "a.svg"], "--from is of waveforms"),
        (&["wave.vcd", "out", "-o", "a.svg"], "the nearest is 'memspike.v(out)'"),
        (&["wave.vcd", "v(ouz)", "-o", "a.svg"], "the nearest is 'memspike.v(out)'"),
        (&["wave.vcd", "--step", "1", "-o", "a.svg"], "--step is of decks"),
        (&["wave.vcd", "--from", "3", "-o", "a.svg"], "nothing lies from 3 s to 1 s"),
        (
            &["wave.vcd", "--from", "0.5", "--until", "0.2", "-o", "a.svg"],
            "--from is to be before --until",
        ),
        (&["back.vcd", "-o", "a.csv"], "line 6: time goes back from 10 to 5"),
        (&["once.vcd", "-o", "a.svg"], "all its values are of one instant, 3 ns"),
        (
            &["none.fst", "-o", "a.svg"],
            "cannot read 'none.fst': No such file or directory: check the path\n",
        ),
    ];
    for (arguments, said) in cases {
        let told = refused(path, &[&["plot"], arguments].concat());
        assert!(told.contains(said), "{arguments:?}: {told}");
    }
}
