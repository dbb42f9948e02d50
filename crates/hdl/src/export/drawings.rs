//! Drawings of a core: its blocks, from the specification, and its handshakes, from a simulation.

use std::fmt::Write as _;
use std::io;

use memspike_lif_core::cycle::{Inputs, Offer, Outputs, Ready};
use memspike_lif_core::{Core, CycleModel, Leak, Reset, Spec, Stimulus};

use super::folder::Folder;
use crate::arch::Layout;
use crate::stimulus::{spread, towards};

/// Lines and letters in a colour for light and one for dark pages.
const STYLE: &str = "<style>text{font:12px sans-serif;fill:#222}.small{font-size:10px}.line{fill:none;stroke:#222;stroke-width:1.2}\
.box{fill:#dde8f5;stroke:#222}@media(prefers-color-scheme:dark){text{fill:#ddd}.line{stroke:#ddd}.box{fill:#24364d;stroke:#ddd}}</style>";

/// Writes `blocks.svg` and `handshakes.svg`.
pub fn write(core: &Core, layout: &dyn Layout, folder: &mut Folder<'_>) -> io::Result<()> {
    folder.text("blocks.svg", &blocks(core.spec(), layout))?;
    folder.text("handshakes.svg", &handshakes(core, layout))
}

fn svg(width: usize, height: usize, body: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\">{STYLE}\n{body}</svg>\n"
    )
}

/// Size of a block, and the gap that its channels cross.
const BLOCK: (usize, usize) = (210, 118);
const GAP: usize = 130;

/// Layers in a row, then the counter.
fn blocks(spec: &Spec, layout: &dyn Layout) -> String {
    let mut texts: Vec<Vec<String>> = spec
        .layers
        .iter()
        .enumerate()
        .map(|(number, layer)| {
            let leak = match layer.leak {
                Leak::None => "no leak".into(),
                Leak::Shift { shift } => format!("leak v - (v >> {shift})"),
                Leak::Multiply { factor, shift } => format!("leak (v * {factor}) >> {shift}"),
            };
            let reset = match layer.reset {
                Reset::Zero => "reset to 0".into(),
                Reset::Hold { value } => format!("reset to {value}"),
                Reset::Subtract => "reset by threshold".into(),
            };
            vec![
                format!("layer_{number}, {}", layout.name()),
                format!(
                    "{} x {} weights of {} bits",
                    layer.inputs, layer.neurons, layer.weight_bits
                ),
                format!("{} potentials of {} bits", layer.neurons, layer.potential_bits),
                format!("threshold {}", layer.threshold),
                leak,
                reset,
            ]
        })
        .collect();
    let neurons = spec.last().neurons;
    texts.push(vec![
        "counter".into(),
        format!("{neurons} counts of {} bits", spec.count_bits),
        "winner".into(),
    ]);
    let (width, height) = BLOCK;
    let mut body = String::new();
    for (place, lines) in texts.iter().enumerate() {
        let x = GAP + place * (width + GAP);
        arrows(&mut body, x - GAP, x, if place == 0 { "in" } else { "spikes" });
        let _ = writeln!(
            body,
            "<rect class=\"box\" x=\"{x}\" y=\"20\" width=\"{width}\" height=\"{height}\" rx=\"4\"/>"
        );
        for (line, text) in lines.iter().enumerate() {
            let _ = writeln!(body, "<text x=\"{}\" y=\"{}\">{text}</text>", x + 8, 38 + 18 * line);
        }
    }
    let end = GAP + texts.len() * (width + GAP);
    arrows(&mut body, end - GAP, end, "out");
    svg(end + 10, height + 40, &body)
}

/// The three channels between two blocks.
fn arrows(body: &mut String, from: usize, to: usize, name: &str) {
    for (line, channel) in ["start", "tick", "valid, address"].iter().enumerate() {
        let y = 48 + 32 * line;
        let (head, back) = (to - 1, to - 7);
        let _ = writeln!(
            body,
            "<path class=\"line\" d=\"M{} {y}H{head}M{back} {}L{head} {y}L{back} {}\"/><text class=\"small\" x=\"{}\" y=\"{}\">{name}: {channel}</text>",
            from + 1,
            y - 4,
            y + 4,
            from + 4,
            y - 5
        );
    }
}

/// What is seen in one cycle: a number for each signal; nothing where it means nothing.
type Seen = Vec<Option<u32>>;

/// Signals that are drawn, and whether they are numbers.
const SIGNALS: [(&str, bool); 14] = [
    ("in_start", false),
    ("in_start_ready", false),
    ("in_tick", false),
    ("in_tick_ready", false),
    ("in_valid", false),
    ("in_address", true),
    ("in_ready", false),
    ("out_start", false),
    ("out_valid", false),
    ("out_address", true),
    ("out_ready", false),
    ("out_tick", false),
    ("out_tick_ready", false),
    ("winner", true),
];

/// Most columns of the drawing, cycles after the last offer in which the core may still work, and cycles for which the reader lets a
/// spike and a tick wait.
const MOST_COLUMNS: usize = 40;
const PATIENCE: usize = 100_000;
const WAITS: usize = 2;

