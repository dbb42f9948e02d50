//! The picture of curves and spikes over time: a panel for each unit, and one for curves that would be flat beside others.

use memspike_plot::{Axis, Figure, Ink, Marks, Panel, Series};

use super::legend;
use super::scale::{Scale, ends, shared};
use super::scene::{Curve, Quantity, Scene, Train};

/// Bits that stand below each other in one panel.
const LEVELS: usize = 16;

/// The height of a bit as a part of its row.
const LEVEL_HEIGHT: f64 = 0.7;

/// Devices that have names beside their rows, and dots instead of specks.
const NAMED_ROWS: usize = 16;

/// Spikes of a device that a row can show: two for each pixel of a figure.
const ROW_PLACES: f64 = 1500.0;

/// Spikes that are drawn: a page would not hold many more.
const DOTS: usize = 10_000;

/// Letters of a name beside a row, and in a legend.
const ROW_NAME: usize = 12;
const LEGEND_NAME: usize = 36;

/// Letters of a name beside its axis.
const AXIS_NAME: usize = 20;

/// Size of a panel (pixels).
pub const PANEL: (u32, u32) = (860, 300);

/// Draws all of it; `plain` keeps SI units, bits and rows as numbers, and every spike, for a table.
pub fn figure(scene: &Scene, plain: bool) -> Figure {
    let time = match plain {
        true => Scale::plain("time", "s"),
        false => Scale::of(scene.interval_s, "time", "s"),
    };
    let names = scene.curves.iter().map(|curve| curve.name.as_str());
    let names = names.chain(scene.trains.iter().map(|train| train.name.as_str()));
    let view = View { scene, time, plain, scopes: shared_scopes(names) };
    let mut panels = Vec::new();
    for quantity in [Quantity::Voltage, Quantity::Current, Quantity::Number] {
        let own = scene.curves.iter().filter(|curve| curve.quantity == quantity);
        panels.extend(
            shared(own, |curve| &curve.points, plain)
                .iter()
                .map(|some| view.curves(quantity, some)),
        );
    }
    let levels: Vec<&Curve> =
        scene.curves.iter().filter(|curve| curve.quantity == Quantity::Level).collect();
    panels.extend(levels.chunks(LEVELS).map(|some| view.levels(some)));
    if !scene.trains.is_empty() {
        panels.push(view.raster(&scene.trains));
    }
    if !plain && let Some(first) = panels.first_mut() {
        first.title = match first.title.as_str() {
            "" => clipped_end(&scene.title, 100),
            own => format!("{}: {own}", clipped_end(&scene.title, 60)),
        };
    }
    Figure { title: scene.title.clone(), panel_size: PANEL, columns: 1, panels }
}

/// How a scene is looked at.
struct View<'s> {
    scene: &'s Scene,
    time: Scale,
    plain: bool,
    /// Letters of the scopes that all names begin with.
    scopes: usize,
}

impl View<'_> {
    fn axis(&self) -> Axis {
        self.time.axis(self.scene.interval_s)
    }

    /// The heading of a panel: in a table what it holds.
    fn title(&self, of_table: &str) -> String {
        if self.plain { of_table.to_owned() } else { String::new() }
    }

    /// A name as it is shown, in no more than so many letters; in a table whole.
    fn shown(&self, name: &str, most: usize) -> String {
        if self.plain { name.to_owned() } else { clipped(&name[self.scopes..], most) }
    }

    fn curves(&self, quantity: Quantity, curves: &[&Curve]) -> Panel {
        let values = curves.iter().flat_map(|curve| &curve.points).map(|(_, value)| *value);
        let range = ends(values);
        let (words, unit) = quantity.words();
        let scale = match (self.plain, curves) {
            (true, _) => Scale::plain(words, unit),
            (false, [one]) => Scale::of(range, &self.shown(&one.name, AXIS_NAME), unit),
            (false, _) => Scale::of(range, words, unit),
        };
        let names: Vec<String> =
            curves.iter().map(|curve| self.shown(&curve.name, LEGEND_NAME)).collect();
        let mut series = Vec::new();
        for (number, (curve, name)) in curves.iter().zip(&names).enumerate() {
            let place = |(at_s, value)| (self.time.place(at_s), scale.place(value));
            let marks = lines(&curve.points, place).map(Marks::Line);
            series.extend(marks.map(|marks| Series::new(name, Ink::Series(number), marks)));
        }
        let range = scale.roomy(range);
        let title = self.title(words);
        if self.plain || curves.len() == 1 {
            return Panel::new(title, self.axis(), scale.axis(range), series);
        }
        let [from_s, until_s] = self.scene.interval_s;
        let part = |&(at_s, value): &(f64, f64)| ((at_s - from_s) / (until_s - from_s), value);
        let placed: Vec<Vec<(f64, f64)>> =
            curves.iter().map(|curve| curve.points.iter().map(part).collect()).collect();
        let (corner, range) = legend::place(&placed, longest(&names), range);
        Panel::new(title, self.axis(), scale.axis(range), series).with_legend(corner)
    }

    /// Rows with names, the first on top.
    fn rows<'n>(&self, names: impl DoubleEndedIterator<Item = &'n str>) -> Axis {
        Axis::named("", names.rev().map(|name| self.shown(name, ROW_NAME)).collect())
    }

    fn levels(&self, curves: &[&Curve]) -> Panel {
        let foot = |number: usize| match self.plain {
            true => 0.0,
            false => (curves.len() - 1 - number) as f64 - 0.5 * LEVEL_HEIGHT,
        };
        let height = if self.plain { 1.0 } else { LEVEL_HEIGHT };
        let series = curves.iter().enumerate().flat_map(|(number, curve)| {
            let place =
                |(at_s, value)| (self.time.place(at_s), height.mul_add(value, foot(number)));
            let all: Vec<_> = lines(&curve.points, place).collect();
            all.into_iter().map(move |points| {
                Series::new(&curve.name, Ink::Series(number), Marks::Line(points))
            })
        });
        let rows = self.rows(curves.iter().map(|curve| curve.name.as_str()));
        let axis = if self.plain { Axis::linear("level", 0.0, 1.0) } else { rows };
        Panel::new(self.title("level"), self.axis(), axis, series.collect())
    }

    fn raster(&self, trains: &[Train]) -> Panel {
        let (shown, stride) = if self.plain {
            (trains.iter().map(|train| train.at_s.clone()).collect(), 1)
        } else {
            told_apart(trains, self.scene.interval_s)
        };
        let rows = trains.len();
        let series = trains.iter().zip(&shown).enumerate().map(|(row, (train, at_s))| {
            let height = (rows - 1 - row) as f64;
            let points = at_s.iter().map(|at_s| (self.time.place(*at_s), height)).collect();
            let marks =
                if rows <= NAMED_ROWS { Marks::Dots(points) } else { Marks::Specks(points) };
            Series::new(&train.name, Ink::Series(0), marks)
        });
        let axis = if rows <= NAMED_ROWS {
            self.rows(trains.iter().map(|train| train.name.as_str()))
        } else {
            Axis::linear(format!("{rows} devices"), -1.0, rows as f64)
        };
        let title = match stride {
            1 => self.title("spikes"),
            stride => format!("one of {stride} spikes"),
        };
        Panel::new(title, self.axis(), axis, series.collect())
    }
}

