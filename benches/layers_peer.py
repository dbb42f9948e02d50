"""An epoch of training of 784-128-10 beside snnTorch, in CPU seconds of the same run.

    python3 -m venv target/tmp/torch && target/tmp/torch/bin/pip install torch snntorch numpy
    target/tmp/torch/bin/python benches/layers_peer.py target/release/memspike MNIST_DIR [IMAGES [EPOCHS]]

The peer is the network of snnTorch's tutorial 5 (fully connected, Leaky with beta 0.95, fast sigmoid, 25 steps, cross entropy of
every step's potentials, Adam at 5e-4, batches of 128), with 128 hidden neurons. Both have one thread, see the same images, and
are then shown all test images. Times are user and system time of the process, without start and reading of files.
"""

import gzip
import json
import os
import resource
import subprocess
import sys
import tempfile

import numpy
import torch
import snntorch
from snntorch import surrogate

STEPS, HIDDEN, BATCH = 25, 128, 128


def idx(folder, name):
    """The entries of an IDX file, plain or compressed."""
    path = os.path.join(folder, name)
    opened = gzip.open(path + ".gz") if os.path.exists(path + ".gz") else open(path, "rb")
    with opened as file:
        data = file.read()
    lengths = numpy.frombuffer(data, ">u4", data[3], 4)
    return numpy.frombuffer(data, numpy.uint8, -1, 4 + 4 * data[3]).reshape(lengths)


class Network(torch.nn.Module):
    """Tutorial 5's network."""

    def __init__(self):
        super().__init__()
        self.fc1, self.fc2 = torch.nn.Linear(784, HIDDEN), torch.nn.Linear(HIDDEN, 10)
        self.lif1 = snntorch.Leaky(beta=0.95, spike_grad=surrogate.fast_sigmoid(slope=25))
        self.lif2 = snntorch.Leaky(beta=0.95, spike_grad=surrogate.fast_sigmoid(slope=25))

    def forward(self, images):
        mem1, mem2 = self.lif1.init_leaky(), self.lif2.init_leaky()
        spikes, potentials = [], []
        for _ in range(STEPS):
            spk1, mem1 = self.lif1(self.fc1(images), mem1)
            spk2, mem2 = self.lif2(self.fc2(spk1), mem2)
            spikes.append(spk2)
            potentials.append(mem2)
        return torch.stack(spikes), torch.stack(potentials)


def cpu_s(who=resource.RUSAGE_SELF):
    """CPU time of this process or of those that it waited for."""
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def peer(folder, count, epochs):
    """CPU seconds an epoch of the peer, and its accuracy on all test images."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    scaled = lambda name: torch.tensor(idx(folder, name).reshape(-1, 784) / 255.0, dtype=torch.float32)
    images = scaled("train-images-idx3-ubyte")[:count]
    labels = torch.tensor(idx(folder, "train-labels-idx1-ubyte")[:count], dtype=torch.long)
    network, loss = Network(), torch.nn.CrossEntropyLoss()
    optimiser = torch.optim.Adam(network.parameters(), lr=5e-4, betas=(0.9, 0.999))
    begin = cpu_s()
    for _ in range(epochs):
        order = torch.randperm(count)
        for at in range(0, count, BATCH):
            batch = order[at : at + BATCH]
            _, potentials = network(images[batch])
            value = sum(loss(potentials[step], labels[batch]) for step in range(STEPS))
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
    took = (cpu_s() - begin) / epochs
    with torch.no_grad():
        decided = network(scaled("t10k-images-idx3-ubyte"))[0].sum(0).argmax(1)
    right = (decided.numpy() == idx(folder, "t10k-labels-idx1-ubyte")).mean()
    return took, right


def ours(program, folder, count, epochs, options):
    """The same of memspike. What starting and validating take is that of a training of one batch, and is subtracted."""

    def train(images, out):
        before = cpu_s(resource.RUSAGE_CHILDREN)
        words = [program, "train", "--quiet", "--mnist", folder, "--out", out, "--shape", f"784-{HIDDEN}-10", "--threads", "1"]
        words += ["--epochs", str(epochs), "--validation", "1", "--images", str(images), *options]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        return cpu_s(resource.RUSAGE_CHILDREN) - before

    with tempfile.TemporaryDirectory() as scratch:
        out = os.path.join(scratch, "net")
        took = train(count, out) - train(BATCH + 1, os.path.join(scratch, "start"))
        words = [program, "classify", "--network", os.path.join(out, "network.toml"), "--mnist", folder]
        shown = subprocess.run([*words, "--level", "point", "--json"], check=True, capture_output=True)
    return took / epochs, json.loads(shown.stdout)["runs"][0]["accuracy"]


def main():
    """Prints both, and their ratio."""
    program, folder = sys.argv[1:3]
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 60_000
    epochs = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    rows = {"snnTorch, 25 steps": peer(folder, count, epochs)}
    coarse = ["--coarse-steps", "25", "--coarse-epochs", str(epochs)]
    rows["memspike, 25 steps"] = ours(program, folder, count, epochs, coarse)
    rows["memspike, instants"] = ours(program, folder, count, epochs, [])
    peer_s = rows["snnTorch, 25 steps"][0]
    print(f"784-{HIDDEN}-10, {count} images an epoch, {epochs} epochs, one thread")
    for name, (seconds, right) in rows.items():
        print(f"  {name}  {seconds:8.1f} s CPU an epoch  {peer_s / seconds:6.1f} x  {100 * right:.2f} % of the test images")


main()
