//! How a synaptic current acts on a membrane, and how fast its scales grow.

use crate::climb::phi;

/// A scale is not split into a spike's and a delay's where that of the delay is beyond this power of e: it would lose its range.
const LONGEST_GROWTH: f64 = 200.0;

/// Longer delays have no entries (ticks).
const MOST_TICKS: f64 = 32_768.0;

/// Delays of a fine table, and steps between the entries of a coarse one.
const FINE: usize = 64;

/// How one kind of synaptic current acts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    membrane: f64,
    /// Its rate (1/fs), and by how much it is above the membrane's.
    rate: f64,
    difference: f64,
    /// Whether modes are apart far enough.
    modal: bool,
    /// What is left of it after a period, and what of it goes over into the membrane's mode.
    pub turn: (f64, f64),
}

impl Shape {
    pub fn new(membrane: f64, rate: f64, period_fs: f64) -> Self {
        let difference = rate - membrane;
        let modal = (difference * period_fs).abs() >= 1.0;
        let over = if modal { 0.0 } else { period_fs * phi(difference * period_fs) };
        let turn = ((-rate * period_fs).exp(), over * (-membrane * period_fs).exp());
        Self { membrane, rate, difference, modal, turn }
    }

    /// `G(x)`, and the decay of the slope.
    pub fn at(&self, x: f64) -> [f64; 2] {
        let decay = (-self.rate * x).exp();
        let g = if self.modal {
            -decay / self.difference
        } else {
            (-self.membrane * x).exp() * x * phi(self.difference * x)
        };
        [g, decay]
    }

    /// By how much a slope that begins at `x` changes `a` and `g`.
    pub fn arrival(&self, x: f64) -> [f64; 2] {
        let scale = (self.membrane * x).exp();
        let a = if self.modal {
            scale / self.difference
        } else {
            -scale * x * phi(-self.difference * x)
        };
        [a, (self.rate * x).exp()]
    }
}

/// By what [`Shape::arrival`] grows with a delay of so many ticks, where modes are apart: a product of two entries of small tables.
#[derive(Debug)]
pub(crate) struct Gains {
    fine: Vec<Gain>,
    coarse: Vec<Gain>,
}

/// Growth of the membrane's mode, and of those of currents that excite and that inhibit.
#[derive(Debug, Clone, Copy)]
struct Gain {
    membrane: f64,
    currents: [f64; 2],
}

impl Gains {
    /// Tables for delays of ticks (fs), unless there are none or modes are too near. Neither synapses nor neurons decide what they
    /// hold: how a network is cut into parts must change nothing.
    pub fn new(shapes: &[Shape; 2], tick_fs: u64) -> Option<Self> {
        if tick_fs == 0 || shapes.iter().any(|shape| !shape.modal) {
            return None;
        }
        let tick = tick_fs as f64;
        let fastest = shapes.iter().map(|shape| shape.rate.max(shape.membrane)).fold(0.0, f64::max);
        let longest = (LONGEST_GROWTH / (fastest * tick)).min(MOST_TICKS) as usize;
        let gain = |ticks: usize| {
            let fs = ticks as f64 * tick;
            let currents = [0, 1].map(|kind: usize| (shapes[kind].rate * fs).exp());
            Gain { membrane: (shapes[0].membrane * fs).exp(), currents }
        };
        let coarse = (0..longest / FINE).map(|step| gain(step * FINE)).collect();
        Some(Self { fine: (0..FINE).map(gain).collect(), coarse })
    }

    /// Growths with a delay of `ticks`: of the membrane's mode, and of one kind of current. None of delays beyond the tables.
    #[inline]
    pub fn at(&self, ticks: u64, kind: usize) -> Option<[f64; 2]> {
        let coarse = self.coarse.get(ticks as usize / FINE)?;
        let fine = &self.fine[ticks as usize % FINE];
        Some([coarse.membrane * fine.membrane, coarse.currents[kind] * fine.currents[kind]])
    }
}
