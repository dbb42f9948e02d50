//! Arrays whose weights are listed, held against the same weights as a whole table.

use std::fs;
use std::path::Path;

use memspike_netlist::{Code, Deck, Elaborated, Report};
use tempfile::TempDir;

/// A deck of an array of 4 x 3 in a folder with a file of weights.
fn read(folder: &Path, weights: &str, model: &str, more: &str) -> Result<Elaborated, Report> {
    fs::write(folder.join("w.csv"), weights).unwrap();
    let text = format!(
        "title\n.model m crossbar({model})\nV[0:3] row[0:3] 0 {{0.1*index}}\n\
         A1 row[0:3] out[0:2] m weights=\"w.csv\"\nR[0:2] out[0:2] 0 1k\n{more}.tran 1\n.end\n"
    );
    let path = folder.join("deck.cir");
    fs::write(&path, text).unwrap();
    let deck = Deck::load(&path)?;
    let point = deck.steps()?.remove(0);
    deck.elaborate(&point, 7)
}

/// The weights of every sum by its name, by row.
fn weights(deck: &Elaborated) -> Vec<(String, Vec<(u32, f64)>)> {
    let sums = deck.circuit.elements().iter().filter_map(|e| Some((e.name.clone(), e.sum()?)));
    sums.map(|(name, sum)| (name, sum.weights.iter().collect())).collect()
}

fn refusal(weights: &str, model: &str) -> (Code, String) {
    let folder = TempDir::new().unwrap();
    let report = read(folder.path(), weights, model, "").expect_err("it is refused");
    (report.diagnostics[0].code(), report.render(false))
}

const WHOLE: &str = "0,0.5,0\n-1,0,0\n0,0,0.25\n0,0.125,0\n";
const LISTED: &str = "row,column,weight\n3,1,0.125\n0,1,0.5\n# the rest\n1,0,-1\n2, 2, 0.25\n";

#[test]
fn a_list_gives_the_currents_of_the_table_with_zeros_elsewhere() {
    let folder = TempDir::new().unwrap();
    for model in ["gmax=1u", "gmax=2u weight_max=4 levels=9", "gmin=0.1u gmax=1u gain=3"] {
        for more in ["", ".save i(A1[0])\n"] {
            let listed = weights(&read(folder.path(), LISTED, model, more).unwrap());
            let whole = weights(&read(folder.path(), WHOLE, model, more).unwrap());
            assert_eq!(listed.len(), whole.len());
            // A row of a table has devices in every place, which take gmin; a list has none there.
            let rows = |(name, _): &&(String, _)| name.contains(".row") && model.contains("gmin");
            let alike = listed.iter().zip(&whole).filter(|(listed, _)| !rows(listed));
            alike.for_each(|(listed, whole)| assert_eq!(listed, whole, "{model}"));
        }
    }
}

#[test]
fn flaws_of_listed_devices_depend_on_seed_and_column() {
    let folder = TempDir::new().unwrap();
    let of = |weights_of: &str| {
        weights(&read(folder.path(), weights_of, "gmax=1u programming_noise=0.1", "").unwrap())
    };
    let first = of(LISTED);
    assert_eq!(first, of(LISTED));
    assert_ne!(first, weights(&read(folder.path(), LISTED, "gmax=1u", "").unwrap()));
    // Another column more draws nothing of the others' draws.
    let more = of(&format!("{LISTED}0,2,0.5\n"));
    assert_eq!(first[..2], more[..2]);
}

#[test]
fn a_list_that_does_not_fit_is_refused_with_its_place() {
    for (list, says) in [
        ("row,column,weight\n4,0,1\n", "5 x 1"),
        ("row,column,weight\n0,3,1\n", "1 x 4"),
        ("row,column,weight\n0,1,1\n2,1,1\n0,1,0.5\n", "row 0, column 1 has two weights"),
        ("row,column,weight\n0,1\n", "line 2"),
        ("row,column,weight\n0,1,1\n0.5,1,1\n", "line 3"),
        ("row,column,weight\n0,1,heavy\n", "line 2"),
        ("row,column,weight\n0,99999999,1\n", "line 2"),
        ("row,column,weight\n0,1,inf\n", "a finite number"),
    ] {
        let (code, text) = refusal(list, "gmax=1u");
        assert_eq!(code, Code::Weights, "{text}");
        assert!(text.contains(says), "{says}: {text}");
    }
    let (code, text) = refusal(LISTED, "gmax=1u rrow=1");
    assert_eq!(code, Code::Weights);
    assert!(text.contains("no wire resistance"), "{text}");
}
