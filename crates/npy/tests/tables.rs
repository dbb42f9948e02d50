//! Tables in files that NumPy wrote (`data/make.py`), and in damaged ones.

use std::fs;
use std::path::Path;

use memspike_npy::{Archive, Array, Kind, NpyError, Table, write_f32, write_f64};
use proptest::prelude::*;

fn numpy(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)).unwrap()
}

fn refusal(bytes: impl AsRef<[u8]>) -> NpyError {
    Table::read(bytes.as_ref()).expect_err("an error")
}

/// Header and numbers of a `.npy` file of version 1.0; the padding of the header is free.
fn parts(bytes: &[u8]) -> (String, Vec<u8>) {
    let end = 10 + usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    let header = String::from_utf8_lossy(&bytes[10..end]).replace([' ', '\n'], "");
    (header.replace(",}", "}"), bytes[end..].to_vec())
}

/// What `make.py` saved in files of floats.
const HALVES: [f64; 6] = [-0.5, -1.0, 0.0, 0.0, 0.5, 1.0];

#[test]
fn arrays_of_numpy_are_read_whatever_their_type_and_order() {
    for (name, kind) in [
        ("float64.npy", Kind::Double),
        ("float32_columns.npy", Kind::Single),
        ("big_endian.npy", Kind::Double),
    ] {
        let expected = Table { rows: 3, columns: 2, values: HALVES.to_vec(), kind };
        assert_eq!(Table::read(&numpy(name)).unwrap(), expected, "{name}");
    }
    for name in ["int8.npy", "int64.npy"] {
        let values = HALVES.map(|half| 2.0 * half).to_vec();
        let expected = Table { rows: 3, columns: 2, values, kind: Kind::Integer };
        assert_eq!(Table::read(&numpy(name)).unwrap(), expected, "{name}");
    }
}

#[test]
fn integers_of_every_width_are_read_and_told_from_floats() {
    // The largest and the smallest number of each type, as two's complement has them.
    let types: [(&str, usize, [f64; 2]); 8] = [
        ("|i1", 1, [127.0, -128.0]),
        (">i2", 2, [32_767.0, -32_768.0]),
        ("<i4", 4, [2_147_483_647.0, -2_147_483_648.0]),
        (">i8", 8, [2_f64.powi(63), -(2_f64.powi(63))]),
        ("|u1", 1, [127.0, 128.0]),
        ("<u2", 2, [32_767.0, 32_768.0]),
        (">u4", 4, [2_147_483_647.0, 2_147_483_648.0]),
        ("<u8", 8, [2_f64.powi(63), 2_f64.powi(63)]),
    ];
    for (kind, width, values) in types {
        let header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': (1, 2), }}\n");
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend(u16::try_from(header.len()).unwrap().to_le_bytes());
        bytes.extend(header.as_bytes());
        for (top, rest) in [(0x7f, 0xff), (0x80, 0x00)] {
            let mut number = vec![rest; width];
            let highest = if kind.starts_with('>') { 0 } else { width - 1 };
            number[highest] = top;
            bytes.extend(number);
        }
        let expected = Table { rows: 1, columns: 2, values: values.to_vec(), kind: Kind::Integer };
        assert_eq!(Table::read(&bytes).unwrap(), expected, "{kind}");
    }
}

#[test]
fn tables_are_written_as_numpy_writes_them() {
    let mut bytes = Vec::new();
    write_f64(&mut bytes, 2, &HALVES).unwrap();
    assert_eq!(parts(&bytes), parts(&numpy("float64.npy")));
    bytes.clear();
    write_f32(&mut bytes, 2, &HALVES.map(|half| half as f32)).unwrap();
    let (header, numbers) = parts(&numpy("float64.npy"));
    let narrow = |wide: &[u8]| (f64::from_le_bytes(wide.try_into().unwrap()) as f32).to_le_bytes();
    let numbers = numbers.chunks_exact(8).flat_map(narrow).collect();
    assert_eq!(parts(&bytes), (header.replace("<f8", "<f4"), numbers));
}

#[test]
fn files_without_a_table_say_what_is_wrong() {
    assert_eq!(refusal(numpy("vector.npy")), NpyError::Axes { shape: vec![3] });
    assert_eq!(refusal(numpy("complex.npy")), NpyError::Type("'<c16'".to_owned()));
    let message = refusal(numpy("complex.npy")).to_string();
    assert!(message.contains("float64 or float32"), "{message}");
    for other in [b"1,2".as_slice(), &numpy("float64.npy")[..40]] {
        assert!(matches!(refusal(other), NpyError::Format(_)));
    }
    let nested = [b"\x93NUMPY\x01\x00\xff\xff".as_slice(), &[b'['; 65534], b"\n"].concat();
    assert!(matches!(refusal(nested), NpyError::Format(_)));
}

