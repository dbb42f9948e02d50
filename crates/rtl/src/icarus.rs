//! A module that Icarus Verilog runs: four levels, in a process of its own for each instance.

#[cfg(not(unix))]
mod absent;
mod compile;
#[cfg(unix)]
mod process;

use memspike_digital::{Direction, Level};
use memspike_foreign::Said;

use crate::module::{Code, Motion};
use crate::{Port, RtlError, Sources};

#[cfg(not(unix))]
use absent::Process;
use compile::Compiled;
#[cfg(unix)]
use process::Process;

/// What a process says.
#[cfg_attr(not(unix), expect(dead_code, reason = "no process is started there"))]
enum Speaks {
    /// A line of the bridge, without its mark.
    Answer(String),
    /// It has come to an end without an answer: why.
    Ended(String),
}

/// A compiled module.
pub(crate) struct Icarus(Compiled);

impl Icarus {
    /// Compiles a module, or takes it from where compiled ones are kept. Gives its name and its ports, too.
    pub fn compile(sources: &Sources) -> Result<(Self, String, Vec<Port>), RtlError> {
        let mut compiled = compile::compile(sources)?;
        let described = match Description::of(&compiled) {
            // A kept one that was damaged is made anew.
            Err(RtlError::Description(_)) => {
                crate::tool::forget(&compiled.model);
                compiled = compile::compile(sources)?;
                Description::of(&compiled)?
            }
            described => described?,
        };
        Ok((Self(compiled), described.top, described.ports))
    }
}

/// What a process says of its module before anything happens.
struct Description {
    top: String,
    ports: Vec<Port>,
    /// The unit of its time as a power of ten of a second.
    precision: i32,
}

impl Description {
    /// What a new process says, which ends then.
    fn of(compiled: &Compiled) -> Result<Self, RtlError> {
        let mut process = Process::start(compiled).map_err(RtlError::Description)?;
        Self::read(&mut process)
    }

    fn read(process: &mut Process) -> Result<Self, RtlError> {
        let (mut top, mut ports): (Option<String>, Vec<Port>) = (None, Vec::new());
        loop {
            let line = match process.listen() {
                Speaks::Answer(line) => line,
                Speaks::Ended(why) => return Err(RtlError::Description(why)),
            };
            let unreadable = || RtlError::Description(format!("'{line}'"));
            let words: Vec<&str> = line.split(' ').collect();
            match words[..] {
                ["module", name] => {
                    if let Some(other) = top.replace(name.to_owned()) {
                        return Err(RtlError::IcarusRefused {
                            message: format!(
                                "{other} and {name} are both instantiated by nothing; top=\"name\" says which is meant"
                            ),
                        });
                    }
                }
                ["precision", exponent] => {
                    let precision = exponent.parse().map_err(|_| unreadable())?;
                    let top = top.ok_or_else(|| RtlError::Description("no module".to_owned()))?;
                    return Ok(Self { top, ports, precision });
                }
                [way, width, name] => ports.push(port(way, width, name)?),
                _ => return Err(unreadable()),
            }
        }
    }
}

fn port(way: &str, width: &str, name: &str) -> Result<Port, RtlError> {
    let direction = match way {
        "in" => Direction::In,
        "out" => Direction::Out,
        _ => return Err(RtlError::Inout(name.to_owned())),
    };
    match width.parse() {
        Ok(width @ 1..) => {
            Ok(Port { name: name.to_owned(), member: name.to_owned(), direction, width })
        }
        _ => Err(RtlError::Description(format!("port '{name}' is no vector of bits"))),
    }
}

impl Code for Icarus {
    fn begin(&self) -> Result<Box<dyn Motion>, String> {
        let mut process = Process::start(&self.0)?;
        let precision =
            Description::read(&mut process).map_err(|error| error.to_string())?.precision;
        let exponent = (15 + precision).clamp(0, 18) as u32;
        Ok(Box::new(Running { process, unit_fs: 10_u64.pow(exponent) }))
    }

    fn knows_floating(&self) -> bool {
        true
    }
}

#[derive(Debug)]
struct Running {
    process: Process,
    unit_fs: u64,
}

impl Motion for Running {
    fn unit_fs(&self) -> u64 {
        self.unit_fs
    }

    fn eval(&mut self, time: u64, inputs: &[Level], outputs: &mut [Level]) -> Said {
        let bits: String = inputs.iter().map(|level| level.letter()).collect();
        self.process.tell(&format!("{time} {bits}\n"));
        let line = match self.process.listen() {
            Speaks::Answer(line) => line,
            Speaks::Ended(why) => return Said::Failed(why),
        };
        let Some((next, bits)) = answer(&line, outputs.len()) else {
            return Said::Failed(format!("vvp answers '{line}'"));
        };
        outputs.copy_from_slice(&bits);
        match next {
            Next::At(time) => self.process.complaint().map_or(Said::GoesOn(time), Said::Failed),
            Next::Ended => self.process.finished().map_or(Said::Ended, Said::Failed),
        }
    }
}

/// When a module does something again by itself.
enum Next {
    At(Option<u64>),
    Ended,
}

/// Reads `NEXT BITS`.
fn answer(line: &str, outputs: usize) -> Option<(Next, Vec<Level>)> {
    let (next, bits) = line.split_once(' ')?;
    let level = |letter| match letter {
        '0' => Some(Level::Zero),
        '1' => Some(Level::One),
        'x' => Some(Level::Unknown),
        'z' => Some(Level::Floating),
        _ => None,
    };
    let bits: Vec<Level> = bits.chars().map(level).collect::<Option<_>>()?;
    let next = match next {
        "end" => Next::Ended,
        "-" => Next::At(None),
        time => Next::At(Some(time.parse().ok()?)),
    };
    (bits.len() == outputs).then_some((next, bits))
}
