//! Recorded spikes as other readers find them: pyarrow, pandas and polars, which know nothing of us.

use std::path::{Path, PathBuf};
use std::process::Command;

use memspike_recording::{Membrane, MembraneFile, Origin, RecordingError, SpikeFile};
use memspike_time::Time;

/// More than one row group holds.
const MANY: u32 = 2_500_000;

fn origin() -> Origin {
    Origin {
        network: "two, \"quoted\"".to_owned(),
        digest: "c0ffee".to_owned(),
        description: "decade".to_owned(),
        seed: u64::MAX,
        delay_tick_fs: 1_000_000_000,
        populations: vec!["excitatory".to_owned(), "inhibitory".to_owned()],
        branches: Vec::new(),
        sizes: vec![8000, 2000],
    }
}

/// Instants a little more than a nanosecond apart, with a fraction; neurons up to the last of all.
fn spike(k: u32) -> (Time, usize, u32) {
    let at = Time { tick: u64::from(k) * 1_000_003, frac: 0.75 };
    (at, k.is_multiple_of(3).into(), if k == 5 { u32::MAX } else { k % 77 })
}

fn write(path: &Path, count: u32) {
    let mut file = SpikeFile::create(path, &origin()).expect("it can be written");
    for (at, population, neuron) in (0..count).map(spike) {
        file.spike(at, population, neuron).expect("room");
    }
    assert!(!path.exists(), "a file that is not whole stands under its name");
    file.finish([0.0, 0.1]).expect("room");
}

/// Runs a script in the environment of the pinned packages, with the path of a file as its argument.
fn python(script: &str, path: &Path) {
    let program = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/python/bin/python");
    let output = Command::new(program).arg("-c").arg(script).arg(path).output();
    let output = output.expect("run `cargo xtask packages` first");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// What the rows must be, by definition, for scripts.
const TRUTH: &str = "
import sys, json
import numpy as np
k = np.arange(COUNT, dtype=np.int64)
fs = k * 1000003
neuron = np.where(k == 5, 4294967295, k % 77)
population = np.where(k % 3 == 0, 'inhibitory', 'excitatory')
seconds = (fs + 0.75) / 1e15
";

fn truth(count: u32) -> String {
    TRUTH.replace("COUNT", &count.to_string())
}

#[test]
fn pyarrow_reads_every_row_and_where_it_comes_from() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("spikes.parquet");
    write(&path, MANY);
    let script = truth(MANY)
        + "
import pyarrow.parquet as pq
file = pq.ParquetFile(sys.argv[1])
table = file.read()
assert [str(field.type) for field in table.schema] == ['int64', 'double', 'string', 'uint32'], table.schema
assert (table['time_fs'].to_numpy() == fs).all()
assert (table['time_s'].to_numpy() == seconds).all()
assert (table['neuron'].to_numpy() == neuron).all()
assert table['population'].to_pylist() == population.tolist()
assert file.num_row_groups == 3, file.num_row_groups
said = {key.decode(): value.decode() for key, value in file.metadata.metadata.items()}
assert said['memspike.network'] == 'two, \"quoted\"', said
assert said['memspike.digest'] == 'c0ffee' and said['memspike.version'] == '1', said
assert int(said['memspike.seed']) == 2**64 - 1 and int(said['memspike.delay_tick_fs']) == 10**9, said
assert json.loads(said['memspike.interval_s']) == [0.0, 0.1], said
assert json.loads(said['memspike.populations']) == [['excitatory', 8000], ['inhibitory', 2000]], said
";
    python(&script, &path);
}

#[test]
fn pandas_and_polars_read_it_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    for count in [0, 1, 1000] {
        let path = folder.path().join(format!("{count}.parquet"));
        write(&path, count);
        let script = truth(count)
            + "
import pandas, polars
one, other = pandas.read_parquet(sys.argv[1]), polars.read_parquet(sys.argv[1])
for table in (one, other):
    assert list(table.columns) == ['time_fs', 'time_s', 'population', 'neuron']
    for name, values in (('time_fs', fs), ('time_s', seconds), ('population', population), ('neuron', neuron)):
        assert table[name].to_list() == values.tolist(), name
";
        python(&script, &path);
    }
}

