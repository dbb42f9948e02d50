//! Delays of Verilog: those that Verilator keeps are those of Icarus Verilog, and those that it would make others of are refused.

use std::fs;
use std::path::{Path, PathBuf};

use memspike_digital::{Design, Level, Outputs};
use memspike_rtl::{Module, RtlError, Simulator, Sources};

fn compile(simulator: Simulator, files: Vec<PathBuf>) -> Result<Module, RtlError> {
    Module::compile(&Sources { simulator, files, top: None })
}

/// When the only output of a module without inputs is one for the first time (fs).
fn rises(module: &Module) -> u64 {
    let mut block = module.instance(0, 1);
    let (mut out, mut outputs) = (Outputs::default(), [Level::Unknown]);
    block.rest(&[], &mut outputs);
    block.start(&mut out);
    loop {
        let at = out.wakes().expect("it goes on by itself");
        block.react(at, &[], &mut out);
        assert_eq!(out.failure(), None);
        if out.drain().any(|drives| drives.level == Level::One) {
            return at.tick;
        }
    }
}

/// A module that waits once and then rises, below one with another precision or unit.
fn waits(delay: &str, scale: &str, above: &str) -> String {
    format!(
        "{above}\nmodule part (output wire q);\n  below below (q);\nendmodule\n{scale}\nmodule below (output reg q);\n  initial q = 0;\n\
           initial #({delay}) q = 1;\nendmodule\n"
    )
}

#[test]
fn a_delay_that_verilator_would_change_is_refused_and_every_other_one_is_that_of_icarus() {
    let (ns, ps) = ("`timescale 1ns/1fs", "`timescale 1ps/1fs");
    let cases = [
        // 2^32 fs are 4294.967296 ns.
        ("4294", ns, ns, true),
        ("4295", ns, ns, false),
        ("20000.5", ns, ns, false),
        ("0.25", ns, ns, true),
        // As wide as is needed, which Verilator keeps whole.
        ("64'd20000", ns, ns, true),
        ("42", "`timescale 100ns/10fs", "`timescale 100ns/10fs", true),
        ("430", "`timescale 100ns/10fs", "`timescale 100ns/10fs", false),
        ("3", "`timescale 10 us / 100 ps", "`timescale 10 us / 100 ps", true),
        // The module becomes a part of the one above, whose unit Verilator takes.
        ("42", ns, ps, false),
    ];
    for (delay, scale, above, holds) in cases {
        let folder = tempfile::tempdir().expect("a folder");
        let part = folder.path().join("part.v");
        fs::write(&part, waits(delay, scale, above)).expect("written");
        let case = format!("{delay} {scale} {above}");
        match compile(Simulator::Verilator, vec![part.clone()]) {
            Ok(module) => {
                assert!(holds, "{case}");
                let truth = compile(Simulator::Icarus, vec![part]).expect("Icarus");
                assert_eq!(rises(&module), rises(&truth), "{case}");
            }
            Err(error) => {
                assert!(!holds, "{case}: {error}");
                let told = error.to_string();
                assert!(told.contains("would make another delay: part.v:8 waits"), "{told}");
            }
        }
    }
}

#[test]
fn no_delay_of_the_shipped_verilog_is_refused() {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../netlists/cosim");
    // The one that has delays, and one that has none.
    for (name, top) in [("relaxation.v", "hold"), ("uart.v", "uart")] {
        let (files, top) = (vec![shipped.join(name)], Some(top.to_owned()));
        let compiled = Module::compile(&Sources { simulator: Simulator::Verilator, files, top });
        if let Err(error) = compiled {
            panic!("{name}: {error}");
        }
    }
}
