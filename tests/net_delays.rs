//! `memspike net --delay-tick` from outside: drawn delays are multiples of it, and those of a run that keeps them in full are what they are
//! rounded from.

#[path = "common/program.rs"]
mod program;

use std::fs;
use std::path::Path;

use program::{memspike, text};
use tempfile::TempDir;

/// A thousand relays, each of which hears one spike at 5 ms after a drawn delay, and one after a stated delay.
const NETWORK: &str = r#"
version = 2
delay_tick_s = 1e-5

[[populations]]
name = "spike"
size = 1
model.recorded = { spikes = [[5e-3, 0]] }

[[populations]]
name = "relays"
size = 1000
model.parrot = {}

[[populations]]
name = "stated"
size = 1
model.parrot = {}

[[projections]]
name = "drawn"
from = "spike"
to = "relays"
effect = "trigger"
delay_s = { uniform = { least = 1e-3, greatest = 9e-3 } }
connections.all_to_all = {}

[[projections]]
name = "given"
from = "spike"
to = "stated"
effect = "trigger"
delay_fs = 1234567891
connections = "one_to_one"
"#;

/// When the spike is (fs).
const SENT: u64 = 5_000_000_000_000;

/// A run's recording.
fn recorded(folder: &Path, more: &[&str]) -> String {
    let arguments = ["net", "network.toml", "--until", "0.1", "-o", "spikes.csv"];
    let output = memspike(folder, &[&arguments[..], more].concat());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    fs::read_to_string(folder.join("spikes.csv")).expect("a recording")
}

/// Delays (fs) by relay, and that of the one with a stated delay.
fn delays(csv: &str) -> (Vec<f64>, f64) {
    let of = |name: &str| {
        let rows = csv.lines().filter(|line| line.contains(&format!(",{name},")));
        let mut rows: Vec<(u32, f64)> = rows
            .map(|row| {
                let cells: Vec<&str> = row.split(',').collect();
                let at_s: f64 = cells[0].parse().expect("a time");
                (cells[2].parse().expect("a neuron"), at_s * 1e15 - SENT as f64)
            })
            .collect();
        rows.sort_by_key(|(neuron, _)| *neuron);
        rows.into_iter().map(|(_, fs)| fs).collect::<Vec<f64>>()
    };
    let (drawn, given) = (of("relays"), of("stated"));
    assert_eq!((drawn.len(), given.len()), (1000, 1));
    (drawn, given[0])
}

fn folder(network: &str) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("network.toml"), network).expect("room");
    folder
}

#[test]
fn drawn_delays_are_the_nearest_multiples_of_the_tick_and_given_ones_stay() {
    let folder = folder(NETWORK);
    let full = recorded(folder.path(), &["--delay-tick", "0"]);
    assert!(full.contains("# memspike.delay_tick_fs = 0\n"), "{}", &full[..800]);
    let (exact, given) = delays(&full);
    // Times of a recording are whole multiples of a double's last digit: some 3.5 attoseconds at 15 ms.
    assert!((given - 1_234_567_891.0).abs() < 0.01, "{given}");
    assert!(exact.iter().all(|fs| (1e12..=9e12).contains(fs)));
    // Of a thousand full delays none is a multiple of a nanosecond, but by chance in a million.
    let off = |fs: f64, tick: f64| (fs / tick - (fs / tick).round()).abs() * tick;
    assert!(exact.iter().filter(|fs| off(**fs, 1e6) < 0.01).count() < 3);
    for (tick, tick_fs) in
        [("1u", 1e9), ("1e-5", 1e10), ("3.7e-7", 3.7e8), ("1m", 1e12), ("1f", 1.0)]
    {
        let csv = recorded(folder.path(), &["--delay-tick", tick]);
        assert!(csv.contains(&format!("# memspike.delay_tick_fs = {tick_fs:.0}\n")), "{tick}");
        let (drawn, given) = delays(&csv);
        assert!((given - 1_234_567_891.0).abs() < 0.01, "{given}");
        for (drawn, exact) in drawn.iter().zip(&exact) {
            assert!(off(*drawn, tick_fs) < 0.01, "{tick}: {drawn}");
            assert!((drawn - exact).abs() <= 0.5 * tick_fs + 0.01, "{tick}: {drawn} {exact}");
        }
    }
}

#[test]
fn a_tick_of_the_command_line_is_as_good_as_one_of_the_file() {
    let folder = folder(NETWORK);
    let of_file = recorded(folder.path(), &[]);
    assert_eq!(recorded(folder.path(), &["--delay-tick", "10u"]), of_file);
    let other = recorded(folder.path(), &["--delay-tick", "2e-5"]);
    let network = NETWORK.replace("delay_tick_s = 1e-5", "delay_tick_s = 2e-5");
    fs::write(folder.path().join("network.toml"), network).expect("room");
    assert_eq!(recorded(folder.path(), &[]), other);
    // What the file says would be refused, were it not for the command line.
    let network = NETWORK.replace("delay_tick_s = 1e-5", "delay_tick_s = 2e-3");
    fs::write(folder.path().join("network.toml"), network).expect("room");
    assert_eq!(recorded(folder.path(), &["--delay-tick", "1e-5"]), of_file);
}

#[test]
fn a_run_goes_on_with_its_tick_alone() {
    let folder = folder(NETWORK);
    let keep = ["--delay-tick", "0", "--checkpoint", "ck"];
    recorded(folder.path(), &keep);
    recorded(folder.path(), &[&keep[..], &["--resume"]].concat());
    let arguments = ["net", "network.toml", "--until", "0.1", "--checkpoint", "ck", "--resume"];
    let output = memspike(folder.path(), &arguments);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("other inputs") && said.contains("--branch"), "{said}");
}

#[test]
fn ticks_that_are_none_are_refused() {
    let folder = folder(NETWORK);
    for (tick, words) in [
        ("-1", &["--delay-tick", "1e-15", "9.007"][..]),
        ("1e-16", &["--delay-tick", "1e-15"]),
        ("10", &["--delay-tick", "9.007"]),
        ("inf", &["--delay-tick"]),
        ("nan", &["--delay-tick"]),
        ("ms", &["--delay-tick"]),
        // Longer than the least delay.
        ("2m", &["network.toml", "drawn", "delay"]),
    ] {
        let arguments = ["net", "network.toml", "--delay-tick", tick];
        let output = memspike(folder.path(), &arguments);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{tick}: {said}");
        assert!(words.iter().all(|word| said.contains(word)), "{words:?}: {said}");
    }
}
