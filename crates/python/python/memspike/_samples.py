"""Spikes of inputs under labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from . import _core
from ._arrays import doubles, indices

MOST_DRAWN = 10_000_000
"""Samples that are drawn at once; they take some 2 GB."""


class Samples:
    """Spikes of inputs under labels: of `from_spikes` or `yin_yang`.

    Attributes
    ----------
    until_s : float
        How long a sample is shown (s), unless a training says otherwise.
    """

    def __init__(self, core: _core.Samples, until_s: float) -> None:
        self._core = core
        self.until_s = until_s

    @classmethod
    def from_spikes(
        cls, spikes: Sequence[tuple[npt.ArrayLike, npt.ArrayLike]], labels: npt.ArrayLike, until: float | None = None
    ) -> Samples:
        """Samples from arrays.

        Parameters
        ----------
        spikes : sequence of pairs of arrays of one axis
            Of each sample instants (s) and inputs, in any order; at least one spike. Instants are rounded to
            femtoseconds.
        labels : array of one axis
            The class of each, from 0.
        until : float, optional
            How long a sample is shown (s). Left out: twice as long as until the last spike of all.

        Raises
        ------
        ValueError
            If there are not as many labels as samples, or a sample has no spike.
        TrainingError
            If a number stands for nothing, or one input spikes twice at one instant.
        """
        classes = indices("labels", np.atleast_1d(np.asarray(labels)), 10_000)
        if len(classes) != len(spikes):
            raise ValueError(f"there are {len(classes)} labels for {len(spikes)} samples")
        parts = [np.empty((0, 4))]
        for number, (times_s, inputs) in enumerate(spikes):
            times = np.atleast_1d(doubles(f"instants of sample {number}", times_s))
            who = doubles(f"inputs of sample {number}", np.atleast_1d(np.asarray(inputs)), times.shape)
            if times.size == 0:
                raise ValueError(f"sample {number} has no spike")
            rows = np.empty((times.size, 4))
            rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3] = times, who, number, classes[number]
            parts.append(rows)
        return cls._of(_core.Samples.of_events(np.concatenate(parts)), until)

    @classmethod
    def yin_yang(cls, part: Literal["training", "validation", "test"], count: int, seed: int = 0) -> Samples:
        """The Yin-Yang data set (Kriener, Goeltz and Petrovici 2022): five inputs, three classes, shown for 0.188 s.

        Parameters
        ----------
        part : {'training', 'validation', 'test'}
            Parts have other points.
        count : int
            How many, at most ten million; as many of each class.
        seed : int

        Raises
        ------
        ValueError
            If there is no such part, or the count is out of bounds.
        """
        if part not in ("training", "validation", "test"):
            raise ValueError(f"there is no part {part!r}: give 'training', 'validation' or 'test'")
        if not 0 <= count <= MOST_DRAWN:
            raise ValueError(f"count is {count}: it must be from 0 to {MOST_DRAWN}")
        return cls(_core.Samples.yin_yang(part, int(count), seed), 0.188)

    @classmethod
    def _of(cls, core: _core.Samples, until: float | None) -> Samples:
        return cls(core, 2 * core.last_s if until is None else float(until))

    @property
    def inputs(self) -> int:
        """Inputs: one more than the highest that spikes."""
        return self._core.inputs

    @property
    def classes(self) -> int:
        """Classes: one more than the highest label."""
        return self._core.classes

    def __len__(self) -> int:
        return len(self._core)

    def split(self, kept: int) -> tuple[Samples, Samples]:
        """All but the last `kept` samples, and these."""
        before, rest = self._core.split(kept)
        return Samples(before, self.until_s), Samples(rest, self.until_s)

    def events(self) -> npt.NDArray[np.float64]:
        """A table of all spikes: instant (s), input, sample, label. As a .npy, ``memspike train --data`` reads it."""
        return self._core.events()

    def __repr__(self) -> str:
        return f"<{len(self)} samples of {self.inputs} inputs and {self.classes} classes>"
