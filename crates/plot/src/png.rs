//! SVG to PNG, with the font that the program carries.

use std::sync::Arc;

use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{Options, Tree, fontdb::Database},
};

use crate::{Figure, PlotError};

/// See assets/README.md.
const FONT: &[u8] = include_bytes!("../assets/Roboto-Regular.ttf");

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
    let mut fonts = Database::new();
    fonts.load_font_data(FONT.to_vec());
    fonts.set_sans_serif_family("Roboto");
    let options = Options { fontdb: Arc::new(fonts), ..Options::default() };
    let tree = Tree::from_str(svg, &options).map_err(|error| error.to_string())?;
    let size = tree.size().to_int_size().scale_by(SCALE).ok_or("it has no size")?;
    let mut pixels = Pixmap::new(size.width(), size.height()).ok_or("it is too large")?;
    resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| error.to_string())
}
