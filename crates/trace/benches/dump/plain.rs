//! Writers that know nothing of circuits: what one would write by hand for values that are there already.

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use fst_writer::{
    FstFileType, FstHeaderWriter, FstInfo, FstScopeType, FstSignalType, FstVarDirection, FstVarType,
};

use crate::changes::{Changes, Kind, Rows};

/// Bytes of values that FST compresses at once, as our own files do.
const BLOCK: usize = 1 << 26;

/// Writes the values that are stored in a folder, or only reads them (`load-FORM`).
pub fn write(form: &str, folder: &Path) -> Result<(), Box<dyn Error>> {
    let stored = folder.join("values");
    let mut out = BufWriter::new(File::create(folder.join("plain"))?);
    match form {
        "load-vcd" | "load-fst" => drop(std::hint::black_box(Changes::load(&stored)?)),
        "load-raw" | "load-csv" => drop(std::hint::black_box(Rows::load(&stored)?)),
        "vcd" => vcd(&Changes::load(&stored)?, &mut out)?,
        "fst" => fst(&Changes::load(&stored)?, &mut out)?,
        "raw" => {
            for value in &Rows::load(&stored)?.values {
                out.write_all(&value.to_le_bytes())?;
            }
        }
        "csv" => csv(&Rows::load(&stored)?, &mut out)?,
        _ => return Err(format!("nothing is called {form}").into()),
    }
    Ok(out.flush()?)
}

fn vcd(changes: &Changes, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let mut now = None;
    for change in &changes.all {
        if now != Some(change.time) {
            now = Some(change.time);
            writeln!(out, "#{}", change.time)?;
        }
        match changes.variables[change.variable as usize] {
            Kind::Real => writeln!(out, "r{} v{}", f64::from_bits(change.bits), change.variable)?,
            Kind::Bit => writeln!(out, "{}v{}", change.bits, change.variable)?,
            Kind::Word => writeln!(out, "sword{} v{}", change.bits, change.variable)?,
        }
    }
    Ok(())
}

fn fst(changes: &Changes, out: &mut BufWriter<File>) -> Result<(), Box<dyn Error>> {
    let info = FstInfo {
        start_time: 0,
        timescale_exponent: -15,
        version: String::new(),
        date: String::new(),
        file_type: FstFileType::Verilog,
    };
    let mut header = FstHeaderWriter::new(out, &info)?;
    header.scope("top", "", FstScopeType::Module)?;
    let mut ids = Vec::new();
    for (number, kind) in changes.variables.iter().enumerate() {
        let (what, signal) = match kind {
            Kind::Real => (FstVarType::Real, FstSignalType::real()),
            Kind::Bit => (FstVarType::Wire, FstSignalType::bit_vec(1)),
            Kind::Word => (FstVarType::Wire, FstSignalType::bit_vec(2)),
        };
        let name = format!("v{number}");
        ids.push(header.var(name, signal, what, FstVarDirection::Implicit, None)?);
    }
    header.up_scope()?;
    let mut body = header.finish()?;
    let mut now = 0;
    for change in &changes.all {
        if now != change.time {
            now = change.time;
            if body.size() >= BLOCK {
                body.flush()?;
            }
            body.time_change(now)?;
        }
        let id = ids[change.variable as usize];
        match changes.variables[change.variable as usize] {
            Kind::Real => body.signal_change(id, &change.bits.to_le_bytes())?,
            Kind::Bit => body.signal_change(id, &[b'0' + (change.bits & 1) as u8])?,
            Kind::Word => {
                let bit = |bit: u64| b'0' + (change.bits >> bit & 1) as u8;
                body.signal_change(id, &[bit(1), bit(0)])?;
            }
        }
    }
    body.finish()?;
    Ok(())
}

fn csv(rows: &Rows, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    for row in rows.values.chunks(rows.columns) {
        let (last, others) = row.split_last().ok_or("an empty row")?;
        for value in others {
            write!(out, "{value},")?;
        }
        writeln!(out, "{last}")?;
    }
    Ok(())
}
