//! Source functions: values in SPICE's order to waveforms.

mod exponential;
mod pulse;
mod pwl;

use std::collections::BTreeSet;

use memspike_circuit::{
    DeviceId, Retrigger, Sine, SpikeDriver, Staircase, StaircaseError, Stimulus,
};

use crate::code::Code;
use crate::cursor::{FileName, Name};
use crate::expression::{Draws, Expression};
use crate::finding::Finding;
use crate::number::clip;
use crate::source::Span;
use crate::syntax::{SourceFunction, WaveformKind};
use crate::vector::Vector;

use super::{Elaborator, Scope};

/// What sources show of the images of a file.
pub(super) struct Shown {
    /// Where it is shown first.
    span: Span,
    /// Rows and columns of an image.
    size: [usize; 2],
    pixels: BTreeSet<usize>,
}

impl Elaborator<'_> {
    /// What a source does; `place` is its position in the range of its card, if that has one, and its name is given if it
    /// is one alone at the top.
    pub(super) fn stimulus(
        &mut self,
        scope: &Scope<'_>,
        function: &SourceFunction,
        (name, place): (Option<&str>, Option<usize>),
        draws: &mut Option<Draws>,
    ) -> Option<Stimulus> {
        let values: Vec<Option<f64>> =
            function.arguments.iter().map(|value| self.number(scope, value, draws)).collect();
        let mut values: Vec<f64> = values.into_iter().collect::<Option<_>>()?;
        for (source, at, value) in &self.argument_values {
            if name == Some(source) {
                values[*at] = *value;
            }
        }
        let made = match &function.kind {
            WaveformKind::Pulse => self.pulse(function, &values),
            WaveformKind::Sine => self.sine(function, &values),
            WaveformKind::Exponential => exponential::made(function, &values, self.stop_s()),
            WaveformKind::Pwl { file, repeat, delay } => {
                let repeat = self.option(scope, function, repeat.as_ref(), -1.0, draws)?;
                let delay = self.option(scope, function, delay.as_ref(), 0.0, draws)?;
                self.pwl(function, file.as_ref(), &values, repeat, delay)
            }
            WaveformKind::Sweep { repeat } => {
                let repeats = self.option(scope, function, repeat.as_ref(), 1.0, draws)?;
                sweep(function, &values, repeats)
            }
            WaveformKind::Spike { devices, mode, delay } => {
                let delay = self.option(scope, function, delay.as_ref(), 0.0, draws)?;
                let devices = self.followed(scope, devices, place);
                self.spike(function, devices, mode.as_ref(), delay, &values)
            }
            WaveformKind::Image { file, number } => {
                let number = self.option(scope, function, number.as_ref(), 0.0, draws)?;
                self.image(function, file, &values, number)
            }
        };
        match made {
            Ok(stimulus) => {
                self.check_grains(function, &values);
                Some(stimulus)
            }
            Err(finding) => {
                self.report(finding);
                None
            }
        }
    }

    /// An option's value with its place, or else its default.
    fn option(
        &mut self,
        scope: &Scope<'_>,
        function: &SourceFunction,
        option: Option<&Expression>,
        default: f64,
        draws: &mut Option<Draws>,
    ) -> Option<(f64, Span)> {
        match option {
            Some(option) => Some((self.number(scope, option, draws)?, option.span)),
            None => Some((default, function.span)),
        }
    }

    /// The end of the run stands for times that a card leaves out, as in SPICE.
    fn stop_s(&self) -> f64 {
        self.tran.as_ref().map(|tran| tran.stop_s).filter(|stop| *stop > 0.0).unwrap_or(1.0)
    }

    /// The devices that a driver follows: that at its own place, or else all of a range.
    fn followed(
        &mut self,
        scope: &Scope<'_>,
        devices: &Vector,
        place: Option<usize>,
    ) -> Vec<DeviceId> {
        let names: Vec<Name> = match place {
            Some(place) => vec![devices.at(place)],
            None => devices.names().collect(),
        };
        let mut ids = Vec::with_capacity(names.len());
        for Name { text, span } in names {
            let text = format!("{}{text}", scope.prefix);
            ids.push(self.builder.device(&text));
            self.followed.push(Name { text, span });
        }
        ids
    }

    /// `SPIKE(device high width low delay=0 mode=deaf)`: a pulse where the device turns on, or a delay later.
    fn spike(
        &mut self,
        function: &SourceFunction,
        devices: Vec<DeviceId>,
        mode: Option<&Name>,
        (delay_s, delay_span): (f64, Span),
        v: &[f64],
    ) -> Result<Stimulus, Finding> {
        const FORM: &str = "write SPIKE(device high width low), such as SPIKE(N1 0.1 1m)";
        count(function, v, 2..=3, FORM)?;
        let width_s = v[1];
        if width_s <= 0.0 {
            let message = format!("the width is {width_s:e} s");
            return Err(Finding::new(Code::NegativeTime, argument_span(function, 1), message)
                .help("a pulse takes time"));
        }
        if delay_s < 0.0 {
            return Err(negative(delay_span, "delay", delay_s));
        }
        self.check_grain(delay_span, "a delay", delay_s);
        let low = v.get(2).copied().unwrap_or(0.0);
        let retrigger = mode.map_or(Ok(Retrigger::default()), retrigger)?;
        Ok(Stimulus::Spikes(SpikeDriver { devices, high: v[0], low, width_s, delay_s, retrigger }))
    }

    /// `IMAGE("file" low high) number=n`: a pixel of an image, from `low` for 0 to `high` for 255. Which
    /// pixel is the index of the source.
    fn image(
        &mut self,
        function: &SourceFunction,
        file: &FileName,
        v: &[f64],
        (number, number_span): (f64, Span),
    ) -> Result<Stimulus, Finding> {
        const FORM: &str = "write Vpix[0:783] pix[0:783] 0 IMAGE(\"digits.idx\" 0 2) number=0";
        count(function, v, 2..=2, FORM)?;
        let refuse = |span, message: String, help: &str| {
            Err(Finding::new(Code::Image, span, message).help(help))
        };
        let Some(pixel) = self.index else {
            let message =
                "a source without a range cannot show an image: its index says which pixel it is";
            return refuse(function.span, message.to_owned(), FORM);
        };
        let images = match self.sources.data.images(self.sources.beside(file)) {
            Ok(images) => images,
            Err(message) => {
                let help = "name an IDX file of images, plain or compressed by gzip, a .png or a .npy file; the \
                            path is relative to this file";
                return refuse(file.span, message, help);
            }
        };
        let &[images_there, rows, columns] = images.lengths.as_slice() else {
            unreachable!("three dimensions were asked for")
        };
        let pixels = rows * columns;
        if number < 0.0 || number.fract() != 0.0 || number >= images_there as f64 {
            let message = format!("there is no image {number}, the file has {images_there}");
            return refuse(number_span, message, "images are counted from 0");
        }
        let pixel = pixel as usize;
        if pixel >= pixels {
            let message =
                format!("there is no pixel {pixel}, an image has {rows} x {columns} = {pixels}");
            return refuse(function.span, message, "pixels are counted from 0, row by row");
        }
        let path = self.sources.beside(file);
        let shown = self.images.entry(path).or_insert_with(|| Shown {
            span: function.span,
            size: [rows, columns],
            pixels: BTreeSet::new(),
        });
        shown.pixels.insert(pixel);
        let grey = f64::from(images.entries[number as usize * pixels + pixel]) / 255.0;
        Ok(Stimulus::Dc(v[0] + (v[1] - v[0]) * grey))
    }

    /// Warns of images with pixels that no source shows: a file of another size than the one that was meant goes unseen otherwise.
    pub(super) fn tell_hidden_pixels(&mut self) {
        for Shown { span, size: [rows, columns], pixels } in
            std::mem::take(&mut self.images).into_values()
        {
            let (all, shown) = (rows * columns, pixels.len());
            if shown < all && !self.incomplete {
                let message =
                    format!("{shown} of the image's {all} pixels are shown ({rows} x {columns})");
                let help =
                    "give the image as many sources as it has pixels, or an image of that size";
                self.report(Finding::new(Code::ImagePart, span, message).help(help));
            }
        }
    }

    /// `SIN(vo va freq td theta phase)`, phase in degrees.
    fn sine(&self, function: &SourceFunction, v: &[f64]) -> Result<Stimulus, Finding> {
        const FORM: &str = "write SIN(offset amplitude frequency delay damping phase)";
        count(function, v, 2..=6, FORM)?;
        times(function, v, 2..3, &["frequency"], 2)?;
        times(function, v, 4..5, &["damping"], 4)?;
        let at = |index: usize| v.get(index).copied().unwrap_or(0.0);
        Ok(Stimulus::Sine(Sine {
            offset: v[0],
            amplitude: v[1],
            frequency_hz: if at(2) == 0.0 { 1.0 / self.stop_s() } else { at(2) },
            delay_s: at(3),
            damping_per_s: at(4),
            phase_rad: at(5).to_radians(),
        }))
    }
}

