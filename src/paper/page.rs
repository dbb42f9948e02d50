//! All results as one page that needs no other file.

use std::fmt::Write as _;

use super::{
    assumptions::{self, ASSUMPTIONS},
    figures,
    numbers::SOURCE,
    results::Results,
    table::HEADER,
};

const STYLE: &str = "\
:root{color-scheme:light dark;--paper:#fff;--text:#222;--line:#ccc;--good:#00734f;--bad:#b3261e}
@media (prefers-color-scheme:dark){:root{--paper:#161a1f;--text:#e4e6e8;--line:#3d444c;--good:#35c99b;--bad:#ff8a80}}
body{background:var(--paper);color:var(--text);font:16px/1.5 system-ui,sans-serif;max-width:66rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem;line-height:1.25}h2{font-size:1.2rem;margin-top:2.5rem}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums}
th,td{border-bottom:1px solid var(--line);padding:.25rem .6rem;text-align:right;white-space:nowrap}
th:nth-child(-n+2),td:nth-child(-n+2),.numbers :nth-child(3){text-align:left}
.yes{color:var(--good)}.no{color:var(--bad);font-weight:bold}
figure{margin:1.5rem 0 2.5rem}figcaption{font-size:.9rem;margin-top:.4rem}
svg{max-width:100%;height:auto;display:block}
";

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
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>The paper's device, measured and simulated</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <h1>The paper's device and neurons, measured beside simulated</h1>\n<p>{}</p>\n",
        escaped(SOURCE)
    );
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
    page.push_str("</body>\n</html>\n");
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

fn tagged<'t>(tag: &str, cells: impl IntoIterator<Item = &'t str>) -> String {
    cells.into_iter().map(|cell| format!("<{tag}>{}</{tag}>", escaped(cell))).collect()
}

/// Text as HTML needs it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
