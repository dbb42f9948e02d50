//! Files that appear when they are complete, and which file a path leads to.

use std::fs;
use std::io::Write;
use std::path::Path;
#[cfg(unix)]
use std::process::Command;

use memspike_files::{Identity, OutputFile, is_standard_output};

#[test]
fn a_file_appears_when_it_is_finished() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("out.csv");
    fs::write(&path, "old").expect("written");
    let mut file = OutputFile::create(&path).expect("can be written");
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
    let mut file = OutputFile::create(folder.path().join("out.vcd")).expect("can be written");
    file.write_all(b"half").expect("written");
    drop(file);
    assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 0);
}

#[test]
fn a_path_that_cannot_be_written_fails_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    assert!(OutputFile::create(folder.path().join("none/out.vcd")).is_err(), "no such folder");
    assert!(OutputFile::create(folder.path()).is_err(), "a folder");
    assert!(OutputFile::create("").is_err(), "no name");
}

#[cfg(unix)]
#[test]
fn a_device_is_written_and_not_replaced() {
    use std::os::unix::fs::FileTypeExt;
    let mut file = OutputFile::create("/dev/null").expect("can be written");
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
    let mut file = OutputFile::create(&link).expect("can be written");
    file.write_all(b"new").expect("written");
    file.finish().expect("moved");
    assert!(fs::symlink_metadata(&link).expect("there").is_symlink());
    assert_eq!(fs::read_to_string(&real).expect("readable"), "new");
    assert_eq!(fs::metadata(&real).expect("there").permissions().mode() & 0o777, 0o640);
}

#[cfg(unix)]
#[test]
fn permissions_stay_also_where_the_mask_would_take_some() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("shared");
    fs::write(&path, "old").expect("written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).expect("set");
    OutputFile::write(&path, b"new").expect("written");
    assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o666);
}

#[cfg(unix)]
#[test]
fn another_name_of_the_file_keeps_the_old_content() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    fs::write(at("one"), "old").expect("written");
    fs::hard_link(at("one"), at("other")).expect("linked");
    OutputFile::write(at("one"), b"new").expect("written");
    assert_eq!(fs::read(at("one")).expect("readable"), b"new");
    assert_eq!(fs::read(at("other")).expect("readable"), b"old");
}

#[cfg(unix)]
#[test]
fn a_link_to_nothing_is_followed() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    symlink("absent", at("link")).expect("linked");
    OutputFile::write(at("link"), b"new").expect("written");
    assert!(fs::symlink_metadata(at("link")).expect("there").is_symlink());
    assert_eq!(fs::read(at("absent")).expect("readable"), b"new");
    symlink("circle", at("circle")).expect("linked");
    assert!(OutputFile::create(at("circle")).is_err(), "it leads nowhere");
}

#[test]
fn a_path_that_ends_as_one_of_a_folder_is_none_of_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let error = OutputFile::create(folder.path().join("new/")).expect_err("there is no folder");
    assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
    assert!(!folder.path().join("new").exists());
}

#[test]
fn the_longest_name_that_a_system_takes_can_be_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("n".repeat(255));
    OutputFile::write(&path, b"all").expect("written");
    assert_eq!(fs::read(&path).expect("readable"), b"all");
}

#[cfg(unix)]
#[test]
fn a_full_disk_says_so_and_what_to_do() {
    let mut file = OutputFile::create("/dev/full").expect("can be opened");
    file.write_all(b"too much").expect("buffered");
    let error = file.finish().expect_err("full");
    assert_eq!(error.kind(), std::io::ErrorKind::StorageFull);
    assert!(error.to_string().contains("make room"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_pipe_is_opened_once_and_checking_it_does_not_open_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("coreutils").success());
    // Nobody reads yet: opening would wait.
    OutputFile::check(&pipe).expect("can be written");
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || fs::read_to_string(pipe).expect("a text")
    });
    OutputFile::write(&pipe, b"all of it").expect("written");
    assert_eq!(reader.join().expect("it ends"), "all of it");
}

