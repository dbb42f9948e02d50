"""Circuits: decks read, checked and run; circuits built without text."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from . import _core
from ._errors import Interrupted, RunError
from ._waveform import Waveform

Diagnostic = _core.Diagnostic


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
        return self.columns[name]

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
    spikes : dict of str to ndarray of float64
        Instants (s) at which each device turned on.
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
    spikes: dict[str, npt.NDArray[np.float64]]
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
    _json: str

    def __getitem__(self, name: str) -> float | None:
        return self.measures[name.lower()]

    def to_dict(self) -> dict[str, Any]:
        """The form of ``memspike run --json``; of its warnings those of the run."""
        words: dict[str, Any] = json.loads(self._json)
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

    def __repr__(self) -> str:
        return f"<{len(self)} runs>"


class Deck:
    r"""A SPICE deck that has been read.

    Read one with `from_file` or `from_str`.

    Examples
    --------
    >>> import memspike as ms
    >>> deck = ms.Deck.from_str("RC\nV1 in 0 1\nR1 in out 1k\nC1 out 0 1u ic=0\n.tran 5m uic\n.end\n")
    >>> out = deck.run(save=["v(out)"]).waveforms["v(out)"]
    >>> round(float(out(1e-3)), 6)
    0.632121
    """

    def __init__(self, read: Any, core: _core.Deck) -> None:
        self._read = read
        self._core = core

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> Deck:
        """Reads a file and its includes, which are relative to it.

        Raises
        ------
        DeckError
            If it cannot be read or has mistakes: all of them.
        """
        name = os.fspath(path)
        if name == "-":
            raise ValueError("'-' is standard input: read it and use from_str")

        def read(save: str | None) -> _core.Deck:
            return _core.Deck.from_file(name, save)

        return cls(read, read(None))

    @classmethod
    def from_str(cls, text: str, name: str = "deck.cir") -> Deck:
        """Reads a text, whose first line is the title.

        Parameters
        ----------
        text : str
        name : str
            Stands in diagnostics; includes are relative to it.

        Raises
        ------
        DeckError
            If it has mistakes: all of them.
        """

        def read(save: str | None) -> _core.Deck:
            return _core.Deck.from_text(name, text, save)

        return cls(read, read(None))

    @property
    def title(self) -> str:
        """The first line."""
        return self._core.title

    @property
    def files(self) -> list[str]:
        """The deck and its includes; once it was checked or run, also weights and images that its cards name."""
        return [os.fspath(path) for path in self._core.files]

    def check(self, seed: int = 0) -> list[Diagnostic]:
        """Elaborates every run without running it.

        Returns
        -------
        list of Diagnostic
            The warnings, each once.

        Raises
        ------
        DeckError
            If the deck has mistakes: all of them.
        """
        return self._core.check(seed)

    def run(
        self,
        until: float | None = None,
        seed: int = 0,
        save: Sequence[str] | str | None = None,
        threads: int | None = None,
    ) -> Run:
        """Runs a deck that asks for one run.

        Parameters
        ----------
        until : float, optional
            End (s) instead of the deck's.
        seed : int
            Of random functions and of devices that vary.
        save : sequence of str or 'all', optional
            Waveforms to keep, such as ``['v(out)', 'i(N1)', 'v(mem[0:3])']``, as in `.save`; ``'all'``: those of the
            deck's `.save`, or else every voltage and the current of every device. Left out: none. With names, the
            deck's files are read again.
        threads : int, optional
            No bit of a result depends on them. Left out: one for each core.

        Raises
        ------
        DeckError
            If the deck has mistakes.
        RunError
            If the circuit has no finite solution.
        ValueError
            If the deck has `.step` or `.mc`: `run_all` runs it.
        Interrupted
            On Ctrl-C; `results` is the `Run` up to there.
        """
        count, is_list = self._core.runs()
        if is_list:
            raise ValueError(f"the deck asks for {count} runs, by .step or .mc: use run_all")
        try:
            return _run(self._saving(save).run(until, seed, threads, save is not None)[0])
        except Interrupted as stop:
            stop.results = _run(stop.results[0]) if stop.results else None
            raise

    def run_all(
        self,
        until: float | None = None,
        seed: int = 0,
        save: Sequence[str] | str | None = None,
        threads: int | None = None,
    ) -> Runs:
        """Runs every point of `.step` and every sample of `.mc`, side by side.

        Parameters
        ----------
        until, seed, save, threads
            As in `run`.

        Raises
        ------
        DeckError, RunError
            As `run`; `results` of the latter has the runs before the one that failed.
        Interrupted
            On Ctrl-C; `results` are the `Runs` up to there, of which the last ones may be interrupted.
        """
        try:
            done = self._saving(save).run(until, seed, threads, save is not None)
            return Runs([_run(words) for words in done])
        except (Interrupted, RunError) as stop:
            if stop.results is not None:
                stop.results = Runs([_run(words) for words in stop.results])
            raise

    def _saving(self, save: Sequence[str] | str | None) -> _core.Deck:
        if save is None or save == "all":
            return self._core
        names = [save] if isinstance(save, str) else list(save)
        core: _core.Deck = self._read(" ".join(names))
        return core

    def __repr__(self) -> str:
        return f"<deck {self.title!r}>"


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


def _run(words: dict[str, Any]) -> Run:
    waveforms = {name: Waveform(name, core) for name, core in words["waveforms"].items()}
    return Run(
        measures=words["measures"],
        units=words["units"],
        spikes=words["spikes"],
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
        _json=words["json"],
    )


class Circuit:
    """A circuit built element by element, without text.

    Every method returns the circuit, so that calls can be chained; `deck` gives what is run. Node ``'0'`` is ground.

    Examples
    --------
    >>> import memspike as ms
    >>> circuit = ms.Circuit("RC").voltage("V1", "in", "0", 1.0).resistor("R1", "in", "out", 1e3)
    >>> circuit = circuit.capacitor("C1", "out", "0", 1e-6, initial_v=0.0)
    >>> out = circuit.deck(5e-3, from_initial_conditions=True).run(save=["v(out)"]).waveforms["v(out)"]
    """

    def __init__(self, title: str = "circuit") -> None:
        self._title = _word("title", title, spaces=True)
        self._lines: list[str] = []

    def resistor(self, name: str, plus: str, minus: str, ohm: float) -> Circuit:
        """Adds a resistor (ohm)."""
        return self._element("r", name, [plus, minus], _number(ohm))

    def capacitor(self, name: str, plus: str, minus: str, farad: float, *, initial_v: float | None = None) -> Circuit:
        """Adds a capacitor (F), with a voltage at the beginning (V) if it is given."""
        initial = "" if initial_v is None else f" ic={_number(initial_v)}"
        return self._element("c", name, [plus, minus], _number(farad) + initial)

    def inductor(self, name: str, plus: str, minus: str, henry: float, *, initial_a: float | None = None) -> Circuit:
        """Adds an inductor (H), with a current at the beginning (A) if it is given."""
        initial = "" if initial_a is None else f" ic={_number(initial_a)}"
        return self._element("l", name, [plus, minus], _number(henry) + initial)

    def voltage(self, name: str, plus: str, minus: str, volt: float | str) -> Circuit:
        """Adds a source of voltage: constant (V), or a function as decks write it: ``'PULSE(0 1 0 1n 1n 1m 2m)'``."""
        return self._element("v", name, [plus, minus], _source(volt))

    def current(self, name: str, plus: str, minus: str, ampere: float | str) -> Circuit:
        """Adds a source of current: constant (A), or a function as decks write it."""
        return self._element("i", name, [plus, minus], _source(ampere))

    def device(self, name: str, plus: str, minus: str, card: Card) -> Circuit:
        """Adds a memristor of a card, whose model line comes with it."""
        line = str(card).strip()
        if line not in self._lines:
            self._lines.append(line)
        return self._element("n", name, [plus, minus], card.name)

    def card(self, text: str) -> Circuit:
        """Adds a line of a deck as it is, such as ``'.meas tran rate frequency N1'``."""
        self._lines.append(_word("card", text, spaces=True))
        return self

    def deck(
        self,
        until: float | None = None,
        *,
        from_initial_conditions: bool = False,
        name: str = "circuit",
    ) -> Deck:
        """The deck of what was added.

        Parameters
        ----------
        until : float, optional
            End of the run (s). Left out: no run in time.
        from_initial_conditions : bool
            Whether it begins from the initial values instead of an operating point.
        name : str
            Stands in diagnostics.

        Raises
        ------
        DeckError
            If the circuit has mistakes.
        """
        return Deck.from_str(self.text(until, from_initial_conditions), name)

    def text(self, until: float | None = None, from_initial_conditions: bool = False) -> str:
        """The deck's text."""
        run = []
        if until is not None:
            run = [f".tran {_number(until)}{' uic' if from_initial_conditions else ''}"]
        return "\n".join([self._title, *self._lines, *run, ".end", ""])

    def _element(self, letter: str, name: str, nodes: list[str], rest: str) -> Circuit:
        if not name.lower().startswith(letter):
            raise ValueError(f"the name {name!r} must begin with {letter.upper()!r}")
        words = [_word("name", name), *(_word("node", node) for node in nodes), rest]
        self._lines.append(" ".join(words))
        return self


