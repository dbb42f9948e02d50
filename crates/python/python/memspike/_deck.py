"""Decks: read, checked and run."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from . import _core
from ._core import Diagnostic
from ._errors import Interrupted, RunError
from ._results import Run, Runs, run_of


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

    def __init__(self, read: Callable[[str | None], _core.Deck], core: _core.Deck) -> None:
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
            return run_of(self._saving(save).run(until, seed, threads, save is not None)[0])
        except Interrupted as stop:
            stop.results = run_of(stop.results[0]) if stop.results else None
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
            return Runs([run_of(words) for words in done])
        except (Interrupted, RunError) as stop:
            if stop.results is not None:
                stop.results = Runs([run_of(words) for words in stop.results])
            raise

    def _saving(self, save: Sequence[str] | str | None) -> _core.Deck:
        if save is None or save == "all":
            return self._core
        names = [save] if isinstance(save, str) else list(save)
        core: _core.Deck = self._read(" ".join(names))
        return core

    def __repr__(self) -> str:
        return f"<deck {self.title!r}>"
