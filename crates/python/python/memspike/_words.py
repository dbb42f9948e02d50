"""Words of decks from values."""

from __future__ import annotations

import math


def one_line(what: str, text: str, *, spaces: bool = False) -> str:
    """The text, if it is one line; also without spaces, unless they are allowed. Raises `ValueError`."""
    bad = any(ord(letter) < 32 for letter in text) or (not spaces and len(text.split()) != 1)
    if bad or (not spaces and text != text.strip()):
        raise ValueError(f"{what} {text!r} must be one line" + ("" if spaces else " without spaces"))
    return text


def number(value: float) -> str:
    """A number as decks read it to the last bit. Raises `ValueError` if it is not finite."""
    finite = float(value)
    if not math.isfinite(finite):
        raise ValueError(f"{value} is no finite number")
    return repr(finite)
