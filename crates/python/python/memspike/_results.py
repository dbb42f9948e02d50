"""What runs of decks give."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ._core import Diagnostic, Report
from ._show import drawn, html_table, raster
from ._waveform import Waveform


class Waveforms(Mapping[str, Waveform]):
    """The waveforms of a run by name; a name that was not saved is said so."""

    def __init__(self, waveforms: dict[str, Waveform]) -> None:
        self._waveforms = waveforms

    def __getitem__(self, name: str) -> Waveform:
        found = self._waveforms.get(name.lower().replace(" ", ""))
        if found is None:
            known = ", ".join(self._waveforms) or "nothing"
            raise KeyError(f"{name} was not saved, which {known} is: run it with save=['{name}']")
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._waveforms)

    def __len__(self) -> int:
        return len(self._waveforms)


class DeviceSpikes(Mapping[str, npt.NDArray[np.float64]]):
    """Instants (s) at which devices turned on, by the names of the deck, whose letters may be large or small."""

    def __init__(self, spikes: dict[str, npt.NDArray[np.float64]]) -> None:
        self._spikes = spikes

    def __getitem__(self, name: str) -> npt.NDArray[np.float64]:
        found = self._spikes.get(name.lower())
        if found is None:
            known = ", ".join(self._spikes) or "none"
            raise KeyError(f"no device '{name}' spikes: there are {known}")
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._spikes)

    def __len__(self) -> int:
        return len(self._spikes)

    def __repr__(self) -> str:
        return repr(self._spikes)


@dataclass(frozen=True)
class Table:
    """What `.op`, `.dc` or `.ac` gave.

    Attributes
    ----------
    columns : dict of str to ndarray, shape (n,)
        In the deck's order; of `.ac` amplitudes are complex.
    units : dict of str to str
        V, A, Hz or ohm.
    """

    columns: dict[str, npt.NDArray[Any]]
    units: dict[str, str]

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        return self.columns[name if name in self.columns else name.lower().replace(" ", "")]

    def _repr_html_(self) -> str:
        names = [f"{name} ({unit})" if unit else name for name, unit in self.units.items()]
        return html_table(names, zip(*(self.columns[name] for name in self.units)))

    def to_pandas(self) -> Any:
        """As a `pandas.DataFrame`. Raises `ImportError` if pandas is not installed."""
        import pandas as pd

        return pd.DataFrame(self.columns)


@dataclass(frozen=True, eq=False)
class Run:
    """What a run of a deck gave.

    Attributes
    ----------
    measures : dict of str to float or None
        Every `.meas` in the deck's order; None if what it waits for never happened.
    units : dict of str to str
        Their units.
    spikes : DeviceSpikes
        Instants (s) at which each device turned on: a mapping of str to ndarray of float64.
    waveforms : Waveforms
        What was saved, by name.
    op, dc, ac : Table or None
        What the circuit at rest gave, if the deck asks for it.
    params : dict of str to float
        What `.step` set.
    sample : int or None
        The sample of `.mc`, from 0.
    reached_s : float
        How far the run came (s).
    interrupted : bool
        Whether it was stopped before its end.
    counters : dict of str to int
        The engine's work.
    warnings, notes : list of str
        What the user should know, or may want to.
    diagnostics : list of Diagnostic
        What the deck was told.
    """

    measures: dict[str, float | None]
    units: dict[str, str]
    spikes: DeviceSpikes
    waveforms: Waveforms
    op: Table | None
    dc: Table | None
    ac: Table | None
    params: dict[str, float]
    sample: int | None
    reached_s: float
    interrupted: bool
    counters: dict[str, int]
    warnings: list[str]
    notes: list[str]
    diagnostics: list[Diagnostic]
    _report: Report

    def __getitem__(self, name: str) -> float | None:
        return self.measures[name.lower()]

    def plot(self, axes: object | None = None) -> object:
        """Draws the instants at which devices turned on: a row for each device, on matplotlib's axes, given or new.

        Returns
        -------
        matplotlib's axes, or a `Figure` where matplotlib is not installed
        """
        numbers = [np.full(len(times), row) for row, times in enumerate(self.spikes.values())]
        title = "devices: " + ", ".join(self.spikes)
        times, rows = (np.concatenate([np.empty(0), *parts]) for parts in (self.spikes.values(), numbers))
        return drawn(raster(title, times, rows), axes)

    def _repr_html_(self) -> str:
        rows = [(name, value, self.units.get(name, "")) for name, value in self.measures.items()]
        return html_table(["measure", "value", "unit"], rows)

    def to_dict(self) -> dict[str, Any]:
        """The form of ``memspike run --json``; of its warnings those of the run."""
        words: dict[str, Any] = json.loads(self._report.json())
        return words

    def __repr__(self) -> str:
        measures = ", ".join(f"{name}={value}" for name, value in self.measures.items())
        return f"<run to {self.reached_s} s: {measures or 'no measures'}>"


class Runs(Sequence[Run]):
    """The runs of `.step` and `.mc`, in order."""

    def __init__(self, runs: list[Run]) -> None:
        self._runs = runs

    def __getitem__(self, at: Any) -> Any:
        return Runs(self._runs[at]) if isinstance(at, slice) else self._runs[at]

    def __len__(self) -> int:
        return len(self._runs)

    def table(self) -> dict[str, npt.NDArray[np.float64]]:
        """Parameters, ``sample`` if there is one, and measures of all runs as columns; NaN where there is no value."""
        if not self._runs:
            return {}
        first = self._runs[0]
        columns: dict[str, list[float | None]] = {name: [] for name in first.params}
        if first.sample is not None:
            columns["sample"] = []
        columns.update({name: [] for name in first.measures})
        for run in self._runs:
            row = {**run.params, "sample": run.sample, **run.measures}
            for name, column in columns.items():
                column.append(row[name])
        return {name: np.array(column, dtype=np.float64) for name, column in columns.items()}

    def to_pandas(self) -> Any:
        """The table as a `pandas.DataFrame`. Raises `ImportError` if pandas is not installed."""
        import pandas as pd

        return pd.DataFrame(self.table())

    def _repr_html_(self) -> str:
        table = self.table()
        return html_table(list(table), zip(*table.values()))

    def __repr__(self) -> str:
        return f"<{len(self)} runs>"


def _table(words: dict[str, tuple[npt.NDArray[np.float64], str]] | None) -> Table | None:
    if words is None:
        return None
    columns: dict[str, npt.NDArray[Any]] = {}
    units: dict[str, str] = {}
    for name, (values, unit) in words.items():
        if name.endswith(".im"):
            columns[name[:-3]] = columns[name[:-3]] + 1j * values
        else:
            plain = name.removesuffix(".re")
            columns[plain] = values
            units[plain] = unit
    return Table(columns, units)


def run_of(words: dict[str, Any]) -> Run:
    """A run from the words of the core."""
    waveforms = {name: Waveform(name, core) for name, core in words["waveforms"].items()}
    return Run(
        measures=words["measures"],
        units=words["units"],
        spikes=DeviceSpikes(words["spikes"]),
        waveforms=Waveforms(waveforms),
        op=_table(words.get("op")),
        dc=_table(words.get("dc")),
        ac=_table(words.get("ac")),
        params=words["params"],
        sample=words["sample"],
        reached_s=words["reached_s"],
        interrupted=words["interrupted"],
        counters=words["counters"],
        warnings=words["warnings"],
        notes=words["notes"],
        diagnostics=words["diagnostics"],
        _report=words["report"],
    )
