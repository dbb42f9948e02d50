//! PNG files as grey images.

use memspike_images::of_png;

use crate::{
    corpus::{self, Corpus},
    harness::{Answer, assert_says, survive},
};

/// What deflate makes of a byte at most, in pixels of a bit.
const MOST_PIXELS: usize = 8 * 1032;

#[test]
fn damaged_png_files_are_images_of_their_size_or_are_refused() {
    let names = ["grey1", "grey8-interlaced", "grey-alpha8", "colour16", "palette2", "palette8"];
    let file = |name: &&str| corpus::file(&format!("crates/images/tests/png/{name}.png"));
    let inputs = names.iter().map(file).collect();
    let words = &["IHDR", "IDAT", "PLTE", "tRNS", "acTL", "IEND", "\0\0\0\x01"];
    survive("png", &Corpus { inputs, words }, 8000, |input| match of_png(&input.bytes) {
        Ok(image) => {
            let pixels: usize = image.lengths.iter().product();
            assert_eq!((image.lengths.len(), image.lengths[0]), (3, 1));
            assert_eq!(pixels, image.entries.len());
            assert!(pixels <= input.bytes.len() * MOST_PIXELS, "more than deflate can hold");
            Answer::Accepted
        }
        Err(error) => {
            assert_says(&error, input);
            Answer::Refused
        }
    });
}
