# SPDX-License-Identifier: MIT-0
# Made by memspike 0.2.0.
"""The core lif, 16-4, without its clock: what it does, bit for bit. Needs NumPy, and the memories of weights beside it.

    from model import Model

    model = Model()
    model.start()                   # an image begins: everything to zero
    model.event(3)                  # a spike of input 3
    fired = model.tick()            # the time step ends: neurons of the last layer that fire, in order
    model.counts, model.winner      # their spikes so far; the neuron with most, of several the one that had them first

    counts = Model().run(images)    # an image is a list of time steps, a time step a list of inputs

`python3 model.py events.txt answers.txt` compares the model with the answers of the folder.
"""

import sys
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent

# Spikes are counted up to the largest number of so many bits.
COUNT_BITS = 4

# Length of a time step; nothing here depends on it.
TIME_STEP_NS = 1000000

# From the input on. The leak is none, ("shift", distance) or ("multiply", factor, shift); the reset is "subtract" or a potential.
LAYERS = [
    dict(
        inputs=16, neurons=4,
        weights="lif_weights_0.hex", weight_bits=5, lanes=4,
        lowest=-256, highest=255, threshold=25,
        leak=("shift", 3), reset="subtract", refractory_ticks=0,
    ),
]

# Events that wait at most, until their weights are added.
MOST_WAITING = 1024


def read_weights(file, inputs, neurons, bits, lanes):
    """Weights, inputs x neurons, from a memory of the core: words in hexadecimal with `lanes` weights each, the first one lowest, and
    for each input as many words as its neurons need."""
    words = [int(word, 16) for word in (FOLDER / file).read_text().split()]
    mask = (1 << bits) - 1
    lanes = [[word >> bits * lane & mask for lane in range(lanes)] for word in words]
    weights = np.array(lanes, dtype=np.int64).reshape(inputs, -1)[:, :neurons]
    negative = weights >> (bits - 1)
    return weights - (negative << bits)


class Layer:
    """Neurons with a potential and the refractory ticks that are left of each."""

    def __init__(self, inputs, neurons, weights, weight_bits, lanes, **constants):
        self.weights = read_weights(weights, inputs, neurons, weight_bits, lanes)
        self.lowest, self.highest = constants["lowest"], constants["highest"]
        self.threshold = constants["threshold"]
        self.leak, self.reset = constants["leak"], constants["reset"]
        self.refractory_ticks = constants["refractory_ticks"]
        self.start()

    def start(self):
        """Everything to zero."""
        neurons = self.weights.shape[1]
        self.potentials = np.zeros(neurons, dtype=np.int64)
        self.refractory = np.zeros(neurons, dtype=np.int64)

    def events(self, inputs):
        """Adds weights of inputs, one after the other. A potential stops at the ends of its range; a neuron that rests adds nothing."""
        rows = np.where(self.refractory > 0, 0, self.weights[inputs])
        path = self.potentials + np.cumsum(rows, axis=0)
        if self.lowest <= path.min(initial=0) and path.max(initial=0) <= self.highest:
            self.potentials = path[-1] if len(path) else self.potentials
            return
        for row in rows:
            self.potentials = np.clip(self.potentials + row, self.lowest, self.highest)

    def tick(self):
        """Ends a time step; the neurons that fire, in order. Who rests rests a tick less, who does not fire leaks."""
        resting = self.refractory > 0
        fired = ~resting & (self.potentials >= self.threshold)
        subtract = self.reset == "subtract"
        after_spike = self.potentials - self.threshold if subtract else self.reset
        leaked = np.where(resting, self.potentials, self.leaked())
        self.potentials = np.where(fired, after_spike, leaked)
        self.refractory = np.where(fired, self.refractory_ticks, self.refractory - resting)
        return np.flatnonzero(fired)

    def leaked(self):
        """What a tick leaves of potentials below threshold. Shifts round down, those of negative numbers too."""
        if self.leak is None:
            return self.potentials
        kind, *numbers = self.leak
        if kind == "shift":
            return self.potentials - (self.potentials >> numbers[0])
        factor, shift = numbers
        return self.potentials * factor >> shift


class Model:
    """The core. `winner` is the neuron of the last layer with most spikes, of several the one that had them first."""

    def __init__(self):
        self.layers = [Layer(**layer) for layer in LAYERS]
        self.start()

    def start(self):
        """Begins an image: everything to zero."""
        for layer in self.layers:
            layer.start()
        self.waiting = []
        self.counts = np.zeros(LAYERS[-1]["neurons"], dtype=np.int64)
        self.winner, self.most = 0, 0

    def event(self, i):
        """A spike of an input; one that there is not is ignored."""
        if 0 <= i < LAYERS[0]["inputs"]:
            self.waiting.append(i)
        if len(self.waiting) == MOST_WAITING:
            self.settle()

    def settle(self):
        """Adds the events that wait; nothing else sees whether they have been added before the tick."""
        self.layers[0].events(self.waiting)
        self.waiting = []

    def tick(self):
        """Ends a time step; the neurons of the last layer that fire, in order. Spikes of a layer are events of the next one, and then
        its tick comes."""
        self.settle()
        fired = self.layers[0].tick()
        for layer in self.layers[1:]:
            layer.events(fired)
            fired = layer.tick()
        self.counts[fired] += 1
        self.counts = np.minimum(self.counts, (1 << COUNT_BITS) - 1)
        for neuron in fired.tolist():
            if self.counts[neuron] > self.most:
                self.winner, self.most = neuron, int(self.counts[neuron])
        return fired.tolist()

    def run(self, images):
        """Counts of each image, images x neurons; an image is a sequence of time steps, a time step a sequence of inputs."""
        counts = []
        for image in images:
            self.start()
            for inputs in image:
                for i in inputs:
                    self.event(i)
                self.tick()
            counts.append(self.counts)
        return np.array(counts)


def answers(model, stream):
    """What the core answers to a stream: winner and spikes of a tick, counts where they are read."""
    for line in stream:
        kind, *number = line.split()
        if kind == "s":
            model.start()
        elif kind == "e":
            model.event(int(number[0]))
        elif kind == "t":
            fired = model.tick()
            yield f"{model.winner}:" + "".join(f" {neuron}" for neuron in fired)
        elif kind == "c":
            yield "=" + "".join(f" {count}" for count in model.counts[: int(number[0])])


def compare(events, expected):
    """Prints the first answer that differs and FAIL, or PASS; the exit status."""
    wanted = Path(expected).read_text().splitlines()
    found = list(answers(Model(), Path(events).read_text().splitlines()))
    for at in range(max(len(wanted), len(found))):
        pair = [lines[at] if at < len(lines) else "nothing" for lines in (found, wanted)]
        if pair[0] != pair[1]:
            print(f"answer {at} of model.py: '{pair[0]}', expected '{pair[1]}'\nFAIL")
            return 1
    print(f"PASS: model.py: {len(found)} answers")
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python3 model.py EVENTS ANSWERS")
    sys.exit(compare(*sys.argv[1:]))
