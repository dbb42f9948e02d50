//! Membranes whose potential jumps, where delays are few: a spike's synapses of one delay are added in one sweep.
//!
//! A window is gone through block by block, each with all that arrives in it: so the states of a block stay in the cache, however many
//! neurons there are, and what is done once for a spike is done once for all blocks.

use std::ops::Range;

use memspike_time::Time;

use crate::fans::{Fans, Places};
use crate::history::History;
use crate::kernel::{Kernel, Tally, Words};
use crate::membranes::Membranes;
use crate::spike::{Spike, Window};
use crate::stored::Packed;

/// Volleys whose fans are fetched at once by a single block, and by one of many, which hears less of each.
const TOGETHER: usize = 16;
const MOST_TOGETHER: usize = 128;

/// Synapses that are fetched of a fan: 16 fans of so many fit into a cache of a megabyte.
const FETCHED: u32 = 1 << 11;

/// Neurons of a block: their states, and what arrives at one instant, take a megabyte.
const BLOCK: u32 = 1 << 16;

/// A block is larger where it would hear fewer synapses of a volley than this on average: what is done once for each block
/// and volley, and waiting for its row once more, takes as long as some ten of them.
const FEWEST: f64 = 48.0;

/// Neurons of a block of so many whose fans have so many synapses in the mean. No result depends on it.
pub(crate) fn block(neurons: u32, mean: f64) -> u32 {
    // A number too large for the type becomes the largest.
    BLOCK.max((f64::from(neurons) * FEWEST / mean.max(FEWEST)) as u32)
}

/// All synapses of one spike that have the same delay: they arrive together.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Volley {
    at: Time,
    source: u32,
    /// The spike's number.
    number: u64,
    fan: usize,
}

