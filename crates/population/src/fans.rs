//! Synapses of neurons that hear few delays: in fans, one for each source and delay, each by target.
//!
//! No delay is stored with a synapse, so that a part may have any number of targets. Where all synapses of a source have one
//! weight it is stored once.

use std::hint::black_box;
use std::ops::Range;

use crate::stored::Packed;
use crate::survey::Survey;
use crate::wiring::{Synapse, Wiring};

/// Where the synapses of one source and delay are.
#[derive(Debug, Clone, Copy)]
struct Fan<W> {
    /// How many there are, those that are folded into others included.
    told: u32,
    /// Targets that it has once, with the weight that all its synapses have.
    alike: [u32; 2],
    /// The others, each with a weight: where they begin, where those begin whose targets it has several times, and where these end.
    weighed: [u32; 3],
    weight: W,
}

/// Synapses of one fan, or some of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places {
    /// Of different targets, with one weight.
    pub alike: Range<u32>,
    /// Of different targets, with a weight each.
    pub once: Range<u32>,
    /// Of targets that come several times, one after another.
    pub repeated: Range<u32>,
}

/// The synapses of each source and delay; its number is `source x classes + class`.
#[derive(Debug)]
pub(crate) struct Fans<T, W> {
    fans: Vec<Fan<W>>,
    alike: Vec<T>,
    targets: Vec<T>,
    weights: Vec<W>,
}

