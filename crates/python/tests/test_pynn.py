"""The PyNN backend: against closed forms, against networks of the package, and against PyNN's own connectors."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pyNN.connectors
import pyNN.mock
import pynn_memspike as sim
import pytest
from pyNN import errors
from pyNN.random import NumpyRNG, RandomDistribution

CELL = {"tau_m": 12.5, "cm": 0.4, "v_rest": -65.0, "v_reset": -70.0, "v_thresh": -52.0, "tau_refrac": 1.7}
RESISTANCE = CELL["tau_m"] / CELL["cm"]


@pytest.fixture(autouse=True)
def begun():
    sim.setup(timestep=0.1)


def trains(population, segment=-1):
    return [train.magnitude for train in population.get_data("spikes").segments[segment].spiketrains]


def potentials(population, segment=-1):
    return population.get_data("v").segments[segment].analogsignals[0].magnitude


def rise(current, begin, end):
    """How long (ms) a current (nA) takes from one potential to another (mV)."""
    aim = CELL["v_rest"] + RESISTANCE * current
    return CELL["tau_m"] * np.log((aim - begin) / (aim - end))


def recorded(model, size=1, **ways):
    cells = sim.Population(size, model, **ways)
    cells.record(["spikes", "v"])
    return cells


@pytest.mark.parametrize("model", [sim.IF_curr_exp, sim.IF_curr_delta])
@pytest.mark.parametrize("timestep", [0.01, 0.1, 1.0])
def test_a_constant_current_makes_cells_fire_where_the_logarithm_says_whatever_the_timestep(model, timestep):
    sim.setup(timestep=timestep)
    cells = recorded(model(i_offset=[0.5, 0.9, 2.3], **CELL), 3, initial_values={"v": -60.0})
    sim.run(200.0)
    for current, train in zip([0.5, 0.9, 2.3], trains(cells)):
        period = CELL["tau_refrac"] + rise(current, CELL["v_reset"], CELL["v_thresh"])
        expected = rise(current, -60.0, CELL["v_thresh"]) + period * np.arange(len(train))
        assert len(train) > 5 and 200.0 - train[-1] < period
        np.testing.assert_allclose(train, expected, rtol=1e-12)
    assert potentials(cells).shape == (round(200.0 / timestep) + 1, 3)


@pytest.mark.parametrize("model", [sim.IF_curr_exp, sim.IF_curr_delta])
def test_a_current_from_start_to_stop_bends_the_potential_then_and_only_then(model):
    cells = recorded(model(**CELL), 3, initial_values={"v": CELL["v_rest"]})
    cells[0:1].inject(sim.DCSource(amplitude=0.2, start=10.03, stop=30.0))
    steps = sim.StepCurrentSource(times=[5.0, 20.0, 40.0], amplitudes=[0.1, -0.3, 0.05])
    steps.inject_into(cells[1:3])
    cells[2:3].inject(sim.DCSource(amplitude=0.2, start=10.03, stop=30.0))
    sim.run(17.0)
    sim.run(33.0)

    def step(times, begin):
        return np.where(times > begin, -np.expm1(-np.maximum(times - begin, 0) / CELL["tau_m"]), 0.0)

    times = 0.1 * np.arange(501)
    dc = 0.2 * (step(times, 10.03) - step(times, 30.0))
    stepped = 0.1 * step(times, 5.0) - 0.4 * step(times, 20.0) + 0.35 * step(times, 40.0)
    expected = CELL["v_rest"] + RESISTANCE * np.stack([dc, stepped, dc + stepped], axis=1)
    assert all(len(train) == 0 for train in trains(cells))
    np.testing.assert_allclose(potentials(cells), expected, rtol=0, atol=1e-11)


def test_a_spike_moves_a_membrane_as_both_models_say():
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[2.0]))
    delta = recorded(sim.IF_curr_delta(**CELL), initial_values={"v": -65.0})
    exp = recorded(sim.IF_curr_exp(tau_syn_E=3.0, tau_syn_I=7.0, **CELL), 2, initial_values={"v": -65.0})
    sim.Projection(source, delta, sim.AllToAllConnector(), sim.StaticSynapse(weight=4.0, delay=1.3))
    sim.Projection(source, exp[:1], sim.AllToAllConnector(), sim.StaticSynapse(weight=0.3, delay=1.3))
    sim.Projection(source, exp[1:], sim.AllToAllConnector(), sim.StaticSynapse(weight=-0.3, delay=1.3))
    sim.run(30.0)
    # A sample at the instant of the arrival has it.
    times = 0.1 * np.arange(301) - 3.3
    since = np.where(times > -1e-9, np.maximum(times, 0.0), np.inf)
    leak = np.exp(-since / CELL["tau_m"])
    np.testing.assert_allclose(potentials(delta)[:, 0], -65.0 + 4.0 * leak, rtol=0, atol=1e-11)
    for column, (weight, tau) in enumerate([(0.3, 3.0), (-0.3, 7.0)]):
        scale = weight / CELL["cm"] / (1 / tau - 1 / CELL["tau_m"])
        expected = -65.0 + scale * (leak - np.exp(-since / tau))
        np.testing.assert_allclose(potentials(exp)[:, column], expected, rtol=0, atol=1e-11)


def noisy():
    """Noise into a recurrent network whose cells differ."""
    rng = NumpyRNG(seed=3)
    noise = sim.Population(40, sim.SpikeSourcePoisson(rate=[50.0] * 30 + [400.0] * 10))
    cells = sim.Population(30, sim.IF_curr_exp(tau_m=[10.0, 15.0, 20.0] * 10), initial_values={"v": -60.0})
    weights = RandomDistribution("uniform", low=0.2, high=0.9, rng=rng)
    sim.Projection(
        noise, cells, sim.FixedProbabilityConnector(0.5, rng=rng), sim.StaticSynapse(weight=weights, delay=1.5)
    )
    inner = sim.StaticSynapse(weight=-0.2, delay=0.7)
    sim.Projection(cells, cells, sim.FixedNumberPreConnector(5, rng=rng), inner, receptor_type="inhibitory")
    both = noise + cells
    both.record("spikes")
    return noise, cells, both


@pytest.mark.parametrize("threads", [1, 2])
def test_neither_cuts_of_a_run_nor_the_timestep_nor_recordings_nor_threads_move_a_bit(threads):
    noise, cells, _ = noisy()
    sim.run(330.0)
    expected = [trains(noise), trains(cells)]
    assert all(sum(map(len, each)) > 200 for each in expected)
    sim.setup(timestep=0.25, threads=threads)
    noise, cells, both = noisy()
    for end in [0.0, 7.77, 100.0, 100.0, 250.0]:
        sim.run_until(end)
        if end == 7.77:
            cells[3:9].record("v")
    sim.run(80.0)
    assert sim.get_current_time() == 330.0
    for before, now in zip(expected, [trains(noise), trains(cells)]):
        assert all(np.array_equal(*pair) for pair in zip(before, now))
    found = both.get_data().segments[0].spiketrains
    assert sum(len(train) for train in found) == sum(len(train) for each in expected for train in each)
    signal = potentials(cells)
    assert signal.shape == (1321, 6)
    assert np.isnan(signal[:32]).all() and np.isfinite(signal[32:]).all()


def test_other_seeds_and_segments_draw_other_poisson_spikes():
    def drawn(seed):
        sim.setup(rng_seed=seed)
        source = sim.Population(5, sim.SpikeSourcePoisson(rate=100.0))
        source.record("spikes")
        for _ in range(2):
            sim.run(150.0)
            sim.reset()
        return [np.concatenate(trains(source, segment)).tolist() for segment in (0, 1)]

    first, second = drawn(1)
    assert first != second
    assert drawn(1) == [first, second]
    assert drawn(2)[0] not in (first, second)


def test_poisson_sources_begin_end_and_spread_as_the_law_says():
    size, rate = 400, 80.0
    source = sim.Population(size, sim.SpikeSourcePoisson(rate=rate, start=130.0, duration=555.5))
    source.record("spikes")
    sim.run(1000.0)
    times = np.concatenate(trains(source))
    assert 130.0 <= times.min() and times.max() < 685.5
    counts = np.array(list(source.get_spike_counts().values()))
    mean = rate * 0.5555
    # Five standard errors of a mean, and of a variance of Poisson counts.
    assert abs(counts.mean() - mean) < 5 * np.sqrt(mean / size)
    assert abs(counts.var() - mean) < 5 * np.sqrt((2 * mean**2 + mean) / size)
    halves = np.histogram(times, [130.0, 130.0 + 555.5 / 2, 685.5])[0]
    assert abs(halves[0] - halves[1]) < 5 * np.sqrt(len(times))


def test_sources_and_synapses_can_be_changed_between_runs():
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[1.0, 11.0]))
    poisson = sim.Population(50, sim.SpikeSourcePoisson(rate=0.0))
    cell = recorded(sim.IF_curr_delta(**CELL), initial_values={"v": -65.0})
    poisson.record("spikes")
    synapses = sim.Projection(source, cell, sim.AllToAllConnector(), sim.StaticSynapse(weight=2.0, delay=1.0))
    sim.run(10.0)
    synapses.set(weight=5.0)
    source.set(spike_times=[1.0, 11.0, 21.0])
    poisson.set(rate=300.0)
    sim.run(20.0)
    signal = potentials(cell)[:, 0]
    leak = np.exp(-10.0 / CELL["tau_m"])
    after = 2.0 * leak + 5.0
    for at, expected in [(2.0, 2.0), (12.0, after), (22.0, after * leak + 5.0)]:
        assert signal[round(at / 0.1)] + 65.0 == pytest.approx(expected, abs=1e-11)
    times = np.concatenate(trains(poisson))
    assert 10.0 < times.min() and 200 < len(times) < 400
    cell.set(i_offset=10.0)
    sim.run(10.0)
    assert len(trains(cell)[0]) > 3


CONNECTORS = {
    "all": lambda api: api.AllToAllConnector(allow_self_connections=False),
    "probability": lambda api: api.FixedProbabilityConnector(0.3, rng=NumpyRNG(seed=1)),
    "in": lambda api: api.FixedNumberPreConnector(4, rng=NumpyRNG(seed=2)),
    "out": lambda api: api.FixedNumberPostConnector(4, with_replacement=True, rng=NumpyRNG(seed=3)),
    "one": lambda api: api.OneToOneConnector(),
    "distance": lambda api: api.DistanceDependentProbabilityConnector("exp(-d/5)", rng=NumpyRNG(seed=4)),
    "total": lambda api: api.FixedTotalNumberConnector(30, rng=NumpyRNG(seed=5)),
    "list": lambda api: api.FromListConnector([(0, 3, 0.5, 1.0), (0, 3, 0.25, 2.0), (7, 1, 0.125, 0.3)]),
    "array": lambda api: api.ArrayConnector(np.eye(12, k=2, dtype=bool)),
}


@pytest.mark.parametrize("name", CONNECTORS)
def test_connectors_make_what_they_make_in_pynns_mock(name):
    def made(api):
        api.setup(timestep=0.1, min_delay=0.1, max_delay=10.0)
        cells = api.Population(12, api.IF_curr_exp())
        weights = RandomDistribution("uniform", low=0.1, high=0.9, rng=NumpyRNG(seed=8))
        synapse = api.StaticSynapse(weight=weights, delay="0.2+0.1*d")
        projection = api.Projection(cells, cells, CONNECTORS[name](api), synapse)
        return sorted(tuple(map(float, each)) for each in projection.get(["weight", "delay"], "list"))

    found = made(sim)
    assert found and found == made(pyNN.mock)


def listed(columns):
    """Thirty connections of 13 sources and 6 targets in no order, some of a pair several times."""
    generator = np.random.default_rng(4)
    ends = np.stack([generator.integers(13, size=30), generator.integers(6, size=30)], axis=1)
    return np.concatenate([ends, generator.uniform(0.2, 0.9, (30, columns))], axis=1)


@pytest.mark.parametrize(
    ("name", "ways"),
    [
        ("OneToOneConnector", {}),
        ("FixedTotalNumberConnector", {"n": 70}),
        ("FromListConnector", {"conn_list": listed(0)}),
        ("FromListConnector", {"conn_list": listed(2)}),
        ("FromListConnector", {"conn_list": listed(1), "column_names": ["delay"]}),
        ("FixedProbabilityConnector", {"p_connect": 0.3}),
        ("FixedProbabilityConnector", {"p_connect": 1.0, "allow_self_connections": False}),
        ("FixedProbabilityConnector", {"p_connect": 0.4, "allow_self_connections": "NoMutual"}),
    ],
)
@pytest.mark.parametrize("part", [slice(None), slice(3, 9)])
def test_connectors_without_a_loop_make_the_list_of_pynns_own(name, ways, part, monkeypatch):
    # Blocks of a few columns, the last one shorter.
    monkeypatch.setattr(sim._connectors, "_BLOCK", 60)
    cells = sim.Population(13, sim.IF_curr_exp())
    # PyNN has no answer to which cells of a view are mutual.
    after = cells if part == slice(None) or ways.get("allow_self_connections") == "NoMutual" else cells[part]
    lists = []
    for module in (sim, pyNN.connectors):
        more = {} if name in ("OneToOneConnector", "FromListConnector") else {"rng": NumpyRNG(seed=6)}
        connector = getattr(module, name)(**ways, **more)
        made = sim.Projection(cells, after, connector, sim.StaticSynapse(weight=0.25, delay=0.7))
        lists.append((made.get(["weight", "delay"], "list"), more and more["rng"].next(3).tolist()))
    assert len(lists[0][0]) > 5
    assert lists[0] == lists[1]


@pytest.mark.parametrize(
    ("ends", "words"), [((13, 0), "source .* 13 of 13"), ((0, -1), "target"), ((0.5, 0), "source")]
)
def test_a_list_names_the_end_that_there_is_not(ends, words):
    cells = sim.Population(13, sim.IF_curr_exp())
    connector = sim.FromListConnector([(0, 0, 0.1, 1.0), (*ends, 0.1, 1.0)])
    with pytest.raises(errors.ConnectionError, match=words):
        sim.Projection(cells, cells, connector, sim.StaticSynapse())


def test_weights_of_the_wrong_sign_are_refused_by_both_ways():
    cells = sim.Population(3, sim.IF_curr_exp())
    for connector in (sim.OneToOneConnector(), pyNN.connectors.OneToOneConnector()):
        with pytest.raises(errors.ConnectionError):
            sim.Projection(cells, cells, connector, sim.StaticSynapse(weight=-0.5), receptor_type="excitatory")


def test_segments_cleared_data_and_views_have_their_own_spikes_and_samples():
    cells = recorded(sim.IF_curr_exp(i_offset=[1.0, 1.5, 2.0, 2.5]), 4)
    sim.run(50.0)
    first = [trains(cells), potentials(cells)]
    assert np.array_equal(potentials(cells[1:3]), first[1][:, 1:3])
    sim.reset()
    sim.run(20.0)
    cells.get_data(clear=True)
    sim.run(30.0)
    signal = cells.get_data("v").segments[-1].analogsignals[0]
    assert float(signal.t_start) == 20.0
    assert np.array_equal(signal.magnitude, first[1][200:])
    for before, now in zip(first[0], trains(cells)):
        assert np.array_equal(before[before > 20.0], now)


def test_currents_are_recorded_at_timesteps():
    cells = sim.Population(1, sim.IF_curr_exp())
    source = sim.StepCurrentSource(times=[1.0, 2.5], amplitudes=[0.5, -0.25])
    cells.inject(source)
    source.record()
    sim.run(2.0)
    sim.run(2.0)
    signal = source.get_data()
    times = signal.times.rescale("ms").magnitude
    np.testing.assert_allclose(times, 0.1 * np.arange(41), atol=1e-12)
    expected = np.repeat([0.0, 0.5, -0.25], [10, 15, 16])
    assert np.array_equal(signal.magnitude[:, 0], expected)


@pytest.mark.parametrize(
    ("asked", "error", "words"),
    [
        (lambda cells: sim.IF_cond_exp(), NotImplementedError, "IF_cond_exp"),
        (lambda cells: sim.ACSource(), NotImplementedError, "ACSource"),
        (lambda cells: sim.STDPMechanism(), NotImplementedError, "STDPMechanism"),
        (lambda cells: sim.Population(1, sim.IF_curr_exp()), NotImplementedError, "populations"),
        (lambda cells: cells.set(tau_m=3.0), NotImplementedError, "tau_m"),
        (lambda cells: cells.initialize(v=-60.0), NotImplementedError, "initial values"),
        (lambda cells: cells[:1].set(i_offset=1.0), NotImplementedError, "alike"),
        (lambda cells: cells[:1].inject(sim.DCSource()), NotImplementedError, "alike"),
        (lambda cells: cells.set(i_offset=float("nan")), errors.InvalidParameterValueError, "i_offset"),
        (lambda cells: sim.DCSource(amplitude=float("nan")), errors.InvalidParameterValueError, "amplitude"),
        (lambda cells: cells.record("gsyn_exc"), errors.RecordingError, "gsyn_exc"),
        (lambda cells: sim.run_until(3.0), ValueError, "past"),
        (lambda cells: sim.run_until(float("inf")), ValueError, "no end"),
    ],
)
def test_what_there_is_not_raises_and_leaves_the_run_as_it_was(asked, error, words):
    cells = recorded(sim.IF_curr_exp(i_offset=2.0), 3)
    sim.run(5.0)
    with pytest.raises(error, match=words):
        asked(cells)
    sim.run(45.0)
    found = trains(cells)
    sim.setup()
    cells = recorded(sim.IF_curr_exp(i_offset=2.0), 3)
    sim.run(50.0)
    assert len(found[0]) > 2 and all(np.array_equal(*pair) for pair in zip(found, trains(cells)))


@pytest.mark.parametrize("parameters", [{"tau_m": -1.0}, {"v_reset": -40.0}, {"cm": 0.0}])
def test_parameters_that_describe_no_cell_are_pynns_error(parameters):
    with pytest.raises(errors.InvalidParameterValueError):
        sim.Population(2, sim.IF_curr_exp(**parameters))
        sim.run(1.0)


def test_what_could_not_be_made_leaves_nothing_behind():
    cells = recorded(sim.IF_curr_exp(i_offset=2.0))
    for size, model in [(0, sim.IF_curr_exp()), (1, sim.SpikeSourceArray(spike_times=[-1.0]))]:
        with pytest.raises((errors.InvalidDimensionsError, errors.InvalidParameterValueError)):
            sim.Population(size, model)
    sim.run(20.0)
    with pytest.raises(NotImplementedError):
        sim.Population(1, sim.IF_curr_exp())
    sim.reset()
    sim.run(20.0)
    assert [len(each) for each in (trains(cells, 0), trains(cells, 1))] == [1, 1]
    with pytest.raises(ValueError, match="timestep"):
        sim.setup(timestep=0)


def test_views_have_initial_values_of_their_own():
    cells = recorded(sim.IF_curr_exp(**CELL), 3)
    cells.initialize(v=-60.0)
    cells[1:].initialize(v=[-58.0, -57.0])
    sim.run(0.0)
    assert potentials(cells)[0].tolist() == pytest.approx([-60.0, -58.0, -57.0], rel=1e-15)
    assert cells[2].get_initial_value("v") == -57.0


def test_spike_times_must_rise_and_weights_have_the_sign_of_their_receptor():
    with pytest.raises(errors.InvalidParameterValueError, match="increasing"):
        sim.Population(2, sim.SpikeSourceArray(spike_times=[3.0, 1.0]))
    cells = sim.Population(2, sim.IF_curr_exp())
    synapses = sim.Projection(cells, cells, sim.AllToAllConnector(), sim.StaticSynapse(weight=0.1, delay=1.0))
    synapses.set(weight=-0.1)
    with pytest.raises(errors.ConnectionError, match="positive"):
        sim.run(1.0)


def test_scripts_that_name_their_simulator_find_memspike(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "from pyNN.utility import get_simulator\n"
        "sim, options = get_simulator()\n"
        "sim.setup()\n"
        "cells = sim.Population(1, sim.IF_curr_exp(i_offset=2.0))\n"
        "cells.record('spikes')\n"
        "sim.run(100.0)\n"
        "print(sim.__name__, cells.mean_spike_count())\n"
    )
    words = [sys.executable, "-m", "pynn_memspike", str(script), "memspike"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    name, count = done.stdout.split()
    assert name == "pynn_memspike" and float(count) > 5


def test_a_spike_at_the_very_beginning_is_one_and_is_not_repeated_later():
    source = sim.Population(2, sim.SpikeSourceArray(spike_times=[[0.0, 5.0], [5.0, 10.0]]))
    source.record("spikes")
    for end in [0.0, 5.0, 5.0, 10.0, 20.0]:
        sim.run_until(end)
    assert [train.tolist() for train in trains(source)] == [[0.0, 5.0], [5.0, 10.0]]


def test_spikes_after_a_change_of_rates_are_not_those_that_another_cell_would_have_had():
    def spikes(*rates):
        sim.setup()
        source = sim.Population(2, sim.SpikeSourcePoisson(rate=rates[0]))
        source.record("spikes")
        for each in rates:
            source.set(rate=each)
            sim.run(40.0)
        return [train[train > 40.0].tolist() for train in trains(source)]

    quiet, unchanged = spikes([0.0, 900.0], [0.0, 900.0])
    changed, _ = spikes([0.0, 900.0], [900.0, 0.0])
    assert quiet == [] and len(changed) > 15 and not set(changed) & set(unchanged)


def test_recording_more_after_a_step_of_current_goes_on_with_the_current_and_begins_at_the_sample():
    def run(*ends):
        sim.setup()
        cells = sim.Population(2, sim.IF_curr_exp(**CELL), initial_values={"v": -65.0})
        cells.record("spikes")
        cells.inject(sim.DCSource(amplitude=0.9, start=3.0, stop=70.0))
        for end in ends:
            sim.run_until(end)
            cells[:1].record("v")
        return trains(cells)[0], potentials(cells)[:, 0]

    expected, whole = run(0.0, 90.0)
    found, late = run(8.0, 90.0)
    assert len(expected) > 3 and np.array_equal(found, expected)
    assert np.isnan(late[:80]).all() and np.array_equal(late[80:], whole[80:])


@pytest.mark.parametrize("operation", ["sum", "first", "last", "min", "max"])
def test_several_synapses_of_a_pair_become_one_number_as_in_pynns_mock(operation):
    def made(api):
        api.setup(timestep=0.1, min_delay=0.1, max_delay=10.0)
        cells = api.Population(3, api.IF_curr_exp())
        listed = [(0, 1, 0.5, 1.0), (0, 1, 0.25, 3.0), (0, 1, 0.75, 2.0), (2, 2, 0.125, 0.3)]
        projection = api.Projection(cells, cells, api.FromListConnector(listed), api.StaticSynapse())
        return projection.get(["weight", "delay"], "array", multiple_synapses=operation)

    np.testing.assert_array_equal(made(sim), made(pyNN.mock))
