//! What a reduction loses.

use std::fmt;

/// A population whose neurons were circuits.
#[derive(Debug, Clone, PartialEq)]
pub struct Reduction {
    /// The population.
    pub population: String,
    /// What its point neurons lack.
    pub loss: Loss,
}

/// What point neurons lack beside their circuits.
#[derive(Debug, Clone, PartialEq)]
pub enum Loss {
    /// Oscillation neurons as regular sources.
    Oscillation {
        /// The least and the greatest rate of those that fire (Hz); nothing if none does.
        rates_hz: Option<(f64, f64)>,
        /// Neurons that do not fire again and again: they are silent.
        silent: usize,
        /// How far a spike of a circuit is from its beat at most (s), its cycles alike.
        start_s: f64,
        /// By what part of the mean intervals of the first neuron that fires deviate, because cycles of its device differ; nothing
        /// if they do not.
        jitter: Option<f64>,
    },
    /// LIF neurons as a law.
    Lif {
        /// The input around which the law has the rates of the circuit (V).
        operating_v: f64,
        /// How far the rate of the law is from that of the circuit, as a part of that, from half of that input to twice as much.
        rate: f64,
        /// Whether devices of the card differ, which neurons of the law do not.
        spreads: bool,
        /// Whether cycles of a device differ, which those of the law do not.
        jitters: bool,
    },
}

impl fmt::Display for Reduction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "population {}: ", self.population)?;
        match &self.loss {
            Loss::Oscillation { rates_hz, silent, start_s, jitter } => {
                match rates_hz {
                    None => write!(f, "no circuit fires")?,
                    Some((least, greatest)) => {
                        let start_us = 1e6 * start_s;
                        write!(
                            f,
                            "circuits of a card as regular sources of {least:.4} to {greatest:.4} Hz; their first spikes are up to \
                             {start_us:.2} us from the beat, later ones on it"
                        )?;
                    }
                }
                if *silent > 0 {
                    write!(f, "; {silent} do not fire again and again, and are silent")?;
                }
                if let Some(part) = jitter {
                    write!(
                        f,
                        "; left out is how cycles differ: {:.2} % of an interval",
                        100.0 * part
                    )?;
                }
                Ok(())
            }
            Loss::Lif { operating_v, rate, spreads, jitters } => {
                let (half_v, twice_v) = (0.5 * operating_v, 2.0 * operating_v);
                write!(
                    f,
                    "circuits of a card as a law, whose rate is within {:.1} % of theirs from {half_v} V to {twice_v} V behind the \
                     resistor",
                    100.0 * rate
                )?;
                match (spreads, jitters) {
                    (false, false) => Ok(()),
                    (true, false) => f.write_str("; left out is how devices differ"),
                    (false, true) => f.write_str("; left out is how cycles differ"),
                    (true, true) => f.write_str("; left out is how devices and cycles differ"),
                }
            }
        }
    }
}
