//! Which sources enter which islands, and which of them an island must look at whenever one of them changes.

use crate::sources::{Few, Sources};

/// A source that enters an island: positions of the island, of the input there, and of the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    pub island: u32,
    pub slot: u32,
    pub source: u32,
}

/// The sources of a group and the inputs of its islands.
#[derive(Debug, Default)]
pub(crate) struct Inputs {
    /// By source, where it enters.
    of_source: Vec<Vec<Entry>>,
    /// By island, what enters it that moves or will end by itself, ascending. Most drivers of many rest.
    live: Vec<Vec<Entry>>,
    is_live: Vec<bool>,
}

impl Inputs {
    /// Of islands whose inputs are these sources; none for an input that a device of the island is.
    pub fn new(islands: impl Iterator<Item = Vec<Option<usize>>>, sources: &Sources) -> Self {
        let mut inputs = Self {
            of_source: vec![Vec::new(); sources.len()],
            live: Vec::new(),
            is_live: vec![false; sources.len()],
        };
        for (island, of_island) in (0..).zip(islands) {
            inputs.live.push(Vec::new());
            for (slot, source) in (0..).zip(of_island) {
                let Some(at) = source else { continue };
                inputs.of_source[at].push(Entry { island, slot, source: at as u32 });
            }
        }
        (0..sources.len()).for_each(|source| inputs.update(source, sources));
        inputs
    }

    /// Notes whether a source, which changed or heard something, is to be looked at.
    pub fn update(&mut self, source: usize, sources: &Sources) {
        let is_live = sources.is_live(source);
        if is_live == self.is_live[source] {
            return;
        }
        self.is_live[source] = is_live;
        for entry in &self.of_source[source] {
            let live = &mut self.live[entry.island as usize];
            match live.binary_search(entry) {
                Err(at) if is_live => live.insert(at, *entry),
                Ok(at) if !is_live => drop(live.remove(at)),
                _ => {}
            }
        }
    }

    /// Where these sources enter, by island.
    pub fn entered(&self, sources: &[usize]) -> Few<Entry> {
        let all = sources.iter().flat_map(|source| &self.of_source[*source]);
        let mut all: Few<Entry> = all.copied().collect();
        all.sort_unstable();
        all
    }

    /// What enters an island and moves or will end by itself.
    pub fn live(&self, island: usize) -> &[Entry] {
        &self.live[island]
    }
}
