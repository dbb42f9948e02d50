//! The demo as one page.

use std::fmt::Write as _;

use memspike_plot::{Axis, Figure, Ink, Marks, Panel, Series};
use memspike_report::page::{self, escaped};
use memspike_snn::{CLASSES, SIDE};

use crate::{failure::Failure, files};

use super::core::{ANALOG, Core, Run};
use super::network::{Shown, Trace};

const STYLE: &str = "\
.digits{display:grid;grid-template-columns:repeat(auto-fit,minmax(6.5rem,1fr));gap:1rem;max-width:44rem}
.digits figure{margin:0}.digits svg{width:100%;border:1px solid var(--line)}
th:nth-child(-n+2),td:nth-child(-n+2){text-align:right}
#core th:first-child,#core td:first-child{text-align:left}
.most{font-weight:bold}
";

/// What a reader of the membranes should know.
const MIRRORS: &str = "\
The broken line is the mean voltage of a spike. Currents of negative weights pull a membrane down: the \
mirrors that feed them are ideal and go on at any voltage, where a real one would stop at its supply. The \
memristors of this layer fire at positive voltages only, so such a neuron stays silent either way.";

/// Every picture with what it was taken for; of the first, spikes and membranes of the analog output layer, and what a core in
/// its place does.
pub fn html(shown: &[Shown], core: &Core) -> Result<String, Failure> {
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
        let (svg, decision) = (picture(*digit, image), response.decision());
        let _ = writeln!(
            page,
            "<figure id=\"digit-{digit}\">\n{svg}\n<figcaption>Decided: <b>{decision}</b></figcaption>\n</figure>"
        );
    }
    page.push_str("</div>\n");
    page.push_str(&counts(shown));
    let Some(first) = shown.first() else { return Ok(page + page::END) };
    let (Shown { digit, trace, .. }, analog) = (first, first.run());
    for (id, figure, words) in
        [("raster", raster(*digit, trace), ""), ("membranes", membranes(*digit, trace), MIRRORS)]
    {
        page.push_str(&drawn(id, &figure, words)?);
    }
    page.push_str(&layers(&analog, core));
    page.push_str(&drawn("layers", &rasters(*digit, &analog, core), "")?);
    Ok(page + page::END)
}

/// A figure with its title and words below.
fn drawn(id: &str, figure: &Figure, words: &str) -> Result<String, Failure> {
    let (drawing, title) = (files::drawing(figure)?, escaped(&figure.title));
    Ok(format!(
        "<figure id=\"{id}\">\n{drawing}\n<figcaption><b>{title}.</b> {words}</figcaption>\n</figure>\n"
    ))
}

/// The output layers as a table.
fn layers(analog: &Run, core: &Core) -> String {
    let mut table = format!(
        "<h2>The same digit through a digital core</h2>\n<p>{LAYERS} {}</p>\n<div class=\"wide\"><table id=\"core\">\n\
         <tr><th>output layer</th><th>decision</th><th>spikes</th><th>first spike</th><th>decided</th></tr>\n",
        escaped(&core.verdict())
    );
    for (name, run) in std::iter::once((ANALOG, analog)).chain(core.runs()) {
        let cells: String = run.cells().iter().map(|cell| format!("<td>{cell}</td>")).collect();
        let _ = writeln!(table, "<tr><td>{name}</td>{cells}</tr>");
    }
    table + "</table></div>\n"
}

/// What stands above the table of output layers.
const LAYERS: &str = "\
A core of 8-bit weights takes the place of crossbar and membranes: bridges read the rows of the same circuit, and each pulse is a \
spike of the core, which decides once a millisecond who fires. Its event-level model and its Verilog run in the loop with the \
analog neurons, on one time axis.";

/// Spikes of each output neuron as a table, those of the decision in bold.
fn counts(shown: &[Shown]) -> String {
    let classes: String = (0..CLASSES).map(|class| format!("<th>{class}</th>")).collect();
    let mut table = format!(
        "<h2>Spikes of the ten output neurons</h2>\n<div class=\"wide\"><table>\n<tr><th>drawn</th>{classes}</tr>\n"
    );
    for Shown { digit, response, .. } in shown {
        let cell = |(class, count): (usize, &u32)| {
            let most = class == response.decision();
            let class = if most { " class=\"most\"" } else { "" };
            format!("<td{class}>{count}</td>")
        };
        let cells: String = response.counts.iter().enumerate().map(cell).collect();
        let _ = writeln!(table, "<tr><td>{digit}</td>{cells}</tr>");
    }
    table + "</table></div>\n"
}

/// The image with its ink in the colour of text.
fn picture(digit: usize, image: &[u8]) -> String {
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

/// The spikes of every output layer, one panel below the other.
fn rasters(digit: usize, analog: &Run, core: &Core) -> Figure {
    let panel = |(number, (name, run)): (usize, (&str, &Run))| {
        let spikes = run.spikes_s.iter().enumerate();
        let dots =
            spikes.flat_map(|(class, at_s)| at_s.iter().map(move |s| (1e3 * s, class as f64)));
        let series = Series::new(name, Ink::Series(number), Marks::Dots(dots.collect()));
        let names = (0..CLASSES).map(|class| class.to_string()).collect();
        Panel::new(name, time(), Axis::named("output neuron", names), vec![series])
    };
    let runs = std::iter::once((ANALOG, analog)).chain(core.runs());
    let title = format!("Spikes of the output layers while they look at the drawn {digit}");
    let figure = Figure::grid(title, 1, runs.enumerate().map(panel).collect());
    Figure { panel_size: (640, 260), ..figure }
}

/// Top of the axes of membrane voltages (V): above every threshold.
const TOP_V: f64 = 0.4;

/// The membrane of each output neuron, on equal axes.
fn membranes(digit: usize, trace: &Trace) -> Figure {
    let low = trace.membranes.iter().flatten().map(|point| point.1).fold(-0.02, f64::min);
    let spikes = trace.peaks_v.len().max(1) as f64;
    let threshold = trace.peaks_v.iter().sum::<f64>() / spikes;
    let panel = |(class, curve): (usize, &Vec<(f64, f64)>)| {
        let line = Marks::Line(curve.iter().map(|(s, volts)| (1e3 * s, *volts)).collect());
        let level = Marks::Dashes(vec![(0.0, threshold), (SHOWN_MS, threshold)]);
        let series = vec![
            Series::new("mean voltage of a spike", Ink::Series(5), level),
            Series::new("membrane", Ink::Series(class), line),
        ];
        let volts = Axis::linear("membrane (V)", 1.05 * low, TOP_V);
        Panel::new(format!("output neuron {class}"), time(), volts, series)
    };
    let panels = trace.membranes.iter().enumerate().map(panel).collect();
    Figure::grid(
        format!("Membranes of the output neurons while they look at the drawn {digit}"),
        2,
        panels,
    )
}
