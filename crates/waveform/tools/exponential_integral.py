#!/usr/bin/env python3
"""Writes src/special/coefficients.rs, the polynomials behind `scaled_exponential_integral`.

Needs mpmath 1.3. Run from anywhere:

    python3 crates/waveform/tools/exponential_integral.py

Every polynomial interpolates its function at Chebyshev points with 60 digits, is then
rewritten in powers of s (s runs over [-1, 1] on its piece) and rounded once to f64. The script
stops if the truncation error of any of them exceeds 1e-17 of the function's greatest value.
"""

from pathlib import Path

from mpmath import chebyt, cos, e1, ei, exp, findroot, log, mp, mpf, pi, polyval, taylor

mp.dps = 60
COUNT = 18  # coefficients of one polynomial


def interpolate(f):
    """Coefficients, constant first, of the interpolant of f on [-1, 1]."""
    nodes = [cos(pi * (k + mpf(1) / 2) / COUNT) for k in range(COUNT)]
    values = [f(s) for s in nodes]
    powers = [mpf(0)] * COUNT
    for j in range(COUNT):
        weight = 2 / mpf(COUNT) * sum(v * chebyt(j, s) for v, s in zip(values, nodes))
        if j == 0:
            weight /= 2
        for k, t in enumerate(taylor(lambda s: chebyt(j, s), 0, j)):
            powers[k] += weight * t
    probes = [mpf(2 * k + 1) / 101 - 1 for k in range(101)]
    truth = [f(s) for s in probes]
    error = max(abs(polyval(powers[::-1], s) - t) for s, t in zip(probes, truth))
    assert error < mpf("1e-17") * max(abs(t) for t in truth), mp.nstr(error, 3)
    return [float(c) for c in powers]


def span(a, b):
    """The map from [-1, 1] to [a, b]."""
    a, b = mpf(a), mpf(b)
    return lambda s: (a + b) / 2 + s * (b - a) / 2


def pieces(f, first, last):
    """Interpolants on the half octaves [2^e, 1.5 * 2^e], [1.5 * 2^e, 2^(e + 1)] in between."""
    rows = []
    low = mpf(first)
    while low < last:
        for a, b in ((low, low * 3 / 2), (low * 3 / 2, low * 2)):
            at = span(a, b)
            rows.append(interpolate(lambda s: f(at(s))))
        low *= 2
    return rows


def tail(f, first):
    """Interpolant in 1/x on [first, infinity)."""
    at = span(0, 1 / mpf(first))
    return interpolate(lambda s: f(1 / at(s)))


def positive(x):
    return x * exp(x) * e1(x)


def negative(y):
    return y * exp(-y) * ei(y)


root = findroot(ei, 0.3725)


def near_zero_positive(x):
    return e1(x) + log(x)


def near_zero_negative(y):
    # Removable at the root; no interpolation node falls on it.
    return (ei(y) - log(y / root)) / (y - root)


def row(values):
    lines = []
    for v in values:
        lines.append(f"        {v!r},")
    return "    [\n" + "\n".join(lines) + "\n    ],"


def table(name, doc, rows):
    body = "\n".join(row(r) for r in rows)
    return f"/// {doc}\npub const {name}: [[f64; COUNT]; {len(rows)}] = [\n{body}\n];\n"


def single(name, doc, values):
    body = "\n".join(f"    {v!r}," for v in values)
    return f"/// {doc}\npub const {name}: [f64; COUNT] = [\n{body}\n];\n"


small_positive = span(0, mpf(1) / 2)
small_negative = span(0, 2)
high = float(root)
low = float(root - mpf(high))

text = f"""//! Written by `tools/exponential_integral.py`; change it there.

/// Coefficients of one polynomial in `s`, constant first, `s` in `[-1, 1]` over its piece.
pub const COUNT: usize = 18;

/// The positive zero of `Ei`, rounded.
pub const ROOT_HIGH: f64 = {high!r};

/// What the rounding left of it.
pub const ROOT_LOW: f64 = {low!r};

"""
text += "\n".join(
    [
        single(
            "POSITIVE_SMALL",
            "`E1(x) + ln x` on `[0, 1/2]`.",
            interpolate(lambda s: near_zero_positive(small_positive(s))),
        ),
        table(
            "POSITIVE",
            "`x exp(x) E1(x)` on the half octaves of `[1/2, 32]`.",
            pieces(positive, 0.5, 32),
        ),
        single("POSITIVE_TAIL", "`x exp(x) E1(x)` in `1/x` from 32 on.", tail(positive, 32)),
        single(
            "NEGATIVE_SMALL",
            "`(Ei(y) - ln(y / root)) / (y - root)` on `[0, 2]`.",
            interpolate(lambda s: near_zero_negative(small_negative(s))),
        ),
        table(
            "NEGATIVE",
            "`y exp(-y) Ei(y)` on the half octaves of `[2, 32]`.",
            pieces(negative, 2, 32),
        ),
        single("NEGATIVE_TAIL", "`y exp(-y) Ei(y)` in `1/y` from 32 on.", tail(negative, 32)),
    ]
)
target = Path(__file__).resolve().parent.parent / "src/special/coefficients.rs"
target.write_text(text)
