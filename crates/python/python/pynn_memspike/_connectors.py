"""The common connectors of PyNN without a loop over cells, where all synapses are alike; otherwise PyNN's own.

Both make the same connections in the same order, and draw the same random numbers.
"""

import numpy as np
from pyNN import connectors
from pyNN.random import NumpyRNG

_BLOCK = 1 << 22
"""Random numbers that are drawn at once."""


def _alike(connector, projection):
    """The parameters that all synapses have, checked; none where PyNN has to go from cell to cell."""
    if connector.callback is not None or connector.location_selector is not None:
        return None
    lazy = connector._parameters_from_synapse_type(projection)
    if not all(values.is_homogeneous for values in lazy.values()):
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


def _others(connector, projection):
    """Whether cells are connected to all others alone."""
    return connector.allow_self_connections is False, projection.pre.all_cells, projection.post.all_cells


class OneToOneConnector(connectors.OneToOneConnector):
    __doc__ = connectors.OneToOneConnector.__doc__

    def connect(self, projection):
        """Connects a projection."""
        values = _alike(self, projection)
        if values is None:
            return super().connect(projection)
        numbers = np.arange(min(projection.shape))
        projection.take(numbers, _targets(projection)[: len(numbers)], **values)


class AllToAllConnector(connectors.AllToAllConnector):
    __doc__ = connectors.AllToAllConnector.__doc__

    def connect(self, projection):
        """Connects a projection."""
        values = _alike(self, projection)
        if values is None:
            return super().connect(projection)
        (sources, _), targets = projection.shape, _targets(projection)
        all_sources, all_targets = np.tile(np.arange(sources), len(targets)), np.repeat(targets, sources)
        without_self, before, behind = _others(self, projection)
        if without_self:
            is_other = np.tile(before, len(targets)) != np.repeat(behind, sources)
            all_sources, all_targets = all_sources[is_other], all_targets[is_other]
        projection.take(all_sources, all_targets, **values)


class FixedProbabilityConnector(connectors.FixedProbabilityConnector):
    __doc__ = connectors.FixedProbabilityConnector.__doc__

    def connect(self, projection):
        """Connects a projection."""
        values = _alike(self, projection)
        if values is None or self.allow_self_connections == "NoMutual" or type(self.rng) is not NumpyRNG:
            return super().connect(projection)
        (sources, _), targets = projection.shape, _targets(projection)
        without_self, before, behind = _others(self, projection)
        columns = max(1, _BLOCK // max(sources, 1))
        for first in range(0, len(targets), columns):
            own = targets[first : first + columns]
            # What PyNN draws column by column.
            drawn = self.rng.next(sources * len(own), "uniform", {"low": 0, "high": 1})
            chosen = np.reshape(drawn, (len(own), sources)) < self.p_connect
            if without_self:
                chosen &= np.asarray(behind[first : first + columns])[:, None] != np.asarray(before)[None, :]
            column, source = np.nonzero(chosen)
            projection.take(source, own[column], **values)


__all__ = ["AllToAllConnector", "FixedProbabilityConnector", "OneToOneConnector"]
