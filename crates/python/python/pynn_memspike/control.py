"""Functions of a simulation as a whole."""

from pyNN import common
from pyNN.common.control import DEFAULT_MAX_DELAY, DEFAULT_MIN_DELAY, DEFAULT_TIMESTEP
from pyNN.connectors import FixedProbabilityConnector
from pyNN.recording import get_io

from . import simulator
from .models import StaticSynapse
from .populations import Population
from .projections import Projection


def setup(timestep=DEFAULT_TIMESTEP, min_delay=DEFAULT_MIN_DELAY, **extra_params):
    """Begins anew; what there was is forgotten.

    Parameters
    ----------
    timestep : float
        Time between two recorded potentials (ms), and the shortest delay unless `min_delay` is given. Spikes do not
        depend on it.
    min_delay, max_delay : float or 'auto'
        Delays (ms) outside of them are refused.
    rng_seed : int
        Of Poisson sources; 0 if it is left out.
    threads : int
        No bit of a result depends on them.
    """
    if not 0.0 < timestep < float("inf"):
        raise ValueError(f"a timestep of {timestep} ms: it must be above 0")
    common.setup(timestep, min_delay, **extra_params)
    max_delay = extra_params.get("max_delay", DEFAULT_MAX_DELAY)
    state = simulator.state
    state.clear()
    state.dt = float(timestep)
    state.finds_min_delay = min_delay == "auto"
    state.min_delay = state.dt if min_delay == "auto" else float(min_delay)
    state.max_delay = simulator.LONGEST_DELAY_MS if max_delay == "auto" else float(max_delay)
    state.seed = int(extra_params.get("rng_seed", 0))
    state.threads = extra_params.get("threads")
    return rank()


def end(compatible_output=True):
    """Writes what was to be recorded to a file."""
    for population, variables, filename in simulator.state.write_on_end:
        population.write_data(get_io(filename), variables)
    simulator.state.write_on_end = []


run, run_until = common.build_run(simulator)
run_for = run
reset = common.build_reset(simulator)
initialize = common.initialize
set = common.set
(get_current_time, get_time_step, _, get_max_delay, num_processes, rank) = common.build_state_queries(simulator)


def get_min_delay():
    """The shortest delay (ms): what `setup` was given, that of all connections, or the timestep if there are none."""
    return simulator.state.shortest_delay()


create = common.build_create(Population)
connect = common.build_connect(Projection, FixedProbabilityConnector, StaticSynapse)
record = common.build_record(simulator)


def record_v(source, filename):
    """Records potentials to a file."""
    return record(["v"], source, filename)
