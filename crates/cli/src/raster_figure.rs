//! The picture of a recording: spikes, activity, and distributions of rate, regularity and correlation, each population in a band of
//! its own.

use memspike_plot::{Axis, Figure, Ink, Marks, Panel, Series};
use memspike_recording::{Distributions, RecordedPopulation, Summary, number_of};
use memspike_report::engineering;

/// Neurons that have a row, of all populations together; each population has at least `LEAST_ROWS` if it is as large.
const ROWS: u64 = 600;
const LEAST_ROWS: u32 = 10;

/// Spikes that are drawn: more are told apart by nobody, and a page would not hold them.
const DOTS: usize = 10_000;

/// Populations that have a band.
const BANDS: usize = 16;

/// Letters of a name beside its band.
const NAME: usize = 12;

/// The part of a band that is used.
const USED: f64 = 0.86;

/// Stretches of a distribution.
const STRETCHES: usize = 80;

/// Spikes that are drawn, of neurons at equal distances; if they are too many every second is left out, again and again.
#[derive(Debug)]
pub struct Dots {
    /// Neurons and rows of each population.
    rows: Vec<(u32, u32)>,
    /// Instant (s), population, row.
    kept: Vec<(f64, usize, u32)>,
    /// One of so many spikes is kept.
    stride: u64,
    seen: u64,
}

impl Dots {
    /// Of populations of these sizes.
    pub fn new(sizes: impl Iterator<Item = u32> + Clone) -> Self {
        let all: u64 = sizes.clone().map(u64::from).sum();
        let share = |size: u32| (u64::from(size) * ROWS / all.max(1)) as u32;
        let rows = sizes.map(|size| (size, share(size).max(LEAST_ROWS).min(size))).collect();
        Self { rows, kept: Vec::new(), stride: 1, seen: 0 }
    }

    /// Takes a spike (s). They come in order.
    pub fn spike(&mut self, at_s: f64, population: usize, neuron: u32) {
        let (size, rows) = self.rows[population];
        if population >= BANDS {
            return;
        }
        let Some(row) = number_of(neuron, rows, size) else { return };
        if self.seen.is_multiple_of(self.stride) {
            self.kept.push((at_s, population, row));
        }
        self.seen += 1;
        if self.kept.len() > DOTS {
            self.stride *= 2;
            let mut place = 0;
            self.kept.retain(|_| {
                place += 1;
                place % 2 == 1
            });
        }
    }

    /// What is shown, in words.
    fn said(&self) -> String {
        let (all, rows) =
            self.rows.iter().take(BANDS).fold((0, 0), |(all, rows), (size, shown)| {
                (all + u64::from(*size), rows + u64::from(*shown))
            });
        let neurons = if rows == all {
            format!("all {all} neurons")
        } else {
            format!("{rows} of {all} neurons")
        };
        match self.stride {
            1 => format!("Spikes of {neurons}"),
            stride => format!("Spikes of {neurons}, one of {stride}"),
        }
    }
}

/// Where the bands of populations lie: the first on top.
struct Bands<'p> {
    populations: &'p [RecordedPopulation],
}

impl Bands<'_> {
    /// The foot of a band.
    fn foot(&self, population: usize) -> f64 {
        (self.populations.len() - 1 - population) as f64 - 0.5 * USED
    }

    fn axis(&self) -> Axis {
        let name = |one: &RecordedPopulation| match one.name.char_indices().nth(NAME) {
            Some((end, _)) => format!("{}\u{2026}", &one.name[..end]),
            None => one.name.clone(),
        };
        Axis::named("", self.populations.iter().rev().map(name).collect())
    }

    /// A panel with what each population has in its band.
    fn panel(&self, title: String, x: Axis, marks: impl Fn(usize, f64) -> Vec<Marks>) -> Panel {
        let series = self.populations.iter().enumerate().flat_map(|(population, one)| {
            let marks = marks(population, self.foot(population));
            marks
                .into_iter()
                .map(move |marks| Series::new(&one.name, Ink::Series(population), marks))
        });
        Panel::new(title, x, self.axis(), series.collect())
    }
}

/// The picture.
pub fn figure(
    populations: &[RecordedPopulation],
    distributions: &[Distributions],
    dots: &Dots,
    [from_s, until_s]: [f64; 2],
) -> Figure {
    let shown = populations.len().min(BANDS);
    let bands = Bands { populations: &populations[..shown] };
    let distributions = &distributions[..shown];
    let time = || Axis::linear("time (s)", from_s, until_s);
    let mut panels = vec![
        bands.panel(dots.said(), time(), |population, foot| {
            let rows = f64::from(dots.rows[population].1.max(1));
            let own = dots.kept.iter().filter(|(_, of, _)| *of == population);
            let place = |(at_s, _, row): &(f64, usize, u32)| {
                (*at_s, foot + USED * (1.0 - (f64::from(*row) + 0.5) / rows))
            };
            vec![Marks::Specks(own.map(place).collect())]
        }),
        activity(&bands, distributions, [from_s, until_s]),
    ];
    let rates =
        |found: &Distributions| (u64::from(found.neurons - found.active), found.rates_hz.clone());
    let words = ["Rate of a neuron", "rate (Hz)"];
    // Rates are whole numbers of spikes by the time: stretches hold equally many of them.
    let grain = 1.0 / (until_s - from_s);
    panels.push(distribution(&bands, distributions, (words, grain), rates));
    let cvs = |found: &Distributions| (0, found.cvs.clone());
    let words = ["Regularity of a neuron", "CV of intervals"];
    panels.push(distribution(&bands, distributions, (words, 0.0), cvs));
    let pairs = |found: &Distributions| (0, found.correlations.clone());
    let words = ["Correlation of pairs, counts in 2 ms", "coefficient"];
    panels.push(distribution(&bands, distributions, (words, 0.0), pairs));
    let [from, until] = [from_s, until_s].map(|instant| engineering(instant, "s"));
    let title = match populations.len() {
        all if all > shown => {
            format!("Spikes of {shown} of {all} populations from {from} to {until}")
        }
        _ => format!("Spikes from {from} to {until}"),
    };
    if populations.len() > shown {
        panels[0].title =
            format!("{}; {shown} of {} populations", panels[0].title, populations.len());
    }
    Figure { panel_size: (560, 360), ..Figure::grid(title, 2, panels) }
}

