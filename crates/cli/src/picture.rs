//! Pictures in the form that the name of their file says.

use std::ffi::OsStr;
use std::path::Path;

use memspike_files::is_standard_output;
use memspike_plot::Figure;
use memspike_report::page;

use crate::failure::Failure;
use crate::files;
use crate::flags::NarrowFlag;

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

/// How a figure is to be drawn.
#[derive(Debug, Clone, Copy)]
pub struct Picture {
    pub form: Form,
    is_narrow: bool,
}

impl Picture {
    /// By the ending of a name; standard output takes SVG.
    pub fn of(path: &Path, narrow: NarrowFlag) -> Result<Self, Failure> {
        let shown = path.display();
        let refuse = |what: &str| Err(Failure::Input(format!("error: '{shown}': {what}")));
        let ending = path.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase);
        let form = match ending.as_deref() {
            Some("svg") => Form::Svg,
            Some("png") => Form::Png,
            Some("html") => Form::Html,
            Some("csv") => Form::Csv,
            _ if is_standard_output(path) => Form::Svg,
            _ => {
                return refuse(
                    "the name of a picture ends in .svg, .png or .html, that of its numbers in .csv",
                );
            }
        };
        match form {
            Form::Html if narrow.narrow => refuse(
                "a page shows the narrow form on narrow screens by itself: leave --narrow out",
            ),
            Form::Csv if narrow.narrow => refuse("numbers are not drawn: leave --narrow out"),
            _ => Ok(Self { form, is_narrow: narrow.narrow }),
        }
    }

    /// A figure in this form.
    pub fn bytes(self, figure: &Figure) -> Result<Vec<u8>, Failure> {
        let failed = |error| Failure::Work(format!("error: {error}"));
        let narrow = self.is_narrow.then(|| figure.narrow());
        let figure = narrow.as_ref().unwrap_or(figure);
        match self.form {
            Form::Svg => figure.svg().map(String::into_bytes).map_err(failed),
            Form::Png => figure.png().map_err(failed),
            Form::Csv => Ok(figure.csv().into_bytes()),
            Form::Html => {
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
