//! Scripts and constraints for the tools of vendors, each for the board-level top on a board.

use std::io;

use super::folder::Folder;

/// Names and texts of the files; constraints name ports alone, so that they are the same for every core.
const FILES: &[(&str, &str)] = &[
    ("vivado.tcl", include_str!("vendors/vivado.tcl")),
    ("vivado.xdc", include_str!("vendors/vivado.xdc")),
    ("quartus.tcl", include_str!("vendors/quartus.tcl")),
    ("quartus.sdc", include_str!("vendors/quartus.sdc")),
    ("radiant.tcl", include_str!("vendors/radiant.tcl")),
    ("radiant.sdc", include_str!("vendors/radiant.sdc")),
    ("radiant.pdc", include_str!("vendors/radiant.pdc")),
    ("gowin.tcl", include_str!("vendors/gowin.tcl")),
    ("gowin.sdc", include_str!("vendors/gowin.sdc")),
    ("gowin.cst", include_str!("vendors/gowin.cst")),
];

/// Writes them for a core.
pub fn write(name: &str, folder: &mut Folder<'_>) -> io::Result<()> {
    FILES.iter().try_for_each(|(file, text)| folder.text(file, &text.replace("@NAME@", name)))
}
