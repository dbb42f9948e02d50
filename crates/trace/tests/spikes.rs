//! Spike lists.

mod common;

use common::{Run, circuit};
use memspike_device::Phase;
use memspike_time::Time;
use memspike_trace::{SpikeSink, SpikeWriter};

fn three_spikes() -> Run {
    let events = vec![
        (1e-3, "x1.n1", Phase::Growing, 0.0),
        (2e-3, "x1.n1", Phase::On, 1.0),
        (2e-3, "n1", Phase::On, 1.0),
        (3e-3, "x1.n1", Phase::Off, 1.0),
        (0.123_456_789_012_345, "x1.n1", Phase::On, 1.0),
    ];
    Run { forms: Vec::new(), events, end: 0.2 }
}

#[test]
fn spikes_are_the_instants_of_turning_on() {
    let c = circuit();
    for list in [false, true] {
        let mut sink = SpikeSink::new(&c, list);
        three_spikes().play(&c, &mut sink);
        let spikes = sink.finish();
        let x1 = spikes.iter().find(|spikes| spikes.element == "x1.n1").expect("a device");
        let [first, last] = [Time::from_s(2e-3), Time::from_s(0.123_456_789_012_345)];
        assert_eq!((x1.count, x1.ends), (2, Some((first, last))));
        assert_eq!(x1.times, if list { vec![first, last] } else { Vec::new() });
        assert_eq!(x1.frequency_hz(), Some(1.0 / last.since(first)));
        assert_eq!(spikes.iter().map(|spikes| spikes.count).sum::<u64>(), 3);
        assert!(spikes.iter().all(|spikes| spikes.element != "r1"), "a resistor never spikes");
    }
}

#[test]
fn the_spike_list_is_a_table_in_the_order_of_time() {
    let c = circuit();
    let mut sink = SpikeWriter::new(Vec::new());
    three_spikes().play(&c, &mut sink);
    let text = String::from_utf8(sink.into_inner().expect("memory")).expect("text");
    assert_eq!(text, "time_s,element\n0.002,x1.n1\n0.002,n1\n0.123456789012345,x1.n1\n");
}
