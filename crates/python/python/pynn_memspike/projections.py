"""Connections between populations, made by PyNN's connectors."""

import numpy as np
from pyNN import common
from pyNN.space import Space

from . import simulator
from .models import StaticSynapse


class Connection(common.Connection):
    """One connection of a projection."""

    def __init__(self, projection, number):
        self._projection, self._number = projection, number

    def as_tuple(self, *names):
        """Values of attributes."""
        return tuple(getattr(self, name) for name in names)

    @property
    def presynaptic_index(self):
        """Number of the source within the projection's."""
        return int(self._projection.sources[self._number])

    @property
    def postsynaptic_index(self):
        """Number of the target within the projection's."""
        return int(self._projection.targets[self._number])

    def _set(self, name, value):
        self._projection.column(name)[self._number] = value
        simulator.state.note_changed_synapses()

    weight = property(
        lambda self: float(self._projection.column("weight")[self._number]),
        lambda self, value: self._set("weight", value),
        doc="Weight (nA or mV).",
    )
    delay = property(
        lambda self: float(self._projection.column("delay")[self._number]),
        lambda self, value: self._set("delay", value),
        doc="Delay (ms).",
    )


class Projection(common.Projection):
    """Connections from one population, view or assembly to another."""

    _simulator = simulator
    _static_synapse_class = StaticSynapse

    def __init__(
        self,
        presynaptic_population,
        postsynaptic_population,
        connector,
        synapse_type=None,
        source=None,
        receptor_type=None,
        space=None,
        label=None,
    ):
        super().__init__(
            presynaptic_population,
            postsynaptic_population,
            connector,
            synapse_type,
            source,
            receptor_type,
            space or Space(),
            label,
        )
        if not isinstance(self.synapse_type, StaticSynapse):
            name = type(self.synapse_type).__name__
            raise NotImplementedError(f"The {name} model is not available for this simulator.")
        self._gathered = []
        connector.connect(self)
        columns = [np.concatenate(column) for column in zip(*self._gathered)] or [np.empty(0)] * 4
        del self._gathered
        self.sources, self.targets = columns[0].astype(np.int64), columns[1].astype(np.int64)
        self._columns = {"weight": columns[2].astype(float), "delay": columns[3].astype(float)}
        simulator.state.add_projection(self)

    def take(self, sources, targets, weight, delay):
        """Adds connections: numbers of sources and targets, and what is one for all or of each."""
        each = [np.broadcast_to(value, sources.shape) for value in (targets, weight, delay)]
        self._gathered.append((sources, *each))

    def _convergent_connect(
        self, presynaptic_indices, postsynaptic_index, location_selector=None, weight=0.0, delay=0.0
    ):
        if location_selector is not None:
            raise NotImplementedError("cells have one compartment: there is no location to select")
        self.take(np.atleast_1d(np.asarray(presynaptic_indices)), postsynaptic_index, weight, delay)

    def __len__(self):
        return len(self.sources)

    def __getitem__(self, number):
        if isinstance(number, slice):
            return [self[each] for each in range(*number.indices(len(self)))]
        if not -len(self) <= number < len(self):
            raise IndexError(f"there are {len(self)} connections")
        return Connection(self, number % len(self))

    @property
    def connections(self):
        """All of them, one by one."""
        return [Connection(self, number) for number in range(len(self))]

    def column(self, name):
        """An attribute of all connections: `weight` (nA or mV) or `delay` (ms)."""
        return self._columns[name]

    def _set_attributes(self, parameter_space):
        parameter_space.evaluate(simplify=False)
        for name, value in parameter_space.items():
            self._columns[name][:] = np.broadcast_to(value, self.shape)[self.sources, self.targets]
        simulator.state.note_changed_synapses()

    def _get_attributes_as_list(self, names):
        own = {"presynaptic_index": self.sources, "postsynaptic_index": self.targets, **self._columns}
        return list(zip(*(own[name].tolist() for name in names)))

    def _get_attributes_as_arrays(self, names, multiple_synapses="sum"):
        return [self._as_array(self._columns[name], multiple_synapses) for name in names]

    def _as_array(self, values, multiple_synapses):
        all_values = np.full(self.shape, np.nan)
        places = (self.sources, self.targets)
        if multiple_synapses in ("first", "last"):
            # Which of several assignments to one place counts, NumPy does not promise.
            pairs = self.sources * self.post.size + self.targets
            step = 1 if multiple_synapses == "first" else -1
            chosen = np.unique(pairs[::step], return_index=True)[1]
            all_values[places[0][::step][chosen], places[1][::step][chosen]] = values[::step][chosen]
        else:
            neutral, combine = {"sum": (0.0, np.add), "min": (np.inf, np.minimum), "max": (-np.inf, np.maximum)}[
                multiple_synapses
            ]
            all_values[places] = neutral
            combine.at(all_values, places, values)
        return all_values
