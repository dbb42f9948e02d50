//! Variables of a dump as viewers show them: in groups, so many and no more.

/// What a trace shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TraceKind {
    /// A voltage (V).
    Voltage,
    /// A current (A).
    Current,
    /// A net or a bus.
    Net,
    /// Whether a device conducts.
    Spike,
    /// Its state, a word.
    State,
    /// Its filament.
    Filament,
}

/// A variable of a dump.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// What it shows.
    pub kind: TraceKind,
    /// Its name in the deck, such as `v(mem[0])`; of a device its hierarchical name.
    pub name: String,
    /// Where it is in the dump, scopes included, with the range of a bus.
    pub path: String,
    /// Of a state its bits, in a dump that has it as bits.
    pub state_bits: u32,
}

/// Traces that belong together.
pub(crate) struct Group<'a> {
    pub title: &'a str,
    pub traces: Vec<&'a Trace>,
    /// Whether it is one of too many to be open.
    pub is_closed: bool,
}

/// Most traces that are shown; viewers take long to open many more.
const MOST_TRACES: usize = 2000;

/// Traces of a group that is open at first.
const MOST_OPEN: usize = 24;

/// Voltages, currents, nets, then each device; and whether that is all.
pub(crate) fn groups(traces: &[Trace]) -> (Vec<Group<'_>>, bool) {
    let mut groups = Vec::new();
    for (title, kind) in [
        ("voltages", TraceKind::Voltage),
        ("currents", TraceKind::Current),
        ("nets", TraceKind::Net),
    ] {
        let of: Vec<&Trace> = traces.iter().filter(|trace| trace.kind == kind).collect();
        groups.push(Group { title, is_closed: of.len() > MOST_OPEN, traces: of });
    }
    let of_devices: Vec<&Trace> =
        traces.iter().filter(|trace| trace.kind >= TraceKind::Spike).collect();
    for device in of_devices.chunk_by(|a, b| a.name == b.name) {
        let is_closed = of_devices.len() > MOST_OPEN;
        groups.push(Group { title: &device[0].name, traces: device.to_vec(), is_closed });
    }
    let mut left = MOST_TRACES;
    for group in &mut groups {
        group.traces.truncate(left);
        left -= group.traces.len();
    }
    groups.retain(|group| !group.traces.is_empty());
    (groups, left > 0)
}
