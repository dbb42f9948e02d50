//! The proof that a quiet core does not change, so that a simulation may leave its clock out: of combinational logic, as every register
//! and every word of a memory becomes an input and an output.

use std::fmt::Write as _;
use std::io;

use memspike_lif_core::Core;

use super::folder::Folder;
use crate::arch::WeightsMemory;

/// Makes the proof from the names of all registers.
const QUIET: &str = include_str!("quiet.awk");

/// Writes the scripts.
pub fn write(
    core: &Core,
    memory: WeightsMemory,
    name: &str,
    folder: &mut Folder<'_>,
) -> io::Result<()> {
    let mut script = format!(
        "# The core with every register as a pair of ports, and the list of all; quiet.awk makes the proof of it.\n\
         read_verilog {name}.v\nhierarchy -top {name}\n"
    );
    if memory == WeightsMemory::Ram {
        // Without a load a memory of weights has no port to write by, and so stays.
        let _ = writeln!(script, "cd {name}");
        for layer in 0..core.spec().layers.len() {
            let _ = writeln!(script, "connect -set load_{layer} 1'0");
        }
        script.push_str("cd ..\n");
    }
    script.push_str(
        "proc; flatten; opt_clean -purge; opt_expr; opt_mem\n\
         memory_collect; memory_map; opt_clean -purge\nexpose -evert-dff\nopt_clean\n\
         write_ilang build/quiet.il\nselect -write build/registers.txt o:*.d\n",
    );
    folder.text("quiet.ys", &script)?;
    folder.text("quiet.awk", QUIET)
}
