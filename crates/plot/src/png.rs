//! SVG to PNG, with text as outlines.

use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{Options, Tree},
};

use crate::{Figure, PlotError, outline::without_text};

/// Pixels of the picture for one of the figure, so that text is sharp on dense screens.
const SCALE: f32 = 2.0;

impl Figure {
    /// The figure as PNG, on a light page.
    ///
    /// # Errors
    /// A figure that the plotting library or the renderer refuses.
    pub fn png(&self) -> Result<Vec<u8>, PlotError> {
        let svg = self.light_svg()?;
        render(&svg).map_err(|cause| PlotError::Rendering { figure: self.title.clone(), cause })
    }
}

fn render(svg: &str) -> Result<Vec<u8>, String> {
    let tree = Tree::from_str(&without_text(svg)?, &Options::default())
        .map_err(|error| error.to_string())?;
    let size = tree.size().to_int_size().scale_by(SCALE).ok_or("it has no size")?;
    let mut pixels = Pixmap::new(size.width(), size.height()).ok_or("it is too large")?;
    resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| error.to_string())
}
