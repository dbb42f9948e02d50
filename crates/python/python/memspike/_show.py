"""Pictures of results: by matplotlib where it is installed, otherwise as SVG; and tables of notebooks."""

from __future__ import annotations

import html
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from . import _core

Form = Literal["line", "specks", "dots", "rings"]

SIZE = (640, 320)
"""Width and height of a panel (pixels)."""


@dataclass(frozen=True)
class Curve:
    """Points that are drawn alike."""

    name: str
    form: Form
    x: npt.ArrayLike
    y: npt.ArrayLike
    ink: str | None = None

    def points(self) -> npt.NDArray[np.float64]:
        """As rows of two."""
        columns = (np.asarray(self.x, np.float64), np.asarray(self.y, np.float64))
        return np.column_stack(columns)


@dataclass(frozen=True)
class Chart:
    """Two axes, and the curves between them."""

    title: str
    x_label: str
    y_label: str
    curves: list[Curve] = field(default_factory=list)

    def words(self) -> dict[str, Any]:
        """As the core draws it."""
        points = [curve.points() for curve in self.curves]
        everything = np.concatenate([np.empty((0, 2)), *points])
        finite = everything[np.isfinite(everything).all(axis=1)]
        low, high = (finite.min(axis=0), finite.max(axis=0)) if len(finite) else (np.zeros(2), np.ones(2))
        room = 0.05 * (high[1] - low[1])
        inks = (curve.ink or str(number) for number, curve in enumerate(self.curves))
        series = [
            (curve.name, ink, curve.form, np.ascontiguousarray(xy)) for curve, ink, xy in zip(self.curves, inks, points)
        ]
        return {
            "title": self.title,
            "x": (self.x_label, float(low[0]), float(high[0])),
            "y": (self.y_label, float(low[1] - room), float(high[1] + room)),
            "series": series,
            "legend": len(self.curves) > 1,
        }


class Figure:
    """A picture as SVG, which notebooks show; it follows the reader's choice of light or dark.

    Attributes
    ----------
    svg : str
        Its text.
    """

    def __init__(self, title: str, charts: Sequence[Chart]) -> None:
        self.svg = _core.figure_svg(title, SIZE, [chart.words() for chart in charts])

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes it as a file, whose name ends in .svg.

        Raises
        ------
        ValueError
            If the name ends otherwise.
        OSError
            If that fails.
        """
        name = os.fspath(path)
        if not name.lower().endswith(".svg"):
            raise ValueError(f"'{name}': a figure is written as SVG: end its name in .svg; matplotlib draws others")
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.svg)

    def _repr_svg_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return f"<figure of {len(self.svg)} bytes of SVG>"


STYLES: dict[Form, dict[str, Any]] = {
    "line": {},
    "specks": {"linestyle": "none", "marker": ".", "markersize": 1.5},
    "dots": {"linestyle": "none", "marker": "o"},
    "rings": {"linestyle": "none", "marker": "o", "fillstyle": "none"},
}
"""How matplotlib draws each form."""


def drawn(chart: Chart, axes: object | None) -> object:
    """Draws a chart on matplotlib's axes, given or new, and returns these; without matplotlib, a `Figure`.

    Raises
    ------
    ImportError
        If axes are given that are none of matplotlib's, because it is not installed.
    """
    target: Any = axes
    if target is None:
        try:
            import matplotlib.pyplot as plt
        except ImportError:
            return Figure(chart.title, [chart])
        target = plt.subplots()[1]
    for curve in chart.curves:
        x, y = curve.points().T
        target.plot(x, y, label=curve.name, **STYLES[curve.form])
    target.set_title(chart.title)
    target.set_xlabel(chart.x_label)
    target.set_ylabel(chart.y_label)
    if len(chart.curves) > 1:
        target.legend()
    return target


MOST_ROWS = 20
"""Rows of a table that a notebook shows."""


def html_table(names: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table for notebooks: the first rows, and how many there are."""
    listed = list(rows)
    head = "".join(f"<th>{html.escape(name)}</th>" for name in names)
    body = "".join(
        "<tr>" + "".join(f"<td>{_cell(value)}</td>" for value in row) + "</tr>" for row in listed[:MOST_ROWS]
    )
    more = "" if len(listed) <= MOST_ROWS else f"<p>{len(listed)} rows, of which {MOST_ROWS} are shown</p>"
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, (float, np.floating)):
        return f"{float(value):.6g}"
    return html.escape(str(value))


MOST_SPECKS = 20_000
"""Spikes that a picture shows."""


def raster(title: str, times_s: npt.NDArray[Any], neurons: npt.NDArray[Any]) -> Chart:
    """Spikes as specks; of very many every n-th, which the title says."""
    step = max(1, -(-len(times_s) // MOST_SPECKS))
    if step > 1:
        title = f"{title}, one of {step} of {len(times_s)} spikes"
    return Chart(title, "time (s)", "neuron", [Curve("spikes", "specks", times_s[::step], neurons[::step])])