#[test]
fn a_file_must_hold_as_many_numbers_as_its_header_says() {
    let whole = numpy("float64.npy");
    assert_eq!(refusal(&whole[..whole.len() - 1]), NpyError::Short);
    let longer = refusal([whole.as_slice(), &[0]].concat()).to_string();
    assert!(longer.contains("1 extra byte"), "{longer}");
    // Neither asks for memory, and the second has more numbers than can be counted.
    for (shape, words) in [
        ("1152921504606846975, 1", "before its last value"),
        ("4294967296, 4294967296", "overflow"),
    ] {
        let header = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': ({shape}), }}\n");
        let length = u16::try_from(header.len()).unwrap().to_le_bytes();
        let forged =
            [b"\x93NUMPY\x01\x00".as_slice(), &length, header.as_bytes(), &[0; 16]].concat();
        let message = refusal(forged).to_string();
        assert!(message.contains(words), "{shape}: {message}");
    }
}

#[test]
fn a_header_that_is_nested_or_claims_gigabytes_is_refused_at_once() {
    let header = format!(
        "{{'descr': {}1{}, 'fortran_order': False, 'shape': (1, 1), }}",
        "(".repeat(20),
        ")".repeat(20)
    );
    let mut nested = b"\x93NUMPY\x01\x00".to_vec();
    nested.extend(u16::try_from(header.len()).expect("short").to_le_bytes());
    nested.extend(header.as_bytes());
    assert!(refusal(&nested).to_string().contains("brackets"));
    let long = b"\x93NUMPY\x02\x00\xff\xff\xff\xffx";
    assert!(refusal(long).to_string().contains("4294967295"));
}

proptest! {
    #[test]
    fn no_damage_of_a_file_panics(position in 0_usize..128, byte: u8, length in 0_usize..176) {
        let mut bytes = numpy("float64.npy");
        bytes[position] = byte;
        bytes.truncate(length);
        let _ = Table::read(&bytes);
    }
}

#[test]
fn archives_of_numpy_have_their_arrays_whatever_their_packing_axes_and_order() {
    for name in ["stored.npz", "deflated.npz"] {
        let bytes = numpy(name);
        let archive = Archive::read(&bytes).expect(name);
        assert_eq!(archive.names().collect::<Vec<_>>(), ["weights", "cube"], "{name}");
        let weights = archive.get("weights").expect(name).expect("it is there");
        assert_eq!(weights, numpy("float64.npy"), "{name}");
        let cube = archive.get("cube").expect(name).expect("it is there");
        let cube = Array::read(&cube).expect(name);
        assert_eq!((cube.shape(), cube.kind()), (&[2, 3, 4][..], Kind::Integer), "{name}");
        let expected: Vec<f64> = (0..24).map(|at| f64::from(at) - 7.0).collect();
        assert_eq!(cube.values().collect::<Vec<_>>(), expected, "{name}");
        assert!(archive.get("bias").expect(name).is_none(), "{name}");
    }
}

#[test]
fn a_cut_or_changed_archive_never_gives_other_numbers() {
    let whole = numpy("deflated.npz");
    let all = |bytes: &[u8]| {
        let archive = Archive::read(bytes).ok()?;
        let get = |name: &str| archive.get(name).ok().flatten();
        Some((get("weights"), get("cube")))
    };
    let (weights, cube) = all(&whole).expect("an archive");
    for length in 0..whole.len() {
        assert!(all(&whole[..length]).is_none(), "{length}");
    }
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 0x41;
        let Some((own, other)) = all(&changed) else { continue };
        assert!(own.is_none() || own == weights, "byte {at}");
        assert!(other.is_none() || other == cube, "byte {at}");
    }
}

#[test]
fn an_archive_that_declares_more_than_it_has_is_refused_by_name() {
    let mut bytes = numpy("stored.npz");
    let entry = bytes.windows(4).position(|four| four == b"PK\x01\x02").expect("a list");
    // How long the first member is, packed and unpacked.
    for (place, length, said) in [
        (24, u32::MAX, "'weights' declares 4294967295 bytes"),
        (24, 1 << 20, "'weights' is damaged: it has another length"),
        (20, 1 << 20, "'weights' is damaged: its bytes are cut short"),
    ] {
        let kept = bytes.clone();
        bytes[entry + place..][..4].copy_from_slice(&length.to_le_bytes());
        let refused = Archive::read(&bytes).expect("a list").get("weights").expect_err(said);
        assert!(refused.to_string().contains(said), "{refused}");
        bytes = kept;
    }
    bytes[entry + 10] = 12;
    let refused = Archive::read(&bytes).expect("a list").get("weights").expect_err("bzip2");
    assert!(refused.to_string().contains("method 12 of ZIP"), "{refused}");
}
