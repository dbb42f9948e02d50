"""Networks from arrays: held against closed forms and against each other."""

from __future__ import annotations

import math
import subprocess
import sys

import memspike as ms
import numpy as np
import pyarrow as pa
import pytest
import scipy.sparse as sp

CELL = ms.LifDelta(tau_s=0.01, threshold_v=1.0)


def driven(weights, delay_s=1e-3, **ways):
    """Ten clocks that drive eight cells."""
    builder = ms.NetworkBuilder()
    clocks = builder.population("clocks", 10, ms.Regular(rate_hz=np.linspace(50, 140, 10), phase=0.5))
    cells = builder.population("cells", 8, CELL)
    builder.projection("drive", clocks, cells, weights=weights, delay_s=delay_s, **ways)
    return builder.build()


def trains(run, name="cells"):
    spikes = run.spikes[name]
    return spikes.times_s.tolist(), spikes.neurons.tolist()


def test_a_drive_that_changes_on_the_way_bends_the_closed_form():
    builder = ms.NetworkBuilder()
    builder.population("one", 1, ms.LifDelta(tau_s=0.02, threshold_v=1.0, refractory_s=2e-3))
    builder.population("source", 1, ms.Input())
    simulation = ms.Simulation(builder.build())
    simulation.run(0.01)
    simulation.drive("one", 1.5)
    times = simulation.run(0.2).spikes["one"].times_s
    first = 0.02 * math.log(1.5 / 0.5)
    expected = 0.01 + first + (first + 2e-3) * np.arange(len(times))
    assert len(times) > 5
    np.testing.assert_allclose(times, expected, rtol=1e-13)
    for name, volts in [("source", 0.0), ("nobody", 0.0), ("one", math.nan), ("one", 1e7)]:
        with pytest.raises(ValueError):
            simulation.drive(name, volts)


@pytest.fixture(scope="module")
def matrix():
    generator = np.random.default_rng(1)
    return generator.uniform(0.1, 0.9, (10, 8)) * (generator.uniform(size=(10, 8)) < 0.6)


def test_a_neuron_under_a_constant_drive_fires_where_the_logarithm_says():
    builder = ms.NetworkBuilder()
    builder.population("one", 1, ms.LifDelta(tau_s=0.02, threshold_v=1.0, drive_v=1.5, refractory_s=2e-3))
    spikes = builder.build().simulate(0.2).spikes["one"]
    first = 0.02 * math.log(1.5 / 0.5)
    count = int((0.2 - first) / (first + 2e-3)) + 1
    expected = first + np.arange(count) * (first + 2e-3)
    assert np.allclose(spikes.times_s, expected, rtol=1e-13)
    assert spikes.times_s.dtype == np.float64
    assert spikes.neurons.dtype == np.uint32


def test_spikes_that_are_given_come_out_later_by_the_delay():
    builder = ms.NetworkBuilder()
    given = ms.Recorded(times_s=[0.3, 0.1, 0.2], neurons=[0, 1, 0])
    source = builder.population("source", 2, given)
    relay = builder.population("relay", 2, ms.Parrot())
    builder.projection("wire", source, relay, rule=ms.OneToOne(), delay_s=2.5e-3)
    run = builder.build().simulate(1.0)
    assert trains(run, "source") == ([0.1, 0.2, 0.3], [1, 0, 0])
    assert np.allclose(run.spikes["relay"].times_s, [0.1025, 0.2025, 0.3025], rtol=1e-15)
    assert run.spikes["relay"].of(1).tolist() == [run.spikes["relay"].times_s[0]]


def test_all_forms_of_weights_are_one_network(matrix):
    expected = trains(driven(sp.csr_array(matrix)).simulate(1.0))
    assert len(expected[0]) > 50
    rows, columns = matrix.nonzero()
    for weights in (
        sp.csc_matrix(matrix),
        sp.coo_array(matrix),
        sp.lil_matrix(matrix),
        matrix,
        np.asfortranarray(matrix),
    ):
        assert trains(driven(weights).simulate(1.0)) == expected
    listed = driven(matrix[rows, columns], connections=(rows, columns))
    assert trains(listed.simulate(1.0)) == expected
    order = np.random.default_rng(2).permutation(len(rows))
    rows, columns = rows[order].astype(np.uint8), columns[order]
    shuffled = driven(matrix[rows, columns], connections=(rows, columns))
    assert trains(shuffled.simulate(1.0)) == expected


