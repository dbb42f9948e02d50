//! What expressions make of signals.

use memspike_circuit::Statistic;
use memspike_time::Time;
use memspike_waveform::{
    Direction, Waveform, first_crossing, integral_of_product, minimum_maximum,
};

use super::MeasureError;
use super::piece::{Piece, Present};
use super::watch::{PointWatch, Span, StatisticWatch, not_simulated};

/// Most turns of one stretch that are looked at for an extreme.
const MOST_TURNS: usize = 100_000;

/// A sum of signals and of products of two, by their positions.
#[derive(Debug, Clone)]
pub(crate) struct Weighted {
    pub constant: f64,
    pub signals: Vec<(usize, f64)>,
    pub products: Vec<([usize; 2], f64)>,
}

impl Weighted {
    /// What is linear in it, on a piece.
    fn form(&self, piece: &Piece<'_>) -> Present {
        let anchors = self.signals.iter().map(|(signal, _)| piece.signals[*signal].anchor);
        let anchor = anchors.max().unwrap_or(piece.from);
        let mut form = Waveform::constant(self.constant);
        for (signal, weight) in &self.signals {
            let present = &piece.signals[*signal];
            match anchor.since(present.anchor) {
                0.0 => form.add_scaled(*weight, &present.form),
                later => form.add_scaled(*weight, &present.form.shifted(later)),
            }
        }
        Present { anchor, form, told: true }
    }

    fn value(&self, piece: &Piece<'_>, at: Time) -> f64 {
        let value = |signal: usize| piece.value(signal, at);
        let signals = self.signals.iter().map(|(signal, weight)| weight * value(*signal));
        let products = self.products.iter().map(|([a, b], weight)| weight * value(*a) * value(*b));
        self.constant + signals.sum::<f64>() + products.sum::<f64>()
    }

    /// The integral of the products.
    fn integral_of_products(&self, piece: &Piece<'_>, from: Time, to: Time) -> f64 {
        let one = |([a, b], weight): &([usize; 2], f64)| {
            let (anchor, f, g) = piece.pair(*a, *b);
            weight * integral_of_product(&f, &g, from.since(anchor), to.since(anchor))
        };
        self.products.iter().map(one).sum()
    }

    /// The weight of a signal alone.
    pub fn weight(&self, signal: usize) -> f64 {
        let alone = self.signals.iter().filter(|(known, _)| *known == signal);
        alone.map(|(_, weight)| weight).sum()
    }
}

/// What is kept for one reading of an expression.
#[derive(Debug, Clone)]
pub(crate) enum ExpressionWatch {
    Value { at: PointWatch, value: Option<f64> },
    Statistic(StatisticWatch),
    Extreme(ExtremeWatch),
}

impl ExpressionWatch {
    pub fn before(&mut self, start: &Piece<'_>) {
        if let Self::Value { at, .. } = self {
            at.before(start);
        }
    }

    pub fn piece(&mut self, of: &Weighted, piece: &Piece<'_>) {
        match self {
            Self::Value { at, value } => {
                at.piece(piece, |at| *value = Some(of.value(piece, at)));
            }
            Self::Statistic(watch) => {
                let Some((from, to)) = watch.span.clip(piece) else { return };
                if matches!(watch.statistic, Statistic::Average | Statistic::Integral) {
                    watch.add(of.integral_of_products(piece, from, to));
                }
                let form = of.form(piece);
                watch.piece(&Piece { signals: std::slice::from_ref(&form), ..*piece });
            }
            Self::Extreme(extreme) => extreme.piece(&of.form(piece), piece),
        }
    }

    pub fn result(&self, end: Time) -> Result<f64, MeasureError> {
        match self {
            Self::Value { at, value } => {
                let at = at.instant(end)?;
                value.ok_or_else(|| not_simulated(at, end))
            }
            Self::Statistic(watch) => watch.result(end),
            Self::Extreme(extreme) => extreme.result(end),
        }
    }
}

/// Looks for the instant at which a form is greatest, or, with the other sign, least.
#[derive(Debug, Clone)]
pub(crate) struct ExtremeWatch {
    sign: f64,
    span: Span,
    /// The greatest so far, and where it was first.
    found: Option<(f64, Time)>,
    lost: bool,
}

impl ExtremeWatch {
    pub fn new(greatest: bool, span: Span) -> Self {
        Self { sign: if greatest { 1.0 } else { -1.0 }, span, found: None, lost: false }
    }

    fn piece(&mut self, present: &Present, piece: &Piece<'_>) {
        let Some((from, to)) = self.span.clip(piece) else { return };
        let form = present.form.scaled(self.sign);
        let (from_s, to_s) = (from.since(present.anchor), to.since(present.anchor));
        self.offer(form.eval(from_s), from);
        let Some((_, high)) = minimum_maximum(&form, from_s, to_s) else {
            self.lost = true;
            return;
        };
        // The ends first: between them it need be looked at only if something is higher there.
        let ends = form.eval(from_s).max(form.eval(to_s));
        if high > ends && self.found.is_none_or(|(found, _)| high > found) {
            self.turns(&form, from_s, to_s, present.anchor);
        }
        self.offer(form.eval(to_s), to);
    }

    /// Goes through the turns of a form.
    fn turns(&mut self, form: &Waveform, mut from_s: f64, to_s: f64, anchor: Time) {
        let rate = form.derivative();
        for _ in 0..MOST_TURNS {
            let Some(at_s) = first_crossing(&rate, 0.0, Direction::Fall, from_s, to_s) else {
                return;
            };
            self.offer(form.eval(at_s), anchor.plus(at_s));
            if at_s <= from_s {
                return;
            }
            from_s = at_s;
        }
        self.lost = true;
    }

    fn offer(&mut self, height: f64, at: Time) {
        if self.found.is_none_or(|(found, _)| height > found) {
            self.found = Some((height, at));
        }
    }

    fn result(&self, end: Time) -> Result<f64, MeasureError> {
        self.span.complete(end)?;
        let (from_s, to_s) = (self.span.from.as_s(), self.span.to.unwrap_or(end).as_s());
        match self.found {
            _ if self.lost => Err(MeasureError::TooManyWaves),
            Some((_, at)) => Ok(at.as_s()),
            None => Err(MeasureError::EmptyWindow { from_s, to_s }),
        }
    }
}
