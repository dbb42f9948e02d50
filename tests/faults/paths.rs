//! Paths that cannot be written, limits, full disks, and links to inputs: nothing changes on disk.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
};

use crate::{
    kinds::{
        BACKWARDS, CORE, DEMO, DEMO_FOLDER, FILES, FileKind, FolderKind, PAPER, TRAINING, files,
        with_path,
    },
    rig::{Entry, Place, Said, assert_no_leftovers, without_folders},
};

/// Starts a program that may write no byte to a regular file.
const NO_BYTE: [&str; 4] = ["sh", "-c", "ulimit -f 0; exec \"$@\"", "sh"];

/// A path that is no good.
struct Fault {
    name: &'static str,
    path: &'static str,
    status: i32,
    /// What the message says beside the path.
    says: &'static str,
}

/// `soft` and `hard` are links to what the command reads, `kept` is a file, `taken` a folder; `*` is what names end in.
const FAULTS: [Fault; 10] = [
    Fault { name: "a full disk", path: "/dev/full", status: 1, says: "make room" },
    Fault { name: "a link to a full disk", path: "full*", status: 1, says: "make room" },
    Fault { name: "no files there", path: "/proc/out*", status: 2, says: "cannot write" },
    Fault {
        name: "a path under a file",
        path: "kept*/out*",
        status: 2,
        says: "a file and no folder",
    },
    Fault { name: "no such folder", path: "none/out*", status: 2, says: "make it first" },
    Fault { name: "a folder", path: "taken*", status: 2, says: "it is a folder" },
    Fault { name: "a symbolic link to the input", path: "soft*", status: 2, says: "is read by" },
    Fault { name: "a hard link to the input", path: "hard*", status: 2, says: "is read by" },
    Fault { name: "a way round to the input", path: "taken/soft*", status: 2, says: "is read by" },
    Fault { name: "a link in a circle", path: "circle*", status: 2, says: "cannot write" },
];

/// A place with links and more for a kind, whose names end as its names must.
fn place_for(kind: &FileKind) -> Place {
    let place = Place::new();
    let named = |name: &str| format!("{name}{}", kind.ending);
    place.put(&named("kept"), b"old");
    fs::create_dir(place.at(&named("taken"))).expect("a folder");
    fs::create_dir_all(place.at("taken")).expect("a folder");
    fs::hard_link(place.at(kind.input), place.at(&named("hard"))).expect("a link");
    for (target, link) in [
        (kind.input, named("soft")),
        (&format!("../{}", named("soft")), named("taken/soft")),
        (&named("circle"), named("circle")),
        ("/dev/full", named("full")),
    ] {
        symlink(target, place.at(&link)).expect("a link");
    }
    place
}

#[test]
fn a_path_that_is_no_good_is_named_and_nothing_changes() {
    for kind in files() {
        let place = place_for(kind);
        let before = place.tree();
        for Fault { name, path, status, says } in FAULTS {
            let case = format!("{}, {name}", kind.name);
            let path = path.replace('*', kind.ending);
            // What is written from its end takes no device.
            let Some(stem) = path.strip_suffix(kind.ending) else { continue };
            let is_refused = name == "a link to a full disk" && !kind.ending.is_empty();
            let (status, says) =
                if is_refused { (2, "needs a file and no pipe or device") } else { (status, says) };
            let said = place.run(&with_path(kind.command, stem));
            said.assert(&case, status, &[&format!("'{path}'"), says]);
            assert!(place.tree() == before, "{case}: {:?}", place.tree().keys());
        }
    }
}

#[test]
fn an_output_that_is_no_good_costs_no_work_and_leaves_no_other_output() {
    let place = Place::new();
    let before = place.tree();
    let said = place.run("run neuron.cir --vcd good.vcd --csv none/out");
    said.assert("two outputs", 2, &["'none/out'"]);
    // A run would have printed its results.
    assert_eq!(said.out, b"");
    assert!(place.tree() == before);
}

#[test]
fn a_limit_of_the_size_of_files_is_named_and_the_old_file_stays() {
    for kind in files() {
        let place = place_for(kind);
        let before = place.tree();
        for path in ["kept", "new"] {
            let mut command = place.within(&NO_BYTE, &with_path(kind.command, path));
            let said = Said::of(command.output().expect("sh starts"));
            let words = ["cannot write", &format!("'{path}{}'", kind.ending), "ulimit -f"];
            said.assert(kind.name, 1, &words);
            assert!(place.tree() == before, "{}: {:?}", kind.name, place.tree().keys());
        }
    }
}