def test_delays_go_with_their_weights(matrix):
    delays = np.random.default_rng(3).uniform(1e-3, 9e-3, matrix.shape)
    rows, columns = matrix.nonzero()
    stored = np.where(matrix != 0, delays, 0)
    expected = trains(driven(matrix, delay_s=delays).simulate(1.0))
    assert expected != trains(driven(matrix).simulate(1.0))
    assert trains(driven(sp.csr_array(matrix), delay_s=sp.csc_array(stored)).simulate(1.0)) == expected
    order = np.random.default_rng(4).permutation(len(rows))
    rows, columns = rows[order], columns[order]
    listed = driven(matrix[rows, columns], delay_s=delays[rows, columns], connections=(rows, columns))
    assert trains(listed.simulate(1.0)) == expected


def backwards(matrix):
    """A sparse matrix whose rows stand from the last column to the first."""
    rows = sp.csr_array(matrix)
    order = np.concatenate([np.arange(a, b)[::-1] for a, b in zip(rows.indptr, rows.indptr[1:])])
    return sp.csr_array((rows.data[order], rows.indices[order], rows.indptr), shape=rows.shape)


def test_the_order_in_which_a_sparse_matrix_stores_its_places_does_not_matter(matrix):
    delays = np.random.default_rng(3).uniform(1e-3, 9e-3, matrix.shape)
    stored = np.where(matrix != 0, delays, 0)
    expected = trains(driven(matrix, delay_s=delays).simulate(1.0))
    for weights, each in ((backwards(matrix), sp.csr_array(stored)), (sp.csr_array(matrix), backwards(stored))):
        before = weights.indices.copy(), each.indices.copy()
        assert trains(driven(weights, delay_s=each).simulate(1.0)) == expected
        assert np.array_equal(weights.indices, before[0])
        assert np.array_equal(each.indices, before[1])


def test_a_pair_may_have_several_synapses():
    once = driven([1.6], connections=([0], [0]))
    twice = driven(0.8, connections=([0, 0], [0, 0]))
    assert trains(once.simulate(1.0)) == trains(twice.simulate(1.0))
    assert len(twice.simulate(1.0).spikes["cells"]) == 50


def test_single_precision_and_views_are_taken(matrix):
    single = matrix.astype(np.float32)
    assert trains(driven(single).simulate(1.0)) == trains(driven(matrix).simulate(1.0))
    view = np.repeat(np.repeat(matrix, 2, 0), 2, 1)[::2, ::2]
    assert not view.flags.c_contiguous
    assert trains(driven(view).simulate(1.0)) == trains(driven(matrix).simulate(1.0))
    read_only = matrix.copy()
    read_only.flags.writeable = False
    assert trains(driven(read_only).simulate(1.0)) == trains(driven(matrix).simulate(1.0))


def test_pieces_threads_windows_and_probes_change_no_bit():
    builder = ms.NetworkBuilder()
    noise = builder.population("noise", 50, ms.Poisson(rate_hz=ms.Uniform(least=5, greatest=20)))
    cells = builder.population("cells", 200, ms.LifDelta(tau_s=0.02, threshold_v=1.0, refractory_s=1e-3))
    builder.projection(
        "in", noise, cells, rule=ms.InDegree(degree=20), weights=ms.Normal(mean=0.3, deviation=0.05), delay_s=1e-3
    )
    builder.projection(
        "loop",
        cells,
        cells,
        rule=ms.Probability(probability=0.1),
        weights=-0.05,
        delay_s=ms.Uniform(least=1e-3, greatest=3e-3),
    )
    network = builder.build()
    whole = network.simulate(0.5, seed=5, threads=1)
    expected = trains(whole)
    assert len(expected[0]) > 100
    probe = ms.Probe(population="cells", every_s=1.7e-3, neurons=[3, 1])
    assert trains(network.simulate(0.5, seed=5, threads=3, probes=[probe])) == expected
    assert trains(network.simulate(0.5, seed=6)) != expected
    simulation = ms.Simulation(network, seed=5, window_s=0.3e-3)
    pieces = [simulation.run(end) for end in (0.1234, 0.1234, 0.4, 0.5)]
    joined = [trains(piece) for piece in pieces]
    assert [time for times, _ in joined for time in times] == expected[0]
    assert [neuron for _, neurons in joined for neuron in neurons] == expected[1]
    assert pieces[-1].counters == whole.counters
    first = ms.Simulation(network, seed=5)
    first.run(0.2)
    second = ms.Simulation(network, seed=5)
    second.load(first.save())
    rest = trains(second.run(0.5))
    begin = len(expected[0]) - len(rest[0])
    assert (expected[0][begin:], expected[1][begin:]) == rest
    assert expected[0][begin - 1] <= 0.2 < expected[0][begin]
    with pytest.raises(ms.RunError):
        ms.Simulation(network, seed=6).load(first.save())
    with pytest.raises(ms.RunError, match=r"has not run, and this one is at 0\.2"):
        first.load(first.save())


