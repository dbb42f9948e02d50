//! A folder with inputs, the program in it, and what lies there afterwards.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Read,
    os::unix::fs::FileTypeExt,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::kinds;

/// What lies at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    Folder,
    File(Vec<u8>),
    Link(PathBuf),
    Pipe,
}

/// Everything below a folder, by its path there.
pub type Tree = BTreeMap<String, Entry>;

/// A folder with the inputs of every verb.
pub struct Place(TempDir);

impl Place {
    pub fn new() -> Self {
        let place = Self(TempDir::new().expect("a temporary folder"));
        for (name, bytes) in kinds::inputs() {
            place.put(name, &bytes);
        }
        place
    }

    pub fn folder(&self) -> &Path {
        self.0.path()
    }

    pub fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file, with the folders around it.
    pub fn put(&self, name: &str, bytes: &[u8]) {
        let path = self.at(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is made");
        fs::write(path, bytes).expect("the file is written");
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.at(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub fn pipe(&self, name: &str) {
        let path = self.at(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is made");
        assert!(Command::new("mkfifo").arg(path).status().expect("coreutils").success());
    }

    pub fn tree(&self) -> Tree {
        let mut tree = Tree::new();
        gather(self.folder(), "", &mut tree);
        tree
    }

    /// Removes what an abort left of an output.
    pub fn remove_temporary(&self) {
        for entry in std::fs::read_dir(self.folder()).expect("a folder").flatten() {
            if entry.path().extension().is_some_and(|extension| extension == "part") {
                std::fs::remove_file(entry.path()).expect("a file");
            }
        }
    }

    /// The program with these words as arguments.
    pub fn command(&self, words: &str) -> Command {
        self.within(&[], words)
    }

    /// The program, started by other programs: `sh`, `env`.
    pub fn within(&self, starters: &[&str], words: &str) -> Command {
        let program = env!("CARGO_BIN_EXE_memspike");
        let line: Vec<&str> =
            starters.iter().copied().chain([program]).chain(words.split_whitespace()).collect();
        let mut command = Command::new(line[0]);
        command.args(&line[1..]).current_dir(self.folder()).stdin(Stdio::null());
        command
    }

    pub fn run(&self, words: &str) -> Said {
        Said::of(self.command(words).output().expect("memspike starts"))
    }

    /// The program with every signal as a terminal gives it, whatever this process ignores.
    pub fn start(&self, words: &str) -> Running {
        self.start_within(&["env", "--default-signal=INT,TERM,HUP"], words)
    }

    pub fn start_within(&self, starters: &[&str], words: &str) -> Running {
        let mut command = self.within(starters, words);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Running(Some(command.spawn().expect("memspike starts")))
    }

    /// The temporary file or folder of an output, once it is there.
    pub fn part(&self, name: &str) -> Option<PathBuf> {
        let (folder, name) = match name.rsplit_once('/') {
            Some((folder, name)) => (self.at(folder), name),
            None => (self.folder().to_owned(), name),
        };
        let entries = fs::read_dir(folder).ok()?.flatten();
        let mut parts = entries.filter(|entry| {
            let found = entry.file_name().to_string_lossy().into_owned();
            found.starts_with(&format!("{name}.")) && found.ends_with(".part")
        });
        parts.next().map(|entry| entry.path())
    }

    /// Waits until the temporary file of an output grows no more.
    pub fn wait_for_still_part(&self, name: &str) {
        let mut seen = 0;
        wait_until(name, || {
            let length =
                self.part(name).map_or(0, |part| fs::metadata(part).map_or(0, |m| m.len()));
            let before = std::mem::replace(&mut seen, length);
            thread::sleep(Duration::from_millis(300));
            seen > 0 && seen == before
        });
    }

    /// Waits until the temporary file of an output has more than so many bytes.
    pub fn wait_for_part(&self, name: &str, bytes: u64) {
        let length = |path: PathBuf| fs::metadata(path).map_or(0, |metadata| metadata.len());
        wait_until(&format!("{bytes} bytes of {name}"), || {
            self.part(name).map_or(0, length) > bytes
        });
    }
}

fn gather(folder: &Path, prefix: &str, tree: &mut Tree) {
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry")) {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type().expect("a type");
        let found = if kind.is_dir() {
            gather(&entry.path(), &format!("{name}/"), tree);
            Entry::Folder
        } else if kind.is_symlink() {
            Entry::Link(fs::read_link(entry.path()).expect("a link"))
        } else if kind.is_fifo() {
            Entry::Pipe
        } else {
            Entry::File(fs::read(entry.path()).expect("a file"))
        };
        tree.insert(name, found);
    }
}

/// The files and links of a tree, without its folders.
pub fn without_folders(tree: Tree) -> Tree {
    tree.into_iter().filter(|(_, entry)| *entry != Entry::Folder).collect()
}

/// Nothing temporary is left.
pub fn assert_no_leftovers(tree: &Tree, case: &str) {
    let left: Vec<&String> = tree.keys().filter(|name| name.contains(".part")).collect();
    assert!(left.is_empty(), "{case}: {left:?}");
}

/// How the program ended and what it said.
#[derive(Debug)]
pub struct Said {
    /// The exit status; none if a signal ended it.
    pub status: Option<i32>,
    pub out: Vec<u8>,
    pub err: String,
}

impl Said {
    /// What it said must be for people.
    pub fn of(output: Output) -> Self {
        let err = String::from_utf8(output.stderr).expect("messages are UTF-8");
        for word in [".part", ".tmp", "panicked", "backtrace"] {
            assert!(!err.contains(word), "{word} in {err}");
        }
        Self { status: output.status.code(), out: output.stdout, err }
    }

    pub fn assert(&self, case: &str, status: i32, words: &[&str]) {
        let Self { status: found, err, .. } = self;
        assert_eq!(*found, Some(status), "{case}: {err}");
        for word in words {
            assert!(err.contains(word), "{case}: no {word} in {err}");
        }
    }
}

/// A program at work; it does not outlive the test.
pub struct Running(Option<Child>);

impl Running {
    fn child(&mut self) -> &mut Child {
        self.0.as_mut().expect("it has not ended")
    }

    pub fn is_alive(&mut self) -> bool {
        self.child().try_wait().expect("it can be asked").is_none()
    }

    /// Sends a signal by its name.
    pub fn send(&mut self, signal: &str) {
        let pid = self.child().id().to_string();
        let sent = Command::new("kill").args([&format!("-{signal}"), &pid]).status();
        assert!(sent.expect("kill starts").success(), "{signal}");
    }

    /// Waits until the program has taken over the signal of this number.
    pub fn wait_until_it_hears(&mut self, number: u32) {
        let pid = self.child().id();
        wait_until("a program that hears signals", || has(pid, "SigCgt:", number));
    }

    /// Waits until a signal that was sent has arrived.
    pub fn wait_until_heard(&mut self, number: u32) {
        let pid = self.child().id();
        wait_until("a signal that arrives", || !has(pid, "ShdPnd:", number));
    }

    /// Reads so many bytes of its standard output.
    pub fn read(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        let out = self.child().stdout.as_mut().expect("it is a pipe");
        out.read_exact(&mut bytes).expect("there is as much");
        bytes
    }

    /// Reads its messages up to the line that has these words.
    pub fn wait_until_it_says(&mut self, words: &str) {
        let messages = self.child().stderr.as_mut().expect("it is a pipe");
        let (mut line, mut byte) = (Vec::new(), [0]);
        while !String::from_utf8_lossy(&line).contains(words) {
            messages.read_exact(&mut byte).unwrap_or_else(|_| panic!("it never says {words}"));
            match byte {
                [b'\n'] => line.clear(),
                [byte] => line.push(byte),
            }
        }
    }

    /// The end of it, with the rest of what it says.
    pub fn end(mut self) -> Said {
        let child = self.0.take().expect("it has not ended");
        Said::of(child.wait_with_output().expect("memspike ends"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Whether a signal is in one of the sets that Linux shows of a process.
fn has(pid: u32, set: &str, number: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix(set));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    mask & (1 << (number - 1)) != 0
}

/// Waits for what must come; a test that waits in vain fails.
pub fn wait_until(what: &str, mut came: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !came() {
        assert!(begin.elapsed() < Duration::from_secs(60), "waited in vain for {what}");
        thread::sleep(Duration::from_millis(1));
    }
}

/// Everything that comes through a pipe, taken a little at a time.
pub fn read_slowly(path: &Path) -> Vec<u8> {
    let mut pipe = File::open(path).expect("a pipe");
    let (mut all, mut piece) = (Vec::new(), [0; 16 * 1024]);
    loop {
        let count = pipe.read(&mut piece).expect("it can be read");
        if count == 0 {
            return all;
        }
        all.extend(&piece[..count]);
        thread::sleep(Duration::from_millis(1));
    }
}
