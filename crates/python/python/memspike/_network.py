"""Networks of point neurons, run."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from . import _core
from ._arrays import doubles, indices
from ._errors import Interrupted, RunError
from ._network_run import NetworkRun
from ._show import html_table
from ._spikes import Membranes, Spikes


class Network:
    """A network that has been checked: of a `NetworkBuilder`, a file, a graph of NIR or a training.

    Attributes
    ----------
    nodes : dict of str to list of (str, list of int or None)
        Of a graph of NIR where each node is: populations, and which of the node's neurons they have where not all.
    """

    def __init__(self, core: _core.Network) -> None:
        self._core = core
        self.nodes: dict[str, list[tuple[str, list[int] | None]]] = {}

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> Network:
        """Reads a file, TOML or JSON, and the tables that it names.

        Raises
        ------
        NetworkError
            If it cannot be read or describes no network; with the place.
        """
        return cls(_core.Network.from_file(os.fspath(path)))

    @classmethod
    def from_nir(
        cls,
        path: str | os.PathLike[str],
        *,
        spike_area_s: float = 1.0,
        subtract: bool = False,
        loop_delay_s: float | None = None,
        spikes: Mapping[str, tuple[npt.ArrayLike, npt.ArrayLike]] | None = None,
        core: bool = False,
    ) -> Network:
        """Reads a graph of NIR, as ``memspike nir convert`` does.

        What cannot be represented is refused, never dropped.

        Parameters
        ----------
        path : path
            A ``.nir`` file of snnTorch, SpikingJelly, Norse, or another tool.
        spike_area_s : float
            The area of a spike (s, of a current of height 1): 1 for the Dirac of NIR; in the files of tools that step
            by ``dt`` it is ``dt``.
        subtract : bool
            A spike subtracts the threshold instead of setting the potential to ``v_reset``.
        loop_delay_s : float, optional
            Delay (s) of connections that close a loop of neurons without one.
        spikes : mapping of str to pair of arrays of one axis, optional
            Instants (s), in order, and neurons of inputs by their names. An input without is one of `Input`, to be
            played.
        core : bool
            Neurons as layers of a core have them, for `Core.from_network`.

        Raises
        ------
        NetworkError
            If it cannot be read or represented; with the name of its node.
        """
        given = {}
        for name, (times_s, neurons) in (spikes or {}).items():
            times = doubles(f"instants of '{name}'", np.atleast_1d(np.asarray(times_s)))
            given[name] = (times, indices(f"neurons of '{name}'", np.atleast_1d(np.asarray(neurons)), 2**32))
        reading = {
            "spike_area_s": float(spike_area_s),
            "subtract": subtract,
            "loop_delay_s": loop_delay_s,
            "spikes": given,
            "core": core,
        }
        read, placed = _core.from_nir(os.fspath(path), reading)
        network = cls(read)
        for node, population, members in placed:
            network.nodes.setdefault(node, []).append((population, members))
        return network

    def to_nir(self, path: str | os.PathLike[str], *, spike_area_s: float = 1.0) -> None:
        """Writes it as a graph of NIR.

        Parameters
        ----------
        path : path
            A ``.nir`` file.
        spike_area_s : float
            As in `from_nir`.

        Raises
        ------
        NetworkError
            If NIR has no node for a part of it, which is named, or the file cannot be written.
        """
        _core.to_nir(self._core, os.fspath(path), float(spike_area_s))

    def to_file(self, path: str | os.PathLike[str]) -> None:
        """Writes it as TOML or JSON, whichever the path says, and the tables of its weights beside it.

        Raises
        ------
        OSError
            If a file cannot be written.
        """
        self._core.write(os.fspath(path))

    def weights(self, projection: str) -> npt.NDArray[Any]:
        """Weights of a projection that has all connections; shape (sources, targets), float32 or float64.

        Raises
        ------
        KeyError
            If there is no such projection.
        ValueError
            If its connections are sparse or drawn.
        """
        weights = self._core.weights(projection)
        if weights is None:
            raise ValueError(f"the connections of '{projection}' are sparse or drawn: they have no matrix")
        return weights

    @property
    def shown_s(self) -> float | None:
        """How long an image is shown (s), if it says so."""
        return self._core.shown_s

    @property
    def populations(self) -> dict[str, int]:
        """Size of each population, by its name."""
        return {name: size for name, size, _ in self._core.populations}

    @property
    def projections(self) -> dict[str, tuple[str, str]]:
        """Source and target of each projection, by its name."""
        return {name: (source, target) for name, source, target in self._core.projections}

    @property
    def neurons(self) -> int:
        """Neurons of all populations."""
        return self._core.neurons

    @property
    def connections(self) -> int:
        """Connections of all projections; where their number is drawn, the expected one."""
        return self._core.connections

    def simulate(
        self,
        until: float,
        *,
        seed: int = 0,
        threads: int | None = None,
        probes: Sequence[Probe] = (),
        record: Sequence[str] | None = None,
        precision: Literal["single", "double"] = "single",
    ) -> NetworkRun:
        """Runs the network from 0 to the end of the closed interval up to `until`.

        Parameters
        ----------
        until : float
            End (s).
        seed : int
            What is drawn depends on it and on names alone.
        threads : int, optional
            No bit of a result depends on them. Left out: one for each core.
        probes : sequence of Probe
            Which membranes are looked at, and when. Spikes do not depend on it.
        record : sequence of str, optional
            Populations whose spikes are kept. Left out: all.
        precision : {'single', 'double'}
            How weights are stored; the run is exact for what is stored.

        Raises
        ------
        NetworkError
            If it cannot be run.
        RunError
            If it runs away; `results` has what there is.
        Interrupted
            On Ctrl-C; `results` has what there is.
        """
        simulation = Simulation(self, seed=seed, threads=threads, probes=probes, record=record, precision=precision)
        return simulation.run(until)

    def _repr_html_(self) -> str:
        populations = html_table(["population", "neurons", "model"], self._core.populations)
        return populations + html_table(["projection", "from", "to"], self._core.projections)

    def __repr__(self) -> str:
        return f"<network of {self.neurons} neurons and {self.connections} connections>"


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
        record: Sequence[str] | None = None,
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
            threads or os.cpu_count() or 1,
            window_s,
            precision == "single",
            None if record is None else list(record),
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
        """Goes on where an image was saved.

        Parameters
        ----------
        image : bytes
            Of `save`, of this network under this seed.
        branch : bool
            Take that of another network with the same neurons: other synapses, seed, or rates of `Poisson`.

        Raises
        ------
        RunError
            If it is damaged, or of another network.
        """
        self._core.load(image, branch)


def _probed(probe: Probe, size: int) -> npt.NDArray[np.uint32]:
    if probe.neurons is None:
        return np.arange(size, dtype=np.uint32)
    return indices(f"neurons of a probe of '{probe.population}'", probe.neurons, max(size, 1))
