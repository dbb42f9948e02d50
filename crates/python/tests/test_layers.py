"""Layered networks, trained and evaluated to the bits of the command line."""

from __future__ import annotations

import itertools
import json
import struct

import memspike as ms
import numpy as np
import pytest
from conftest import program, program_json
from memspike import _core
from test_running import STOPPED, python

SHAPE = (12, 6, 3)


def write_idx(path, array):
    """In the form of MNIST's files."""
    head = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    path.write_bytes(head + array.astype(np.uint8).tobytes())


@pytest.fixture(scope="module")
def images():
    """Eighty images of 3 x 4 pixels: each class has rows of its own that are bright."""
    generator = np.random.default_rng(7)
    labels = np.arange(80) % 3
    grey = generator.integers(0, 120, (80, 3, 4))
    grey[np.arange(80), labels] += 130
    return grey.astype(np.uint8), labels.astype(np.uint8)


@pytest.fixture(scope="module")
def folder(images, tmp_path_factory):
    """The same as a folder that the program reads: sixty to train on, twenty to test."""
    where = tmp_path_factory.mktemp("images")
    grey, labels = images
    for name, part in [("train", slice(60)), ("t10k", slice(60, None))]:
        write_idx(where / f"{name}-images-idx3-ubyte", grey[part])
        write_idx(where / f"{name}-labels-idx1-ubyte", labels[part])
    return where


@pytest.fixture(scope="module")
def theirs(folder, tmp_path_factory):
    """The program's own training."""
    out = tmp_path_factory.mktemp("program") / "out"
    words = [
        "--shape",
        "-".join(map(str, SHAPE)),
        "--epochs",
        "3",
        "--batch",
        "10",
        "--validation",
        "12",
        "--seed",
        "5",
    ]
    done = program("train", "--mnist", str(folder), *words, "--out", str(out))
    assert done.returncode == 0, done.stderr
    return out


def train(images, **changed):
    grey, labels = images
    ways = {"shape": SHAPE, "epochs": 3, "batch": 10, "validation": 12, "seed": 5, **changed}
    return ms.train_images(grey[:60], labels[:60], **ways)


@pytest.fixture(scope="module")
def training(images):
    return train(images)


def test_training_on_images_gives_the_bits_of_the_program(training, theirs):
    assert json.loads(training.checkpoint) == json.loads((theirs / "checkpoint.json").read_text())
    words = json.loads((theirs / "training.json").read_text())
    assert [vars(epoch) for epoch in training.history] == words["history"]
    assert vars(training.best) == words["best"]
    read = ms.Network.from_file(theirs / "network.toml")
    for name in ("synapses1", "synapses"):
        assert np.array_equal(training.network.weights(name), read.weights(name))
    assert read.shown_s == training.network.shown_s == 0.1


def test_threads_change_no_bit_and_a_checkpoint_goes_on_to_the_same(images, training):
    assert train(images, threads=1).checkpoint == training.checkpoint
    halfway = []

    class Enough(Exception):
        pass

    def stop(progress):
        if progress.epoch is not None:
            halfway.append(progress)
            raise Enough

    with pytest.raises(Enough):
        train(images, epochs=200, progress=stop)
    assert halfway[0].total == 200 * 48 and halfway[0].done >= 48
    grey, labels = images
    begun = train(images, epochs=1, cosine=False)
    whole = train(images, epochs=2, cosine=False)
    # The checkpoint of one epoch as that of a training of two.
    words = json.loads(begun.checkpoint)
    words["state"]["options"]["epochs"] = 2
    resumed = ms.train_images(grey[:60], labels[:60], checkpoint=json.dumps(words).encode())
    assert json.loads(resumed.checkpoint) == json.loads(whole.checkpoint)


def test_progress_comes_to_its_end(images):
    seen = []
    training = train(images, progress=seen.append)
    assert seen[-1] == ms.Progress(3 * 48, 3 * 48, training.history[-1])
    assert all(a.done <= b.done for a, b in itertools.pairwise(seen))


