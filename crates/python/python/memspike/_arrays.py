"""What users give as arrays, made contiguous and of one type, or refused by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]
Indices = npt.NDArray[np.uint32]


def floats(name: str, given: Any, shape: Sequence[int] | None = None) -> npt.NDArray[Any]:
    """Real numbers as a contiguous array of float64, or of float32 where they are that.

    Parameters
    ----------
    name : str
        What it is, for messages.
    given : array_like
        Numbers of any real type, in any layout.
    shape : sequence of int, optional
        The shape that it must have.

    Raises
    ------
    TypeError
        If it holds something else than real numbers.
    ValueError
        If it has another shape.
    """
    array = np.asarray(given)
    if array.dtype.kind not in "fiub" or array.dtype.itemsize > 8:
        raise TypeError(f"{name} has the type {array.dtype}: give real numbers, such as float64")
    if shape is not None and array.shape != tuple(shape):
        raise ValueError(f"{name} has the shape {array.shape}: {tuple(shape)} is needed")
    kind = np.float32 if array.dtype == np.float32 else np.float64
    return np.asarray(array, dtype=kind, order="C")


def doubles(name: str, given: Any, shape: Sequence[int] | None = None) -> Doubles:
    """As `floats`, in double precision."""
    return np.asarray(floats(name, given, shape), dtype=np.float64, order="C")


def indices(name: str, given: Any, below: int) -> Indices:
    """Whole numbers from 0 to one below a bound, as a contiguous array of one axis.

    Raises
    ------
    TypeError
        If they are no whole numbers.
    ValueError
        If there are several axes, or one is out of bounds; the first is named.
    """
    array = np.asarray(given)
    if array.size == 0:
        array = array.astype(np.uint32)
    if array.dtype.kind not in "iu":
        raise TypeError(f"{name} has the type {array.dtype}: give whole numbers")
    if array.ndim != 1:
        raise ValueError(f"{name} has the shape {array.shape}: an array of one axis is needed")
    if array.size and (array.min() < 0 or array.max() >= below):
        at = int(np.argmax((array < 0) | (array >= below)))
        raise ValueError(f"{name}[{at}] is {array[at]}: there are {below}, from 0 on")
    return np.asarray(array, dtype=np.uint32, order="C")
