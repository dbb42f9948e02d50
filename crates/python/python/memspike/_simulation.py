"""Networks on their way."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from . import _core
from ._arrays import doubles, indices
from ._errors import Interrupted, RunError
from ._network_run import NetworkRun
from ._spikes import Membranes, Spikes

if TYPE_CHECKING:
    from ._network import Network


@dataclass(frozen=True, kw_only=True)
class Probe:
    """Membranes that are looked at while a network runs.

    Parameters
    ----------
    population : str
    every_s : float
        Time between two looks (s); the first is at 0.
    neurons : array of one axis, optional
        Which of them. Left out: all.
    """

    population: str
    every_s: float
    neurons: npt.ArrayLike | None = None


class Simulation:
    """A network on its way, which can be run piece by piece.

    Where it is cut into pieces changes no bit.

    Parameters
    ----------
    network : Network
    seed, threads, probes, record, precision
        As in `Network.simulate`.
    window_s : float, optional
        The longest window (s); speed depends on it, results do not.

    Raises
    ------
    NetworkError
        If the network cannot be run.
    """

    def __init__(
        self,
        network: Network,
        *,
        seed: int = 0,
        threads: int | None = None,
        probes: Sequence[Probe] = (),
        record: str | Sequence[str] | None = None,
        precision: Literal["single", "double"] = "single",
        window_s: float | None = None,
    ) -> None:
        if precision not in ("single", "double"):
            raise ValueError(f"there is no precision {precision!r}: give 'single' or 'double'")
        sizes = network.populations
        self._probes = [(probe.population, _probed(probe, sizes.get(probe.population, 0))) for probe in probes]
        asked = [
            (probe.population, neurons.tolist(), float(probe.every_s))
            for probe, (_, neurons) in zip(probes, self._probes)
        ]
        self._core = _core.Simulation(
            network._core,
            seed,
            _workers(threads),
            window_s,
            precision == "single",
            None if record is None else [record] if isinstance(record, str) else list(record),
            asked,
        )

    def run(self, until: float) -> NetworkRun:
        """Goes on to the end of the closed interval up to `until` (s), and gives what happened since the last call.

        Raises
        ------
        ValueError
            If the run is beyond that already.
        RunError
            If it runs away; `results` has what there is.
        Interrupted
            On Ctrl-C; `results` has what there is, and another call goes on from there.
        """
        try:
            return self._told(self._core.run(float(until)))
        except (Interrupted, RunError) as stop:
            if stop.results is not None:
                stop.results = self._told(stop.results)
            raise

    def _told(self, words: dict[str, Any]) -> NetworkRun:
        sizes = dict(words["populations"])
        spikes = {name: Spikes(times, neurons, sizes[name]) for name, (times, neurons) in words["spikes"].items()}
        membranes = [Membranes(name, neurons, *seen) for (name, neurons), seen in zip(self._probes, words["membranes"])]
        return NetworkRun(
            spikes=spikes,
            membranes=membranes,
            reached_s=words["reached_s"],
            interrupted=words["interrupted"],
            counters=words["counters"],
            notes=words["notes"],
        )

    @property
    def now_s(self) -> float:
        """Up to where all has happened (s)."""
        return self._core.now_s

    @property
    def synapses(self) -> int:
        """Synapses of all neurons."""
        return self._core.synapses

    @property
    def nbytes(self) -> int:
        """Bytes that synapses, states and what is under way take."""
        return self._core.nbytes

    @property
    def digest(self) -> str:
        """A number that other populations, synapses or seeds would hardly have; as `memspike net --json` shows it."""
        return self._core.digest

    def potentials(self, population: str) -> npt.NDArray[np.float64]:
        """Potential (V) of each neuron of a population now; NaN without a membrane."""
        return self._core.potentials(population)

    def shifts(self, population: str) -> npt.NDArray[np.float64]:
        """How far synaptic currents move the asymptote (V) of each neuron now; NaN where there are none."""
        return self._core.shifts(population)

    def play(self, population: str, times_s: npt.ArrayLike, neurons: npt.ArrayLike | None = None) -> None:
        """Lets neurons of a population of `Input` spike.

        Parameters
        ----------
        population : str
        times_s : array of one axis
            Instants (s), none of them over.
        neurons : array of one axis, optional
            Which neuron at each. Left out: neuron 0.

        Raises
        ------
        ValueError
            If an instant is over, or a neuron is no input.
        """
        times = np.atleast_1d(doubles("times_s", times_s))
        who = np.zeros(times.shape, np.uint32) if neurons is None else neurons
        numbers = indices("neurons", np.atleast_1d(np.asarray(who)), 2**32)
        times = doubles("times_s", times, numbers.shape)
        self._core.play(population, times, numbers)

    def drive(self, population: str, asymptote_v: float) -> None:
        """Changes from now on what drives the membranes of a population.

        Parameters
        ----------
        population : str
        asymptote_v : float
            Potential (V) that they approach where nothing arrives: rest plus ``drive_v``, or rest plus
            ``drive_ampere * tau_s / capacitance_farad``. It holds after the instant `now_s`.

        Raises
        ------
        ValueError
            If the population has no membranes, or the potential is beyond 1e6 V.
        """
        self._core.drive(population, float(asymptote_v))

    def save(self) -> bytes:
        """An image of where the run is, from which `load` goes on to the same bits."""
        return self._core.save()

    def load(self, image: bytes, *, branch: bool = False) -> None:
        """Goes on where an image was saved. A simulation takes it before it runs.

        Parameters
        ----------
        image : bytes
            Of `save`, of this network under this seed.
        branch : bool
            Take that of another network with the same neurons: other synapses, seed, or rates of `Poisson`.

        Raises
        ------
        RunError
            If it is damaged, or of another network, or this simulation has run.
        """
        self._core.load(image, branch)


def _workers(threads: int | None) -> int:
    if threads is None:
        return os.cpu_count() or 1
    if threads < 1:
        raise ValueError(f"threads is {threads}: give at least one")
    return threads


def _probed(probe: Probe, size: int) -> npt.NDArray[np.uint32]:
    if probe.neurons is None:
        return np.arange(size, dtype=np.uint32)
    return indices(f"neurons of a probe of '{probe.population}'", probe.neurons, max(size, 1))
