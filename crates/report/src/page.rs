//! What all pages share: each needs no other file, and is for light and dark readers.

/// For light and dark readers.
const STYLE: &str = "\
:root{color-scheme:light dark;--paper:#fff;--text:#222;--line:#ccc;--good:#00734f;--bad:#b3261e}
@media (prefers-color-scheme:dark){:root{--paper:#161a1f;--text:#e4e6e8;--line:#3d444c;--good:#35c99b;--bad:#ff8a80}}
body{background:var(--paper);color:var(--text);font:16px/1.5 system-ui,sans-serif;max-width:66rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem;line-height:1.25}h2{font-size:1.2rem;margin-top:2.5rem}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums}
th,td{border-bottom:1px solid var(--line);padding:.25rem .6rem;text-align:right;white-space:nowrap}
th:nth-child(-n+2),td:nth-child(-n+2),.numbers :nth-child(3){text-align:left}
.numbers td:nth-child(2){white-space:normal}
.yes{color:var(--good)}.no{color:var(--bad);font-weight:bold}
figure{margin:1.5rem 0 2.5rem}figcaption{font-size:.9rem;margin-top:.4rem}
svg{width:100%;height:auto;display:block}
.narrow{display:none}
@media (max-width:44rem){
.broad{display:none}.narrow{display:block}
th,td{padding:.25rem .35rem}
.stacked tr:first-child{display:none}
.stacked tr{display:block;border-bottom:1px solid var(--line);padding:.5rem 0}
.stacked td,.stacked td:nth-child(n){display:flex;justify-content:space-between;gap:1rem;border:0;padding:.1rem 0;white-space:normal;text-align:right}
.stacked td::before{content:attr(data-name);text-align:left;opacity:.75;flex:none}
.stacked td:empty{display:none}
}
";

/// The page up to its heading.
pub fn head(title: &str, heading: &str) -> String {
    let (title, heading) = (escaped(title), escaped(heading));
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n\
         <meta name=\"viewport\" content=\"width=device-width\"/>\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{heading}</h1>\n"
    )
}

/// The end of a page.
pub const END: &str = "</body>\n</html>\n";

/// Every cell in an element of this name.
pub fn tagged<'t>(tag: &str, cells: impl IntoIterator<Item = &'t str>) -> String {
    cells.into_iter().map(|cell| format!("<{tag}>{}</{tag}>", escaped(cell))).collect()
}

/// A drawing for wide and one for narrow screens, of which each reader sees one.
#[must_use]
pub fn drawing(broad: &str, narrow: &str) -> String {
    format!("<div class=\"broad\">{broad}</div>\n<div class=\"narrow\">{narrow}</div>")
}

/// The start of a table whose rows stand as lists of their own on a narrow screen; [`row`] gives them.
#[must_use]
pub fn table(class: &str, names: &[&str]) -> String {
    let names = tagged("th", names.iter().copied());
    format!("<div class=\"wide\"><table class=\"stacked {class}\">\n<tr>{names}</tr>\n")
}

/// The end of a table.
pub const TABLE_END: &str = "</table></div>\n";

/// A row of such a table: the class of each cell, if it has one, and its text.
#[must_use]
pub fn row<'t>(names: &[&str], cells: impl IntoIterator<Item = (&'t str, &'t str)>) -> String {
    let cell = |(name, (class, text)): (&&str, (&str, &str))| {
        let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
        format!("<td data-name=\"{}\"{class}>{}</td>", quoted(name), escaped(text))
    };
    let cells: String = names.iter().zip(cells).map(cell).collect();
    format!("<tr>{cells}</tr>\n")
}

/// Text as an attribute needs it.
fn quoted(text: &str) -> String {
    escaped(text).replace('"', "&quot;")
}

/// Text as HTML needs it.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
