//! Recordings read back: what was written, what others wrote, what is wrong, and what it all says, beside NumPy.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;

use memspike_recording::{Analysis, Distributions, Origin, Recorded, SpikeFile, Summary};
use memspike_time::Time;

/// Runs a script in the environment of the pinned packages, in a folder, and gives what it printed.
fn python(folder: &Path, script: &str) -> String {
    let program = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/python/bin/python");
    let head = "import numpy as np, pandas, polars, pyarrow as pa, pyarrow.parquet as pq\n";
    let output =
        Command::new(program).arg("-c").arg(head.to_owned() + script).current_dir(folder).output();
    let output = output.expect("run `cargo xtask packages` first");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

fn open(path: &Path) -> Result<Recorded, String> {
    let shown = path.parent().expect("a folder").display().to_string();
    let opened = Recorded::open(path, &mut |_| ControlFlow::Continue(()));
    opened.map_err(|error| error.to_string().replace(&shown, "DIR"))
}

fn spikes(recorded: &Recorded, interval_s: [f64; 2]) -> Result<Vec<(f64, usize, u32)>, String> {
    let mut told = Vec::new();
    let read = recorded.each(
        interval_s,
        &mut |_| ControlFlow::Continue(()),
        |at_s, population, neuron| told.push((at_s, population, neuron)),
    );
    read.map(|()| told).map_err(|error| error.to_string())
}

const ALL: [f64; 2] = [0.0, f64::INFINITY];

#[test]
fn what_was_written_is_read_back_to_the_bit_in_both_forms() {
    let folder = tempfile::tempdir().expect("a folder");
    let populations = vec!["b".to_owned(), "a-1".to_owned(), "silent".to_owned()];
    let origin = Origin { populations, sizes: vec![70, 9, 5], ..Origin::default() };
    let train: Vec<(Time, usize, u32)> = (0..100_000_u32)
        .map(|k| {
            let at = Time { tick: u64::from(k) * 7_000_003, frac: 0.25 };
            (at, usize::from(k.is_multiple_of(5)), if k.is_multiple_of(5) { k % 9 } else { k % 70 })
        })
        .collect();
    for name in ["s.parquet", "s.csv", "S.PARQUET"] {
        let path = folder.path().join(name);
        let mut file = SpikeFile::create(&path, &origin).expect("created");
        for (at, population, neuron) in &train {
            file.spike(*at, *population, *neuron).expect("room");
        }
        file.finish([0.0, 0.75]).expect("room");
        let recorded = open(&path).expect(name);
        let found: Vec<_> = recorded
            .populations()
            .iter()
            .map(|one| (&one.name[..], one.size, one.is_said))
            .collect();
        assert_eq!(found, [("b", 70, true), ("a-1", 9, true), ("silent", 5, true)], "{name}");
        assert_eq!((recorded.interval_s(), recorded.spikes()), ([0.0, 0.75], 100_000), "{name}");
        let expected: Vec<_> = train.iter().map(|(at, p, n)| (at.as_s(), *p, *n)).collect();
        assert_eq!(spikes(&recorded, ALL).expect(name), expected, "{name}");
        // Both ends belong to an interval.
        let part = [expected[100].0, expected[200].0];
        assert_eq!(spikes(&recorded, part).expect(name), expected[100..=200], "{name}");
    }
}

#[test]
fn recordings_of_others_are_read_too_and_their_neurons_counted_as_far_as_they_fire() {
    let folder = tempfile::tempdir().expect("a folder");
    python(
        folder.path(),
        "
table = pandas.DataFrame({'neuron': [3, 0, 5], 'population': ['x', 'y', 'x'], 'time_s': [0.25, 0.5, 0.75], 'more': 1})
table.to_parquet('pandas.parquet')
table.astype({'population': 'category', 'neuron': 'uint16', 'time_s': 'float32'}).to_parquet('category.parquet')
polars.from_pandas(table).write_parquet('polars.parquet', compression='snappy')
table.to_csv('pandas.csv')
table.to_csv('windows.csv', index=False, lineterminator='\\r\\n')
",
    );
    for name in
        ["pandas.parquet", "category.parquet", "polars.parquet", "pandas.csv", "windows.csv"]
    {
        let recorded = open(&folder.path().join(name)).expect(name);
        let found: Vec<_> = recorded
            .populations()
            .iter()
            .map(|one| (&one.name[..], one.size, one.is_said))
            .collect();
        assert_eq!(found, [("x", 6, false), ("y", 1, false)], "{name}");
        assert_eq!((recorded.interval_s(), recorded.spikes()), ([0.0, 0.75], 3), "{name}");
        let told = spikes(&recorded, ALL).expect(name);
        assert_eq!(told, [(0.25, 0, 3), (0.5, 1, 0), (0.75, 0, 5)], "{name}");
    }
}

#[test]
fn what_is_no_recording_is_refused_with_its_place_and_a_remedy() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("spikes.csv");
    let head = "time_s,population,neuron\n";
    let mut messages = Vec::new();
    for lines in [
        "",
        "# memspike.seed = 1\n",
        "t,who\n1,2\n",
        &format!("{head}0.5,a,1\n0.25,a,1\n"),
        &format!("{head}0.5,a,1\n\n# between\nhalf,a,1\n"),
        &format!("{head}0.5,a,-1\n"),
        &format!("{head}0.5,a,4294967296\n"),
        &format!("{head}0.5,a\n"),
        &format!("{head}-0.5,a,1\n"),
        &format!("{head}nan,a,1\n"),
        &format!("{head}inf,a,1\n"),
        &format!("# memspike.interval_s = [1, 0]\n{head}"),
        &format!("# memspike.populations = none\n{head}"),
        &format!("{head}{}\n", "0".repeat(1 << 17)),
    ] {
        fs::write(&path, lines).expect("room");
        messages.push(open(&path).err().unwrap_or_else(|| panic!("{lines}")));
    }
    fs::write(&path, [&b"time_s,population,neuron\n0.5,\xFF,1\n"[..]].concat()).expect("room");
    messages.push(open(&path).err().expect("no text"));
    let many: String = (0..300).map(|k| format!("0.5,p{k},0\n")).collect();
    fs::write(&path, format!("{head}{many}")).expect("room");
    messages.push(open(&path).err().expect("too many"));
    python(
        folder.path(),
        "
table = pandas.DataFrame({'time_s': [0.25, 0.5], 'population': ['x', 'y'], 'neuron': [3, 0]})
table.drop(columns='neuron').to_parquet('a.parquet')
table.iloc[::-1].to_parquet('b.parquet')
table.assign(neuron=[0.5, 1.0]).to_parquet('c.parquet')
table.assign(time_s=['a', 'b']).to_parquet('d.parquet')
table.assign(neuron=[0, -1]).to_parquet('e.parquet')
table.assign(population=['x', None]).to_parquet('f.parquet')
table.assign(time_s=[0.25, float('nan')]).to_parquet('g.parquet')
table.to_parquet('h.parquet', compression='gzip')
",
    );
    for name in ["a", "b", "c", "d", "e", "f", "g", "h"] {
        let path = folder.path().join(format!("{name}.parquet"));
        messages.push(open(&path).err().unwrap_or_else(|| panic!("{name}")));
    }
    messages.push(open(&folder.path().join("nowhere.parquet")).err().expect("no file"));
    messages.push(open(&folder.path().join("spikes.dat")).err().expect("no form"));
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn spikes_of_neurons_that_a_file_says_it_has_not_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("spikes.csv");
    let head = "# memspike.populations = [[\"a\", 3]]\n# memspike.interval_s = [0.0, 1.0]\ntime_s,population,neuron\n";
    for (line, said) in [
        ("0.5,a,3", "line 4, column 1: neuron 3 of 'a', which has 3"),
        ("0.5,b,0", "line 4, column 1: population 'b' is none of those that the file says it has"),
    ] {
        fs::write(&path, format!("{head}{line}\n")).expect("room");
        let told = spikes(&open(&path).expect("a recording"), ALL).expect_err("no such neuron");
        assert!(told.ends_with(said), "{told}");
    }
}

