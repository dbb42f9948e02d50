"""A network of Norse (SequentialState of linear layers and LIFBoxCell), trained by its surrogate gradients and written by its
own exporter: norse.nir, and beside it what it does (norse.csv). The exporter divides by 1/tau once and multiplies by the step
once: its time constants are those of steps of dt * dt.

    pip install torch norse==1.1.0 nir==1.0.8 nirtorch h5py
    python in_norse.py
"""

import nir
import norse.torch as norse
import torch
from norse.torch.functional.lif_box import LIFBoxParameters
from norse.torch.utils.export_nir import to_nir

import task

torch.manual_seed(0)
HIDDEN, DT = 12, 1e-3


def box(size):
    parameters = LIFBoxParameters(
        tau_mem_inv=torch.full((size,), 200.0), v_leak=torch.zeros(size), v_th=torch.full((size,), 0.5)
    )
    return norse.LIFBoxCell(parameters, dt=DT)


linears = [
    torch.nn.Linear(task.INPUTS, HIDDEN, bias=False),
    torch.nn.Linear(HIDDEN, task.CLASSES),
]
cells = [box(HIDDEN), box(task.CLASSES)]
net = norse.SequentialState(linears[0], cells[0], linears[1], cells[1])


def forward(shown, layers=None):
    states = [None, None]
    given = []
    for step in shown:
        hidden, states[0] = cells[0](linears[0](step), states[0])
        output, states[1] = cells[1](linears[1](hidden), states[1])
        given.append((hidden, output))
    if layers is not None:
        layers.extend(torch.stack(each) for each in zip(*given))
    return torch.stack([output for _, output in given])


with torch.no_grad():
    linears[0].weight.mul_(3)
    linears[1].weight.mul_(4)
task.train(forward, net.parameters())
shown, classes = task.spikes(6, torch.Generator().manual_seed(2))
layers = [shown]
with torch.no_grad():
    answer = forward(shown, layers).sum(0).argmax(1)
print("right:", int((answer == classes).sum()), "of", len(classes))
nir.write("norse.nir", to_nir(net, torch.zeros(1, task.INPUTS), dt=DT))
task.write("norse.csv", layers)