#[test]
fn a_limit_that_is_reached_in_the_middle_leaves_no_half_of_a_file() {
    // Ten thousand points are more than 64 blocks, of 512 or 1024 bytes as the shell has them.
    let within = ["sh", "-c", "ulimit -f 64; exec \"$@\"", "sh"];
    for kind in FILES[..2].iter().chain(&BACKWARDS) {
        let place = place_for(kind);
        let before = place.tree();
        let words = with_path(kind.command, "kept");
        let said = Said::of(place.within(&within, &words).output().expect("sh starts"));
        let path = format!("cannot write 'kept{}'", kind.ending);
        said.assert(kind.name, 1, &[&path, "ulimit -f"]);
        assert!(place.tree() == before, "{}", kind.name);
    }
}

#[test]
fn what_the_system_protects_is_refused_and_what_it_lets_is_written_whole() {
    // To root nothing is protected; whether it is, a file of our own tells.
    for kind in files() {
        let place = place_for(kind);
        let kept = format!("kept{}", kind.ending);
        let set = |name: &str, mode| {
            let permissions = fs::Permissions::from_mode(mode);
            fs::set_permissions(place.at(name), permissions).expect("it is ours");
        };
        set(&kept, 0o444);
        set("taken", 0o555);
        let allowed = fs::write(place.at("taken/own"), "").is_ok();
        for path in ["kept", "taken/new"] {
            let said = place.run(&with_path(kind.command, path));
            let path = format!("{path}{}", kind.ending);
            let (tree, case) = (place.tree(), format!("{}, {path}", kind.name));
            assert_no_leftovers(&tree, &case);
            if allowed {
                said.assert(&case, 0, &[]);
                let whole = place.read(&path);
                assert!(whole.ends_with(b"\n") || whole.len() > 100_000, "{case}");
            } else {
                said.assert(&case, 2, &["cannot write", &format!("'{path}'"), "protected"]);
                assert_eq!(tree[&kept], Entry::File(b"old".to_vec()), "{case}");
                assert!(!tree.contains_key(&format!("taken/new{}", kind.ending)), "{case}");
            }
        }
        set("taken", 0o755);
    }
}

/// A folder kind and where its folder is to be; `demo` gets there by a link.
fn folder_run(place: &Place, kind: &FolderKind, path: &str, starters: &[&str]) -> (Said, String) {
    let mut shown = path.to_owned();
    if kind.name == DEMO.name {
        let around = Path::new(path).parent().filter(|around| *around != Path::new(""));
        symlink(around.unwrap_or(Path::new(".")), place.at("out")).expect("a link");
        shown = DEMO_FOLDER.to_owned();
    }
    let mut command = place.within(starters, &with_path(kind.command, path));
    (Said::of(command.output().expect("it starts")), shown)
}

#[test]
fn a_folder_that_cannot_be_made_is_named_and_nothing_changes() {
    for kind in [&CORE, &TRAINING, &PAPER, &DEMO] {
        for path in ["/proc/demo", "w.npy/demo"] {
            let place = Place::new();
            let before = place.tree();
            let (said, shown) = folder_run(&place, kind, path, &["env"]);
            let case = format!("{}, {path}", kind.name);
            said.assert(&case, 2, &[&format!("'{shown}'"), "cannot"]);
            let mut after = place.tree();
            after.remove("out");
            assert!(after == before, "{case}: {:?}", after.keys());
        }
    }
}

#[test]
fn a_limit_of_the_size_of_files_leaves_no_half_of_a_folder() {
    let place = Place::new();
    let before = place.tree();
    // The first files of the folder are shorter than two blocks, the last ones longer.
    for (limit, path) in [(0, "core"), (2, "core"), (2, "empty")] {
        if path == "empty" {
            fs::create_dir(place.at(path)).expect("a folder");
        }
        let limit = format!("ulimit -f {limit}; exec \"$@\"");
        let words = with_path(CORE.command, path);
        let mut command = place.within(&["sh", "-c", &limit, "sh"], &words);
        let said = Said::of(command.output().expect("sh starts"));
        said.assert(path, 1, &["cannot write", &format!("'{path}'"), "ulimit -f"]);
        let mut after = place.tree();
        assert_eq!(after.remove(path), (path == "empty").then_some(Entry::Folder));
        assert!(after == before, "{path}: {:?}", after.keys());
    }
}

