"""Layers of LIF neurons under pulses for PyTorch: run event by event, with the exact derivatives of their spikes.

Needs PyTorch (``pip install memspike[torch]``), which ``import memspike`` alone does not ask for.

A spike's instant is a smooth function of all weights and of all instants before it, except where a spike is born or
dies, enters or leaves the time in which a driver is deaf, or meets the edge of a pulse. No surrogate is put in place
of its derivative.

Examples
--------
>>> import torch
>>> from memspike.torch import ExactLayers
>>> layers = ExactLayers.of_shape((5, 120, 3), until_s=0.188)
>>> answer = layers(0.1 * torch.rand(50, 5))
>>> answer.times_s[:, :, 0].sum().backward()
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch

from . import _core
from ._network import Network
from ._samples import Samples
from ._training import exact_network

__all__ = ["Answer", "ExactLayers", "padded"]


class Answer(NamedTuple):
    """What the last layer did.

    Attributes
    ----------
    times_s : Tensor of shape (batch, neurons, spikes)
        Instants (s) of each neuron, in order; `until_s` where it had fewer spikes. Another `ExactLayers` takes them
        as they are.
    counts : Tensor of int64, shape (batch, neurons)
        How often each neuron fired. It has no derivative.
    end_v : Tensor of shape (batch, neurons)
        Potential (V) of each neuron at the end.
    mean_v : Tensor of shape (batch, neurons)
        Mean of each potential (V) over the time that is shown.
    """

    times_s: torch.Tensor
    counts: torch.Tensor
    end_v: torch.Tensor
    mean_v: torch.Tensor


class ExactLayers(torch.nn.Module):
    """Layers of LIF neurons, as a module whose parameters are their weights.

    They run on the CPU in double precision; what they give has type and device of the weights.

    Parameters
    ----------
    network : Network
        Layers of ``lif_pulse`` neurons behind ``one_shot`` rows, as of `memspike.exact_network`. Its weights are
        where it begins.
    until_s : float
        How long a sample is shown (s).
    threads : int, optional
        No bit depends on them. Left out: one for each core.
    dtype : torch.dtype, optional
        Of the weights. Left out: PyTorch's default.

    Attributes
    ----------
    weights : ParameterList
        A matrix for each array, a row for each source, in the order of `arrays`.
    arrays : list of str
        Names of these arrays in the network.

    Raises
    ------
    TrainingError
        If the network has other parts.
    """

    def __init__(
        self, network: Network, *, until_s: float, threads: int | None = None, dtype: torch.dtype | None = None
    ) -> None:
        super().__init__()
        self._core = _core.Exact(network._core)
        self.until_s = float(until_s)
        self.threads = threads
        self.arrays = [name for name, *_ in self._core.arrays]
        self.weights = torch.nn.ParameterList()
        values, first = torch.from_numpy(self._core.weights()), 0
        for _, sources, neurons, _ in self._core.arrays:
            own = values[first : first + sources * neurons].reshape(sources, neurons)
            self.weights.append(torch.nn.Parameter(own.to(dtype or torch.get_default_dtype())))
            first += sources * neurons

    @classmethod
    def of_shape(
        cls,
        shape: Sequence[int],
        *,
        until_s: float,
        start_mean: float = 2.0,
        start_deviation: float = 2.0,
        generator: torch.Generator | None = None,
        threads: int | None = None,
        dtype: torch.dtype | None = None,
        **circuit: float,
    ) -> ExactLayers:
        """Layers of these sizes with weights that are drawn.

        Parameters
        ----------
        shape : sequence of int
            Inputs, and the neurons of each layer.
        until_s, threads, dtype
            As of the class.
        start_mean, start_deviation : float
            Of the sum over all sources of a neuron, in weights that move its asymptote from reset to threshold.
        generator : torch.Generator, optional
            Draws them.
        **circuit : float
            As of `memspike.exact_network`.
        """
        layers = cls(exact_network(shape, **circuit), until_s=until_s, threads=threads, dtype=dtype)
        with torch.no_grad():
            for weights, (_, sources, _, unit) in zip(layers.weights, layers._core.arrays):
                mean, deviation = start_mean / sources * unit, start_deviation / sources**0.5 * abs(unit)
                weights.normal_(mean, deviation, generator=generator)
        return layers

    def forward(self, times_s: torch.Tensor) -> Answer:
        """Shows a batch.

        Parameters
        ----------
        times_s : Tensor of shape (batch, inputs) or (batch, inputs, spikes)
            Instants (s) of the spikes of each input, from 0; those at `until_s` or later are none.

        Raises
        ------
        ValueError
            If its shape is another, or an instant is below 0 or no number.
        RunError
            If a layer fires without end.
        """
        shown = times_s.unsqueeze(-1) if times_s.dim() == 2 else times_s
        if shown.dim() != 3 or shown.shape[1] != self._core.inputs:
            needed = f"(batch, {self._core.inputs}) or (batch, {self._core.inputs}, spikes)"
            raise ValueError(f"times_s has the shape {tuple(times_s.shape)}: {needed} is needed")
        return Answer(*_Exact.apply(self._core, self.until_s, self.threads, shown, *self.weights))

    def network(self) -> Network:
        """The network with the weights as they are now, in single precision: to simulate, to write, or as NIR."""
        flat = torch.cat([weights.detach().reshape(-1) for weights in self.weights])
        return Network(self._core.network(flat.to("cpu", torch.float32).numpy()))

    def extra_repr(self) -> str:
        """Sizes, and how long a sample is shown."""
        sizes = [self._core.inputs, self._core.outputs]
        return f"{sizes[0]} inputs, {sizes[1]} outputs, {len(self.arrays)} arrays, until_s={self.until_s}"


def padded(samples: Samples) -> tuple[torch.Tensor, torch.Tensor]:
    """Samples as tensors.

    Parameters
    ----------
    samples : Samples

    Returns
    -------
    times_s : Tensor of float64, shape (n, inputs, spikes)
        Instants (s), and `Samples.until_s` where an input has fewer spikes.
    labels : Tensor of int64, shape (n,)
    """
    times, inputs, numbers, labels = samples.events().T
    rows = numbers.astype(np.int64) * samples.inputs + inputs.astype(np.int64)
    table = _table(times, rows, len(samples) * samples.inputs, samples.until_s)[0]
    classes = np.zeros(len(samples), np.int64)
    classes[numbers.astype(np.int64)] = labels.astype(np.int64)
    return torch.from_numpy(table.reshape(len(samples), samples.inputs, -1)), torch.from_numpy(classes)


def _table(times: Any, rows: Any, count: int, filling: float) -> tuple[Any, Any, Any]:
    """Instants by row, in order, filled up; how many each row has, and the place of each instant in the flat table."""
    counts = np.bincount(rows, minlength=count)
    width = max(1, int(counts.max(initial=0)))
    order = np.argsort(rows, kind="stable")
    within = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    places = np.empty(len(rows), np.int64)
    places[order] = rows[order] * width + within
    table = np.full(count * width, filling)
    table[places] = times
    return table.reshape(count, width), counts, places


def _numpy(tensor: torch.Tensor) -> Any:
    return tensor.detach().to("cpu", torch.float64).numpy()


class _Exact(torch.autograd.Function):
    """Layers forward by the event engine, backward by their adjoint."""

    @staticmethod
    def forward(ctx: Any, core: _core.Exact, until_s: float, threads: int | None, *tensors: torch.Tensor) -> Any:
        times_s, *weights = tensors
        shown = _numpy(times_s)
        batch, inputs, width = shown.shape
        flat = shown.reshape(-1)
        # A NaN is no instant, and the core says so.
        chosen = np.flatnonzero(~(flat >= until_s))
        sample, source = chosen // (inputs * width), chosen // width % inputs
        order = np.lexsort((source, flat[chosen], sample))
        chosen, sample, source = chosen[order], sample[order], source[order]
        starts = np.searchsorted(sample, np.arange(batch + 1)).astype(np.uint64)
        given = {"times_s": flat[chosen], "inputs": source.astype(np.uint32), "starts": starts}
        values = np.concatenate([_numpy(each).reshape(-1) for each in weights])
        passes, spikes, end_v, integral_vs = core.forward(values, {**given, "until_s": until_s, "threads": threads})
        instants, neurons, ends = spikes
        outputs = core.outputs
        rows = np.repeat(np.arange(batch), np.diff(ends).astype(np.int64)) * outputs + neurons
        table, counts, places = _table(instants, rows, batch * outputs, until_s)
        ctx.core, ctx.passes, ctx.threads, ctx.until_s = core, passes, threads, until_s
        ctx.chosen, ctx.places = chosen, places
        ctx.like = (times_s.shape, times_s.dtype, times_s.device)
        ctx.weights = [(each.shape, each.dtype, each.device) for each in weights]
        kind = {"dtype": weights[0].dtype, "device": weights[0].device}
        flat_ones = (end_v, integral_vs / until_s)
        end, mean = (torch.as_tensor(each.reshape(batch, outputs), **kind) for each in flat_ones)
        times = torch.as_tensor(table.reshape(batch, outputs, table.shape[1]), **kind)
        number = torch.as_tensor(counts.reshape(batch, outputs), device=weights[0].device)
        ctx.mark_non_differentiable(number)
        return times, number, end, mean

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, by_time: torch.Tensor, _: Any, by_end: torch.Tensor, by_mean: torch.Tensor) -> Any:
        pulls = (
            _numpy(by_time).reshape(-1)[ctx.places],
            np.ascontiguousarray(_numpy(by_end).reshape(-1)),
            _numpy(by_mean).reshape(-1) / ctx.until_s,
        )
        by_weight, by_input = ctx.core.backward(ctx.passes, pulls, ctx.threads)
        shape, dtype, device = ctx.like
        whole = np.zeros(shape.numel())
        whole[ctx.chosen] = by_input
        by_times = torch.as_tensor(whole.reshape(tuple(shape)), dtype=dtype, device=device)
        slopes, first = [], 0
        for shape, dtype, device in ctx.weights:
            own = by_weight[first : first + shape.numel()].reshape(tuple(shape))
            slopes.append(torch.as_tensor(own, dtype=dtype, device=device))
            first += shape.numel()
        return None, None, None, by_times, *slopes
