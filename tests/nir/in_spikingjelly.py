"""A network trained as SpikingJelly's first tutorial does (layer.Linear and neuron.LIFNode), written by its own exporter:
spikingjelly.nir, and beside it what it does (spikingjelly.csv).

    pip install torch spikingjelly nir==1.0.8 nirtorch h5py
    python in_spikingjelly.py
"""

import torch
from spikingjelly.activation_based import functional, layer, neuron, surrogate
from spikingjelly.activation_based.nir_exchange import export_to_nir

import task

torch.manual_seed(0)
HIDDEN = 12


def lif(tau):
    return neuron.LIFNode(tau=tau, surrogate_function=surrogate.ATan())


net = torch.nn.Sequential(
    layer.Linear(task.INPUTS, HIDDEN, bias=False),
    lif(2.0),
    layer.Linear(HIDDEN, task.CLASSES),
    lif(4.0),
)


def forward(shown, layers=None):
    functional.reset_net(net)
    given = []
    for step in shown:
        hidden = net[1](net[0](step))
        given.append((hidden, net[3](net[2](hidden))))
    if layers is not None:
        layers.extend(torch.stack(each) for each in zip(*given))
    return torch.stack([output for _, output in given])


with torch.no_grad():
    net[0].weight.mul_(3)
    net[2].weight.mul_(4)
task.train(forward, net.parameters())
shown, classes = task.spikes(6, torch.Generator().manual_seed(2))
layers = [shown]
with torch.no_grad():
    answer = forward(shown, layers).sum(0).argmax(1)
print("right:", int((answer == classes).sum()), "of", len(classes))
functional.reset_net(net)
export_to_nir(net, torch.zeros(1, task.INPUTS), "spikingjelly.nir", dt=1e-4)
task.write("spikingjelly.csv", layers)
