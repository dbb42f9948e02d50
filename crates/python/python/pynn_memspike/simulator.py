"""Where the simulation is: what PyNN calls the state of a simulator."""

import memspike as ms
import numpy as np
from pyNN import common, errors

from ._running import Running

name = "memspike"

LONGEST_DELAY_MS = 1e6


class ID(int, common.IDMixin):
    """A cell, by its number."""

    def __init__(self, n):
        int.__init__(n)
        common.IDMixin.__init__(self)


class State(common.control.BaseState):
    """The network as it was described, and the run of it, which begins with the first call of `run`."""

    def __init__(self):
        super().__init__()
        self.mpi_rank, self.num_processes = 0, 1
        self.dt, self.min_delay, self.max_delay = 0.1, 0.1, LONGEST_DELAY_MS
        self.finds_min_delay = True
        self.seed, self.threads = 0, None
        self.clear()

    def clear(self):
        """Forgets the network."""
        self.recorders = set()
        self.write_on_end = []
        self.id_counter = 0
        self.populations, self.projections, self.current_sources = [], [], []
        self.segment_counter = -1
        self.reset()

    def reset(self):
        """Goes back to 0; the network stays."""
        self.running = False
        self.t = self.t_start = 0.0
        self.segment_counter += 1
        self._run = None
        for source in self.current_sources:
            source.forget()

    def add_population(self, population):
        """Takes a new population.

        Raises
        ------
        NotImplementedError
            If the run is beyond 0.
        """
        self._must_be_new("populations")
        self.populations.append(population)
        self.id_counter += population.size

    def forget_population(self, population):
        """Takes back a population that could not be made."""
        self.recorders = {each for each in self.recorders if each.population is not population}
        self.populations = [each for each in self.populations if each is not population]

    def add_projection(self, projection):
        """Takes a new projection, also in the middle of a run."""
        self.projections.append(projection)
        self.note_changed_synapses()

    def shortest_delay(self):
        """The shortest delay of all connections (ms), if it was not given."""
        delays = [projection.column("delay") for projection in self.projections if len(projection)]
        return float(min(map(np.min, delays))) if self.finds_min_delay and delays else self.min_delay

    def note_changed_synapses(self):
        """Weights, delays or connections are other ones from now on."""
        if self._run is not None:
            self._run.has_other_synapses = True

    def note_injected(self):
        """A current flows into other cells from now on.

        Raises
        ------
        NotImplementedError
            If cells that are run together have different currents then.
        """
        if self.t == 0.0:
            self._begin_anew()
        else:
            self._run.take_currents(self)

    def note_recorded(self):
        """More is recorded from now on."""
        if self._run is not None:
            self._run.records_more = True

    def check_initial(self):
        """Refuses other initial values when the run is beyond 0."""
        self._must_be_new("initial values")

    def check_change(self, population, changed):
        """Refuses other parameters of cells when the run is beyond 0, but for those that drive cells and sources."""
        if self.t == 0.0:
            self._begin_anew()
            return
        movable = {"i_offset", "rate", "start", "duration", "spike_times"}
        for key, values in changed.items():
            if key not in movable and not np.array_equal(values, population.values[key]):
                raise NotImplementedError(f"{key} of cells can be set before the run or after reset(), not in between")
        self._run.check_drives(population, changed)

    def _must_be_new(self, what):
        if self.t > 0.0:
            raise NotImplementedError(f"{what} can be set before the run or after reset(), not in between")
        self._begin_anew()

    def _begin_anew(self):
        """Forgets what happened at 0."""
        if self._run is not None:
            self._run = None
            for recorder in self.recorders:
                recorder.forget()

    def run(self, simtime):
        """Goes on for some time (ms)."""
        self.run_until(self.t + simtime)

    def run_until(self, tstop):
        """Goes on up to an instant (ms), on the nearest femtosecond, with all that happens at it.

        Raises
        ------
        NotImplementedError, errors.InvalidParameterValueError, errors.ConnectionError
            If the network cannot be run as it is described.
        """
        until = round(float(tstop), 12)
        if not np.isfinite(until):
            raise ValueError(f"a run to {tstop} ms has no end")
        first = int(np.floor(self.t / self.dt + 1e-9)) + 1 if self.running else 0
        self.running = True
        try:
            if self._run is None:
                self._run = Running(self)
            self._run.go(self, until)
        except ms.NetworkError as error:
            raise errors.InvalidParameterValueError(str(error)) from error
        finally:
            if self._run is not None:
                self.t = self._run.reached_ms
        self._sample_currents(first)

    def _sample_currents(self, first):
        last = int(np.floor(self.t / self.dt + 1e-9))
        for source in self.current_sources:
            source.sample(first, last)


state = State()