/// Folders whose files are written one by one, each whole.
const ONE_BY_ONE: [&FolderKind; 3] = [&TRAINING, &PAPER, &DEMO];

#[test]
fn a_limit_of_the_size_of_files_leaves_every_old_file_of_a_folder() {
    for kind in ONE_BY_ONE {
        let place = Place::new();
        place.put(&format!("{DEMO_FOLDER}/{}", kind.late), b"old");
        place.put(&format!("{DEMO_FOLDER}/network.vcd"), b"old");
        let before = without_folders(place.tree());
        let words = with_path(kind.command, DEMO_FOLDER);
        let said = Said::of(place.within(&NO_BYTE, &words).output().expect("sh starts"));
        said.assert(kind.name, 1, &[&format!("cannot write '{DEMO_FOLDER}/"), "ulimit -f"]);
        let after = without_folders(place.tree());
        assert!(after == before, "{}: {:?}", kind.name, after.keys());
    }
}

#[test]
fn a_full_disk_behind_a_file_of_a_folder_is_named_and_nothing_temporary_is_left() {
    for kind in ONE_BY_ONE {
        let place = Place::new();
        let late = format!("{DEMO_FOLDER}/{}", kind.late);
        fs::create_dir_all(place.at(DEMO_FOLDER)).expect("a folder");
        symlink("/dev/full", place.at(&late)).expect("a link");
        let said = place.run(&with_path(kind.command, DEMO_FOLDER));
        said.assert(kind.name, 1, &[&format!("cannot write '{late}'"), "make room"]);
        let tree = place.tree();
        assert_no_leftovers(&tree, kind.name);
        assert_eq!(tree[&late], Entry::Link("/dev/full".into()), "{}", kind.name);
    }
}

#[test]
fn a_folder_never_takes_the_place_of_what_is_read() {
    for kind in [&TRAINING, &PAPER] {
        for hard in [false, true] {
            let place = Place::new();
            let late = format!("{DEMO_FOLDER}/{}", kind.late);
            fs::create_dir_all(place.at(DEMO_FOLDER)).expect("a folder");
            if hard {
                fs::hard_link(place.at("card.lib"), place.at(&late)).expect("a link");
            } else {
                symlink("../../card.lib", place.at(&late)).expect("a link");
            }
            let before = place.tree();
            let said = place.run(&with_path(kind.command, DEMO_FOLDER));
            said.assert(kind.name, 2, &[&format!("'{late}'"), "is read by"]);
            assert!(place.tree() == before, "{}", kind.name);
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn little_memory_slows_a_run_or_is_said_before_it_and_never_touches_what_was_there() {
    let place = Place::new();
    let run = "run neuron.cir --until 300 --grid 10m --vcd w.vcd --threads 1";
    place.run(run).assert("all memory", 0, &[]);
    let whole = place.read("w.vcd");
    let before = place.tree();
    for kilobytes in (6..40).map(|step| 4000 * step) {
        let limit = format!("ulimit -v {kilobytes}; exec \"$@\"");
        let output = place.within(&["sh", "-c", &limit, "sh"], run).output().expect("sh starts");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        match output.status.code() {
            Some(0) => {}
            // The system's loader has no room for the libraries, those of MPI among them.
            Some(127) => assert!(said.contains("shared libraries"), "{kilobytes} kB: {said}"),
            Some(1) => assert!(said.contains("cannot start"), "{kilobytes} kB: {said}"),
            Some(2) => assert!(said.contains("ulimit -v"), "{kilobytes} kB: {said}"),
            // The system has no room for the program itself, and ends it before it begins.
            None if kilobytes < 40_000 && said.is_empty() => {}
            // Between the least and plenty, a run on a busy machine may meet the limit after all.
            None if kilobytes < 100_000 => {
                assert!(said.contains("memory allocation"), "{kilobytes} kB: {said}");
                place.remove_temporary();
            }
            other => panic!("{kilobytes} kB: {other:?} {said}"),
        }
        assert!(place.tree() == before && place.read("w.vcd") == whole, "{kilobytes} kB");
    }
}
