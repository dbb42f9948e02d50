//! Which sinks hear of what, and how they are told.

use std::collections::BTreeMap;
use std::io;

use memspike_circuit::NetId;
use memspike_time::Time;

use crate::group::Record;
use crate::{Events, Follows, Sink};

/// The sinks that hear of an event.
pub(super) struct Followers {
    /// If a device turns on.
    spike: Vec<usize>,
    /// If it changes its phase otherwise.
    other: Vec<usize>,
}

impl Followers {
    pub(super) fn new(follows: &[Follows]) -> Self {
        let of = |least: Events| {
            let follows = follows.iter().enumerate();
            follows.filter(|(_, f)| f.events >= least).map(|(sink, _)| sink).collect()
        };
        Self { spike: of(Events::Spikes), other: of(Events::Phases) }
    }
}

/// Who follows each net: sink, and the net's position there.
pub(super) fn followers_of_nets(follows: &[Follows]) -> BTreeMap<NetId, Vec<(usize, usize)>> {
    let mut of_nets: BTreeMap<NetId, Vec<(usize, usize)>> = BTreeMap::new();
    for (sink, follows) in follows.iter().enumerate() {
        for (position, net) in follows.nets.iter().enumerate() {
            of_nets.entry(*net).or_default().push((sink, position));
        }
    }
    of_nets
}

/// Who hears of what.
pub(super) struct Hearers<'r> {
    pub(super) listeners: &'r [Vec<(usize, usize)>],
    pub(super) followers: &'r Followers,
    pub(super) of_nets: &'r BTreeMap<NetId, Vec<(usize, usize)>>,
}

/// Tells the sinks that follow it.
pub(super) fn tell(
    at: Time,
    record: &Record,
    &Hearers { listeners, followers, of_nets }: &Hearers<'_>,
    sinks: &mut [&mut dyn Sink],
) -> io::Result<()> {
    match record {
        Record::Event(event) => {
            let all = if event.is_spike() { &followers.spike } else { &followers.other };
            all.iter().try_for_each(|sink| sinks[*sink].event(at, *event))
        }
        Record::Form(number, form) => {
            let mut all = listeners[*number as usize].iter();
            all.try_for_each(|(sink, signal)| sinks[*sink].waveform(at, *signal, form))
        }
        Record::Impulse(number, integral) => {
            let mut all = listeners[*number as usize].iter();
            all.try_for_each(|(sink, signal)| sinks[*sink].impulse(at, *signal, *integral))
        }
        Record::Level(net, level) => {
            let mut all = of_nets.get(net).into_iter().flatten();
            all.try_for_each(|(sink, position)| sinks[*sink].level(at, *position, *level))
        }
    }
}
