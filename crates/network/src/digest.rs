//! A number for what a description says.

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::file::words_of_rule;
use crate::{Connections, Delay, Network, Projection, Values};

/// Hashes parts, each after its length, so that no two descriptions are the same bytes.
struct Hashed(Sha256);

impl Hashed {
    fn count(&mut self, count: usize) {
        self.0.update((count as u64).to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.count(text.len());
        self.0.update(text);
    }

    fn words(&mut self, value: &impl Serialize) {
        self.text(&serde_json::to_string(value).expect("every part of a network has words"));
    }

    fn numbers<const N: usize>(&mut self, numbers: impl ExactSizeIterator<Item = [u8; N]>) {
        self.count(numbers.len());
        numbers.for_each(|number| self.0.update(number));
    }

    /// Numbers alone, not how they were stored.
    fn values(&mut self, values: &Values) {
        self.count(values.len());
        values.iter().for_each(|value| self.0.update(value.to_le_bytes()));
    }
}

impl Network {
    /// SHA-256 of the description as it was read: with what was left out, with the numbers of its tables, by name. It does not
    /// depend on the order of populations and projections, on the language of the file, or on a seed.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let mut hash = Hashed(Sha256::new());
        hash.text("memspike network");
        hash.count(usize::try_from(self.delay_tick_fs()).unwrap_or(usize::MAX));
        let mut populations: Vec<_> = self.populations().map(|(_, each)| each).collect();
        populations.sort_by_key(|population| population.name());
        hash.count(populations.len());
        for population in populations {
            hash.text(population.name());
            hash.count(population.size());
            hash.words(population.model());
        }
        let mut projections: Vec<_> = self.projections().map(|(_, each)| each).collect();
        projections.sort_by_key(|projection| projection.name());
        projections.into_iter().for_each(|projection| self.hash(projection, &mut hash));
        hash.0.finalize().into()
    }

    fn hash(&self, projection: &Projection, hash: &mut Hashed) {
        hash.text(projection.name());
        hash.text(self.population(projection.from()).name());
        hash.text(self.population(projection.to()).name());
        hash.words(&projection.effect());
        match projection.delay() {
            Delay::All(fs) => hash.words(fs),
            Delay::Each(all) => hash.numbers(all.iter().map(|fs| fs.to_le_bytes())),
            Delay::Drawn(law) => hash.words(law),
        }
        match projection.connections() {
            Connections::OneToOne => hash.text("one_to_one"),
            Connections::Drawn(drawn) => {
                hash.words(&words_of_rule(drawn.rule));
                hash.words(&drawn.weights);
            }
            Connections::Dense(weights) => {
                hash.text("dense");
                hash.count(weights.columns());
                hash.values(weights.values());
            }
            Connections::Sparse(rows) => {
                hash.text("sparse");
                hash.numbers(rows.starts().iter().map(|start| start.to_le_bytes()));
                hash.numbers(rows.targets().iter().map(|target| target.to_le_bytes()));
                hash.values(rows.weights());
            }
        }
    }
}