/// Of spikes, so that their instants are multiples of a femtosecond.
fn membrane(k: u32) -> Membrane {
    let current_ampere = if k.is_multiple_of(2) { f64::NAN } else { -1e-12 * f64::from(k) };
    let (population, neuron) = (k.is_multiple_of(3).into(), spike(k).2);
    let potential_v = f64::from(k) / 7.0;
    Membrane { tick: u64::from(k) * 1_000_003, population, neuron, potential_v, current_ampere }
}

#[test]
fn pandas_polars_and_pyarrow_read_membranes_in_both_forms() {
    let folder = tempfile::tempdir().expect("a folder");
    for ending in ["parquet", "csv"] {
        let path = folder.path().join(format!("membranes.{ending}"));
        let mut file = MembraneFile::create(&path, &origin()).expect("it can be written");
        (0..1000).for_each(|k| file.add(&membrane(k)).expect("room"));
        file.finish([0.0, 0.1]).expect("room");
        let script = truth(1000)
            + "
import pandas, polars
name = sys.argv[1]
if name.endswith('csv'):
    tables = [pandas.read_csv(name, comment='#', float_precision='round_trip')]
else:
    tables = [pandas.read_parquet(name), polars.read_parquet(name)]
    import pyarrow.parquet as pq
    assert pq.read_table(name).column_names == ['time_fs', 'time_s', 'population', 'neuron', 'potential_v', 'current_ampere']
for table in tables:
    column = lambda name: np.array(table[name].to_list())
    assert (column('neuron') == neuron).all() and (column('population') == population).all()
    assert (column('time_s') == fs / 1e15).all() and (column('potential_v') == k / 7).all()
    current = column('current_ampere').astype(float)
    assert (np.isnan(current) == (k % 2 == 0)).all() and (current[1::2] == -1e-12 * k[1::2]).all()
";
        python(&script, &path);
    }
}

#[test]
fn pandas_reads_the_lines() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("spikes.csv");
    write(&path, 1000);
    let script = truth(1000)
        + "
import pandas
table = pandas.read_csv(sys.argv[1], comment='#', float_precision='round_trip')
assert (table['time_s'] == seconds).all() and (table['neuron'] == neuron).all()
assert (table['population'] == population).all()
head = open(sys.argv[1]).read().split('time_s')[0]
text = open(sys.argv[1]).read()
assert text.endswith('\\n# memspike.interval_s = [0.0, 0.1]\\n')
assert '# memspike.seed = 18446744073709551615\\n' in head, head
";
    python(&script, &path);
}

#[test]
fn what_is_dropped_unfinished_leaves_what_was_there() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["a.parquet", "a.csv"] {
        let path = folder.path().join(name);
        std::fs::write(&path, "before").expect("room");
        let mut file = SpikeFile::create(&path, &origin()).expect("it can be written");
        file.spike(Time::ZERO, 0, 0).expect("room");
        drop(file);
        assert_eq!(std::fs::read_to_string(&path).expect("text"), "before");
    }
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 2, "something is left");
}

#[test]
fn a_name_of_no_form_and_a_folder_that_is_not_there_are_refused() {
    let refused = SpikeFile::create("spikes.dat", &origin()).err().expect("no such form");
    assert!(matches!(refused, RecordingError::Form { .. }));
    assert!(refused.to_string().contains(".parquet or .csv"), "{refused}");
    let refused = SpikeFile::create("/nowhere/at/all.parquet", &origin()).err().expect("no folder");
    assert!(matches!(refused, RecordingError::Unwritable { .. }), "{refused}");
}

#[test]
fn an_instant_that_the_form_does_not_hold_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("late.parquet");
    let mut file = SpikeFile::create(&path, &origin()).expect("it can be written");
    file.spike(Time::from_s(9_223.0), 0, 0).expect("room");
    let refused = file.spike(Time::from_s(9_224.0), 0, 0).expect_err("too late").to_string();
    assert!(refused.contains("9,223 s"), "{refused}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_ends_in_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    for ending in ["parquet", "csv"] {
        let path = folder.path().join(format!("full.{ending}"));
        std::os::unix::fs::symlink("/dev/full", &path).expect("a link");
        let mut file = SpikeFile::create(&path, &origin()).expect("it opens");
        let mut failed = false;
        for (at, population, neuron) in (0..200_000).map(spike) {
            failed |= file.spike(at, population, neuron).is_err();
        }
        failed |= file.finish([0.0, 0.1]).is_err();
        assert!(failed, "{ending}");
    }
}
