"""Results are those of the command line, to the bit."""

from __future__ import annotations

import csv
import json

import memspike as ms
import numpy as np
import pytest
from conftest import ROOT, program, program_json

DECKS = sorted([*ROOT.glob("netlists/*.cir"), *ROOT.glob("netlists/shelf/*.cir")])


def told(run):
    """A run as the program tells it, but for the warnings of the deck, which stand first there."""
    words = run.to_dict()
    del words["version"]
    words["warnings"] = [f"{d.file}:{d.line}:{d.column}: {d.message}" for d in run.diagnostics] + words["warnings"]
    return words


def test_there_are_decks():
    assert len(DECKS) > 10


@pytest.mark.parametrize("path", DECKS, ids=lambda path: path.stem)
def test_a_deck_gives_what_the_program_prints(path, monkeypatch):
    monkeypatch.chdir(ROOT)
    name = str(path.relative_to(ROOT))
    expected = program_json("run", name, "--lenient")
    del expected["version"]
    runs = ms.Deck.from_file(name).run_all()
    words = {"runs": [told(run) for run in runs]} if "runs" in expected else told(runs[0])
    assert words == expected


@pytest.mark.parametrize("path", DECKS, ids=lambda path: path.stem)
def test_spikes_and_measures_are_those_of_the_json(path, monkeypatch):
    monkeypatch.chdir(ROOT)
    for run in ms.Deck.from_file(path).run_all(seed=3):
        words = run.to_dict()
        assert words["measures"] == run.measures
        assert words["spikes"] == {name: times.tolist() for name, times in run.spikes.items()}


NETWORKS = ["oscillators", "classifier", "job-b"]


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_spikes_as_the_program_records_it(name, tmp_path):
    path = ROOT / f"netlists/networks/{name}.toml"
    out = tmp_path / "spikes.csv"
    words = program_json("net", str(path), "--until", "0.05", "--seed", "7", "--out", str(out))
    simulation = ms.Simulation(ms.Network.from_file(path), seed=7, threads=2)
    run = simulation.run(0.05)
    assert simulation.digest == words["digest"]
    assert run.counters["spikes"] == words["counters"]["spikes"]
    rows = [row for row in csv.reader(line for line in out.read_text().splitlines() if line[0] != "#")]
    header, rows = rows[0], rows[1:]
    assert rows
    time, population, neuron = (header.index(key) for key in ("time_s", "population", "neuron"))
    for who, spikes in run.spikes.items():
        own = [row for row in rows if row[population] == who]
        assert spikes.times_s.tolist() == [float(row[time]) for row in own]
        assert spikes.neurons.tolist() == [int(row[neuron]) for row in own]


def test_probes_see_what_the_program_records(tmp_path):
    path = ROOT / "netlists/networks/job-b.toml"
    out = tmp_path / "membranes.csv"
    done = program("net", str(path), "--until", "0.02", "--probe", "excitatory[0,3-5]@1e-3", "--probe-out", str(out))
    assert done.returncode == 0, done.stderr
    probe = ms.Probe(population="excitatory", every_s=1e-3, neurons=[0, 3, 4, 5])
    (seen,) = ms.Network.from_file(path).simulate(0.02, probes=[probe]).membranes
    rows = [row for row in csv.reader(line for line in out.read_text().splitlines() if line[0] != "#")]
    header, rows = rows[0], rows[1:]
    value = header.index("potential_v")
    assert seen.potentials_v.shape == (21, 4)
    assert seen.potentials_v.reshape(-1).tolist() == [float(row[value]) for row in rows]
    assert seen.times_s.tolist() == [k * 1e-3 for k in range(21)] or np.allclose(
        seen.times_s, np.arange(21) * 1e-3, rtol=1e-15
    )


def test_a_fit_is_that_of_the_program(tmp_path):
    path = ROOT / "netlists/measurements/example.toml"
    out = tmp_path / "mine.lib"
    done = program("fit", str(path), "--json", "-o", str(out))
    assert done.returncode == 0, done.stderr
    found = ms.fit(path)
    assert found.words == json.loads(done.stdout)
    assert found.card_text == out.read_text()
