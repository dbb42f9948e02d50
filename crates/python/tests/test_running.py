"""Runs beside Python: Ctrl-C, threads, and what is left behind."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
import time
import tracemalloc

import memspike as ms
import numpy as np
import pytest
import scipy.sparse as sp
from conftest import ROOT

STOPPED = """
import os, signal, sys, threading, time
import memspike as ms
{setup}
def stop():
    time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGINT)
threading.Thread(target=stop).start()
begin = time.monotonic()
try:
    {run}
except KeyboardInterrupt as caught:
    assert isinstance(caught, ms.Interrupted)
    results = caught.results
    assert results.interrupted
    assert 0 < results.reached_s < {until}
    {check}
    print("stopped")
else:
    print("ran to its end")
"""

NEURON = '''deck = ms.Deck.from_str("""neuron
.model zno ts_memristor
Vin in 0 DC 0.8
Rs in out 1Meg
Cm out 0 47n
N1 out 0 zno
.tran 18000 uic
.end
""")'''

NETWORK = """
builder = ms.NetworkBuilder()
noise = builder.population("noise", 1000, ms.Poisson(rate_hz=100.0))
network = builder.build()
"""


def python(text: str) -> str:
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_ctrl_c_stops_a_deck_with_what_it_has():
    check = 'assert results.spikes["n1"].size > 10 and results.spikes["n1"][-1] <= results.reached_s'
    run = 'deck.run(save=["v(out)"])'
    assert python(STOPPED.format(setup=NEURON, run=run, until=18000, check=check)) == "stopped\n"


def test_ctrl_c_stops_a_network_with_what_it_has():
    check = 'assert results.spikes["noise"].times_s[-1] <= results.reached_s'
    text = STOPPED.format(setup=NETWORK, run="network.simulate(18000)", until=18000, check=check)
    assert python(text) == "stopped\n"


def test_another_signal_raises_what_its_handler_raises():
    setup = """
class Mine(Exception): pass
def handler(*_): raise Mine
signal.signal(signal.SIGINT, handler)
"""
    text = STOPPED.format(setup=NETWORK + setup, run="network.simulate(18000)", until=1, check="pass")
    text = text.replace(
        "except KeyboardInterrupt as caught:", 'except Mine:\n    print("mine")\nexcept KeyboardInterrupt as caught:'
    )
    assert python(text) == "mine\n"


def brunel():
    return ms.Network.from_file(ROOT / "netlists/networks/job-b.toml")


def test_runs_of_several_threads_at_once_have_the_same_bits():
    network, deck = brunel(), ms.Deck.from_file(ROOT / "netlists/spread.cir")
    expected = network.simulate(0.02, seed=3).spikes["excitatory"]
    expected_deck = [run.to_dict() for run in deck.run_all(seed=2)]
    found = {}

    def work(number):
        found[number] = (network.simulate(0.02, seed=3), [run.to_dict() for run in deck.run_all(seed=2)])

    threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3
    for run, words in found.values():
        assert np.array_equal(run.spikes["excitatory"].times_s, expected.times_s)
        assert np.array_equal(run.spikes["excitatory"].neurons, expected.neurons)
        assert words == expected_deck


def test_the_interpreter_is_free_meanwhile():
    # A thread counts while a run goes on, which it stops when it has counted enough: with the lock held it never would.
    text = """
import threading, _thread
{setup}
counted = 0
def count():
    global counted
    for _ in range(1_000_000):
        counted += 1
    _thread.interrupt_main()
simulation = ms.Simulation(network)
threading.Thread(target=count).start()
try:
    simulation.run(18000)
except ms.Interrupted:
    print(counted)
"""
    assert python("import memspike as ms\n" + text.format(setup=NETWORK)) == "1000000\n"


def test_one_simulation_is_not_run_twice_at_once():
    text = """
import threading, time
import memspike as ms
{setup}
simulation = ms.Simulation(network)
def late():
    time.sleep(0.3)
    try:
        simulation.potentials("noise")
    except RuntimeError as error:
        print(error)
    import _thread
    _thread.interrupt_main()
threading.Thread(target=late).start()
try:
    simulation.run(18000)
except ms.Interrupted:
    simulation.run(simulation.now_s)
"""
    assert "running in another thread" in python(text.format(setup=NETWORK))


def test_several_threads_take_one_batch_back():
    text = """
import threading
import memspike as ms, numpy as np
from memspike import _core
layers = _core.Exact(ms.exact_network((5, 60, 3))._core)
count = 4000
given = {"times_s": np.tile([0.01, 0.02], count), "inputs": np.tile(np.array([0, 1], np.uint32), count), "until_s": 0.1,
         "starts": np.arange(0, 2 * count + 1, 2, dtype=np.uint64), "threads": None}
