"""Drives a top with AXI by cocotbext-axi, with pauses at random on every channel, and compares every beat and every answer with the
model in lif.py.

Environment: AXI_FOLDER (an export, with its weights as weights.json), AXI_CYCLES (clock cycles, about), AXI_SEED.
"""

import copy
import json
import os
import random
from pathlib import Path

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles, RisingEdge, with_timeout
from cocotbext.axi import AxiLiteBus, AxiLiteMaster, AxiStreamBus, AxiStreamFrame, AxiStreamSink, AxiStreamSource

from lif import OKAY, SLVERR, WORD, Core

PERIOD_NS = 10
# Longer than any image takes.
PATIENCE_US = 2000


class Bench:
    def __init__(self, dut):
        self.dut = dut
        self.draw = random.Random(int(os.environ["AXI_SEED"]))
        folder = Path(os.environ["AXI_FOLDER"])
        spec = json.loads((folder / "spec.json").read_text())
        weights = json.loads((folder / "weights.json").read_text())
        self.model = Core(spec["specification"], weights, spec.get("weights_memory", "rom") == "ram")
        clocked = (dut.aclk, dut.aresetn, False)
        self.source = AxiStreamSource(AxiStreamBus.from_prefix(dut, "s_axis"), *clocked, byte_lanes=1)
        self.sink = AxiStreamSink(AxiStreamBus.from_prefix(dut, "m_axis"), *clocked, byte_lanes=1)
        self.host = AxiLiteMaster(AxiLiteBus.from_prefix(dut, "s_axil"), *clocked)
        write, read = self.host.write_if, self.host.read_if
        self.channels = [
            self.source,
            self.sink,
            write.aw_channel,
            write.w_channel,
            write.b_channel,
            read.ar_channel,
            read.r_channel,
        ]
        self.tally = dict.fromkeys(["images", "beats", "reads", "writes", "refused", "resets"], 0)

    def cycle(self):
        return int(cocotb.utils.get_sim_time("ns")) // PERIOD_NS

    def pauses(self):
        """Pauses of each channel, anew; some have none, some many."""
        for channel in self.channels:
            often = self.draw.choice([0.0, 0.0, 0.2, 0.5, 0.9])
            seed = self.draw.random()
            channel.set_pause_generator(self.pausing(often, random.Random(seed)))

    @staticmethod
    def pausing(often, draw):
        while True:
            yield draw.random() < often

    async def reset(self):
        self.source.clear()
        self.sink.clear()
        self.dut.aresetn.value = 0
        await ClockCycles(self.dut.aclk, 3)
        self.dut.aresetn.value = 1
        await ClockCycles(self.dut.aclk, 2)
        self.model.reset()
        self.sink.clear()
        self.tally["resets"] += 1

    async def read(self, address, expected=None):
        """Reads a register; without a word that is expected, the model has it."""
        answer = await self.host.read(address & ~3, 4)
        word = int.from_bytes(answer.data, "little")
        self.tally["reads"] += 1
        if expected is None:
            assert (int(answer.resp), word) == self.model.read(address), f"read {address:#x}: {answer.resp} {word:#x}"
        return int(answer.resp), word

    async def write(self, address, data, first=0, size=4):
        """Writes `size` bytes of a word, from byte `first` on."""
        size = min(size, 4 - first)
        part = (data & WORD).to_bytes(4, "little")[first : first + size]
        answer = await self.host.write(address & ~3 | first, part)
        strobes = (2**size - 1) << first
        expected = self.model.write(address, data & WORD, strobes)
        assert int(answer.resp) == expected, f"write {data & WORD:#x}/{strobes:04b} to {address:#x}: {answer.resp}"
        self.tally["writes"] += 1
        self.tally["refused"] += expected == SLVERR

    def bytes(self):
        """Bytes of a word that are written: mostly all."""
        return (0, 4) if self.draw.random() < 0.7 else (self.draw.randrange(4), self.draw.randrange(1, 4))

    def register(self):
        """Any address, mostly one where something is."""
        places = [0x0, 0x4, 0x8, 0xC, 0x10, 0x14, 0x18, 0x1C, self.draw.randrange(2**15)]
        for number in range(len(self.model.layers) + 1):
            places += [0x100 + 0x20 * number + 4 * word for word in range(6)]
        places += [0x4000 + 4 * neuron for neuron in range(len(self.model.counts) + 1)]
        return self.draw.choice(places)

    async def tune(self):
        """Writes a threshold or a leak, allowed or not."""
        number = self.draw.randrange(len(self.model.layers))
        layer = self.model.layers[number]
        low, high = layer.lowest_threshold, layer.highest
        value = self.draw.choice([low - 1, low, self.draw.randint(low, min(high, low + 60)), self.draw.randint(low, high), high + 1, -1])
        place, highest = 0x100 + 0x20 * number, layer.highest_leak
        if self.draw.random() < 0.5:
            await self.write(place + 12, value, *self.bytes())
        else:
            value = self.draw.choice([0, 1, self.draw.randint(0, highest), highest, highest + 1])
            await self.write(place + 16, value, *self.bytes())
        await self.read(place + 12)
        await self.read(place + 16)

    async def load(self):
        """Writes weights, from a place on or where the last ones ended."""
        number = self.draw.randrange(len(self.model.layers))
        layer = self.model.layers[number]
        if self.draw.random() < 0.7:
            at, neuron = self.draw.randint(0, layer.inputs), self.draw.randint(0, layer.neurons)
            if self.draw.random() < 0.9:
                at, neuron = min(at, layer.inputs - 1), min(neuron, layer.neurons - 1)
            await self.write(0x14, number << 28 | at << 12 | neuron)
        half = 2 ** (layer.weight_bits - 1)
        for _ in range(self.draw.choice([1, 3, 40])):
            weight = self.draw.choice([self.draw.randrange(-half, half)] * 30 + [half, -half - 1])
            await self.write(0x18, weight, *((0, 4) if self.draw.random() < 0.95 else self.bytes()))
        await self.read(0x14)

    async def look(self):
        """Reads and writes where nothing changes, whatever goes on."""
        constant = [0x0, 0x4, 0x1C, 0x2000, 0x7FFC, 0x100, 0x104, 0x108, 0x10C, 0x110, 0x114]
        address = self.draw.choice(constant)
        await self.read(address)
        if address not in (0x10C, 0x110):
            await self.write(address, self.draw.randrange(2**32), *self.bytes())

    async def watch(self, before, final):
        """Counts and winner while an image is under way: those before its start, or on the way to the final ones."""
        neuron = self.draw.randrange(len(final))
        answer, count = await self.read(0x4000 + 4 * neuron, True)
        assert answer == OKAY and (count == before[neuron] or count <= final[neuron]), f"count {neuron}: {count}"
        answer, winner = await self.read(0x10, True)
        assert answer == OKAY and winner < len(final)
        assert await self.read(0xC, True) == (OKAY, 1), "an image is under way"

    def image(self):
        """Beats (tdata, tuser) of an image: inputs that exist and others, ticks with and without events."""
        wide = 2 ** len(self.dut.s_axis_tdata)
        inputs = self.model.layers[0].inputs
        few = self.draw.sample(range(inputs), min(inputs, self.draw.choice([1, 3, inputs])))
        beats = []
        for _ in range(self.draw.choice([1, 2, 6, 12])):
            for _ in range(self.draw.choice([0, 0, 1, 8, 24])):
                beats.append((self.draw.choice(few) if self.draw.random() < 0.95 else self.draw.randrange(wide), 0))
            beats.append((self.draw.randrange(wide), 1))
        return beats

    async def send(self, beats):
        """Beats with tlast at the last one."""
        frame = AxiStreamFrame([data for data, _ in beats], tuser=[user for _, user in beats])
        await self.source.send(frame)

    async def receive(self, expected):
        """What leaves, up to tlast."""
        frame = await with_timeout(self.sink.recv(), PATIENCE_US, "us")
        users = frame.tuser if isinstance(frame.tuser, list) else [frame.tuser] * len(frame.tdata)
        given = list(zip(frame.tdata, users))
        assert given == expected, f"{given}, expected {expected}"
        self.tally["images"] += 1
        self.tally["beats"] += len(given)

    async def results(self):
        """Everything that can be read after an image."""
        for address in (0x8, 0xC, 0x10):
            await self.read(address)
        for neuron in range(len(self.model.counts)):
            await self.read(0x4000 + 4 * neuron)

    async def between(self):
        """Accesses of any kind while there is no image."""
        for _ in range(self.draw.randrange(6)):
            action = self.draw.random()
            if action < 0.35:
                await self.tune()
            elif action < 0.7:
                await self.load()
            else:
                address = self.register()
                await self.read(address)
                if address & ~3 != 0x8:
                    await self.write(address, self.draw.choice([0, 1, self.draw.randrange(2**32)]), *self.bytes())

    async def one(self):
        """An image with accesses while it is under way; what they change counts from the next one on."""
        before, beats = self.model.counts, [(0, 0)] + self.image()
        self.model.start()
        ahead = copy.deepcopy(self.model)
        ahead.beats(beats)
        # The frame that ends with an event has a tlast that means nothing.
        cut = max(at + 1 for at, (_, user) in enumerate(beats) if not user)
        await self.send(beats[:cut])
        while not (self.dut.s_axis_tvalid.value == 1 and self.dut.s_axis_tready.value == 1):
            await RisingEdge(self.dut.aclk)
        for _ in range(self.draw.randrange(4)):
            action = self.draw.random()
            if action < 0.4:
                await self.tune()
            elif action < 0.6:
                await self.load()
            elif action < 0.8:
                await self.watch(before, ahead.counts)
            else:
                await self.look()
        await self.send(beats[cut:])
        expected = self.model.beats(beats)
        await self.receive(expected)
        self.model.end()
        await self.results()

    async def burst(self):
        """Images one after another, with accesses that change nothing."""
        images = [self.image() for _ in range(self.draw.randrange(2, 5))]
        expected = [self.model.image(beats) for beats in images]
        for beats in images:
            await self.send(beats)
        looks = self.draw.randrange(12)
        host = cocotb.start_soon(self.looks(looks))
        for given in expected:
            await self.receive(given)
        await host
        await self.results()

    async def looks(self, count):
        for _ in range(count):
            await self.look()

    async def held(self):
        """RUN is 0: beats wait while weights are loaded. SINGLE: RUN is 0 after the image."""
        single = self.draw.randrange(2)
        await self.write(0x8, single << 1)
        beats = self.image()
        await self.send(beats)
        for _ in range(self.draw.randrange(20, 60)):
            await RisingEdge(self.dut.aclk)
            assert self.dut.s_axis_tready.value == 0, "an image has started"
        await self.between()
        for address in (0x8, 0xC):
            await self.read(address)
        await self.write(0x8, single << 1 | 1)
        await self.receive(self.model.image(beats))
        await self.results()
        await self.write(0x8, 1)

    async def broken_off(self):
        """A reset in the middle of an image."""
        await self.send(self.image())
        await ClockCycles(self.dut.aclk, self.draw.randrange(100))
        await self.reset()
        for address in (0x8, 0xC, 0x10C, 0x110, 0x14):
            await self.read(address)


@cocotb.test()
async def everything_is_as_the_model_has_it(dut):
    bench = Bench(dut)
    cocotb.start_soon(Clock(dut.aclk, PERIOD_NS, "ns").start())
    await bench.reset()
    cycles = int(os.environ["AXI_CYCLES"])
    rounds = 3 * [bench.between, bench.one, bench.burst, bench.held] + [bench.broken_off]
    while bench.cycle() < cycles:
        for action in bench.draw.sample(rounds, len(rounds)):
            bench.pauses()
            await action()
    assert bench.sink.empty()
    print(f"PASS: {bench.cycle()} cycles, {bench.tally}")