def test_a_membrane_is_its_closed_form():
    builder = ms.NetworkBuilder()
    model = ms.LifDelta(tau_s=0.01, threshold_v=1.0, initial_v=[0.5, -0.5], rest_v=0.1)
    builder.population("two", 2, model)
    network = builder.build()
    (seen,) = network.simulate(0.05, probes=[ms.Probe(population="two", every_s=1e-3)]).membranes
    assert seen.potentials_v.shape == (51, 2)
    expected = 0.1 + np.array([0.4, -0.6]) * np.exp(-seen.times_s / 0.01)[:, None]
    assert np.allclose(seen.potentials_v, expected, rtol=1e-12)
    assert seen.currents_ampere is None
    simulation = ms.Simulation(network)
    simulation.run(0.01)
    assert np.allclose(simulation.potentials("two"), [0.1 + 0.4 / math.e, 0.1 - 0.6 / math.e], rtol=1e-9)


def test_synaptic_currents_decay_as_they_should():
    builder = ms.NetworkBuilder()
    source = builder.population("source", 1, ms.Recorded(times_s=[0.0]))
    cell = ms.LifExp(tau_s=0.01, threshold_v=1.0, capacitance_farad=1e-9, tau_excitatory_s=5e-3, tau_inhibitory_s=5e-3)
    cells = builder.population("cells", 1, cell)
    builder.projection("in", source, cells, weights=[[1.0]], unit=1e-10, delay_s=1e-3)
    (seen,) = builder.build().simulate(0.03, probes=[ms.Probe(population="cells", every_s=1e-3)]).membranes
    since = seen.times_s - 1e-3
    current = np.where(since < -1e-9, 0, 1e-10 * np.exp(-since / 5e-3))
    assert np.allclose(seen.currents_ampere[:, 0], current, rtol=1e-6)
    potential = 1e-10 / 1e-9 * 0.01 * 5e-3 / (0.01 - 5e-3) * (np.exp(-since / 0.01) - np.exp(-since / 5e-3))
    assert np.allclose(seen.potentials_v[:, 0], np.where(since < 1e-9, 0, potential), rtol=1e-6, atol=1e-12)


def test_inputs_are_played():
    builder = ms.NetworkBuilder()
    inputs = builder.population("inputs", 3, ms.Input())
    relay = builder.population("relay", 3, ms.Parrot())
    builder.projection("wire", inputs, relay, rule=ms.OneToOne(), delay_s=1e-3)
    network = builder.build()
    simulation = ms.Simulation(network, record=["relay"])
    simulation.play("inputs", [0.02, 0.01], [2, 0])
    run = simulation.run(0.1)
    assert list(run.spikes) == ["relay"]
    assert run.spikes["relay"].neurons.tolist() == [0, 2]
    assert list(ms.Simulation(network, record="relay").run(0.1).spikes) == ["relay"]
    with pytest.raises(ValueError, match="is over"):
        simulation.play("inputs", 0.05)
    with pytest.raises(ValueError, match="is no input"):
        simulation.play("relay", 0.5)
    with pytest.raises(ValueError, match="no population"):
        simulation.play("nobody", 0.5)
    with pytest.raises(ValueError, match="from 0 to"):
        simulation.play("inputs", math.nan)


