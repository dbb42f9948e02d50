//! What memspike writes, held to the bit: a change that ought to change no result changes none.
//!
//! `tests/digests.txt` has a line for each output: its name, its lines, and the start of its SHA-256. After a
//! change that is meant to change results, `MEMSPIKE_DIGESTS=write cargo test --test digests` writes it anew, and the
//! change says which lines moved and why.
//!
//! Logarithms and exponentials come from the machine's mathematical library, which may round its last bit
//! otherwise than the one that the file was written with. The first line is a digest of that library's values; where it
//! differs, outputs are held by their number of lines.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sha2::{Digest, Sha256};

/// Characters of a digest that are kept.
const DIGITS: usize = 20;

/// Folders of decks.
const FOLDERS: [&str; 3] = ["netlists", "netlists/exactness", "netlists/shelf"];

/// Decks of thousands of nodes, of which spikes and results are held and no waveforms, which take minutes.
const WITHOUT_WAVEFORMS: [&str; 2] =
    ["netlists/exactness/ladder", "netlists/exactness/lost-events"];

/// A deck whose measurement must fail.
const FAILS: &str = "failed-measure";

/// Name of an output, its lines, and its digest.
type Digests = BTreeMap<String, (usize, String)>;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn digest(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    let mut digits = String::new();
    for byte in hash.iter().take(DIGITS / 2) {
        let _ = write!(digits, "{byte:02x}");
    }
    digits
}

fn note(digests: &mut Digests, name: String, bytes: &[u8]) {
    let lines = bytes.iter().filter(|byte| **byte == b'\n').count();
    digests.insert(name, (lines, digest(bytes)));
}

/// Values of the mathematical library that the engine uses, over its usual range.
fn library() -> String {
    let mut bits = Vec::new();
    for k in 1..20_000 {
        let x = f64::from(k) * 1.37e-3;
        let values =
            [x.exp(), (-x).exp(), x.ln(), x.exp_m1(), (-x).exp_m1(), x.ln_1p(), x.sin(), x.cos()];
        let more = [
            x.powf(1.7),
            x.powf(1.0 / 3.0),
            x.cbrt(),
            x.tanh(),
            x.sin_cos().0,
            x.hypot(1.0),
            x.atan(),
        ];
        values.iter().chain(&more).for_each(|value| bits.extend(value.to_bits().to_le_bytes()));
    }
    digest(&bits)
}

/// What a command prints, which must end with status 0 unless it `fails` on purpose.
fn output(arguments: &[&str], fails: bool) -> Vec<u8> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_memspike"));
    let command = command.current_dir(root()).args(arguments).stdin(Stdio::null());
    let output = command.output().expect("memspike starts");
    let words = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.success(), !fails, "{arguments:?}: {words}");
    output.stdout
}

fn decks(digests: &mut Digests) {
    let scratch = tempfile::tempdir().expect("a folder");
    for folder in FOLDERS {
        let entries = fs::read_dir(root().join(folder)).expect("decks");
        let mut paths: Vec<PathBuf> =
            entries.map(|entry| entry.expect("an entry").path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "cir"));
        paths.sort();
        for path in paths {
            let stem = path.file_stem().expect("a name").to_string_lossy().into_owned();
            one_deck(digests, &format!("{folder}/{stem}"), &stem, scratch.path());
        }
    }
}

fn one_deck(digests: &mut Digests, name: &str, stem: &str, scratch: &Path) {
    let deck = format!("{name}.cir");
    let fails = stem == FAILS;
    let json = without_version(&output(&["run", &deck, "--json"], fails));
    note(digests, format!("{name} json"), &json);
    let mut kinds = vec!["spikes"];
    if !WITHOUT_WAVEFORMS.contains(&name) {
        kinds.extend(["vcd", "csv"]);
    }
    for kind in kinds {
        let folder = scratch.join(format!("{name}-{kind}"));
        fs::create_dir_all(&folder).expect("a folder");
        let file = folder.join(format!("out.{kind}"));
        let file = file.to_string_lossy();
        output(&["run", &deck, &format!("--{kind}"), &file], fails);
        let written = fs::read_dir(&folder).expect("what was written");
        let mut written: Vec<PathBuf> =
            written.map(|entry| entry.expect("an entry").path()).collect();
        // How viewers show it is no result.
        written.retain(|path| path.extension().is_none_or(|own| own != "gtkw" && own != "sucl"));
        written.sort();
        let mut all = Vec::new();
        for path in written {
            // The date of a VCD is the day's.
            let bytes = fs::read(&path).expect("an output");
            let text = String::from_utf8(bytes).expect("text");
            all.extend(without_date(&text).bytes());
        }
        note(digests, format!("{name} {kind}"), &all);
    }
}