/// A start, events that make a neuron fire, and a tick; cycles in which nothing changes are one column.
fn handshakes(core: &Core, layout: &dyn Layout) -> String {
    let mut columns: Vec<(usize, Seen)> = Vec::new();
    for (cycle, seen) in simulate(core, layout).into_iter().enumerate() {
        if columns.last().is_none_or(|(_, last)| *last != seen) {
            columns.push((cycle, seen));
        }
    }
    columns.truncate(MOST_COLUMNS);
    let (left, wide, high) = (110, 40, 26);
    let mut body = String::new();
    for (column, (cycle, _)) in columns.iter().enumerate() {
        let x = left + column * wide;
        let _ = writeln!(body, "<text class=\"small\" x=\"{x}\" y=\"12\">{cycle}</text>");
    }
    for (row, (name, is_number)) in SIGNALS.iter().enumerate() {
        let base = 40 + row * high;
        let _ = writeln!(body, "<text x=\"4\" y=\"{base}\">{name}</text>");
        let values = columns.iter().map(|(_, seen)| seen[row]);
        if *is_number {
            numbers(&mut body, values, left, wide, base);
        } else {
            let mut path = format!("M{left} {base}");
            for (column, value) in values.enumerate() {
                let y = if value == Some(1) { base - 14 } else { base };
                let _ = write!(path, "V{y}H{}", left + (column + 1) * wide);
            }
            let _ = writeln!(body, "<path class=\"line\" d=\"{path}\"/>");
        }
    }
    svg(left + columns.len() * wide + 10, 40 + SIGNALS.len() * high, &body)
}

fn numbers(
    body: &mut String,
    values: impl Iterator<Item = Option<u32>>,
    left: usize,
    wide: usize,
    base: usize,
) {
    let values: Vec<Option<u32>> = values.collect();
    let mut at = 0;
    for run in values.chunk_by(|a, b| a == b) {
        let (x, width) = (left + at * wide, run.len() * wide);
        at += run.len();
        if let Some(value) = run[0] {
            let _ = writeln!(
                body,
                "<rect class=\"box\" x=\"{x}\" y=\"{}\" width=\"{width}\" height=\"16\"/><text class=\"small\" x=\"{}\" y=\"{}\">{value}</text>",
                base - 14,
                x + 4,
                base - 2
            );
        }
    }
}

/// The cycles of the drawing, by the cycle-accurate model.
fn simulate(core: &Core, layout: &dyn Layout) -> Vec<Seen> {
    let mut model = CycleModel::new(core, layout.model());
    let reset = Inputs { reset: true, ..Inputs::default() };
    model.clock(&reset);
    let first = core.spec().first();
    let images = spread(first.neurons).map(|neuron| towards(core, neuron, 1, first.threshold));
    let fires = images.filter(|image| !image.is_empty()).min_by_key(Vec::len);
    let stimuli =
        fires.unwrap_or_else(|| vec![Stimulus::Start, Stimulus::Event(0), Stimulus::Tick]);
    // One tick of the four is enough.
    let tick = stimuli.iter().position(|stimulus| *stimulus == Stimulus::Tick).unwrap_or(0);
    let mut offers = stimuli[..=tick].iter().map(offer).peekable();
    let mut seen = Vec::new();
    let mut waited = 0;
    for _ in 0..PATIENCE {
        let offer = offers.peek().copied().unwrap_or_default();
        let takes = waited >= WAITS;
        let ready = Ready { start: true, tick: takes, event: takes };
        let inputs = Inputs { offer, ready, ..Inputs::default() };
        let outputs = model.outputs(&inputs);
        seen.push(signals(&inputs, &outputs));
        let given = outputs.offer.valid || outputs.offer.tick;
        waited = if given && !takes { waited + 1 } else { 0 };
        let taken = outputs.ready;
        if taken.start && offer.start || taken.tick && offer.tick || taken.event && offer.valid {
            offers.next();
        }
        if offers.peek().is_none() && outputs.offer.tick && takes {
            break;
        }
        model.clock(&inputs);
    }
    seen
}

fn offer(stimulus: &Stimulus) -> Offer {
    let nothing = Offer::default();
    match *stimulus {
        Stimulus::Start => Offer { start: true, ..nothing },
        Stimulus::Tick => Offer { tick: true, ..nothing },
        Stimulus::Event(input) => Offer { valid: true, address: input as u32, ..nothing },
    }
}

fn signals(inputs: &Inputs, outputs: &Outputs) -> Seen {
    let flag = |value: bool| Some(u32::from(value));
    let (offer, given) = (inputs.offer, outputs.offer);
    vec![
        flag(offer.start),
        flag(outputs.ready.start),
        flag(offer.tick),
        flag(outputs.ready.tick),
        flag(offer.valid),
        offer.valid.then_some(offer.address),
        flag(outputs.ready.event),
        flag(given.start),
        flag(given.valid),
        given.valid.then_some(given.address),
        flag(inputs.ready.event),
        flag(given.tick),
        flag(inputs.ready.tick),
        Some(outputs.winner),
    ]
}
