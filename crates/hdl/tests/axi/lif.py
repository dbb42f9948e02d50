"""A core behind AXI as its documents have it: neurons as the README of an export says, registers as the head of NAME_axi.v does.

Nothing here is taken from the program that makes the cores: plain integers, one event after another.
"""

OKAY, SLVERR = 0, 2
WORD = 0xFFFFFFFF


def kind(field):
    """A variant of a specification: its name and its numbers."""
    return (field, {}) if isinstance(field, str) else next(iter(field.items()))


class Layer:
    def __init__(self, spec, weights):
        self.inputs, self.neurons = spec["inputs"], spec["neurons"]
        self.weight_bits, self.potential_bits = spec["weight_bits"], spec["potential_bits"]
        self.weights = [row[:] for row in weights]
        self.highest = 2 ** (self.potential_bits - 1) - 1
        self.lowest = 0 if spec["saturation"] == "non_negative" else -self.highest - 1
        self.refractory_ticks = spec["refractory_ticks"]
        self.reset, numbers = kind(spec["reset"])
        self.reset_value = numbers.get("value", 0)
        self.leak, numbers = kind(spec["leak"])
        self.shift = numbers.get("shift", 0)
        self.exported = (spec["threshold"], numbers.get("factor", self.shift))
        self.lowest_threshold = max(1, self.reset_value + 1 if self.reset == "hold" else 1)
        self.highest_leak = {
            "none": 0,
            "shift": self.potential_bits - 1,
            "multiply": 2**self.shift - 1,
        }[self.leak]
        self.threshold, self.amount = self.exported
        self.clear()

    def clear(self):
        self.v = [0] * self.neurons
        self.resting = [0] * self.neurons

    def event(self, at):
        if at >= self.inputs:
            return
        for j in range(self.neurons):
            if not self.resting[j]:
                self.v[j] = min(max(self.v[j] + self.weights[at][j], self.lowest), self.highest)

    def tick(self):
        fired = []
        for j in range(self.neurons):
            if self.resting[j]:
                self.resting[j] -= 1
            elif self.v[j] >= self.threshold:
                fired.append(j)
                self.v[j] = self.v[j] - self.threshold if self.reset == "subtract" else self.reset_value
                self.resting[j] = self.refractory_ticks
            elif self.leak == "shift":
                self.v[j] -= self.v[j] // 2**self.amount
            elif self.leak == "multiply":
                self.v[j] = self.v[j] * self.amount // 2**self.shift
        return fired


class Core:
    """Registers and neurons. `loads` says whether weights, thresholds and leaks can be written."""

    def __init__(self, specification, weights, loads):
        self.layers = [Layer(*pair) for pair in zip(specification["layers"], weights)]
        self.count_bits = specification["count_bits"]
        self.loads = loads
        self.reset()

    def reset(self):
        """Weights stay."""
        self.run, self.single, self.busy, self.done = 1, 0, False, False
        self.place = (0, 0, 0)
        self.written = [layer.exported for layer in self.layers]
        self.forget()

    def start(self):
        self.busy, self.done = True, False
        for layer, (layer.threshold, layer.amount) in zip(self.layers, self.written):
            layer.clear()
        self.forget()

    def forget(self):
        """No spikes are counted; the first neuron leads."""
        self.counts = [0] * self.layers[-1].neurons
        self.winner = 0

    def end(self):
        self.busy, self.done = False, True
        self.run = 0 if self.single else self.run

    def event(self, at):
        self.layers[0].event(at)

    def tick(self):
        fired = self.layers[0].tick()
        for layer in self.layers[1:]:
            for neuron in fired:
                layer.event(neuron)
            fired = layer.tick()
        for neuron in fired:
            before = max(self.counts)
            self.counts[neuron] = min(self.counts[neuron] + 1, 2**self.count_bits - 1)
            if self.counts[neuron] > before:
                self.winner = neuron
        return fired

    def image(self, beats):
        """What leaves after the beats (tdata, tuser) of an image."""
        self.start()
        given = self.beats(beats)
        self.end()
        return given

    def beats(self, beats):
        given = []
        for data, user in beats:
            if user:
                given += [(neuron, 0) for neuron in self.tick()]
                given.append((self.winner, 1))
            else:
                self.event(data)
        return given

    def of_layer(self, address):
        """Layer and register of an address, if it is of a layer."""
        number, register = divmod(address - 0x100, 0x20)
        return (number, register) if 0 <= number < len(self.layers) else (None, None)

    def read(self, address):
        """The answer and the word."""
        address &= ~3
        number, register = self.of_layer(address)
        if number is not None:
            layer = self.layers[number]
            kinds = ["none", "shift", "multiply"]
            shift = layer.shift if layer.leak == "multiply" else 0
            widths = layer.weight_bits | layer.potential_bits << 8 | kinds.index(layer.leak) << 16 | shift << 24
            words = {0: layer.inputs, 4: layer.neurons, 8: widths, 12: self.written[number][0], 16: self.written[number][1]}
            return (OKAY, words[register]) if register in words else (SLVERR, 0)
        if 0x4000 <= address < 0x4000 + 4 * len(self.counts):
            return OKAY, self.counts[(address - 0x4000) // 4]
        words = {
            0x0: 0x4C494601,
            0x4: len(self.layers) | self.count_bits << 8 | self.loads << 16,
            0x8: self.run | self.single << 1,
            0xC: self.busy | self.done << 1,
            0x10: self.winner,
        }
        if self.loads:
            layer, at, neuron = self.place
            words[0x14] = layer << 28 | at << 12 | neuron
        return (OKAY, words[address]) if address in words else (SLVERR, 0)

    def write(self, address, data, strobes):
        """The answer. `strobes` are those of the four bytes, the lowest first."""
        address &= ~3
        mask = sum(0xFF << 8 * byte for byte in range(4) if strobes >> byte & 1)
        value = data & mask | self.read(address)[1] & ~mask
        number, register = self.of_layer(address)
        if address == 0x8 and value < 4:
            self.run, self.single = value & 1, value >> 1
            return OKAY
        if not self.loads:
            return SLVERR
        if address == 0x14:
            place = (value >> 28, value >> 12 & 0xFFFF, value & 0xFFF)
            if self.exists(place):
                self.place = place
                return OKAY
        if address == 0x18 and not self.busy and strobes == 15:
            return self.load(value)
        if register == 12:
            layer = self.layers[number]
            if layer.lowest_threshold <= value <= layer.highest:
                self.written[number] = (value, self.written[number][1])
                return OKAY
        if register == 16 and 1 <= value <= self.layers[number].highest_leak:
            self.written[number] = (self.written[number][0], value)
            return OKAY
        return SLVERR

    def exists(self, place):
        layer, at, neuron = place
        if layer >= len(self.layers):
            return False
        return at < self.layers[layer].inputs and neuron < self.layers[layer].neurons

    def load(self, value):
        number, at, neuron = self.place
        layer = self.layers[number]
        weight = value - 2**32 if value >> 31 else value
        if not -(2 ** (layer.weight_bits - 1)) <= weight < 2 ** (layer.weight_bits - 1):
            return SLVERR
        layer.weights[at][neuron] = weight
        for place in ((number, at, neuron + 1), (number, at + 1, 0), (number + 1, 0, 0), (0, 0, 0)):
            if self.exists(place):
                self.place = place
                return OKAY
