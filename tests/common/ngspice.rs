//! ngspice as an oracle: runs a deck in batch mode and reads the voltages it saved.

use std::fs;
use std::io::ErrorKind;
use std::process::{Command, Output};

/// Output of `ngspice -b DECK`, run in the deck's own folder.
fn ngspice(folder: &std::path::Path, deck: &str) -> Output {
    let output = Command::new("ngspice").args(["-b", deck]).current_dir(folder).output();
    match output {
        Ok(output) => output,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            panic!("ngspice is missing: install the Debian package `ngspice`")
        }
        Err(error) => panic!("ngspice does not start: {error}"),
    }
}

/// Runs the text of a deck and gives `[time, v(node), ...]` at each of ngspice's own points.
pub fn voltages(deck: &str, nodes: &[&str]) -> Vec<Vec<f64>> {
    let folder = tempfile::tempdir().expect("a folder");
    let list: String = nodes.iter().map(|n| format!(" v({n})")).collect();
    let control = format!(
        ".control\nset numdgt=15\nset wr_singlescale\nrun\nwrdata out.txt{list}\nquit\n.endc\n.end\n"
    );
    let body = deck.trim_end().strip_suffix(".end").expect("a deck that ends with .end");
    fs::write(folder.path().join("deck.cir"), format!("{body}{control}")).expect("written");
    let output = ngspice(folder.path(), "deck.cir");
    let text = fs::read_to_string(folder.path().join("out.txt")).unwrap_or_else(|_| {
        panic!("ngspice wrote nothing: {}", String::from_utf8_lossy(&output.stderr))
    });
    let row = |line: &str| line.split_whitespace().map(|x| x.parse().expect("number")).collect();
    text.lines().map(row).collect()
}

/// Times at which column `column` falls through `level`, by linear interpolation.
pub fn falls(rows: &[Vec<f64>], column: usize, level: f64) -> Vec<f64> {
    rows.windows(2)
        .filter(|w| w[0][column] >= level && w[1][column] < level)
        .map(|w| {
            let share = (w[0][column] - level) / (w[0][column] - w[1][column]);
            w[0][0] + share * (w[1][0] - w[0][0])
        })
        .collect()
}

/// Times at which column `column` rises through `level`, by linear interpolation.
pub fn rises(rows: &[Vec<f64>], column: usize, level: f64) -> Vec<f64> {
    let mirrored: Vec<Vec<f64>> = rows.iter().map(|row| vec![row[0], -row[column]]).collect();
    falls(&mirrored, 1, -level)
}

/// The measurements that ngspice prints for a deck in batch mode: lines of `name = value`.
pub fn measurements(deck: &str) -> Vec<(String, f64)> {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("deck.cir"), deck).expect("written");
    let output = ngspice(folder.path(), "deck.cir");
    let text = String::from_utf8_lossy(&output.stdout);
    let measured = |line: &str| {
        let (name, value) = line.split_once('=')?;
        Some((name.trim().to_owned(), value.split_whitespace().next()?.parse().ok()?))
    };
    text.lines().filter_map(measured).collect()
}

/// What ngspice prints of digital nodes of a deck without `.end`, run beside a file `vectors.txt`: for each node its times and
/// levels, `0`, `1` or `U`, where it changes; of several at one time the last.
pub fn levels(deck: &str, vectors: &str, nets: &[String]) -> Vec<Vec<(f64, char)>> {
    let folder = tempfile::tempdir().expect("a folder");
    let control = format!(".control\nrun\neprint {}\nquit\n.endc\n.end\n", nets.join(" "));
    fs::write(folder.path().join("deck.cir"), format!("{deck}{control}")).expect("written");
    fs::write(folder.path().join("vectors.txt"), vectors).expect("written");
    let output = ngspice(folder.path(), "deck.cir");
    let text = String::from_utf8_lossy(&output.stdout);
    let row = |line: &str| -> Option<(f64, Vec<char>)> {
        let mut words = line.split_whitespace();
        let time = words.next()?.parse().ok()?;
        let level = |word: &str| word.len() == 2 && "01U".contains(&word[..1]);
        let levels: Vec<&str> = words.collect();
        let is_row = levels.len() == nets.len() && levels.iter().all(|word| level(word));
        is_row
            .then(|| (time, levels.iter().map(|word| word.chars().next().unwrap_or(' ')).collect()))
    };
    let rows: Vec<(f64, Vec<char>)> = text.lines().filter_map(row).collect();
    assert!(
        !rows.is_empty(),
        "ngspice printed no levels: {text} {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let of_net = |net: usize| {
        let mut changes: Vec<(f64, char)> = Vec::new();
        for (time, levels) in &rows {
            match changes.last_mut() {
                Some((last, level)) if *last == *time => *level = levels[net],
                _ => changes.push((*time, levels[net])),
            }
        }
        changes.dedup_by_key(|(_, level)| *level);
        changes
    };
    (0..nets.len()).map(of_net).collect()
}
