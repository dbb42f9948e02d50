//! Waveforms that were cut short: complete up to there.

use std::{fs, path::Path};

use wellen::simple;

/// The unit of time that all runs here are told to use (s).
pub const TICK_S: f64 = 1e-12;

/// The last instant of a VCD, as another reader finds it (s).
pub fn last_instant_s(vcd: &[u8], scratch: &Path) -> f64 {
    fs::write(scratch, vcd).expect("the file is written");
    let waves = simple::read(scratch).expect("wellen reads the file");
    fs::remove_file(scratch).expect("it is there");
    assert!(waves.hierarchy().all_vars().count() > 2, "v(in), v(out), i and the switch");
    *waves.time_table().last().expect("there are instants") as f64 * TICK_S
}

/// The VCD holds what a run that goes on has written up to the same instant, and nothing is missing
/// between its end and what comes next there.
pub fn assert_vcd_is_complete(cut: &[u8], longer: &[u8], case: &str) {
    let stamp = |at: &usize| cut[*at] == b'#' && (*at == 0 || cut[at - 1] == b'\n');
    let end = (0..cut.len()).rev().find(stamp).expect("an instant");
    let (before, rest) = (&cut[..end], &cut[end..]);
    assert!(before.len() > 1000, "{case}: {} bytes", before.len());
    assert!(longer.starts_with(before), "{case}: the files differ");
    let instant = |text: &[u8]| -> u64 {
        let line = text.split(|byte| *byte == b'\n').next().expect("a line");
        let digits =
            std::str::from_utf8(line).expect("text").strip_prefix('#').expect("an instant");
        digits.parse().expect("a number")
    };
    assert!(rest.ends_with(b"\n"), "{case}: a line is cut");
    assert!(instant(&longer[end..]) >= instant(rest), "{case}: changes are missing");
}

/// A table by time holds what a run that goes on has written, up to `reached_s`.
pub fn assert_table_is_complete(cut: &[u8], longer: &[u8], reached_s: f64, case: &str) {
    assert!(cut.ends_with(b"\n") && longer.starts_with(cut), "{case}: the files differ");
    let seconds = |line: &[u8]| -> f64 {
        let cell = line.split(|byte| *byte == b',').next().expect("a cell");
        std::str::from_utf8(cell).expect("text").parse().expect("seconds")
    };
    let lines = |bytes: &'_ [u8]| -> Vec<Vec<u8>> {
        bytes.split(|byte| *byte == b'\n').filter(|l| !l.is_empty()).map(<[u8]>::to_vec).collect()
    };
    let (shown, missing) = (lines(cut), lines(&longer[cut.len()..]));
    assert!(shown.len() > 2 && seconds(&shown[shown.len() - 1]) <= reached_s, "{case}");
    assert!(seconds(&missing[0]) > reached_s, "{case}: rows are missing");
}

/// A raw file has the numbers of a table, and says how many points they are.
pub fn assert_raw_has_rows_of_csv(raw: &[u8], csv: &[u8], case: &str) {
    const BODY: &[u8] = b"Binary:\n";
    let body = raw.windows(BODY.len()).position(|part| part == BODY).expect("a body");
    let head = std::str::from_utf8(&raw[..body]).expect("text");
    let points = head.lines().find_map(|line| line.strip_prefix("No. Points:")).expect("a number");
    let table = std::str::from_utf8(csv).expect("text");
    let expected: Vec<u8> = table
        .lines()
        .skip(1)
        .flat_map(|line| line.split(','))
        .flat_map(|cell| cell.parse::<f64>().expect("a number").to_le_bytes())
        .collect();
    assert!(raw[body + BODY.len()..] == expected, "{case}: the values differ");
    assert_eq!(points.trim().parse(), Ok(table.lines().count() - 1), "{case}");
}
