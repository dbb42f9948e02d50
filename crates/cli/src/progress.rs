//! A progress bar on a terminal, nothing elsewhere.

use std::sync::atomic::{AtomicUsize, Ordering};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use memspike_time::Time;

/// Resolution of one run.
const STEPS: u64 = 1000;

/// A bar for so many images; it hides itself if standard error is no terminal.
pub fn image_bar(images: usize) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(images as u64), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("[{bar:40}] {pos} of {len} images {eta}")
        .expect("the template is well formed");
    bar.set_style(style);
    bar
}

/// A counter of clock cycles, a bar if their number is known; it hides itself if standard error is no terminal.
pub fn cycle_bar(cycles: Option<usize>) -> ProgressBar {
    let length = cycles.map(|cycles| cycles as u64);
    let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::stderr());
    let template =
        if cycles.is_some() { "[{bar:40}] {pos} of {len} cycles {eta}" } else { "{pos} cycles" };
    let style = ProgressStyle::with_template(template).expect("the template is well formed");
    bar.set_style(style);
    bar
}

/// Says that a gate is running and for how long; it hides itself if standard error is no terminal.
pub fn gate_spinner(name: &str, about: &str) -> ProgressBar {
    let spinner = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{prefix} {elapsed} {spinner} {msg}")
        .expect("the template is well formed");
    spinner.set_style(style);
    spinner.set_prefix(name.to_owned());
    spinner.set_message(about.to_owned());
    spinner.enable_steady_tick(std::time::Duration::from_millis(200));
    spinner
}

/// Progress of all runs. The bar goes to standard error and hides itself if that is no terminal.
pub struct Progress {
    bar: ProgressBar,
    runs: usize,
    done: AtomicUsize,
}

/// Progress of one of them.
pub struct RunProgress<'p> {
    all: &'p Progress,
    until_s: f64,
    position: u64,
}

impl Progress {
    /// A bar for so many runs.
    pub fn new(runs: usize) -> Self {
        let length = STEPS * runs as u64;
        let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template("{msg} [{bar:40}] {percent} % {eta}")
            .expect("the template is well formed");
        bar.set_style(style);
        Self { bar, runs, done: AtomicUsize::new(0) }
    }

    /// A run until `until_s` begins; its label, such as `vin = 0.5`, is shown if it is the only one.
    pub fn run(&self, label: &str, until_s: f64) -> RunProgress<'_> {
        match self.runs {
            1 => self.bar.set_message(label.to_owned()),
            _ => self.count(self.done.load(Ordering::Relaxed)),
        }
        RunProgress { all: self, until_s, position: 0 }
    }

    /// One more is done, which has this name.
    pub fn done(&self, name: &str) {
        self.bar.inc(STEPS);
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        self.bar.set_message(format!("{done} of {} experiments, {name}", self.runs));
    }

    /// So many of the searches are done.
    pub fn search(&self, done: usize) {
        self.bar.set_position(STEPS * done as u64);
        self.bar.set_message(format!("{done} of {} searches", self.runs));
    }

    fn count(&self, done: usize) {
        self.bar.set_message(format!("{done} of {} runs", self.runs));
    }
}

impl RunProgress<'_> {
    /// The run has come to `now`.
    pub fn at(&mut self, now: Time) {
        let done = (now.as_s() / self.until_s).clamp(0.0, 1.0);
        self.move_to((done * STEPS as f64) as u64);
    }

    fn move_to(&mut self, position: u64) {
        self.all.bar.inc(position.saturating_sub(self.position));
        self.position = position;
    }
}

impl Drop for RunProgress<'_> {
    fn drop(&mut self) {
        self.move_to(STEPS);
        let done = self.all.done.fetch_add(1, Ordering::Relaxed) + 1;
        if self.all.runs > 1 {
            self.all.count(done);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
