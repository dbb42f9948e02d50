"""memspike: an event-driven simulator of spiking hardware and of networks.

Between two events every state has a closed form, and the time of an event is solved for: there is no time step.
All quantities are in SI units; names carry them (``until`` and ``*_s`` are seconds).

Circuits: `Deck`, or `Circuit` without text; a `Run` has measures, spikes, and waveforms as closed forms that can be
called (`Waveform`). Devices: `Card`, and `fit` from measurements.

Networks of point neurons: `NetworkBuilder`, `Network`, `Simulation`, with the models `LifDelta`, `LifExp`, `Parrot`,
`Input`, `Poisson`, `Regular`, `Recorded`.

Networks of layers: `train_images` and `evaluate_images`; `train_exact` and `evaluate_exact` on `Samples` of spikes;
`memspike.torch` has such layers for PyTorch. Cores: `Core` quantises layers, runs them to the bit and writes Verilog.

Results have `plot`, which draws with matplotlib or, where it is not installed, an SVG `Figure`; notebooks show them.

Errors are `DeckError`, `NetworkError`, `FitError`, `TrainingError`, `HardwareError` and `RunError`, all of them
`Error`; Ctrl-C in a run raises `Interrupted`, which has what there is.
"""

from ._builder import NetworkBuilder, Population
from ._card import Card
from ._circuit import Circuit
from ._core import Diagnostic
from ._core import __version__ as __version__
from ._core_model import ClockedModel, CoreModel, Outputs
from ._deck import Deck
from ._errors import DeckError, Error, FitError, HardwareError, Interrupted, NetworkError, RunError, TrainingError
from ._fit import Fit, fit
from ._hardware import Core, CoreLayer, Exported
from ._models import (
    AllToAll,
    InDegree,
    Input,
    LifDelta,
    LifExp,
    Lognormal,
    Normal,
    OneToOne,
    OutDegree,
    Parrot,
    Poisson,
    Probability,
    Recorded,
    Regular,
    Total,
    Uniform,
)
from ._network import Network
from ._network_run import NetworkRun
from ._progress import Epoch, Progress
from ._results import DeviceSpikes, Run, Runs, Table, Waveforms
from ._samples import Samples
from ._show import Figure
from ._simulation import Probe, Simulation
from ._spikes import Membranes, Spikes
from ._trained import Evaluation, Training
from ._training import evaluate_exact, evaluate_images, exact_network, train_exact, train_images
from ._waveform import Waveform

__all__ = [
    "AllToAll",
    "Card",
    "Circuit",
    "ClockedModel",
    "Core",
    "CoreLayer",
    "CoreModel",
    "Deck",
    "DeckError",
    "DeviceSpikes",
    "Diagnostic",
    "Epoch",
    "Error",
    "Evaluation",
    "Exported",
    "Figure",
    "Fit",
    "FitError",
    "HardwareError",
    "InDegree",
    "Input",
    "Interrupted",
    "LifDelta",
    "LifExp",
    "Lognormal",
    "Membranes",
    "Network",
    "NetworkBuilder",
    "NetworkError",
    "NetworkRun",
    "Normal",
    "OneToOne",
    "OutDegree",
    "Outputs",
    "Parrot",
    "Poisson",
    "Population",
    "Probability",
    "Probe",
    "Progress",
    "Recorded",
    "Regular",
    "Run",
    "RunError",
    "Runs",
    "Samples",
    "Simulation",
    "Spikes",
    "Table",
    "Total",
    "Training",
    "TrainingError",
    "Uniform",
    "Waveform",
    "Waveforms",
    "evaluate_exact",
    "evaluate_images",
    "exact_network",
    "fit",
    "train_exact",
    "train_images",
]
