//! What a file says of where its rows come from.

/// The run that spikes are of.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Origin {
    /// Name of the network.
    pub network: String,
    /// Digest of the network: of its description and of what was drawn from it.
    pub digest: String,
    /// Digest of its description alone.
    pub description: String,
    /// Seed of all that was drawn.
    pub seed: u64,
    /// What delays are multiples of (fs); 0 where they are kept in full.
    pub delay_tick_fs: u64,
    /// Names of the populations, in the order of their numbers.
    pub populations: Vec<String>,
    /// How many neurons each has. Without them a reader knows only of neurons that fire.
    pub sizes: Vec<usize>,
    /// Where the run changed its inputs, and which: each begins at a checkpoint of one with others.
    pub branches: Vec<String>,
}

/// The key of names and sizes of populations, and that of the interval.
pub(crate) const POPULATIONS: &str = "memspike.populations";
pub(crate) const INTERVAL: &str = "memspike.interval_s";

impl Origin {
    /// Keys and values as they stand in a file. Every key begins with `memspike.`.
    pub(crate) fn entries(&self) -> Vec<(&'static str, String)> {
        let pairs = self.populations.iter().zip(&self.sizes);
        // Names have no letters that JSON would write otherwise.
        let pairs: Vec<String> =
            pairs.map(|(name, size)| format!("[\"{name}\", {size}]")).collect();
        let mut entries = vec![
            ("memspike.version", "1".to_owned()),
            ("memspike.network", self.network.clone()),
            ("memspike.digest", self.digest.clone()),
            ("memspike.description", self.description.clone()),
            ("memspike.seed", self.seed.to_string()),
            ("memspike.delay_tick_fs", self.delay_tick_fs.to_string()),
        ];
        if !self.branches.is_empty() {
            entries.push(("memspike.branches", self.branches.join("; ")));
        }
        if !pairs.is_empty() {
            entries.push((POPULATIONS, format!("[{}]", pairs.join(", "))));
        }
        entries
    }
}

/// Key and value of the closed interval of time that rows are of (s), known once they are all told.
pub(crate) fn interval([from_s, to_s]: [f64; 2]) -> (&'static str, String) {
    (INTERVAL, format!("[{from_s:?}, {to_s:?}]"))
}
