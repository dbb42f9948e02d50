"""Connectors of PyNN without a loop over cells, where all synapses are alike; otherwise PyNN's own.

Both make the same connections in the same order, and draw the same random numbers.
"""

from copy import deepcopy

import numpy as np
from pyNN import connectors
from pyNN.random import NumpyRNG

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


__all__ = ["FixedProbabilityConnector", "OneToOneConnector"]
