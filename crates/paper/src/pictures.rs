//! Figures, drawn side by side.

use memspike_plot::Figure;
use memspike_run::Workers;

use super::page::Picture;

/// Figures by their number in the paper, such as `2a`.
pub type Figures = Vec<(&'static str, Figure)>;

/// Hands each figure to `write`, by its name, which gives the drawing; gives them in the order of the paper.
///
/// # Errors
/// The first figure that cannot be written.
pub fn draw<E: Send>(
    figures: Figures,
    workers: &Workers,
    write: impl Fn(&str, &Figure) -> Result<String, E> + Sync,
) -> Result<Vec<Picture>, E> {
    let (mut pictures, ended) = workers.in_order(
        figures,
        || false,
        |_, (number, figure)| {
            let drawing = write(&format!("fig-{number}"), &figure)?;
            Ok(Picture { number, title: figure.title, drawing })
        },
    );
    ended?;
    pictures.sort_by_key(|picture| picture.number);
    Ok(pictures)
}
