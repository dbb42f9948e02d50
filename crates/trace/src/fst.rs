//! The syntax of FST, GTKWave's compressed dumps.

use std::io::{self, Seek, Write};

use fst_writer::{
    FstBodyWriter, FstFileType, FstHeaderWriter, FstInfo, FstScopeType, FstSignalId, FstSignalType,
    FstVarDirection, FstVarType, FstWriteError,
};
use memspike_circuit::Signal;
use memspike_device::Phase;
use memspike_digital::Level;

use crate::dump::{DumpOptions, DumpSink, Form, Header};
use crate::scope::{Declare, Kind, Range, Variable};
use crate::vcd::letter;

/// Writes an FST file: what a [`crate::VcdSink`] writes, with the states of devices as bits, for which
/// [`state_table`] has the words. Of several values within the first unit of time an FST file has the last alone.
pub type FstSink<W> = DumpSink<Fst<W>>;

impl<W: Write + Seek> FstSink<W> {
    /// Writes the given signals, and what `options` say of devices and nets, to `writer`, which is at its beginning.
    #[must_use]
    pub fn new(writer: W, signals: Vec<Signal>, options: DumpOptions) -> Self {
        Self::of_form(Fst(Part::Nothing(writer)), signals, options)
    }

    /// The writer; what was written is complete after [`memspike_engine::Sink::end`], and nothing is before.
    ///
    /// # Errors
    /// That has not been called, or has failed.
    pub fn into_inner(self) -> io::Result<W> {
        match self.into_form().0 {
            Part::Nothing(writer) | Part::All(writer) => Ok(writer),
            Part::Header(..) | Part::Values(_) | Part::Broken => {
                Err(io::Error::other("the run has not ended"))
            }
        }
    }
}

/// Bytes of values that are gathered before they are compressed and written: so many for each variable, a few times what LZ4
/// looks back for repeats, and no more than so many in all.
const BLOCK_OF_VARIABLE: usize = 1 << 18;
const MOST_OF_BLOCK: usize = 1 << 26;

/// Every phase that a state can be, with its word: a device that spikes has the first four, in two bits.
const PHASES: [Phase; 8] = [
    Phase::Off,
    Phase::Growing,
    Phase::Saturated,
    Phase::On,
    Phase::Regulating,
    Phase::Sourcing,
    Phase::Sinking,
    Phase::Piece(0),
];

/// The number of a phase in that list.
fn number(phase: Phase) -> usize {
    match phase {
        Phase::Off => 0,
        Phase::Growing => 1,
        Phase::Saturated => 2,
        Phase::On => 3,
        Phase::Regulating => 4,
        Phase::Sourcing => 5,
        Phase::Sinking => 6,
        Phase::Piece(_) => 7,
    }
}

/// The words of states, as GTKWave's translate files have them: bits, then a word.
#[must_use]
pub fn state_table() -> String {
    let row =
        |bits: usize, phase: &Phase| format!("{:0bits$b} {}\n", number(*phase), phase.label());
    let of_devices = PHASES[..4].iter().map(|phase| row(2, phase));
    of_devices.chain(PHASES.iter().map(|phase| row(3, phase))).collect()
}

/// The syntax of FST, on a writer.
pub struct Fst<W: Write + Seek>(Part<W>);

/// How far a file is.
enum Part<W: Write + Seek> {
    Nothing(W),
    /// Scopes and variables are told, each variable with its slot.
    Header(FstHeaderWriter<W>, Vec<Known>),
    Values(Body<W>),
    All(W),
    /// A write has failed.
    Broken,
}

struct Body<W: Write + Seek> {
    writer: FstBodyWriter<W>,
    variables: Vec<Known>,
    letters: Vec<u8>,
    /// Whether anything stands after the start.
    has_times: bool,
}

/// A variable by its slot.
#[derive(Clone, Copy)]
struct Known {
    id: Option<FstSignalId>,
    /// Bits of a state.
    bits: u32,
}

fn io_error(error: FstWriteError) -> io::Error {
    match error {
        FstWriteError::Io(error) => error,
        other => io::Error::new(io::ErrorKind::InvalidData, other.to_string()),
    }
}

impl<W: Write + Seek> Fst<W> {
    fn body(&mut self) -> io::Result<&mut Body<W>> {
        match &mut self.0 {
            Part::Values(body) => Ok(body),
            _ => Err(io::Error::other("an FST file has values between its header and its end")),
        }
    }
}

impl<W: Write + Seek> Body<W> {
    fn change(&mut self, slot: usize, value: &[u8]) -> io::Result<()> {
        let id = self.variables[slot].id.ok_or_else(|| io::Error::other("an unknown variable"))?;
        self.writer.signal_change(id, value).map_err(io_error)
    }
}

