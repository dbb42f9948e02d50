"""Voltages and currents of a run as closed forms."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from . import _core
from ._arrays import doubles
from ._show import Chart, Curve, Figure, drawn


class Waveform:
    """A voltage (V) or current (A) of a run, as the closed forms between its events.

    Calling it evaluates them, without a grid: ``w(t)``.

    Attributes
    ----------
    name : str
        As decks write it, such as ``v(out)``.
    unit : str
        ``V`` or ``A``.
    """

    def __init__(self, name: str, core: _core.Waveform) -> None:
        self.name = name
        self.unit = "V" if name.startswith("v(") else "A"
        self._core = core

    @property
    def start_s(self) -> float:
        """Where it begins (s)."""
        return self._core.start_s

    @property
    def end_s(self) -> float:
        """Where it ends (s)."""
        return self._core.end_s

    def __call__(self, times_s: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Values at instants; where it jumps, the later one.

        Parameters
        ----------
        times_s : array_like
            Instants (s) within the run, of any shape.

        Returns
        -------
        ndarray of float64
            Of the same shape.

        Raises
        ------
        ValueError
            If an instant is not within the run, or no number.
        """
        times = doubles("times_s", times_s)
        return self._core.values(times.reshape(-1)).reshape(np.shape(times_s))

    def crossings(self, level: float, edge: Literal["rise", "fall", "cross"] = "cross") -> npt.NDArray[np.float64]:
        """All instants (s) at which it crosses a level, solved for; none is missed.

        Parameters
        ----------
        level : float
            In its unit.
        edge : {'rise', 'fall', 'cross'}
            Upwards, downwards or either way.

        Returns
        -------
        ndarray of float64, shape (n,)
            In order; those of ``.meas ... WHEN``.
        """
        return self._core.crossings(float(level), edge)

    def integral(self, from_s: float | None = None, to_s: float | None = None) -> float:
        """Its exact integral between two instants, in its unit times s, with the charge of jumps.

        Parameters
        ----------
        from_s, to_s : float, optional
            Instants (s) within the run. Left out: where it begins and ends.

        Raises
        ------
        ValueError
            If an instant is not within the run.
        """
        return self._core.integral(*self._window(from_s, to_s))

    def extremes(self, from_s: float | None = None, to_s: float | None = None) -> tuple[float, float]:
        """Its least and greatest value between two instants, found on the closed forms.

        Parameters
        ----------
        from_s, to_s : float, optional
            As in `integral`.

        Raises
        ------
        ValueError
            If an instant is not within the run, or the first not before the last.
        """
        return self._core.extremes(*self._window(from_s, to_s))

    def points(self, tolerance: float = 1e-3) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Points between which straight lines show it, two where it jumps.

        Parameters
        ----------
        tolerance : float
            By how much a line may err, as a part of its span.

        Returns
        -------
        times_s, values : ndarray of float64, shape (n,)

        Raises
        ------
        ValueError
            If the tolerance is not above 0 and up to 1, or asks for more points than memory is for (16 million).
        """
        return self._core.points(float(tolerance))

    def plot(self, axes: object | None = None, tolerance: float = 1e-3) -> object:
        """Draws it on matplotlib's axes, given or new, which are returned; where it is not installed, a `Figure` is.

        Raises
        ------
        ValueError
            If the tolerance is not above 0 and up to 1, or asks for more points than memory is for (16 million).
        """
        return drawn(self._chart(tolerance), axes)

    def _chart(self, tolerance: float) -> Chart:
        times, values = self.points(tolerance)
        return Chart(self.name, "time (s)", f"{self.name} ({self.unit})", [Curve(self.name, "line", times, values)])

    def _repr_svg_(self) -> str:
        return Figure(self.name, [self._chart(1e-3)]).svg

    def _window(self, from_s: float | None, to_s: float | None) -> tuple[float, float]:
        return (
            self.start_s if from_s is None else float(from_s),
            self.end_s if to_s is None else float(to_s),
        )

    def __repr__(self) -> str:
        pieces = self._core.pieces
        return f"<waveform {self.name} from {self.start_s} s to {self.end_s} s: {pieces} closed forms>"
