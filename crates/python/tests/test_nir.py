"""Graphs of NIR and files of networks: as the program converts them."""

from __future__ import annotations

import memspike as ms
import numpy as np
import pytest
from conftest import program


@pytest.fixture
def network():
    builder = ms.NetworkBuilder()
    inputs = builder.population("inputs", 3, ms.Input())
    cells = builder.population(
        "cells",
        2,
        ms.LifExp(
            tau_s=0.02,
            threshold_v=1.0,
            refractory_s=0.0,
            capacitance_farad=1e-9,
            tau_excitatory_s=5e-3,
            tau_inhibitory_s=5e-3,
        ),
    )
    weights = np.array([[0.4, 0.1], [0.2, 0.3], [0.6, 0.7]])
    builder.projection("in", inputs, cells, weights=weights, unit=1e-6, delay_s=1e-3)
    return builder.build()


def test_files_of_the_package_and_of_the_program_are_the_same(network, tmp_path):
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    ours.mkdir(), theirs.mkdir()
    network.to_file(ours / "net.toml")
    network.to_nir(ours / "net.nir", spike_area_s=1e-3)
    words = ["nir", "convert", str(ours / "net.toml"), "-o", str(theirs / "net.nir"), "--spike-area", "1e-3"]
    done = program(*words)
    assert done.returncode == 0, done.stderr
    assert (ours / "net.nir").read_bytes() == (theirs / "net.nir").read_bytes()
    back = ms.Network.from_nir(ours / "net.nir", spike_area_s=1e-3)
    back.to_file(ours / "back.toml")
    done = program("nir", "convert", str(ours / "net.nir"), "-o", str(theirs / "back.toml"), "--spike-area", "1e-3")
    assert done.returncode == 0, done.stderr
    for path in theirs.glob("back*"):
        assert path.read_bytes() == (ours / path.name).read_bytes()
    assert back.nodes["cells"] == [("cells", None)]


def test_a_network_spikes_alike_before_and_after(network, tmp_path):
    times, neurons = np.arange(1, 61) * 2e-3, np.arange(60) % 3
    network.to_nir(tmp_path / "net.nir")
    played = ms.Simulation(network, precision="double")
    played.play("inputs", times, neurons)
    expected = played.run(0.2).spikes["cells"]
    back = ms.Network.from_nir(tmp_path / "net.nir", spikes={"inputs": (times, neurons)})
    found = back.simulate(0.2, precision="double").spikes["cells"]
    assert len(expected) > 5
    assert found.neurons.tolist() == expected.neurons.tolist()
    np.testing.assert_allclose(found.times_s, expected.times_s, rtol=1e-12)


def test_json_is_read_again(network, tmp_path):
    network.to_file(tmp_path / "net.json")
    read = ms.Network.from_file(tmp_path / "net.json")
    assert np.array_equal(read.weights("in"), network.weights("in"))


def test_what_is_wrong_is_said(network, tmp_path):
    (tmp_path / "no.nir").write_bytes(b"no graph")
    poisson = ms.NetworkBuilder()
    poisson.population("clock", 1, ms.Parrot())
    for call, error, words in [
        (lambda: ms.Network.from_nir(tmp_path / "nothing.nir"), ms.NetworkError, "nothing.nir"),
        (lambda: ms.Network.from_nir(tmp_path / "no.nir"), ms.NetworkError, "no.nir"),
        (lambda: network.to_nir(tmp_path / "no" / "net.nir"), ms.NetworkError, "net.nir"),
        (lambda: poisson.build().to_nir(tmp_path / "parrot.nir"), ms.NetworkError, "clock"),
        (lambda: network.to_file(tmp_path / "net.txt"), ValueError, ".toml or .json"),
        (lambda: network.to_file(tmp_path / "no" / "net.toml"), OSError, ""),
        (lambda: network.weights("out"), KeyError, "no projection 'out'"),
    ]:
        with pytest.raises(error) as caught:
            call()
        assert words in str(caught.value), caught.value
    assert [path.name for path in tmp_path.iterdir()] == ["no.nir"]
