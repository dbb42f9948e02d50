"""Spikes of a population, as arrays and as an Arrow table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ._show import Chart, Curve, Figure, drawn, raster


@dataclass(frozen=True, eq=False)
class Spikes:
    """The spikes of a population, in the order of time and, within one instant, of neurons.

    Attributes
    ----------
    times_s : ndarray of float64
        Instants (s). The array is the one that the run filled.
    neurons : ndarray of uint32
        Which neuron, from 0 on, at each.
    size : int
        Neurons of the population.
    """

    times_s: npt.NDArray[np.float64]
    neurons: npt.NDArray[np.uint32]
    size: int

    def __len__(self) -> int:
        return len(self.times_s)

    def of(self, neuron: int) -> npt.NDArray[np.float64]:
        """Instants (s) of one neuron, in order.

        Raises
        ------
        IndexError
            If there is no such neuron.
        """
        if not 0 <= neuron < self.size:
            raise IndexError(f"there is no neuron {neuron}: there are {self.size}, from 0 on")
        times: npt.NDArray[np.float64] = self.times_s[self.neurons == neuron]
        return times

    def counts(self) -> npt.NDArray[np.int64]:
        """How often each neuron spiked; shape (size,)."""
        return np.bincount(self.neurons, minlength=self.size)

    def to_arrow(self) -> Any:
        """The spikes as a `pyarrow.Table` of the columns ``time_s`` and ``neuron``, over the same memory.

        Raises
        ------
        ImportError
            If pyarrow is not installed.
        """
        import pyarrow as pa

        def column(array: npt.NDArray[Any], kind: Any) -> Any:
            return pa.Array.from_buffers(kind, len(array), [None, pa.py_buffer(array)])

        columns = [column(self.times_s, pa.float64()), column(self.neurons, pa.uint32())]
        return pa.table(columns, names=["time_s", "neuron"])

    def plot(self, axes: object | None = None) -> object:
        """Draws a raster on matplotlib's axes, given or new, which are returned, or without it as a `Figure`.

        Of more than 20 000 spikes every n-th is shown, which the title says.
        """
        return drawn(raster("spikes", self.times_s, self.neurons), axes)

    def _repr_svg_(self) -> str:
        return Figure("spikes", [raster("spikes", self.times_s, self.neurons)]).svg

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The table by Arrow's PyCapsule interface, which polars, DuckDB and others read. Needs pyarrow."""
        return self.to_arrow().__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        return f"<{len(self)} spikes of {self.size} neurons>"


@dataclass(frozen=True, eq=False)
class Membranes:
    """What a probe saw of a population's membranes.

    Attributes
    ----------
    population : str
        Its name.
    neurons : ndarray of uint32, shape (m,)
        Which neurons were looked at.
    times_s : ndarray of float64, shape (n,)
        When (s).
    potentials_v : ndarray of float64, shape (n, m)
        Potentials (V), after all that happens at the instant.
    currents_ampere : ndarray of float64, shape (n, m), or None
        What synapses let flow into each neuron (A); None where they move the potential at once.
    """

    population: str
    neurons: npt.NDArray[np.uint32]
    times_s: npt.NDArray[np.float64]
    potentials_v: npt.NDArray[np.float64]
    currents_ampere: npt.NDArray[np.float64] | None

    def plot(self, axes: object | None = None) -> object:
        """Draws the potentials of up to six neurons.

        Returns
        -------
        matplotlib's axes, given or new, or a `Figure` where matplotlib is not installed
        """
        return drawn(self._chart(), axes)

    def _chart(self) -> Chart:
        shown = range(min(6, len(self.neurons)))
        curves = [Curve(f"neuron {self.neurons[at]}", "line", self.times_s, self.potentials_v[:, at]) for at in shown]
        return Chart(f"membranes of {self.population}", "time (s)", "potential (V)", curves)

    def _repr_svg_(self) -> str:
        chart = self._chart()
        return Figure(chart.title, [chart]).svg

    def __repr__(self) -> str:
        count, neurons = self.potentials_v.shape
        return f"<{neurons} membranes of '{self.population}' at {count} instants>"
