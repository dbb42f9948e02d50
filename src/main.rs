//! The program: all of it is in `crates/cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    memspike_cli::main()
}
