"""Model cards from measurements."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from . import _core
from ._arrays import doubles
from ._card import Card
from ._errors import FitError
from ._show import Chart, Curve, Figure, drawn, html_table


@dataclass(frozen=True, eq=False)
class Fit:
    """What was found.

    Attributes
    ----------
    card_text : str or None
        The card with its variants, for decks; None where the data contradict each other.
    words : dict
        Everything, as ``memspike fit --json`` shows it: ``parameters`` with value and standard deviation (``sigma``),
        ``rows`` of measured and fitted, ``spreads``, ``chi_squared``, ``freedom``, ``warnings``.
    """

    card_text: str | None
    words: dict[str, Any]

    @property
    def parameters(self) -> dict[str, float]:
        """The fitted values, in SI units."""
        return {each["name"]: each["value"] for each in self.words["parameters"]}

    @property
    def deviations(self) -> dict[str, float | None]:
        """One standard deviation of each fitted value; None where the data leave it open."""
        return {each["name"]: each["sigma"] for each in self.words["parameters"]}

    @property
    def warnings(self) -> list[str]:
        """What the user should know, a sentence each."""
        return list(self.words["warnings"])

    @property
    def contradiction(self) -> str | None:
        """Why no card should be made of it, if so."""
        return self.words.get("contradiction")

    def card(self, name: str | None = None) -> Card:
        """The card, or its variant of this name.

        Raises
        ------
        FitError
            If the data contradict each other or the model.
        """
        if self.card_text is None:
            raise FitError(f"there is no card: {self.contradiction}")
        return Card.from_str(self.card_text, name)

    def to_pandas(self) -> Any:
        """Measured beside fitted as a `pandas.DataFrame`. Raises `ImportError` if pandas is not installed."""
        import pandas as pd

        rows = [{key: row[key] for key in ROW} for row in self.words["rows"]]
        return pd.DataFrame(rows, columns=list(ROW))

    def plot(self, axes: object | None = None) -> object:
        """Draws how far each measured number is from the fitted one, in standard deviations of the measurement.

        On matplotlib's axes, given or new, which are returned; where it is not installed, a `Figure` is.
        """
        return drawn(self._chart(), axes)

    def _chart(self) -> Chart:
        residuals = [row["residual"] for row in self.words["rows"]]
        curve = Curve("residuals", "dots", range(1, len(residuals) + 1), residuals)
        return Chart(f"fit of {self.words['name']}", "measured number", "residual (standard deviations)", [curve])

    def _repr_html_(self) -> str:
        rows = [(name, value, self.deviations[name]) for name, value in self.parameters.items()]
        return html_table(["parameter", "value", "standard deviation"], rows)

    def _repr_svg_(self) -> str:
        chart = self._chart()
        return Figure(chart.title, [chart]).svg

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={value:.4g}" for name, value in self.parameters.items())
        return f"<fit of {self.words['name']}: {values}>"


ROW = ("label", "unit", "measured", "fitted", "deviation", "residual")


def fit(
    measurements: str | os.PathLike[str] | Sequence[Mapping[str, Any]],
    *,
    name: str = "fitted",
    model: str = "ts_memristor",
    parameters: Mapping[str, Any] | None = None,
    variants: Sequence[Mapping[str, Any]] = (),
    source: str | None = None,
) -> Fit:
    """Fits the free parameters of a model to measurements.

    Parameters
    ----------
    measurements : path, or sequence of mappings
        A measurement file, or what its ``[[measurements]]`` say, such as
        ``{'kind': 'delay', 'value': 1e-3, 'tolerance': 0.02, 'voltage': 0.4}``.
        Of a sweep, instead of ``csv``, ``voltage_v`` and ``current_ampere`` are arrays of one axis and one length, or
        ``data`` is a data frame with columns named voltage and current.
    name, model : str
        Of the card.
    parameters : mapping, optional
        A number is fixed; ``{'start': ..., 'min': ..., 'max': ...}`` is fitted. All other values are the model's.
    variants : sequence of mappings
        Further cards: ``name``, ``note``, ``parameters``.
    source : str, optional
        Where the numbers come from.

    Raises
    ------
    FitError
        If the measurements are none, tell too little or contradict each other, or the fit does not converge.
    """
    if isinstance(measurements, (str, os.PathLike)):
        if parameters is not None or variants or source is not None:
            raise TypeError("a measurement file says parameters, variants and source itself: leave them out")
        return _found(_core.fit_file(os.fspath(measurements)))
    with tempfile.TemporaryDirectory(prefix="memspike-fit-") as folder:
        words: dict[str, Any] = {"name": name, "model": model}
        if source is not None:
            words["source"] = source
        words["parameters"] = dict(parameters or {})
        words["measurements"] = [_measurement(at, each, Path(folder)) for at, each in enumerate(measurements)]
        words["variants"] = list(variants)
        text = _document(words)
        return _found(_core.fit_text(str(Path(folder) / "measurements"), text, "arrays"))


def _found(found: tuple[str, str | None]) -> Fit:
    words, card = found
    return Fit(card, json.loads(words))


def _measurement(at: int, given: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    words = dict(given)
    data = words.pop("data", None)
    if data is not None:
        columns = {str(column).lower(): column for column in data.columns}
        for key in ("voltage", "current"):
            if key not in columns:
                raise ValueError(f"data of measurement {at} has no column '{key}'")
        words["voltage_v"] = data[columns["voltage"]].to_numpy()
        words["current_ampere"] = data[columns["current"]].to_numpy()
    if "voltage_v" not in words and "current_ampere" not in words:
        return words
    voltage = doubles(f"voltage_v of measurement {at}", words.pop("voltage_v", ()))
    current = doubles(f"current_ampere of measurement {at}", words.pop("current_ampere", ()))
    if voltage.ndim != 1 or voltage.shape != current.shape:
        shapes = f"{voltage.shape} and {current.shape}"
        raise ValueError(f"voltage_v and current_ampere of measurement {at} have the shapes {shapes}")
    if not (np.isfinite(voltage).all() and np.isfinite(current).all()):
        raise ValueError(f"voltage_v and current_ampere of measurement {at} must be finite")
    file = folder / f"sweep{at}.csv"
    rows = (f"{volt!r},{ampere!r}\n" for volt, ampere in zip(voltage.tolist(), current.tolist()))
    file.write_text("voltage,current\n" + "".join(rows))
    return {**words, "csv": file.name}


def _document(words: Mapping[str, Any]) -> str:
    """The words as TOML, with tables in line."""
    return "".join(f"{json.dumps(key)} = {_toml(value)}\n" for key, value in words.items())


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(str(k))} = {_toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    if isinstance(value, (float, np.floating)):
        return repr(float(value))
    if isinstance(value, (Sequence, np.ndarray)):
        return "[" + ", ".join(_toml(each) for each in value) + "]"
    raise TypeError(f"{value!r} is of type {type(value).__name__}: give numbers, texts, lists or mappings")
