//! An array as resistors, for other simulators.

use std::fmt::{self, Write as _};

use crate::{Array, Wires};

impl Array {
    /// The array as a SPICE subcircuit of resistors: its pins are the rows `row0`, `row1`, ...,
    /// then the ends of the physical columns `column0`, `column1`, ... (even ones positive).
    /// Without read noise; a device of no conductance is left out.
    #[must_use]
    pub fn spice_subcircuit(&self, name: &str) -> String {
        let mut text = String::new();
        self.write_subcircuit(name, &mut text).expect("a string takes all that is written");
        text
    }

    fn write_subcircuit(&self, name: &str, text: &mut String) -> fmt::Result {
        let conductance = self.conductances();
        let (rows, columns) = conductance.shape();
        let nodes = Nodes { wires: &self.config().wires, rows };
        write!(text, ".subckt {name}")?;
        (0..rows).try_for_each(|i| write!(text, "\n+ row{i}"))?;
        (0..columns).try_for_each(|j| write!(text, "\n+ column{j}"))?;
        writeln!(text)?;
        for i in 0..rows {
            for j in 0..columns {
                let (row, column) = (nodes.row(i, j), nodes.column(i, j));
                if conductance[(i, j)] > 0.0 {
                    writeln!(text, "Rg{i}_{j} {row} {column} {:e}", 1.0 / conductance[(i, j)])?;
                }
                let (before, ohm) = nodes.towards_driver(i, j);
                if before != row {
                    writeln!(text, "Rr{i}_{j} {before} {row} {ohm:e}")?;
                }
                let (after, ohm) = nodes.towards_sense(i, j);
                if after != column {
                    writeln!(text, "Rc{i}_{j} {column} {after} {ohm:e}")?;
                }
            }
        }
        writeln!(text, ".ends {name}")
    }
}

/// Names of the nodes; those that no resistance separates share one.
struct Nodes<'a> {
    wires: &'a Wires,
    rows: usize,
}

impl Nodes<'_> {
    fn row(&self, i: usize, j: usize) -> String {
        let Wires { row_ohm, driver_ohm, .. } = *self.wires;
        match (row_ohm, driver_ohm) {
            (0.0, 0.0) => format!("row{i}"),
            (0.0, _) => format!("r{i}"),
            _ => format!("r{i}_{j}"),
        }
    }

    fn column(&self, i: usize, j: usize) -> String {
        let Wires { column_ohm, sense_ohm, .. } = *self.wires;
        match (column_ohm, sense_ohm) {
            (0.0, 0.0) => format!("column{j}"),
            (0.0, _) => format!("c{j}"),
            _ => format!("c{i}_{j}"),
        }
    }

    /// Node before a row's node on its wire, and the resistance between them (ohm).
    fn towards_driver(&self, i: usize, j: usize) -> (String, f64) {
        match j {
            0 => (format!("row{i}"), self.wires.driver_ohm + self.wires.row_ohm),
            _ => (self.row(i, j - 1), self.wires.row_ohm),
        }
    }

    /// Node after a column's node on its wire, and the resistance between them (ohm).
    fn towards_sense(&self, i: usize, j: usize) -> (String, f64) {
        if i + 1 == self.rows {
            (format!("column{j}"), self.wires.column_ohm + self.wires.sense_ohm)
        } else {
            (self.column(i + 1, j), self.wires.column_ohm)
        }
    }
}