impl<W: Write + Seek> Form for Fst<W> {
    fn declare(&mut self, header: &Header<'_>) -> io::Result<()> {
        let Part::Nothing(writer) = std::mem::replace(&mut self.0, Part::Broken) else {
            return Err(io::Error::other("an FST file has one header"));
        };
        let info = FstInfo {
            start_time: 0,
            timescale_exponent: header.scale.exponent(),
            version: concat!("memspike ", env!("CARGO_PKG_VERSION")).to_owned(),
            // The same run writes the same bytes.
            date: String::new(),
            file_type: FstFileType::Verilog,
        };
        let writer = FstHeaderWriter::new(writer, &info).map_err(io_error)?;
        self.0 = Part::Header(writer, vec![Known { id: None, bits: 0 }; header.slots]);
        header.root.declare(header.top, self)?;
        let Part::Header(writer, variables) = std::mem::replace(&mut self.0, Part::Broken) else {
            return Err(io::Error::other("the header is gone"));
        };
        let writer = writer.finish().map_err(io_error)?;
        self.0 = Part::Values(Body { writer, variables, letters: Vec::new(), has_times: false });
        Ok(())
    }

    fn stamp(&mut self, units: u64) -> io::Result<()> {
        let body = self.body()?;
        body.has_times |= units > 0;
        let block = (body.variables.len() * BLOCK_OF_VARIABLE).min(MOST_OF_BLOCK);
        let writer = &mut body.writer;
        // The format's writer takes a flush nowhere else than before a new time.
        if writer.size() >= block {
            writer.flush().map_err(io_error)?;
        }
        writer.time_change(units).map_err(io_error)
    }

    fn begin_values(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn end_values(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn real(&mut self, slot: usize, value: f64) -> io::Result<()> {
        self.body()?.change(slot, &value.to_le_bytes())
    }

    fn bits(&mut self, slot: usize, levels: &[Level]) -> io::Result<()> {
        let body = self.body()?;
        let mut letters = std::mem::take(&mut body.letters);
        letters.clear();
        letters.extend(levels.iter().map(|level| letter(*level)));
        let changed = body.change(slot, &letters);
        body.letters = letters;
        changed
    }

    fn phase(&mut self, slot: usize, phase: Phase) -> io::Result<()> {
        let body = self.body()?;
        let bit = |bit: u32| if number(phase) >> bit & 1 == 1 { Level::One } else { Level::Zero };
        let levels: [Level; 3] = [bit(2), bit(1), bit(0)];
        let width = body.variables[slot].bits as usize;
        self.bits(slot, &levels[levels.len() - width..])
    }

    fn finish(&mut self) -> io::Result<()> {
        match std::mem::replace(&mut self.0, Part::Broken) {
            Part::Values(mut body) => {
                // Without a second time readers find no first one.
                if !body.has_times {
                    body.writer.time_change(1).map_err(io_error)?;
                }
                let mut writer = body.writer.finish().map_err(io_error)?;
                writer.flush()?;
                self.0 = Part::All(writer);
                Ok(())
            }
            _ => Err(io::Error::other("an FST file ends once, after its values")),
        }
    }
}

impl<W: Write + Seek> Declare for Fst<W> {
    fn enter(&mut self, name: &str) -> io::Result<()> {
        let Part::Header(writer, _) = &mut self.0 else { return Ok(()) };
        writer.scope(name, "", FstScopeType::Module).map_err(io_error)
    }

    fn variable(&mut self, variable: &Variable) -> io::Result<()> {
        let Part::Header(writer, variables) = &mut self.0 else { return Ok(()) };
        let (kind, what, bits) = match variable.kind {
            Kind::Real => (FstVarType::Real, FstSignalType::real(), 0),
            Kind::Wire => {
                let width = variable.range.map_or(1, Range::width);
                (FstVarType::Wire, FstSignalType::bit_vec(width), width)
            }
            Kind::State(bits) => (FstVarType::Wire, FstSignalType::bit_vec(bits), bits),
        };
        let range = variable.range.or(match variable.kind {
            Kind::State(bits) => Some(Range { high: bits - 1, low: 0 }),
            Kind::Real | Kind::Wire => None,
        });
        let name = match range {
            Some(Range { high, low }) => format!("{} [{high}:{low}]", variable.name),
            None => variable.name.clone(),
        };
        let id = writer.var(name, what, kind, FstVarDirection::Implicit, None).map_err(io_error)?;
        variables[variable.slot] = Known { id: Some(id), bits };
        Ok(())
    }

    fn leave(&mut self) -> io::Result<()> {
        let Part::Header(writer, _) = &mut self.0 else { return Ok(()) };
        writer.up_scope().map_err(io_error)
    }
}

#[cfg(test)]
mod tests {
    use super::{PHASES, number};

    #[test]
    fn every_phase_stands_at_its_number() {
        for (at, phase) in PHASES.into_iter().enumerate() {
            assert_eq!(number(phase), at);
        }
    }
}
