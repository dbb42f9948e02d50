//! Do the tests notice? Cells of a core are changed at random by yosys; simulation must notice each change, or a proof show that
//! it is none: by induction over all registers, or, of states that are never reached, by long random traffic beside the original.

mod common;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use common::{core, exported, small};
use memspike_lif_core::LayerSpec;

/// Number of mutants, from as many places as yosys finds; this variable has another one.
const MUTANTS: usize = 40;
const MORE: &str = "MEMSPIKE_MUTANTS";

/// What is changed, and who is to notice.
struct Bench {
    files: &'static str,
    top: &'static str,
    /// Cells that are changed. Memory cells are left out: what their enables become is not what this Verilog writer writes.
    cells: &'static str,
    testbench: &'static str,
    /// Verilog that tells a mutant from the original by long random traffic, where induction cannot know which states are reached.
    harness: &'static str,
}

const CORE: Bench = Bench {
    files: "lif.v",
    top: "lif",
    cells: "t:* t:$mem_v2 %d",
    testbench: "testbench",
    harness: include_str!("ports.v"),
};

/// The board-level top alone, not the core in it.
const BOARD: Bench = Bench {
    files: "lif_spi.v lif.v",
    top: "lif_spi",
    cells: "lif_spi/t:$*",
    testbench: "testbench_spi",
    harness: include_str!("pins.v"),
};

fn yosys(folder: &Path, script: &str) -> bool {
    fs::write(folder.join("script.ys"), script).expect("a script");
    let output = Command::new("yosys").args(["-q", "script.ys"]).current_dir(folder).output();
    output.expect("yosys is installed").status.success()
}

fn program(folder: &Path, program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).current_dir(folder).output();
    String::from_utf8_lossy(&output.expect("iverilog is installed").stdout).into_owned()
}

impl Bench {
    /// Elaborated, with the names of registers.
    fn base(&self) -> String {
        let Self { files, top, .. } = self;
        format!(
            "read_verilog {files}\nhierarchy -top {top}\nproc; memory_dff; memory_collect; opt_clean\nwrite_rtlil base.il\n"
        )
    }

    fn simulation_notices(&self, folder: &Path, verilog: &str) -> bool {
        let source = format!("{}.v", self.testbench);
        let sources = ["-g2005", "-s", self.testbench, "-o", "m.vvp", &source, verilog];
        program(folder, "iverilog", &sources);
        let verdict = program(folder, "vvp", &["-n", "m.vvp"]);
        assert!(verdict.contains("PASS") || verdict.contains("FAIL"), "no verdict: {verdict}");
        verdict.contains("FAIL")
    }

    /// Induction over all registers, which both sides have by the same names.
    fn proved_harmless(&self, folder: &Path, mutation: &str) -> bool {
        let top = self.top;
        let side = |name: &str, change: &str| {
            format!(
                "design -reset\nread_rtlil base.il\n{change}\nhierarchy -top {top}; flatten; memory_map; opt_clean
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

    /// Whether long random traffic, of which the testbench knows nothing, finds no difference either.
    fn seems_the_same(&self, folder: &Path, mutation: &str) -> bool {
        let top = self.top;
        let script = format!(
            "read_rtlil base.il\nhierarchy -top {top}; flatten; rename {top} gold\nwrite_verilog -noattr gold.v\n\
             design -reset\nread_rtlil base.il\n{mutation}\nhierarchy -top {top}; flatten\nwrite_verilog -noattr gate.v\n"
        );
        assert!(yosys(folder, &script));
        fs::write(folder.join("harness.v"), self.harness).expect("a harness");
        let sources = ["-g2005", "-o", "h.vvp", "harness.v", "gold.v", "gate.v"];
        program(folder, "iverilog", &sources);
        let verdict = program(folder, "vvp", &["-n", "h.vvp"]);
        assert!(verdict.contains("SAME") || verdict.contains("DIFFERENT"), "no verdict: {verdict}");
        verdict.contains("SAME")
    }

    /// Changes cells one at a time; simulation must notice each change, or a proof show that it is none.
    fn assert_noticed(&self, folder: &Path) {
        let number = std::env::var(MORE).map(|more| more.parse().expect("a number"));
        let number: usize = number.unwrap_or(MUTANTS);
        let Self { cells, .. } = self;
        let list =
            format!("{}mutate -list {number} -seed 1 -o mutations.txt {cells}\n", self.base());
        assert!(yosys(folder, &list));
        let mutations = fs::read_to_string(folder.join("mutations.txt")).expect("mutations");
        let mutations: Vec<&str> = mutations.lines().collect();
        assert_eq!(mutations.len(), number);
        let mut write = String::new();
        for (number, mutation) in mutations.iter().enumerate() {
            let _ = writeln!(
                write,
                "design -reset\nread_rtlil base.il\n{mutation}\nwrite_verilog -noattr mutant_{number}.v"
            );
        }
        assert!(yosys(folder, &write));

        let all = mutations.iter().enumerate();
        let survivors: Vec<&str> = all
            .filter(|(number, _)| !self.simulation_notices(folder, &format!("mutant_{number}.v")))
            .map(|(_, mutation)| *mutation)
            .collect();
        assert!(survivors.len() * 2 < number, "simulation notices little: {survivors:#?}");
        let gaps: Vec<&&str> = survivors
            .iter()
            .filter(|mutation| !self.proved_harmless(folder, mutation))
            .filter(|mutation| !self.seems_the_same(folder, mutation))
            .collect();
        assert!(gaps.is_empty(), "neither noticed nor harmless: {gaps:#?}");
    }
}

#[test]
fn every_mutant_of_a_core_is_noticed_by_simulation_or_proved_harmless() {
    let folder = exported(&core(vec![small(16, 4)]), "serial", 1);
    CORE.assert_noticed(folder.path());
}

#[test]
fn every_mutant_of_a_core_of_two_layers_is_noticed_by_simulation_or_proved_harmless() {
    // It fires often, so that its counts meet.
    let last = LayerSpec { potential_bits: 6, threshold: 6, ..small(4, 3) };
    let folder = exported(&core(vec![small(8, 4), last]), "serial", 1);
    CORE.assert_noticed(folder.path());
}

#[test]
fn every_mutant_of_the_board_level_top_is_noticed_by_simulation_or_proved_harmless() {
    let folder = exported(&core(vec![small(16, 4)]), "serial", 1);
    BOARD.assert_noticed(folder.path());
}