@pytest.mark.parametrize("level", ["point", "device"])
def test_an_evaluation_is_that_of_the_program(level, images, folder, theirs):
    words = [
        "classify",
        "--mnist",
        str(folder),
        "--network",
        str(theirs / "network.toml"),
        "--level",
        level,
        "--seed",
        "3",
    ]
    variation = 1.0 if level == "device" else 0.0
    words += ["--variation", str(variation), "--read-noise", "0.02", "--levels", "16,8"]
    (run,) = program_json(*words)["runs"]
    grey, labels = images
    noise = {"read_noise": {"sigma": 0.02}}
    found = ms.evaluate_images(
        ms.Network.from_file(theirs / "network.toml"),
        grey[60:],
        labels[60:],
        level=level,
        variation=variation,
        seed=3,
        arrays=[{"levels": 16, **noise}, {"levels": 8, **noise}],
    )
    assert (found.images, found.accuracy) == (run["images"], run["accuracy"])
    assert found.confusion.tolist() == run["confusion"]
    shown = found.confusion.sum(axis=1, keepdims=True)
    assert (found.spikes / np.maximum(shown, 1)).tolist() == run["mean_counts"]
    assert found.energy == run["energy"]
    assert (found.energy["output_neurons_j"] > 0) == (level == "device")


def test_an_exact_training_gives_the_bits_of_the_program(tmp_path):
    samples = ms.Samples.yin_yang("training", 90, seed=2)
    np.save(tmp_path / "events.npy", samples.events())
    out = tmp_path / "out"
    words = ["--shape", "5-8-3", "--epochs", "2", "--batch", "15", "--seed", "4", "--shown", "0.188"]
    done = program("train", "--gradient", "exact", "--data", str(tmp_path / "events.npy"), *words, "--out", str(out))
    assert done.returncode == 0, done.stderr
    ways = {"epochs": 2, "batch": 15, "seed": 4}
    training = ms.train_exact(samples, shape=(5, 8, 3), **ways)
    assert json.loads(training.checkpoint) == json.loads((out / "checkpoint.json").read_text())
    read = ms.Network.from_file(out / "network.toml")
    for name in ("synapses1", "synapses"):
        assert np.array_equal(training.network.weights(name), read.weights(name))
    # The same arrays as data: the events are all that samples are.
    rows = samples.events()
    spikes = [(rows[rows[:, 2] == number, 0], rows[rows[:, 2] == number, 1]) for number in range(90)]
    again = ms.Samples.from_spikes([(t[::-1], i[::-1]) for t, i in spikes], np.arange(90) % 3, until=0.188)
    assert ms.train_exact(again, shape=(5, 8, 3), threads=1, **ways).checkpoint == training.checkpoint


def test_an_exact_training_learns_and_is_evaluated_as_it_says():
    samples, kept = ms.Samples.yin_yang("training", 600), ms.Samples.yin_yang("validation", 300)
    training = ms.train_exact(samples, shape=(5, 30, 3), validation=kept, epochs=20)
    # A third would be chance.
    assert training.best.validation_accuracy > 0.6
    assert ms.evaluate_exact(training.network, kept) == training.best.validation_accuracy
    # From where it ended the first epoch is better than from drawn weights.
    again = ms.train_exact(samples, network=training.network, validation=kept, epochs=1)
    assert again.history[0].loss < training.history[0].loss


TRAINING = """
samples = ms.Samples.yin_yang("training", 2000)
"""


def test_ctrl_c_stops_a_training_with_what_it_has():
    check = "assert results.checkpoint and len(results.history) < 10000"
    run = "ms.train_exact(samples, shape=(5, 20, 3), epochs=10000, validation=100)"
    text = STOPPED.format(setup=TRAINING, run=run, until=1, check=check)
    text = text.replace("    assert 0 < results.reached_s < 1\n", "")
    assert python(text) == "stopped\n"


