//! The numbers of a figure as CSV.

use crate::{Figure, Marks};

impl Figure {
    /// A row for each point: its panel, its series, then `x` and `y`, headed by the labels of the
    /// axes if all panels share them; a last column holds half an interval or the value of a cell
    /// if the figure has any. Numbers read back as the same `f64`.
    #[must_use]
    pub fn csv(&self) -> String {
        let shared = |label: fn(&crate::Panel) -> &str, otherwise: &str| {
            let first = label(&self.panels[0]).to_owned();
            let all = self.panels.iter().all(|panel| label(panel) == first);
            if all { first } else { otherwise.to_owned() }
        };
        let mut header = vec!["panel".to_owned(), "series".to_owned()];
        header.push(shared(|panel| &panel.x.label, "x"));
        header.push(shared(|panel| &panel.y.label, "y"));
        let third = self.third();
        header.extend(third.map(str::to_owned));

        let mut writer = csv::Writer::from_writer(Vec::new());
        let into_memory = "writing to memory cannot fail";
        writer.write_record(&header).expect(into_memory);
        for panel in &self.panels {
            for series in &panel.series {
                for (x, y, value) in series.marks.rows() {
                    let mut row = vec![panel.title.clone(), series.name.clone()];
                    row.extend([format!("{x:?}"), format!("{y:?}")]);
                    if third.is_some() {
                        row.push(value.map(|value| format!("{value:?}")).unwrap_or_default());
                    }
                    writer.write_record(&row).expect(into_memory);
                }
            }
        }
        String::from_utf8(writer.into_inner().expect(into_memory)).expect("all text is UTF-8")
    }

    /// The head of the last column.
    fn third(&self) -> Option<&'static str> {
        self.panels.iter().flat_map(|panel| &panel.series).find_map(|series| match series.marks {
            Marks::Intervals(_) => Some("half interval"),
            Marks::Cells(_) => Some("value"),
            _ => None,
        })
    }
}
