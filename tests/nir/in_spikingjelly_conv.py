"""A convolutional network of SpikingJelly with weights as they are drawn, written by its own exporter: convolution.nir, and
beside it what it does (convolution.csv). Inputs are counted row by row.

    pip install torch spikingjelly nir==1.0.8 nirtorch h5py
    python in_spikingjelly_conv.py
"""

import torch
from spikingjelly.activation_based import functional, layer, neuron
from spikingjelly.activation_based.nir_exchange import export_to_nir

import task

torch.manual_seed(3)
HEIGHT, WIDTH = 7, 6
net = torch.nn.Sequential(
    layer.Conv2d(1, 2, 3, padding=(1, 0), stride=(2, 1), bias=True),
    neuron.IFNode(),
    layer.AvgPool2d(2),
    layer.Flatten(),
    layer.Linear(8, 3, bias=False),
    neuron.LIFNode(tau=3.0, decay_input=False),
)
with torch.no_grad():
    net[0].weight.mul_(4).add_(0.2)
    net[0].bias.mul_(0.2)
    net[4].weight.mul_(12).add_(4)
shown = (torch.rand((task.STEPS, 4, 1, HEIGHT, WIDTH), generator=torch.Generator().manual_seed(4)) < 0.3).float()
functional.reset_net(net)
hidden, outputs = [], []
with torch.no_grad():
    for step in shown:
        hidden.append(net[1](net[0](step)))
        outputs.append(net[5](net[4](net[3](net[2](hidden[-1])))))
layers = [shown.flatten(2), torch.stack(hidden).flatten(2), torch.stack(outputs)]
functional.reset_net(net)
export_to_nir(net, torch.zeros(1, 1, HEIGHT, WIDTH), "convolution.nir", dt=1e-4)
task.write("convolution.csv", layers)
