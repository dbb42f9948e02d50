//! Images of files: PNG that Python wrote, and what is no image.

use std::{fs, io::Write as _, path::Path};

use flate2::{Compression, Crc, write::ZlibEncoder};
use memspike_images::{PngError, of_png, read};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/png");

fn file(name: &str) -> Vec<u8> {
    fs::read(Path::new(FOLDER).join(format!("{name}.png"))).expect("it is there")
}

fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut crc = Crc::new();
    crc.update(name);
    crc.update(data);
    let length = (data.len() as u32).to_be_bytes();
    [&length, &name[..], data, &crc.sum().to_be_bytes()].concat()
}

/// A grey file of 8 bits that says so many columns and rows, and has these bytes of pixels.
fn grey(columns: u32, rows: u32, raw: &[u8]) -> Vec<u8> {
    let mut deflated = ZlibEncoder::new(Vec::new(), Compression::best());
    deflated.write_all(raw).expect("memory");
    let deflated = deflated.finish().expect("memory");
    let sizes = [columns.to_be_bytes(), rows.to_be_bytes()].concat();
    let header = [&sizes[..], &[8, 0, 0, 0, 0]].concat();
    let chunks = [chunk(b"IHDR", &header), chunk(b"IDAT", &deflated), chunk(b"IEND", b"")];
    [b"\x89PNG\r\n\x1a\n", &chunks.concat()[..]].concat()
}

/// `tests/png/make.py` wrote files and levels with Python's zlib and fractions.
#[test]
fn pixels_of_png_files_are_those_that_python_wrote() {
    let levels = fs::read_to_string(Path::new(FOLDER).join("levels.csv")).expect("it is there");
    let mut files = 0;
    for line in levels.lines() {
        let mut words = line.split(',');
        let name = words.next().expect("a name");
        let numbers: Vec<usize> = words.map(|word| word.parse().expect("a number")).collect();
        let path = Path::new(FOLDER).join(format!("{name}.png"));
        let image = read(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(image.lengths, [1, numbers[0], numbers[1]], "{name}");
        let entries: Vec<usize> = image.entries.iter().map(|level| usize::from(*level)).collect();
        assert_eq!(entries, numbers[2..], "{name}");
        files += 1;
    }
    assert_eq!(files, 13);
}

#[test]
fn a_pixel_that_is_not_opaque_is_refused_by_its_number() {
    let error = of_png(&file("transparent")).expect_err("it is half transparent");
    assert!(matches!(error, PngError::Transparent { pixel: 0 }), "{error}");
}

#[test]
fn a_file_that_says_more_than_its_bytes_can_hold_is_refused_before_it_is_unpacked() {
    let error = of_png(&grey(16_000, 16_000, &[0; 100])).expect_err("a bomb");
    assert!(matches!(error, PngError::Bomb { columns: 16_000, rows: 16_000, .. }), "{error}");
    let error = of_png(&grey(100_000, 100_000, &[0; 100])).expect_err("too large");
    assert!(matches!(error, PngError::TooLarge { .. }), "{error}");
    let error = of_png(&grey(u32::MAX, u32::MAX, &[0; 100])).expect_err("too large");
    assert!(matches!(error, PngError::TooLarge { .. } | PngError::Damaged(_)), "{error}");
    // 16 KB that are 16 MB of pixels, as they say.
    let black = grey(4000, 4000, &vec![0; 4001 * 4000]);
    assert!(black.len() < 20_000, "{}", black.len());
    assert_eq!(of_png(&black).expect("it says the truth").entries.len(), 4000 * 4000);
}

#[test]
fn a_file_that_ends_early_or_is_damaged_is_refused_and_never_read_as_something_else() {
    for name in ["grey8", "colour16-interlaced", "palette8"] {
        let whole = file(name);
        let image = of_png(&whole).expect("it is whole");
        // The last chunk says nothing: without its checksum the image is complete.
        for length in 0..whole.len() - 12 {
            let part = of_png(&whole[..length]);
            assert!(part.is_err(), "{name}: {length} bytes of {}", whole.len());
        }
        for place in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[place] ^= 0x10;
            if let Ok(other) = of_png(&damaged) {
                assert_eq!(other, image, "{name}: byte {place}");
            }
        }
    }
}

#[test]
fn arrays_of_numpy_and_idx_files_are_told_apart_by_how_they_begin() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("images");
    let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 1, 3), }";
    let length = (header.len() as u16).to_le_bytes();
    let pixels = [1, 2, 3, 250, 251, 252];
    let array = [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), &pixels].concat();
    let idx = [&[0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3], &pixels[..]].concat();
    for bytes in [array, idx] {
        fs::write(&path, bytes).expect("written");
        let images = read(&path).expect("images");
        assert_eq!((images.lengths, images.entries), (vec![2, 1, 3], pixels.to_vec()));
    }
    fs::write(&path, "neither").expect("written");
    let error = read(&path).expect_err("neither").to_string();
    assert!(error.contains("an IDX file of images begins with"), "{error}");
}
