//! Synapses in compressed rows: by source, for the targets of one part of a population.

use std::hint::black_box;
use std::ops::Range;

use crate::stored::Stored;
use crate::survey::Survey;
use crate::wiring::Wiring;

/// The synapses of each source.
#[derive(Debug)]
pub(crate) struct Rows<S> {
    starts: Vec<u32>,
    synapses: Vec<S>,
}

impl<S: Stored> Rows<S> {
    /// One row for each source, synapses by delay; those of one delay in their order.
    pub fn new(survey: &Survey, wiring: &dyn Wiring) -> Self {
        let mut rows = Self::fill(survey, wiring);
        let tick_fs = survey.tick_fs;
        for bounds in rows.starts.windows(2) {
            let row = &mut rows.synapses[bounds[0] as usize..bounds[1] as usize];
            if !row.is_sorted_by_key(|synapse| synapse.delay_fs(tick_fs)) {
                row.sort_by_key(|synapse| synapse.delay_fs(tick_fs));
            }
        }
        rows
    }

    fn fill(survey: &Survey, wiring: &dyn Wiring) -> Self {
        // Each count becomes the place of the row's next synapse, and so in the end the start of the next row.
        let mut next = survey.counts().to_vec();
        let mut place = 0;
        for count in &mut next {
            place += std::mem::replace(count, place);
        }
        let mut synapses = vec![S::default(); place as usize];
        let (first, tick_fs) = (survey.targets.start, survey.tick_fs);
        wiring.visit(survey.targets.clone(), &mut |synapse| {
            let place = &mut next[synapse.source as usize];
            let target = synapse.target - first;
            let weight = survey.stored(synapse.weight);
            synapses[*place as usize] = S::pack(target, synapse.delay_fs, tick_fs, weight);
            *place += 1;
        });
        next.insert(0, 0);
        Self { starts: next, synapses }
    }

    /// Where a row's synapses are.
    pub fn bounds(&self, row: usize) -> Range<u32> {
        self.starts[row]..self.starts[row + 1]
    }

    /// The synapses at some places.
    pub fn at(&self, places: Range<u32>) -> &[S] {
        &self.synapses[places.start as usize..places.end as usize]
    }

    /// Brings what stands at some places into the cache, all at once: one after another each would wait for the memory.
    pub fn fetch(&self, places: impl Iterator<Item = Range<u32>>) {
        let line = 64 / size_of::<S>();
        let touch = |places: Range<u32>| {
            let lines = self.at(places).iter().step_by(line);
            lines.fold(0, |all, synapse| all ^ synapse.target())
        };
        // Nothing needs the result, but reads without one would be left out.
        black_box(places.map(touch).fold(0, |all, word| all ^ word));
    }

    /// Bytes that they take.
    pub fn bytes(&self) -> usize {
        size_of_val(&self.starts[..]) + size_of_val(&self.synapses[..])
    }
}
