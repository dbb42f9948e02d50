//! Figures that `train` and `classify` draw, beside their results in JSON.

use std::{fs, path::Path};

use serde_json::Value;
use zune_png::{PngDecoder, zune_core::bytestream::ZCursor};

use crate::{TRAIN, data, good, refused};

/// The numbers of a figure's CSV: horizontal, vertical and, if there is one, the value.
fn numbers(path: &Path) -> Vec<Vec<f64>> {
    let text = fs::read_to_string(path).unwrap();
    let row = |line: &str| line.split(',').filter_map(|cell| cell.parse().ok()).collect();
    text.lines().skip(1).map(row).collect()
}

#[test]
fn figures_show_what_json_says() {
    let folder = data();
    let at = |name: &str| folder.path().join(name);
    let text = good(folder.path(), &format!("{TRAIN} --out net --json"));
    let training: Value = serde_json::from_str(&text).unwrap();
    let history = training["history"].as_array().unwrap();
    let mut expected: Vec<Vec<f64>> = ["training_accuracy", "validation_accuracy"]
        .iter()
        .flat_map(|part| {
            let percent = move |e: &Value| 100.0 * e[part].as_f64().unwrap();
            history.iter().map(move |e| vec![e["number"].as_f64().unwrap(), percent(e)])
        })
        .collect();
    assert_eq!(expected.len(), 12);
    let best = &training["best"];
    let accuracy = 100.0 * best["validation_accuracy"].as_f64().unwrap();
    expected.push(vec![best["number"].as_f64().unwrap(), accuracy]);
    assert_eq!(numbers(&at("net/fig-5b.csv")), expected);

    let weights = "classify --weights net/weights.npy";
    let text = good(folder.path(), &format!("{weights} --images 20 --out drawn --json"));
    let result: Value = serde_json::from_str(&text).unwrap();
    for (figure, key) in [("fig-5c", "mean_counts"), ("fig-5d", "confusion")] {
        let rows = numbers(&at(&format!("drawn/{figure}.csv")));
        assert_eq!(rows.len(), 100);
        for row in rows {
            let [class, label] = [row[0] as usize, row[1] as usize];
            assert_eq!(result["runs"][0][key][label][class].as_f64(), Some(row[2]), "{figure}");
        }
    }
    refused(folder.path(), &format!("{weights} --out drawn --seeds 2"));

    let sweep = "--level point --sweep read-noise=0,0.2,0.4 --seeds 3 --out drawn --json";
    let result: Value =
        serde_json::from_str(&good(folder.path(), &format!("{weights} {sweep}"))).unwrap();
    let runs = result["runs"].as_array().unwrap();
    let rows = numbers(&at("drawn/accuracy-read-noise.csv"));
    assert_eq!((runs.len(), rows.len()), (9, 6), "a line and intervals of three points each");
    for (row, same) in rows.iter().zip(runs.chunks(3).cycle()) {
        let percent = |run: &Value| 100.0 * run["accuracy"].as_f64().unwrap();
        let mean = same.iter().map(percent).sum::<f64>() / 3.0;
        let squares = same.iter().map(|run| (percent(run) - mean).powi(2)).sum::<f64>();
        assert_eq!(Some(row[0]), same[0]["value"].as_f64());
        assert!((row[1] - mean).abs() < 1e-9, "{row:?} beside {mean}");
        if let Some(deviation) = row.get(2) {
            assert!((deviation - (squares / 2.0).sqrt()).abs() < 1e-9, "{row:?}");
        }
    }
    for drawn in ["net/fig-5b", "drawn/fig-5c", "drawn/fig-5d", "drawn/accuracy-read-noise"] {
        let svg = fs::read_to_string(at(&format!("{drawn}.svg"))).unwrap();
        roxmltree::Document::parse(&svg).unwrap();
        let png = fs::read(at(&format!("{drawn}.png"))).unwrap();
        assert!(PngDecoder::new(ZCursor::new(png)).decode().is_ok());
    }
}
