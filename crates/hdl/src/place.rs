//! Size and speed on an iCE40, from the logs of yosys and nextpnr.

use std::fs;
use std::path::Path;

use crate::gates::{GateError, SYNTHESIS, Verdict, require, run_target};

/// Cells after synthesis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cells {
    /// Look-up tables of four inputs.
    pub luts: u64,
    /// Flip-flops.
    pub flip_flops: u64,
    /// Block memories of 4 kbit.
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

/// Synthesises the core in an exported folder and places it once for each seed.
///
/// # Errors
/// A tool is missing or fails, or its log cannot be read.
pub fn synthesise(folder: &Path, seeds: u64) -> Result<(Cells, Vec<Placement>), PlaceError> {
    for program in SYNTHESIS.programs {
        require(program)?;
    }
    let list: Vec<String> = (1..=seeds).map(|seed| seed.to_string()).collect();
    let seeds_line = format!("SEEDS={}", list.join(" "));
    let Verdict { passed, output } = run_target(folder, &[SYNTHESIS.target, &seeds_line])?;
    if !passed {
        return Err(PlaceError::Failed(output));
    }
    let cells = cells(&log(folder, "synth.log")?)
        .ok_or(PlaceError::Log("synth.log".into(), "number of cells"))?;
    let placements = (1..=seeds).map(|seed| {
        let name = format!("pnr_{seed}.log");
        placement(seed, &log(folder, &name)?).ok_or(PlaceError::Log(name, "frequency"))
    });
    Ok((cells, placements.collect::<Result<_, _>>()?))
}

fn log(folder: &Path, name: &str) -> Result<String, PlaceError> {
    fs::read_to_string(folder.join("build").join(name))
        .map_err(|error| PlaceError::Log(format!("build/{name} ({error})"), "text"))
}

/// Counts of the last statistics of a log of yosys.
fn cells(log: &str) -> Option<Cells> {
    let (_, last) = log.rsplit_once("Number of cells:")?;
    let rows = || last.lines().filter_map(|line| line.trim().split_once(' '));
    let sum = |wanted: fn(&str) -> bool| -> u64 {
        let counts = rows().filter(|(cell, _)| wanted(cell));
        counts.filter_map(|(_, count)| count.trim().parse::<u64>().ok()).sum()
    };
    Some(Cells {
        luts: sum(|cell| cell == "SB_LUT4"),
        flip_flops: sum(|cell| cell.starts_with("SB_DFF")),
        block_rams: sum(|cell| cell.starts_with("SB_RAM40")),
    })
}

/// Cells and the frequency after routing, the last one in a log of nextpnr.
fn placement(seed: u64, log: &str) -> Option<Placement> {
    let (_, cells) = log.split_once("ICESTORM_LC:")?;
    let logic_cells = cells.split('/').next()?.trim().parse().ok()?;
    let (_, speed) = log.rsplit_once("Max frequency for clock")?;
    let (_, speed) = speed.split_once("': ")?;
    let fmax_mhz = speed.split(' ').next()?.parse().ok()?;
    Some(Placement { seed, logic_cells, fmax_mhz })
}

#[cfg(test)]
mod tests {
    use super::{Cells, cells, placement};

    #[test]
    fn figures_are_found_in_logs_of_yosys_and_nextpnr() {
        let log = "   Number of cells:  9\n\n   Number of cells:                 12\n     SB_CARRY       2\n     \
                   SB_DFFE        3\n     SB_DFFSR       2\n     SB_LUT4        4\n     SB_RAM40_4K    1\n";
        assert_eq!(cells(log), Some(Cells { luts: 4, flip_flops: 5, block_rams: 1 }));
        let log = "Info: \t         ICESTORM_LC:   358/ 7680     4%\n\
                   Info: Max frequency for clock 'clk$SB_IO_IN_$glb_clk': 79.09 MHz (PASS at 67.00 MHz)\n\
                   Info: Max frequency for clock 'clk$SB_IO_IN_$glb_clk': 77.86 MHz (PASS at 67.00 MHz)\n";
        let found = placement(2, log).expect("figures");
        assert_eq!((found.logic_cells, found.fmax_mhz), (358, 77.86));
    }
}
