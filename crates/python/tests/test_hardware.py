"""Cores: quantised and written as the program does, and their models held against others of the same core."""

from __future__ import annotations

import json
import runpy
import subprocess

import memspike as ms
import numpy as np
import pytest
from conftest import program


@pytest.fixture(scope="module")
def layers():
    generator = np.random.default_rng(3)
    first, second = generator.normal(0.1, 0.4, (7, 5)), generator.normal(0.1, 0.4, (5, 3))
    return [
        ms.CoreLayer(weights=first, threshold=0.9, retention=0.9375, refractory_ticks=1),
        ms.CoreLayer(weights=second, threshold=0.7, retention=0.9375, refractory_ticks=1),
    ]


@pytest.fixture(scope="module")
def theirs(layers, tmp_path_factory):
    """What the program exports of these layers."""
    where = tmp_path_factory.mktemp("program")
    words = []
    for number, layer in enumerate(layers):
        np.save(where / f"w{number}.npy", layer.weights)
        words += ["--weights", str(where / f"w{number}.npy")]
    words += ["--threshold", "0.9,0.7", "--retention", "0.9375", "--refractory", "1", "--vectors", "400"]
    done = program("export-verilog", *words, "--weight-bits", "9,8", "--arch", "folded", "--out", str(where / "core"))
    assert done.returncode == 0, done.stderr
    return where / "core"


@pytest.fixture(scope="module")
def ours(layers, tmp_path_factory):
    core = ms.Core.from_layers(layers, weight_bits=[9, 8])
    folder = tmp_path_factory.mktemp("package") / "core"
    written = core.to_verilog(folder, arch="folded", vectors=400)
    assert written.files == len(list(folder.iterdir()))
    assert written.nbytes == sum(path.stat().st_size for path in folder.iterdir())
    return core, folder


def code(path):
    """A file without the lines that name the command and the checksums that follow from it."""
    lines = path.read_text().splitlines()
    return [line for line in lines if "memspike" not in line and "SHA-256" not in line]


def test_a_core_is_written_as_the_program_writes_it(ours, theirs):
    _, folder = ours
    assert {path.name for path in folder.iterdir()} == {path.name for path in theirs.iterdir()}
    for path in folder.iterdir():
        if path.suffix in (".v", ".hex", ".txt", ".py", ".h"):
            assert code(path) == code(theirs / path.name), path.name
    specs = [json.loads((where / "spec.json").read_text())["specification"] for where in (folder, theirs)]
    assert specs[0] == specs[1] == ours[0].spec


