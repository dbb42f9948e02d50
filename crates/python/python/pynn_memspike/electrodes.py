"""Currents into cells, in steps."""

import numpy as np
from pyNN import errors
from pyNN.parameters import ParameterSpace, Sequence
from pyNN.standardmodels import build_translations, electrodes

from .simulator import state


class _Steps:
    """A current that is constant between its steps."""

    def __init__(self, **parameters):
        super().__init__(**parameters)
        self.cells = frozenset()
        self._samples = None
        self._native = {}
        self.set_native_parameters(self.native_parameters)
        state.current_sources.append(self)

    def inject_into(self, cells):
        """Lets the current flow into cells, from now on.

        Raises
        ------
        TypeError
            If one of them is a spike source.
        """
        for cell in cells:
            if not cell.celltype.injectable:
                raise TypeError("Can't inject current into a spike source.")
        before = self.cells
        self.cells = before | {int(cell) for cell in cells}
        try:
            state.note_injected()
        except NotImplementedError:
            self.cells = before
            raise

    def set_native_parameters(self, parameters):
        """Changes parameters from now on."""
        parameters.shape = (1,)
        parameters.evaluate(simplify=True)
        changed = {**self._native, **parameters.as_dict()}
        self._check(changed)
        self._native.update(changed)

    def get_native_parameters(self):
        """All of them."""
        values = self._native.items()
        return ParameterSpace(
            {name: _values(value) if isinstance(value, Sequence) else value for name, value in values}
        )

    def record(self):
        """Keeps the current at every timestep."""
        self._samples = []

    def sample(self, first, last):
        """Notes the current at instants from one multiple of the timestep to another."""
        if self._samples is not None:
            times = np.round(np.arange(first, last + 1) * state.dt, 12)
            self._samples.append((times, np.array([self.current(time) for time in times])))

    def forget(self):
        """Forgets what it noted."""
        self._samples = None if self._samples is None else []

    def _get_data(self):
        times, currents = zip(*self._samples)
        return np.concatenate(times), np.concatenate(currents)


class DCSource(_Steps, electrodes.DCSource):
    """A constant current from `start` to `stop`."""

    translations = build_translations(("amplitude", "amplitude"), ("start", "start"), ("stop", "stop"))

    def _check(self, parameters):
        if any(np.isnan(value) for value in parameters.values()) or np.isinf(parameters["amplitude"]):
            raise errors.InvalidParameterValueError("amplitude, start and stop of a DCSource must be numbers")

    def steps(self):
        """Instants (ms) at which the current changes."""
        return [self._native["start"], self._native["stop"]]

    def current(self, time):
        """The current (nA) from an instant (ms) on."""
        flows = self._native["start"] <= time < self._native["stop"]
        return float(self._native["amplitude"]) if flows else 0.0


class StepCurrentSource(_Steps, electrodes.StepCurrentSource):
    """A current that has another amplitude from each of `times` on."""

    translations = build_translations(("amplitudes", "amplitudes"), ("times", "times"))

    def _check(self, parameters):
        times, amplitudes = (_values(parameters[name]) for name in ("times", "amplitudes"))
        if len(times) != len(amplitudes):
            raise ValueError(f"{len(times)} times and {len(amplitudes)} amplitudes: as many are needed")
        if not (np.isfinite(times).all() and np.isfinite(amplitudes).all()):
            raise errors.InvalidParameterValueError("times and amplitudes of a StepCurrentSource must be finite")
        if (np.diff(times) <= 0).any() or (times < 0).any():
            raise ValueError("times of a StepCurrentSource must rise, from 0 on")

    def steps(self):
        """Instants (ms) at which the current changes."""
        return _values(self._native["times"]).tolist()

    def current(self, time):
        """The current (nA) from an instant (ms) on."""
        past = np.searchsorted(_values(self._native["times"]), time, side="right")
        return float(_values(self._native["amplitudes"])[past - 1]) if past else 0.0


def _values(sequence):
    return np.asarray(sequence.value if isinstance(sequence, Sequence) else sequence, dtype=float).reshape(-1)
