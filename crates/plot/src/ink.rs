//! Colours by what they mean, each in a light and a dark form.

use std::fmt::Write as _;

/// What is drawn with a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// The page below everything.
    Paper,
    /// Text, axes and what stands on its own.
    Text,
    /// Lines of the grid.
    Grid,
    /// What was measured.
    Measured,
    /// The n-th thing simulated, from 0; after the last colour comes the first.
    Series(usize),
}

/// Red, green, blue.
pub(crate) type Rgb = (u8, u8, u8);

/// A colour on white, and its counterpart on black.
type Pair = (Rgb, Rgb);

const PAPER: Pair = ((0xFF, 0xFF, 0xFF), (0x16, 0x1A, 0x1F));
const TEXT: Pair = ((0x22, 0x22, 0x22), (0xE4, 0xE6, 0xE8));
const GRID: Pair = ((0xE2, 0xE2, 0xE2), (0x35, 0x3B, 0x42));
const MEASURED: Pair = ((0xC0, 0x00, 0x60), (0xFF, 0x7A, 0xB8));

/// After Okabe and Ito, whose colours differ for colour-blind readers too; darkened on white and
/// lightened on black until each stands out from the page.
const SERIES: [Pair; 6] = [
    ((0x00, 0x67, 0xA8), (0x6C, 0xBE, 0xF2)),
    ((0xC2, 0x4E, 0x00), (0xF5, 0x96, 0x50)),
    ((0x00, 0x80, 0x5C), (0x35, 0xC9, 0x9B)),
    ((0x8A, 0x4F, 0x9E), (0xD3, 0x9B, 0xE6)),
    ((0x8A, 0x6D, 0x00), (0xE6, 0xC2, 0x3C)),
    ((0x4A, 0x55, 0x63), (0xA9, 0xB6, 0xC4)),
];

impl Ink {
    fn pair(self) -> Pair {
        match self {
            Self::Paper => PAPER,
            Self::Text => TEXT,
            Self::Grid => GRID,
            Self::Measured => MEASURED,
            Self::Series(number) => SERIES[number % SERIES.len()],
        }
    }

    /// On a light page.
    pub(crate) fn light(self) -> Rgb {
        self.pair().0
    }
}

/// Rules that turn every light colour of a drawing into its dark counterpart for readers who
/// prefer dark pages. Drawings name colours in attributes, which rules override.
pub(crate) fn dark_style() -> String {
    let mut style = String::from("@media (prefers-color-scheme: dark){");
    for (light, dark) in [PAPER, TEXT, GRID, MEASURED].into_iter().chain(SERIES) {
        let (light, dark) = (hex(light), hex(dark));
        for property in ["fill", "stroke"] {
            let _ = write!(style, "svg [{property}=\"{light}\"]{{{property}:{dark}}}");
        }
    }
    style.push('}');
    style
}

/// As the drawings write it.
fn hex((red, green, blue): Rgb) -> String {
    format!("#{red:02X}{green:02X}{blue:02X}")
}