/// A VCD without its date, by the version with which the table was begun.
fn without_date(text: &str) -> String {
    let text = text.replace(concat!("memspike ", env!("CARGO_PKG_VERSION")), "memspike 0.1.0");
    let words = |line: &&str| !line.starts_with("$date") && !line.starts_with("$version");
    text.lines().filter(words).flat_map(|line| [line, "\n"]).collect()
}

/// JSON without the version of its form, which it had not when the table was begun.
fn without_version(json: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(json).expect("text");
    text.replacen("  \"version\": 1,\n", "", 1).into_bytes()
}

fn commands(digests: &mut Digests) {
    let scratch = tempfile::tempdir().expect("a folder");
    let path = |name: &str| scratch.path().join(name).to_string_lossy().into_owned();
    let folder = path("paper");
    let paper = output(&["paper", "--json", "--out", &folder], false);
    note(digests, "paper json".into(), &without_version(&paper));
    let (weights, core) = ("weights/mnist.npy", path("core"));
    let export = format!("export-verilog --weights {weights} --threshold 4 --vectors 2000 --out");
    let export: Vec<&str> = export.split(' ').chain([core.as_str()]).collect();
    output(&export, false);
    for file in ["lif.v", "spec.json"] {
        let text = fs::read_to_string(Path::new(&core).join(file)).expect("a file of the core");
        // The head names version and command line.
        let body = text.lines().filter(|line| !line.starts_with("//"));
        let body: String = body.flat_map(|line| [line, "\n"]).collect();
        note(digests, format!("export-verilog {file}"), body.as_bytes());
    }
    let mnist = "../shared/mnist";
    let classify =
        ["classify", "--mnist", mnist, "--weights", weights, "--images", "200", "--json"];
    note(digests, "classify json".into(), &without_version(&output(&classify, false)));
    let out = path("train");
    let train =
        format!("train --mnist {mnist} --epochs 2 --images 2500 --validation 500 --out {out}");
    let train: Vec<&str> = train.split(' ').collect();
    output(&train, false);
    let bytes = fs::read(Path::new(&out).join("weights.npy")).expect("weights");
    note(digests, "train weights.npy".into(), &bytes);
}

fn table(library: &str, digests: &Digests) -> String {
    let mut text = format!("library {library}\n");
    for (name, (lines, digest)) in digests {
        let _ = writeln!(text, "{name} {lines} {digest}");
    }
    text
}

fn read_table(text: &str) -> (String, Digests) {
    let mut lines = text.lines();
    let library = lines.next().and_then(|line| line.strip_prefix("library "));
    let entry = |line: &str| {
        let mut words = line.rsplitn(3, ' ');
        let (digest, lines, name) = (words.next()?, words.next()?, words.next()?);
        Some((name.to_owned(), (lines.parse().ok()?, digest.to_owned())))
    };
    let entries = lines.map(|line| entry(line).expect("name, lines, digest"));
    (library.expect("the library's digest").to_owned(), entries.collect())
}

#[test]
fn every_output_is_what_it_was() {
    let mut now = Digests::new();
    decks(&mut now);
    commands(&mut now);
    let file = root().join("tests/digests.txt");
    if std::env::var_os("MEMSPIKE_DIGESTS").is_some_and(|what| what == "write") {
        fs::write(&file, table(&library(), &now)).expect("the table is written");
        return;
    }
    let (library_then, then) = read_table(&fs::read_to_string(&file).expect("the table"));
    assert_eq!(now.keys().collect::<Vec<_>>(), then.keys().collect::<Vec<_>>());
    let exact = library_then == library();
    let same = |name: &String| {
        let ((lines, digest), (lines_then, digest_then)) = (&now[name], &then[name]);
        let alike = lines.abs_diff(*lines_then) <= lines_then / 1000;
        if exact { digest == digest_then } else { alike }
    };
    let moved: Vec<&String> = now.keys().filter(|name| !same(name)).collect();
    assert!(moved.is_empty(), "other than before (exact library: {exact}): {moved:#?}");
}