GREY = np.zeros((4, 2, 3), np.uint8)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: ms.train_images(GREY / 255, [0, 1, 0, 1]), TypeError, "whole numbers from 0 to 255"),
        (lambda: ms.train_images(GREY.astype(int) - 1, [0, 1, 0, 1]), ValueError, "from -1 to -1"),
        (lambda: ms.train_images(GREY, [0, 1, 0]), ValueError, "labels has the shape (3,): (4,)"),
        (lambda: ms.train_images(GREY[0, 0], [0]), ValueError, "images has the shape (3,)"),
        (lambda: ms.train_images(GREY, [0, 1, 0, 1]), ms.TrainingError, "validation = 5000 leaves none of the 4"),
        (lambda: ms.train_images(GREY, [0, 1, 0, 1], epoch=3), TypeError, "unknown field `epoch`"),
        (lambda: ms.train_images(GREY, [0, 1, 0, 1], epochs="3"), TypeError, "options"),
        (lambda: ms.train_images(GREY, [0, 1, 0, 1], preset="best"), ValueError, "there is no preset 'best'"),
        (
            lambda: ms.train_images(GREY, [0, 1, 0, 1], shape=(7, 2), validation=0),
            ms.TrainingError,
            "images of 6 pixels",
        ),
        (lambda: ms.train_images(GREY, [0, 1, 0, 2], shape=(6, 2), validation=0), ms.TrainingError, "label 2"),
        (lambda: ms.train_images(GREY, [0, 1, 0, 1], checkpoint=b"{"), ms.TrainingError, "no checkpoint"),
        (lambda: ms.train_images(np.zeros((0, 6), int), []), ms.TrainingError, "leaves none of the 0"),
        (lambda: ms.train_images(GREY, [0, 1, 0, 1], shape=(6, 1 << 40), validation=0), ms.TrainingError, "weights"),
        (lambda: ms.train_exact(ms.Samples.yin_yang("training", 9)), TypeError, "either shape or network"),
        (lambda: ms.train_exact(ms.Samples.yin_yang("training", 9), shape=(4, 3)), ms.TrainingError, "5 inputs"),
        (
            lambda: ms.train_exact(ms.Samples.yin_yang("training", 9), shape=(5, 3), rate=1),
            TypeError,
            "no option 'rate'",
        ),
        (
            lambda: ms.train_exact(ms.Samples.yin_yang("training", 9), shape=(5, 3), until=0.01),
            ms.TrainingError,
            "longer",
        ),
        (
            lambda: ms.train_exact(ms.Samples.yin_yang("training", 9), shape=(5, 3), validation=9),
            ms.TrainingError,
            "none",
        ),
        (lambda: ms.Samples.from_spikes([([0.1], [0])], [0, 1]), ValueError, "2 labels for 1 samples"),
        (lambda: ms.Samples.from_spikes([([], [])], [0]), ValueError, "sample 0 has no spike"),
        (lambda: ms.Samples.from_spikes([([np.nan], [0])], [0]), ms.TrainingError, "the time is NaN"),
        (lambda: ms.Samples.from_spikes([([0.1], [0.5])], [0]), ms.TrainingError, "whole number"),
        (lambda: ms.exact_network((3, 0)), ms.TrainingError, "at least one layer"),
        (lambda: ms.exact_network((1 << 20, 1 << 20)), ms.TrainingError, "weights"),
        (lambda: ms.exact_network((3, 2), ohm=1), TypeError, "no 'ohm'"),
        (lambda: ms.exact_network((3, 2), neuron_ohm=np.nan), ms.TrainingError, "hidden|outputs|NaN"),
    ],
)
def test_what_is_wrong_is_said(call, error, words):
    with pytest.raises(error) as caught:
        call()
    assert any(word in str(caught.value) for word in words.split("|")), caught.value


