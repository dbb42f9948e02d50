"""The PyNN backend of memspike: ``import pynn_memspike as sim``.

Spikes come at the instants of the closed forms: ``timestep`` says how often a potential is recorded, and nothing else.
Models are `IF_curr_delta`, `IF_curr_exp`, `SpikeSourceArray`, `SpikeSourcePoisson`, `DCSource`, `StepCurrentSource` and
`StaticSynapse`; other models of PyNN raise `NotImplementedError`, as PyNN's own backends do.

``python -m pynn_memspike script.py memspike`` runs a script that asks PyNN for a simulator by its name.
"""

import sys

import pyNN
from pyNN import errors, random, space
from pyNN.connectors import *  # noqa: F403
from pyNN.network import Network
from pyNN.random import GSLRNG, NumpyRNG, RandomDistribution
from pyNN.space import Space
from pyNN.standardmodels import StandardCellType

from ._connectors import (
    FixedProbabilityConnector,
    FixedTotalNumberConnector,
    FromListConnector,
    OneToOneConnector,
)
from ._unavailable import *  # noqa: F403
from .control import (
    connect,
    create,
    end,
    get_current_time,
    get_max_delay,
    get_min_delay,
    get_time_step,
    initialize,
    num_processes,
    rank,
    record,
    record_v,
    reset,
    run,
    run_for,
    run_until,
    set,
    setup,
)
from .electrodes import DCSource, StepCurrentSource
from .models import IF_curr_delta, IF_curr_exp, SpikeSourceArray, SpikeSourcePoisson, StaticSynapse
from .populations import Assembly, Population, PopulationView
from .projections import Projection

__all__ = [
    "Assembly",
    "DCSource",
    "FixedProbabilityConnector",
    "FixedTotalNumberConnector",
    "FromListConnector",
    "GSLRNG",
    "IF_curr_delta",
    "IF_curr_exp",
    "Network",
    "NumpyRNG",
    "OneToOneConnector",
    "Population",
    "PopulationView",
    "Projection",
    "RandomDistribution",
    "Space",
    "SpikeSourceArray",
    "SpikeSourcePoisson",
    "StaticSynapse",
    "StepCurrentSource",
    "connect",
    "create",
    "end",
    "errors",
    "get_current_time",
    "get_max_delay",
    "get_min_delay",
    "get_time_step",
    "initialize",
    "list_standard_models",
    "num_processes",
    "random",
    "rank",
    "record",
    "record_v",
    "reset",
    "run",
    "run_for",
    "run_until",
    "set",
    "setup",
    "space",
]


def list_standard_models():
    """Names of the cell types that there are."""
    models = [IF_curr_delta, IF_curr_exp, SpikeSourceArray, SpikeSourcePoisson]
    return [model.__name__ for model in models if issubclass(model, StandardCellType)]


# Scripts ask PyNN for backends of its own by name.
sys.modules["pyNN.memspike"] = sys.modules[__name__]
pyNN.memspike = sys.modules[__name__]
