"""Populations, views and assemblies."""

import numpy as np
from pyNN import common, errors
from pyNN.parameters import LazyArray, ParameterSpace, Sequence, simplify

from . import simulator
from .models import SpikeSourceArray
from .recording import Recorder


class Assembly(common.Assembly):
    """Cells of several populations."""

    _simulator = simulator


class _Parameters:
    """What populations and views share: parameters are arrays of the whole population."""

    def _get_view(self, selector, label=None):
        return PopulationView(self, selector, label)

    def _get_parameters(self, *names):
        native = self._get_native_parameters(*self.celltype.get_native_names(*names))
        return self.celltype.reverse_translate(native)

    def _get_native_parameters(self, *names):
        values = {name: simplify(self._whole.values[name][self._own]) for name in names}
        return ParameterSpace(values, shape=(self.size,))

    def _set_parameters(self, parameter_space):
        parameter_space.evaluate(simplify=False)
        changed = {name: values.copy() for name, values in self._whole.values.items()}
        for name, value in parameter_space.items():
            changed[name][self._own] = value
        _check(self.celltype, changed)
        simulator.state.check_change(self._whole, changed)
        self._whole.values.update(changed)

    def _set_initial_value_array(self, variable, initial_values):
        values = np.broadcast_to(initial_values.evaluate(simplify=False), (self.size,))
        if variable != "v" and values.any():
            raise errors.InvalidParameterValueError(f"{variable} is 0 at the beginning: no other value is possible")
        simulator.state.check_initial()
        if variable == "v":
            whole = self._whole
            whole.start_mv[self._own] = values
            if whole is not self:
                whole.initial_values["v"] = LazyArray(whole.start_mv.copy(), shape=(whole.size,), dtype=float)


class PopulationView(_Parameters, common.PopulationView):
    """Some cells of a population."""

    _assembly_class = Assembly
    _simulator = simulator

    @property
    def _whole(self):
        return self.grandparent

    @property
    def _own(self):
        return self.index_in_grandparent(np.arange(self.size))

    @property
    def initial_values(self):
        """Those of the cells of the view."""
        whole = self._whole.initial_values
        return {name: values[self._own] for name, values in whole.items()}


class Population(_Parameters, common.Population):
    """Cells of one type; those whose parameters are alike are run together."""

    _simulator = simulator
    _recorder_class = Recorder
    _assembly_class = Assembly
    _own = slice(None)

    def __init__(self, *given, **named):
        try:
            super().__init__(*given, **named)
        except BaseException:
            # PyNN has told the simulator of its recorder already.
            simulator.state.forget_population(self)
            raise

    @property
    def _whole(self):
        return self

    def _create_cells(self):
        if self.size < 1:
            raise errors.InvalidDimensionsError("a population needs a cell")
        state = simulator.state
        first = state.id_counter
        self.all_cells = np.array([simulator.ID(first + number) for number in range(self.size)], dtype=simulator.ID)
        self._mask_local = np.ones(self.size, bool)
        for cell in self.all_cells:
            cell.parent = self
        space = self.celltype.native_parameters
        space.shape = (self.size,)
        space.evaluate(simplify=False)
        self.values = {name: _each(value, self.size) for name, value in space.as_dict().items()}
        self.start_mv = np.zeros(self.size)
        _check(self.celltype, self.values)
        state.add_population(self)


def _each(value, size):
    """A value for each cell; a sequence is one value."""
    each = np.empty(size, dtype=object if _has_sequences(value) else float)
    each[:] = [value] * size if isinstance(value, Sequence) else value
    return each


def _has_sequences(value):
    return isinstance(value, Sequence) or np.asarray(value).dtype == object


def _check(celltype, values):
    for name, each in values.items():
        if each.dtype != object and not np.isfinite(each).all():
            raise errors.InvalidParameterValueError(f"{name} must be a finite number")
        if name in ("cm", "tau_m") and not (each > 0.0).all():
            raise errors.InvalidParameterValueError(f"{name} must be above 0")
    if not isinstance(celltype, SpikeSourceArray):
        return
    for sequence in values["spike_times"]:
        times = np.asarray(sequence.value if isinstance(sequence, Sequence) else sequence, dtype=float)
        if not np.isfinite(times).all() or (times < 0).any():
            raise errors.InvalidParameterValueError("Spike times given to SpikeSourceArray must be numbers from 0 on")
        if (np.diff(times) < 0).any():
            raise errors.InvalidParameterValueError("Spike times given to SpikeSourceArray must be in increasing order")
