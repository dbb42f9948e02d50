"""memspike: an event-driven simulator of spiking hardware and of networks.

Between two events every state has a closed form, and the time of an event is solved for: there is no time step.
All quantities are in SI units; names carry them (``until`` and ``*_s`` are seconds).

Circuits: `Deck`, or `Circuit` without text; a `Run` has measures, spikes, and waveforms as closed forms that can be
called (`Waveform`). Devices: `Card`, and `fit` from measurements.

Networks of point neurons: `NetworkBuilder`, `Network`, `Simulation`, with the models `LifDelta`, `LifExp`, `Parrot`,
`Input`, `Poisson`, `Regular`, `Recorded`.

Errors are `DeckError`, `NetworkError`, `FitError` and `RunError`, all of them `Error`; Ctrl-C in a run raises
`Interrupted`, which has what there is.
"""

from ._builder import NetworkBuilder, Population
from ._card import Card
from ._circuit import Circuit
from ._core import Diagnostic
from ._deck import Deck
from ._errors import DeckError, Error, FitError, Interrupted, NetworkError, RunError
from ._fit import Fit, fit
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
from ._network import Network, NetworkRun, Probe, Simulation
from ._results import Run, Runs, Table, Waveforms
from ._spikes import Membranes, Spikes
from ._waveform import Waveform

__all__ = [
    "AllToAll",
    "Card",
    "Circuit",
    "Deck",
    "DeckError",
    "Diagnostic",
    "Error",
    "Fit",
    "FitError",
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
    "Parrot",
    "Poisson",
    "Population",
    "Probability",
    "Probe",
    "Recorded",
    "Regular",
    "Run",
    "RunError",
    "Runs",
    "Simulation",
    "Spikes",
    "Table",
    "Total",
    "Uniform",
    "Waveform",
    "Waveforms",
    "fit",
]
