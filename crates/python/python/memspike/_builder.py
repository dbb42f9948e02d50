"""Networks of point neurons, described."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from . import _core
from ._arrays import doubles, floats, indices
from ._models import (
    Law,
    LifDelta,
    LifExp,
    Lognormal,
    Model,
    Normal,
    Parrot,
    Recorded,
    Rule,
    Uniform,
    law_words,
)
from ._network import Network

Effect = Literal["volt", "ampere", "siemens", "trigger"]


@dataclass(frozen=True)
class Population:
    """Neurons that are alike, of a `NetworkBuilder`.

    Attributes
    ----------
    name : str
    size : int
    model : Model
    number : int
        Its place in the builder.
    """

    name: str
    size: int
    model: Model
    number: int
    builder: NetworkBuilder = field(repr=False, compare=False)


class NetworkBuilder:
    """Collects populations and projections, and checks them together.

    Examples
    --------
    >>> import memspike as ms
    >>> builder = ms.NetworkBuilder()
    >>> clock = builder.population("clock", 1, ms.Regular(rate_hz=100.0))
    >>> cells = builder.population("cells", 2, ms.LifDelta(tau_s=0.01, threshold_v=1.0))
    >>> builder.projection("drive", clock, cells, weights=[[1.5, 0.5]], delay_s=1e-3)
    >>> spikes = builder.build().simulate(1.0).spikes["cells"]
    """

    def __init__(self) -> None:
        self._core = _core.Builder()

    def population(self, name: str, size: int, model: Model) -> Population:
        """Adds neurons that are alike.

        Parameters
        ----------
        name : str
            Letters, digits, ``_`` and ``-``, first a letter.
        size : int
            How many.
        model : LifDelta, LifExp, Parrot, Input, Poisson, Regular or Recorded
            What they are.

        Raises
        ------
        NetworkError
            If the model is none; what holds of its parameters, `build` says.
        """
        if isinstance(model, Recorded):
            number = self._core.recorded(name, size, *_recorded(name, size, model))
        else:
            number = self._core.population(name, size, model.words())
        return Population(name, size, model, number, self)

    def projection(
        self,
        name: str,
        source: Population,
        target: Population,
        *,
        weights: Any = 1.0,
        rule: Rule | None = None,
        connections: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
        delay_s: Any = 0.0,
        effect: Effect | None = None,
        unit: float = 1.0,
    ) -> None:
        """Adds connections from one population to another, or to itself.

        Parameters
        ----------
        name : str
            As that of a population.
        source, target : Population
            Of this builder.
        weights : array, SciPy sparse matrix or array, number or distribution
            - a matrix, a row for each source and a column for each target: all of these connections, also
              those of weight 0;
            - a sparse matrix of that shape: the connections that are stored in it;
            - with `connections`: a number, or an array with one for each;
            - with `rule`: a number, a distribution, or an array where the rule says which synapse is which.
        rule : OneToOne, AllToAll, InDegree, OutDegree, Total or Probability, optional
            Draws the connections, by the seed of the run.
        connections : pair of arrays, optional
            Source and target of each connection; a pair of neurons may have several.
        delay_s : number, array, SciPy sparse matrix or distribution
            How long a spike is under way (s), on the nearest femtosecond: for all, or one for each connection, of the
            same form as `weights`; with `rule` also a distribution. What follows from spikes or from a state of its own
            needs a delay.
        effect : {'volt', 'ampere', 'siemens', 'trigger'}, optional
            What a spike does. Left out: what the target's model takes.
        unit : float
            What a weight of 1 is, in the unit of `effect`.

        Raises
        ------
        ValueError, TypeError
            If an array has another shape or type than it must have.
        NetworkError
            If the connections are none; what holds of all together, `build` says.
        """
        for end in (source, target):
            if end.builder is not self:
                raise ValueError(f"population '{end.name}' is of another NetworkBuilder")
        if rule is not None and connections is not None:
            raise ValueError(f"projection '{name}' has a rule and connections: leave one out")
        ends = {
            "name": name,
            "source": source.number,
            "target": target.number,
            "effect": effect or _effect_on(target.model),
            "unit": float(unit),
        }
        shape = (source.size, target.size)
        if rule is not None:
            delay = _law_or_number(f"delay_s of '{name}'", delay_s)
            words = law_words(f"weights of '{name}'", weights)
            self._core.drawn({**ends, "delay": delay}, rule.words(), words)
        elif connections is not None:
            self._listed(ends, shape, connections, weights, delay_s)
        elif _is_sparse(weights):
            self._sparse(ends, shape, weights, delay_s)
        else:
            matrix = floats(f"weights of '{name}'", weights, shape)
            delay = _delays(name, delay_s, shape)
            self._core.dense({**ends, "delay": delay}, matrix.reshape(-1))

    def _listed(
        self,
        ends: dict[str, Any],
        shape: tuple[int, int],
        connections: tuple[npt.ArrayLike, npt.ArrayLike],
        weights: Any,
        delay_s: Any,
    ) -> None:
        name = ends["name"]
        sources = indices(f"sources of '{name}'", connections[0], shape[0])
        targets = indices(f"targets of '{name}'", connections[1], shape[1])
        if len(sources) != len(targets):
            raise ValueError(f"connections of '{name}' have {len(sources)} sources and {len(targets)} targets")
        each = floats(f"weights of '{name}'", weights)
        if each.ndim == 0:
            each = np.full(len(sources), each)
        each = floats(f"weights of '{name}'", each, sources.shape)
        delay = _delays(name, delay_s, sources.shape)
        self._core.listed({**ends, "delay": delay}, sources, targets, each)

    def _sparse(self, ends: dict[str, Any], shape: tuple[int, int], weights: Any, delay_s: Any) -> None:
        name = ends["name"]
        if weights.shape != shape:
            raise ValueError(f"weights of '{name}' have the shape {weights.shape}: {shape} is needed")
        rows = weights.tocsr()
        delay: Any
        if _is_sparse(delay_s):
            rows, delay = _aligned(name, rows, delay_s)
        else:
            delay = _delays(name, delay_s, rows.data.shape)
        starts = np.ascontiguousarray(rows.indptr, dtype=np.uint64)
        targets = indices(f"targets of '{name}'", rows.indices, shape[1])
        each = floats(f"weights of '{name}'", rows.data)
        self._core.sparse({**ends, "delay": delay}, starts, targets, each)

    def delay_tick(self, tick_s: float) -> None:
        """Of what drawn delays are multiples (s), instead of 1 us; 0 keeps them in full."""
        self._core.delay_tick(tick_s)

    def build(self) -> Network:
        """Checks everything. The builder takes nothing more afterwards: what it had is in the network.

        Raises
        ------
        NetworkError
            The first thing that is wrong.
        """
        return Network(self._core.build())


def _recorded(name: str, size: int, model: Recorded) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.uint32]]:
    times = np.atleast_1d(doubles(f"times_s of '{name}'", model.times_s))
    who = np.zeros(times.shape, np.uint32) if model.neurons is None else model.neurons
    neurons = indices(f"neurons of '{name}'", who, size)
    times = doubles(f"times_s of '{name}'", times, neurons.shape)
    order = np.lexsort((neurons, times))
    return times[order], neurons[order]


def _effect_on(model: Model) -> Effect:
    if isinstance(model, LifDelta):
        return "volt"
    if isinstance(model, LifExp):
        return "ampere"
    if isinstance(model, Parrot):
        return "trigger"
    return "volt"


def _is_sparse(given: Any) -> bool:
    return hasattr(given, "tocsr") and hasattr(given, "shape")


def _law_or_number(name: str, given: Law) -> Any:
    words = law_words(name, given)
    return np.asarray(words) if isinstance(words, list) else words


def _delays(name: str, given: Any, shape: Sequence[int]) -> float | npt.NDArray[np.float64]:
    """One for all, or an array of the shape that there is one of for each connection."""
    if isinstance(given, (Normal, Lognormal, Uniform)):
        raise TypeError(f"delay_s of '{name}' is a distribution, which needs a rule")
    if _is_sparse(given):
        raise TypeError(f"delay_s of '{name}' is sparse, which needs sparse weights")
    if np.ndim(given) == 0:
        return float(doubles(f"delay_s of '{name}'", given))
    return doubles(f"delay_s of '{name}'", given, shape).reshape(-1)


def _aligned(name: str, weights: Any, delays: Any) -> tuple[Any, npt.NDArray[np.float64]]:
    """Sparse weights and the delays of the same places, both in the order of columns."""
    weights, delays = weights.copy(), delays.tocsr().copy()
    weights.sort_indices()
    delays.sort_indices()
    same = (
        weights.shape == delays.shape
        and np.array_equal(weights.indptr, delays.indptr)
        and np.array_equal(weights.indices, delays.indices)
    )
    if not same:
        raise ValueError(f"delay_s of '{name}' stores other places than weights: give both the same")
    return weights, doubles(f"delay_s of '{name}'", delays.data)