/// What of a volley has not arrived at a block.
#[derive(Debug, Clone)]
pub(crate) struct Coming {
    places: Places,
    /// The weight of synapses that are alike.
    weight: f64,
    /// The scale of its instant.
    factor: f64,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Direct<T, W> {
    /// Blocks of so many neurons, the last one of the rest.
    blocks: Vec<Membranes>,
    size: u32,
    fans: Fans<T, W>,
    /// The delays (fs).
    classes: Vec<u64>,
    /// Of each level and delay, the number of the first spike that has not arrived.
    next: Vec<Vec<u64>>,
    volleys: Vec<Volley>,
    /// Of each volley, what the next block hears.
    coming: Vec<Coming>,
    /// Neurons of a block that are to be tested at an instant.
    touched: Vec<u32>,
    /// What of volleys at one instant a block hears.
    taken: Vec<Places>,
    /// Membranes, and what of each level has not arrived, as they were.
    kept: Option<(Vec<Membranes>, Vec<Vec<u64>>)>,
}

impl<T, W> Direct<T, W>
where
    T: Packed<Value = u32>,
    W: Packed<Value = f64>,
{
    /// Membranes in blocks of `size`, of which the last one may have fewer.
    pub fn new((blocks, size): (Vec<Membranes>, u32), fans: Fans<T, W>, classes: Vec<u64>) -> Self {
        let (next, volleys, coming) = (Vec::new(), Vec::new(), Vec::new());
        let (touched, taken, kept) = (Vec::new(), Vec::new(), None);
        Self { blocks, size, fans, classes, next, volleys, coming, touched, taken, kept }
    }

    /// Finds what arrives before the end of a window, by instant, source and spike.
    fn collect(&mut self, end: Time, histories: &[History]) {
        let Self { fans, classes: delays, next, volleys, .. } = self;
        volleys.clear();
        let classes = delays.len();
        next.resize(histories.len(), vec![0; classes]);
        for (history, next) in histories.iter().zip(next) {
            for (class, (delay, next)) in delays.iter().zip(next).enumerate() {
                let pending = history.since(*next);
                let arriving = pending.partition_point(|spike| spike.at.later(*delay) < end);
                let numbered = pending[..arriving].iter().zip(*next..);
                let volley = |(spike, number): (&Spike, u64)| Volley {
                    at: spike.at.later(*delay),
                    source: spike.neuron,
                    number,
                    fan: spike.neuron as usize * classes + class,
                };
                // Who sends nothing may go later than these neurons, whatever the delay.
                let sends = |volley: &Volley| fans.told(volley.fan) > 0;
                volleys.extend(numbered.map(volley).filter(sends));
                *next += arriving as u64;
            }
        }
        let key = |volley: &Volley| (volley.at, volley.source, volley.number);
        if !volleys.is_sorted_by_key(key) {
            volleys.sort_by_key(key);
        }
    }

    /// Finds where the synapses of all volleys are. Scales are those of the first block, which has begun the window.
    fn take_off(&mut self, start: Time) {
        let Self { blocks, fans, volleys, coming, .. } = self;
        let Some(membranes) = blocks.first_mut() else { return };
        let (mut told, mut last) = (0, (start, membranes.factor(start)));
        coming.clear();
        coming.extend(volleys.iter().map(|volley| {
            if volley.at != last.0 {
                last = (volley.at, membranes.factor(volley.at));
            }
            told += fans.told(volley.fan);
            let (places, weight) = fans.places(volley.fan);
            Coming { places, weight, factor: last.1 }
        }));
        membranes.tally.delivered += told;
    }

    /// Takes a block through a window.
    fn pass(&mut self, block: usize, window: Window, spikes: &mut Vec<Spike>) {
        let (mut first, mut fetched) = (0, 0);
        let at_once = MOST_TOGETHER.min(TOGETHER * self.blocks.len());
        while let Some(&Volley { at, .. }) = self.volleys.get(first) {
            if first >= fetched {
                fetched = self.volleys.len().min(first + at_once);
                self.fetch(block, first..fetched);
            }
            let alike = self.volleys[first..].iter().take_while(|volley| volley.at == at);
            let together = first..first + alike.count();
            first = together.end;
            let factor = self.coming[together.start].factor;
            let membranes = &mut self.blocks[block];
            membranes.settle(at, factor, spikes);
            membranes.wake_at(at, factor, &mut self.touched);
            let bar = membranes.bar(factor);
            if together.len() == 1 {
                self.sweep(block, together.start, bar);
            } else {
                self.sweep_together(block, together, bar);
            }
            self.blocks[block].test(self.touched.drain(..), at, factor, spikes);
        }
        let membranes = &mut self.blocks[block];
        membranes.settle(window.end, membranes.factor(window.end), spikes);
        membranes.end();
    }

    /// Fetches what a block will hear of volleys, as nearly as can be told before it is looked at.
    fn fetch(&self, block: usize, volleys: Range<usize>) {
        let left = (self.blocks.len() - block) as u32;
        let share = |places: &Range<u32>| {
            let all = places.len() as u32;
            FETCHED.min(if left > 1 { all / left + all / left / 4 + 8 } else { all })
        };
        self.fans.fetch(self.coming[volleys].iter().map(|coming| &coming.places), share);
    }

    /// The first neuron of a block, and, if there is one, that of the next.
    fn ends(&self, block: usize) -> (u32, Option<u32>) {
        let first = block as u32 * self.size;
        (first, (block + 1 < self.blocks.len()).then(|| first + self.size))
    }

    /// One volley alone at its instant.
    fn sweep(&mut self, block: usize, volley: usize, bar: f64) {
        let (first, next) = self.ends(block);
        let Self { blocks, fans, coming, touched, .. } = self;
        let Coming { places, weight, factor } = &mut coming[volley];
        let (cells, factor) = (blocks[block].cells_mut(), *factor);
        fans.take_below(places, (next, *weight), |target, weight| {
            let local = target - first;
            let u = &mut cells[local as usize].u;
            *u += weight * factor;
            if *u >= bar {
                touched.push(local);
            }
        });
    }

    /// Several volleys at one instant: each neuron's weights are added up first, so that opposite ones cancel to the last bit. The last
    /// volley finishes the sums of its own neurons, which it has met last; then those of the earlier ones are gone through again.
    fn sweep_together(&mut self, block: usize, volleys: Range<usize>, bar: f64) {
        let (first, next) = self.ends(block);
        let Self { blocks, fans, coming, touched, taken, .. } = self;
        let (cells, factor) = (blocks[block].cells_mut(), coming[volleys.start].factor);
        let Some((last, earlier)) = coming[volleys].split_last_mut() else { return };
        taken.clear();
        for Coming { places, weight, .. } in earlier {
            taken.push(fans.take_below(places, (next, *weight), |target, weight| {
                cells[(target - first) as usize].sum += weight;
            }));
        }
        // The same twice: as one function of a neuron and a weight it takes a fifth more time.
        fans.take_below(&mut last.places, (next, last.weight), |target, weight| {
            let local = target - first;
            let cell = &mut cells[local as usize];
            let weight = std::mem::take(&mut cell.sum) + weight;
            cell.u += weight * factor;
            if cell.u >= bar {
                reach(touched, local, weight);
            }
        });
        for places in &*taken {
            fans.targets(places).for_each(|target| {
                let local = target - first;
                let cell = &mut cells[local as usize];
                // Who is met again gets nothing more, and who gets nothing does nothing.
                let weight = std::mem::take(&mut cell.sum);
                cell.u += weight * factor;
                if cell.u >= bar {
                    reach(touched, local, weight);
                }
            });
        }
    }

    /// Synapses of spikes that have not arrived.
    fn under_way(&self, histories: &[History]) -> u64 {
        let classes = self.classes.len();
        let of_class = |history: &History, class: usize, next: u64| {
            let fan = |spike: &Spike| spike.neuron as usize * classes + class;
            let spikes = history.since(next).iter();
            spikes.map(|spike| self.fans.told(fan(spike))).sum::<u64>()
        };
        let levels = histories.iter().zip(&self.next);
        let waiting = levels.flat_map(|(history, next)| {
            next.iter().enumerate().map(move |(class, next)| of_class(history, class, *next))
        });
        waiting.sum()
    }
}

/// Takes down a neuron that is to be tested, since something has arrived at it. A function of its own, so that the compiler asks it last: few
/// neurons come here, but about half of those met again get nothing, which no processor can foresee.
#[cold]
#[inline(never)]
fn reach(touched: &mut Vec<u32>, local: u32, weight: f64) {
    if weight != 0.0 {
        touched.push(local);
    }
}

impl<T, W> Kernel for Direct<T, W>
where
    T: Packed<Value = u32>,
    W: Packed<Value = f64>,
{
    fn advance(&mut self, window: Window, histories: &[History], spikes: &mut Vec<Spike>) {
        self.collect(window.end, histories);
        for block in 0..self.blocks.len() {
            self.blocks[block].begin(window, spikes);
            if block == 0 {
                self.take_off(window.start);
            }
            self.pass(block, window, spikes);
        }
    }

    fn drive(&mut self, asymptote_v: f64, at: Time) -> bool {
        self.blocks.iter_mut().for_each(|membranes| membranes.drive(asymptote_v, at));
        true
    }

    fn keep(&mut self) {
        self.kept = Some((self.blocks.clone(), self.next.clone()));
    }

    fn go_back(&mut self) {
        (self.blocks, self.next) = self.kept.take().expect("it was told to keep them");
    }

    fn tally(&self, histories: &[History]) -> Tally {
        let mut tally = Tally { under_way: self.under_way(histories), ..Tally::default() };
        for membranes in &self.blocks {
            tally.delivered += membranes.tally.delivered;
            tally.tested += membranes.tally.tested;
            tally.certified += membranes.tally.certified;
            // Blocks write their states anew together.
            tally.rebased = membranes.tally.rebased;
        }
        tally
    }

    fn potential(&self, local: usize, at: Time) -> Option<f64> {
        let size = self.size as usize;
        Some(self.blocks[local / size].potential(local % size, at))
    }

    fn save(&self) -> Vec<Words> {
        let mut words = Vec::with_capacity(self.blocks.len() * self.size as usize);
        self.blocks.iter().for_each(|membranes| membranes.save(&mut words));
        words
    }

    fn load(&mut self, states: &[Words], now: Time, histories: &[History]) {
        for (membranes, states) in self.blocks.iter_mut().zip(states.chunks(self.size as usize)) {
            membranes.load(states, now);
        }
        let next = |history: &History, delay: u64| {
            let kept = history.kept();
            let arrived = kept.partition_point(|spike| spike.at.later(delay) < now);
            history.end() - (kept.len() - arrived) as u64
        };
        let of =
            |history: &History| self.classes.iter().map(|delay| next(history, *delay)).collect();
        self.next = histories.iter().map(of).collect();
    }

    fn bytes(&self) -> usize {
        self.blocks.iter().map(Membranes::bytes).sum::<usize>()
            + self.fans.bytes()
            + self.volleys.capacity() * size_of::<Volley>()
            + self.coming.capacity() * size_of::<Coming>()
    }
}
