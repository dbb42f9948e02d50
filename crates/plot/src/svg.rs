//! Figures as SVG.

use std::error::Error;

use plotters::{
    chart::{ChartBuilder, ChartContext, SeriesLabelPosition},
    coord::{Shift, cartesian::Cartesian2d},
    drawing::{DrawingArea, IntoDrawingArea},
    element::{Circle, DashedPathElement, PathElement, Rectangle, Text},
    style::{
        Color, FontFamily, IntoFont, RGBColor, ShapeStyle, TextStyle,
        text_anchor::{HPos, Pos, VPos},
    },
};
use plotters_svg::SVGBackend;

use crate::{Axis, Corner, Figure, Ink, Marks, Panel, PlotError, Series, ink, names};

/// The library places everything on whole pixels: it draws on a sheet so many times larger.
pub(crate) const FINE: u32 = 10;

/// Sizes in pixels of the figure.
const TITLE_SIZE: u32 = 17;
pub(crate) const LABEL_SIZE: u32 = 15;
pub(crate) const MARGIN: u32 = 10;
const X_LABEL_AREA: u32 = 42;
const Y_LABEL_AREA: u32 = 62;

/// Of what stands beside a vertical axis, what its ticks and its label take.
const TICK: u32 = 20;
const Y_LABEL: u32 = 20;

/// No panel gives more to them: a narrow one has 360.
const MOST_BESIDE: u32 = 140;
const DOT: u32 = 3;
const SPECK: u32 = 1;
pub(crate) const SWATCH: u32 = 18;

/// Width of a letter in sizes of its font, about.
const LETTER: f64 = 0.46;

/// Opacity of the strongest cell, so that the number on it can be read.
const STRONGEST_CELL: f64 = 0.65;

pub(crate) type Sheet<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<Axis, Axis>>;
pub(crate) type Drawn = Result<(), Box<dyn Error + Send + Sync>>;

impl Figure {
    /// The figure as SVG, light or dark as the reader prefers. Nothing in it refers to a file.
    ///
    /// # Errors
    /// A figure that the plotting library refuses.
    pub fn svg(&self) -> Result<String, PlotError> {
        let svg = self.light_svg()?;
        let (head, body) = svg.split_once(">\n").unwrap_or((&svg, ""));
        let (title, style) = (escaped(&self.title), ink::dark_style());
        Ok(format!(
            "{head} role=\"img\" font-family=\"sans-serif\">\n<title>{title}</title>\n<style>{style}</style>\n{body}"
        ))
    }

    /// Size of the whole (pixels).
    fn size(&self) -> (u32, u32) {
        let rows = self.panels.len().div_ceil(self.columns) as u32;
        (self.panel_size.0 * self.columns as u32, self.panel_size.1 * rows)
    }

    /// The figure in light colours alone.
    pub(crate) fn light_svg(&self) -> Result<String, PlotError> {
        let (width, height) = self.size();
        let mut text = String::new();
        self.draw(&mut text, (FINE * width, FINE * height)).map_err(|cause| {
            PlotError::Drawing { figure: self.title.clone(), cause: cause.to_string() }
        })?;
        let fine = format!("width=\"{}\" height=\"{}\"", FINE * width, FINE * height);
        Ok(text.replacen(&fine, &format!("width=\"{width}\" height=\"{height}\""), 1))
    }

    fn draw(&self, text: &mut String, size: (u32, u32)) -> Drawn {
        let sheet = SVGBackend::with_string(text, size).into_drawing_area();
        sheet.fill(&colour(Ink::Paper))?;
        let rows = self.panels.len().div_ceil(self.columns);
        let beside = self.panels.iter().map(beside).max().unwrap_or(Y_LABEL_AREA);
        for (area, panel) in sheet.split_evenly((rows, self.columns)).iter().zip(&self.panels) {
            draw_panel(area, panel, beside)?;
        }
        sheet.present()?;
        Ok(())
    }
}

/// What the names along a panel's vertical axis need beside it (pixels). All panels of a figure have as much, so that axes
/// below each other begin at one place.
fn beside(panel: &Panel) -> u32 {
    let names = panel.y.names().iter().map(|name| width_of(name, LABEL_SIZE)).max();
    let label = if panel.y.label.is_empty() { 0 } else { Y_LABEL };
    names.map_or(0, |names| names + TICK + label).clamp(Y_LABEL_AREA, MOST_BESIDE)
}