passes, spikes, ends, integrals = layers.forward(np.full(layers.weights().size, 0.5), given)
pulls = [np.zeros(each.size) for each in (spikes[0], ends, integrals)]
threads = [threading.Thread(target=layers.backward, args=(passes, pulls, None)) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print("done")
"""
    assert python(text) == "done\n"


def test_a_probe_that_fills_the_memory_stops_the_run_with_what_it_saw():
    text = """
import resource
import memspike as ms
builder = ms.NetworkBuilder()
builder.population("cells", 10_000, ms.LifDelta(tau_s=0.01, threshold_v=1.0))
network = builder.build()
resource.setrlimit(resource.RLIMIT_AS, (1_500_000_000,) * 2)
try:
    network.simulate(1.0, threads=1, probes=[ms.Probe(population="cells", every_s=1e-6)])
except ms.RunError as error:
    assert "look at fewer" in str(error), error
    print(error.results.membranes[0].potentials_v.shape[1])
"""
    assert python(text) == "10000\n"


def test_no_thread_is_not_taken_for_all():
    with pytest.raises(ValueError, match="at least one"):
        brunel().simulate(0.001, threads=0)


def resident() -> int:
    """Bytes of the process in memory."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def once():
    deck = ms.Deck.from_str("n\n.model z ts_memristor\nV1 a 0 0.8\nR1 a b 1Meg\nC1 b 0 47n\nN1 b 0 z\n.tran 0.05 uic\n")
    w = deck.run(save="all").waveforms["v(b)"]
    w.crossings(0.1)
    w(np.linspace(0, 0.05, 100))
    builder = ms.NetworkBuilder()
    noise = builder.population("noise", 20, ms.Poisson(rate_hz=100.0))
    cells = builder.population("cells", 20, ms.LifDelta(tau_s=0.01, threshold_v=1.0))
    builder.projection("x", noise, cells, weights=sp.csr_array(np.full((20, 20), 0.3)), delay_s=1e-3)
    builder.build().simulate(0.05, threads=1, probes=[ms.Probe(population="cells", every_s=1e-3)])
    with pytest.raises(ms.DeckError):
        ms.Deck.from_str("n\nR1 a\n")


def leak(runs: int) -> tuple[int, int]:
    """By how much runs let Python's own memory and the process grow (bytes)."""
    tracemalloc.start()
    # What is kept once, such as caches, is there by then.
    for _ in range(300):
        once()
    gc.collect()
    traced, whole = tracemalloc.get_traced_memory()[0], resident()
    for _ in range(runs):
        once()
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - traced, resident() - whole
    tracemalloc.stop()
    return grown


def test_a_thousand_runs_leave_nothing_behind():
    python_bytes, process_bytes = leak(1000)
    # The smallest object that could be left by each run would be 40 000.
    assert python_bytes < 20_000
    assert process_bytes < 8_000_000


@pytest.mark.long
def test_ten_thousand_runs_leave_nothing_behind():
    python_bytes, process_bytes = leak(10_000)
    assert python_bytes < 20_000
    assert process_bytes < 8_000_000


@pytest.mark.long
def test_a_hundred_million_spikes_take_twelve_bytes_each():
    builder = ms.NetworkBuilder()
    builder.population("clocks", 10_000, ms.Regular(rate_hz=100.0, phase=ms.Uniform(least=0, greatest=1)))
    simulation = ms.Simulation(builder.build())
    before = resident()
    spikes = simulation.run(100.0).spikes["clocks"]
    assert len(spikes) == 100_000_000
    with open("/proc/self/status") as file:
        peak = int(next(line for line in file if line.startswith("VmHWM")).split()[1]) * 1024
    print(f"{(peak - before) / len(spikes):.2f} bytes a spike")
    # Both arrays, and less than a tenth of them beside.
    assert peak - before < 1.1 * (spikes.times_s.nbytes + spikes.neurons.nbytes)


def ticks(task: str) -> int:
    """CPU time of a thread, in ticks of the clock; 0 where it is over."""
    try:
        with open(f"/proc/self/task/{task}/stat") as file:
            return int(file.read().rsplit(")", 1)[1].split()[11])
    except OSError:
        return 0


def test_a_run_of_a_deck_is_worked_on_by_as_many_threads_as_it_was_given():
    deck = ms.Deck.from_file(ROOT / "netlists/array.cir")
    for threads in [1, 2]:
        before = set(os.listdir("/proc/self/task"))
        run = threading.Thread(target=lambda: deck.run(until=60, threads=threads))  # noqa: B023
        run.start()
        worked: dict[str, int] = {}
        while run.is_alive():
            worked |= {task: ticks(task) for task in set(os.listdir("/proc/self/task")) - before}
            time.sleep(0.01)
        # The thread that waits makes arrays of the spikes, which is next to nothing.
        assert sum(taken > max(worked.values()) / 30 for taken in worked.values()) == threads, worked
