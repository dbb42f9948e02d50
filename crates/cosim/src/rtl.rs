//! The Verilog of a core as a machine.

use std::num::NonZeroU32;

use memspike_digital::Direction;
use memspike_lif_core::cycle::{Inputs, Offer, Outputs, Ready};
use memspike_lif_core::{Spec, address_bits};
use memspike_rtl::{Module, Place, Stepped};

use crate::machine::{Awaited, Halt, Machine};

/// Where the ports of a core are.
#[derive(Debug)]
struct Ports {
    clk: Place,
    rst: Place,
    /// `in_start`, `in_tick`, `in_valid` and `in_address`.
    offer: [Place; 4],
    /// `out_start_ready`, `out_tick_ready` and `out_ready`.
    ready: [Place; 3],
    count_address: Place,
    /// `in_start_ready`, `in_tick_ready` and `in_ready`.
    taken: [Place; 3],
    /// `out_start`, `out_tick`, `out_valid` and `out_address`.
    out: [Place; 4],
    count: Place,
    winner: Place,
}

/// Every port of a core.
const PORTS: [(Direction, &str); 19] = [
    (Direction::In, "clk"),
    (Direction::In, "rst"),
    (Direction::In, "in_start"),
    (Direction::In, "in_tick"),
    (Direction::In, "in_valid"),
    (Direction::In, "in_address"),
    (Direction::In, "out_start_ready"),
    (Direction::In, "out_tick_ready"),
    (Direction::In, "out_ready"),
    (Direction::In, "count_address"),
    (Direction::Out, "in_start_ready"),
    (Direction::Out, "in_tick_ready"),
    (Direction::Out, "in_ready"),
    (Direction::Out, "out_start"),
    (Direction::Out, "out_tick"),
    (Direction::Out, "out_valid"),
    (Direction::Out, "out_address"),
    (Direction::Out, "count"),
    (Direction::Out, "winner"),
];

impl Ports {
    fn of(stepped: &Stepped) -> Option<Self> {
        let input = |name| stepped.place(Direction::In, name);
        let output = |name| stepped.place(Direction::Out, name);
        Some(Self {
            clk: input("clk")?,
            rst: input("rst")?,
            offer: [
                input("in_start")?,
                input("in_tick")?,
                input("in_valid")?,
                input("in_address")?,
            ],
            ready: [input("out_start_ready")?, input("out_tick_ready")?, input("out_ready")?],
            count_address: input("count_address")?,
            taken: [output("in_start_ready")?, output("in_tick_ready")?, output("in_ready")?],
            out: [
                output("out_start")?,
                output("out_tick")?,
                output("out_valid")?,
                output("out_address")?,
            ],
            count: output("count")?,
            winner: output("winner")?,
        })
    }
}

/// A core in Verilog, in motion.
#[derive(Debug)]
pub(crate) struct Rtl {
    stepped: Stepped,
    ports: Ports,
}

impl Rtl {
    /// The core in its initial state, which is random in what the Verilog leaves open if there is a seed.
    pub fn new(module: &Module, seed: Option<NonZeroU32>) -> Result<Self, String> {
        let stepped = module.stepped(seed).ok_or("there is no memory for the Verilog")?;
        let ports = Ports::of(&stepped).ok_or("the Verilog lacks a port of a core")?;
        Ok(Self { stepped, ports })
    }

    fn set(&mut self, inputs: &Inputs) {
        let Inputs { reset, offer, ready, count_address } = *inputs;
        let Self { stepped, ports } = self;
        stepped.set(&ports.rst, reset.into());
        let offered: [u64; 4] =
            [offer.start.into(), offer.tick.into(), offer.valid.into(), offer.address.into()];
        ports.offer.iter().zip(offered).for_each(|(place, value)| stepped.set(place, value));
        let ready: [u64; 3] = [ready.start.into(), ready.tick.into(), ready.event.into()];
        ports.ready.iter().zip(ready).for_each(|(place, value)| stepped.set(place, value));
        stepped.set(&ports.count_address, count_address.into());
    }

    fn outputs(&self) -> Outputs {
        let Self { stepped, ports } = self;
        let [start, tick, event] = ports.taken.each_ref().map(|place| stepped.get(place) == 1);
        let [out_start, out_tick, valid, address] =
            ports.out.each_ref().map(|place| stepped.get(place));
        Outputs {
            ready: Ready { start, tick, event },
            offer: Offer {
                start: out_start == 1,
                tick: out_tick == 1,
                valid: valid == 1,
                address: address as u32,
            },
            count: Some(stepped.get(&ports.count) as u32),
            winner: stepped.get(&ports.winner) as u32,
        }
    }
}

impl Machine for Rtl {
    fn cycle(&mut self, inputs: &Inputs) -> Result<Outputs, Halt> {
        self.cycles(inputs, 1, Awaited::Nothing).map(|(_, outputs)| outputs)
    }

    // One call of the compiled code for all of them.
    fn cycles(
        &mut self,
        inputs: &Inputs,
        most: u64,
        awaited: Awaited,
    ) -> Result<(u64, Outputs), Halt> {
        self.set(inputs);
        let Self { stepped, ports } = self;
        let [start, tick, event] = &ports.taken;
        let [out_start, out_tick, out_valid, _] = &ports.out;
        let Offer { start: starts, tick: ticks, valid, .. } = inputs.offer;
        let watched: Vec<&Place> = match awaited {
            Awaited::Nothing => Vec::new(),
            Awaited::Taken => [(starts, start), (ticks, tick), (valid, event)]
                .into_iter()
                .filter_map(|(offered, place)| offered.then_some(place))
                .collect(),
            Awaited::Answer => vec![out_start, out_tick, out_valid],
        };
        let done = stepped.cycles(&ports.clk, most, &watched).map_err(Halt::Failed)?;
        Ok((done, self.outputs()))
    }
}

/// Whether a module has the ports of a core with this specification. An error says which it lacks.
///
/// # Errors
/// In words, for people.
pub fn check_ports(module: &Module, spec: &Spec) -> Result<(), String> {
    let (inputs, outputs) = (address_bits(spec.first().inputs), address_bits(spec.last().neurons));
    let bits = |name: &str| match name {
        "in_address" => inputs,
        "out_address" | "count_address" | "winner" => outputs,
        "count" => spec.count_bits,
        _ => 1,
    };
    for (direction, name) in PORTS {
        let found = module.ports().iter().find(|port| port.name == name);
        let goes = if direction == Direction::In { "input" } else { "output" };
        let wanted = bits(name);
        match found {
            Some(port) if port.direction == direction && port.width == wanted => {}
            Some(port) if port.direction == direction => {
                return Err(format!(
                    "module {} has an {goes} {name} of {} bits, and the core one of {wanted}",
                    module.top(),
                    port.width
                ));
            }
            _ => {
                return Err(format!(
                    "module {} has no {goes} {name}, which a core has",
                    module.top()
                ));
            }
        }
    }
    Ok(())
}
