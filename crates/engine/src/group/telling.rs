//! What a group says: to sinks, and to what follows its devices and nets.

use memspike_circuit::NetId;
use memspike_digital::{Delays, Level};
use memspike_scheduler::{Group as _, Moment, Outbox, Place};
use memspike_time::Time;
use memspike_waveform::Waveform;
use smallvec::SmallVec;

use super::AnalogGroup;
use crate::DeviceEvent;
use crate::logic::level_of;
use crate::probes::jump;
use crate::source::Due;

/// What sinks are told.
pub(crate) enum Record {
    Event(DeviceEvent),
    /// The new form of a signal, by its number.
    Form(u32, Box<Waveform>),
    /// By what the integral of a signal jumps, by its number.
    Impulse(u32, f64),
    /// The new level of a net.
    Level(NetId, Level),
}

/// What a group hears of its own islands or of an earlier group. Positions are those in the hearing group.
pub(crate) enum Heard {
    /// A driver hears a spike, or the level of its net.
    Source { driver: usize, due: Due, level: Level },
    /// A comparator drives a net from what happened at `at`; without delay that is at `now`.
    Level { net: usize, level: Level, delays: Delays, at: Time, now: Due },
    /// A spike makes a pulse of a net.
    Pulse { net: usize, active: Level, due: Due, width_fs: u64 },
}

/// Who follows a device, and in which group.
pub(crate) struct Listener {
    pub group: usize,
    pub follower: Follower,
}

/// Who follows a device, by its position among the sources or nets of its group.
#[derive(Clone, Copy)]
pub(crate) enum Follower {
    /// A spike driver.
    Driver { driver: usize, delay_fs: u64 },
    /// A net that spikes make pulses of.
    Tap { net: usize, active: Level, delay_fs: u64, width_fs: u64 },
    /// The net that a comparator drives.
    Comparator { net: usize, inverted: bool, delays: Delays },
}

impl Follower {
    /// What it hears of an event.
    fn hears(self, moment: Moment, event: &DeviceEvent) -> Option<Heard> {
        let now = (moment.at, moment.heard_in());
        let due = |delay_fs| if delay_fs == 0 { now } else { (moment.at.later(delay_fs), 0) };
        match self {
            Self::Driver { driver, delay_fs } if event.is_spike() => {
                Some(Heard::Source { driver, due: due(delay_fs), level: Level::One })
            }
            Self::Tap { net, active, delay_fs, width_fs } if event.is_spike() => {
                Some(Heard::Pulse { net, active, due: due(delay_fs), width_fs })
            }
            Self::Comparator { net, inverted, delays } => {
                let level = level_of(event.to).inverted_if(inverted);
                Some(Heard::Level { net, level, delays, at: moment.at, now })
            }
            _ => None,
        }
    }
}

/// Kinds of records of one moment, in the order in which they are told.
pub(super) const EVENTS: u8 = 0;
pub(super) const LEVELS: u8 = 1;
pub(super) const FORMS: u8 = 2;

impl AnalogGroup<'_> {
    /// Tells of what an island did.
    pub(super) fn report(
        &mut self,
        position: usize,
        moment: Moment,
        events: &[DeviceEvent],
        anchored: bool,
        out: &mut Outbox<Record, Heard>,
    ) {
        let place = self.place(position);
        for event in events {
            self.tell(moment, place, event, out);
        }
        if anchored {
            for number in self.probes.of_island(position) {
                let form = self.probes.form(*number, moment.at, &self.islands, &self.sources);
                let record = Record::Form(self.probes.signal(*number), Box::new(form));
                out.record(moment, place, record);
            }
        }
    }

    /// Tells of what has passed in no time since charges were as given.
    pub(super) fn impulses(
        &self,
        position: usize,
        moment: Moment,
        before: &[f64],
        out: &mut Outbox<Record, Heard>,
    ) {
        if before.is_empty() {
            return;
        }
        let numbers = self.probes.of_island(position);
        let after = self.probes.charges(numbers, moment.at, &self.islands);
        for ((number, before), after) in numbers.iter().zip(before).zip(&after) {
            if let Some(integral) = jump(*before, *after) {
                let record = Record::Impulse(self.probes.signal(*number), integral);
                out.record(moment, self.place(position), record);
            }
        }
    }

    /// Tells of a change of phase, and leads it to those that follow the device.
    pub(super) fn tell(
        &mut self,
        moment: Moment,
        place: Place,
        event: &DeviceEvent,
        out: &mut Outbox<Record, Heard>,
    ) {
        self.phase_changes += 1;
        let is_part = event.is_of_part();
        if (is_part || event.is_spike())
            && let Some(listeners) = self.listeners.get(&event.element)
        {
            let mut at_home: SmallVec<[Heard; 1]> = SmallVec::new();
            for Listener { group, follower } in listeners {
                let Some(heard) = follower.hears(moment, event) else { continue };
                if *group == self.number {
                    at_home.push(heard);
                } else {
                    out.send(*group, heard);
                }
            }
            at_home.into_iter().for_each(|heard| self.hear(heard));
        }
        if !is_part && self.followed.include(event) {
            out.record(moment, place, Record::Event(*event));
        }
    }
}