fn draw_panel(area: &Sheet<'_>, panel: &Panel, beside: u32) -> Drawn {
    if panel.legend != Some(Corner::Above) {
        return draw_chart(area, panel, &panel.title, beside);
    }
    let width = area.dim_in_pixel().0 / FINE;
    let area = area.margin(FINE * MARGIN, 0, 0, 0);
    let area = match panel.title.as_str() {
        "" => area,
        title => area.titled(&title_within(title, width), font(TITLE_SIZE))?,
    };
    let (above, area) = area.split_vertically(FINE * names::height(panel, width));
    names::draw(&above, panel)?;
    draw_chart(&area, panel, "", beside)
}

/// A panel without the names that stand above it.
fn draw_chart(area: &Sheet<'_>, panel: &Panel, title: &str, beside: u32) -> Drawn {
    let mut builder = ChartBuilder::on(area);
    builder
        .margin(FINE * MARGIN)
        .margin_right(FINE * 2 * MARGIN)
        .x_label_area_size(FINE * X_LABEL_AREA)
        .y_label_area_size(FINE * beside);
    if !title.is_empty() {
        builder.caption(title_within(title, area.dim_in_pixel().0 / FINE), font(TITLE_SIZE));
    }
    let mut chart = builder.build_cartesian_2d(panel.x.clone(), panel.y.clone())?;
    let mut mesh = chart.configure_mesh();
    if panel.series.iter().any(|series| matches!(series.marks, Marks::Cells(_))) {
        // Cells are a grid themselves, and let lines below them show through.
        mesh.disable_mesh();
    }
    mesh.x_desc(&panel.x.label)
        .y_desc(&panel.y.label)
        .axis_desc_style(font(LABEL_SIZE))
        .label_style(font(LABEL_SIZE))
        .axis_style(line(Ink::Text, 1.0))
        .bold_line_style(line(Ink::Grid, 1.0))
        .light_line_style(colour(Ink::Paper).mix(0.0))
        .set_all_tick_mark_size(FINE * 5)
        .x_label_formatter(&|value| panel.x.tick(*value))
        .y_label_formatter(&|value| panel.y.tick(*value))
        .draw()?;
    let within = panel.legend.and_then(within);
    for (number, series) in panel.series.iter().enumerate() {
        let legend = within.is_some() && names::is_named(panel, number);
        draw_series(&mut chart, panel, series, legend)?;
    }
    match within {
        Some(position) => draw_legend(&mut chart, position),
        None => Ok(()),
    }
}

/// A title as far as a panel of this width (pixels) has room for it.
fn title_within(title: &str, width: u32) -> String {
    fitting(title, width.saturating_sub(2 * MARGIN), TITLE_SIZE)
}