def test_spikes_reach_numpy_and_arrow_without_a_copy():
    spikes = driven(np.full((10, 8), 1.5)).simulate(1.0).spikes["cells"]
    # The arrays' memory is a vector of the run, which a slice container of the bindings holds.
    assert type(spikes.times_s.base).__name__ == "PySliceContainer"
    assert type(spikes.neurons.base).__name__ == "PySliceContainer"
    table = pa.table(spikes)
    assert table.column_names == ["time_s", "neuron"]
    for name, array in (("time_s", spikes.times_s), ("neuron", spikes.neurons)):
        (chunk,) = table[name].chunks
        assert chunk.buffers()[1].address == array.ctypes.data
        assert chunk.to_numpy().tolist() == array.tolist()
    assert spikes.counts().sum() == len(spikes)


WRONG = [
    ({"weights": np.ones((3, 8))}, ValueError, r"weights of 'drive' has the shape \(3, 8\): \(10, 8\) is needed"),
    ({"weights": sp.csr_array(np.ones((8, 10)))}, ValueError, r"weights of 'drive' have the shape \(8, 10\)"),
    ({"weights": np.full((10, 8), math.nan)}, ms.NetworkError, "drive"),
    ({"weights": sp.csr_array(np.full((10, 8), math.inf))}, ms.NetworkError, "finite"),
    ({"weights": np.ones((10, 8), complex)}, TypeError, "complex128"),
    ({"weights": [["a"] * 8] * 10}, TypeError, "type"),
    ({"weights": np.ones((10, 8), object)}, TypeError, "object"),
    ({"weights": np.ones((10, 8)), "delay_s": np.ones((8, 10))}, ValueError, "delay_s of 'drive' has the shape"),
    ({"weights": np.ones((10, 8)), "delay_s": -1e-3}, ValueError, "it must be from 0"),
    ({"weights": np.ones((10, 8)), "delay_s": math.nan}, ValueError, "it must be from 0"),
    ({"weights": np.ones((10, 8)), "delay_s": ms.Uniform(least=1e-3, greatest=2e-3)}, TypeError, "needs a rule"),
    ({"weights": 1.0, "connections": ([0, 10], [0, 0])}, ValueError, r"sources of 'drive'\[1\] is 10"),
    ({"weights": 1.0, "connections": ([0, -1], [0, 0])}, ValueError, r"sources of 'drive'\[1\] is -1"),
    ({"weights": 1.0, "connections": ([0.5], [0])}, TypeError, "whole numbers"),
    ({"weights": 1.0, "connections": ([0], [0, 1])}, ValueError, "1 sources and 2 targets"),
    ({"weights": [1.0, 2.0], "connections": ([0], [0])}, ValueError, "shape"),
    ({"weights": 1.0, "connections": ([0], [0]), "rule": ms.AllToAll()}, ValueError, "leave one out"),
    ({"weights": 1.0, "rule": ms.InDegree(degree=11)}, ms.NetworkError, "drive"),
    ({"weights": math.nan, "rule": ms.AllToAll()}, ms.NetworkError, "drive"),
    ({"weights": np.ones((10, 8)), "effect": "ampere"}, ms.NetworkError, "volt"),
    ({"weights": np.ones((10, 8)), "effect": "push"}, ValueError, "no effect 'push'"),
    ({"weights": np.ones((10, 8)), "unit": math.inf}, ms.NetworkError, "drive"),
]


@pytest.mark.parametrize(("given", "kind", "words"), WRONG, ids=range(len(WRONG)))
def test_a_projection_that_cannot_be_is_refused_by_name(given, kind, words):
    with pytest.raises(kind, match=words):
        driven(**given)


def test_sparse_delays_of_other_places_are_refused(matrix):
    with pytest.raises(ValueError, match="other places"):
        driven(sp.csr_array(matrix), delay_s=sp.csr_array(np.full((10, 8), 1e-3)))


