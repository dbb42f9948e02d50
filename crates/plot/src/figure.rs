//! What a figure is, before it is drawn.

use crate::{Axis, Ink, names};

/// A figure that cannot be drawn.
#[derive(Debug, thiserror::Error)]
pub enum PlotError {
    /// The plotting library refuses.
    #[error("cannot draw '{figure}': {cause}")]
    Drawing {
        /// Title of the figure.
        figure: String,
        /// Why.
        cause: String,
    },
    /// The picture cannot be rendered from its SVG.
    #[error("cannot render '{figure}': {cause}")]
    Rendering {
        /// Title of the figure.
        figure: String,
        /// Why.
        cause: String,
    },
}

/// Panels in a grid, filled row by row.
#[derive(Debug, Clone)]
pub struct Figure {
    /// For people who cannot see it, and for messages; it is not drawn.
    pub title: String,
    /// Size of one panel (pixels): width, height.
    pub panel_size: (u32, u32),
    /// Panels in a row; at least 1.
    pub columns: usize,
    /// At least one.
    pub panels: Vec<Panel>,
}

/// Two axes and what is drawn between them.
#[derive(Debug, Clone)]
pub struct Panel {
    /// Drawn above, and the name of the panel in the table; may be empty.
    pub title: String,
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// Drawn in this order.
    pub series: Vec<Series>,
    /// Where the names of the series stand; nowhere if none.
    pub legend: Option<Corner>,
}

/// Where the names of a panel's series stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Corner {
    /// Top left.
    UpperLeft,
    /// Top right.
    UpperRight,
    /// Bottom left.
    LowerLeft,
    /// Bottom right.
    LowerRight,
    /// Top, in the middle.
    UpperMiddle,
    /// In rows above the panel, where they cover nothing.
    Above,
}

/// Numbers that are drawn alike.
#[derive(Debug, Clone)]
pub struct Series {
    /// Its name in the table and, if it is the first of its ink, in the legend.
    pub name: String,
    /// Its colour.
    pub ink: Ink,
    /// What is drawn.
    pub marks: Marks,
}

/// The forms in which numbers are drawn. Numbers outside an axis are drawn at its end; numbers
/// that are not finite, and those that a logarithm lacks, are left out.
#[derive(Debug, Clone)]
pub enum Marks {
    /// A line through `(x, y)`.
    Line(Vec<(f64, f64)>),
    /// A thin line, one of many.
    Hairline(Vec<(f64, f64)>),
    /// A broken line, such as a limit or a fit.
    Dashes(Vec<(f64, f64)>),
    /// A dot at each `(x, y)`.
    Dots(Vec<(f64, f64)>),
    /// A speck at each `(x, y)`, one of many.
    Specks(Vec<(f64, f64)>),
    /// A ring at each `(x, y)`: what was measured, beside what is simulated.
    Rings(Vec<(f64, f64)>),
    /// A bar from the foot of the panel to `y`, `width` wide, around each `x`.
    Bars {
        /// Width in units of the axis.
        width: f64,
        /// `(x, y)`.
        points: Vec<(f64, f64)>,
    },
    /// A dot at `(x, y)` in the middle of an interval `y - d` to `y + d`, for each `(x, y, d)`.
    Intervals(Vec<(f64, f64, f64)>),
    /// A square of size one around each `(x, y)`, as strong as `value`, for each `(x, y, value)`.
    Cells(Vec<(f64, f64, f64)>),
}

impl Marks {
    /// Every `(x, y)` with what goes with it, if there is a third number.
    pub(crate) fn rows(&self) -> Vec<(f64, f64, Option<f64>)> {
        match self {
            Self::Line(points)
            | Self::Hairline(points)
            | Self::Dashes(points)
            | Self::Dots(points)
            | Self::Specks(points)
            | Self::Rings(points)
            | Self::Bars { points, .. } => points.iter().map(|&(x, y)| (x, y, None)).collect(),
            Self::Intervals(points) | Self::Cells(points) => {
                points.iter().map(|&(x, y, third)| (x, y, Some(third))).collect()
            }
        }
    }
}

impl Series {
    /// A series.
    #[must_use]
    pub fn new(name: impl Into<String>, ink: Ink, marks: Marks) -> Self {
        Self { name: name.into(), ink, marks }
    }
}

impl Panel {
    /// A panel without legend.
    #[must_use]
    pub fn new(title: impl Into<String>, x: Axis, y: Axis, series: Vec<Series>) -> Self {
        Self { title: title.into(), x, y, series, legend: None }
    }

    /// The same with a legend.
    #[must_use]
    pub fn with_legend(self, corner: Corner) -> Self {
        Self { legend: Some(corner), ..self }
    }
}

/// Size of a panel on a narrow screen (pixels).
const NARROW_WIDTH: u32 = 360;
const NARROW_LEAST_HEIGHT: u32 = 240;

impl Figure {
    /// A figure of one panel.
    #[must_use]
    pub fn single(title: impl Into<String>, panel: Panel) -> Self {
        Self { title: title.into(), panel_size: (640, 400), columns: 1, panels: vec![panel] }
    }

    /// A figure of several panels in rows of `columns`.
    #[must_use]
    pub fn grid(title: impl Into<String>, columns: usize, panels: Vec<Panel>) -> Self {
        Self { title: title.into(), panel_size: (420, 280), columns: columns.max(1), panels }
    }

    /// The same for a screen as narrow as a telephone's: panels below each other, letters as large as before, and names of
    /// series above, since within they would cover much of a panel.
    #[must_use]
    pub fn narrow(&self) -> Self {
        let (width, height) = self.panel_size;
        let fitted = NARROW_WIDTH * height / width.max(1);
        let mut panels = self.panels.clone();
        for panel in &mut panels {
            panel.legend = panel.legend.map(|_| Corner::Above);
        }
        let named = panels.iter().filter(|panel| panel.legend.is_some());
        let names = named.map(|panel| names::height(panel, NARROW_WIDTH)).max().unwrap_or(0);
        let panel_size = (NARROW_WIDTH, fitted.max(NARROW_LEAST_HEIGHT) + names);
        Self { title: self.title.clone(), panel_size, columns: 1, panels }
    }
}