/// What `mode=` says of a spike within a driver's pulse.
fn retrigger(mode: &Name) -> Result<Retrigger, Finding> {
    match mode.text.as_str() {
        "deaf" => Ok(Retrigger::Deaf),
        "retrigger" => Ok(Retrigger::Lengthens),
        _ => {
            let message = format!("a spike driver has no mode '{}'", clip(&mode.text));
            Err(Finding::new(Code::UnsupportedWaveform, mode.span, message).help(
                "mode=deaf ignores spikes until the pulse ends, mode=retrigger makes it end one \
                 width after the last",
            ))
        }
    }
}

/// `SWEEP(step dwell v0 v1 ...) repeat=n`: a source-measure unit's staircase from corner to corner.
fn sweep(
    function: &SourceFunction,
    v: &[f64],
    (repeats, repeats_span): (f64, Span),
) -> Result<Stimulus, Finding> {
    const FORM: &str = "write SWEEP(step dwell value value ...), such as SWEEP(5m 0.1 0 0.3 0)";
    count(function, v, 3..=usize::MAX, FORM)?;
    let whole = repeats >= 1.0 && repeats.fract() == 0.0 && repeats <= 1e15;
    let made = if whole {
        Staircase::new(v[0], v[1], v[2..].to_vec(), repeats as u64)
    } else {
        Err(StaircaseError::Levels)
    };
    made.map(Stimulus::Staircase).map_err(|error| {
        let span = match error {
            StaircaseError::Step => argument_span(function, 0),
            StaircaseError::Dwell => argument_span(function, 1),
            StaircaseError::Corners => argument_span(function, 2),
            StaircaseError::Levels => repeats_span,
        };
        Finding::new(Code::SweepRange, span, error.to_string()).help(FORM)
    })
}

