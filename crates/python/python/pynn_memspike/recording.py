"""What populations recorded."""

import math

import numpy as np
import quantities as pq
from pyNN import recording

from . import simulator


class Recorder(recording.Recorder):
    """Spikes and potentials of a population."""

    _simulator = simulator

    def __init__(self, population, file=None):
        super().__init__(population, file)
        self.forget()

    def forget(self):
        """Forgets spikes and potentials."""
        # Spikes: pairs of instants (ms) and cells. Potentials: triples of numbers of samples, cells and values (mV).
        self._spikes, self._potentials = [], []

    def _record(self, variable, new_ids, sampling_interval=None):
        if sampling_interval is not None:
            self.sampling_interval = float(sampling_interval)
        self._simulator.state.note_recorded()

    def recorded_indices(self, name):
        """Numbers of the cells of which a variable is recorded, in order."""
        found = self.recorded.get(recording.Variable(name, None, None), ())
        return np.array(sorted(self.population.id_to_index(cell) for cell in found), dtype=np.int64)

    def take_spikes(self, times_ms, indices):
        """Keeps spikes of recorded cells."""
        own = np.isin(indices, self.recorded_indices("spikes"))
        self._spikes.append((times_ms[own], indices[own]))

    def take_potentials(self, times_ms, indices, potentials_mv):
        """Keeps potentials: a row for each instant, a column for each cell."""
        numbers = np.rint(times_ms / self.sampling_interval).astype(np.int64)
        self._potentials.append((numbers, indices, potentials_mv))

    def _get_spiketimes(self, ids, clear=False):
        first = int(self.population.first_id)
        times = np.concatenate([np.empty(0), *(each for each, _ in self._spikes)])
        cells = np.concatenate([np.empty(0, np.int64), *(each for _, each in self._spikes)])
        order = np.lexsort((times, cells))
        times, cells = times[order], cells[order]
        wanted = np.array([int(each) - first for each in ids], dtype=np.int64)
        begins, ends = (np.searchsorted(cells, wanted, side=side) for side in ("left", "right"))
        return {int(each): times[begin:end] for each, begin, end in zip(ids, begins, ends)}

    def _get_all_signals(self, variable, ids, clear=False):
        wanted = np.array([self.population.id_to_index(each) for each in ids], dtype=np.int64)
        begin = self._sample_before(float(self._recording_start_time.magnitude))
        end = self._sample_before(self._simulator.state.t)
        signal = np.full((end - begin + 1, self.population.size), np.nan)
        for numbers, cells, potentials in self._potentials:
            own = (numbers >= begin) & (numbers <= end)
            signal[np.ix_(numbers[own] - begin, cells)] = potentials[own]
        return signal[:, wanted], None

    def _sample_before(self, time_ms):
        """The number of the last sample up to an instant."""
        return math.floor(time_ms / self.sampling_interval + 1e-9)

    def _local_count(self, variable, filter_ids=None):
        trains = self._get_spiketimes(sorted(self.filter_recorded(variable, filter_ids)))
        return {cell: len(train) for cell, train in trains.items()}

    def clear(self):
        """Forgets what was recorded; the last sample begins what comes."""
        super().clear()
        last = self._sample_before(self._simulator.state.t)
        self._recording_start_time = last * self.sampling_interval * pq.ms

    def _clear_simulator(self):
        last = self._sample_before(self._simulator.state.t)
        kept = [(numbers == last, numbers, cells, values) for numbers, cells, values in self._potentials]
        self.forget()
        self._potentials = [(numbers[own], cells, values[own]) for own, numbers, cells, values in kept if own.any()]

    def _reset(self):
        self.forget()

    def store_to_cache(self, annotations=None):
        """Ends a segment."""
        super().store_to_cache(annotations)
        self.forget()
