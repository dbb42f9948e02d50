//! What each kind of measurement keeps while a run goes by.

use memspike_circuit::Statistic;
use memspike_time::Time;
use memspike_waveform::{Waveform, integral_of_product, minimum_maximum};

use super::MeasureError;
use super::crossing::CrossingWatch;
use super::expression::{ExpressionWatch, Weighted};
use super::piece::{Piece, Sum};

/// An instant that is given or searched for.
#[derive(Debug, Clone)]
pub(crate) enum PointWatch {
    At(Time),
    Crossing(CrossingWatch),
}

impl PointWatch {
    pub fn before(&mut self, start: &Piece<'_>) {
        if let Self::Crossing(crossing) = self {
            crossing.before(start);
        }
    }

    pub fn piece(&mut self, piece: &Piece<'_>, mut reached: impl FnMut(Time)) {
        match self {
            Self::At(at) if piece.holds(*at) => reached(*at),
            Self::At(_) => {}
            Self::Crossing(crossing) => crossing.piece(piece, reached),
        }
    }

    pub fn instant(&self, end: Time) -> Result<Time, MeasureError> {
        match self {
            Self::At(at) if *at <= end => Ok(*at),
            Self::At(at) => Err(not_simulated(*at, end)),
            Self::Crossing(crossing) => crossing.instant(),
        }
    }
}

pub(crate) fn not_simulated(needed: Time, end: Time) -> MeasureError {
    MeasureError::NotSimulated { needed_s: needed.as_s(), end_s: end.as_s() }
}

/// A window in time; no end means the end of the run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    pub from: Time,
    pub to: Option<Time>,
}

impl Span {
    /// The part of `[from, to]` within the window, if it has a length.
    pub fn clip(&self, piece: &Piece<'_>) -> Option<(Time, Time)> {
        let from = piece.from.max(self.from);
        let to = self.to.map_or(piece.to, |to| to.min(piece.to));
        (from < to).then_some((from, to))
    }

    fn holds(&self, at: Time) -> bool {
        self.from <= at && self.to.is_none_or(|to| at <= to)
    }

    /// Whether the run went through the whole window.
    pub fn complete(&self, end: Time) -> Result<(), MeasureError> {
        match self.to {
            Some(to) if to > end => Err(not_simulated(to, end)),
            _ => Ok(()),
        }
    }
}

/// A statistic of a signal.
#[derive(Debug, Clone)]
pub(crate) struct StatisticWatch {
    pub statistic: Statistic,
    pub signal: usize,
    pub span: Span,
    sum: Sum,
    low: f64,
    high: f64,
    /// Whether a piece had more waves than could be looked at.
    lost: bool,
}

impl StatisticWatch {
    pub fn new(statistic: Statistic, signal: usize, span: Span) -> Self {
        let (low, high) = (f64::INFINITY, f64::NEG_INFINITY);
        Self { statistic, signal, span, sum: Sum::default(), low, high, lost: false }
    }

    pub fn piece(&mut self, piece: &Piece<'_>) {
        let Some((from, to)) = self.span.clip(piece) else { return };
        let present = &piece.signals[self.signal];
        let (from, to) = (from.since(present.anchor), to.since(present.anchor));
        let form = &present.form;
        match self.statistic {
            Statistic::Max | Statistic::Min | Statistic::PeakToPeak => {
                self.widen(form, from, to);
            }
            Statistic::Average | Statistic::Integral => self.sum.add(form.integral(from, to)),
            Statistic::Rms => self.sum.add(integral_of_product(form, form, from, to)),
        }
    }

    /// Takes in a part of the integral.
    pub fn add(&mut self, integral: f64) {
        self.sum.add(integral);
    }

    /// Takes in a jump of the signal's integral.
    pub fn impulse(&mut self, at: Time, integral: f64) {
        let is_of_integral = matches!(self.statistic, Statistic::Average | Statistic::Integral);
        let is_within = self.span.from <= at && self.span.to.is_none_or(|to| at < to);
        if is_of_integral && is_within {
            self.sum.add(integral);
        }
    }

    /// Takes in the extremes of a form. Once they are lost for one, those of others are of no use.
    fn widen(&mut self, form: &Waveform, from_s: f64, to_s: f64) {
        if self.lost {
            return;
        }
        match minimum_maximum(form, from_s, to_s) {
            Some((low, high)) => {
                (self.low, self.high) = (self.low.min(low), self.high.max(high));
            }
            None => self.lost = true,
        }
    }

    /// The integral so far.
    pub fn integral(&self) -> f64 {
        self.sum.value()
    }

    /// The least and the greatest value so far; nothing before the first, or once they are lost.
    pub fn extremes(&self) -> Option<(f64, f64)> {
        (!self.lost && self.low <= self.high).then_some((self.low, self.high))
    }

    pub fn result(&self, end: Time) -> Result<f64, MeasureError> {
        let to = self.span.to.unwrap_or(end);
        if to <= self.span.from {
            let (from_s, to_s) = (self.span.from.as_s(), to.as_s());
            return Err(MeasureError::EmptyWindow { from_s, to_s });
        }
        self.span.complete(end)?;
        if self.lost {
            return Err(MeasureError::TooManyWaves);
        }
        let length = to.since(self.span.from);
        Ok(match self.statistic {
            Statistic::Max => self.high,
            Statistic::Min => self.low,
            Statistic::PeakToPeak => self.high - self.low,
            Statistic::Average => self.sum.value() / length,
            Statistic::Integral => self.sum.value(),
            // Rounding may leave a mean square of about -0.
            Statistic::Rms => (self.sum.value() / length).max(0.0).sqrt(),
        })
    }
}

