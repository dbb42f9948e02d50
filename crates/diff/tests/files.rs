//! Files written by hand, with what must and must not be told of them.

use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;

use memspike_diff::{Difference, Kind, Names, Reals, Report, Tolerance, WaveFile, compare};
use tempfile::TempDir;

const EXACT: Tolerance = Tolerance { abs: 0.0, rel: 0.0, time_zs: 0, reals: Reals::Steps };

/// Zeptoseconds in a nanosecond.
const NS: i128 = 1_000_000_000_000;

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, bytes).expect("written");
        path
    }

    fn compare(&self, a: &str, b: &str, tolerance: &Tolerance) -> Report {
        let (a, b) = (self.put("a", a), self.put("b", b));
        let open = |path| WaveFile::open(path).unwrap_or_else(|error| panic!("{error}"));
        let (mut a, mut b) = (open(&a), open(&b));
        compare((&mut a, &mut b), &Names::default(), tolerance, |_, _| ControlFlow::Continue(()))
            .unwrap_or_else(|error| panic!("{error}"))
    }
}

/// A VCD of one variable.
fn vcd(unit: &str, variable: &str, changes: &str) -> String {
    format!(
        "$timescale {unit} $end\n$scope module t $end\n$var {variable} $end\n$upscope $end\n$enddefinitions $end\n{changes}\n"
    )
}

/// When the first difference begins (ns), and how many there are.
fn differs(report: &Report) -> Option<(f64, u64)> {
    match report.pairs[0].difference.as_ref()? {
        Difference::Values { first_s, count, .. } => Some((first_s * 1e9, *count)),
        Difference::Kinds { .. } => panic!("values, not kinds"),
    }
}

fn bits(a: &str, b: &str, tolerance: &Tolerance) -> Option<(f64, u64)> {
    let file = |changes: &str| vcd("1ns", "wire 4 ! q [3:0]", changes);
    differs(&Folder::new().compare(&file(a), &file(b), tolerance))
}

fn steps(a: &str, b: &str, tolerance: &Tolerance) -> Option<(f64, u64)> {
    let file = |changes: &str| vcd("1ns", "real 64 ! v", changes);
    differs(&Folder::new().compare(&file(a), &file(b), tolerance))
}

#[test]
fn no_tolerance_hides_a_difference_of_bits() {
    let wide = Tolerance { abs: 1e9, rel: 1.0, time_zs: 1_000_000 * NS, reals: Reals::Lines };
    for tolerance in [EXACT, wide] {
        let differ = |a: &str, b: &str| bits(a, b, &tolerance);
        assert_eq!(differ("#0\nb0 !\n#5\nb1 !", "#0\nb0 !\n#5\nb1 !"), None);
        assert_eq!(differ("#0\nb0 !\n#5\nb1 !", "#0\nb0 !\n#6\nb1 !"), Some((5.0, 1)));
        assert_eq!(differ("#0\nbx !", "#0\nbz !"), Some((0.0, 1)));
        assert_eq!(differ("#0\nbx !\n#3\nb1 !", "#0\nb0 !\n#3\nb1 !"), Some((0.0, 1)));
        // Short forms mean the same: the rest of a bit is zero, of an x it is x.
        assert_eq!(differ("#0\nb1 !", "#0\nb0001 !"), None);
        assert_eq!(differ("#0\nbx !", "#0\nbxxxx !"), None);
        // Equal again, and apart again: two stretches.
        assert_eq!(
            differ(
                "#0\nb0 !\n#2\nb1 !\n#4\nb0 !\n#6\nb1 !",
                "#0\nb0 !\n#3\nb1 !\n#4\nb0 !\n#7\nb1 !"
            ),
            Some((2.0, 2))
        );
        // What was never told is unknown.
        assert_eq!(differ("#0\nb0 !", "#7\nb0 !"), Some((0.0, 1)));
        // A change behind the end of the other file.
        assert_eq!(differ("#0\nb0 !\n#9\nb1 !", "#0\nb0 !"), Some((9.0, 1)));
    }
}