/// The stretches of a curve between its gaps, placed.
fn lines(
    points: &[(f64, f64)],
    place: impl Fn((f64, f64)) -> (f64, f64),
) -> impl Iterator<Item = Vec<(f64, f64)>> {
    let stretches = points.split(|(_, value)| !value.is_finite());
    stretches
        .filter(|some| !some.is_empty())
        .map(move |some| some.iter().copied().map(&place).collect())
}

/// Of each device the spikes that do not hide each other; if they are still too many one of so many.
fn told_apart(trains: &[Train], [from_s, until_s]: [f64; 2]) -> (Vec<Vec<f64>>, usize) {
    let pixel = |at_s: f64| (ROW_PLACES * (at_s - from_s) / (until_s - from_s)) as u64;
    let mut shown: Vec<Vec<f64>> = Vec::new();
    for train in trains {
        let mut own = train.at_s.clone();
        own.dedup_by_key(|at_s| pixel(*at_s));
        shown.push(own);
    }
    let stride = shown.iter().map(Vec::len).sum::<usize>().div_ceil(DOTS).max(1);
    let mut number = 0;
    for own in &mut shown {
        own.retain(|_| {
            number += 1;
            (number - 1) % stride == 0
        });
    }
    (shown, stride)
}

/// The length of the scopes, dots included, that all names begin with.
fn shared_scopes<'n>(mut names: impl Iterator<Item = &'n str>) -> usize {
    let scopes = |name: &'n str| &name[..name.find('(').unwrap_or(name.len())];
    let Some(first) = names.next().map(scopes) else { return 0 };
    let mut shared = first.rfind('.').map_or(0, |dot| dot + 1);
    for name in names.map(scopes) {
        while !name.starts_with(&first[..shared]) {
            shared = first[..shared - 1].rfind('.').map_or(0, |dot| dot + 1);
        }
    }
    shared
}

/// Letters of the longest name.
pub fn longest(names: &[String]) -> usize {
    names.iter().map(|name| name.chars().count()).max().unwrap_or(0)
}

/// A name's end, which tells it from others, in no more than so many letters.
pub fn clipped(name: &str, most: usize) -> String {
    let letters = name.chars().count();
    if letters <= most {
        return name.to_owned();
    }
    format!("\u{2026}{}", name.chars().skip(letters - most + 1).collect::<String>())
}

/// A text's beginning in no more than so many letters.
fn clipped_end(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}\u{2026}", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_that_all_names_share_are_left_out() {
        let shared = |names: &[&str]| shared_scopes(names.iter().copied());
        assert_eq!(shared(&["top.dut.a", "top.dut.b", "top.x.c"]), 4);
        assert_eq!(shared(&["top.a", "tops.b"]), 0);
        assert_eq!(shared(&["m.v(x1.a)", "m.v(x1.b)"]), 2);
        assert_eq!(shared(&["v(x1.a)"]), 0);
        assert_eq!(shared(&[]), 0);
    }

    #[test]
    fn a_raster_of_too_many_spikes_keeps_one_of_so_many() {
        let train = |name: &str| Train {
            name: name.to_owned(),
            at_s: (0..20_000).map(|k| f64::from(k) * 5e-5).collect(),
        };
        // Of 20,000 spikes of a device those are left that are told apart.
        let (shown, stride) = told_apart(&[train("a")], [0.0, 1.0]);
        assert_eq!((shown[0].len(), stride), (1500, 1));
        let trains: Vec<Train> = (0..20).map(|k| train(&format!("n{k}"))).collect();
        let (shown, stride) = told_apart(&trains, [0.0, 1.0]);
        assert_eq!((shown.iter().map(Vec::len).sum::<usize>(), stride), (10_000, 3));
    }

    #[test]
    fn a_long_name_keeps_its_end() {
        assert_eq!(clipped("memspike.v(out)", 7), "\u{2026}v(out)");
        assert_eq!(clipped("äöü", 3), "äöü");
    }
}