/// What is asked of the spikes of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SpikeQuantity {
    Count,
    First,
    Frequency,
    /// Voltage and current of the element, as signals.
    EnergyPerSpike {
        voltage: usize,
        current: usize,
    },
}

/// The spikes of a device within a window.
#[derive(Debug, Clone)]
pub(crate) struct SpikeWatch {
    pub quantity: SpikeQuantity,
    pub span: Span,
    count: u64,
    first: Option<Time>,
    last: Option<Time>,
    /// Energy taken since the first spike (J).
    energy: Sum,
    /// Energy taken from the first to the last spike (J).
    energy_at_last: f64,
}

impl SpikeWatch {
    pub fn new(quantity: SpikeQuantity, span: Span) -> Self {
        Self {
            quantity,
            span,
            count: 0,
            first: None,
            last: None,
            energy: Sum::default(),
            energy_at_last: 0.0,
        }
    }

    pub fn piece(&mut self, piece: &Piece<'_>) {
        let SpikeQuantity::EnergyPerSpike { voltage, current } = self.quantity else { return };
        if self.first.is_none() {
            return;
        }
        let Some((from, to)) = self.span.clip(piece) else { return };
        let (anchor, v, i) = piece.pair(voltage, current);
        self.energy.add(integral_of_product(&v, &i, from.since(anchor), to.since(anchor)));
    }

    pub fn spike(&mut self, at: Time) {
        if !self.span.holds(at) {
            return;
        }
        self.count += 1;
        self.first.get_or_insert(at);
        self.last = Some(at);
        self.energy_at_last = self.energy.value();
    }

    pub fn result(&self, end: Time) -> Result<f64, MeasureError> {
        if self.quantity == SpikeQuantity::First {
            // Found is found, even if the run stopped within the window.
            let missing = || self.span.complete(end).err().unwrap_or(MeasureError::NoSpike);
            return self.first.map(Time::as_s).ok_or_else(missing);
        }
        self.span.complete(end)?;
        if self.quantity == SpikeQuantity::Count {
            return Ok(self.count as f64);
        }
        let too_few = MeasureError::TooFewSpikes { found: self.count };
        let (Some(first), Some(last)) = (self.first, self.last) else { return Err(too_few) };
        if first == last {
            return Err(too_few);
        }
        let periods = (self.count - 1) as f64;
        Ok(match self.quantity {
            SpikeQuantity::EnergyPerSpike { .. } => self.energy_at_last / periods,
            _ => periods / last.since(first),
        })
    }
}

/// What is read of a signal at an instant.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Of {
    Value,
    Derivative,
}

/// One measurement under way.
#[derive(Debug, Clone)]
pub(crate) enum Watch {
    Delay { trigger: PointWatch, target: PointWatch },
    When(CrossingWatch),
    Find { signal: usize, of: Of, at: PointWatch, value: Option<f64> },
    Statistic(StatisticWatch),
    Spikes(SpikeWatch),
    Expression { of: Weighted, watch: ExpressionWatch },
}

impl Watch {
    /// Takes the start of a run, before a jump there.
    pub fn before(&mut self, start: &Piece<'_>) {
        match self {
            Self::Delay { trigger, target } => {
                trigger.before(start);
                target.before(start);
            }
            Self::When(crossing) => crossing.before(start),
            Self::Find { at, .. } => at.before(start),
            Self::Expression { watch, .. } => watch.before(start),
            Self::Statistic(_) | Self::Spikes(_) => {}
        }
    }

    /// Takes in a jump of a signal's integral.
    pub fn impulse(&mut self, at: Time, signal: usize, integral: f64) {
        match self {
            Self::Statistic(statistic) => statistic.impulse(at, integral),
            Self::Expression { of, watch: ExpressionWatch::Statistic(statistic) } => {
                statistic.impulse(at, of.weight(signal) * integral);
            }
            _ => {}
        }
    }

    pub fn piece(&mut self, piece: &Piece<'_>) {
        match self {
            Self::Delay { trigger, target } => {
                trigger.piece(piece, |_| {});
                target.piece(piece, |_| {});
            }
            Self::When(crossing) => crossing.piece(piece, |_| {}),
            Self::Find { signal, of, at, value } => at.piece(piece, |at| {
                *value = Some(match of {
                    Of::Value => piece.value(*signal, at),
                    Of::Derivative => piece.derivative(*signal, at),
                });
            }),
            Self::Statistic(statistic) => statistic.piece(piece),
            Self::Spikes(spikes) => spikes.piece(piece),
            Self::Expression { of, watch } => watch.piece(of, piece),
        }
    }

    pub fn result(&self, end: Time) -> Result<f64, MeasureError> {
        let value = match self {
            Self::Delay { trigger, target } => target.instant(end)?.since(trigger.instant(end)?),
            Self::When(crossing) => crossing.instant()?.as_s(),
            Self::Find { at, value, .. } => {
                let at = at.instant(end)?;
                value.ok_or_else(|| not_simulated(at, end))?
            }
            Self::Statistic(statistic) => statistic.result(end)?,
            Self::Spikes(spikes) => spikes.result(end)?,
            Self::Expression { watch, .. } => watch.result(end)?,
        };
        if value.is_finite() { Ok(value) } else { Err(MeasureError::NotFinite) }
    }
}
