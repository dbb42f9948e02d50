//! A PNG file as a grey image.

use std::io::Cursor;

use memspike_idx::{Idx, MAX_ENTRIES};
use png::{BitDepth, ColorType, Decoder, DecodingError, Limits, OutputInfo, Transformations};

/// What is wrong with a PNG file. Pixels count from 0, row by row.
#[derive(Debug, thiserror::Error)]
pub enum PngError {
    /// It is damaged, or ends early.
    #[error("it is no PNG file that can be read: {0}")]
    Damaged(#[from] DecodingError),
    /// It promises more than is read.
    #[error("{columns} x {rows} pixels; at most {MAX_ENTRIES} are read")]
    TooLarge {
        /// Pixels of a row.
        columns: u32,
        /// Rows.
        rows: u32,
    },
    /// It promises more than its bytes can hold.
    #[error(
        "it says {columns} x {rows} pixels, more than deflate can have made of a file of {bytes} bytes"
    )]
    Bomb {
        /// Pixels of a row.
        columns: u32,
        /// Rows.
        rows: u32,
        /// Its length.
        bytes: usize,
    },
    /// It has several frames.
    #[error("it is animated; an image is one frame")]
    Animated,
    /// A pixel of no colour of its own.
    #[error(
        "pixel {pixel} is transparent, and what lies behind it is not said: save it without an alpha channel"
    )]
    Transparent {
        /// The pixel.
        pixel: usize,
    },
}

/// Weights of red, green and blue in luma, in thousandths: ITU-R BT.601-7, section 2.5.1. They are applied to the values as they are
/// stored, as it says, and as Pillow's `convert("L")` does.
const LUMA: [u64; 3] = [299, 587, 114];

/// The decoder's own memory (bytes): its tables, and the chunks that it keeps.
const DECODER_BYTES: usize = 64 << 20;

/// The image of a PNG file, as an array of 1, its rows and its columns. Colours become grey by their luma; of up to 16 bits a
/// channel, the nearest of 256 levels is taken. Palettes and interlaced files are read; a pixel that is not opaque is refused.
/// Gamma and colour profiles are not applied. Memory is bounded by what so many bytes can hold.
///
/// # Errors
/// [`PngError`].
pub fn of_png(bytes: &[u8]) -> Result<Idx, PngError> {
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), Limits { bytes: DECODER_BYTES });
    decoder.set_transformations(Transformations::EXPAND);
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let header = decoder.read_header_info()?;
    let (columns, rows) = header.size();
    let pixels = u64::from(columns) * u64::from(rows);
    if pixels > MAX_ENTRIES {
        return Err(PngError::TooLarge { columns, rows });
    }
    let bits = pixels * header.color_type.samples() as u64 * header.bit_depth as u64;
    if bits / 8 > memspike_files::inflated_at_most(bytes.len() as u64) {
        return Err(PngError::Bomb { columns, rows, bytes: bytes.len() });
    }
    let mut reader = decoder.read_info()?;
    if reader.info().animation_control().is_some() {
        return Err(PngError::Animated);
    }
    let mut samples = vec![0; reader.output_buffer_size().unwrap_or_default()];
    let frame = reader.next_frame(&mut samples)?;
    reader.finish()?;
    let entries = levels(&frame, &samples)?;
    Ok(Idx { lengths: vec![1, rows as usize, columns as usize], entries })
}

/// Samples of pixels as grey levels.
fn levels(frame: &OutputInfo, samples: &[u8]) -> Result<Vec<u8>, PngError> {
    let wide = frame.bit_depth == BitDepth::Sixteen;
    let sample = |place: usize| {
        if wide {
            u64::from(u16::from_be_bytes([samples[2 * place], samples[2 * place + 1]]))
        } else {
            u64::from(samples[place])
        }
    };
    let white = if wide { 65_535 } else { 255 };
    let channels = frame.color_type.samples();
    let has_alpha = matches!(frame.color_type, ColorType::GrayscaleAlpha | ColorType::Rgba);
    let is_grey = matches!(frame.color_type, ColorType::Grayscale | ColorType::GrayscaleAlpha);
    let level = |pixel: usize| {
        let first = pixel * channels;
        if has_alpha && sample(first + channels - 1) != white {
            return Err(PngError::Transparent { pixel });
        }
        // In thousandths of a sample; a grey of any depth stays what it is.
        let luma = if is_grey {
            1000 * sample(first)
        } else {
            (0..3).map(|at| LUMA[at] * sample(first + at)).sum()
        };
        Ok(((255 * luma + 500 * white) / (1000 * white)) as u8)
    };
    (0..frame.width as usize * frame.height as usize).map(level).collect()
}
