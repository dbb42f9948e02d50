//! Lists of connections in Parquet files that pyarrow, pandas and polars wrote.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use memspike_network::{Connections, Delay, Form, Network, SparseRows};

/// Runs a script in the environment of the pinned packages, in a folder.
fn python(folder: &Path, script: &str) {
    let program = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/python/bin/python");
    let head = "import pandas, polars, pyarrow as pa, pyarrow.parquet as pq\n";
    let output =
        Command::new(program).arg("-c").arg(head.to_owned() + script).current_dir(folder).output();
    let output = output.expect("run `cargo xtask packages` first");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn read(folder: &Path, delay: &str) -> Result<Network, String> {
    let text = format!(
        "version = 2\n[[populations]]\nname = \"a\"\nsize = 3\nmodel = {{ parrot = {{}} }}\n[[populations]]\n\
         name = \"b\"\nsize = 4\nmodel = {{ parrot = {{}} }}\n[[projections]]\nname = \"p\"\nfrom = \"a\"\nto = \"b\"\n\
         effect = \"trigger\"\n{delay}\nconnections.sparse_file.list = \"list.parquet\"\n"
    );
    let shown = folder.display().to_string();
    let network = Network::decode(&text, Form::Toml, folder);
    network.map_err(|error| error.to_string().replace(&shown, "DIR"))
}

/// What a list of two or three columns and a delay of 1 ms must give.
fn expected(weights: Vec<f64>) -> Connections {
    Connections::Sparse(SparseRows::new(4, vec![0, 1, 1, 3], vec![3, 0, 0], weights).unwrap())
}

#[test]
fn lists_are_read_in_every_form_that_others_write() {
    let table = "data = {'source': [0, 2, 2], 'target': [3, 0, 0], 'weight': [0.5, -1.0, 2.0]}\n";
    for write in [
        "pq.write_table(pa.table(data), 'list.parquet')",
        "pq.write_table(pa.table(data), 'list.parquet', compression='none')",
        "pq.write_table(pa.table(data), 'list.parquet', data_page_version='2.0', row_group_size=1)",
        "pq.write_table(pa.table(data), 'list.parquet', use_dictionary=False, version='1.0')",
        "pq.write_table(pa.table(data), 'list.parquet', use_dictionary=False, column_encoding={'source': \
         'DELTA_BINARY_PACKED', 'target': 'BYTE_STREAM_SPLIT', 'weight': 'BYTE_STREAM_SPLIT'})",
        "pandas.DataFrame(data).to_parquet('list.parquet')",
        "pandas.DataFrame(data).astype({'weight': 'float32', 'source': 'uint8'}).to_parquet('list.parquet')",
        "polars.DataFrame(data).write_parquet('list.parquet', compression='uncompressed')",
        "polars.DataFrame(data).write_parquet('list.parquet', compression='snappy')",
        "pq.write_table(pa.table(data).select(['weight', 'target', 'source']), 'list.parquet')",
    ] {
        let folder = tempfile::tempdir().unwrap();
        python(folder.path(), &format!("{table}{write}"));
        let network = read(folder.path(), "delay_s = 1e-3").expect(write);
        let (_, projection) = network.projections().next().unwrap();
        assert_eq!(projection.connections(), &expected(vec![0.5, -1.0, 2.0]), "{write}");
        assert_eq!(projection.delay(), &Delay::All(1_000_000_000_000));
    }
}

#[test]
fn weights_are_1_and_delays_those_of_the_list_where_they_stand_there() {
    let folder = tempfile::tempdir().unwrap();
    let script = "data = {'source': [0, 2, 2], 'target': [3, 0, 0], 'delay_s': [1e-3, 2e-15, 9.0]}\n\
                  pq.write_table(pa.table(data), 'list.parquet')";
    python(folder.path(), script);
    let network = read(folder.path(), "").unwrap();
    let (_, projection) = network.projections().next().unwrap();
    assert_eq!(projection.connections(), &expected(vec![1.0; 3]));
    let each = vec![1_000_000_000_000, 2, 9_000_000_000_000_000];
    assert_eq!(projection.delay(), &Delay::Each(each));
    let twice = read(folder.path(), "delay_s = 1e-3").unwrap_err();
    assert_eq!(
        twice,
        "line 15, column 11: projection 'p' has delays beside those of its list of connections, column 'delay_s': \
         leave one out"
    );
}

#[test]
fn a_long_list_is_read_whole() {
    let folder = tempfile::tempdir().unwrap();
    let script = "
import numpy as np
count = 300_000
source = np.sort(np.arange(count) * 7919 % 3).astype(np.uint32)
table = pa.table({'source': source, 'target': np.arange(count) % 4, 'weight': np.arange(count) * 0.25})
pq.write_table(table, 'list.parquet', row_group_size=70_000)";
    python(folder.path(), script);
    let network = read(folder.path(), "delay_s = 1e-3").unwrap();
    let (_, projection) = network.projections().next().unwrap();
    let Connections::Sparse(rows) = projection.connections() else { panic!("a list") };
    assert_eq!((rows.len(), rows.starts()), (300_000, &[0, 100_000, 200_000, 300_000][..]));
    let right = |at: usize| {
        rows.targets()[at] == at as u32 % 4 && rows.weights().get(at) == at as f64 * 0.25
    };
    assert!((0..300_000).all(right));
}

#[test]
fn wrong_lists_are_refused_with_the_row_and_a_remedy() {
    let column = |name: &str, values: &str| format!("data['{name}'] = {values}\n");
    let wrong = [
        column("target", "[3, 0, 4]"),
        column("source", "[0, -1, 2]"),
        column("source", "[2, 0, 2]"),
        column("source", "[0, 2, 2**40]"),
        column("source", "pa.array([0, 2**63, 2], pa.uint64())"),
        column("source", "[0.0, 2.0, 2.0]"),
        column("target", "pa.array([0, None, 2])"),
        column("target", "pa.array([[0], [1], [2]])"),
        column("target", "pa.array([0, 1, 2], pa.timestamp('us'))"),
        column("weight", "[0.5, float('nan'), 1.0]"),
        column("weight", "['a', 'b', 'c']"),
        column("delay_s", "[1e-3, 0.0, 1e-3]"),
        column("delay_s", "[1e-3, 1e-3, float('inf')]"),
        "data['sources'] = data.pop('source')\n".to_owned(),
    ];
    let mut messages = Vec::new();
    for change in wrong {
        let folder = tempfile::tempdir().unwrap();
        let data =
            "data = {'source': [0, 2, 2], 'target': [3, 0, 0], 'weight': [0.5, -1.0, 2.0]}\n";
        let write = "pq.write_table(pa.table(data), 'list.parquet')";
        python(folder.path(), &format!("{data}{change}{write}"));
        messages.push(read(folder.path(), "").expect_err(&change));
    }
    let folder = tempfile::tempdir().unwrap();
    python(
        folder.path(),
        "pq.write_table(pa.table({'source': [0], 'target': [0]}), 'list.parquet', compression='zstd')",
    );
    messages.push(read(folder.path(), "").unwrap_err());
    for bytes in [&b""[..], b"PAR1", b"source,target\n0,0\n", b"PAR1 but nothing else PAR1"] {
        fs::write(folder.path().join("list.parquet"), bytes).unwrap();
        messages.push(read(folder.path(), "").unwrap_err());
    }
    fs::remove_file(folder.path().join("list.parquet")).unwrap();
    messages.push(read(folder.path(), "").unwrap_err());
    insta::assert_snapshot!(messages.join("\n"));
}