#[cfg(unix)]
#[test]
fn a_pipe_without_a_reader_is_waited_for_as_long_as_patience_lasts() {
    use std::ops::ControlFlow;
    use std::time::Duration;
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("coreutils").success());
    let mut asked = Vec::new();
    let error = OutputFile::create_patiently(&pipe, &mut |path, waited| {
        asked.push((path.to_owned(), waited));
        if asked.len() < 3 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    assert_eq!(error.expect_err("nobody reads").kind(), std::io::ErrorKind::Interrupted);
    assert!(asked.iter().all(|(path, _)| *path == pipe));
    assert!(asked[0].1 < asked[1].1 && asked[2].1 >= Duration::from_millis(20), "{asked:?}");
}

#[cfg(unix)]
#[test]
fn a_reader_who_takes_his_time_gets_more_than_a_pipe_holds() {
    use std::io::Read;
    use std::time::Duration;
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("coreutils").success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || {
            let mut file = fs::File::open(pipe).expect("a pipe");
            // By now the writer has filled it.
            std::thread::sleep(Duration::from_millis(100));
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).expect("readable");
            bytes
        }
    });
    let bytes: Vec<u8> = (0..1_000_000_u32).map(|at| (at % 251) as u8).collect();
    OutputFile::write(&pipe, &bytes).expect("written");
    assert!(reader.join().expect("it ends") == bytes);
}

#[test]
fn no_message_shows_a_temporary_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let error = OutputFile::create(folder.path().join("none/out.vcd")).expect_err("no folder");
    assert!(!error.to_string().contains(".part"), "{error}");
    assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
    let file = folder.path().join("file");
    fs::write(&file, "").expect("written");
    let error = OutputFile::create(file.join("out.vcd")).expect_err("a path under a file");
    assert!(!error.to_string().contains(".part"), "{error}");
}

#[test]
fn one_file_in_any_spelling_is_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    fs::write(at("a"), "").expect("written");
    fs::write(at("b"), "").expect("written");
    fs::create_dir(at("inner")).expect("made");
    let same = |x: &Path, y: &Path| Identity::of(x) == Identity::of(y);
    assert!(same(&at("a"), &at("inner/../a")));
    assert!(!same(&at("a"), &at("b")));
    // Also before it is there.
    assert!(same(&at("new"), &at("inner/../new")));
    assert!(!same(&at("new"), &at("newer")));
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(at("a"), at("soft")).expect("linked");
        fs::hard_link(at("a"), at("hard")).expect("linked");
        std::os::unix::fs::symlink(folder.path(), at("inner/up")).expect("linked");
        std::os::unix::fs::symlink(at("new"), at("dangling")).expect("linked");
        assert!(same(&at("a"), &at("soft")));
        assert!(same(&at("a"), &at("hard")));
        assert!(same(&at("a"), &at("inner/up/a")));
        assert!(same(&at("new"), &at("inner/up/new")));
        assert!(same(&at("new"), &at("dangling")));
    }
}

/// Their numbers may be the same: the first file that a system makes is often number 1.
#[cfg(target_os = "linux")]
#[test]
fn files_of_two_file_systems_are_two_whatever_their_numbers() {
    assert_ne!(Identity::of(Path::new("/proc")), Identity::of(Path::new("/sys")));
    assert_ne!(Identity::of(Path::new("/proc")), Identity::of(Path::new("/dev/pts")));
}

#[cfg(target_os = "linux")]
#[test]
fn every_name_of_standard_output_is_known() {
    use std::os::fd::AsFd;
    use std::os::unix::fs::MetadataExt;
    let own = fs::File::from(std::io::stdout().as_fd().try_clone_to_owned().expect("open"));
    let own = own.metadata().expect("known");
    for name in ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"] {
        let there = fs::metadata(name).expect("a name of standard output");
        assert_eq!((there.dev(), there.ino()), (own.dev(), own.ino()), "{name}");
        assert!(is_standard_output(Path::new(name)), "{name}");
    }
    assert!(is_standard_output(Path::new("-")));
    for name in ["/dev/fd/2", "/dev/stderr", "./-", "stdout"] {
        assert!(!is_standard_output(Path::new(name)), "{name}");
    }
}

/// A system lets nobody write a program that runs, whoever it is.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_the_system_protects_is_not_replaced() {
    let program = std::env::current_exe().expect("a program");
    let error = OutputFile::check(&program).expect_err("it runs");
    assert_eq!(error.kind(), std::io::ErrorKind::ExecutableFileBusy);
    assert!(OutputFile::create(&program).is_err());
}
