//! The syntax of VCD.

use std::io::{self, Write};

use memspike_circuit::Signal;
use memspike_device::Phase;
use memspike_digital::Level;
use vcd::{IdCode, ReferenceIndex, SimulationCommand, TimescaleUnit, VarType};

use crate::dump::{DumpOptions, DumpSink, Form, Header, TimeScale};
use crate::number::Number;
use crate::scope::{Declare, Kind, Variable};

/// Writes a VCD.
pub type VcdSink<W> = DumpSink<Vcd<W>>;

impl<W: Write> VcdSink<W> {
    /// Writes the given signals, and what `options` say of devices and nets, to `writer`.
    #[must_use]
    pub fn new(writer: W, signals: Vec<Signal>, options: DumpOptions) -> Self {
        Self::of_form(Vcd::new(writer), signals, options)
    }

    /// The writer; what was written is complete after [`memspike_engine::Sink::end`].
    ///
    /// # Errors
    /// Any error of the writer on the rest of the dump.
    pub fn into_inner(self) -> io::Result<W> {
        let mut held = self.into_form().writer;
        held.writer().spill()?;
        held.writer().inner.take().ok_or_else(|| io::Error::other("the writer is gone"))
    }
}

/// The syntax of VCD, on a writer.
pub struct Vcd<W: Write> {
    /// Writes the header, and lends what values are appended to.
    writer: vcd::Writer<Held<W>>,
    /// What stands behind a value of each variable: a blank, unless it is one bit, its code, and the end of the line.
    codes: Vec<Box<[u8]>>,
}

impl<W: Write> Vcd<W> {
    fn new(writer: W) -> Self {
        let held = Held { inner: Some(writer), lines: Vec::with_capacity(2 * ROOM) };
        Self { writer: vcd::Writer::new(held), codes: Vec::new() }
    }
}

impl<W: Write> Form for Vcd<W> {
    fn declare(&mut self, header: &Header<'_>) -> io::Result<()> {
        let writer = &mut self.writer;
        writer.version(concat!("memspike ", env!("CARGO_PKG_VERSION")))?;
        writer
            .comment("spike is 1 while the device conducts; filament as of its last transition")?;
        if !header.renamed.is_empty() {
            let lines = header.renamed.join("\n").replace("$end", "$ end");
            writer.comment(&format!("renamed:\n{lines}"))?;
        }
        let (count, unit) = parts(header.scale);
        writer.timescale(count, unit)?;
        self.codes = vec![Box::default(); header.slots];
        header.root.declare(header.top, self)?;
        self.writer.enddefinitions()
    }

    fn stamp(&mut self, units: u64) -> io::Result<()> {
        let lines = &mut self.writer.writer().lines;
        lines.push(b'#');
        lines.extend_from_slice(itoa::Buffer::new().format(units).as_bytes());
        lines.push(b'\n');
        Ok(())
    }

    fn begin_values(&mut self) -> io::Result<()> {
        self.writer.begin(SimulationCommand::Dumpvars)
    }

    fn end_values(&mut self) -> io::Result<()> {
        self.writer.end()
    }

    fn real(&mut self, slot: usize, value: f64) -> io::Result<()> {
        let lines = &mut self.writer.writer().lines;
        lines.push(b'r');
        Number(value).append(lines);
        lines.extend_from_slice(&self.codes[slot]);
        self.writer.writer().spill_if_full()
    }

    fn bits(&mut self, slot: usize, levels: &[Level]) -> io::Result<()> {
        let lines = &mut self.writer.writer().lines;
        match levels {
            [level] => lines.push(letter(*level)),
            levels => {
                lines.push(b'b');
                lines.extend(levels.iter().map(|level| letter(*level)));
            }
        }
        lines.extend_from_slice(&self.codes[slot]);
        self.writer.writer().spill_if_full()
    }

    fn phase(&mut self, slot: usize, phase: Phase) -> io::Result<()> {
        let lines = &mut self.writer.writer().lines;
        lines.push(b's');
        lines.extend_from_slice(phase.label().as_bytes());
        lines.extend_from_slice(&self.codes[slot]);
        self.writer.writer().spill_if_full()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

impl<W: Write> Declare for Vcd<W> {
    fn enter(&mut self, name: &str) -> io::Result<()> {
        self.writer.add_module(name)
    }

    fn variable(&mut self, variable: &Variable) -> io::Result<()> {
        let index = |bound: u32| i32::try_from(bound).unwrap_or(i32::MAX);
        let range =
            variable.range.map(|range| ReferenceIndex::Range(index(range.high), index(range.low)));
        let (kind, width) = match variable.kind {
            Kind::Real => (VarType::Real, 64),
            Kind::Wire => (VarType::Wire, variable.range.map_or(1, |range| range.width())),
            // A string has no width, but readers expect a number.
            Kind::State(_) => (VarType::String, 1),
        };
        let code: IdCode = self.writer.add_var(kind, width, &variable.name, range)?;
        let blank = if variable.kind == Kind::Wire && width == 1 { "" } else { " " };
        self.codes[variable.slot] = format!("{blank}{code}\n").into_bytes().into();
        Ok(())
    }

    fn leave(&mut self) -> io::Result<()> {
        self.writer.upscope()
    }
}

/// The letter of a level, in VCD and FST.
pub(crate) fn letter(level: Level) -> u8 {
    match level {
        Level::Zero => b'0',
        Level::One => b'1',
        Level::Unknown => b'x',
        Level::Floating => b'z',
    }
}

/// The two parts of a `$timescale`.
fn parts(scale: TimeScale) -> (u32, TimescaleUnit) {
    const UNITS: [TimescaleUnit; 6] = [
        TimescaleUnit::FS,
        TimescaleUnit::PS,
        TimescaleUnit::NS,
        TimescaleUnit::US,
        TimescaleUnit::MS,
        TimescaleUnit::S,
    ];
    let exponent = scale.exponent() + 15;
    (
        10_u32.pow(u32::from(exponent.unsigned_abs() % 3)),
        UNITS[usize::from(exponent.unsigned_abs() / 3)],
    )
}

/// Bytes of lines that are gathered before they are written.
const ROOM: usize = 1 << 16;

/// A writer that can be taken back out of [`vcd::Writer`], which only lends it, behind lines that are gathered.
struct Held<W> {
    inner: Option<W>,
    lines: Vec<u8>,
}

impl<W: Write> Held<W> {
    fn spill_if_full(&mut self) -> io::Result<()> {
        if self.lines.len() < ROOM { Ok(()) } else { self.spill() }
    }

    fn spill(&mut self) -> io::Result<()> {
        let written = self.inner.as_mut().map_or(Ok(()), |inner| inner.write_all(&self.lines));
        self.lines.clear();
        written
    }
}

impl<W: Write> Write for Held<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lines.extend_from_slice(bytes);
        self.spill_if_full()?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.spill()?;
        self.inner.as_mut().map_or(Ok(()), Write::flush)
    }
}
