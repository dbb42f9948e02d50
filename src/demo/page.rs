//! The demo as one page.

use std::fmt::Write as _;

use memspike_plot::{Axis, Figure, Ink, Marks, Panel, Series};
use memspike_snn::{CLASSES, Image, SIDE};

use crate::{
    failure::Failure,
    page::{self, escaped},
};

use super::network::{Shown, Trace};

const STYLE: &str = "\
.digits{display:grid;grid-template-columns:repeat(auto-fill,minmax(8rem,1fr));gap:1rem}
.digits figure{margin:0}.digits svg{width:100%;border:1px solid var(--line)}
.digits figcaption{font-variant-numeric:tabular-nums}
";

/// Every picture with what it was taken for; spikes and membranes of the first.
pub fn html(shown: &[Shown]) -> Result<String, Failure> {
    let mut page = page::head(
        "Ten digits and a spiking memristor network",
        "Ten digits, decided by a spiking network of memristors",
    );
    let _ = writeln!(
        page,
        "<style>{STYLE}</style>\n<p>784 oscillation neurons, 7840 synapses and 10 LIF neurons, every memristor \
         simulated with the variation that the paper measured. The weights were trained on MNIST; \
         these digits were drawn for this project.</p>\n<div class=\"digits\">"
    );
    for Shown { digit, image, response, .. } in shown {
        let counts = response.counts.map(|count| count.to_string()).join(" ");
        let _ = writeln!(
            page,
            "<figure id=\"digit-{digit}\">\n{}\n<figcaption>Decided: <b>{}</b><br/>Spikes: {counts}\
             </figcaption>\n</figure>",
            picture(*digit, image),
            response.decision()
        );
    }
    page.push_str("</div>\n");
    let Some(Shown { digit, trace, .. }) = shown.first() else { return Ok(page + page::END) };
    for (id, figure) in [("raster", raster(*digit, trace)), ("membranes", membranes(*digit, trace))]
    {
        let failed = |error| Failure::Work(format!("error: {error}"));
        let (svg, title) = (figure.svg().map_err(failed)?, escaped(&figure.title));
        let _ = writeln!(
            page,
            "<figure id=\"{id}\">\n{svg}\n<figcaption><b>{title}.</b></figcaption>\n</figure>"
        );
    }
    Ok(page + page::END)
}

/// The image with its ink in the colour of text.
fn picture(digit: usize, image: &Image) -> String {
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {SIDE} {SIDE}\" role=\"img\" \
         shape-rendering=\"crispEdges\" fill=\"currentColor\"><title>A drawn {digit}</title>"
    );
    for (at, pixel) in image.iter().enumerate().filter(|(_, pixel)| **pixel > 0) {
        let (x, y, ink) = (at % SIDE, at / SIDE, f64::from(*pixel) / 255.0);
        let _ = write!(
            svg,
            "<rect x=\"{x}\" y=\"{y}\" width=\"1\" height=\"1\" fill-opacity=\"{ink:.2}\"/>"
        );
    }
    svg + "</svg>"
}

/// How long the curves are (ms).
const SHOWN_MS: f64 = 100.0;

fn time() -> Axis {
    Axis::linear("time (ms)", 0.0, SHOWN_MS)
}

/// A dot for each spike of an output neuron.
fn raster(digit: usize, trace: &Trace) -> Figure {
    let dots = |(class, spikes): (usize, &Vec<f64>)| {
        let dots = spikes.iter().map(|at_s| (1e3 * at_s, class as f64)).collect();
        Series::new(format!("neuron {class}"), Ink::Series(class), Marks::Dots(dots))
    };
    let series = trace.spikes_s.iter().enumerate().map(dots).collect();
    let names = (0..CLASSES).map(|class| class.to_string()).collect();
    let panel = Panel::new("", time(), Axis::named("output neuron", names), series);
    Figure::single(
        format!("Spikes of the output neurons while they look at the drawn {digit}"),
        panel,
    )
}

/// The membrane of each output neuron.
fn membranes(digit: usize, trace: &Trace) -> Figure {
    let all = || trace.membranes.iter().flatten().map(|point| point.1);
    let (low, high) = (all().fold(0.0, f64::min), all().fold(0.1, f64::max));
    let panel = |(class, curve): (usize, &Vec<(f64, f64)>)| {
        let line = Marks::Line(curve.iter().map(|(s, volts)| (1e3 * s, *volts)).collect());
        let series = vec![Series::new("membrane", Ink::Series(class), line)];
        let volts = Axis::linear("membrane (V)", 1.05 * low, 1.05 * high);
        Panel::new(format!("output neuron {class}"), time(), volts, series)
    };
    let panels = trace.membranes.iter().enumerate().map(panel).collect();
    Figure::grid(
        format!("Membranes of the output neurons while they look at the drawn {digit}"),
        2,
        panels,
    )
}
