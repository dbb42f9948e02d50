//! The manual: every command that its pages show is run, every link leads somewhere.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Pages whose commands are run, each in a folder of its own.
const RUN: [&str; 12] = [
    "docs/start.md",
    "docs/guides/card.md",
    "docs/guides/circuit.md",
    "docs/guides/network.md",
    "docs/guides/core.md",
    "docs/guides/cosim.md",
    "docs/guides/large.md",
    "docs/guides/from-snntorch.md",
    "docs/solving.md",
    "docs/guides/from-ngspice.md",
    "docs/guides/from-ltspice.md",
    "docs/guides/from-nest.md",
];

/// A block of a page between lines of three backticks.
struct Block {
    /// What stands behind the first three, in words: a kind, and a file's name.
    head: Vec<String>,
    text: String,
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for line in page.lines() {
        match (line.strip_prefix("```"), open.as_mut()) {
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(head), None) => {
                let head = head.split_whitespace().map(str::to_owned).collect();
                open = Some(Block { head, text: String::new() });
            }
            (None, Some(block)) => block.text.push_str(&format!("{line}\n")),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    blocks
}

/// A command and the lines that it is said to print.
struct Shown {
    command: String,
    lines: Vec<String>,
}

fn commands(text: &str) -> Vec<Shown> {
    let mut all: Vec<Shown> = Vec::new();
    for line in text.lines() {
        match line.strip_prefix("$ ") {
            Some(command) => all.push(Shown { command: command.to_owned(), lines: Vec::new() }),
            None => all.last_mut().expect("a command is first").lines.push(line.to_owned()),
        }
    }
    all
}

/// Runs a command in a folder. `!` begins a line of standard error, or says the status that is not 0.
fn run(folder: &Path, shown: &Shown) {
    let program = Path::new(env!("CARGO_BIN_EXE_memspike")).parent().expect("a folder");
    let paths = format!("{}:{}", program.display(), std::env::var("PATH").unwrap_or_default());
    let output = Command::new("sh")
        .args(["-c", &shown.command])
        .current_dir(folder)
        .env("PATH", paths)
        .output()
        .expect("sh runs");
    let said = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
    let (out, err) = (said(&output.stdout), said(&output.stderr));
    let (wrong, right): (Vec<&String>, Vec<&String>) =
        shown.lines.iter().partition(|line| line.starts_with('!'));
    let status = wrong.iter().find_map(|line| line.strip_prefix("! status "));
    let status: i32 = status.map_or(0, |number| number.parse().expect("a status"));
    let command = &shown.command;
    assert_eq!(output.status.code(), Some(status), "{command}\n{out}{err}");
    let wrong: Vec<&str> = wrong
        .into_iter()
        .filter(|line| !line.starts_with("! status"))
        .map(|line| line.strip_prefix("! ").unwrap_or(""))
        .collect();
    if !wrong.is_empty() {
        assert_eq!(err.trim_end().lines().collect::<Vec<_>>(), wrong, "{command}");
    }
    compare(command, &out, &right);
}

/// Holds what was printed against what a page shows; a line of three dots stands for any lines, at the end or alone.
fn compare(command: &str, printed: &str, shown: &[&String]) {
    let printed: Vec<&str> = printed.lines().map(str::trim_end).collect();
    let shown: Vec<&str> = shown.iter().map(|line| line.trim_end()).collect();
    match shown.split_last() {
        Some((&"...", before)) => {
            assert!(printed.len() >= before.len(), "{command}\n{}", printed.join("\n"));
            assert_eq!(&printed[..before.len()], before, "{command}");
        }
        _ => assert_eq!(printed, shown, "{command}"),
    }
}

#[test]
fn every_command_of_the_manual_does_what_its_page_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for page in RUN {
        let folder = tempfile::tempdir().expect("a folder");
        let text = fs::read_to_string(root.join(page)).expect("the page is there");
        let mut run_some = false;
        for block in blocks(&text) {
            match block.head.iter().map(String::as_str).collect::<Vec<_>>()[..] {
                ["console"] => {
                    for shown in commands(&block.text) {
                        run(folder.path(), &shown);
                        run_some = true;
                    }
                }
                [_, name] => fs::write(folder.path().join(name), &block.text).expect("a file"),
                _ => panic!("{page}: a block is 'console', or has a kind and the name of a file"),
            }
        }
        assert!(run_some, "{page} shows no command");
    }
}

/// Markdown files of the project.
fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard", "*.md"])
        .current_dir(root)
        .output()
        .expect("git runs");
    let text = String::from_utf8(listed.stdout).expect("names");
    let pages: Vec<PathBuf> =
        text.lines().map(|name| root.join(name)).filter(|path| path.exists()).collect();
    assert!(pages.len() > 15, "{} pages", pages.len());
    pages
}

/// Targets of links of a page that are not on the web.
fn links(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut in_code = false;
    for line in text.lines() {
        if line.starts_with("```") {
            in_code = !in_code;
        }
        if in_code || line.starts_with("    ") {
            continue;
        }
        let pictures =
            ["src=\"", "srcset=\""].into_iter().flat_map(|mark| line.split(mark).skip(1));
        let pictures = pictures.map(|part| part.split('"').next().unwrap_or(part));
        let own = line.split("](").skip(1).map(|part| part.split(')').next().unwrap_or(part));
        for target in own.chain(pictures) {
            if !target.contains("://") && !target.starts_with("mailto:") {
                found.insert(target.to_owned());
            }
        }
    }
    found
}

/// The anchor that a forge gives a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[test]
fn every_link_of_every_page_leads_somewhere() {
    let mut dead = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).expect("a page");
        for link in links(&text) {
            let (file, place) =
                link.split_once('#').map_or((link.as_str(), None), |(f, p)| (f, Some(p)));
            let target = if file.is_empty() {
                page.clone()
            } else {
                page.parent().expect("a folder").join(file)
            };
            let has_place = |place: &str| {
                fs::read_to_string(&target).is_ok_and(|text| {
                    let headings = text.lines().filter(|line| line.starts_with('#'));
                    headings
                        .map(|line| anchor(line.trim_start_matches('#')))
                        .any(|known| known == place)
                })
            };
            if !target.exists() || place.is_some_and(|place| !has_place(place)) {
                dead.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(dead.is_empty(), "dead links:\n{}", dead.join("\n"));
}

#[test]
fn every_page_of_the_manual_is_in_its_contents() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let contents = links(&fs::read_to_string(root.join("docs/README.md")).expect("the contents"));
    for folder in ["docs", "docs/guides"] {
        for entry in fs::read_dir(root.join(folder)).expect("a folder") {
            let path = entry.expect("a page").path();
            let name = path.strip_prefix(root.join("docs")).expect("within").display().to_string();
            if name.ends_with(".md") && name != "README.md" {
                assert!(contents.contains(&name), "{name} is not in docs/README.md");
            }
        }
    }
}
