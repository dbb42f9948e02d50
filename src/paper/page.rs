//! All results as one page that needs no other file.

use std::fmt::Write as _;

use crate::page::{self, escaped, tagged};

use super::{
    assumptions::{self, ASSUMPTIONS},
    figures,
    numbers::SOURCE,
    results::Results,
    table::HEADER,
};

/// A figure as the page shows it.
pub struct Picture {
    /// Its number in the paper, such as `2a`.
    pub number: &'static str,
    /// What it is.
    pub title: String,
    /// The drawing.
    pub svg: String,
}

/// The page.
pub fn html(results: &Results, pictures: &[Picture]) -> String {
    let mut page = page::head(
        "The paper's device, measured and simulated",
        "The paper's device and neurons, measured beside simulated",
    );
    let _ = writeln!(page, "<p>{}</p>", escaped(SOURCE));
    let _ = writeln!(
        page,
        "<div class=\"wide\"><table class=\"numbers\">\n<tr>{}</tr>",
        tagged("th", HEADER)
    );
    for row in &results.rows {
        let cells = row.cells();
        let (last, others) = cells.split_last().expect("a row has cells");
        let class = if row.is_within() { "yes" } else { "no" };
        let others = tagged("td", others.iter().map(String::as_str));
        let _ = writeln!(page, "<tr>{others}<td class=\"{class}\">{last}</td></tr>");
    }
    let _ = writeln!(page, "</table></div>\n<p>{}</p>", escaped(&results.footer()));
    for picture in pictures {
        let (number, svg) = (picture.number, &picture.svg);
        let caption = match figures::caption(number) {
            "" => String::new(),
            words => format!(" {words}"),
        };
        let title = escaped(&picture.title);
        let _ = writeln!(
            page,
            "<figure id=\"fig-{number}\">\n{svg}\n<figcaption><b>{title}.</b>{} \
             Files: fig-{number}.svg, .png, .csv.</figcaption>\n</figure>",
            escaped(&caption)
        );
    }
    page.push_str(&open_points(results));
    page.push_str(page::END);
    page
}

/// What is assumed, and how far the numbers move with it.
fn open_points(results: &Results) -> String {
    let mut text = String::from("<h2>What the paper does not say</h2>\n<ul>\n");
    for assumption in ASSUMPTIONS {
        let (name, words) = (assumption.name, escaped(assumption.words));
        let _ = writeln!(text, "<li><b>{name}</b>: {words}.</li>");
    }
    text.push_str("</ul>\n");
    if results.tried.is_empty() {
        text.push_str("<p><code>memspike paper --sensitivity</code> tries them otherwise.</p>\n");
        return text;
    }
    let _ = writeln!(
        text,
        "<p>How far each number moves when one of them has another value:</p>\n\
         <div class=\"wide\"><table>\n<tr>{}</tr>",
        tagged("th", assumptions::header(&results.tried))
    );
    for cells in assumptions::moves(&results.rows, &results.tried) {
        let _ = writeln!(text, "<tr>{}</tr>", tagged("td", cells.iter().map(String::as_str)));
    }
    text.push_str("</table></div>\n");
    text
}
