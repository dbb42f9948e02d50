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
    let mut sink = SpikeSink::new();
    three_spikes().play(&c, &mut sink);
    let x1 = c.find_element("x1.n1").expect("an element");
    let expected = [Time::from_s(2e-3), Time::from_s(0.123_456_789_012_345)];
    assert_eq!(sink.of(x1), expected);
    assert_eq!(sink.count(), 3);
    let seconds = sink.seconds();
    assert_eq!(seconds.len(), c.elements().len());
    assert_eq!(seconds[x1.index()], [2e-3, 0.123_456_789_012_345]);
    let resistor = c.find_element("r1").expect("an element");
    assert_eq!(sink.of(resistor), []);
}

#[test]
fn the_spike_list_is_a_table_in_the_order_of_time() {
    let c = circuit();
    let mut sink = SpikeWriter::new(Vec::new());
    three_spikes().play(&c, &mut sink);
    let text = String::from_utf8(sink.into_inner().expect("memory")).expect("text");
    assert_eq!(text, "time_s,element\n0.002,x1.n1\n0.002,n1\n0.123456789012345,x1.n1\n");
}