#[test]
fn a_tolerance_in_time_moves_edges_and_excuses_no_pulse() {
    let near = Tolerance { time_zs: 2 * NS, ..EXACT };
    let early = "#0\nr0 !\n#10\nr1 !\n#20\nr0 !";
    assert_eq!(steps(early, "#0\nr0 !\n#12\nr1 !\n#18\nr0 !", &near), None);
    assert_eq!(steps(early, "#0\nr0 !\n#13\nr1 !\n#20\nr0 !", &near), Some((10.0, 1)));
    // A pulse of a nanosecond, well within the tolerance.
    let pulse = "#0\nr0 !\n#10\nr1 !\n#11\nr0 !";
    assert_eq!(steps(pulse, "#0\nr0 !", &near), Some((10.0, 1)));
    assert_eq!(steps("#0\nr0 !", pulse, &near), Some((10.0, 1)));
    assert_eq!(steps(pulse, "#0\nr0 !\n#12\nr1 !\n#13\nr0 !", &near), None);
    // Between two values is none of them.
    assert!(steps("#0\nr0 !\n#9\nr0.5 !\n#10\nr1 !", "#0\nr0 !\n#10\nr1 !", &near).is_some());
}

#[test]
fn values_agree_within_the_absolute_or_the_relative_tolerance() {
    let abs = Tolerance { abs: 0.1, ..EXACT };
    let rel = Tolerance { rel: 0.1, ..EXACT };
    let pair = |a: f64, b: f64, tolerance| {
        steps(&format!("#0\nr{a} !"), &format!("#0\nr{b} !"), tolerance)
    };
    assert_eq!(pair(1.0, 1.0625, &abs), None);
    assert!(pair(1.0, 1.125, &abs).is_some());
    assert_eq!(pair(-100.0, -95.0, &rel), None);
    assert!(pair(-100.0, 95.0, &rel).is_some());
    assert!(pair(1e-12, 0.0, &rel).is_some());
    assert_eq!(pair(0.0, -0.0, &EXACT), None);
}

#[test]
fn lines_agree_whatever_points_they_have() {
    let lines = Tolerance { abs: 1e-12, reals: Reals::Lines, ..EXACT };
    let a = "#0\nr0 !\n#10\nr1 !";
    assert_eq!(steps(a, "#0\nr0 !\n#3\nr0.3 !\n#10\nr1 !", &lines), None);
    assert_eq!(steps(a, "#0\nr0 !\n#3\nr0.4 !\n#10\nr1 !", &lines), Some((3.0, 1)));
    assert!(steps(a, "#0\nr0 !\n#3\nr0.3 !\n#10\nr1 !", &EXACT).is_some());
    let late = Tolerance { time_zs: NS, ..lines };
    assert_eq!(steps(a, "#0\nr0 !\n#3\nr0.4 !\n#10\nr1 !", &late), None);
}

#[test]
fn times_are_seconds_whatever_the_unit() {
    let folder = Folder::new();
    let seconds = vcd("1s", "wire 1 ! q", "#0\n0!\n#2\n1!");
    let femto = vcd("1fs", "wire 1 ! q", "#0\n0!\n#2000000000000000\n1!");
    assert!(folder.compare(&seconds, &femto, &EXACT).is_equal());
    let off = vcd("1fs", "wire 1 ! q", "#0\n0!\n#2000000000000001\n1!");
    assert_eq!(differs(&folder.compare(&seconds, &off, &EXACT)), Some((2e9, 1)));
    let far = vcd("100s", "wire 1 ! q", "#0\n0!\n#18446744073709551615\n1!");
    let path = folder.put("far", far);
    assert!(WaveFile::open(&path).is_err(), "beyond all bounds");
}

