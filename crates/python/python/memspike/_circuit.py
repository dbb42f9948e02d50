"""Circuits built without text."""

from __future__ import annotations

from ._card import Card
from ._deck import Deck
from ._words import number, one_line


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
        self._title = one_line("title", title, spaces=True)
        self._lines: list[str] = []

    def resistor(self, name: str, plus: str, minus: str, ohm: float) -> Circuit:
        """Adds a resistor (ohm)."""
        return self._element("r", name, [plus, minus], number(ohm))

    def capacitor(self, name: str, plus: str, minus: str, farad: float, *, initial_v: float | None = None) -> Circuit:
        """Adds a capacitor (F), with a voltage at the beginning (V) if it is given."""
        initial = "" if initial_v is None else f" ic={number(initial_v)}"
        return self._element("c", name, [plus, minus], number(farad) + initial)

    def inductor(self, name: str, plus: str, minus: str, henry: float, *, initial_a: float | None = None) -> Circuit:
        """Adds an inductor (H), with a current at the beginning (A) if it is given."""
        initial = "" if initial_a is None else f" ic={number(initial_a)}"
        return self._element("l", name, [plus, minus], number(henry) + initial)

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
        self._lines.append(one_line("card", text, spaces=True))
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
            run = [f".tran {number(until)}{' uic' if from_initial_conditions else ''}"]
        return "\n".join([self._title, *self._lines, *run, ".end", ""])

    def _element(self, letter: str, name: str, nodes: list[str], rest: str) -> Circuit:
        if not name.lower().startswith(letter):
            raise ValueError(f"the name {name!r} must begin with {letter.upper()!r}")
        words = [one_line("name", name), *(one_line("node", node) for node in nodes), rest]
        self._lines.append(" ".join(words))
        return self


def _source(value: float | str) -> str:
    return one_line("function", value, spaces=True) if isinstance(value, str) else number(value)
