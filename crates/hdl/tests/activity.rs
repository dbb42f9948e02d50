//! The count of what switches, by which dynamic power is judged.

mod common;

use std::fs;
use std::process::Command;

use common::{core, exported, small};

/// Two bits, a word of four and a clock: after the first values, one bit changes twice, and the word by two bits and by one.
const WAVES: &str = "$timescale 1ns $end
$var wire 1 ! a $end
$var wire 1 \" b $end
$var wire 4 # word [3:0] $end
$var wire 1 % clk $end
$enddefinitions $end
#0
0!
1\"
b101 #
0%
#1
1!
1%
b110 #
#2
0!
0%
b1110 #
";

#[test]
fn bits_that_change_are_counted_without_the_clock_and_the_first_values() {
    let folder = exported(&core(vec![small(4, 2)]), "serial", 1);
    fs::write(folder.path().join("waves.vcd"), WAVES).expect("a file");
    let output = Command::new("awk")
        .args(["-v", "cycles=2", "-f", "activity.awk", "waves.vcd"])
        .current_dir(folder.path())
        .output()
        .expect("awk is installed");
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(
        text.trim(),
        "PASS: 5 changes of 7 bits in 2 clock cycles: 2.5 a cycle, 35.71 % of all bits"
    );
}

#[test]
fn the_netlist_of_a_core_has_a_figure() {
    let folder = exported(&core(vec![small(4, 2)]), "serial", 1);
    let make = Command::new("make").args(["-s", "activity"]).current_dir(folder.path()).output();
    let make = make.expect("make is installed");
    let text = String::from_utf8_lossy(&make.stdout);
    assert!(make.status.success() && text.contains("clock cycles: "), "{text}");
}
