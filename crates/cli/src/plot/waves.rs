//! The picture of curves and spikes over time: a panel for each unit.

use memspike_plot::{Axis, Corner, Figure, Ink, Marks, Panel, Series};

use super::scale::{Scale, ends};
use super::scene::{Curve, Quantity, Scene, Train};

/// Curves that share an axis: so many colours are told apart.
pub const TOGETHER: usize = 6;

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
const ROW_NAME: usize = 7;
const LEGEND_NAME: usize = 36;

/// Size of a panel (pixels).
pub const PANEL: (u32, u32) = (860, 270);

/// Draws all of it; `plain` keeps SI units, bits and rows as numbers, and every spike, for a table.
pub fn figure(scene: &Scene, plain: bool) -> Figure {
    let time = match plain {
        true => Scale::plain("time", "s"),
        false => Scale::of(scene.interval_s, "time", "s"),
    };
    let view = View { scene, time, plain };
    let mut panels = Vec::new();
    for quantity in [Quantity::Voltage, Quantity::Current, Quantity::Number] {
        let own: Vec<&Curve> =
            scene.curves.iter().filter(|curve| curve.quantity == quantity).collect();
        panels.extend(own.chunks(TOGETHER).map(|some| view.curves(quantity, some)));
    }
    let levels: Vec<&Curve> =
        scene.curves.iter().filter(|curve| curve.quantity == Quantity::Level).collect();
    panels.extend(levels.chunks(LEVELS).map(|some| view.levels(some)));
    if !scene.trains.is_empty() {
        panels.push(view.raster(&scene.trains));
    }
    if !plain && let Some(first) = panels.first_mut() {
        first.title = match first.title.as_str() {
            "" => clipped_end(&scene.title, 90),
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
}

impl View<'_> {
    fn axis(&self) -> Axis {
        self.time.axis(self.scene.interval_s)
    }

    /// The heading of a panel: in a table what it holds.
    fn title(&self, of_table: &str) -> String {
        if self.plain { of_table.to_owned() } else { String::new() }
    }

    fn curves(&self, quantity: Quantity, curves: &[&Curve]) -> Panel {
        let values = || curves.iter().flat_map(|curve| &curve.points).map(|(_, value)| *value);
        let (name, unit) = quantity.words();
        let range = ends(values());
        let scale = match self.plain {
            true => Scale::plain(name, unit),
            false => Scale::of(range, name, unit),
        };
        let series: Vec<Series> = curves
            .iter()
            .enumerate()
            .flat_map(|(number, curve)| {
                let name = clipped(&curve.name, if self.plain { usize::MAX } else { LEGEND_NAME });
                let place = |(at_s, value)| (self.time.place(at_s), scale.place(value));
                lines(&curve.points, place)
                    .map(move |points| Series::new(&name, Ink::Series(number), Marks::Line(points)))
            })
            .collect();
        let interval = self.scene.interval_s;
        let points = curves.iter().flat_map(|curve| curve.points.iter().copied());
        let corner = emptiest(points, [interval, range]);
        Panel::new(self.title(name), self.axis(), scale.roomy_axis(range), series)
            .with_legend(corner)
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
        let rows = names_of_rows(curves.iter().map(|curve| curve.name.as_str()));
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
            names_of_rows(trains.iter().map(|train| train.name.as_str()))
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

/// Rows with names, the first on top.
fn names_of_rows<'n>(names: impl DoubleEndedIterator<Item = &'n str>) -> Axis {
    Axis::named("", names.rev().map(|name| clipped(name, ROW_NAME)).collect())
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

/// The corner of a panel in which the fewest points stand.
pub fn emptiest(
    points: impl Iterator<Item = (f64, f64)>,
    [[left, right], [low, high]]: [[f64; 2]; 2],
) -> Corner {
    const CORNERS: [Corner; 4] =
        [Corner::UpperRight, Corner::UpperLeft, Corner::LowerRight, Corner::LowerLeft];
    let mut counts = [0_usize; 4];
    for (x, y) in points {
        let (x, y) = ((x - left) / (right - left), (y - low) / (high - low));
        let [is_left, is_right, is_high] = [x < 0.3, x > 0.7, y > 0.5];
        let inside =
            [is_right && is_high, is_left && is_high, is_right && !is_high, is_left && !is_high];
        counts.iter_mut().zip(inside).for_each(|(count, is_in)| *count += usize::from(is_in));
    }
    let least = (0..4).min_by_key(|corner| counts[*corner]).unwrap_or(0);
    CORNERS[least]
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
