//! All results as one page that needs no other file.

use std::fmt::Write as _;

use memspike_report::page::{self, escaped, tagged};

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
    /// The drawing.
    pub svg: String,
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
    let _ = writeln!(
        page,
        "<div class=\"wide\"><table class=\"numbers\">\n<tr>{}</tr>",
        tagged("th", table::header(&results.rows).iter().copied())
    );
    for row in &results.rows {
        let cells = row.cells();
        let (last, others) = cells.split_last().expect("a row has cells");
        let class = match row.within() {
            Some(true) => "yes",
            Some(false) => "no",
            None => "",
        };
        let others = tagged("td", others.iter().map(String::as_str));
        let _ = writeln!(page, "<tr>{others}<td class=\"{class}\">{last}</td></tr>");
    }
    let _ = writeln!(page, "</table></div>\n<p>{}</p>", escaped(&results.footer()));
    if results.rows.iter().all(|row| row.judged) {
        let _ = writeln!(page, "<p>{CLASSES}</p>");
    }
    for picture in pictures {
        let (number, svg) = (picture.number, &picture.svg);
        let caption = match figures::caption(number) {
            "" => String::new(),
            words => format!(" {words}"),
        };
        let title = escaped(&picture.title);
        let _ = writeln!(
            page,
            "<figure id=\"fig-{number}\">\n<div class=\"wide\">{svg}</div>\n<figcaption><b>{title}.</b>{} \
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

/// Table 1, with the deck that runs each device.
fn literature() -> String {
    let mut text = format!(
        "<h2>Table 1: artificial neurons of diffusive memristors</h2>\n\
         <div class=\"wide\"><table>\n<tr>{}</tr>\n",
        tagged("th", TABLE_1_HEADER)
    );
    for row in TABLE_1 {
        let _ = writeln!(text, "<tr>{}</tr>", tagged("td", row));
    }
    text.push_str("</table></div>\n");
    text
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
