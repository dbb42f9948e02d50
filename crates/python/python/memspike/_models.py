"""Neurons and sources of networks, the laws of their numbers, and the rules that draw connections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Union

import numpy as np
import numpy.typing as npt

from ._arrays import doubles


@dataclass(frozen=True, kw_only=True)
class Normal:
    """A normal distribution; what lies outside the bounds is drawn again.

    Parameters
    ----------
    mean, deviation : float
        Of the distribution without bounds.
    least, greatest : float, optional
        The bounds, included.
    """

    mean: float
    deviation: float
    least: float | None = None
    greatest: float | None = None


@dataclass(frozen=True, kw_only=True)
class Lognormal:
    """Numbers whose logarithm is normally distributed; what lies outside the bounds is drawn again.

    Parameters
    ----------
    median : float
        Half of the numbers lie below it; all have its sign.
    sigma : float
        Standard deviation of the natural logarithm.
    least, greatest : float, optional
        The bounds, included.
    """

    median: float
    sigma: float
    least: float | None = None
    greatest: float | None = None


@dataclass(frozen=True, kw_only=True)
class Uniform:
    """All numbers of a range alike.

    Parameters
    ----------
    least, greatest : float
        Where the range begins and ends.
    """

    least: float
    greatest: float


Distribution = Union[Normal, Lognormal, Uniform]
Law = Union[float, Distribution, npt.ArrayLike]


def law_words(name: str, law: Any) -> Any:
    """A number, a distribution or an array as the core reads it."""
    if isinstance(law, (Normal, Lognormal, Uniform)):
        values = {key: value for key, value in vars(law).items() if value is not None}
        return {type(law).__name__.lower(): values}
    if np.ndim(law) == 0:
        return float(doubles(name, law))
    return doubles(name, law).reshape(-1).tolist()


Reset = Union[Literal["zero", "subtract"], float]


def _membrane(model: LifDelta | LifExp) -> dict[str, Any]:
    reset = model.reset
    membrane: dict[str, Any] = {
        "tau_s": float(model.tau_s),
        "rest_v": float(model.rest_v),
        "threshold_v": float(model.threshold_v),
        "reset": reset if isinstance(reset, str) else {"to_v": float(reset)},
        "refractory_s": float(model.refractory_s),
    }
    if model.initial_v is not None:
        membrane["initial_v"] = law_words("initial_v", model.initial_v)
    return membrane


@dataclass(frozen=True, kw_only=True)
class LifDelta:
    """LIF neurons whose membrane a spike moves at once; their effect is ``volt``.

    Parameters
    ----------
    tau_s : float
        Time constant of the leak (s).
    threshold_v : float
        Potential of a spike (V).
    reset : float or {'zero', 'subtract'}
        Where a spike puts the potential (V); or the threshold is subtracted.
    rest_v : float
        Potential to which the membrane leaks (V).
    refractory_s : float
        How long it stays at its reset and hears nothing (s).
    initial_v : float, Normal, Lognormal, Uniform or array of one axis, optional
        Potential at the beginning (V): for all, drawn for each, or one by one. Left out: the rest.
    drive_v : float
        How far a constant drive alone would move the membrane from its rest (V).
    """

    tau_s: float
    threshold_v: float
    reset: Reset = "zero"
    rest_v: float = 0.0
    refractory_s: float = 0.0
    initial_v: Law | None = None
    drive_v: float = 0.0

    def words(self) -> dict[str, Any]:
        """The model as the core reads it."""
        return {"lif_delta": {"membrane": _membrane(self), "drive_v": float(self.drive_v)}}


@dataclass(frozen=True, kw_only=True)
class LifExp:
    """LIF neurons with synaptic currents that decay exponentially; their effect is ``ampere``.

    A weight above zero adds to the current of excitation, one below zero to that of inhibition.

    Parameters
    ----------
    tau_s, threshold_v, reset, rest_v, refractory_s, initial_v
        As in `LifDelta`.
    capacitance_farad : float
        Capacitance of the membrane (F).
    tau_excitatory_s, tau_inhibitory_s : float
        Time constants of the currents (s).
    drive_ampere : float
        A constant current into the membrane (A).
    """

    tau_s: float
    threshold_v: float
    capacitance_farad: float
    tau_excitatory_s: float
    tau_inhibitory_s: float
    reset: Reset = "zero"
    rest_v: float = 0.0
    refractory_s: float = 0.0
    initial_v: Law | None = None
    drive_ampere: float = 0.0

    def words(self) -> dict[str, Any]:
        """The model as the core reads it."""
        return {
            "lif_exp": {
                "membrane": _membrane(self),
                "capacitance_farad": float(self.capacitance_farad),
                "tau_excitatory_s": float(self.tau_excitatory_s),
                "tau_inhibitory_s": float(self.tau_inhibitory_s),
                "drive_ampere": float(self.drive_ampere),
            }
        }


@dataclass(frozen=True)
class Parrot:
    """Relays, which repeat every spike at the instant at which it arrives; their effect is ``trigger``."""

    def words(self) -> dict[str, Any]:
        """The model as the core reads it."""
        return {"parrot": {}}


@dataclass(frozen=True)
class Input:
    """Sources that spike when `Simulation.play` tells them to."""

    def words(self) -> dict[str, Any]:
        """The model as the core reads it."""
        return {"input": {}}


@dataclass(frozen=True, kw_only=True)
class Poisson:
    """Sources that spike at random.

    Parameters
    ----------
    rate_hz : float, Normal, Lognormal, Uniform or array of one axis
        Mean number of spikes a second (Hz).
    trains : {'shared', 'per_target'}
        Whether all targets of a source hear the same spikes, or each synapse its own.
    """

    rate_hz: Law
    trains: Literal["shared", "per_target"] = "shared"

    def words(self) -> dict[str, Any]:
        """The model as the core reads it."""
        return {"poisson": {"rate_hz": law_words("rate_hz", self.rate_hz), "trains": self.trains}}


@dataclass(frozen=True, kw_only=True)
class Regular:
    """Sources that spike at ``(phase + k) / rate``, for ``k`` from 0 on.

    Parameters
    ----------
    rate_hz : float, Normal, Lognormal, Uniform or array of one axis
        Spikes a second (Hz); a source of 0 Hz is silent.
    phase : float, Normal, Lognormal, Uniform or array of one axis
        When the first spike comes, in periods.
    """

    rate_hz: Law
    phase: Law = 0.0

    def words(self) -> dict[str, Any]:
        """The model as the core reads it."""
        words = {
            "rate_hz": law_words("rate_hz", self.rate_hz),
            "phase": law_words("phase", self.phase),
        }
        return {"regular": words}


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """Sources whose spikes are given.

    Parameters
    ----------
    times_s : array of one axis
        Instants (s), in any order.
    neurons : array of one axis, optional
        Which neuron spikes at each, from 0 on; left out: neuron 0.
    """

    times_s: npt.ArrayLike
    neurons: npt.ArrayLike | None = None


Model = Union[LifDelta, LifExp, Parrot, Input, Poisson, Regular, Recorded]


@dataclass(frozen=True)
class OneToOne:
    """Neuron ``k`` to neuron ``k``."""

    def words(self) -> Any:
        """The rule as the core reads it."""
        return "one_to_one"


@dataclass(frozen=True, kw_only=True)
class AllToAll:
    """Every source to every target.

    Parameters
    ----------
    autapses : bool
        Whether a neuron is connected to itself, within one population.
    """

    autapses: bool = False

    def words(self) -> Any:
        """The rule as the core reads it."""
        return {"all_to_all": vars(self)}


@dataclass(frozen=True, kw_only=True)
class InDegree:
    """The same number of synapses onto each target.

    Parameters
    ----------
    degree : int
        How many.
    autapses, multapses : bool
        Whether a neuron may be connected to itself, and two neurons several times.
    """

    degree: int
    autapses: bool = False
    multapses: bool = False

    def words(self) -> Any:
        """The rule as the core reads it."""
        return {"in_degree": vars(self)}


@dataclass(frozen=True, kw_only=True)
class OutDegree:
    """The same number of synapses from each source.

    Parameters
    ----------
    degree, autapses, multapses
        As in `InDegree`.
    """

    degree: int
    autapses: bool = False
    multapses: bool = False

    def words(self) -> Any:
        """The rule as the core reads it."""
        return {"out_degree": vars(self)}


@dataclass(frozen=True, kw_only=True)
class Total:
    """A number of synapses in all, each between any source and any target.

    Parameters
    ----------
    synapses : int
        How many.
    autapses, multapses
        As in `InDegree`.
    """

    synapses: int
    autapses: bool = False
    multapses: bool = False

    def words(self) -> Any:
        """The rule as the core reads it."""
        return {"total": vars(self)}


@dataclass(frozen=True, kw_only=True)
class Probability:
    """Each pair of a source and a target with the same probability, independently.

    Parameters
    ----------
    probability : float
        That of one pair, 0 to 1.
    autapses : bool
        Whether a neuron may be connected to itself.
    """

    probability: float
    autapses: bool = False

    def words(self) -> Any:
        """The rule as the core reads it."""
        return {"probability": vars(self)}


Rule = Union[OneToOne, AllToAll, InDegree, OutDegree, Total, Probability]