#[test]
fn widths_kinds_and_missing_signals_are_differences() {
    let folder = Folder::new();
    let one = |variable: &str, value: &str| vcd("1ns", variable, &format!("#0\n{value}"));
    let kinds = |a: &str, b: &str| folder.compare(a, b, &EXACT).pairs[0].difference.clone();
    let (narrow, wide) = (one("wire 4 ! q [3:0]", "b1 !"), one("wire 5 ! q [4:0]", "b1 !"));
    let expected = Difference::Kinds { a: Kind::Bits(4), b: Kind::Bits(5) };
    assert_eq!(kinds(&narrow, &wide), Some(expected));
    let real = one("real 64 ! q", "r1 !");
    let expected = Difference::Kinds { a: Kind::Bits(4), b: Kind::Real };
    assert_eq!(kinds(&narrow, &real), Some(expected));
    let report = folder.compare(&narrow, &one("wire 4 ! p [3:0]", "b1 !"), &EXACT);
    assert_eq!((report.only_a, report.only_b), (vec!["t.q".into()], vec!["t.p".into()]));
}

#[test]
fn damaged_files_are_refused_and_none_ends_the_program() {
    let folder = Folder::new();
    let whole = vcd("1ns", "wire 4 ! q [3:0]", "#0\nb0 !\n#5\nb1 !");
    let raw = b"Title: t\nPlotname: Transient Analysis\nFlags: real\nNo. Variables: 2\nNo. Points: 2\nVariables:\n\t0\ttime\ttime\n\t1\tv(a)\tvoltage\nBinary:\n";
    let mut raw = raw.to_vec();
    for number in [0.0, 1.0, 1e-3, 2.0_f64] {
        raw.extend(number.to_le_bytes());
    }
    let mut refused = 0;
    for bytes in [whole.as_bytes(), &raw] {
        let opened = |bytes: &[u8]| {
            let mut file = WaveFile::open(&folder.put("cut", bytes)).ok()?;
            (0..file.variables.len()).try_for_each(|at| file.load(at).map(drop)).ok()
        };
        assert!(opened(bytes).is_some());
        for length in 0..bytes.len() {
            refused += usize::from(opened(&bytes[..length]).is_none());
        }
        for at in 0..bytes.len() {
            let mut bent = bytes.to_vec();
            bent[at] ^= 0x15;
            let _ = opened(&bent);
        }
    }
    // Only a VCD that is cut between two lines cannot be told from a whole one.
    assert!(refused > whole.len() + raw.len() - 20, "{refused}");
    let path = folder.put("cut", &raw[..raw.len() - 1]);
    let told = WaveFile::open(&path).err().expect("refused").to_string();
    assert!(told.contains("1 of 2 points"), "{told}");
}

#[test]
fn a_raw_file_of_text_holds_the_same_as_a_binary_one() {
    let folder = Folder::new();
    let head = "Title: t\nFlags: real\nNo. Variables: 2\nNo. Points: 2\nVariables:\n\t0\ttime\ttime\n\t1\tv(a)\tvoltage\n";
    let text = format!("{head}Values:\n0\t0\n\t1\n\n1\t1e-3\n\t2\n\n");
    let mut file = WaveFile::open(&folder.put("text", text)).unwrap_or_else(|e| panic!("{e}"));
    let expected = memspike_diff::Signal::Reals(vec![(0, 1.0), (1_000_000 * NS, 2.0)]);
    assert_eq!(file.load(0).expect("there"), expected);
    assert!(file.is_sampled());
}

#[test]
fn numbers_have_no_more_zeros_than_can_be_read() {
    let of = |value: &str| vcd("1 ns", "real 64 a x", &format!("#0\nr{value} a\n#5\n"));
    for value in ["2.2e-308", "1e300", "-3.5e-20", "0.25", "1500", "0"] {
        let report = Folder::new().compare(&of(value), &of("1"), &EXACT);
        let Some(Difference::Values { a: Some(a), .. }) = &report.pairs[0].difference else {
            panic!("{report:?}")
        };
        assert!(a.len() < 10, "{a}");
        assert_eq!(a.parse::<f64>(), value.parse::<f64>());
    }
}