/// Text in letters of a size as far as a width has room for it (pixels); an end that has none is cut.
pub(crate) fn fitting(text: &str, width: u32, size: u32) -> String {
    let letters = f64::from(width) / (LETTER * f64::from(size));
    if text.chars().count() as f64 <= letters {
        return text.to_owned();
    }
    let kept: String = text.chars().take((letters as usize).saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// Width of text in letters of a size (pixels), about.
pub(crate) fn width_of(text: &str, size: u32) -> u32 {
    (LETTER * f64::from(size) * text.chars().count() as f64).ceil() as u32
}

fn draw_series(chart: &mut Chart<'_, '_>, panel: &Panel, series: &Series, legend: bool) -> Drawn {
    let ink = series.ink;
    let filled: ShapeStyle = colour(ink).filled();
    let shown = |&&(x, y): &&(f64, f64)| panel.x.has(x) && panel.y.has(y);
    let places = |points: &[(f64, f64)]| points.iter().filter(shown).copied().collect::<Vec<_>>();
    let annotation = match &series.marks {
        Marks::Line(points) => {
            chart.draw_series([PathElement::new(places(points), line(ink, 1.5))])?
        }
        Marks::Hairline(points) => {
            chart.draw_series([PathElement::new(places(points), line(ink, 0.5))])?
        }
        Marks::Dashes(points) => chart.draw_series([DashedPathElement::new(
            places(points),
            FINE * 6,
            FINE * 4,
            line(ink, 1.2),
        )])?,
        Marks::Dots(points) => chart.draw_series(
            places(points).into_iter().map(|place| Circle::new(place, FINE * DOT, filled)),
        )?,
        Marks::Specks(points) => chart.draw_series(
            places(points).into_iter().map(|place| Circle::new(place, FINE * SPECK, filled)),
        )?,
        Marks::Rings(points) => chart.draw_series(
            places(points)
                .into_iter()
                .map(|place| Circle::new(place, FINE * (DOT + 2), line(ink, 1.8))),
        )?,
        Marks::Bars { width, points } => {
            let bar = |(x, y): (f64, f64)| {
                let (left, right) = (x - 0.5 * width, x + 0.5 * width);
                Rectangle::new([(left, panel.y.low), (right, y)], colour(ink).mix(0.75).filled())
            };
            chart.draw_series(places(points).into_iter().map(bar))?
        }
        Marks::Intervals(points) => {
            let whisker = |&(x, y, d): &(f64, f64, f64)| {
                PathElement::new(vec![(x, y - d), (x, y + d)], line(ink, 1.5))
            };
            chart.draw_series(points.iter().map(whisker))?;
            let dot = |&(x, y, _): &(f64, f64, f64)| Circle::new((x, y), FINE * DOT, filled);
            chart.draw_series(points.iter().map(dot))?
        }
        Marks::Cells(cells) => return draw_cells(chart, ink, cells),
    };
    if legend {
        annotation.label(&series.name).legend(move |(x, y)| {
            let half = (FINE * 4) as i32;
            Rectangle::new([(x, y - half), (x + (FINE * SWATCH) as i32, y + half)], filled)
        });
    }
    Ok(())
}

fn draw_cells(chart: &mut Chart<'_, '_>, ink: Ink, cells: &[(f64, f64, f64)]) -> Drawn {
    let greatest = cells.iter().map(|cell| cell.2.abs()).fold(f64::MIN_POSITIVE, f64::max);
    chart.draw_series(cells.iter().map(|&(x, y, value)| {
        let strength = STRONGEST_CELL * value.abs() / greatest;
        let corners = [(x - 0.5, y - 0.5), (x + 0.5, y + 0.5)];
        Rectangle::new(corners, colour(ink).mix(strength).filled())
    }))?;
    let style = font(LABEL_SIZE - 3).pos(Pos::new(HPos::Center, VPos::Center));
    let number =
        |value: f64| if value.fract() == 0.0 { format!("{value}") } else { format!("{value:.2}") };
    chart.draw_series(
        cells.iter().map(|&(x, y, value)| Text::new(number(value), (x, y), style.clone())),
    )?;
    Ok(())
}

/// Where names stand within a panel, if they do.
fn within(corner: Corner) -> Option<SeriesLabelPosition> {
    match corner {
        Corner::UpperLeft => Some(SeriesLabelPosition::UpperLeft),
        Corner::UpperRight => Some(SeriesLabelPosition::UpperRight),
        Corner::LowerLeft => Some(SeriesLabelPosition::LowerLeft),
        Corner::LowerRight => Some(SeriesLabelPosition::LowerRight),
        Corner::UpperMiddle => Some(SeriesLabelPosition::UpperMiddle),
        Corner::Above => None,
    }
}

fn draw_legend<'a, 'b: 'a>(chart: &mut Chart<'a, 'b>, position: SeriesLabelPosition) -> Drawn {
    chart
        .configure_series_labels()
        .position(position)
        .margin(FINE * 8)
        .legend_area_size(FINE * (SWATCH + 6))
        .label_font(font(LABEL_SIZE - 1))
        .background_style(colour(Ink::Paper).mix(0.85))
        .draw()?;
    Ok(())
}

pub(crate) fn colour(ink: Ink) -> RGBColor {
    let (red, green, blue) = ink.light();
    RGBColor(red, green, blue)
}

/// A line `width` pixels of the figure wide.
fn line(ink: Ink, width: f64) -> ShapeStyle {
    let colour = colour(ink).to_rgba();
    ShapeStyle { color: colour, filled: false, stroke_width: (f64::from(FINE) * width) as u32 }
}

pub(crate) fn font(size: u32) -> TextStyle<'static> {
    (FontFamily::SansSerif, FINE * size).into_font().color(&colour(Ink::Text))
}

/// Text as XML needs it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
