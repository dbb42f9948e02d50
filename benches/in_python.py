"""The half of `cargo bench --bench python` that runs in Python: prints as JSON the least seconds of a run of each deck, and of
building a network of ten million synapses from a sparse matrix.

python in_python.py ROUNDS DECK...
"""

import json
import sys
import time

import memspike as ms
import numpy as np
import scipy.sparse as sp

NEURONS, IN_DEGREE = 100_000, 100


def seconds(rounds, call):
    taken = []
    for _ in range(rounds):
        begin = time.perf_counter()
        call()
        taken.append(time.perf_counter() - begin)
    return min(taken)


def deck(rounds, path):
    loaded = ms.Deck.from_file(path)
    loaded.run(threads=1)
    return seconds(rounds, lambda: loaded.run(threads=1))


def synapses(rounds):
    """A matrix in which each neuron has IN_DEGREE sources, from which a network and its simulation are made."""
    rng = np.random.default_rng(1)
    sources = rng.integers(0, NEURONS, NEURONS * IN_DEGREE)
    targets = np.repeat(np.arange(NEURONS), IN_DEGREE)
    weights = rng.random(len(sources)) + 0.5
    matrix = sp.csr_array((weights, (sources, targets)), shape=(NEURONS, NEURONS))

    def build():
        builder = ms.NetworkBuilder()
        cells = builder.population("cells", NEURONS, ms.LifDelta(tau_s=0.01, threshold_v=0.02))
        builder.projection("loop", cells, cells, weights=matrix, unit=1e-4, delay_s=1.5e-3)
        return ms.Simulation(builder.build(), threads=1)

    return matrix.nnz, seconds(rounds, build)


def main():
    rounds, paths = int(sys.argv[1]), sys.argv[2:]
    decks = {path: deck(rounds, path) for path in paths}
    stored, built_s = synapses(3)
    print(json.dumps({"decks": decks, "synapses": stored, "built_s": built_s}))


main()