def test_a_written_core_passes_its_own_testbench(ours):
    done = subprocess.run(["make", "sim"], cwd=ours[1], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "PASS" in done.stdout


def stimuli(inputs):
    """Two images of sixty ticks."""
    generator = np.random.default_rng(11)
    for _ in range(2):
        yield "start", None
        for _ in range(60):
            for source in generator.integers(0, inputs + 1, generator.integers(0, 5)):
                yield "event", int(source)
            yield "tick", None


def test_the_model_answers_as_the_one_in_python_that_an_export_carries(ours, theirs):
    other = runpy.run_path(str(theirs / "model.py"))["Model"]()
    for core in (ours[0], ms.Core.from_folder(theirs)):
        model, fired = core.model(), 0
        for kind, source in stimuli(7):
            if kind == "start":
                model.start(), other.start()
            elif kind == "event":
                model.event(source), other.event(source)
            else:
                now = model.tick().tolist()
                assert now == other.tick()
                fired += len(now)
                assert (model.winner(), model.counts().tolist()) == (other.winner, other.counts.tolist())
                for number, layer in enumerate(other.layers):
                    assert model.potentials(number).tolist() == layer.potentials.tolist()
        assert fired > 20


@pytest.mark.parametrize(("arch", "lanes"), [("serial", 4), ("folded", 2), ("parallel", 4)])
def test_the_clocked_model_gives_the_spikes_of_the_one_without_a_clock(ours, arch, lanes):
    clocked, model = ours[0].clocked(arch, lanes), ours[0].model()
    clocked.cycle(reset=True)
    spikes, answered = [], []

    def cycle(**offered):
        shown = clocked.cycle(**offered)
        if shown.event is not None:
            spikes.append(shown.event)
        if shown.tick:
            answered.append((list(spikes), shown.winner))
            spikes.clear()
        return shown

    expected = []
    for kind, source in stimuli(7):
        if kind == "start":
            model.start()
            offer, taken = {"start": True}, "takes_start"
        elif kind == "event":
            model.event(source)
            offer, taken = {"event": source}, "takes_event"
        else:
            expected.append((model.tick().tolist(), model.winner()))
            offer, taken = {"tick": True}, "takes_tick"
        while not getattr(cycle(**offer), taken):
            pass
    for _ in range(1000):
        cycle()
    assert answered == expected
    assert sum(len(fired) for fired, _ in expected) > 20


def test_a_network_becomes_the_core_of_the_program(tmp_path):
    generator = np.random.default_rng(5)
    images, labels = generator.integers(0, 256, (30, 9)), np.arange(30) % 3
    network = ms.train_images(images, labels, shape=(9, 4, 3), epochs=1, validation=6).network
    network.to_file(tmp_path / "net.toml")
    words = ["--network", str(tmp_path / "net.toml"), "--weight-bits", "8,6", "--vectors", "200"]
    done = program("export-verilog", *words, "--out", str(tmp_path / "core"))
    assert done.returncode == 0, done.stderr
    core, read = ms.Core.from_network(network, weight_bits=[8, 6]), ms.Core.from_folder(tmp_path / "core")
    assert core.spec == read.spec
    for layer in range(2):
        assert np.array_equal(core.weights(layer), read.weights(layer))
    assert len(core.quantisation) == 2 and read.quantisation == []


def test_what_is_wrong_is_said(layers, tmp_path):
    core = ms.Core.from_layers(layers)
    for call, error, words in [
        (lambda: ms.Core.from_layers([]), ms.HardwareError, ""),
        (lambda: ms.Core.from_layers(layers[:1], rounding=1e-9), ms.HardwareError, "rounding"),
        (lambda: ms.Core.from_layers(layers, weight_bits=[8, 8, 8]), ValueError, "weight_bits has 3 values for 2"),
        (lambda: ms.Core.from_layers([ms.CoreLayer(weights=[1, 2], threshold=1)]), ValueError, "(inputs, neurons)"),
        (lambda: ms.Core.from_layers([ms.CoreLayer(weights=[[np.nan]], threshold=1)]), ms.HardwareError, "layer 0"),
        (lambda: ms.Core.from_layers([ms.CoreLayer(weights=[[1]], threshold=np.inf)]), ms.HardwareError, "threshold"),
        (lambda: ms.Core.from_layers(layers[::-1]), ms.HardwareError, ""),
        (lambda: ms.Core.from_folder(tmp_path), ms.HardwareError, "spec.json"),
        (lambda: core.weights(2), IndexError, "no layer 2"),
        (lambda: core.model().potentials(2), IndexError, "no layer 2"),
        (lambda: core.clocked("wide"), ValueError, "no arch 'wide'"),
        (lambda: core.clocked("folded", 3), ValueError, "lanes"),
        (lambda: core.clocked().cycle(count_address=4), ValueError, "count_address is 4: there are 4"),
        (lambda: core.to_verilog(tmp_path / "core", vectors=0), ValueError, "from 100"),
        (lambda: core.to_verilog(tmp_path / "no" / "core"), OSError, "cannot write"),
        (lambda: core.to_verilog(tmp_path / "core", arch="wide"), ms.HardwareError, "wide"),
        (lambda: core.to_verilog(tmp_path / "core", licence="mine!"), ms.HardwareError, "SPDX"),
        (lambda: core.to_verilog(tmp_path / "core", memory="tape"), ValueError, "no memory 'tape'"),
        (lambda: core.model().event(-1), OverflowError, ""),
        (lambda: ms.Core.from_network(ms.exact_network((3, 2))), ms.HardwareError, "model 'lif_pulse'; a core"),
        (lambda: ms.Core.from_network(ms.exact_network((3, 2)), leak_shift=17), ValueError, "from 1 to 16"),
    ]:
        with pytest.raises(error) as caught:
            call()
        assert words in str(caught.value), caught.value
    assert list(tmp_path.iterdir()) == []
