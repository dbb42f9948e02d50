"""Connectors of PyNN without a loop over cells or synapses, where all synapses are alike; otherwise PyNN's own.

Both make the same connections in the same order, and draw the same random numbers.
"""

from copy import deepcopy

import numpy as np
from pyNN import connectors, errors
from pyNN.random import NumpyRNG, RandomDistribution

_BLOCK = 1 << 22
"""Random numbers that are drawn at once."""


def _alike(connector, projection):
    """The parameters that all synapses have, checked; none where PyNN has to go from cell to cell."""
    if connector.callback is not None or connector.location_selector is not None:
        return None
    lazy = dict(connector._parameters_from_synapse_type(projection).items())
    if not all(value.is_homogeneous for value in lazy.values()):
        return None
    values = {name: value.evaluate(simplify=True) for name, value in lazy.items()}
    synapse = projection.synapse_type
    if connector.safe:
        for name, check in getattr(synapse, "parameter_checks", {}).items():
            native = synapse.translations[name]["translated_name"]
            if native in values:
                check(values[native], projection)
    return values


def _targets(projection):
    """Numbers of the targets, column by column."""
    return np.asarray(projection.post.id_to_index(projection.post.all_cells))


class OneToOneConnector(connectors.OneToOneConnector):
    __doc__ = connectors.OneToOneConnector.__doc__

    def connect(self, projection):
        """Connects a projection."""
        values = _alike(self, projection)
        if values is None:
            return super().connect(projection)
        numbers = np.arange(min(projection.shape))
        projection.take(numbers, _targets(projection)[: len(numbers)], **values)


class FixedProbabilityConnector(connectors.FixedProbabilityConnector):
    __doc__ = connectors.FixedProbabilityConnector.__doc__

    def connect(self, projection):
        """Connects a projection."""
        values = _alike(self, projection)
        if values is None or self.allow_self_connections == "NoMutual" or type(self.rng) is not NumpyRNG:
            return super().connect(projection)
        (sources, _), targets = projection.shape, _targets(projection)
        columns = max(1, _BLOCK // max(sources, 1))
        # PyNN draws column by column from a copy of the generator, which so stays where it is.
        generator = deepcopy(self.rng)
        for first in range(0, len(targets), columns):
            own = targets[first : first + columns]
            drawn = generator.next(sources * len(own), "uniform", {"low": 0, "high": 1})
            chosen = np.reshape(drawn, (len(own), sources)) < self.p_connect
            if not self.allow_self_connections:
                behind = np.asarray(projection.post.all_cells[first : first + columns])
                chosen &= behind[:, None] != np.asarray(projection.pre.all_cells)[None, :]
            column, source = np.nonzero(chosen)
            projection.take(source, own[column], **values)


class FixedTotalNumberConnector(connectors.FixedTotalNumberConnector):
    __doc__ = connectors.FixedTotalNumberConnector.__doc__

    def connect(self, projection):
        """Connects a projection."""
        values = _alike(self, projection)
        if values is None or 0 in projection.shape or type(self.rng) is not NumpyRNG or not self.rng.parallel_safe:
            return super().connect(projection)
        # PyNN draws how many of them are on this process, which are all, and then of each its source and its target.
        count = int(RandomDistribution("binomial", (self.n, 1.0), rng=self.rng).next())
        ends = self.rng.randint(0, projection.shape, size=(count, 2))
        ends = ends[np.argsort(ends[:, 1], kind="stable")]
        projection.take(ends[:, 0], _targets(projection)[ends[:, 1]], **values)


class FromListConnector(connectors.FromListConnector):
    __doc__ = connectors.FromListConnector.__doc__

    def connect(self, projection):
        """Connects a projection.

        Raises
        ------
        errors.ConnectionError
            If there is no such source or target.
        """
        _check_ends(self.conn_list, projection.shape)
        space = deepcopy(projection.synapse_type.parameter_space)
        are_known = set(self.column_names) <= set(space.keys())
        alike = all(value.is_homogeneous for name, value in space.items() if name not in self.column_names)
        if not len(self.conn_list) or not are_known or not alike or self.location_selector is not None:
            return super().connect(projection)
        # PyNN sorts its list so, and leaves it sorted.
        self.conn_list = self.conn_list[np.argsort(self.conn_list[:, 1])]
        space.shape = (len(self.conn_list),)
        space.update(**dict(zip(self.column_names, self.conn_list.T[2:])))
        values = projection.synapse_type.translate(space).evaluate(simplify=True).as_dict()
        sources, targets = self.conn_list.T[:2].astype(int)
        projection.take(sources, targets, **values)


def _check_ends(listed, shape):
    for column, size, what in zip(listed.T[:2], shape, ("source", "target")):
        wrong = (column < 0) | (column >= size) | (column != np.floor(column))
        if wrong.any():
            raise errors.ConnectionError(f"{what} index out of range: {column[wrong][0]:g} of {size}")


__all__ = ["FixedProbabilityConnector", "FixedTotalNumberConnector", "FromListConnector", "OneToOneConnector"]
