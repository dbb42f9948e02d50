//! A quiet core does not change, proved by yosys for every layout: whatever its registers and memories hold, if none of them says that there
//! is work and nothing is offered, the next state is the present one. Every register and word of a memory becomes an input and an
//! output for that, so the proof is one of combinational logic.

mod common;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use common::{core, exported, small, text};

/// Registers that are zero in a quiet core. Where a sweep stands is among them: it goes back to zero when it is over.
const WORK: [&str; 10] = [
    "clearing",
    "integrating",
    "ticking",
    "issue",
    "execute",
    "group",
    "execute_group",
    "pending",
    "start_done",
    "tick_done",
];

/// The same of the counter, by the names that remain where several stand for a register.
const COUNTER: [&str; 5] =
    ["counter.clearing", "counter.update", "out_valid", "out_start", "out_tick"];

/// It follows the address at which counts are read, which a reader keeps as it is.
const FOLLOWS: &str = "count";

fn yosys(folder: &Path, script: &str) -> (bool, String) {
    fs::write(folder.join("script.ys"), script).expect("a script");
    let output = Command::new("yosys").args(["-q", "script.ys"]).current_dir(folder).output();
    let output = output.expect("yosys is installed");
    (output.status.success(), text(&output))
}

/// The names of all registers and words of memories, which are ports from then on.
fn registers(folder: &Path) -> Vec<String> {
    let (read, said) = yosys(
        folder,
        "read_verilog lif.v\nhierarchy -top lif\nproc; flatten; opt_clean -purge\n\
         memory_collect; memory_map; opt_clean -purge\nexpose -evert-dff\nopt_clean\n\
         write_ilang quiet.il\nselect -write registers.txt o:*.d\n",
    );
    assert!(read, "{said}");
    let names = fs::read_to_string(folder.join("registers.txt")).expect("names");
    let name = |line: &str| Some(line.strip_prefix("lif/")?.strip_suffix(".d")?.to_owned());
    names.lines().filter_map(name).collect()
}

fn says_work(register: &str) -> bool {
    let last = register.rsplit('.').next().unwrap_or_default();
    COUNTER.contains(&register) || register.starts_with("layer_") && WORK.contains(&last)
}

/// Whether no register changes in a cycle in which all that say that there is work are zero, but for one of them that may say so.
fn is_proved(folder: &Path, registers: &[String], but: Option<&str>) -> bool {
    let mut script = "read_ilang quiet.il\ncd lif\nsat -verify".to_owned();
    for input in ["rst", "in_start", "in_tick", "in_valid"] {
        let _ = write!(script, " -set {input} 0");
    }
    for register in registers {
        if says_work(register) && but != Some(register) {
            let _ = write!(script, " -set {register}.q 0");
        }
        if register != FOLLOWS {
            let _ = write!(script, " -prove {register}.d {register}.q");
        }
    }
    yosys(folder, &script).0
}

#[test]
fn a_quiet_core_of_every_layout_does_not_change() {
    for (arch, lanes, busy) in [
        ("serial", 1, "layer_0.execute"),
        ("parallel", 1, "layer_1.bank.ticking"),
        ("folded", 2, "layer_1.issue"),
    ] {
        let folder = exported(&core(vec![small(4, 6), small(6, 5)]), arch, lanes);
        let registers = registers(folder.path());
        let work = registers.iter().filter(|register| says_work(register)).count();
        assert!(work >= 15 && registers.len() > work + 10, "{arch}: {registers:?}");
        assert!(is_proved(folder.path(), &registers, None), "{arch}: {registers:?}");
        // A core with work changes, and a proof that saw nothing of it would be none.
        assert!(registers.iter().any(|register| register == busy), "{arch}: {registers:?}");
        assert!(!is_proved(folder.path(), &registers, Some(busy)), "{arch}: {busy}");
    }
    let folder = exported(&core(vec![small(4, 6)]), "serial", 1);
    let registers = registers(folder.path());
    assert!(!is_proved(folder.path(), &registers, Some("out_tick")), "a tick that waits leaves");
}
