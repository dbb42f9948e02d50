//! Folders that appear when they are complete.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use memspike_files::{FolderFile, OutputFolder, ScratchFolder};

fn write(file: io::Result<FolderFile>, bytes: &[u8]) {
    file.expect("a file").write_all(bytes).expect("written");
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("it is there");
    let name = |entry: std::io::Result<fs::DirEntry>| entry.expect("an entry").file_name();
    let mut names: Vec<String> =
        entries.map(|entry| name(entry).to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn a_folder_appears_when_it_is_finished() {
    let around = tempfile::tempdir().expect("a folder");
    let path = around.path().join("core");
    let folder = OutputFolder::create(&path).expect("can be made");
    write(folder.file("a"), b"first");
    write(folder.file("b"), b"second");
    assert!(!path.exists());
    folder.finish().expect("moved");
    assert_eq!(names(around.path()), ["core"]);
    assert_eq!(names(&path), ["a", "b"]);
    assert_eq!(fs::read(path.join("b")).expect("readable"), b"second");
}

#[test]
fn an_unfinished_folder_leaves_nothing_and_an_empty_one_empty() {
    let around = tempfile::tempdir().expect("a folder");
    let at = |name: &str| around.path().join(name);
    fs::create_dir(at("empty")).expect("made");
    for name in ["new", "empty"] {
        OutputFolder::check(at(name)).expect("can be made");
        let folder = OutputFolder::create(at(name)).expect("can be made");
        write(folder.file("a"), b"half");
        drop(folder);
    }
    assert_eq!(names(around.path()), ["empty"]);
    assert_eq!(names(&at("empty")), [""; 0]);
}

#[test]
fn what_is_not_empty_or_no_folder_is_refused_and_kept() {
    let around = tempfile::tempdir().expect("a folder");
    let at = |name: &str| around.path().join(name);
    fs::create_dir(at("full")).expect("made");
    fs::write(at("full/mine"), "keep").expect("written");
    fs::write(at("file"), "keep").expect("written");
    for (path, kind) in [
        ("full", ErrorKind::DirectoryNotEmpty),
        ("file", ErrorKind::NotADirectory),
        ("file/core", ErrorKind::NotADirectory),
        ("none/core", ErrorKind::NotFound),
    ] {
        let error = OutputFolder::create(at(path)).expect_err(path);
        assert_eq!(error.kind(), kind, "{path}");
        assert!(!error.to_string().contains(".part"), "{path}: {error}");
    }
    assert!(OutputFolder::create("").is_err(), "no name");
    // The tests run in the folder of the crate.
    assert!(OutputFolder::create(".").is_err(), "the current folder");
    assert_eq!(names(around.path()), ["file", "full"]);
    assert_eq!(fs::read(at("full/mine")).expect("readable"), b"keep");
}

#[test]
fn a_place_that_another_has_filled_meanwhile_is_kept() {
    let around = tempfile::tempdir().expect("a folder");
    let path = around.path().join("core");
    let folder = OutputFolder::create(&path).expect("can be made");
    write(folder.file("a"), b"ours");
    fs::create_dir(&path).expect("made");
    fs::write(path.join("a"), "theirs").expect("written");
    let error = folder.finish().expect_err("it is taken");
    assert!(!error.to_string().contains(".part"), "{error}");
    assert_eq!(names(around.path()), ["core"]);
    assert_eq!(fs::read(path.join("a")).expect("readable"), b"theirs");
}

#[cfg(unix)]
#[test]
fn permissions_are_those_of_any_new_folder_or_of_the_one_replaced() {
    use std::os::unix::fs::PermissionsExt;
    let around = tempfile::tempdir().expect("a folder");
    let at = |name: &str| around.path().join(name);
    let mode = |name: &str| fs::metadata(at(name)).expect("there").permissions().mode() & 0o777;
    for name in ["usual", "kept"] {
        fs::create_dir(at(name)).expect("made");
    }
    // Wider than any mask leaves.
    fs::set_permissions(at("kept"), fs::Permissions::from_mode(0o777)).expect("set");
    for name in ["new", "kept"] {
        let folder = OutputFolder::create(at(name)).expect("can be made");
        write(folder.file("a"), b"");
        folder.finish().expect("moved");
    }
    fs::write(at("file"), "").expect("written");
    assert_eq!(mode("new"), mode("usual"));
    assert_eq!(mode("new/a"), mode("file"));
    assert_eq!(mode("kept"), 0o777);
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link_and_its_folder_is_filled() {
    use std::os::unix::fs::symlink;
    let around = tempfile::tempdir().expect("a folder");
    let at = |name: &str| around.path().join(name);
    fs::create_dir(at("real")).expect("made");
    symlink("real", at("link")).expect("linked");
    symlink("absent", at("dangling")).expect("linked");
    for link in ["link", "dangling"] {
        let folder = OutputFolder::create(at(link)).expect("can be made");
        write(folder.file("a"), b"in it");
        folder.finish().expect("moved");
        assert!(fs::symlink_metadata(at(link)).expect("there").is_symlink());
    }
    for folder in ["real", "absent"] {
        assert_eq!(names(&at(folder)), ["a"]);
    }
}

#[test]
fn a_scratch_folder_goes_with_its_owner() {
    let scratch = ScratchFolder::new().expect("a folder");
    let path = scratch.path().to_owned();
    write(scratch.file("a"), b"work");
    assert_eq!(fs::read(path.join("a")).expect("readable"), b"work");
    drop(scratch);
    assert!(!path.exists());
}
