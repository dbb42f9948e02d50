"""Errors of the package: exceptions with the place and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._core import Diagnostic


class Error(Exception):
    """What all errors of the package are.

    Attributes
    ----------
    file : str or None
        The file, as it was named, if the error has a place.
    line, column : int or None
        Where in it, from 1.
    remedy : str or None
        What to do, where the message does not say it itself.
    results : object or None
        What a run had before it failed.
    """

    def __init__(
        self,
        message: str,
        *,
        file: str | None = None,
        line: int | None = None,
        column: int | None = None,
        remedy: str | None = None,
        results: Any = None,
    ) -> None:
        super().__init__(message)
        self.file = file
        self.line = line
        self.column = column
        self.remedy = remedy
        self.results = results


class DeckError(Error, ValueError):
    """A circuit's text has mistakes.

    Place and remedy are those of the first.

    Attributes
    ----------
    diagnostics : list of Diagnostic
        Every mistake, and the warnings beside them; ``print(diagnostic)`` shows one with its line.
    """

    def __init__(self, message: str, *, diagnostics: list[Diagnostic]) -> None:
        first = next((each for each in diagnostics if each.severity == "error"), None)
        if first is None:
            super().__init__(message)
        else:
            super().__init__(
                message,
                file=first.file,
                line=first.line,
                column=first.column,
                remedy=first.remedy,
            )
        self.diagnostics = diagnostics


class NetworkError(Error, ValueError):
    """A network that cannot be, or cannot be run."""


class FitError(Error, ValueError):
    """Measurements that are none, or to which no device was fitted."""


class TrainingError(Error, ValueError):
    """Data, options or a network that nothing is trained with. `results` is the training so far, if there is one."""


class HardwareError(Error, ValueError):
    """A core that cannot be."""


class RunError(Error, RuntimeError):
    """A run that could not go on. `results` has what it had, if there is anything."""


class Interrupted(KeyboardInterrupt):
    """Ctrl-C in a run.

    A `KeyboardInterrupt`, so that a script which does not care stops as any other.

    Attributes
    ----------
    results : object
        What the run would have returned, complete up to its `reached_s`.
    """

    def __init__(self, message: str, *, results: Any = None) -> None:
        super().__init__(message)
        self.results = results
