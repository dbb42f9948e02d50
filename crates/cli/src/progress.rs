//! Progress of long work: a bar on a terminal, elsewhere a line now and then.

use std::{
    io::{self, IsTerminal},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use memspike_time::Time;

use crate::{say, tell};

/// Work that is shorter says nothing in a pipe, and no two lines are closer.
const FIRST_LINE: Duration = Duration::from_secs(10);

/// How far work has come, in steps of some unit.
pub struct Progress {
    bar: ProgressBar,
    unit: &'static str,
    /// What is being done, for the next line.
    message: Mutex<String>,
    lines: Option<Lines>,
}

/// When lines are due.
struct Lines {
    begin: Instant,
    next: Mutex<Instant>,
}

impl Progress {
    /// Of `total` steps, if their number is known, which are called `unit`.
    pub fn new(total: Option<u64>, unit: &'static str) -> Self {
        let template = match total {
            Some(_) => "{msg} [{bar:40}] {percent} % {eta}".to_owned(),
            None => format!("{{msg}} {{pos}} {unit}"),
        };
        Self::with(total, unit, &template)
    }

    /// Of work without steps: what runs, and for how long.
    pub fn waiting(name: &str, about: &str) -> Self {
        let progress = Self::with(None, "", "{msg} {elapsed} {spinner}");
        progress.bar.enable_steady_tick(Duration::from_millis(200));
        progress.say(format!("{name} ({about})"));
        progress
    }

    fn with(total: Option<u64>, unit: &'static str, template: &str) -> Self {
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr());
        if say::is_quiet() {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        let style = ProgressStyle::with_template(template).expect("the template is well formed");
        bar.set_style(style);
        let begin = Instant::now();
        let lines = Lines { begin, next: Mutex::new(begin + FIRST_LINE) };
        let lines = (!io::stderr().is_terminal() && !say::is_quiet()).then_some(lines);
        Self { bar, unit, message: Mutex::default(), lines }
    }

    /// What is being done.
    pub fn say(&self, message: String) {
        self.bar.set_message(message.clone());
        *self.message.lock().unwrap_or_else(PoisonError::into_inner) = message;
    }

    /// So many steps are done.
    pub fn set(&self, position: u64) {
        self.bar.set_position(position);
        self.line();
    }

    /// So many more steps are done.
    pub fn add(&self, steps: u64) {
        self.bar.inc(steps);
        self.line();
    }

    /// A line that a pipe has in any case, such as one for an epoch.
    pub fn milestone(&self, line: &str) {
        if self.lines.is_some() {
            tell(&format!("{line}\n"));
        }
    }

    /// Writes a line if one is due: the longer the work has taken, the fewer there are.
    fn line(&self) {
        let Some(lines) = &self.lines else { return };
        let now = Instant::now();
        {
            let mut next = lines.next.lock().unwrap_or_else(PoisonError::into_inner);
            if now < *next {
                return;
            }
            *next = now + FIRST_LINE.max((now - lines.begin) / 10);
        }
        let message = self.message.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let steps = self.steps(now - lines.begin);
        let colon = if message.is_empty() { "" } else { ": " };
        tell(&format!("{message}{colon}{steps}\n"));
    }

    /// `40 % of 60000 images, about 12 s left`; how long the rest takes is not guessed from less than a hundredth.
    fn steps(&self, elapsed: Duration) -> String {
        let done = self.bar.position();
        let Some(total) = self.bar.length() else { return format!("{done} {}", self.unit) };
        let part = done as f64 / total.max(1) as f64;
        let of =
            if self.unit.is_empty() { String::new() } else { format!(" of {total} {}", self.unit) };
        let percent = 100.0 * part;
        if percent < 1.0 {
            return format!("{percent:.0} %{of}");
        }
        let left = elapsed.as_secs_f64() * (1.0 - part) / part;
        format!("{percent:.0} %{of}, about {left:.0} s left")
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// Resolution of one run.
const STEPS: u64 = 1000;

/// Progress of all runs of a deck.
pub struct Runs {
    progress: Progress,
    runs: usize,
    done: AtomicUsize,
}

/// Progress of one of them.
pub struct Run<'p> {
    all: &'p Runs,
    until_s: f64,
    position: u64,
}

impl Runs {
    /// Of so many runs.
    pub fn new(runs: usize) -> Self {
        let progress = Progress::new(Some(STEPS * runs as u64), "");
        Self { progress, runs, done: AtomicUsize::new(0) }
    }

    /// A run until `until_s` begins; its label, such as `vin = 0.5`, is shown if it is the only one.
    pub fn begin(&self, label: &str, until_s: f64) -> Run<'_> {
        match self.runs {
            1 => self.progress.say(label.to_owned()),
            _ => self.count(self.done.load(Ordering::Relaxed)),
        }
        Run { all: self, until_s, position: 0 }
    }

    fn count(&self, done: usize) {
        self.progress.say(format!("{done} of {} runs", self.runs));
    }
}

impl Run<'_> {
    /// The run has come to `now`.
    pub fn at(&mut self, now: Time) {
        let done = (now.as_s() / self.until_s).clamp(0.0, 1.0);
        self.move_to((done * STEPS as f64) as u64);
    }

    fn move_to(&mut self, position: u64) {
        self.all.progress.add(position.saturating_sub(self.position));
        self.position = position;
    }
}

impl Drop for Run<'_> {
    fn drop(&mut self) {
        self.move_to(STEPS);
        let done = self.all.done.fetch_add(1, Ordering::Relaxed) + 1;
        if self.all.runs > 1 {
            self.all.count(done);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_that_is_left_is_told_from_a_hundredth_on() {
        let progress = Progress::new(Some(1000), "images");
        let after = |done: u64| {
            progress.bar.set_position(done);
            progress.steps(Duration::from_secs(10))
        };
        assert_eq!(after(0), "0 % of 1000 images");
        assert_eq!(after(9), "1 % of 1000 images");
        assert_eq!(after(10), "1 % of 1000 images, about 990 s left");
        assert_eq!(after(1000), "100 % of 1000 images, about 0 s left");
    }
}
