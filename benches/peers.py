"""The network of benches/peers.rs in SpikingJelly: ideal LIF neurons in steps of 1 ms.

Argument: a folder with encoding.npy (256 grey levels x steps, spikes), weights.npy (784 x 10, volts
a spike), lif.json, images and labels. Prints seconds, accuracy and spikes as JSON.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import torch
from spikingjelly.activation_based import functional, layer, neuron, surrogate

BATCH = 100
TRAINING_BATCH = 128

# The options of memspike's own training.
SLOPE = 6.0
SCORE = 0.5
LEARNING_RATE = 0.006


class Lif(neuron.SimpleBaseNode):
    """A leak towards 0 V, a threshold, and a reset to where the device turns off."""

    def __init__(self, decay, threshold, reset):
        swing = threshold - reset
        gradient = surrogate.Sigmoid(alpha=SLOPE / swing)
        super().__init__(threshold, reset, gradient, step_mode="m")
        self.decay = decay

    def neuronal_charge(self, x):
        self.v = self.v * self.decay + x


class Clock:
    """Wall and CPU seconds of a block, all threads together."""

    def __enter__(self):
        self.wall, self.cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_):
        self.wall = time.perf_counter() - self.wall
        self.cpu = time.process_time() - self.cpu


def main():
    folder = Path(sys.argv[1])
    lif = json.loads((folder / "lif.json").read_text())

    def load(name):
        return torch.from_numpy(np.load(folder / name))

    def network(weights):
        linear = layer.Linear(*weights.shape, bias=False, step_mode="m")
        linear.weight.data = weights.T.contiguous()
        return torch.nn.Sequential(linear, Lif(**lif))

    encoding = load("encoding.npy")

    def spikes(images):
        """Steps x images x pixels."""
        return encoding[images].permute(2, 0, 1).contiguous()

    def answer(net, images):
        """Spikes of the outputs and their membranes at the end."""
        functional.reset_net(net)
        counts = net(spikes(images)).sum(0)
        return counts, net[1].v

    def data(part):
        return load(f"{part}-images.npy").long(), load(f"{part}-labels.npy").long().flatten()

    result = {}
    torch.set_num_threads(1)
    images, labels = data("test")
    net = network(load("weights.npy"))
    with torch.no_grad(), Clock() as clock:
        right = 0
        for some, expected in zip(images.split(BATCH), labels.split(BATCH)):
            counts, v = answer(net, some)
            # Membranes decide between equal counts.
            right += int(((counts + 1e-3 * v).argmax(1) == expected).sum())
    result |= {"inference_cpu_s": clock.cpu, "inference_wall_s": clock.wall}
    result["accuracy"] = right / len(labels)

    regular, weights = load("regular.npy"), load("regular-weights.npy")
    net = network(weights)
    with torch.no_grad():
        seconds = []
        for _ in range(5):
            functional.reset_net(net)
            with Clock() as clock:
                fired = net(regular[:, None])
            seconds.append(clock.cpu)
    result |= {"regular_spikes": int(fired.sum()), "regular_s": sorted(seconds)[2]}

    torch.set_num_threads(2)
    images, labels = data("training")
    torch.manual_seed(0)
    net = network(0.06 * 0.017 * torch.ones(784, 10))
    volts = lif["threshold"] - lif["reset"]
    optimiser = torch.optim.Adam(net.parameters(), LEARNING_RATE * 0.017)
    with Clock() as clock:
        for indices in torch.randperm(len(images)).split(TRAINING_BATCH):
            counts, v = answer(net, images[indices])
            loss = torch.nn.functional.cross_entropy(SCORE * (counts + v / volts), labels[indices])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    result |= {"training_cpu_s": clock.cpu, "training_wall_s": clock.wall}
    print(json.dumps(result))


main()
