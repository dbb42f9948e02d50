//! Figures as SVG, without a plotting library of Python's.

use memspike_plot::{Axis, Corner, Figure, Ink, Marks, Panel, Series};
use numpy::{PyReadonlyArray2, PyUntypedArrayMethods};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// Two axes (label, from, to) and what is drawn between them.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Drawn<'py> {
    title: String,
    x: (String, f64, f64),
    y: (String, f64, f64),
    /// Name, ink, form and points.
    series: Vec<(String, String, String, PyReadonlyArray2<'py, f64>)>,
    legend: bool,
}

/// A figure of panels below one another, as SVG.
#[pyfunction]
pub fn figure_svg(title: String, size: (u32, u32), panels: Vec<Drawn<'_>>) -> PyResult<String> {
    if panels.is_empty() {
        return Err(PyValueError::new_err("a figure has a panel at least"));
    }
    let panels = panels.into_iter().map(panel).collect::<PyResult<Vec<_>>>()?;
    let figure = Figure { panel_size: size, ..Figure::grid(title, 1, panels) };
    figure.svg().map_err(|error| PyValueError::new_err(error.to_string()))
}

fn panel(drawn: Drawn<'_>) -> PyResult<Panel> {
    let axis = |(label, low, high): (String, f64, f64)| Axis::linear(label, low, high);
    let mut all = Vec::with_capacity(drawn.series.len());
    for (name, ink, form, points) in drawn.series {
        if points.shape()[1] != 2 {
            return Err(PyValueError::new_err(format!("points of '{name}' have two columns")));
        }
        let (pairs, _) = points.as_slice()?.as_chunks::<2>();
        let points = pairs.iter().map(|[x, y]| (*x, *y)).collect();
        all.push(Series::new(name, of_name(&ink)?, marks(&form, points)?));
    }
    let panel = Panel::new(drawn.title, axis(drawn.x), axis(drawn.y), all);
    Ok(if drawn.legend { panel.with_legend(Corner::UpperRight) } else { panel })
}

fn of_name(ink: &str) -> PyResult<Ink> {
    match ink {
        "text" => Ok(Ink::Text),
        "measured" => Ok(Ink::Measured),
        _ => ink
            .parse()
            .map(Ink::Series)
            .map_err(|_| PyValueError::new_err(format!("there is no ink '{ink}'"))),
    }
}

fn marks(form: &str, points: Vec<(f64, f64)>) -> PyResult<Marks> {
    match form {
        "line" => Ok(Marks::Line(points)),
        "specks" => Ok(Marks::Specks(points)),
        "rings" => Ok(Marks::Rings(points)),
        "dots" => Ok(Marks::Dots(points)),
        _ => Err(PyValueError::new_err(format!("there is no form '{form}'"))),
    }
}
