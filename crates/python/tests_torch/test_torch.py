"""The layers for PyTorch: against finite differences, against the engine of networks, and within a training loop.

Outside of the gate, for PyTorch is large: `python -m pytest tests_torch` in an environment that has it.
"""

from __future__ import annotations

import memspike as ms
import numpy as np
import pytest
import torch
from memspike.torch import ExactLayers, padded

UNTIL_S = 0.188


@pytest.fixture
def layers():
    generator = torch.Generator().manual_seed(3)
    return ExactLayers.of_shape((5, 8, 3), until_s=UNTIL_S, start_mean=4.0, generator=generator, dtype=torch.float64)


@pytest.fixture(scope="module")
def data():
    return padded(ms.Samples.yin_yang("training", 12, seed=1))


def of_weights(layers, times, pick):
    """An answer of a batch as a function of the weights."""

    def answer(*weights):
        named = {f"weights.{at}": each for at, each in enumerate(weights)}
        return pick(torch.func.functional_call(layers, named, (times,)))

    return answer


@pytest.mark.parametrize(
    "pick", [lambda a: a.times_s, lambda a: a.end_v, lambda a: a.mean_v], ids=["times", "end", "mean"]
)
def test_gradients_by_weights_are_finite_differences(layers, data, pick):
    times = data[0][:4]
    assert layers(times).counts.sum() > 10
    weights = [each.detach().clone().requires_grad_() for each in layers.weights]
    assert torch.autograd.gradcheck(of_weights(layers, times, pick), weights, eps=1e-7, atol=1e-5, rtol=1e-4)


def test_gradients_by_instants_are_finite_differences(layers, data):
    times = data[0][:2].clone().requires_grad_()
    for pick in (lambda a: a.times_s, lambda a: 1e3 * a.end_v, lambda a: 1e3 * a.mean_v):
        assert torch.autograd.gradcheck(lambda t, pick=pick: pick(layers(t)), [times], eps=1e-8, atol=1e-5, rtol=1e-4)


def test_spikes_are_those_of_the_engine_of_networks(layers, data):
    times, _ = data
    answer = layers(times)
    # Weights of a network are in single precision, and so are these then.
    network = layers.network()
    singles = ExactLayers(network, until_s=UNTIL_S, dtype=torch.float64)
    answer = singles(times)
    total = 0
    for sample in range(len(times)):
        who, at = np.nonzero(times[sample].numpy() < UNTIL_S)
        instants = times[sample].numpy()[who, at]
        order = np.lexsort((who, instants))
        played = network.with_spikes("inputs", instants[order], who[order])
        spikes = played.simulate(UNTIL_S, precision="double").spikes["outputs"]
        for neuron in range(3):
            found = answer.times_s[sample, neuron, : answer.counts[sample, neuron]].detach().numpy()
            np.testing.assert_allclose(found, spikes.of(neuron), rtol=0, atol=1e-12)
            total += len(found)
    assert total > 20


def test_two_modules_in_a_row_are_one_of_two_layers(layers, data):
    times, _ = data
    whole = layers(times)
    whole.times_s.sum().backward()
    first = ExactLayers(ms.exact_network((5, 8)), until_s=UNTIL_S, dtype=torch.float64)
    second = ExactLayers(ms.exact_network((8, 3)), until_s=UNTIL_S, dtype=torch.float64)
    with torch.no_grad():
        first.weights[0].copy_(layers.weights[0])
        second.weights[0].copy_(layers.weights[1])
    # Between two layers a spike takes a microsecond more than from an input.
    chained = second(first(times).times_s + 1e-6)
    assert torch.equal(chained.counts, whole.counts)
    torch.testing.assert_close(chained.times_s, whole.times_s, rtol=0, atol=1e-13)
    chained.times_s.sum().backward()
    torch.testing.assert_close(first.weights[0].grad, layers.weights[0].grad, rtol=1e-9, atol=1e-12)
    torch.testing.assert_close(second.weights[0].grad, layers.weights[1].grad, rtol=1e-9, atol=1e-12)


def test_threads_change_no_bit(layers, data):
    times, _ = data
    found = []
    for threads in (1, 3):
        layers.threads = threads
        layers.zero_grad()
        answer = layers(times)
        (answer.mean_v.sum() + answer.times_s.sum()).backward()
        found.append([answer.times_s.detach().clone(), *(each.grad.clone() for each in layers.weights)])
    assert all(torch.equal(a, b) for a, b in zip(*found))


def test_it_trains_in_a_loop_of_pytorch():
    generator = torch.Generator().manual_seed(1)
    layers = ExactLayers.of_shape((5, 40, 3), until_s=UNTIL_S, generator=generator)
    times, labels = padded(ms.Samples.yin_yang("training", 600))
    # A weight that moves an asymptote from reset to threshold is 0.1 here.
    optimiser = torch.optim.Adam(layers.parameters(), lr=1e-3)
    right = 0
    for _ in range(15):
        right = 0
        for first in range(0, 600, 50):
            batch = slice(first, first + 50)
            scores = 10 * layers(times[batch]).mean_v / 0.2
            loss = torch.nn.functional.cross_entropy(scores, labels[batch])
            optimiser.zero_grad()
            loss.backward()
            # Near where a spike is born or dies gradients have no bound.
            torch.nn.utils.clip_grad_norm_(layers.parameters(), 1.0)
            optimiser.step()
            right += int((scores.argmax(1) == labels[batch]).sum())
    # A third would be chance.
    assert right > 350


def test_what_is_wrong_is_said(layers):
    for times, error, words in [
        (torch.zeros(2, 4), ValueError, "(batch, 5)"),
        (torch.zeros(2, 4, 1, 1), ValueError, "times_s has the shape"),
        (torch.full((1, 5), torch.nan), ValueError, "NaN"),
        (torch.full((1, 5), -1.0), ValueError, "-1 s"),
    ]:
        with pytest.raises(error) as caught:
            layers(times)
        assert words in str(caught.value)
    with torch.no_grad():
        layers.weights[0].fill_(torch.inf)
    with pytest.raises(ValueError, match="no finite number"):
        layers(torch.zeros(1, 5))
    # No sample, and samples without a spike.
    with torch.no_grad():
        layers.weights[0].fill_(1.0)
    assert layers(torch.zeros(0, 5)).times_s.shape[:2] == (0, 3)
    silent = layers(torch.full((2, 5), UNTIL_S))
    assert silent.counts.sum() == 0 and silent.end_v.abs().max() == 0
    silent.end_v.sum().backward()
