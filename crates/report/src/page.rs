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
.yes{color:var(--good)}.no{color:var(--bad);font-weight:bold}
figure{margin:1.5rem 0 2.5rem}figcaption{font-size:.9rem;margin-top:.4rem}
svg{width:100%;height:auto;display:block}
.wide>svg{min-width:40rem}
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

/// Text as HTML needs it.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
