//! What a group says: to sinks, and to drivers that follow its devices.

use memspike_device::Phase;
use memspike_scheduler::{Group as _, Moment, Outbox, Place};
use memspike_waveform::Waveform;
use smallvec::SmallVec;

use super::AnalogGroup;
use crate::DeviceEvent;
use crate::probes::jump;
use crate::source::Due;

/// What sinks are told.
pub(crate) enum Record {
    Event(DeviceEvent),
    /// The new form of a signal, by its number.
    Form(u32, Box<Waveform>),
    /// By what the integral of a signal jumps, by its number.
    Impulse(u32, f64),
}

/// A spike that a driver of a later group hears.
pub(crate) struct Spike {
    /// Position of the driver there.
    pub(super) driver: usize,
    pub(super) due: Due,
}

/// A driver that follows a device: its group, its position among the sources there, and its delay (fs).
pub(crate) struct Listener {
    pub group: usize,
    pub driver: usize,
    pub delay_fs: u64,
}

/// Kinds of records of one moment, in the order in which they are told.
pub(super) const EVENTS: u8 = 0;
pub(super) const FORMS: u8 = 1;

impl AnalogGroup<'_> {
    /// Tells of what an island did.
    pub(super) fn report(
        &mut self,
        position: usize,
        moment: Moment,
        events: &[DeviceEvent],
        anchored: bool,
        out: &mut Outbox<Record, Spike>,
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
        out: &mut Outbox<Record, Spike>,
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

    /// Tells of a change of phase, and leads a spike to the drivers that follow it.
    pub(super) fn tell(
        &mut self,
        moment: Moment,
        place: Place,
        event: &DeviceEvent,
        out: &mut Outbox<Record, Spike>,
    ) {
        self.phase_changes += 1;
        // Parts of laws are no devices of the deck: what they do shows in what hears them.
        if matches!(event.to, Phase::Piece(_)) {
            return;
        }
        if event.is_spike()
            && let Some(listeners) = self.listeners.get(&event.element)
        {
            let mut at_home: SmallVec<[Spike; 1]> = SmallVec::new();
            for listener in listeners {
                let due = match listener.delay_fs {
                    0 => (moment.at, moment.heard_in()),
                    delay_fs => (moment.at.later(delay_fs), 0),
                };
                let driver = listener.driver;
                if listener.group == self.number {
                    at_home.push(Spike { driver, due });
                } else {
                    out.send(listener.group, Spike { driver, due });
                }
            }
            at_home.into_iter().for_each(|spike| self.hear(spike));
        }
        if self.followed.include(event) {
            out.record(moment, place, Record::Event(*event));
        }
    }
}
