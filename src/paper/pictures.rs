//! Figures, drawn side by side.

use std::path::Path;

use memspike_plot::Figure;

use crate::{failure::Failure, files, workers::Workers};

use super::page::Picture;

/// Writes each figure as SVG, PNG and CSV; gives them in the order of the paper.
pub fn draw(
    folder: &Path,
    figures: Vec<(&'static str, Figure)>,
    workers: &Workers,
) -> Result<Vec<Picture>, Failure> {
    let (mut pictures, ended) = workers.in_order(
        figures,
        || false,
        |_, (number, figure)| {
            let svg = files::write_figure(folder, &format!("fig-{number}"), &figure)?;
            Ok(Picture { number, title: figure.title, svg })
        },
    );
    ended?;
    pictures.sort_by_key(|picture| picture.number);
    Ok(pictures)
}
