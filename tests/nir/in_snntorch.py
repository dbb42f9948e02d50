"""A network trained as snnTorch's tutorial 5 does (linear layers and snn.Leaky in turns, surrogate gradients), written by its
own exporter: snntorch.nir, and beside it what it does (snntorch.csv).

    pip install torch snntorch==1.0.0 nir==1.0.8 nirtorch h5py
    python in_snntorch.py
"""

import nir
import snntorch as snn
import torch
from snntorch import utils
from snntorch.export_nir import export_to_nir

import task

torch.manual_seed(0)
HIDDEN = 12


def leaky(size, output=False):
    """One beta and threshold for each neuron: those of a single neuron have no shape, and nir refuses them."""
    return snn.Leaky(beta=torch.full((size,), 0.9), threshold=torch.ones(size), init_hidden=True)


net = torch.nn.Sequential(
    torch.nn.Linear(task.INPUTS, HIDDEN, bias=False),
    leaky(HIDDEN),
    torch.nn.Linear(HIDDEN, task.CLASSES),
    leaky(task.CLASSES),
)


def forward(shown, layers=None):
    utils.reset(net)
    given = []
    for step in shown:
        hidden = net[1](net[0](step))
        given.append((hidden, net[3](net[2](hidden))))
    if layers is not None:
        layers.extend(torch.stack(each) for each in zip(*given))
    return torch.stack([output for _, output in given])


task.train(forward, net.parameters())
shown, classes = task.spikes(6, torch.Generator().manual_seed(2))
layers = [shown]
with torch.no_grad():
    answer = forward(shown, layers).sum(0).argmax(1)
print("right:", int((answer == classes).sum()), "of", len(classes))
utils.reset(net)
nir.write("snntorch.nir", export_to_nir(net, torch.zeros(1, task.INPUTS), ignore_dims=[0]))
task.write("snntorch.csv", layers)
