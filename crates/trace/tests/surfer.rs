//! Command files of Surfer, against the commands that its documentation lists, and against wellen, by which Surfer finds variables.

mod common;

use std::io::Cursor;

use common::{Run, circuit, current, voltage};
use memspike_device::Phase;
use memspike_trace::{DumpOptions, FstSink, Trace, TraceKind, VcdSink, command_file};
use memspike_waveform::Waveform;
use wellen::simple;

/// Of the commands that Surfer documents those that a file about a dump can need, each with its number of words.
const COMMANDS: [(&str, usize); 7] = [
    ("divider_add", 1),
    ("variable_add", 1),
    ("item_focus", 1),
    ("item_set_analog", 1),
    ("item_set_height", 1),
    ("item_unfocus", 0),
    ("zoom_fit", 0),
];

/// What Surfer shows after the commands: name and, if it is analog, style of each item.
fn shown(text: &str) -> Vec<(String, Option<String>)> {
    let (mut items, mut focused): (Vec<(String, Option<String>)>, _) = (Vec::new(), None);
    for line in text.lines() {
        // As Surfer takes lines apart.
        let commands = line.split('#').next().expect("a part").split(';');
        assert_eq!(commands.count(), 1, "{line}");
        let words: Vec<&str> = line.split_whitespace().collect();
        let known = COMMANDS.iter().find(|(name, _)| *name == words[0]);
        assert_eq!(known.map(|(_, count)| count + 1), Some(words.len()), "{line}");
        match words[..] {
            ["divider_add" | "variable_add", name] => items.push((name.to_owned(), None)),
            ["item_focus", letters] => {
                let digits: String = letters
                    .chars()
                    .map(|c| char::from_digit(u32::from(c) - u32::from('a'), 16).expect("a to p"))
                    .collect();
                focused = Some(usize::from_str_radix(&digits, 16).expect("a number"));
            }
            ["item_set_analog", style @ ("step" | "interpolated")] => {
                items[focused.expect("an item")].1 = Some(style.to_owned());
            }
            ["item_set_height", height] => assert!(height.parse::<f32>().is_ok(), "{line}"),
            ["item_unfocus"] => focused = None,
            ["zoom_fit"] => assert_eq!(focused, None),
            _ => panic!("{line}"),
        }
    }
    assert!(text.ends_with("zoom_fit\n"), "{text}");
    items
}

#[test]
fn every_variable_is_found_by_surfers_reader_in_vcd_and_fst_and_drawn_as_what_it_is() {
    let c = circuit();
    let signals = || vec![voltage(&c, "x1.mem"), current(&c, "x1.n1"), voltage(&c, "mem")];
    let run = Run {
        forms: vec![(0.0, 0, Waveform::relaxation(0.0, 0.8, -100.0))],
        events: vec![(2e-3, "x1.n1", Phase::Growing, 0.0)],
        end: 4e-3,
    };
    let mut vcd = VcdSink::new(Vec::new(), signals(), DumpOptions::default());
    let mut fst = FstSink::new(Cursor::new(Vec::new()), signals(), DumpOptions::default());
    run.play(&c, &mut vcd);
    run.play(&c, &mut fst);
    let texts = [vcd.command_file(), fst.command_file()];
    assert_eq!(texts[0], texts[1]);
    let dumps = [vcd.into_inner().expect("memory"), fst.into_inner().expect("memory").into_inner()];
    for dump in dumps {
        let waves = simple::read_from_reader(Cursor::new(dump)).expect("wellen reads it");
        let hierarchy = waves.hierarchy();
        let mut left: Vec<_> = hierarchy.all_vars().collect();
        for (name, style) in shown(&texts[0]) {
            let levels: Vec<&str> = name.split('.').collect();
            let (own, scopes) = levels.split_last().expect("a name");
            // Dividers have the names of no variables.
            let Some(var) = hierarchy.lookup_var(scopes, own) else {
                assert!(
                    ["voltages", "currents", "n1", "x1.n1", "xneuron[3].n1"]
                        .contains(&name.as_str()),
                    "{name}"
                );
                continue;
            };
            let expected = match *own {
                "filament" => Some("step"),
                own if own.starts_with(['v', 'i']) => Some("interpolated"),
                _ => None,
            };
            assert_eq!(style.as_deref(), expected, "{name}");
            left.retain(|other| *other != var);
        }
        assert!(left.is_empty(), "{left:?}");
    }
}

#[test]
fn items_count_beyond_sixteen_buses_lose_their_range_and_titles_are_one_word() {
    let trace =
        |kind, name: String| Trace { kind, path: format!("top.{name}"), name, state_bits: 0 };
    let mut traces: Vec<Trace> =
        (0..300).map(|k| trace(TraceKind::Voltage, format!("v(n_{k})"))).collect();
    traces.push(trace(TraceKind::Net, "q[7:0]".to_owned()));
    traces.push(trace(TraceKind::Spike, "a;b#c d".to_owned()));
    traces[301].path = "top.a_b_c_d.spike".to_owned();
    let items = shown(&command_file(&traces));
    assert_eq!(items.len(), 1 + 300 + 2 + 2);
    assert!(items[1..=300].iter().all(|(_, style)| style.as_deref() == Some("interpolated")));
    assert_eq!(items[302], ("top.q".to_owned(), None));
    assert_eq!(items[303], ("a_b_c_d".to_owned(), None));
    // More than can be shown are told of.
    let many: Vec<Trace> =
        (0..5000).map(|k| trace(TraceKind::Voltage, format!("v(n_{k})"))).collect();
    let items = shown(&command_file(&many));
    assert_eq!(items.last().map(|(name, _)| name.as_str()), Some("more_are_in_the_dump"));
}
