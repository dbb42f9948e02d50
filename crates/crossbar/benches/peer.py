"""Solves one array with badcrossbar and, as the reference, to more digits than a float64 has.

Arguments: a folder with conductance.npy (rows x columns, siemens), volts.npy (vectors x rows) and
the resistance of a segment in ohm. Writes badcrossbar.npy and reference.npy (vectors x columns,
amperes), prints the seconds of one call with one vector, then of one call with all of them.
"""

import logging
import sys
import time
from pathlib import Path

import badcrossbar
import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.linalg import splu

REPEATS = 5


def timed(volts, resistances, ohm):
    """Output currents and the median time of a call."""
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        solution = badcrossbar.compute(volts.T, resistances, ohm)
        seconds.append(time.perf_counter() - start)
    return solution.currents.output, sorted(seconds)[REPEATS // 2]


def reference(conductance, volts, ohm):
    """Nodal solve, refined with residuals of 80 bits until they are rounding."""
    rows, columns = conductance.shape
    node = np.arange(rows * columns).reshape(rows, columns)
    wire = np.longdouble(1) / np.longdouble(ohm)
    a = [node.ravel(), node[:, :-1].ravel(), (node + node.size)[:-1].ravel()]
    b = [(node + node.size).ravel(), node[:, 1:].ravel(), (node + node.size)[1:].ravel()]
    siemens = [conductance.ravel().astype(np.longdouble)]
    siemens += [np.full(ends.size, wire) for ends in a[1:]]
    a, b, siemens = np.concatenate(a), np.concatenate(b), np.concatenate(siemens)
    ports = np.concatenate([node[:, 0], node[-1] + node.size])
    size = 2 * node.size

    def laplacian_times(x):
        """Product with the nodal matrix, from voltage differences, which cancel least."""
        current = siemens[:, None] * (x[a] - x[b])
        product = np.zeros_like(x)
        np.add.at(product, a, current)
        np.subtract.at(product, b, current)
        product[ports] += wire * x[ports]
        return product

    g = siemens.astype(float)
    diagonal = np.bincount(a, g, size) + np.bincount(b, g, size)
    diagonal[ports] += float(wire)
    entries = np.concatenate([diagonal, -g, -g])
    where = (np.concatenate([np.arange(size), a, b]), np.concatenate([np.arange(size), b, a]))
    factors = splu(coo_matrix((entries, where)).tocsc())
    injected = np.zeros((size, len(volts)), dtype=np.longdouble)
    injected[node[:, 0]] = wire * volts.T.astype(np.longdouble)
    x = np.zeros_like(injected)
    for _ in range(8):
        x += factors.solve((injected - laplacian_times(x)).astype(float))
    return (wire * x[node[-1] + node.size]).T.astype(float)


def main():
    logging.disable(logging.CRITICAL)
    folder, ohm = Path(sys.argv[1]), float(sys.argv[2])
    conductance = np.load(folder / "conductance.npy")
    volts = np.load(folder / "volts.npy")
    resistances = 1 / conductance
    _, one = timed(volts[:1], resistances, ohm)
    currents, all_vectors = timed(volts, resistances, ohm)
    np.save(folder / "badcrossbar.npy", currents)
    np.save(folder / "reference.npy", reference(conductance, volts, ohm))
    print(one, all_vectors)


main()