impl<T, W> Fans<T, W>
where
    T: Packed<Value = u32>,
    W: Packed<Value = f64>,
{
    /// Synapses of few delays: first targets that a fan has once, then those that it has several times, each kind by target, synapses of one
    /// target in their order. Several synapses of one target become one where its weight is their exact sum, as it is for two equal ones.
    pub fn new(survey: &Survey, wiring: &dyn Wiring, classes: &[u64]) -> Self {
        let mut fans = Self::filled(survey, wiring, classes);
        fans.fold_weighed();
        fans.fold_alike();
        fans
    }

    fn filled(survey: &Survey, wiring: &dyn Wiring, classes: &[u64]) -> Self {
        let number = |synapse: &Synapse| {
            let class = classes.iter().position(|&delay| delay == synapse.delay_fs);
            synapse.source as usize * classes.len() + class.expect("the survey has seen it")
        };
        let mut counts = vec![0; survey.counts().len() * classes.len()];
        if classes.len() == 1 {
            counts.copy_from_slice(survey.counts());
        } else {
            wiring.visit(survey.targets.clone(), &mut |synapse| counts[number(&synapse)] += 1);
        }
        let mut fans = Self::of_counts(&counts, |fan| survey.weight(fan / classes.len()));
        let first = survey.targets.start;
        wiring.visit(survey.targets.clone(), &mut |synapse| {
            let target = T::pack(synapse.target - first);
            let number = number(&synapse);
            let fan = &mut fans.fans[number];
            if survey.weight(synapse.source as usize).is_some() {
                fans.alike[fan.alike[1] as usize] = target;
                fan.alike[1] += 1;
            } else {
                let place = fan.weighed[2] as usize;
                fans.targets[place] = target;
                fans.weights[place] = W::pack(survey.stored(synapse.weight));
                fan.weighed[2] += 1;
            }
        });
        fans
    }

    /// Fans that are to be filled with so many synapses, each from its start on.
    fn of_counts(counts: &[u32], weight: impl Fn(usize) -> Option<f64>) -> Self {
        let [mut alike, mut weighed] = [0; 2];
        let fan = |(number, &told): (usize, &u32)| {
            let mut fan = Fan { told, alike: [0; 2], weighed: [0; 3], weight: W::pack(0.0) };
            if let Some(weight) = weight(number) {
                (fan.alike, fan.weight) = ([alike; 2], W::pack(weight));
                alike += told;
            } else {
                fan.weighed = [weighed; 3];
                weighed += told;
            }
            fan
        };
        let fans = counts.iter().enumerate().map(fan).collect();
        Self {
            fans,
            alike: vec![T::default(); alike as usize],
            targets: vec![T::default(); weighed as usize],
            weights: vec![W::default(); weighed as usize],
        }
    }

    /// Sorts and folds fans with a weight for each synapse, and moves those that stay together.
    fn fold_weighed(&mut self) {
        let Self { fans, targets, weights, .. } = self;
        let (mut place, mut row) = (0, Vec::new());
        for fan in fans.iter_mut().filter(|fan| fan.weighed[2] > fan.weighed[0]) {
            let own = fan.weighed[0] as usize..fan.weighed[2] as usize;
            row.clear();
            row.extend(targets[own.clone()].iter().zip(&weights[own]).map(|(t, w)| (*t, *w)));
            row.sort_by_key(|(target, _)| target.get());
            let once = fold(&mut row);
            for (at, (target, weight)) in (place..).zip(&row) {
                (targets[at], weights[at]) = (*target, *weight);
            }
            fan.weighed = [place, place + once, place + row.len()].map(|place| place as u32);
            place += row.len();
        }
        targets.truncate(place);
        targets.shrink_to_fit();
        weights.truncate(place);
        weights.shrink_to_fit();
    }

    /// Sorts fans with one weight, and takes targets that they have several times out of them: what these become has weights of its own.
    fn fold_alike(&mut self) {
        let Self { fans, alike, targets, weights } = self;
        let (mut place, mut row) = (0, Vec::new());
        for fan in fans.iter_mut().filter(|fan| fan.alike[1] > fan.alike[0]) {
            let own = fan.alike[0] as usize..fan.alike[1] as usize;
            alike[own.clone()].sort_unstable_by_key(|target| target.get());
            let start = place;
            row.clear();
            let mut at = own.start;
            while at < own.end {
                let target = alike[at];
                let same = alike[at..own.end].iter().take_while(|next| next.get() == target.get());
                let count = same.count();
                if count == 1 {
                    alike[place] = target;
                    place += 1;
                } else {
                    row.extend(std::iter::repeat_n((target, fan.weight), count));
                }
                at += count;
            }
            fan.alike = [start as u32, place as u32];
            let (start, once) = (targets.len(), fold(&mut row));
            targets.extend(row.iter().map(|(target, _)| *target));
            weights.extend(row.iter().map(|(_, weight)| *weight));
            fan.weighed = [start, start + once, targets.len()].map(|place| place as u32);
        }
        alike.truncate(place);
        alike.shrink_to_fit();
        targets.shrink_to_fit();
        weights.shrink_to_fit();
    }

    /// How many synapses those fans that have any have in the mean.
    pub fn mean(&self) -> f64 {
        let some = self.fans.iter().filter(|fan| fan.told > 0);
        let (count, all) =
            some.fold((0_u64, 0_u64), |(count, all), fan| (count + 1, all + u64::from(fan.told)));
        all as f64 / count.max(1) as f64
    }

    /// How many synapses a fan has.
    pub fn told(&self, fan: usize) -> u64 {
        u64::from(self.fans[fan].told)
    }

    /// Where a fan's synapses are, and the weight of those that are alike.
    pub fn places(&self, fan: usize) -> (Places, f64) {
        let Fan { alike: [start, end], weighed: [once, repeats, all], weight, .. } = self.fans[fan];
        (Places { alike: start..end, once: once..repeats, repeated: repeats..all }, weight.get())
    }

    /// The targets at some places of those that are alike.
    fn alike(&self, places: &Range<u32>) -> &[T] {
        &self.alike[places.start as usize..places.end as usize]
    }

    /// The targets and weights at some places of the others.
    fn weighed(&self, places: &Range<u32>) -> (&[T], &[W]) {
        let places = places.start as usize..places.end as usize;
        (&self.targets[places.clone()], &self.weights[places])
    }

    /// Targets that come several times, each with the sum of its weights, in their order.
    fn repeated(&self, places: &Range<u32>) -> impl Iterator<Item = (u32, f64)> {
        let (targets, mut weights) = self.weighed(places);
        targets.chunk_by(|a, b| a.get() == b.get()).map(move |same| {
            let (own, others) = weights.split_at(same.len());
            weights = others;
            (same[0].get(), own.iter().map(|weight| weight.get()).sum())
        })
    }

    /// Takes synapses whose targets are below a limit, of which there is none at the end, off some places and tells them: targets, each with
    /// its weight, which is `weight` for those that are alike, or with the sum of its weights in their order. Gives where they were.
    #[inline]
    pub fn take_below(
        &self,
        places: &mut Places,
        (limit, weight): (Option<u32>, f64),
        mut tell: impl FnMut(u32, f64),
    ) -> Places {
        let own = |places: &mut Range<u32>, count: usize| {
            let start = places.start;
            places.start += count as u32;
            start..places.start
        };
        let Places { alike, once, repeated } = places;
        let targets = self.alike(alike).iter().map(|target| (target.get(), weight));
        let alike = own(alike, tell_below(targets, limit, &mut tell));
        let (targets, weights) = self.weighed(once);
        let pairs =
            targets.iter().zip(weights).map(|(target, weight)| (target.get(), weight.get()));
        let once = own(once, tell_below(pairs, limit, &mut tell));
        let targets = self.weighed(repeated).0.iter();
        let below = |target: &&T| limit.is_none_or(|limit| target.get() < limit);
        let repeated = own(repeated, targets.take_while(below).count());
        self.repeated(&repeated).for_each(|(target, weight)| tell(target, weight));
        Places { alike, once, repeated }
    }

    /// The targets at some places, those that come several times as often.
    pub fn targets(&self, places: &Places) -> impl Iterator<Item = u32> {
        let Places { alike, once, repeated } = places;
        let weighed = self.weighed(once).0.iter().chain(self.weighed(repeated).0);
        self.alike(alike).iter().chain(weighed).map(|target| target.get())
    }

    /// Brings what stands at some places into the cache, all at once: one after another each would wait for the memory.
    pub fn fetch<'p>(
        &self,
        all: impl Iterator<Item = &'p Places>,
        most: impl Fn(&Range<u32>) -> u32,
    ) {
        let first = |places: &Range<u32>| {
            places.start..places.end.min(places.start.saturating_add(most(places)))
        };
        let touch = |Places { alike, once, .. }: &Places| {
            let (targets, weights) = self.weighed(&first(once));
            touch(self.alike(&first(alike))) ^ touch(targets) ^ touch_weights(weights)
        };
        // Nothing needs the result, but reads without one would be left out.
        black_box(all.map(touch).fold(0, |all, word| all ^ word));
    }

    /// Bytes that they take.
    pub fn bytes(&self) -> usize {
        size_of_val(&self.fans[..])
            + size_of_val(&self.alike[..])
            + size_of_val(&self.targets[..])
            + size_of_val(&self.weights[..])
    }
}

