//! Delays of Verilog: those that Verilator keeps are those of Icarus, and those that it would cut are refused.

mod common;

use std::path::Path;

use common::cosim::{diagnosis, elaborated, own, recorded};
use memspike_digital::Level;

/// A module that waits once and then rises; with a part below it that has another time scale.
fn waits(delay: &str, scale: &str) -> String {
    format!(
        "`timescale 1ps/1fs\nmodule part (output wire q, output wire r);\n  below below (q);\n  reg early = 0;\n  assign r = early;\n\
           initial #4000000 early = 1;\nendmodule\n\
         {scale}\nmodule below (output reg q);\n  initial q = 0;\n  initial #({delay}) q = 1;\nendmodule\n"
    )
}

#[test]
fn a_delay_that_verilator_would_cut_is_refused_and_every_other_one_is_that_of_icarus() {
    let deck = |more: &str| {
        format!(
            "x\nA1 [] [q r] part\n.model part d_cosim(verilog=\"part.v\" delay=0 {more})\nR1 x 0 1\nV1 x 0 1\n.tran 1m\n.end\n"
        )
    };
    let icarus = "simulator=\"icarus\"";
    let cases = [
        // 2^32 fs are 4294.967296 ns.
        ("4294", "`timescale 1ns/1fs", true),
        ("4295", "`timescale 1ns/1fs", false),
        ("20000.5", "`timescale 1ns/1fs", false),
        ("20000", "`timescale 1ns/1ps", false),
        ("42", "`timescale 100ns/10ps", true),
        ("43", "`timescale 100ns/10ps", false),
        // As wide as is needed, which Verilator keeps whole.
        ("64'd20000", "`timescale 1ns/1fs", true),
    ];
    for (delay, scale, holds) in cases {
        let part = waits(delay, scale);
        let folder = own(&deck(""), &[("part.v", &part)]);
        let case = format!("{delay} {scale}");
        if !holds {
            let told = diagnosis(folder.path());
            assert!(
                told.contains("a delay is too long for this Verilator: part.v:11 waits"),
                "{case}: {told}"
            );
            assert!(told.contains("simulator=\"icarus\""), "{told}");
            continue;
        }
        let rise = |folder: &Path| {
            let recording = recorded(&elaborated(folder, "deck.cir"), &["q"]).expect("a run");
            let rises = recording.levels(0).iter().filter(|(_, level)| *level == Level::One);
            rises.map(|(at, _)| at.tick).collect::<Vec<_>>()
        };
        let truth = own(&deck(icarus), &[("part.v", &part)]);
        let (found, truth) = (rise(folder.path()), rise(truth.path()));
        assert_eq!(truth.len(), 1, "{case}");
        assert_eq!(found, truth, "{case}");
    }
}
