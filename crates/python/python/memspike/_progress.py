"""How far long work is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

_Words = tuple[int, float, float, float]


@dataclass(frozen=True)
class Epoch:
    """What an epoch of a training gave.

    Attributes
    ----------
    number : int
        From 1.
    loss : float
        Mean loss over the training data, while it fell.
    training_accuracy, validation_accuracy : float
        Parts of the data that are decided rightly; of training where none are kept for validation.
    """

    number: int
    loss: float
    training_accuracy: float
    validation_accuracy: float


@dataclass(frozen=True)
class Progress:
    """How far a training or an evaluation is; what a callback is given, at most 50 times a second.

    Attributes
    ----------
    done, total : int
        Images, samples or clock cycles; `total` is 0 where it is not known.
    epoch : Epoch or None
        The last epoch that is done.
    """

    done: int
    total: int
    epoch: Epoch | None


Callback = Callable[[Progress], object]


def teller(callback: Callback | None) -> Callable[[int, int, _Words | None], object] | None:
    """What the core calls for a callback."""
    if callback is None:
        return None
    return lambda done, total, epoch: callback(Progress(done, total, None if epoch is None else Epoch(*epoch)))
