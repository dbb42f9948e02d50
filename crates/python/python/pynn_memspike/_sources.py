"""Spikes of sources, up to an instant of the run."""

import numpy as np
from pyNN.parameters import Sequence

# Poisson spikes are drawn for stretches of so many ms, so that they do not depend on where runs are cut.
STRETCH_MS = 100.0


def stretches(begin, end):
    """Where stretches end within a time (ms)."""
    return STRETCH_MS * np.arange(begin // STRETCH_MS + 1, end // STRETCH_MS + 1)


class Given:
    """Of a `SpikeSourceArray`."""

    def __init__(self, population):
        self._population = population

    def between(self, begin, end, at_begin):
        """Instants (ms) after `begin`, or from it on, up to `end`; and cells."""
        times, cells = [np.empty(0)], [np.empty(0, np.int64)]
        for cell, given in enumerate(self._population.values["spike_times"]):
            train = np.asarray(given.value if isinstance(given, Sequence) else given, dtype=float)
            low = np.searchsorted(train, begin, side="left" if at_begin else "right")
            train = train[low : np.searchsorted(train, end, side="right")]
            times.append(train)
            cells.append(np.full(len(train), cell))
        return np.concatenate(times), np.concatenate(cells)


class Drawn:
    """Of a `SpikeSourcePoisson`.

    Each stretch has a stream of its own, which seed, segment, population and stretch name.
    """

    def __init__(self, population, seed, segment, number):
        self._population = population
        self._key = (seed, segment, number)
        self._stretch, self._draws = None, 0

    def between(self, begin, end, at_begin):
        """As of `Given`."""
        found = []
        while True:
            stretch = int(begin // STRETCH_MS)
            stop = (stretch + 1) * STRETCH_MS
            times, cells = self._of(stretch)
            own = (times <= end) & ((times >= begin) if at_begin else (times > begin))
            found.append((times[own], cells[own]))
            if stop >= end:
                times, cells = zip(*found)
                return np.concatenate(times), np.concatenate(cells)
            # No spike is drawn at the very end of a stretch.
            begin, at_begin = stop, True

    def _of(self, stretch):
        values = self._population.values
        rates, starts, durations = (values[name].astype(float) for name in ("rate", "start", "duration"))
        given = (stretch, rates.tobytes(), starts.tobytes(), durations.tobytes())
        if self._stretch != given:
            # What comes after a change is drawn independently of what came before.
            changed = self._stretch is not None and self._stretch[0] == stretch
            self._draws = self._draws + 1 if changed else 0
            stream = np.random.default_rng((*self._key, stretch, self._draws))
            cells = np.repeat(np.arange(len(rates)), stream.poisson(rates * (STRETCH_MS * 1e-3)))
            times = (stretch + stream.random(len(cells))) * STRETCH_MS
            own = (times >= starts[cells]) & (times < starts[cells] + durations[cells])
            self._stretch, self._spikes = given, (times[own], cells[own])
        return self._spikes
