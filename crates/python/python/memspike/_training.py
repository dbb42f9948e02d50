"""Networks of layers, trained and evaluated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from . import _core
from ._card import Card
from ._errors import TrainingError
from ._network import Network
from ._progress import Callback, teller
from ._samples import Samples
from ._trained import Evaluation, Training, trained


def train_images(
    images: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    preset: Literal["default", "paper", "robust"] = "default",
    card: Card | None = None,
    threads: int | None = None,
    checkpoint: bytes | None = None,
    progress: Callback | None = None,
    **options: Any,
) -> Training:
    """Trains layers on images, as ``memspike train`` does, to the same bits.

    Parameters
    ----------
    images : array of shape (n, rows, columns) or (n, pixels)
        Grey levels from 0 to 255, whole numbers.
    labels : array of shape (n,)
        The class of each, from 0.
    preset : {'default', 'paper', 'robust'}
        Where the options come from that are not given.
    card : Card, optional
        The device of the neurons. Left out: the paper's.
    threads : int, optional
        No bit depends on them. Left out: one for each core.
    checkpoint : bytes, optional
        Goes on from there; options are those that the training began with.
    progress : callable, optional
        Is called with a `Progress`, on this thread. What it raises stops the training.
    **options
        ``shape`` (inputs and neurons of each layer; left out: one layer for these images and labels), ``epochs``,
        ``batch``, ``learning_rate``, ``seed``, ``validation`` (images at the end that are kept to choose the epoch),
        ``loss`` ('cross-entropy' or 'mse'), ``steps``, ``slope``, ``encoding`` ('device' or 'line'), ``lif_threshold``,
        ``lif_reset``, ``dropout``, ``shift``, ``weight_limit``, ``weight_decay``, ``weight_noise``,
        ``threshold_noise``, ``rate_noise``, ``levels``, ``coarse_steps``, ``coarse_epochs``, ``patience``,
        ``cosine``, ``score``, ``residual``, ``through_reset``: those of the command line.

    Raises
    ------
    TypeError
        If there is no such option, or it is of another type.
    TrainingError
        If options, data or checkpoint do not go together.
    Interrupted
        On Ctrl-C; `results` is the training so far.
    """
    data = _images(images, labels)
    if options.get("shift") and np.ndim(images) == 2:
        raise ValueError("images that are moved have rows and columns: give them as (n, rows, columns)")
    if "shape" not in options:
        options["shape"] = (data["images"].shape[1], int(data["labels"].max(initial=0)) + 1)
    options["shape"] = [int(size) for size in options["shape"]]
    words = _core.image_options(preset, options)
    core = None if card is None else card._core
    return trained(lambda: _core.train_images(data, words, core, threads, checkpoint, teller(progress)))


def evaluate_images(
    network: Network,
    images: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    level: Literal["point", "device"] = "point",
    variation: float = 0.0,
    arrays: Mapping[str, Any] | Sequence[Mapping[str, Any]] = (),
    seed: int = 0,
    card: Card | None = None,
    shown_s: float | None = None,
    threads: int | None = None,
    progress: Callback | None = None,
) -> Evaluation:
    """Shows images to a network of layers, as ``memspike classify`` does, to the same bits.

    Parameters
    ----------
    network : Network
        Of `train_images`, or of a file that ``memspike train`` wrote.
    images, labels
        As in `train_images`.
    level : {'point', 'device'}
        Ideal neurons, or every device.
    variation : float
        Part of the devices' variation, at device level.
    arrays : mapping, or one for each layer
        Flaws of the arrays of synapses: ``gmin_s``, ``gmax_s``, ``levels``, ``weight_max``, ``programming_noise`` and
        ``read_noise`` (``{'sigma': 0.01}``), ``faults`` (``{'stuck_on': ..., 'stuck_off': ...}``), ``drift``
        (``{'nu': ..., 'nu_sigma': ..., 'time_s': ...}``), ``wires`` (``{'row_ohm': ..., 'column_ohm': ...}``). What
        is left out is ideal.
    seed : int
        What devices, arrays and images draw.
    card : Card, optional
        The device of the neurons. Left out: the paper's.
    shown_s : float, optional
        How long an image is shown (s), if the network does not say it.
    threads, progress
        As in `train_images`.

    Raises
    ------
    TrainingError
        If the network is none of layers, or the data do not fit it.
    """
    if level not in ("point", "device"):
        raise ValueError(f"there is no level {level!r}: give 'point' or 'device'")
    if not variation >= 0.0 or (level == "point" and variation > 0.0):
        raise ValueError(f"variation is {variation}: devices vary by 0 or more, and at point level there are none")
    given = [arrays] if isinstance(arrays, Mapping) else list(arrays) or [{}]
    ideal = {"gmin_s": 0.0, "gmax_s": 1e-6, "weight_max": 1.0}
    shown = {"shown_s": shown_s, "level": level, "variation": float(variation), "seed": seed}
    found = _core.evaluate_images(
        network._core,
        _images(images, labels),
        shown,
        [{**ideal, **each} for each in given],
        None if card is None else card._core,
        threads,
        teller(progress),
    )
    return Evaluation(**found)


def exact_network(shape: Sequence[int], **circuit: float) -> Network:
    """Layers of LIF neurons under pulses, whose weights are zero: what `train_exact` trains.

    Parameters
    ----------
    shape : sequence of int
        Inputs, and the neurons of each layer.
    **circuit : float
        ``neuron_ohm``, ``neuron_farad``, ``threshold_v``, ``refractory_s``, ``pulse_v``, ``pulse_s``, ``delay_s``,
        ``weight_siemens``; those of the paper's neuron where they are left out.

    Raises
    ------
    TrainingError
        If a value is out of its range, or the layers have too many weights.
    """
    return Network(_core.exact_network([int(size) for size in shape], circuit))


def train_exact(
    samples: Samples,
    *,
    shape: Sequence[int] | None = None,
    network: Network | None = None,
    validation: Samples | int | None = None,
    loss: Literal["first-spike", "potential", "fraction"] = "potential",
    until: float | None = None,
    threads: int | None = None,
    checkpoint: bytes | None = None,
    progress: Callback | None = None,
    **options: Any,
) -> Training:
    """Trains layers on spikes by exact gradients, as ``memspike train --gradient exact`` does, to the same bits.

    Parameters
    ----------
    samples : Samples
        What it is trained on.
    shape : sequence of int, optional
        Inputs and the neurons of each layer, in the paper's circuit; first weights are drawn.
    network : Network, optional
        Instead of a shape: such layers, whose weights are where it begins.
    validation : Samples or int, optional
        Samples that choose the epoch, or how many of the last ones. Left out: a tenth.
    loss : {'first-spike', 'potential', 'fraction'}
        What decides: who fires first, whose potential is highest on average, who fires most.
    until : float, optional
        How long a sample is shown (s). Left out: `Samples.until_s`.
    threads, checkpoint, progress
        As in `train_images`.
    **options
        ``epochs``, ``batch``, ``learning_rate``, ``seed``, ``weight_decay``, ``weight_limit``, ``start_mean``,
        ``start_deviation``, ``longest``, ``sharpness``, ``early``, ``alive``.

    Raises
    ------
    TypeError
        If there is no such option, or neither a shape nor a network is given, or both.
    TrainingError
        If options, data and network do not go together, or a layer fires without end.
    Interrupted
        On Ctrl-C; `results` is the training so far.
    """
    if (shape is None) == (network is None):
        raise TypeError("either shape or network says what is trained")
    start = exact_network(shape) if shape is not None else network
    assert start is not None
    if isinstance(validation, Samples):
        before, rest = samples, validation
    else:
        kept = len(samples) // 10 if validation is None else int(validation)
        if not 0 <= kept < len(samples):
            raise TrainingError(f"validation = {kept} leaves none of the {len(samples)} samples to train on")
        before, rest = samples.split(kept)
    words = _exact_options(loss, samples.until_s if until is None else until, options)
    data = (before._core, rest._core)
    told = teller(progress)
    return trained(lambda: _core.train_exact(start._core, network is not None, data, words, threads, checkpoint, told))


def evaluate_exact(
    network: Network,
    samples: Samples,
    *,
    loss: Literal["first-spike", "potential", "fraction"] = "potential",
    until: float | None = None,
    threads: int | None = None,
) -> float:
    """Part of the samples that layers under pulses decide rightly.

    Parameters
    ----------
    network : Network
        Of `train_exact`.
    samples : Samples
    loss, until, threads
        As in `train_exact`.

    Raises
    ------
    TrainingError
        If network and samples do not go together.
    """
    words = _exact_options(loss, samples.until_s if until is None else until, {})
    return _core.evaluate_exact(network._core, samples._core, words, threads)


def _exact_options(loss: str, until: float, choices: Mapping[str, Any]) -> dict[str, Any]:
    words = _core.exact_options(loss, float(until))
    for name, value in choices.items():
        if name in ("terms", "until_s", "loss"):
            raise TypeError(f"'{name}' is no option: give loss, until, sharpness, early and alive")
        place = words["terms"] if name in words["terms"] else words
        if name not in place:
            known = ", ".join(sorted({*words, *words["terms"]} - {"terms", "until_s", "loss"}))
            raise TypeError(f"there is no option '{name}': there are {known}")
        place[name] = value
    return words


def _images(images: npt.ArrayLike, labels: npt.ArrayLike) -> dict[str, Any]:
    """Images and labels as the core takes them."""
    grey, classes = np.asarray(images), np.asarray(labels)
    if grey.ndim not in (2, 3):
        raise ValueError(f"images has the shape {grey.shape}: (n, rows, columns) or (n, pixels) is needed")
    if classes.shape != grey.shape[:1]:
        raise ValueError(f"labels has the shape {classes.shape}: {grey.shape[:1]} is needed")
    sides = list(grey.shape[1:]) if grey.ndim == 3 else [1, grey.shape[1]]
    pixels = sides[0] * sides[1]
    words = {"images": _bytes("images", grey).reshape(len(grey), pixels), "labels": _bytes("labels", classes)}
    return {**words, "sides": sides}


def _bytes(name: str, array: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    if array.dtype.kind not in "iu" and array.size:
        raise TypeError(f"{name} has the type {array.dtype}: give whole numbers from 0 to 255")
    if array.size and (array.min() < 0 or array.max() > 255):
        raise ValueError(f"{name} has numbers from {array.min()} to {array.max()}: they must be from 0 to 255")
    return np.asarray(array, dtype=np.uint8, order="C")