/// Tells items whose first number is below a limit, if there is one, up to the first that is not. Says how many.
#[inline]
fn tell_below(
    items: impl ExactSizeIterator<Item = (u32, f64)>,
    limit: Option<u32>,
    tell: &mut impl FnMut(u32, f64),
) -> usize {
    let all = items.len();
    let Some(limit) = limit else {
        items.for_each(|(target, weight)| tell(target, weight));
        return all;
    };
    for (count, (target, weight)) in items.enumerate() {
        if target >= limit {
            return count;
        }
        tell(target, weight);
    }
    all
}

/// Reads a word of each line of the cache.
fn touch<T: Packed<Value = u32>>(targets: &[T]) -> u32 {
    targets.iter().step_by(64 / size_of::<T>()).fold(0, |all, target| all ^ target.get())
}

/// Likewise.
fn touch_weights<W: Packed<Value = f64>>(weights: &[W]) -> u32 {
    weights.iter().step_by(64 / size_of::<W>()).fold(0, |all, w| all ^ w.get().to_bits() as u32)
}

/// Puts synapses, which are in the order of their targets, in that of a fan. Says how many come once.
fn fold<T, W>(row: &mut Vec<(T, W)>) -> usize
where
    T: Packed<Value = u32>,
    W: Packed<Value = f64>,
{
    let mut repeated = Vec::new();
    let (mut once, mut at) = (0, 0);
    while at < row.len() {
        let target = row[at].0;
        let same = row[at..].iter().take_while(|(next, _)| next.get() == target.get()).count();
        let sum = row[at..at + same].iter().map(|(_, weight)| weight.get()).sum();
        if same == 1 {
            row[once] = row[at];
            once += 1;
        } else if W::pack(sum).get() == sum {
            row[once] = (target, W::pack(sum));
            once += 1;
        } else {
            repeated.extend_from_slice(&row[at..at + same]);
        }
        at += same;
    }
    row.truncate(once);
    row.append(&mut repeated);
    once
}
