//! `PWL`.

use memspike_circuit::{RepeatedPwl, Stimulus};

use crate::code::Code;
use crate::cursor::FileName;
use crate::elaborate::Elaborator;
use crate::finding::Finding;
use crate::source::Span;
use crate::syntax::SourceFunction;

use super::{argument_span, count, negative};

const FORM: &str = "write PWL(time value time value ...) or PWL(file=\"points.txt\")";

type Points = Vec<(f64, f64)>;

impl Elaborator<'_> {
    /// `PWL(t1 v1 t2 v2 ...) r=from td=delay`; two points at one time are a jump. With `r` not below zero
    /// time goes back to the point there after the last one.
    pub(super) fn pwl(
        &mut self,
        function: &SourceFunction,
        file: Option<&FileName>,
        v: &[f64],
        (from_s, from_span): (f64, Span),
        (delay_s, _): (f64, Span),
    ) -> Result<Stimulus, Finding> {
        let written = self.written(function, file, v)?;
        let place = |index: usize| match file {
            Some(file) => file.span,
            None => argument_span(function, 2 * index),
        };
        let points = ordered(&written, place)?;
        if from_s < 0.0 {
            return Ok(Stimulus::Pwl(delayed(points, delay_s)));
        }
        let from_s = back(&points, from_s, from_span)?;
        Ok(Stimulus::RepeatedPwl(RepeatedPwl { points, from_s, delay_s }))
    }

    fn written(
        &self,
        function: &SourceFunction,
        file: Option<&FileName>,
        v: &[f64],
    ) -> Result<Points, Finding> {
        if let Some(file) = file {
            count(function, v, 0..=0, FORM)?;
            let read = self.sources.data.points(self.sources.beside(file));
            return read.map(|points| points.to_vec()).map_err(|message| {
                Finding::new(Code::PwlFile, file.span, message).help(
                    "name a file of times and values, a pair a line, a header behind #; the path is relative to this file",
                )
            });
        }
        count(function, v, 2..=usize::MAX, FORM)?;
        let (pairs, rest) = v.as_chunks();
        if !rest.is_empty() {
            let message = format!("a PWL needs pairs, found {} values", v.len());
            return Err(Finding::new(Code::WaveformArguments, function.span, message).help(FORM));
        }
        Ok(pairs.iter().map(|&[time, value]| (time, value)).collect())
    }
}

/// The points, if their times are in order.
fn ordered(written: &[(f64, f64)], place: impl Fn(usize) -> Span) -> Result<Points, Finding> {
    let mut points: Points = Vec::with_capacity(written.len());
    for (index, &(time, value)) in written.iter().enumerate() {
        if time < 0.0 {
            return Err(negative(place(index), "time", time));
        }
        match points.as_slice() {
            [.., last] if time < last.0 => {
                let message = format!("{time:e} s comes after {:e} s", last.0);
                return Err(Finding::new(Code::PwlOrder, place(index), message)
                    .help("order the points by time; two at one time are a jump"));
            }
            // Of three points at one time, the middle one is never seen.
            [.., before, last] if time == last.0 && before.0 == last.0 => {
                points.pop();
            }
            _ => {}
        }
        points.push((time, value));
    }
    Ok(points)
}

/// All points later; what a delay below zero puts before time zero is cut there.
fn delayed(mut points: Points, delay_s: f64) -> Points {
    points.iter_mut().for_each(|point| point.0 += delay_s);
    let past = points.iter().take_while(|(s, _)| *s < 0.0).count();
    let Some(&(before_s, before)) = past.checked_sub(1).map(|last| &points[last]) else {
        return points;
    };
    let start = match points.get(past) {
        Some(&(s, value)) => before - before_s / (s - before_s) * (value - before),
        None => before,
    };
    points.splice(..past, [(0.0, start)]);
    points
}

/// The point that time goes back to: one before the last, as in ngspice.
fn back(points: &[(f64, f64)], from_s: f64, span: Span) -> Result<f64, Finding> {
    let last_s = points.last().map_or(0.0, |(s, _)| *s);
    let near = |s: f64| (s - from_s).abs() <= 1e-12 * last_s;
    let found = points.iter().map(|(s, _)| *s).find(|s| near(*s)).filter(|s| *s < last_s);
    found.ok_or_else(|| {
        let message = format!("no point before the last is at r={from_s:e} s");
        Finding::new(Code::PwlRepeat, span, message)
            .help("time goes back to r after the last point: give the time of an earlier one, such as r=0")
    })
}
