"""Bit-exact models of cores."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from . import _core
from ._arrays import indices


class CoreModel:
    """A core event by event, to the bit: what hardware answers, whatever its layout is.

    Examples
    --------
    >>> import memspike as ms
    >>> layer = ms.CoreLayer(weights=[[100, 0], [60, 120]], threshold=150)
    >>> model = ms.Core.from_layers([layer], scale=1).model()
    >>> model.event(0)
    >>> model.event(1)
    >>> model.tick().tolist()
    [0]
    """

    def __init__(self, core: _core.CoreModel) -> None:
        self._core = core

    def start(self) -> None:
        """A start of image: everything to zero."""
        self._core.start()

    def event(self, source: int) -> None:
        """A spike of an input; one beyond the inputs is ignored, as in hardware."""
        self._core.event(source)

    def events(self, sources: npt.ArrayLike) -> None:
        """Spikes of inputs, one after another; an array of one axis."""
        self._core.events(indices("sources", sources, 2**32))

    def tick(self) -> npt.NDArray[np.uint32]:
        """The end of a time step: neurons of the last layer that fire, in order."""
        return self._core.tick()

    def counts(self) -> npt.NDArray[np.uint32]:
        """Spikes of each neuron of the last layer since the start of the image."""
        return self._core.counts()

    def winner(self) -> int:
        """The neuron with most spikes, the first of several."""
        return self._core.winner()

    def potentials(self, layer: int) -> npt.NDArray[np.int32]:
        """Potential of each neuron of a layer, counted from 0.

        Raises
        ------
        IndexError
            If there is no such layer.
        """
        return self._core.potentials(layer)


class Outputs(NamedTuple):
    """What a core shows in a clock cycle, before the edge.

    Attributes
    ----------
    takes_start, takes_tick, takes_event : bool
        What it takes of what it is offered.
    start, tick : bool
        What it offers to the reader of its spikes.
    event : int or None
        The neuron whose spike it offers.
    counted : int or None
        The count whose address was at the read port at the last edge.
    winner : int
        The neuron with most spikes.
    """

    takes_start: bool
    takes_tick: bool
    takes_event: bool
    start: bool
    tick: bool
    event: int | None
    counted: int | None
    winner: int


class ClockedModel:
    """A core clock by clock, to the bit."""

    def __init__(self, core: _core.ClockedModel) -> None:
        self._core = core

    def cycle(
        self,
        *,
        reset: bool = False,
        start: bool = False,
        tick: bool = False,
        event: int | None = None,
        takes: tuple[bool, bool, bool] = (True, True, True),
        count_address: int = 0,
    ) -> Outputs:
        """What it shows under these inputs; then a clock edge.

        Parameters
        ----------
        reset : bool
            Synchronous reset.
        start, tick : bool
            What is offered to it; what is not taken stays on offer by calling again.
        event : int, optional
            The input whose spike is offered.
        takes : three bool
            What the reader of its spikes takes: a start, a tick, an event.
        count_address : int
            At the read port of the counts.
        """
        seen = {
            "reset": reset,
            "start": start,
            "tick": tick,
            "event": event,
            "take_start": takes[0],
            "take_tick": takes[1],
            "take_event": takes[2],
            "count_address": count_address,
        }
        taken, offered, counted, winner = self._core.cycle(seen)
        takes_start, takes_tick, takes_event = taken
        return Outputs(takes_start, takes_tick, takes_event, *offered, counted, winner)
