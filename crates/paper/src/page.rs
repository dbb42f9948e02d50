//! All results as one page that needs no other file.

use std::fmt::Write as _;

use memspike_report::page::{self, escaped};

use super::{
    assumptions::{self, ASSUMPTIONS},
    figures,
    numbers::{SOURCE, TABLE_1, TABLE_1_HEADER},
    results::Results,
    table,
};

/// A figure as the page shows it.
pub struct Picture {
    /// Its number in the paper, such as `2a`.
    pub number: &'static str,
    /// Title of the figure.
    pub title: String,
    /// The drawing, for wide and narrow screens ([`page::drawing`]).
    pub drawing: String,
}

/// What the classes of numbers mean.
const CLASSES: &str = "\
A number is <b>set</b> if a parameter of the card or of a deck says it, or a ratio of parameters; <b>fitted</b> if \
parameters were chosen so that it comes out near what was measured; <b>predicted</b> if it follows from the law and \
from parameters that were chosen for other numbers.";

/// The page.
pub fn html(results: &Results, pictures: &[Picture]) -> String {
    let mut page = page::head(
        "The paper's device, measured and simulated",
        "The paper's device and neurons, measured beside simulated",
    );
    let _ = writeln!(page, "<p>{}</p>\n<p>{}</p>", escaped(&results.device), escaped(SOURCE));
    page.push_str(&numbers(results));
    let _ = writeln!(page, "<p>{}</p>", escaped(&results.footer()));
    if results.rows.iter().all(|row| row.judged) {
        let _ = writeln!(page, "<p>{CLASSES}</p>");
    }
    for picture in pictures {
        let (number, drawing) = (picture.number, &picture.drawing);
        let caption = match figures::caption(number) {
            "" => String::new(),
            words => format!(" {words}"),
        };
        let title = escaped(&picture.title);
        let _ = writeln!(
            page,
            "<figure id=\"fig-{number}\">\n{drawing}\n<figcaption><b>{title}.</b>{} \
             Files: fig-{number}.svg, .png, .csv.</figcaption>\n</figure>",
            escaped(&caption)
        );
    }
    page.push_str(&literature());
    page.push_str(&network());
    page.push_str(&open_points(results));
    page.push_str(page::END);
    page
}

/// Simulated beside measured.
fn numbers(results: &Results) -> String {
    let names = table::header(&results.rows);
    let mut text = page::table("numbers", names);
    for row in &results.rows {
        let cells = row.cells();
        let class = match row.within() {
            Some(true) => "yes",
            Some(false) => "no",
            None => "",
        };
        let last = cells.len() - 1;
        let cells = cells.iter().enumerate();
        let cells = cells.map(|(at, text)| (if at == last { class } else { "" }, text.as_str()));
        text.push_str(&page::row(names, cells));
    }
    text + page::TABLE_END
}

/// Table 1, with the deck that runs each device.
fn literature() -> String {
    let mut text = String::from("<h2>Table 1: artificial neurons of diffusive memristors</h2>\n");
    text.push_str(&page::table("", &TABLE_1_HEADER));
    for row in TABLE_1 {
        text.push_str(&page::row(&TABLE_1_HEADER, row.into_iter().map(|cell| ("", cell))));
    }
    text + page::TABLE_END
}

/// Where figure 5 is drawn.
fn network() -> String {
    "<h2>Fig. 5: the network</h2>\n<p>Figure 5 needs the MNIST images: <code>memspike train --preset paper \
     --mnist DIR</code> draws the accuracy by epoch (5b), <code>memspike classify --weights FILE --mnist \
     DIR</code> the mean spike counts (5c) and the confusion matrix (5d) on pages of their own.</p>\n"
        .to_owned()
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
    text.push_str("<p>How far each number moves when one of them has another value:</p>\n");
    let names = assumptions::header(&results.tried);
    text.push_str(&page::table("", &names));
    for cells in assumptions::moves(&results.rows, &results.tried) {
        text.push_str(&page::row(&names, cells.iter().map(|cell| ("", cell.as_str()))));
    }
    text + page::TABLE_END
}
