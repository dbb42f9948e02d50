"""What trainings and evaluations of layered networks give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ._errors import Interrupted, TrainingError
from ._network import Network
from ._progress import Epoch
from ._show import Chart, Curve, drawn, html_table


@dataclass(frozen=True, eq=False)
class Training:
    """What a training gave.

    Attributes
    ----------
    network : Network or None
        The network of the best epoch; None if no epoch is done.
    best : Epoch or None
        That epoch: the first of those with the highest accuracy in validation.
    history : list of Epoch
        All epochs.
    interrupted : bool
        Whether it was stopped before its end.
    checkpoint : bytes
        From which a call with the same data goes on, to the same bits; a ``checkpoint.json`` of ``memspike train``.
    """

    network: Network | None
    best: Epoch | None
    history: list[Epoch]
    interrupted: bool
    checkpoint: bytes

    def plot(self, axes: object | None = None) -> object:
        """Draws the accuracies over epochs: on matplotlib's axes, which are returned, or without it as a `Figure`."""
        return drawn(self._chart(), axes)

    def _chart(self) -> Chart:
        numbers = [float(epoch.number) for epoch in self.history]
        curves = [
            Curve("training", "line", numbers, [100 * epoch.training_accuracy for epoch in self.history]),
            Curve("validation", "line", numbers, [100 * epoch.validation_accuracy for epoch in self.history]),
        ]
        return Chart("accuracy over epochs", "epoch", "decided rightly (%)", curves)

    def _repr_html_(self) -> str:
        rows = [
            [epoch.number, epoch.loss, 100 * epoch.training_accuracy, 100 * epoch.validation_accuracy]
            for epoch in self.history
        ]
        return html_table(["epoch", "loss", "training (%)", "validation (%)"], rows)

    def __repr__(self) -> str:
        state = "interrupted" if self.interrupted else "complete"
        best = "no epoch is done" if self.best is None else f"{100 * self.best.validation_accuracy:.2f} % right"
        return f"<training of {len(self.history)} epochs, {state}: {best}>"


@dataclass(frozen=True, eq=False)
class Evaluation:
    """How good a network is, over many images.

    Attributes
    ----------
    images : int
        How many were shown.
    accuracy : float
        Part of them that was decided rightly.
    confusion : ndarray of uint32, shape (classes, classes)
        By label (row) and decision (column).
    spikes : ndarray of uint64, shape (classes, classes)
        By label (row) and output neuron (column).
    energy : dict of str to float
        Mean energy of an image (J), by where it goes; at point level that of the arrays alone.
    energy_by_layer : list of dict
        The same of the oscillation neurons, then of each layer; at point level empty.
    """

    images: int
    accuracy: float
    confusion: npt.NDArray[np.uint32]
    spikes: npt.NDArray[np.uint64]
    energy: dict[str, float]
    energy_by_layer: list[dict[str, float]]

    def _repr_html_(self) -> str:
        names = ["label", *(str(number) for number in range(len(self.confusion)))]
        rows = [[number, *row] for number, row in enumerate(self.confusion.tolist())]
        return f"<p>{100 * self.accuracy:.2f} % of {self.images} images</p>" + html_table(names, rows)

    def __repr__(self) -> str:
        return f"<evaluation of {self.images} images: {100 * self.accuracy:.2f} % right>"


def trained(train: Callable[[], dict[str, Any]]) -> Training:
    try:
        return _training(train())
    except (Interrupted, TrainingError) as stop:
        if stop.results is not None:
            stop.results = _training(stop.results)
        raise


def _training(words: dict[str, Any]) -> Training:
    return Training(
        network=None if words["network"] is None else Network(words["network"]),
        best=None if words["best"] is None else Epoch(*words["best"]),
        history=[Epoch(*each) for each in words["history"]],
        interrupted=words["interrupted"],
        checkpoint=words["checkpoint"],
    )
