//! All that is shown: on a terminal, as JSON, on the page.

use std::time::Duration;

use serde::Serialize;

use memspike_report as report;

use super::{
    assumptions::{self, Tried},
    numbers::SOURCE,
    table::{self, JsonRow, Row},
};

/// What the experiments gave.
pub struct Results {
    /// The device, and what the experiments were scaled by.
    pub device: String,
    /// In the order of the numbers.
    pub rows: Vec<Row>,
    /// The same with one assumption changed; empty if that was not asked for.
    pub tried: Vec<Tried>,
    events: u64,
    elapsed: Duration,
}

impl Results {
    /// Of experiments that took so many events and so long, without what may be tried later.
    pub fn new(device: String, rows: Vec<Row>, events: u64, elapsed: Duration) -> Self {
        Self { device, rows, tried: Vec::new(), events, elapsed }
    }

    /// The work done.
    pub fn footer(&self) -> String {
        format!("{} events in {:.1} s", self.events, self.elapsed.as_secs_f64())
    }

    /// The tables on a terminal.
    pub fn text(&self) -> String {
        let table = table::text(&self.rows);
        let mut text = format!("{}\n{table}\n\n{}\n\n", self.device, self.footer());
        if !self.tried.is_empty() {
            let moves = assumptions::moves(&self.rows, &self.tried);
            let moves = report::table(&assumptions::header(&self.tried), moves);
            text += &format!("How far each number moves with an assumption\n{moves}\n\n");
        }
        text + SOURCE
    }

    /// The same for programs; nothing in it depends on how fast the machine is.
    pub fn json(&self) -> String {
        #[derive(Serialize)]
        struct All<'t> {
            device: &'t str,
            rows: Vec<JsonRow>,
            #[serde(skip_serializing_if = "Vec::is_empty")]
            sensitivity: Vec<Changed<'t>>,
            events: u64,
            #[serde(skip_serializing_if = "Option::is_none")]
            within: Option<bool>,
        }
        #[derive(Serialize)]
        struct Changed<'t> {
            assumption: &'t str,
            rows: Vec<JsonRow>,
        }
        let json_rows = |rows: &[Row]| rows.iter().map(JsonRow::from).collect();
        let changed = self
            .tried
            .iter()
            .map(|tried| Changed { assumption: &tried.label, rows: json_rows(&tried.rows) });
        report::json(&All {
            device: &self.device,
            rows: json_rows(&self.rows),
            sensitivity: changed.collect(),
            events: self.events,
            within: self.rows.iter().map(Row::within).try_fold(true, |all, one| Some(all && one?)),
        })
    }
}
