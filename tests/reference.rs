//! Pages of the manual that are made from the program's own tables.

use std::{env, fs, path::Path};

/// Holds a page equal to what the program says; with MEMSPIKE_DOCS=write it is written anew.
fn hold(page: &str, made: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
    if env::var("MEMSPIKE_DOCS").is_ok_and(|word| word == "write") {
        fs::write(&path, made).expect("the page is written");
    }
    let stands = fs::read_to_string(&path).expect("the page stands");
    assert_eq!(stands, made, "write {page} with MEMSPIKE_DOCS=write cargo test --test reference");
}

#[test]
fn the_page_of_the_command_line_says_what_help_says() {
    hold("docs/commands.md", &memspike_cli::reference());
}

#[test]
fn every_option_of_every_verb_is_in_its_help() {
    let page = memspike_cli::reference();
    for section in page.split("\n## memspike ").skip(1) {
        let verb = section.split_whitespace().next().expect("a verb has a name");
        let help = std::process::Command::new(env!("CARGO_BIN_EXE_memspike"))
            .args(["help", verb])
            .output()
            .expect("memspike runs");
        let help = String::from_utf8(help.stdout).expect("help is text");
        let rows = section.lines().filter(|line| line.starts_with("| `"));
        for row in rows {
            let name = row.split('`').find(|word| word.starts_with("--"));
            let name = name.map_or("", |name| name.split(' ').next().unwrap_or(name));
            assert!(help.contains(name), "{verb} has {name}");
        }
    }
}
