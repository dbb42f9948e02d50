//! Do the tests notice? Cells of a core are changed at random by yosys; simulation must notice each change, or a proof show that
//! it is none.

mod common;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use common::{core, exported, small};

/// Number of mutants, from as many places of the core as yosys finds.
const MUTANTS: usize = 40;

/// Elaborated, with the names of registers. Memory cells are left out: what their enables become is not what this Verilog
/// writer writes.
const BASE: &str = "read_verilog lif.v
hierarchy -top lif
proc; memory_dff; memory_collect; opt_clean
write_rtlil base.il
";

fn yosys(folder: &Path, script: &str) -> bool {
    fs::write(folder.join("script.ys"), script).expect("a script");
    let status = Command::new("yosys").args(["-q", "script.ys"]).current_dir(folder).output();
    status.expect("yosys is installed").status.success()
}

fn simulation_notices(folder: &Path, verilog: &str) -> bool {
    let run = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).current_dir(folder).output();
        String::from_utf8_lossy(&output.expect("iverilog is installed").stdout).into_owned()
    };
    run("iverilog", &["-g2005", "-s", "testbench", "-o", "m.vvp", "testbench.v", verilog]);
    let verdict = run("vvp", &["-n", "m.vvp"]);
    assert!(verdict.contains("PASS") || verdict.contains("FAIL"), "no verdict: {verdict}");
    verdict.contains("FAIL")
}

/// Induction over all registers, which both sides have by the same names.
fn proved_harmless(folder: &Path, mutation: &str) -> bool {
    let side = |name: &str, change: &str| {
        format!(
            "design -reset\nread_rtlil base.il\n{change}\nhierarchy -top lif; flatten; memory_map; opt_clean
rename -top {name}\ndesign -stash {name}\n"
        )
    };
    let script = format!(
        "{}{}design -copy-from gold -as gold gold\ndesign -copy-from gate -as gate gate
equiv_make gold gate equiv\nhierarchy -top equiv\nequiv_simple\nequiv_induct\nequiv_status -assert\n",
        side("gold", ""),
        side("gate", mutation)
    );
    yosys(folder, &script)
}

#[test]
fn every_mutant_is_noticed_by_simulation_or_proved_harmless() {
    let folder = exported(&core(vec![small(16, 4)]), "serial", 1);
    let folder = folder.path();
    let list = format!("{BASE}mutate -list {MUTANTS} -seed 1 -o mutations.txt t:* t:$mem_v2 %d\n");
    assert!(yosys(folder, &list));
    let mutations = fs::read_to_string(folder.join("mutations.txt")).expect("mutations");
    let mutations: Vec<&str> = mutations.lines().collect();
    assert_eq!(mutations.len(), MUTANTS);
    let mut write = String::new();
    for (number, mutation) in mutations.iter().enumerate() {
        let _ = writeln!(
            write,
            "design -reset\nread_rtlil base.il\n{mutation}\nwrite_verilog -noattr mutant_{number}.v"
        );
    }
    assert!(yosys(folder, &write));

    let survivors: Vec<&str> = mutations
        .iter()
        .enumerate()
        .filter(|(number, _)| !simulation_notices(folder, &format!("mutant_{number}.v")))
        .map(|(_, mutation)| *mutation)
        .collect();
    assert!(survivors.len() < MUTANTS / 4, "simulation notices little: {survivors:#?}");
    let gaps: Vec<&&str> =
        survivors.iter().filter(|mutation| !proved_harmless(folder, mutation)).collect();
    assert!(gaps.is_empty(), "neither noticed nor harmless: {gaps:#?}");
}
