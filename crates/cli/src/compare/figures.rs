//! What both decks do, as a table and as JSON.

use std::path::Path;

use memspike_report::{engineering, label, table};
use serde::{Serialize, Serializer};

use super::side::Side;

/// Most images that have a row of their own in the table; `--json` has all.
const MOST_ROWS: usize = 20;

/// Both decks on one image.
#[derive(Debug, Serialize)]
pub struct Row {
    /// Which image: the parameters of the run.
    #[serde(serialize_with = "as_map")]
    pub params: Vec<(String, f64)>,
    /// What it shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<u8>,
    /// What each deck makes of it.
    pub sides: [Side; 2],
}

fn as_map<S: Serializer>(params: &[(String, f64)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(params.iter().map(|(name, value)| (name, value)))
}

/// One deck on all images.
#[derive(Debug, Serialize)]
struct Summary {
    deck: String,
    /// Images whose decision is their label.
    #[serde(skip_serializing_if = "Option::is_none")]
    right: Option<usize>,
    spikes: usize,
    /// Means over the images that have one (s).
    first_s: Option<f64>,
    decided_s: Option<f64>,
    energy_j: Option<f64>,
}

/// Both decks on all images.
#[derive(Debug, Serialize)]
pub struct Comparison {
    /// Images on which both decide the same.
    same_decision: usize,
    /// Images on which every output spikes at the same instants.
    same_spikes: usize,
    decks: [Summary; 2],
    images: Vec<Row>,
}

fn mean(values: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let values: Vec<f64> = values.flatten().collect();
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

impl Summary {
    fn of(deck: &Path, rows: &[Row], side: usize) -> Self {
        let sides = || rows.iter().map(|row| &row.sides[side]);
        let labelled = rows.iter().any(|row| row.label.is_some());
        let right = rows.iter().filter(|row| {
            let truth = row.label.map(usize::from);
            truth.is_some() && row.sides[side].answer.decision == truth
        });
        Self {
            deck: deck.display().to_string(),
            right: labelled.then(|| right.count()),
            spikes: sides().map(|side| side.answer.spikes.iter().sum::<usize>()).sum(),
            first_s: mean(sides().map(|side| side.answer.first_s)),
            decided_s: mean(sides().map(|side| side.answer.decided_s)),
            energy_j: mean(sides().map(|side| side.energy_j)),
        }
    }
}

impl Comparison {
    /// Of all images.
    pub fn of(decks: [&Path; 2], rows: Vec<Row>) -> Self {
        let count =
            |same: fn(&[Side; 2]) -> bool| rows.iter().filter(|row| same(&row.sides)).count();
        Self {
            same_decision: count(|[a, b]| a.answer.decision == b.answer.decision),
            same_spikes: count(|[a, b]| a.times == b.times),
            decks: [Summary::of(decks[0], &rows, 0), Summary::of(decks[1], &rows, 1)],
            images: rows,
        }
    }

    /// How many images.
    pub fn images(&self) -> usize {
        self.images.len()
    }

    /// What the first run of each deck warns of that warns, and how many more do.
    pub fn warnings(&self) -> Vec<String> {
        self.firsts(|side| &side.warnings)
    }

    /// The same of what else is to be known of runs.
    pub fn notes(&self) -> Vec<String> {
        self.firsts(|side| &side.notes)
    }

    /// The first text that a run of each deck has, and how many more there are.
    fn firsts(&self, texts: fn(&Side) -> &[String]) -> Vec<String> {
        let mut all = Vec::new();
        for (at, summary) in self.decks.iter().enumerate() {
            let mut said = self.images.iter().flat_map(|row| texts(&row.sides[at]));
            let Some(first) = said.next() else { continue };
            let more = match said.count() {
                0 => String::new(),
                more => format!(" (and {more} more like it)"),
            };
            all.push(format!("{}: {first}{more}", summary.deck));
        }
        all
    }

    /// Tables for people.
    pub fn text(&self) -> String {
        let mut text = String::new();
        if self.images.len() <= MOST_ROWS {
            text = format!("{}\n\n", self.rows());
        }
        let images = self.images.len();
        let seconds = |at: usize| {
            let all = self.images.iter().map(|row| row.sides[at].seconds);
            all.sum::<f64>() / images.max(1) as f64
        };
        let rows = self.decks.iter().enumerate().map(|(at, summary)| {
            vec![
                summary.deck.clone(),
                summary.right.map_or_else(dash, |right| format!("{right} of {images}")),
                summary.spikes.to_string(),
                time(summary.first_s),
                time(summary.decided_s),
                summary.energy_j.map_or_else(dash, |energy| engineering(energy, "J")),
                engineering(seconds(at), "s"),
            ]
        });
        let header = [
            "deck",
            "right",
            "spikes",
            "first spike, mean",
            "decision, mean",
            "energy, mean",
            "run, mean",
        ];
        text += &format!(
            "{}\n{images} images: the same decision on {}, every spike the same on {}\n",
            table(&header, rows.collect()),
            self.same_decision,
            self.same_spikes
        );
        text
    }

    /// A row an image, A before B in each cell.
    fn rows(&self) -> String {
        let both = |of: &dyn Fn(&Side) -> String, row: &Row| {
            let [a, b] = row.sides.each_ref().map(of);
            format!("{a} / {b}")
        };
        let cells = |row: &Row| {
            vec![
                label(&row.params, None),
                row.label.map_or_else(dash, |label| label.to_string()),
                both(
                    &|side| side.answer.decision.map_or_else(dash, |output| output.to_string()),
                    row,
                ),
                both(&|side| side.answer.spikes.iter().sum::<usize>().to_string(), row),
                both(&|side| time(side.answer.first_s), row),
                both(&|side| time(side.answer.decided_s), row),
            ]
        };
        let header = ["image", "label", "decision", "spikes", "first spike", "decided"];
        table(&header, self.images.iter().map(cells).collect()).to_string()
    }
}

fn dash() -> String {
    "-".to_owned()
}

fn time(s: Option<f64>) -> String {
    s.map_or_else(dash, |s| engineering(s, "s"))
}
