//! Runs the cases of a target and tells of those that fail.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{
        LazyLock, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::{
    corpus::{Corpus, Input},
    mutate::damaged,
    random::Random,
    shorten::shorten,
};

/// What a reader said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Accepted,
    Refused,
}

/// Different failures that are told of.
const MAX_FAILURES: usize = 10;

/// Cases from which on a target must have seen inputs accepted and inputs refused.
const ENOUGH: u64 = 200;

/// A case that works for so long is taken to run for ever.
const PATIENCE: Duration = Duration::from_secs(60);

/// How many cases failed in one way, and the first of them.
struct Failure {
    count: u64,
    first: u64,
    input: Input,
    message: String,
}

#[derive(Default)]
struct Tally {
    accepted: u64,
    refused: u64,
    /// By message without its digits.
    failures: BTreeMap<String, Failure>,
    slowest: (Duration, u64),
}

/// Asks `check` about damaged inputs. It panics if what it sees is wrong.
///
/// # Panics
/// If it did, or if all inputs were accepted, or all refused.
pub(crate) fn survive(target: &str, corpus: &Corpus, cases: u64, check: impl Fn(&Input) -> Answer) {
    let asked = |name: &str| {
        std::env::var(name).ok().map(|value| value.parse().expect("a whole number of cases"))
    };
    let cases: u64 = asked("MEMSPIKE_FUZZ_CASES").unwrap_or(cases);
    let first: u64 = asked("MEMSPIKE_FUZZ_FIRST").unwrap_or(0);
    let tally = watched(target, corpus, |started| {
        let mut tally = Tally::default();
        for case in first..first + cases {
            started(case);
            one(&mut tally, case, &damaged(corpus, &mut Random::of(target, case)), &check);
        }
        tally
    });
    tell(&format!(
        "{target}: {cases} cases, {} accepted, {} refused, slowest {:.3} s (case {})",
        tally.accepted,
        tally.refused,
        tally.slowest.0.as_secs_f64(),
        tally.slowest.1
    ));
    let failures = tally.failures.values().take(MAX_FAILURES);
    let failures: Vec<String> = failures.map(|failure| describe(target, failure, &check)).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let both = tally.accepted > 0 && tally.refused > 0;
    assert!(cases < ENOUGH || both, "{target}: no test of both ways");
}

fn one(tally: &mut Tally, case: u64, input: &Input, check: &impl Fn(&Input) -> Answer) {
    let begin = Instant::now();
    match ask(input, check) {
        Ok(Answer::Accepted) => tally.accepted += 1,
        Ok(Answer::Refused) => tally.refused += 1,
        Err(message) => {
            let failure = tally.failures.entry(kind(&message)).or_insert_with(|| Failure {
                count: 0,
                first: case,
                input: input.clone(),
                message,
            });
            failure.count += 1;
        }
    }
    tally.slowest = tally.slowest.max((begin.elapsed(), case));
}

/// The answer, or what the panic said.
fn ask(input: &Input, check: &impl Fn(&Input) -> Answer) -> Result<Answer, String> {
    catch_unwind(AssertUnwindSafe(|| check(input))).map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic").to_owned()
    })
}

/// What messages of one cause have in common.
fn kind(message: &str) -> String {
    message.chars().filter(char::is_ascii_alphabetic).take(40).collect()
}

fn describe(target: &str, failure: &Failure, check: &impl Fn(&Input) -> Answer) -> String {
    let Failure { count, first, input, message } = failure;
    let with = |bytes: &[u8]| Input::new(input.name.clone(), bytes);
    let fails = |bytes: &[u8]| ask(&with(bytes), check).is_err_and(|m| kind(&m) == kind(message));
    let short = shorten(&input.bytes, fails);
    format!(
        "{target}: {count} cases; repeat the first with MEMSPIKE_FUZZ_FIRST={first} MEMSPIKE_FUZZ_CASES=1\n  \
         {message}\n  damaged from {}, shortened from {} to {} bytes:\n  {}",
        input.name,
        input.bytes.len(),
        short.len(),
        short.escape_ascii()
    )
}

