"""Cores of integers: quantised, run to the bit, written as Verilog."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import numpy as np
import numpy.typing as npt

from . import _core
from ._arrays import doubles, floats
from ._card import Card
from ._core_model import ClockedModel, CoreModel
from ._network import Network
from ._progress import Callback, teller

Arch = Literal["serial", "folded", "parallel"]
N = TypeVar("N")


@dataclass(frozen=True, kw_only=True, eq=False)
class CoreLayer:
    """A layer that is to be quantised, in the unit of its weights.

    Parameters
    ----------
    weights : array of shape (inputs, neurons)
        Of any real type.
    threshold : float
        Potential of a spike.
    retention : float
        What remains of a potential after a time step, above 0 and at most 1.
    reset : float, optional
        Potential after a spike. Left out: the threshold is subtracted.
    refractory_ticks : int
        Ticks after a spike during which a neuron stays as it is.
    """

    weights: npt.ArrayLike
    threshold: float
    retention: float = 1.0
    reset: float | None = None
    refractory_ticks: int = 0

    def words(self, at: int) -> dict[str, Any]:
        """As the core takes it."""
        given = floats(f"weights of layer {at}", self.weights)
        if given.ndim != 2:
            raise ValueError(f"weights of layer {at} has the shape {given.shape}: (inputs, neurons) is needed")
        return {
            "weights": doubles("weights", given),
            "single": given.dtype == np.float32,
            "threshold": float(self.threshold),
            "retention": float(self.retention),
            "reset": None if self.reset is None else float(self.reset),
            "refractory_ticks": int(self.refractory_ticks),
        }


@dataclass(frozen=True)
class Exported:
    """What `Core.to_verilog` wrote.

    Attributes
    ----------
    files, nbytes : int
        How many files, and their bytes.
    cycles : int
        Clock cycles of the testbench.
    inputs : int
        Inputs that it sends events to.
    """

    files: int
    nbytes: int
    cycles: int
    inputs: int


class Core:
    """Layers of LIF neurons in integers: of `from_layers`, `from_network` or `from_folder`."""

    def __init__(self, core: _core.Core) -> None:
        self._core = core

    @classmethod
    def from_layers(
        cls,
        layers: Sequence[CoreLayer],
        *,
        weight_bits: int | Sequence[int] = 8,
        potential_bits: int | Sequence[int] | None = None,
        scale: float | Sequence[float] | None = None,
        count_bits: int = 8,
        rounding: float = 0.01,
        non_negative: bool = False,
        step_s: float = 1e-3,
    ) -> Core:
        """Quantises layers, as ``memspike export-verilog --weights`` does.

        Parameters
        ----------
        layers : sequence of CoreLayer
            From the inputs on.
        weight_bits, potential_bits : int or sequence of int
            Widths (bit); one, or one for each layer. Potentials are left out for what their weights need.
        scale : float or sequence of float, optional
            Integers are weights, threshold and reset times this, rounded. Left out: 1 for integers that fit;
            otherwise what makes the largest weight the largest integer.
        count_bits : int
            Width of a spike count (bit).
        rounding : float
            The largest relative error that rounding may make; more is refused.
        non_negative : bool
            Stop potentials at zero instead of at the lower end of their width.
        step_s : float
            Length of a time step (s).

        Raises
        ------
        HardwareError
            If the layers are no core, or rounding errs too far.
        """
        given = [layer.words(at) for at, layer in enumerate(layers)]
        rules = _rules(weight_bits, potential_bits, scale, count_bits, rounding, non_negative)
        return cls(_core.Core.of_layers(given, rules, float(step_s)))

    @classmethod
    def from_network(
        cls,
        network: Network,
        *,
        weight_bits: int | Sequence[int] = 8,
        potential_bits: int | Sequence[int] | None = None,
        scale: float | Sequence[float] | None = None,
        count_bits: int = 8,
        rounding: float = 0.01,
        non_negative: bool = False,
        step_s: float | None = None,
        leak_shift: int = 6,
        card: Card | None = None,
    ) -> Core:
        """Quantises the layers of a network, as ``memspike export-verilog --network`` does.

        Parameters
        ----------
        network : Network
            Such as `train_images` gives.
        weight_bits, potential_bits, scale, count_bits, rounding, non_negative
            As in `from_layers`.
        step_s : float, optional
            Length of a time step (s). Left out: a tick takes ``v >> leak_shift`` from a potential of the first layer.
        leak_shift : int
            From 1 to 16.
        card : Card, optional
            The device of neurons that say nothing of their ideal. Left out: the paper's.

        Raises
        ------
        HardwareError
            If the network is no core, or rounding errs too far.
        """
        if not 1 <= leak_shift <= 16:
            raise ValueError(f"leak_shift is {leak_shift}: it must be from 1 to 16")
        rules = _rules(weight_bits, potential_bits, scale, count_bits, rounding, non_negative)
        given = None if card is None else card._core
        return cls(_core.Core.of_network(network._core, rules, step_s, leak_shift, given))

    @classmethod
    def from_folder(cls, folder: str | os.PathLike[str]) -> Core:
        """Reads the core of a folder that `to_verilog` or ``memspike export-verilog`` wrote.

        Raises
        ------
        HardwareError
            If it has none.
        """
        return cls(_core.Core.from_folder(os.fspath(folder)))

    @property
    def spec(self) -> dict[str, Any]:
        """The specification: sizes, widths, leak, threshold, reset, saturation and refractory ticks of each layer."""
        words: dict[str, Any] = self._core.spec()
        return words

    @property
    def quantisation(self) -> list[dict[str, Any]]:
        """What rounding made of the numbers of each layer, wanted and obtained; empty of a core that was read."""
        words: list[dict[str, Any]] = self._core.quantised()
        return words

    def weights(self, layer: int) -> npt.NDArray[np.int32]:
        """Integer weights of a layer, counted from 0; shape (inputs, neurons).

        Raises
        ------
        IndexError
            If there is no such layer.
        """
        return self._core.weights(layer)

    def to_verilog(
        self,
        folder: str | os.PathLike[str],
        *,
        name: str = "lif",
        arch: Arch = "serial",
        lanes: int = 4,
        memory: Literal["rom", "ram"] = "rom",
        licence: str = "MIT-0",
        vectors: int | None = None,
        seed: int = 0,
        progress: Callback | None = None,
    ) -> Exported:
        """Writes Verilog, memories, testbench, proofs and a Makefile, which need no memspike: all of it or nothing.

        Parameters
        ----------
        folder : path
            A new or empty folder.
        name : str
            Name of the top module.
        arch : {'serial', 'folded', 'parallel'}
            A neuron a cycle, `lanes` of them, or all.
        lanes : int
            1, 2, 4, ... 64.
        memory : {'rom', 'ram'}
            Whether weights, thresholds and leaks can be loaded at run time.
        licence : str
            The licence that the files name, an SPDX expression.
        vectors : int, optional
            Clock cycles of the testbench, about.
        seed : int
            Its stimuli follow from it.
        progress : callable, optional
            Is called with a `Progress`.

        Raises
        ------
        HardwareError
            If the core cannot be laid out so.
        OSError
            If the folder cannot be written, or is not empty.
        """
        if vectors is not None and not 100 <= vectors <= 100_000_000:
            raise ValueError(f"vectors is {vectors}: it must be from 100 to 100000000")
        how = {
            "name": name,
            "arch": arch,
            "lanes": int(lanes),
            "memory": memory,
            "licence": licence,
            "vectors": vectors,
            "seed": seed,
        }
        return Exported(*self._core.write(os.fspath(folder), how, teller(progress)))

    def model(self) -> CoreModel:
        """A bit-exact model of it at rest, event by event: for testbenches, such as those of cocotb."""
        return CoreModel(self._core.model())

    def clocked(self, arch: Arch = "serial", lanes: int = 4) -> ClockedModel:
        """A bit-exact model of it clock by clock, as it is configured into a device."""
        return ClockedModel(self._core.clocked(arch, int(lanes)))

    def __repr__(self) -> str:
        layers = self.spec["layers"]
        sizes = [layers[0]["inputs"], *(layer["neurons"] for layer in layers)]
        return f"<core {'-'.join(map(str, sizes))}>"


def _rules(
    weight_bits: int | Sequence[int],
    potential_bits: int | Sequence[int] | None,
    scale: float | Sequence[float] | None,
    count_bits: int,
    rounding: float,
    non_negative: bool,
) -> dict[str, Any]:
    return {
        "weight_bits": _each(weight_bits),
        "potential_bits": _each(potential_bits),
        "scale": _each(scale),
        "count_bits": int(count_bits),
        "rounding": float(rounding),
        "non_negative": bool(non_negative),
    }


def _each(given: N | Sequence[N]) -> list[N]:
    return list(given) if isinstance(given, (Sequence, np.ndarray)) else [given]