#[test]
fn reading_ends_when_it_is_asked_to() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("spikes.csv");
    fs::write(&path, "time_s,population,neuron\n".to_owned() + &"0.5,a,1\n".repeat(100_000))
        .expect("room");
    let error =
        Recorded::open(&path, &mut |_| ControlFlow::Break(())).err().expect("asked to stop");
    assert!(error.to_string().contains("interrupted"), "{error}");
}

/// Two populations with 450 and 30 neurons for 3 s: Poisson trains, of which the second share a part, and some silent neurons.
const TRAINS: &str = "
generator = np.random.default_rng(5)
rows = []
for neuron in range(450):
    count = 0 if neuron % 9 == 4 else generator.poisson(3 * (2 + neuron % 7))
    rows += [(t, 'many', neuron) for t in generator.uniform(0, 3, count)]
shared = generator.uniform(0, 3, 90)
for neuron in range(30):
    own = generator.uniform(0, 3, 30)
    mine = shared[generator.random(90) < 0.4]
    rows += [(t, 'few', neuron) for t in np.concatenate([own, mine])]
rows.sort()
table = pandas.DataFrame(rows, columns=['time_s', 'population', 'neuron'])
";

/// What NumPy finds of them from 0.25 s to 2.75 s: counts, rates, coefficients of variation, correlations, activity.
const TRUTH: &str = "
first, last = 0.25, 2.75
for name, size in (('many', 450), ('few', 30)):
    mine = table[(table.population == name) & (table.time_s >= first) & (table.time_s <= last)]
    trains = [np.array(mine.time_s[mine.neuron == k]) for k in range(size)]
    rates = np.sort([len(t) / 2.5 for t in trains if len(t)])
    cvs = np.sort([np.std(np.diff(t)) / np.mean(np.diff(t)) for t in trains if len(t) > 2])
    chosen = [trains[k * size // min(size, 200)] for k in range(min(size, 200))]
    counts = [np.histogram(t - first, bins=1250, range=(0, 2.5))[0] for t in chosen if len(t)]
    matrix = np.corrcoef(counts)
    pairs = np.sort(matrix[np.triu_indices(len(counts), 1)])
    every = np.array([len(t) / 2.5 for t in trains])
    activity = np.histogram(mine.time_s, bins=200, range=(first, last))[0] / size / 0.0125
    print(len(mine), *rates)
    print(*cvs)
    print(*pairs)
    print(every.mean(), every.std(), *np.quantile(every, [0.05, 0.25, 0.5, 0.75, 0.95], method='inverted_cdf'))
    print(*activity)
";

fn close(found: &[f64], expected: &[f64], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (a, b) in found.iter().zip(expected) {
        assert!((a - b).abs() < 1e-9 * (1.0 + b.abs()), "{what}: {a}, {b}");
    }
}

#[test]
fn rates_regularity_and_correlation_are_those_of_numpy() {
    let folder = tempfile::tempdir().expect("a folder");
    let said =
        python(folder.path(), &format!("{TRAINS}table.to_parquet('spikes.parquet')\n{TRUTH}"));
    let lines: Vec<Vec<f64>> = said
        .lines()
        .map(|line| line.split_whitespace().map(|word| word.parse().expect("a number")).collect())
        .collect();
    let recorded = open(&folder.path().join("spikes.parquet")).expect("a recording");
    let interval_s = [0.25, 2.75];
    let names: Vec<_> =
        recorded.populations().iter().map(|one| (&one.name[..], one.size)).collect();
    assert_eq!(names, [("few", 30), ("many", 450)]);
    let mut analysis = Analysis::new([30, 450], interval_s);
    for (at_s, population, neuron) in spikes(&recorded, interval_s).expect("spikes") {
        analysis.spike(at_s, population, neuron);
    }
    let distributions = analysis.distributions();
    for (found, truth) in [&distributions[1], &distributions[0]].into_iter().zip(lines.chunks(5)) {
        let Distributions { spikes, active, rates_hz, cvs, correlations, activity_hz, .. } = found;
        assert_eq!((*spikes as f64, rates_hz.len()), (truth[0][0], *active as usize));
        close(rates_hz, &truth[0][1..], "rates");
        close(cvs, &truth[1], "cvs");
        close(correlations, &truth[2], "correlations");
        let Summary { count, mean, deviation, quantiles } = found.rates().expect("neurons");
        assert_eq!(count, u64::from(found.neurons));
        close(&[&[mean, deviation][..], &quantiles].concat(), &truth[3], "summary of rates");
        close(activity_hz, &truth[4], "activity");
    }
    assert!(distributions[0].correlations.iter().sum::<f64>() / 435.0 > 0.05, "a part is shared");
}
