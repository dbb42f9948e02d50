//! Ten digits drawn for this project, as strokes of a pen: the images of `netlists/digits.idx`.

use std::fs;

use anyhow::{Context, Result};
use cargo_metadata::MetadataCommand;

/// Where they are, below the workspace.
const FILE: &str = "netlists/digits.idx";

/// Pixels of a side, and of an image, as in MNIST.
const SIDE: usize = 28;
const PIXELS: usize = SIDE * SIDE;

type Image = [u8; PIXELS];

/// Draws the file.
///
/// # Errors
/// If it cannot be written.
pub fn draw() -> Result<()> {
    let metadata = MetadataCommand::new().no_deps().exec().context("cargo metadata")?;
    let path = metadata.workspace_root.join(FILE);
    fs::write(&path, file()).with_context(|| format!("cannot write {path}"))
}

/// An IDX file of three dimensions: magic number, lengths, entries.
fn file() -> Vec<u8> {
    let lengths = [STROKES.len(), SIDE, SIDE].map(|length| (length as u32).to_be_bytes());
    let header = [0, 0, 8, 3].into_iter().chain(lengths.into_iter().flatten());
    header.chain(images().into_iter().flatten()).collect()
}

/// A stroke through points (x to the right, y down) on a sheet of 20 x 20 pixels.
enum Stroke {
    /// From point to point.
    Line(&'static [(f64, f64)]),
    /// A smooth curve: a spline of Catmull and Rom.
    Curve(&'static [(f64, f64)]),
}

use Stroke::{Curve, Line};

const STROKES: [&[Stroke]; 10] = [
    &[Curve(&[
        (11.0, 1.0),
        (7.0, 3.5),
        (4.5, 9.0),
        (5.0, 15.0),
        (8.5, 18.5),
        (13.0, 16.5),
        (15.5, 11.0),
        (15.0, 4.5),
        (11.0, 1.0),
    ])],
    &[Line(&[(11.5, 1.0), (8.5, 19.0)])],
    &[
        Curve(&[
            (4.5, 5.0),
            (7.5, 1.8),
            (12.5, 1.5),
            (14.5, 4.8),
            (12.0, 10.0),
            (8.0, 14.5),
            (4.0, 18.0),
        ]),
        Curve(&[(4.0, 18.0), (8.0, 16.8), (12.0, 17.8), (17.0, 17.5)]),
    ],
    &[Curve(&[
        (5.0, 2.5),
        (9.5, 1.0),
        (13.5, 3.0),
        (13.0, 6.8),
        (8.5, 9.2),
        (13.0, 10.8),
        (14.8, 14.2),
        (12.0, 17.8),
        (7.5, 18.8),
        (4.0, 17.0),
    ])],
    &[
        Curve(&[(5.5, 2.0), (4.5, 6.5), (5.0, 9.8), (9.0, 10.2), (14.5, 9.0)]),
        Line(&[(15.0, 1.5), (13.8, 10.0), (12.8, 19.0)]),
    ],
    &[
        Line(&[(15.5, 1.5), (7.5, 2.0), (6.0, 8.5)]),
        Curve(&[(6.0, 8.5), (10.0, 8.2), (13.5, 10.5), (13.5, 14.8), (9.5, 18.2), (4.0, 17.8)]),
    ],
    &[Curve(&[
        (12.5, 1.0),
        (8.5, 4.5),
        (5.8, 10.0),
        (5.8, 15.5),
        (9.0, 18.8),
        (13.0, 17.0),
        (13.8, 13.2),
        (10.5, 11.0),
        (6.5, 13.5),
    ])],
    &[
        Line(&[(4.0, 4.0), (15.0, 3.0)]),
        Curve(&[(15.0, 3.0), (12.5, 8.0), (10.5, 13.5), (9.5, 19.0)]),
    ],
    &[Curve(&[
        (14.0, 3.5),
        (10.5, 1.2),
        (6.8, 3.5),
        (8.0, 7.5),
        (12.0, 11.0),
        (13.0, 15.5),
        (9.5, 18.8),
        (6.2, 16.0),
        (8.5, 11.0),
        (13.0, 7.0),
        (14.0, 3.5),
    ])],
    &[
        Curve(&[
            (13.8, 4.0),
            (10.0, 2.0),
            (6.0, 4.8),
            (6.0, 8.5),
            (9.8, 9.5),
            (13.2, 6.8),
            (13.8, 4.0),
        ]),
        Curve(&[(13.8, 4.0), (13.2, 10.0), (11.5, 15.0), (10.0, 19.0)]),
    ],
];

/// Half the width of the pen (pixels).
const PEN: f64 = 1.1;

/// Chords of a curve between two of its points.
const CHORDS: usize = 16;

/// The ten images, by digit. As in MNIST, ink is white and its centre of mass the image's centre.
fn images() -> [Image; 10] {
    std::array::from_fn(|digit| {
        centred(&STROKES[digit].iter().map(Stroke::chords).collect::<Vec<_>>())
    })
}

impl Stroke {
    fn chords(&self) -> Vec<(f64, f64)> {
        match self {
            Self::Line(points) => points.to_vec(),
            Self::Curve(points) => spline(points),
        }
    }
}

fn spline(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let at = |k: usize| points[k.clamp(1, points.len()) - 1];
    let mut curve = vec![points[0]];
    for k in 1..points.len() {
        let near = [at(k - 1), at(k), at(k + 1), at(k + 2)];
        for chord in 1..=CHORDS {
            let t = chord as f64 / CHORDS as f64;
            let through = |[p0, p1, p2, p3]: [f64; 4]| {
                let (a, b) = (2.0 * p0 - 5.0 * p1 + 4.0 * p2 - p3, 3.0 * (p1 - p2) + p3 - p0);
                p1 + 0.5 * t * (p2 - p0 + t * (a + t * b))
            };
            curve.push((through(near.map(|p| p.0)), through(near.map(|p| p.1))));
        }
    }
    curve
}

fn centred(strokes: &[Vec<(f64, f64)>]) -> Image {
    let corner = SIDE as f64 / 2.0 - 10.0;
    let (mut x, mut y) = (corner, corner);
    // A pen at another place between pixels leaves a little other ink: twice is enough.
    for _ in 0..2 {
        let image = drawn(strokes, x, y);
        let (dx, dy) = off_centre(&image);
        (x, y) = (x - dx, y - dy);
    }
    drawn(strokes, x, y)
}

/// The strokes on an image, the sheet's corner at `(x, y)`.
fn drawn(strokes: &[Vec<(f64, f64)>], x: f64, y: f64) -> Image {
    let mut image = [0; PIXELS];
    for (at, pixel) in image.iter_mut().enumerate() {
        let centre = ((at % SIDE) as f64 + 0.5 - x, (at / SIDE) as f64 + 0.5 - y);
        let chords = strokes.iter().flat_map(|stroke| stroke.windows(2));
        let away = chords.map(|c| distance(centre, c[0], c[1])).fold(f64::INFINITY, f64::min);
        // Covered as far as the edge of the pen cuts the pixel.
        *pixel = (255.0 * (PEN + 0.5 - away).clamp(0.0, 1.0)).round() as u8;
    }
    image
}

/// From a point to a line between two others.
fn distance((x, y): (f64, f64), (x0, y0): (f64, f64), (x1, y1): (f64, f64)) -> f64 {
    let (dx, dy) = (x1 - x0, y1 - y0);
    let length = dx * dx + dy * dy;
    let along = (((x - x0) * dx + (y - y0) * dy) / length.max(f64::MIN_POSITIVE)).clamp(0.0, 1.0);
    let (ex, ey) = (x - x0 - along * dx, y - y0 - along * dy);
    (ex * ex + ey * ey).sqrt()
}

/// How far the centre of mass is right of and below the centre of the image (pixels).
fn off_centre(image: &Image) -> (f64, f64) {
    let (mut mass, mut x, mut y) = (0.0, 0.0, 0.0);
    for (at, pixel) in image.iter().enumerate() {
        let ink = f64::from(*pixel);
        mass += ink;
        x += ink * ((at % SIDE) as f64 + 0.5);
        y += ink * ((at / SIDE) as f64 + 0.5);
    }
    let centre = SIDE as f64 / 2.0;
    (x / mass - centre, y / mass - centre)
}

#[cfg(test)]
mod tests {
    use super::{file, images, off_centre};

    #[test]
    fn the_file_of_the_decks_is_what_is_drawn_here() {
        assert!(file() == include_bytes!("../../netlists/digits.idx"), "run cargo xtask digits");
    }

    #[test]
    fn digits_stand_in_the_middle_with_ink_like_that_of_mnist() {
        for (digit, image) in images().iter().enumerate() {
            let (x, y) = off_centre(image);
            assert!(x.abs() < 0.05 && y.abs() < 0.05, "{digit}: {x}, {y}");
            // The mean pixel of MNIST is 33.
            let mean = image.iter().map(|pixel| f64::from(*pixel)).sum::<f64>() / 784.0;
            assert!((12.0..60.0).contains(&mean), "{digit}: {mean}");
            let margin = |k: usize| !(2..26).contains(&(k / 28)) || !(2..26).contains(&(k % 28));
            assert!((0..784).all(|k| !margin(k) || image[k] == 0), "{digit}");
        }
    }
}
