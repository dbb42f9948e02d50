"""Training of 784-128-10 to equal accuracy beside snnTorch, in CPU seconds of the same run.

    python3 -m venv target/tmp/torch && target/tmp/torch/bin/pip install torch snntorch numpy
    target/tmp/torch/bin/python benches/layers_peer.py target/release/memspike MNIST_DIR [IMAGES [EPOCHS]]

The peer is the network of snnTorch's tutorial 5 (fully connected, Leaky with beta 0.95, fast sigmoid, 25 steps, cross entropy of
every step's potentials, Adam at 5e-4, batches of 128), with 128 hidden neurons, trained for EPOCHS (1 if left out), and the same in
12 steps. Then memspike trains on the same images, for one epoch, two and so on, until it decides as many of the 10,000 test images
rightly as the peer in 25 steps; its steps are equal parts of the time that an image is shown. Both have one thread. Times are user and system time: of the peer's loop alone; of memspike's whole process, start and validation included, for the
training that got there. The time of one epoch of memspike's loop stands beside, without what starting takes.
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

HIDDEN, BATCH = 128, 128

# The tutorial's, and half as many.
STEPS = [25, 12]

# Trainings that are tried, and one image in so many, beyond those that are trained on, that chooses the epoch.
MOST_EPOCHS, KEPT = 6, 55

# As in docs/network.md, but for a rate that suits a training of one epoch or two.
OPTIONS = ["--learning-rate", "0.016", "--slope", "4", "--score", "2"]


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

    def forward(self, images, steps):
        mem1, mem2 = self.lif1.init_leaky(), self.lif2.init_leaky()
        spikes, potentials = [], []
        for _ in range(steps):
            spk1, mem1 = self.lif1(self.fc1(images), mem1)
            spk2, mem2 = self.lif2(self.fc2(spk1), mem2)
            spikes.append(spk2)
            potentials.append(mem2)
        return torch.stack(spikes), torch.stack(potentials)


def cpu_s(who=resource.RUSAGE_SELF):
    """CPU time of this process or of those that it waited for."""
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def peer(folder, count, epochs, steps):
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
            _, potentials = network(images[batch], steps)
            value = sum(loss(potentials[step], labels[batch]) for step in range(steps))
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
    took = (cpu_s() - begin) / epochs
    with torch.no_grad():
        decided = network(scaled("t10k-images-idx3-ubyte"), steps)[0].sum(0).argmax(1)
    right = (decided.numpy() == idx(folder, "t10k-labels-idx1-ubyte")).mean()
    return took, right


def trained(program, folder, out, count, epochs, options):
    """CPU seconds of a training by memspike."""
    before = cpu_s(resource.RUSAGE_CHILDREN)
    words = [program, "train", "--quiet", "--mnist", folder, "--out", out, "--shape", f"784-{HIDDEN}-10", "--threads", "1"]
    kept = max(1, count // KEPT)
    words += ["--epochs", str(epochs), "--validation", str(kept), "--images", str(count + kept), *OPTIONS, *options]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    return cpu_s(resource.RUSAGE_CHILDREN) - before


def ours(program, folder, count, needed, options):
    """Epochs, CPU seconds in all and an epoch of the first training by memspike that is as good as needed, and how good it is;
    nothing if none is."""
    with tempfile.TemporaryDirectory() as scratch:
        start_s = trained(program, folder, os.path.join(scratch, "start"), BATCH, 1, options(1))
        for epochs in range(1, MOST_EPOCHS + 1):
            out = os.path.join(scratch, f"net{epochs}")
            took = trained(program, folder, out, count, epochs, options(epochs))
            words = [program, "classify", "--network", os.path.join(out, "network.toml"), "--mnist", folder]
            shown = subprocess.run([*words, "--level", "point", "--json"], check=True, capture_output=True)
            right = json.loads(shown.stdout)["runs"][0]["accuracy"]
            if right >= needed:
                return epochs, took, (took - start_s) / epochs, right
    return None


def main():
    """Prints both, and their ratio."""
    program, folder = sys.argv[1:3]
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 55_000
    epochs = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    print(f"784-{HIDDEN}-10, {count} images an epoch, one thread")
    peers = {steps: peer(folder, count, epochs, steps) for steps in STEPS}
    for steps, (epoch_s, right) in peers.items():
        print(f"  snnTorch, {steps} steps    {epochs} epochs  {epoch_s * epochs:8.1f} s CPU  {100 * right:.2f} % of the test images")
    peer_s, needed = peers[STEPS[0]]
    coarse = lambda steps: lambda epochs: ["--coarse-steps", str(steps), "--coarse-epochs", str(epochs)]
    kinds = [(f"{steps} steps", coarse(steps), peers[steps][0]) for steps in STEPS]
    for name, options, like_s in [*kinds, ("instants", lambda _: [], peer_s)]:
        found = ours(program, folder, count, needed, options)
        if found is None:
            print(f"  memspike, {name}  not as good in {MOST_EPOCHS} epochs")
            continue
        own, took, epoch_s, right = found
        print(
            f"  memspike, {name}    {own} epochs  {took:8.1f} s CPU  {100 * right:.2f} % of the test images,"
            f" {peer_s * epochs / took:.1f} x; an epoch {epoch_s:.1f} s, {like_s / epoch_s:.1f} x as many steps"
        )


main()
