"""Cards of devices."""

from __future__ import annotations

import os

from . import _core
from ._words import one_line


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
        word = None if name is None else one_line("name", name)
        return Card(self._core.with_values(word, list(values.items())))

    def __str__(self) -> str:
        """The model line: read again, it has the same values to the last bit."""
        return str(self._core)

    def __repr__(self) -> str:
        return f"<card {self.name} of kind {self.kind}>"