/// Runs `work` while a second thread sees that its cases end.
fn watched(target: &str, corpus: &Corpus, work: impl FnOnce(&dyn Fn(u64)) -> Tally) -> Tally {
    let (case, over) = (AtomicU64::new(0), AtomicBool::new(false));
    let since = Mutex::new(worked());
    thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                thread::sleep(Duration::from_millis(20));
                if worked().saturating_sub(*since.lock().expect("a clock")) > PATIENCE {
                    // A thread cannot be stopped, so the process is.
                    let case = case.load(Ordering::Relaxed);
                    let Input { name, bytes } = damaged(corpus, &mut Random::of(target, case));
                    let bytes = bytes.escape_ascii();
                    tell(&format!("{target}: case {case} does not end, from {name}: {bytes}"));
                    std::process::exit(101);
                }
            }
        });
        let tally = work(&|number| {
            case.store(number, Ordering::Relaxed);
            *since.lock().expect("a clock") = worked();
        });
        over.store(true, Ordering::Relaxed);
        tally
    })
}

/// How long this process has worked: the time that it had a processor where the system tells, so that a busy machine
/// makes no case look endless.
fn worked() -> Duration {
    static BEGIN: LazyLock<Instant> = LazyLock::new(Instant::now);
    let begin = *BEGIN;
    let of_system = || {
        let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
        // After the name in brackets: state, then 10 others, then ticks of a hundredth of a second as user and as system.
        let ticks = stat.rsplit(')').next()?.split_whitespace().skip(11).take(2);
        let ticks = ticks.map(str::parse::<u64>).sum::<Result<u64, _>>().ok()?;
        Some(Duration::from_millis(10 * ticks))
    };
    of_system().unwrap_or_else(|| begin.elapsed())
}

/// How a run went, for people.
#[expect(clippy::print_stdout, reason = "a long run tells how it goes")]
fn tell(text: &str) {
    println!("{text}");
}

/// A folder for readers that take paths, in memory where the system has such a place.
pub(crate) fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() };
    made.expect("a folder")
}

/// Writes a file of the folder anew.
pub(crate) fn write(folder: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).expect("written");
    path
}

/// Asserts that an error says something, and not more than it was given; the command line shows it so that
/// no terminal obeys it.
pub(crate) fn assert_says(error: &dyn std::error::Error, input: &Input) {
    let message = error.to_string();
    assert!(!message.trim().is_empty(), "an error without a word");
    // Bytes that are no text become the three of a replacement character.
    let most = 4096 + 6 * input.bytes.len();
    assert!(message.len() <= most, "an error of {} bytes", message.len());
}

/// Asserts that a message can be shown as it is: it says something, in a bounded length, and nothing in it
/// commands a terminal.
pub(crate) fn assert_sayable(message: &str) {
    assert!(!message.trim().is_empty(), "an error without a word");
    assert!(message.len() <= 4096, "an error of {} bytes", message.len());
    let control = message.chars().find(|c| c.is_control() && *c != '\n' && *c != '\t');
    assert!(control.is_none(), "a control character in an error: {message:?}");
}

#[test]
fn a_panic_is_named_with_its_case_and_input() {
    let corpus = Corpus { inputs: vec![Input::new("some", "abcdefgh")], words: &["x"] };
    let check = |input: &Input| {
        assert!(!input.bytes.contains(&b'x'), "there is an x");
        Answer::Refused
    };
    let mut tally = Tally::default();
    for case in 0..300 {
        one(&mut tally, case, &damaged(&corpus, &mut Random::of("harness", case)), &check);
    }
    let failure = tally.failures.values().next().expect("an x now and then");
    let text = describe("harness", failure, &check);
    assert!(text.contains(&format!("MEMSPIKE_FUZZ_FIRST={}", failure.first)), "{text}");
    assert!(text.contains("there is an x") && text.ends_with("to 1 bytes:\n  x"), "{text}");
}
