//! Names of series in rows above a panel, where they cover nothing.

use plotters::{
    element::{Rectangle, Text},
    style::{
        Color,
        text_anchor::{HPos, Pos, VPos},
    },
};

use crate::{
    Ink, Marks, Panel,
    svg::{Drawn, FINE, LABEL_SIZE, MARGIN, SWATCH, Sheet, colour, fitting, font, width_of},
};

/// Height of a row, and what is between a swatch and its name and between names (pixels).
const ROW: u32 = 20;
const GAP: u32 = 6;
const BETWEEN: u32 = 16;

/// A name, its colour, and where its swatch begins from the left (pixels).
struct Name {
    text: String,
    ink: Ink,
    left: u32,
}

/// Whether a series is the first of its ink, and so has a name in the legend.
pub(crate) fn is_named(panel: &Panel, number: usize) -> bool {
    let series = &panel.series[number];
    !matches!(series.marks, Marks::Cells(_))
        && !panel.series[..number].iter().any(|other| other.ink == series.ink)
}

/// The names of a panel in rows of at most this width (pixels).
fn rows(panel: &Panel, width: u32) -> Vec<Vec<Name>> {
    let width = width.saturating_sub(2 * MARGIN);
    let mut rows: Vec<Vec<Name>> = Vec::new();
    let mut end = width;
    for number in (0..panel.series.len()).filter(|number| is_named(panel, *number)) {
        let series = &panel.series[number];
        let text = fitting(&series.name, width.saturating_sub(SWATCH + GAP), LABEL_SIZE);
        let own = SWATCH + GAP + width_of(&text, LABEL_SIZE);
        let left = if end + BETWEEN + own > width { 0 } else { end + BETWEEN };
        end = left + own;
        let name = Name { text, ink: series.ink, left: MARGIN + left };
        match rows.last_mut() {
            Some(row) if left > 0 => row.push(name),
            _ => rows.push(vec![name]),
        }
    }
    rows
}

/// Height of all names above a panel of this width (pixels).
pub(crate) fn height(panel: &Panel, width: u32) -> u32 {
    ROW * rows(panel, width).len() as u32
}

/// Draws them into an area of that height.
pub(crate) fn draw(area: &Sheet<'_>, panel: &Panel) -> Drawn {
    let at = |pixels: u32| (FINE * pixels) as i32;
    let style = font(LABEL_SIZE - 1).pos(Pos::new(HPos::Left, VPos::Center));
    for (number, row) in (0..).zip(rows(panel, area.dim_in_pixel().0 / FINE)) {
        let middle = ROW * number + ROW / 2;
        for Name { text, ink, left } in row {
            let corners = [(at(left), at(middle - 4)), (at(left + SWATCH), at(middle + 4))];
            area.draw(&Rectangle::new(corners, colour(ink).filled()))?;
            area.draw(&Text::new(text, (at(left + SWATCH + GAP), at(middle)), style.clone()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Axis, Series};

    fn panel(names: &[&str]) -> Panel {
        let series = names.iter().enumerate().map(|(number, name)| {
            Series::new(*name, Ink::Series(number), Marks::Line(vec![(0.0, 0.0), (1.0, 1.0)]))
        });
        let axis = || Axis::linear("", 0.0, 1.0);
        Panel::new("", axis(), axis(), series.collect())
    }

    #[test]
    fn names_stand_beside_each_other_as_far_as_there_is_room() {
        let panel = panel(&["v(a)", "v(b)", "the current of a long name", "v(c)", "v(d)"]);
        let found = rows(&panel, 300);
        let texts: usize = found.iter().map(Vec::len).sum();
        assert_eq!(texts, 5, "each has a place");
        assert!(found.len() > 1 && found[0].len() > 1);
        for row in &found {
            let ends: Vec<u32> = row
                .iter()
                .map(|name| name.left + SWATCH + GAP + width_of(&name.text, LABEL_SIZE))
                .collect();
            assert!(ends.iter().all(|end| *end <= 300 - MARGIN));
            assert!(row.iter().skip(1).zip(&ends).all(|(next, end)| next.left > *end));
        }
        assert_eq!(height(&panel, 300), ROW * found.len() as u32);
    }

    #[test]
    fn a_name_that_is_too_long_is_cut() {
        let long = "x".repeat(200);
        let found = rows(&panel(&[&long, "y"]), 300);
        assert_eq!(found.len(), 2);
        assert!(found[0][0].text.ends_with('…'), "{}", found[0][0].text);
    }
}
