//! Files and spike lists.

mod common;

use std::fs;
use std::io::Write;

use common::{Run, circuit};
use memspike_device::Phase;
use memspike_engine::Time;
use memspike_trace::{AtomicFile, SpikeSink, SpikeWriter};

#[test]
fn a_file_appears_when_it_is_finished() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("out.csv");
    fs::write(&path, "old").expect("written");
    let mut file = AtomicFile::create(&path).expect("can be written");
    file.write_all(b"new").expect("written");
    file.flush().expect("written");
    assert_eq!(fs::read_to_string(&path).expect("readable"), "old");
    file.finish().expect("moved");
    assert_eq!(fs::read_to_string(&path).expect("readable"), "new");
    assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 1);
}

#[test]
fn an_unfinished_file_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut file = AtomicFile::create(folder.path().join("out.vcd")).expect("can be written");
    file.write_all(b"half").expect("written");
    drop(file);
    assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 0);
}

#[test]
fn a_path_that_cannot_be_written_fails_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    assert!(AtomicFile::create(folder.path().join("none/out.vcd")).is_err(), "no such folder");
    assert!(AtomicFile::create(folder.path()).is_err(), "a folder");
    assert!(AtomicFile::create("").is_err(), "no name");
}

#[cfg(unix)]
#[test]
fn a_device_is_written_and_not_replaced() {
    use std::os::unix::fs::FileTypeExt;
    let mut file = AtomicFile::create("/dev/null").expect("can be written");
    file.write_all(b"gone").expect("written");
    file.finish().expect("flushed");
    let kind = fs::metadata("/dev/null").expect("there").file_type();
    assert!(kind.is_char_device());
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link_and_permissions_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().expect("a folder");
    let (real, link) = (folder.path().join("real"), folder.path().join("link"));
    fs::write(&real, "old").expect("written");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).expect("set");
    symlink(&real, &link).expect("linked");
    let mut file = AtomicFile::create(&link).expect("can be written");
    file.write_all(b"new").expect("written");
    file.finish().expect("moved");
    assert!(fs::symlink_metadata(&link).expect("there").is_symlink());
    assert_eq!(fs::read_to_string(&real).expect("readable"), "new");
    assert_eq!(fs::metadata(&real).expect("there").permissions().mode() & 0o777, 0o640);
}

fn three_spikes() -> Run {
    let events = vec![
        (1e-3, "x1.n1", Phase::Growing, 0.0),
        (2e-3, "x1.n1", Phase::On, 1.0),
        (2e-3, "n1", Phase::On, 1.0),
        (3e-3, "x1.n1", Phase::Off, 1.0),
        (0.123_456_789_012_345, "x1.n1", Phase::On, 1.0),
    ];
    Run { forms: Vec::new(), events, end: 0.2 }
}

#[test]
fn spikes_are_the_instants_of_turning_on() {
    let c = circuit();
    let mut sink = SpikeSink::new();
    three_spikes().play(&c, &mut sink);
    let x1 = c.find_element("x1.n1").expect("an element");
    let expected = [Time::from_s(2e-3), Time::from_s(0.123_456_789_012_345)];
    assert_eq!(sink.of(x1), expected);
    assert_eq!(sink.count(), 3);
    let seconds = sink.seconds();
    assert_eq!(seconds.len(), c.elements().len());
    assert_eq!(seconds[x1.index()], [2e-3, 0.123_456_789_012_345]);
    let resistor = c.find_element("r1").expect("an element");
    assert_eq!(sink.of(resistor), []);
}

#[test]
fn the_spike_list_is_a_table_in_the_order_of_time() {
    let c = circuit();
    let mut sink = SpikeWriter::new(Vec::new());
    three_spikes().play(&c, &mut sink);
    let text = String::from_utf8(sink.into_inner().expect("memory")).expect("text");
    assert_eq!(text, "time_s,element\n0.002,x1.n1\n0.002,n1\n0.123456789012345,x1.n1\n");
}
