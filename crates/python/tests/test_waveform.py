"""Waveforms are closed forms: held against formulas, and against the deck's own measurements."""

from __future__ import annotations

import math

import memspike as ms
import numpy as np
import pytest

RC = "RC\nV1 in 0 1\nR1 in out 1k\nC1 out 0 1u ic=0\n.tran 5m uic\n.end\n"


@pytest.fixture(scope="module")
def charging():
    return ms.Deck.from_str(RC).run(save=["v(out)", "i(V1)"]).waveforms


def test_a_capacitor_charges_by_its_law(charging):
    times = np.linspace(0, 5e-3, 101)
    assert np.allclose(charging["v(out)"](times), -np.expm1(-times / 1e-3), rtol=1e-14, atol=1e-16)


def test_shapes_and_layouts_of_times_do_not_matter(charging):
    w = charging["v(out)"]
    times = np.linspace(0, 4e-3, 24).reshape(4, 6)
    values = w(times)
    assert values.shape == (4, 6)
    assert np.array_equal(w(times.T), values.T)
    assert np.array_equal(w(times[:, ::2]), values[:, ::2])
    assert w(1e-3).shape == ()
    assert np.array_equal(w([0, 1e-3]), w(np.array([0, 1e-3], dtype=np.float64)))


def test_a_crossing_is_where_the_logarithm_says(charging):
    w = charging["v(out)"]
    (at,) = w.crossings(0.5)
    assert at == pytest.approx(1e-3 * math.log(2), rel=1e-14)
    assert w.crossings(0.5, "fall").size == 0
    assert w.crossings(2.0).size == 0


def test_an_integral_is_exact_and_turns_its_sign(charging):
    w = charging["v(out)"]

    def exact(t):
        return t + 1e-3 * math.expm1(-t / 1e-3)

    assert w.integral() == pytest.approx(exact(5e-3), rel=1e-14)
    assert w.integral(1e-3, 3e-3) == pytest.approx(exact(3e-3) - exact(1e-3), rel=1e-13)
    assert w.integral(3e-3, 1e-3) == -w.integral(1e-3, 3e-3)
    assert w.integral(1e-3, 1e-3) == 0


def test_points_err_by_less_than_the_tolerance(charging):
    w = charging["v(out)"]
    for tolerance in (1e-2, 1e-4):
        times, values = w.points(tolerance)
        assert np.all(np.diff(times) >= 0)
        dense = np.linspace(0, 5e-3, 5001)
        span = -math.expm1(-5)
        assert np.abs(np.interp(dense, times, values) - w(dense)).max() <= tolerance * span
    assert len(w.points(1e-2)[0]) < len(w.points(1e-4)[0])


def test_extremes_lie_between_samples():
    # A ringing circuit: the greatest voltage is that of the closed form, which no sample need have.
    text = "ring\nV1 a 0 1\nR1 a b 10\nL1 b c 1m ic=0\nC1 c 0 1u ic=0\n.tran 1m uic\n.end\n"
    w = ms.Deck.from_str(text).run(save=["v(c)"]).waveforms["v(c)"]
    damping, turn = 10 / (2 * 1e-3), math.sqrt(1e9 - (10 / 2e-3) ** 2)
    low, high = w.extremes()
    assert high == pytest.approx(1 + math.exp(-damping * math.pi / turn), rel=1e-12)
    assert abs(low) < 1e-12


DECK = """measured
V1 in 0 PULSE(0 1 0 0 0 0.3m 1m)
R1 in out 1k
C1 out 0 0.2u
C2 in out 0.1u
.tran 4m
.meas tran integ integ i(V1) from=0 to=4m
.meas tran area integ v(out) from=0.1m to=3.7m
.meas tran third when v(out)=0.4 rise=3
.meas tran down when v(out)=0.4 fall=2
.meas tran at find v(out) at=1.234m
.meas tran top max v(out) from=0 to=4m
.end
"""


def test_answers_are_those_of_the_deck_to_the_bit():
    run = ms.Deck.from_str(DECK).run(save="all")
    current = ms.Deck.from_str(DECK).run(save=["i(V1)"]).waveforms["i(v1)"]
    out = run.waveforms["v(out)"]
    assert current.integral(0, 4e-3) == run["integ"]
    assert out.integral(0.1e-3, 3.7e-3) == run["area"]
    assert out.crossings(0.4, "rise")[2] == run["third"]
    assert out.crossings(0.4, "fall")[1] == run["down"]
    assert float(out(1.234e-3)) == run["at"]
    assert out.extremes()[1] == run["top"]


def test_charge_that_passes_in_no_time_counts():
    # 0.1u and 0.2u in series see the step: 0.0667u of charge at once, the rest through the resistor.
    current = ms.Deck.from_str(DECK).run(save=["i(V1)"]).waveforms["i(v1)"]
    early = current.integral(0, 1e-9)
    assert early == pytest.approx(-0.2e-6 * 0.1 / 0.3, rel=1e-3)


def test_a_jump_has_its_later_value_and_is_crossed_where_it_is():
    w = ms.Deck.from_str(DECK).run(save=["v(in)"]).waveforms["v(in)"]
    assert w([0.3e-3, 1e-3]).tolist() == [0, 1]
    assert w.crossings(0.5, "fall").tolist() == [0.3e-3, 1.3e-3, 2.3e-3, 3.3e-3]


@pytest.mark.parametrize("time", [-1e-9, 5.1e-3, math.nan, math.inf])
def test_an_instant_outside_is_refused(charging, time):
    with pytest.raises(ValueError, match="is not within the run"):
        charging["v(out)"]([0.0, time])


def test_what_is_no_question_is_refused(charging):
    w = charging["v(out)"]
    with pytest.raises(ValueError, match="level"):
        w.crossings(math.nan)
    with pytest.raises(ValueError, match="edge"):
        w.crossings(0.5, "up")
    with pytest.raises(ValueError, match="tolerance"):
        w.points(0)
    with pytest.raises(ValueError, match="a greater tolerance"):
        w.points(5e-324)
    with pytest.raises(TypeError, match="times_s has the type"):
        w(["a"])
    with pytest.raises(TypeError, match="times_s has the type"):
        w(1j)
    with pytest.raises(ValueError, match="extremes"):
        w.extremes(1e-3, 1e-3)


def test_a_name_that_was_not_saved_is_said_so(charging):
    with pytest.raises(KeyError, match=r"save=\['v\(in\)'\]"):
        charging["v(in)"]