pub(super) fn argument_span(function: &SourceFunction, index: usize) -> Span {
    let argument: Option<&Expression> = function.arguments.get(index);
    argument.map_or(function.span, |argument| argument.span)
}

fn count(
    function: &SourceFunction,
    values: &[f64],
    allowed: std::ops::RangeInclusive<usize>,
    form: &str,
) -> Result<(), Finding> {
    if allowed.contains(&values.len()) {
        return Ok(());
    }
    let wanted = if values.len() < *allowed.start() {
        format!("at least {}", allowed.start())
    } else {
        format!("at most {}", allowed.end())
    };
    let message = format!("found {} values, expected {wanted}", values.len());
    Err(Finding::new(Code::WaveformArguments, function.span, message).help(form))
}

/// None of these values may be below zero.
fn times(
    function: &SourceFunction,
    values: &[f64],
    range: std::ops::Range<usize>,
    names: &[&str],
    first: usize,
) -> Result<(), Finding> {
    for index in range {
        if let Some(&value) = values.get(index)
            && value < 0.0
        {
            return Err(negative(argument_span(function, index), names[index - first], value));
        }
    }
    Ok(())
}

fn negative(span: Span, what: &str, value: f64) -> Finding {
    Finding::new(Code::NegativeTime, span, format!("the {what} is {value:e}, below zero"))
        .help("times, frequencies and damping start at zero")
}
