//! Dumps, as wellen reads them.

use wellen::SignalValueRef;
use wellen::simple::Waveform;

/// The changes of the bits of a variable: when, in the dump's unit of time, and its levels.
pub fn changes(waves: &mut Waveform, scopes: &[&str], name: &str) -> Vec<(u64, String)> {
    let hierarchy = waves.hierarchy();
    let var = hierarchy.lookup_var(scopes, name).unwrap_or_else(|| panic!("no {scopes:?} {name}"));
    let signal = hierarchy[var].signal_ref();
    waves.load_signals(&[signal]);
    let times = waves.time_table();
    let text = |value: SignalValueRef<'_>| match value {
        SignalValueRef::BitVec(bits) => bits.bit_string(),
        other => panic!("{name} has no bits: {other:?}"),
    };
    let changes = waves.get_signal(signal).expect("loaded").iter_changes();
    changes.map(|(at, value)| (times[at as usize], text(value))).collect()
}
