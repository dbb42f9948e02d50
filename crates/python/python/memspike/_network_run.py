"""What runs of networks give."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ._show import Chart, Figure, drawn, raster
from ._spikes import Membranes, Spikes


@dataclass(frozen=True, eq=False)
class NetworkRun:
    """What happened in a run.

    Attributes
    ----------
    spikes : dict of str to Spikes
        By population.
    membranes : list of Membranes
        For each probe.
    reached_s : float
        Up to where all has happened (s).
    interrupted : bool
        Whether it was stopped before its end.
    counters : dict of str to int
        Spikes, and synaptic events sent, delivered and under way, from the start of the simulation on.
    notes : list of str
        What point neurons lack beside the circuits of a card.
    """

    spikes: dict[str, Spikes]
    membranes: list[Membranes]
    reached_s: float
    interrupted: bool
    counters: dict[str, int]
    notes: list[str]

    def plot(self, axes: object | None = None) -> object:
        """Draws a raster of all populations, one above the other, on matplotlib's axes, given or new.

        Returns
        -------
        matplotlib's axes, or a `Figure` where matplotlib is not installed
        """
        return drawn(self._chart(), axes)

    def _chart(self) -> Chart:
        times: list[npt.NDArray[np.float64]] = [np.empty(0)]
        rows: list[npt.NDArray[np.float64]] = [np.empty(0)]
        first = 0
        for spikes in self.spikes.values():
            times.append(spikes.times_s)
            rows.append((spikes.neurons + float(first)).astype(np.float64))
            first += spikes.size
        return raster(", ".join(self.spikes), np.concatenate(times), np.concatenate(rows))

    def _repr_svg_(self) -> str:
        chart = self._chart()
        return Figure(chart.title, [chart]).svg

    def __repr__(self) -> str:
        count = sum(len(each) for each in self.spikes.values())
        state = "interrupted" if self.interrupted else "complete"
        return f"<run to {self.reached_s} s, {state}: {count} spikes>"
