//! What a hostile file makes the program say: a terminal obeys nothing of it.

use std::{fs, path::Path, process::Command};

use tempfile::TempDir;

/// Clears the screen, sets the title of the window, in both spellings of the escape.
const COMMANDS: &str = "\u{1b}[2J\u{1b}]0;title\u{7}\u{9b}2J";

fn said(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_memspike"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("memspike starts");
    assert_eq!(output.status.code(), Some(2), "refused");
    String::from_utf8(output.stderr).expect("UTF-8")
}

#[test]
fn commands_to_a_terminal_in_a_file_are_not_passed_on() {
    let folder = TempDir::new().expect("a folder");
    let escaped: String = COMMANDS.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect();
    let files = [
        (
            "key.toml",
            format!("name = \"a\"\nmodel = \"ts_memristor\"\n[parameters]\n\"{escaped}\" = 1\n"),
        ),
        ("deck.cir", format!("title\nR1 a 0 {COMMANDS}\n.tran 1\n.end\n")),
        ("sweep.toml", SWEEP.to_owned()),
        ("sweep.csv", format!("voltage,current\n1,{COMMANDS}\n")),
    ];
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("written");
    }
    for arguments in [
        &["fit", "key.toml", "-o", "mine.lib"][..],
        &["fit", "sweep.toml", "-o", "mine.lib"],
        &["run", "deck.cir"],
    ] {
        let said = said(folder.path(), arguments);
        assert!(said.contains("title"), "{arguments:?} shows where it stands: {said:?}");
        let control = said.chars().find(|c| c.is_control() && *c != '\n' && *c != '\t');
        assert_eq!(control, None, "{arguments:?}: {said:?}");
    }
}

#[test]
fn a_terminal_shows_that_verilog_is_compiled_and_a_pipe_reads_nothing_of_it() {
    let folder = TempDir::new().expect("a folder");
    let deck = "x\nAsrc clk ck\n.model ck clock\nA1 part a=clk b=q\n.model part d_cosim(verilog=\"part.v\")\nR1 x 0 1\nV1 x 0 1\n.tran 1u\n.end\n";
    fs::write(folder.path().join("deck.cir"), deck).expect("written");
    let verilog = "module part (input wire a, output wire b); assign b = ~a; endmodule\n";
    fs::write(folder.path().join("part.v"), verilog).expect("written");
    let program = env!("CARGO_BIN_EXE_memspike");
    let check = |program: &str, arguments: &[&str], cache: &str| {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(folder.path()).env("MEMSPIKE_CACHE", cache);
        let output =
            command.output().expect("it starts (script is in the Debian package bsdutils)");
        let told = [output.stdout, output.stderr].concat();
        let told = String::from_utf8_lossy(&told).into_owned();
        assert!(output.status.success(), "{told}");
        told
    };
    let on_terminal = format!("'{program}' check deck.cir");
    let terminal = |cache: &str| check("script", &["-qec", &on_terminal, "/dev/null"], cache);
    let words = "part.v (Verilator compiles it, once)";
    assert!(terminal("first").contains(words), "{}", terminal("first"));
    assert!(!terminal("first").contains(words), "it is kept");
    assert!(!check(program, &["check", "deck.cir"], "second").contains(words));
}

const SWEEP: &str = "name = \"a\"\nmodel = \"ts_memristor\"\n[parameters]\n\
    von = { start = 0.35, min = 0.2, max = 0.45 }\n[[measurements]]\nkind = \"sweep\"\n\
    csv = \"sweep.csv\"\nrate = 0.2\ntolerance = 0.03\n";
