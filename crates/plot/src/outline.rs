//! Text of a drawing as outlines of the font that the program carries: a renderer then needs no fonts.

use std::fmt::Write as _;

use ttf_parser::{Face, GlyphId, OutlineBuilder};

/// See assets/README.md.
const FONT: &[u8] = include_bytes!("../assets/Roboto-Regular.ttf");

/// Every `<text>` of an SVG of the plotting library as a `<path>`. The library writes one line of text in an element, with
/// these attributes: x, y, dy (em or ex), text-anchor, font-size, fill, opacity, transform.
///
/// # Errors
/// The font cannot be read, or an element is none of these.
pub fn without_text(svg: &str) -> Result<String, String> {
    let face = Face::parse(FONT, 0).map_err(|error| error.to_string())?;
    let mut drawn = String::with_capacity(2 * svg.len());
    let mut rest = svg;
    while let Some(begin) = rest.find("<text ") {
        drawn.push_str(&rest[..begin]);
        let element = &rest[begin..];
        let (head, after) = element.split_once('>').ok_or("a text without an end")?;
        let (words, after) = after.split_once("</text>").ok_or("a text without an end")?;
        drawn.push_str(&path(&face, head, &unescaped(words.trim()))?);
        rest = after;
    }
    drawn.push_str(rest);
    Ok(drawn)
}

/// The text of an element with these attributes.
fn path(face: &Face<'_>, head: &str, words: &str) -> Result<String, String> {
    let number = |name: &str| {
        let value = attribute(head, name).ok_or_else(|| format!("a text without {name}"))?;
        value.parse::<f32>().map_err(|error| format!("{name} of a text: {error}"))
    };
    let size = number("font-size")?;
    let scale = size / f32::from(face.units_per_em());
    let glyphs: Vec<(GlyphId, f32)> = words
        .chars()
        .map(|letter| {
            let glyph = face.glyph_index(letter).unwrap_or_default();
            (glyph, scale * f32::from(face.glyph_hor_advance(glyph).unwrap_or_default()))
        })
        .collect();
    let width: f32 = glyphs.iter().map(|(_, advance)| advance).sum();
    let shift = match attribute(head, "text-anchor") {
        Some("middle") => 0.5 * width,
        Some("end") => width,
        _ => 0.0,
    };
    let ex = scale * f32::from(face.x_height().unwrap_or_default());
    let down = match attribute(head, "dy") {
        Some(dy) => length(dy, size, ex)?,
        None => 0.0,
    };
    let mut pen =
        Pen { x: number("x")? - shift, y: number("y")? + down, scale, path: String::new() };
    for (glyph, advance) in glyphs {
        // A blank has no outline.
        let _ = face.outline_glyph(glyph, &mut pen);
        pen.x += advance;
    }
    let kept = ["fill", "opacity", "transform"];
    let kept = kept.iter().filter_map(|name| Some((name, attribute(head, name)?)));
    let kept: String = kept.map(|(name, value)| format!(" {name}=\"{value}\"")).collect();
    Ok(format!("<path d=\"{}\"{kept}/>", pen.path.trim_end()))
}

/// `0.76em`, `-0.5ex`.
fn length(text: &str, em: f32, ex: f32) -> Result<f32, String> {
    let (digits, unit) = match (text.strip_suffix("em"), text.strip_suffix("ex")) {
        (Some(digits), _) => (digits, em),
        (_, Some(digits)) => (digits, ex),
        _ => (text, 1.0),
    };
    Ok(unit * digits.parse::<f32>().map_err(|error| format!("dy of a text: {error}"))?)
}

fn attribute<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = head.split_once(&format!(" {name}=\""))?;
    rest.split_once('"').map(|(value, _)| value)
}

/// The five characters that XML escapes.
fn unescaped(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    text.replace("&apos;", "'").replace("&#39;", "'").replace("&amp;", "&")
}

/// Writes outlines of glyphs, whose units point upwards, as a path.
struct Pen {
    x: f32,
    y: f32,
    scale: f32,
    path: String,
}

impl Pen {
    fn write(&mut self, command: char, points: &[(f32, f32)]) {
        self.path.push(command);
        for (x, y) in points {
            let (x, y) = (self.x + self.scale * x, self.y - self.scale * y);
            let _ = write!(self.path, "{x:.2} {y:.2} ");
        }
    }
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.write('M', &[(x, y)]);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.write('L', &[(x, y)]);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.write('Q', &[(x1, y1), (x, y)]);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.write('C', &[(x1, y1), (x2, y2), (x, y)]);
    }

    fn close(&mut self) {
        self.path.push_str("Z ");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The ends of all numbers of a path, as `x` and `y`.
    fn extent(path: &str) -> [(f32, f32); 2] {
        let numbers: Vec<f32> = path
            .split(|c: char| c == ' ' || c.is_alphabetic())
            .filter_map(|word| word.parse().ok())
            .collect();
        let ends = |from: usize| {
            let values = || numbers.iter().skip(from).step_by(2).copied();
            (values().fold(f32::INFINITY, f32::min), values().fold(f32::NEG_INFINITY, f32::max))
        };
        [ends(0), ends(1)]
    }

    fn outlined(anchor: &str, dy: &str, words: &str) -> [(f32, f32); 2] {
        let svg = format!(
            "<svg><text x=\"100\" y=\"50\" dy=\"{dy}\" text-anchor=\"{anchor}\" font-size=\"20\" fill=\"#222\">\n{words}\n</text></svg>"
        );
        let drawn = without_text(&svg).expect("it is drawn");
        assert!(drawn.contains("fill=\"#222\"") && !drawn.contains("<text"), "{drawn}");
        extent(attribute(&drawn, "d").expect("a path"))
    }

    #[test]
    fn text_stands_at_its_anchor_on_its_line() {
        // An H has the height of a capital, 0.711 em in this font, and nothing below its line.
        let [x, y] = outlined("start", "0em", "HH");
        assert!(x.0 > 100.0 && x.0 < 103.0 && x.1 > 120.0, "{x:?}");
        assert!((y.1 - 50.0).abs() < 0.1 && (y.1 - y.0 - 0.711 * 20.0).abs() < 0.2, "{y:?}");
        let [x, _] = outlined("middle", "0em", "HH");
        assert!(((x.0 + x.1) / 2.0 - 100.0).abs() < 0.2, "{x:?}");
        let [x, _] = outlined("end", "0em", "HH");
        assert!(x.1 < 100.0 && x.1 > 97.0, "{x:?}");
        // An x that is lowered by half its height has the line in its middle.
        let [_, y] = outlined("start", "0.5ex", "x");
        assert!(((y.0 + y.1) / 2.0 - 50.0).abs() < 0.2, "{y:?}");
    }

    #[test]
    fn letters_of_our_figures_are_in_the_font() {
        let face = Face::parse(FONT, 0).expect("the font");
        for letter in "Az09 .,:()%<>&\"\u{b5}\u{3a9}\u{b1}\u{2212}\u{207b}\u{b9}\u{2070}".chars() {
            assert!(face.glyph_index(letter).is_some(), "{letter:?}");
        }
    }

    #[test]
    fn an_element_that_is_none_of_ours_is_refused() {
        assert!(without_text("<text x=\"1\" y=\"2\">a</text>").is_err());
        assert!(without_text("<text x=\"1\"").is_err());
    }
}
