//! Pictures in the form that the name of their file says.

use std::ffi::OsStr;
use std::path::Path;

use memspike_files::is_standard_output;
use memspike_plot::Figure;
use memspike_report::page;

use crate::failure::Failure;
use crate::files;

/// The form of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For light and dark pages.
    Svg,
    /// On a light page.
    Png,
    /// A page with it, for light and dark, wide and narrow screens.
    Html,
    /// Its numbers.
    Csv,
}

impl Form {
    /// By the ending of a name; standard output takes SVG.
    pub fn of(path: &Path) -> Result<Self, Failure> {
        let ending = path.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase);
        match ending.as_deref() {
            Some("svg") => Ok(Self::Svg),
            Some("png") => Ok(Self::Png),
            Some("html") => Ok(Self::Html),
            Some("csv") => Ok(Self::Csv),
            _ if is_standard_output(path) => Ok(Self::Svg),
            _ => Err(Failure::Input(format!(
                "error: '{}': the name of a picture ends in .svg, .png or .html, that of its numbers in .csv",
                path.display()
            ))),
        }
    }

    /// A figure in this form.
    pub fn bytes(self, figure: &Figure) -> Result<Vec<u8>, Failure> {
        let failed = |error| Failure::Work(format!("error: {error}"));
        match self {
            Self::Svg => figure.svg().map(String::into_bytes).map_err(failed),
            Self::Png => figure.png().map_err(failed),
            Self::Csv => Ok(figure.csv().into_bytes()),
            Self::Html => {
                let head = page::head(&figure.title, &figure.title);
                let drawing = files::drawing(&below_heading(figure))?;
                Ok(format!("{head}<figure>{drawing}</figure>\n{}", page::END).into_bytes())
            }
        }
    }
}

/// The figure without its title above the first panel, where a page has it as a heading.
fn below_heading(figure: &Figure) -> Figure {
    let mut below = figure.clone();
    for panel in below.panels.iter_mut().take(1).filter(|panel| panel.title == figure.title) {
        panel.title.clear();
    }
    below
}