def _word(what: str, text: str, *, spaces: bool = False) -> str:
    bad = any(ord(letter) < 32 for letter in text) or (not spaces and len(text.split()) != 1)
    if bad or (not spaces and text != text.strip()):
        raise ValueError(f"{what} {text!r} must be one line" + ("" if spaces else " without spaces"))
    return text


def _number(value: float) -> str:
    number = float(value)
    if not np.isfinite(number):
        raise ValueError(f"{value} is no finite number")
    return repr(number)


def _source(value: float | str) -> str:
    return _word("function", value, spaces=True) if isinstance(value, str) else _number(value)


class Card:
    """A device's model with the value of each of its parameters.

    Read one with `from_file` or `from_str`.
    """

    def __init__(self, core: _core.Card) -> None:
        self._core = core

    @classmethod
    def from_file(cls, path: str | os.PathLike[str], name: str | None = None) -> Card:
        """The first model of a file of cards, or the one of this name.

        Raises
        ------
        DeckError
            If the file cannot be read or has mistakes.
        KeyError
            If there is no such model.
        """
        return cls._of(_core.Card.from_file(os.fspath(path)), name)

    @classmethod
    def from_str(cls, text: str, name: str | None = None) -> Card:
        """As `from_file`, from a text without a title, such as ``'.model x ts_memristor(von=0.2)'``."""
        return cls._of(_core.Card.from_text("card.lib", text), name)

    @classmethod
    def _of(cls, cards: list[_core.Card], name: str | None) -> Card:
        found = [card for card in cards if name is None or card.name == name.lower()]
        if not found:
            known = ", ".join(card.name for card in cards) or "none"
            raise KeyError(f"there is no model '{name}'; there are: {known}")
        return cls(found[0])

    @property
    def name(self) -> str:
        """Its name, in lower case."""
        return self._core.name

    @property
    def kind(self) -> str:
        """The kind of model, such as ``ts_memristor``."""
        return self._core.kind

    @property
    def parameters(self) -> dict[str, float]:
        """The value of each parameter, in its unit."""
        return self._core.parameters

    @property
    def meanings(self) -> dict[str, tuple[str, str]]:
        """Unit and meaning of each parameter."""
        return self._core.meanings

    def __getitem__(self, parameter: str) -> float:
        return self._core.parameters[parameter]

    def replace(self, name: str | None = None, **values: float) -> Card:
        """The same card with another name or other values.

        Raises
        ------
        KeyError
            If the kind has no such parameter.
        ValueError
            If the values, taken together, describe no device.
        """
        word = None if name is None else _word("name", name)
        return Card(self._core.with_values(word, list(values.items())))

    def __str__(self) -> str:
        """The model line: read again, it has the same values to the last bit."""
        return str(self._core)

    def __repr__(self) -> str:
        return f"<card {self.name} of kind {self.kind}>"
