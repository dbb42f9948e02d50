"""Networks of point neurons, run."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from . import _core
from ._arrays import doubles, indices
from ._network_run import NetworkRun
from ._show import html_table
from ._simulation import Probe, Simulation


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

    def with_spikes(self, population: str, times_s: npt.ArrayLike, neurons: npt.ArrayLike) -> Network:
        """The same network, in which a population of `Input` or `Recorded` has these spikes.

        Parameters
        ----------
        population : str
        times_s, neurons : arrays of one axis
            Instants (s), in order, and which neuron at each.

        Raises
        ------
        NetworkError
            If there is no such population, its spikes are not given from outside, or these are out of order.
        """
        times = np.atleast_1d(doubles("times_s", times_s))
        who = indices("neurons", np.atleast_1d(np.asarray(neurons)), 2**32)
        if who.shape != times.shape:
            raise ValueError(f"neurons has the shape {who.shape}: {times.shape} is needed")
        return Network(self._core.with_spikes(population, times, who))

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
        record: str | Sequence[str] | None = None,
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
        record : str or sequence of str, optional
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