/// Mean rate over time, as high in each band as the highest of all.
fn activity(bands: &Bands<'_>, found: &[Distributions], [from_s, until_s]: [f64; 2]) -> Panel {
    let all = found.iter().flat_map(|one| &one.activity_hz);
    let highest = all.copied().fold(0.0, f64::max);
    let title = format!("Activity; a band is {highest:.1} Hz high");
    bands.panel(title, Axis::linear("time (s)", from_s, until_s), |population, foot| {
        let stretches = &found[population].activity_hz;
        let place = |(k, hz): (usize, &f64)| {
            let part = (k as f64 + 0.5) / stretches.len() as f64;
            (from_s + part * (until_s - from_s), foot + USED * hz / highest.max(f64::MIN_POSITIVE))
        };
        vec![Marks::Line(stretches.iter().enumerate().map(place).collect())]
    })
}

/// A distribution for each population, with its mean as a dot on the foot of the band; what a two hundredth of all lies beyond is
/// drawn at the end of the axis. All numbers are multiples of `grain`, unless it is 0.
fn distribution(
    bands: &Bands<'_>,
    found: &[Distributions],
    ([title, label], grain): ([&str; 2], f64),
    of: impl Fn(&Distributions) -> (u64, Vec<f64>),
) -> Panel {
    let numbers: Vec<(u64, Vec<f64>)> = found.iter().map(of).collect();
    let end = |part: f64| {
        let ends = numbers.iter().filter(|(_, all)| !all.is_empty());
        ends.map(move |(_, all)| all[((all.len() - 1) as f64 * part).round() as usize])
    };
    let high = end(0.995).fold(0.0, f64::max);
    let low = end(0.005).fold(0.0, f64::min);
    let stretches = Stretches::of([low, if high > low { high } else { low + 1.0 }], grain);
    let [from, until] = [0, stretches.count].map(|number| stretches.start(number));
    bands.panel(title.to_owned(), Axis::linear(label, from, until), |population, foot| {
        let (zeros, all) = &numbers[population];
        let Some(summary) = Summary::of(*zeros, all) else { return Vec::new() };
        let mut counts = vec![0_u64; stretches.count];
        all.iter().for_each(|value| counts[stretches.place(*value)] += 1);
        counts[stretches.place(0.0)] += zeros;
        let most = counts.iter().copied().max().unwrap_or(1).max(1) as f64;
        // Steps: both ends of each stretch.
        let steps = counts.iter().enumerate().flat_map(|(k, count)| {
            let y = foot + USED * *count as f64 / most;
            [(stretches.start(k), y), (stretches.start(k + 1), y)]
        });
        vec![Marks::Line(steps.collect()), Marks::Dots(vec![(summary.mean, foot)])]
    })
}

/// Equal stretches of an axis.
struct Stretches {
    low: f64,
    width: f64,
    count: usize,
}

impl Stretches {
    /// At most [`STRETCHES`], which cover both ends. Where numbers are multiples of a grain, each has equally many of them, half a grain
    /// from its ends.
    fn of([low, high]: [f64; 2], grain: f64) -> Self {
        let fine = (high - low).max(f64::MIN_POSITIVE) / STRETCHES as f64;
        if grain == 0.0 {
            return Self { low, width: fine, count: STRETCHES };
        }
        let (width, low) = ((fine / grain).ceil() * grain, low - 0.5 * grain);
        Self { low, width, count: (((high - low) / width) as usize + 1).min(STRETCHES + 1) }
    }

    /// Where a stretch begins.
    fn start(&self, number: usize) -> f64 {
        self.low + number as f64 * self.width
    }

    /// The stretch of a number; beyond the ends, the first or the last.
    fn place(&self, value: f64) -> usize {
        (((value - self.low) / self.width) as usize).min(self.count - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_of_rates_hold_equally_many_whole_numbers_of_spikes() {
        for (seconds, most) in [(0.5, 31), (0.3, 7), (1.0, 79), (3.0, 1000), (1e-3, 2), (7.0, 80)] {
            let rates: Vec<f64> = (0..=most).map(|spikes| f64::from(spikes) / seconds).collect();
            let stretches = Stretches::of([0.0, rates[rates.len() - 1]], 1.0 / seconds);
            let mut counts = vec![0; stretches.count];
            rates.iter().for_each(|rate| counts[stretches.place(*rate)] += 1);
            let (last, others) = counts.split_last().unwrap();
            assert!(others.iter().all(|count| *count == counts[0]), "{counts:?}");
            assert!((1..=counts[0]).contains(last), "{counts:?}");
            assert!(stretches.count <= STRETCHES + 1);
        }
    }
}