def test_an_evaluation_says_what_does_not_fit(images, training):
    grey, labels = images
    for ways, error, words in [
        ({"level": "deep"}, ValueError, "no level 'deep'"),
        ({"arrays": [{}, {}, {}]}, ValueError, "3 arrays for 2 layers"),
        ({"arrays": {"levels": 1}}, ms.TrainingError, "levels"),
        ({"arrays": {"wire": 1}}, TypeError, "unknown field `wire`"),
        ({"variation": -1.0}, ValueError, "0 or more"),
        ({"variation": 1.0}, ValueError, "at point level"),
        ({"variation": np.nan, "level": "device"}, ValueError, "0 or more"),
        ({"variation": np.inf, "level": "device"}, ms.TrainingError, "sigma"),
        ({"card": ms.Card.from_str(".model s sw(ron=1 roff=1e6 vt=0.5 vh=0.1)")}, ValueError, "ts_memristor"),
    ]:
        with pytest.raises(error) as caught:
            ms.evaluate_images(training.network, grey, labels, **ways)
        assert words in str(caught.value), caught.value
    with pytest.raises(ms.TrainingError, match="oscillation neurons"):
        ms.evaluate_images(ms.exact_network((12, 3)), grey, labels, shown_s=0.1)


def test_layers_decide_in_the_engine_of_networks_as_their_training_says():
    samples = ms.Samples.yin_yang("training", 60)
    ways = {"loss": "first-spike"}
    network = ms.train_exact(samples, shape=(5, 10, 3), epochs=2, validation=0, **ways).network
    rows, right = samples.events(), 0
    for number in range(len(samples)):
        own = rows[rows[:, 2] == number]
        spikes = network.with_spikes("inputs", own[:, 0], own[:, 1].astype(int)).simulate(0.188).spikes["outputs"]
        right += len(spikes) > 0 and spikes.neurons[0] == own[0, 3]
    assert right / 60 == ms.evaluate_exact(network, samples, **ways)
    for population, times, words in [("hidden1", [0.1], "not given"), ("in", [0.1], "none"), ("inputs", [-1.0], "-1")]:
        with pytest.raises(ms.NetworkError) as caught:
            network.with_spikes(population, times, [0])
        assert words in str(caught.value)


def test_the_adjoint_behind_pytorch_is_the_finite_difference():
    exact = _core.Exact(ms.exact_network((5, 6, 3))._core)
    generator = np.random.default_rng(4)
    units = np.concatenate([np.full(sources * neurons, unit) for _, sources, neurons, unit in exact.arrays])
    weights = units * generator.normal(1.0, 0.5, units.size)
    times = np.sort(generator.uniform(0.005, 0.1, 10))
    given = {"inputs": np.array([0, 1, 2, 3, 4, 0, 1, 2, 3, 4], np.uint32), "until_s": 0.188, "threads": 2}
    given["starts"] = np.array([0, 5, 5, 10], np.uint64)

    def run(weights, times):
        return exact.forward(weights, {**given, "times_s": times})

    passes, (instants, neurons, ends), end_v, integral_vs = run(weights, times)
    # Of three samples the one in the middle has no spike, and nothing happens in it.
    assert ends[1] == ends[2] and ends[3] > ends[2] > 0
    pulls = tuple(generator.normal(size=each.size) for each in (instants, end_v, integral_vs))
    # Potentials are some tenths of a volt, and instants some hundredths of a second.
    by_weight, by_time = exact.backward(passes, pulls, 2)

    def loss(weights, times):
        _, (found, who, _), *rest = run(weights, times)
        assert np.array_equal(who, neurons)
        return sum(float(pull @ value) for pull, value in zip(pulls, (found, *rest)))

    with pytest.raises(ValueError, match="other layers"):
        _core.Exact(ms.exact_network((5, 3))._core).backward(passes, pulls, None)

    for at in range(0, weights.size, 3):
        step = np.zeros_like(weights)
        step[at] = 1e-5 * units[at]
        slope = (loss(weights + step, times) - loss(weights - step, times)) / (2 * step[at])
        assert by_weight[at] == pytest.approx(slope, rel=1e-5, abs=1e-6 / units[at])
    for at in range(times.size):
        step = np.zeros_like(times)
        step[at] = 1e-8
        slope = (loss(weights, times + step) - loss(weights, times - step)) / 2e-8
        assert by_time[at] == pytest.approx(slope, rel=1e-5, abs=1e-5)


@pytest.mark.parametrize("count", [-1, 10**10, 10**18])
def test_more_samples_than_memory_holds_are_refused(count):
    with pytest.raises(ValueError, match="count is"):
        ms.Samples.yin_yang("training", count)