def test_populations_that_cannot_be_are_refused():
    builder = ms.NetworkBuilder()
    builder.population("a", 2, ms.LifDelta(tau_s=math.nan, threshold_v=1.0))
    with pytest.raises(ms.NetworkError, match=r"population 'a': membrane\.tau_s"):
        builder.build()
    below = ms.NetworkBuilder()
    below.population("a", 2, ms.LifDelta(tau_s=0.01, threshold_v=-50e-3, rest_v=-65e-3))
    with pytest.raises(ms.NetworkError, match=r"must be above 0.*give another potential as the reset"):
        below.build()
    with pytest.raises(RuntimeError, match="begin another"):
        builder.population("b", 1, CELL)
    builder = ms.NetworkBuilder()
    with pytest.raises(ValueError, match=r"neurons of 'r'\[0\] is 3"):
        builder.population("r", 3, ms.Recorded(times_s=[0.1], neurons=[3]))
    with pytest.raises(ms.NetworkError, match="spike 0"):
        builder.population("r", 3, ms.Recorded(times_s=[-0.1], neurons=[0]))
    with pytest.raises(OverflowError):
        builder.population("c", -1, CELL)
    builder.population("p", 3, ms.Poisson(rate_hz=[1.0, 2.0]))
    with pytest.raises(ms.NetworkError, match="2 numbers; 3 are needed"):
        builder.build()
    other = ms.NetworkBuilder().population("c", 1, CELL)
    builder = ms.NetworkBuilder()
    cell = builder.population("c", 1, CELL)
    with pytest.raises(ValueError, match="another NetworkBuilder"):
        builder.projection("x", other, cell, delay_s=1e-3)


def test_runs_that_cannot_be_are_refused(matrix):
    network = driven(matrix)
    for until in (-1, math.nan, math.inf, 1e9):
        with pytest.raises(ValueError, match="it must be from 0"):
            network.simulate(until)
    with pytest.raises(ms.NetworkError, match="is 'cells' meant"):
        network.simulate(1.0, probes=[ms.Probe(population="cell", every_s=1e-3)])
    with pytest.raises(ms.NetworkError, match="no membrane"):
        network.simulate(1.0, probes=[ms.Probe(population="clocks", every_s=1e-3)])
    for every in (0, -1, math.nan):
        with pytest.raises(ms.NetworkError, match="give a time above 0"):
            network.simulate(1.0, probes=[ms.Probe(population="cells", every_s=every)])
    with pytest.raises(ms.NetworkError, match="no population 'x'"):
        network.simulate(1.0, record=["x"])
    simulation = ms.Simulation(network)
    simulation.run(0.5)
    with pytest.raises(ValueError, match="beyond"):
        simulation.run(0.4)
    with pytest.raises(IndexError):
        simulation.run(0.6).spikes["cells"].of(8)


def test_a_network_that_runs_away_keeps_what_it_had():
    builder = ms.NetworkBuilder()
    # Each fires two thousand times at once until its potential is below its threshold.
    cell = ms.LifDelta(tau_s=0.01, threshold_v=0.1, reset="subtract", initial_v=200.05)
    cells = builder.population("cells", 100, cell)
    builder.projection("loop", cells, cells, rule=ms.OneToOne(), weights=5.0, delay_s=1e-3)
    with pytest.raises(ms.RunError, match="runs away") as caught:
        builder.build().simulate(1.0)
    assert caught.value.results.reached_s < 1.0


def test_spikes_that_memory_cannot_hold_end_the_run_and_not_the_interpreter():
    text = """
import resource
import memspike as ms
builder = ms.NetworkBuilder()
builder.population("clocks", 10_000, ms.Regular(rate_hz=1000.0))
simulation = ms.Simulation(builder.build(), threads=1)
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 600_000_000,) * 2)
try:
    simulation.run(18000)
except ms.RunError as error:
    assert "are kept already" in str(error), error
    assert len(error.results.spikes["clocks"]) > 1_000_000
    print("told")
"""
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=300, check=False)
    assert done.stdout == "told\n", done.stderr


def test_a_file_that_is_no_network_has_its_place(tmp_path):
    path = tmp_path / "bad.toml"
    path.write_text("version = 1\n[[populations]]\nname = 3\n")
    with pytest.raises(ms.NetworkError) as caught:
        ms.Network.from_file(path)
    assert caught.value.file == str(path)
    assert caught.value.line == 3
