//! Folders of checkpoints and their spools: what was written is read, and nothing else is.

use std::fs;
use std::io;
use std::path::Path;

use memspike_recording::{
    CheckpointError, CheckpointFolder, Inputs, Manifest, Mark, Membrane, Spike, Spool,
};
use memspike_time::Time;
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

fn spike(k: u32) -> Spike {
    let at = Time { tick: u64::from(k) << 33, frac: f64::from(k % 8) / 8.0 };
    Spike { at, population: k % 3, neuron: u32::MAX - k }
}

fn manifest(spikes: Mark) -> Manifest {
    let populations = vec![("a".to_owned(), u64::from(u32::MAX))];
    let (description, probes) = ("c0ffee".to_owned(), vec!["a@1e-3".to_owned()]);
    Manifest {
        inputs: Inputs { description, seed: u64::MAX, populations, probes },
        drawn: "decade".to_owned(),
        until_s: 0.1 + 0.2,
        at_s: 5e-324,
        branches: vec!["at 1 s: \"all\"".to_owned()],
        spikes,
        membranes: None,
    }
}

fn kept(folder: &Path) -> CheckpointFolder {
    let folder = CheckpointFolder::claim(folder).expect("a folder");
    let mark = Mark { records: 3, sha256: "00".to_owned() };
    folder.write(&manifest(mark), |to| to.write_all(b"image")).expect("room");
    folder
}

#[test]
fn a_spool_is_cut_back_to_its_mark_and_goes_on_from_there() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("spool");
    let mut spool = Spool::create(&path).unwrap();
    (0..1000).for_each(|k| spool.put(&spike(k)).unwrap());
    let mark = spool.mark().unwrap();
    // The hash is that of the file, as another program finds it.
    let bytes = fs::read(&path).unwrap();
    assert_eq!(bytes.len(), 24_000);
    let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(mark, Mark { records: 1000, sha256: hash });
    (5000..9000).for_each(|k| spool.put(&spike(k)).unwrap());
    drop(spool);
    let mut told = Vec::new();
    let mut spool: Spool<Spike> = Spool::cut_back(&path, &mark, &mut |s| told.push(*s)).unwrap();
    assert_eq!(told, (0..1000).map(spike).collect::<Vec<_>>());
    assert_eq!(fs::read(&path).unwrap(), bytes);
    (1000..1500).for_each(|k| spool.put(&spike(k)).unwrap());
    let mut told = Vec::new();
    let each = &mut |s: &Spike| {
        told.push(*s);
        Ok(())
    };
    spool.replay(each).unwrap();
    assert_eq!(told, (0..1500).map(spike).collect::<Vec<_>>());
    assert_eq!(spool.len(), 1500);
}

#[test]
fn membranes_come_back_with_all_their_bits() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("spool");
    let mut spool = Spool::create(&path).unwrap();
    let membrane = |potential_v, current_ampere| Membrane {
        tick: u64::MAX,
        population: u32::MAX,
        neuron: 7,
        potential_v,
        current_ampere,
    };
    let all = [membrane(-0.0, f64::NAN), membrane(5e-324, -1e300), membrane(0.1, 0.0)];
    all.iter().for_each(|membrane| spool.put(membrane).unwrap());
    let mut told = Vec::new();
    let each = &mut |m: &Membrane| {
        told.push(format!("{m:?}"));
        Ok(())
    };
    spool.replay(each).unwrap();
    assert_eq!(told, all.map(|membrane| format!("{membrane:?}")));
}

#[test]
fn a_checkpoint_that_cannot_be_written_leaves_the_last_one() {
    let folder = TempDir::new().unwrap();
    let kept = kept(folder.path());
    let before = fs::read(kept.file()).unwrap();
    let other = manifest(Mark { records: 4, sha256: String::new() });
    let full = |_: &mut dyn io::Write| Err(io::ErrorKind::StorageFull.into());
    let refused = kept.write(&other, full).unwrap_err();
    assert!(matches!(refused, CheckpointError::Unwritable { .. }), "{refused}");
    assert!(refused.to_string().contains("make room"), "{refused}");
    assert_eq!(fs::read(kept.file()).unwrap(), before);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn one_run_has_a_folder_and_finds_what_another_left() {
    let folder = TempDir::new().unwrap();
    let first = kept(folder.path());
    fs::write(folder.path().join("checkpoint.x1.part"), "begun").unwrap();
    let second = CheckpointFolder::claim(folder.path()).unwrap_err();
    assert!(matches!(second, CheckpointError::Busy { .. }), "{second}");
    drop(first);
    let third = CheckpointFolder::claim(folder.path()).unwrap();
    let found = third.read().unwrap().expect("a checkpoint").manifest;
    assert_eq!(found, manifest(Mark { records: 3, sha256: "00".to_owned() }));
    assert!(!folder.path().join("checkpoint.x1.part").exists());
}

/// With a checksum that is right.
fn sealed(head: &[u8], length: u64, text: &[u8]) -> Vec<u8> {
    let mut bytes = head.to_vec();
    bytes.extend(length.to_le_bytes());
    bytes.extend(text);
    let hash = Sha256::digest(&bytes);
    bytes.extend(hash);
    bytes
}

#[test]
fn a_manifest_that_is_none_is_refused_whatever_its_checksum_says() {
    let folder = TempDir::new().unwrap();
    let kept = kept(folder.path());
    let head = b"mspikrun\x01\0\0\0";
    for (length, text) in [
        (2, &b"{}"[..]),
        (0, b""),
        (4, b"null"),
        (u64::MAX, b"{}"),
        (1 << 40, b"{}"),
        (3, b"\xff\xfe\xfd"),
    ] {
        fs::write(kept.file(), sealed(head, length, text)).unwrap();
        let refused = kept.read().err().expect("it is none");
        assert!(matches!(refused, CheckpointError::Damaged { .. }), "{refused}");
    }
}

proptest! {
    #[test]
    fn a_damaged_head_is_refused(at in 0.0..1.0_f64, bit in 0_u8..8, cut: bool) {
        let folder = TempDir::new().unwrap();
        let kept = kept(folder.path());
        let mut bytes = fs::read(kept.file()).unwrap();
        // What stands behind the head is the image's own matter.
        let place = (at * (bytes.len() - b"image".len()) as f64) as usize;
        if cut {
            bytes.truncate(place);
        } else {
            bytes[place] ^= 1 << bit;
        }
        fs::write(kept.file(), bytes).unwrap();
        prop_assert!(kept.read().is_err());
    }
}
