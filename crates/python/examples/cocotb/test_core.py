"""A core in Verilog and memspike's model of it, compared in every clock cycle.

Environment, which run.py sets: CORE_FOLDER, CORE_ARCH, CORE_LANES, CORE_CYCLES, CORE_SEED.
"""

import os
import random

import cocotb
import memspike as ms
from cocotb.clock import Clock
from cocotb.triggers import RisingEdge

NOTHING = {"start": False, "tick": False, "event": None}


def renewed(offers, draw, addresses):
    """What is on offer stays, and more comes at random, also inputs that the core does not have and ignores."""
    event = draw.randrange(addresses) if draw.random() < 0.6 else None
    return {
        "start": offers["start"] or draw.random() < 0.001,
        "tick": offers["tick"] or draw.random() < 0.02,
        "event": event if offers["event"] is None else offers["event"],
    }


def left(offers, shown):
    """What was not taken."""
    return {
        "start": offers["start"] and not shown.takes_start,
        "tick": offers["tick"] and not shown.takes_tick,
        "event": None if shown.takes_event else offers["event"],
    }


def drive(dut, seen):
    """Puts on the ports what the model sees, from now to the next clock edge."""
    dut.rst.value = seen["reset"]
    dut.in_start.value = seen["start"]
    dut.in_tick.value = seen["tick"]
    dut.in_valid.value = seen["event"] is not None
    dut.in_address.value = seen["event"] or 0
    dut.out_start_ready.value, dut.out_tick_ready.value, dut.out_ready.value = seen["takes"]
    dut.count_address.value = seen["count_address"]


def shown(dut, expected):
    """What the ports show, in the model's words. A count that no clock edge has read yet is nothing in hardware."""
    return ms.Outputs(
        takes_start=bool(dut.in_start_ready.value),
        takes_tick=bool(dut.in_tick_ready.value),
        takes_event=bool(dut.in_ready.value),
        start=bool(dut.out_start.value),
        tick=bool(dut.out_tick.value),
        event=int(dut.out_address.value) if dut.out_valid.value else None,
        counted=None if expected.counted is None else int(dut.count.value),
        winner=int(dut.winner.value),
    )


@cocotb.test()
async def the_core_shows_what_its_model_shows(dut):
    """In every cycle under random offers, readers that are not always ready, and resets."""
    cycles, draw = int(os.environ["CORE_CYCLES"]), random.Random(int(os.environ["CORE_SEED"]))
    core = ms.Core.from_folder(os.environ["CORE_FOLDER"])
    model = core.clocked(os.environ["CORE_ARCH"], lanes=int(os.environ["CORE_LANES"]))
    Clock(dut.clk, 10, unit="ns").start(start_high=False)  # inputs are driven before the first edge
    offers, spikes = NOTHING, 0
    for cycle in range(cycles):
        offers = renewed(offers, draw, 2 ** len(dut.in_address))
        takes = tuple(draw.random() < 0.8 for _ in range(3))
        count_address = draw.randrange(2 ** len(dut.count_address))
        seen = {**offers, "reset": draw.random() < 0.0005, "takes": takes, "count_address": count_address}
        drive(dut, seen)
        await RisingEdge(dut.clk)
        expected = model.cycle(**seen)
        found = shown(dut, expected)
        assert found == expected, f"cycle {cycle}, {seen}: the core shows {found}, the model {expected}"
        offers = left(offers, expected)
        spikes += expected.event is not None and takes[2]
    assert spikes, "no neuron of the last layer fired: too few cycles, or inputs without effect"
    cocotb.log.info("%d cycles alike, %d spikes", cycles, spikes)
