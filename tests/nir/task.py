"""A small task for the generators beside this file: spikes of eight inputs, of which each class has its own fast ones."""

import csv

import torch

INPUTS, CLASSES, STEPS = 8, 3, 40


def spikes(samples, generator):
    """Spikes (steps, samples, inputs) and classes (samples)."""
    classes = torch.arange(samples) % CLASSES
    rates = torch.full((samples, INPUTS), 0.08)
    for kind in range(CLASSES):
        rates[classes == kind, 2 * kind : 2 * kind + 4] = 0.45
    drawn = torch.rand((STEPS, samples, INPUTS), generator=generator)
    return (drawn < rates).float(), classes


def train(forward, parameters, iterations=60):
    """Cross entropy of spike counts, which `forward` gives for spikes."""
    generator = torch.Generator().manual_seed(1)
    optimiser = torch.optim.Adam(parameters, lr=2e-2)
    for _ in range(iterations):
        shown, classes = spikes(48, generator)
        loss = torch.nn.functional.cross_entropy(forward(shown).sum(0), classes)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()


def write(name, layers):
    """Columns: layer (0 for the inputs), sample, step, neuron."""
    with open(name, "w", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(["layer", "sample", "step", "neuron"])
        for layer, table in enumerate(layers):
            for step, sample, neuron in torch.nonzero(table).tolist():
                lines.writerow([layer, sample, step, neuron])
