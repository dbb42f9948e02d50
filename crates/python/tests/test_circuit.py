"""Decks, cards and circuits without text."""

from __future__ import annotations

import math

import memspike as ms
import numpy as np
import pytest
from conftest import ROOT

NEURON = """neuron
.model zno ts_memristor
.param r=1Meg
Vin in 0 DC 0.8
Rs in out {r}
Cm out 0 47n
N1 out 0 zno
.tran 0.2 uic
.meas tran rate frequency N1
.meas tran never when v(out)=5
"""


def test_a_mistake_has_its_place_and_its_remedy():
    with pytest.raises(ms.DeckError) as caught:
        ms.Deck.from_str("title\nR1 a 0 1k\nR2 a 0\nV1 a 0 1\n.tran 1m\n.end\n", "my.cir").run()
    error = caught.value
    assert (error.file, error.line) == ("my.cir", 3)
    assert error.column >= 1
    assert error.remedy
    assert isinstance(error, ValueError)
    assert any("R2 a 0" in str(each) for each in error.diagnostics)


def test_check_gives_warnings_as_objects():
    deck = ms.Deck.from_str("title\nV1 a 0 1\nR1 a 0 1M\n.tran 1m\n.end\n")
    warnings = deck.check()
    assert [each.severity for each in warnings] == ["warning"]
    assert (warnings[0].line, warnings[0].file) == (3, "deck.cir")
    assert warnings[0].remedy and warnings[0].code


def test_a_file_that_is_not_there_is_an_error_of_the_deck():
    with pytest.raises(ms.DeckError, match=r"nowhere\.cir"):
        ms.Deck.from_file("nowhere.cir")


def test_a_measure_that_never_happens_is_none():
    run = ms.Deck.from_str(NEURON).run()
    assert run["never"] is None
    assert any("never" in warning for warning in run.warnings)
    assert run["rate"] == pytest.approx(73.3, rel=1e-3)
    assert run.units["rate"] == "Hz"
    assert len(run.spikes["n1"]) > 10
    assert run.spikes["n1"].dtype == np.float64
    # Names are those of a deck, in which large and small letters are the same.
    assert run.spikes["N1"] is run.spikes["n1"]
    assert "N1" in run.spikes and list(run.spikes) == ["n1"]
    with pytest.raises(KeyError, match="no device 'n7' spikes: there are n1"):
        run.spikes["n7"]


def test_until_replaces_the_end_and_the_seed_is_the_runs():
    deck = ms.Deck.from_str(NEURON)
    assert deck.run(until=0.05).reached_s == pytest.approx(0.05)
    assert len(deck.run(until=0.4).spikes["n1"]) > len(deck.run().spikes["n1"])


@pytest.mark.parametrize("until", [0, -1, math.nan, math.inf, 1e9])
def test_an_end_that_is_none_is_refused(until):
    with pytest.raises(ValueError, match="it must be above 0"):
        ms.Deck.from_str(NEURON).run(until=until)


def test_steps_and_samples_are_a_table():
    text = NEURON + ".step param r 0.5Meg 1.5Meg 0.5Meg\n.mc 2\n"
    deck = ms.Deck.from_str(text)
    with pytest.raises(ValueError, match="asks for 6 runs"):
        deck.run()
    runs = deck.run_all()
    table = runs.table()
    assert table["r"].tolist() == [5e5, 5e5, 1e6, 1e6, 1.5e6, 1.5e6]
    assert table["sample"].tolist() == [0, 1] * 3
    assert np.isnan(table["never"]).all()
    assert np.all(np.diff(table["rate"][::2]) < 0)
    frame = runs.to_pandas()
    assert list(frame.columns) == ["r", "sample", "rate", "never"]
    assert frame["rate"].tolist() == table["rate"].tolist()
    assert runs[-1].params == {"r": 1.5e6}
    assert len(runs[1:3]) == 2


def test_op_dc_and_ac_are_tables_by_name():
    text = "rest\nV1 a 0 DC 2 AC 1\nR1 a b 1k\nC1 b 0 1u\nR2 b 0 1k\n.op\n.dc V1 0 4 1\n"
    text += ".ac list 159.15494309189535\n.end\n"
    run = ms.Deck.from_str(text).run()
    assert run.op["v(b)"].tolist() == [1.0]
    assert run.op["V(B)"] is run.op["v(b)"]
    assert run.dc["v(b)"].tolist() == [0, 0.5, 1, 1.5, 2]
    assert run.dc.units["v(b)"] == "V"
    # Half of the source, behind 500 ohm and 1 uF at 1/(2 pi 1 ms).
    assert run.ac["v(b)"][0] == pytest.approx(0.5 / (1 + 0.5j), rel=1e-12)
    assert run.ac.to_pandas()["v(b)"][0] == run.ac["v(b)"][0]


def test_a_circuit_without_text_is_the_same_circuit():
    card = ms.Card.from_str(".model zno ts_memristor")
    circuit = (
        ms.Circuit("neuron")
        .voltage("Vin", "in", "0", 0.8)
        .resistor("Rs", "in", "out", 1e6)
        .capacitor("Cm", "out", "0", 47e-9)
        .device("N1", "out", "0", card)
        .card(".meas tran rate frequency N1")
    )
    built = circuit.deck(0.2, from_initial_conditions=True).run()
    assert built.spikes["n1"].tolist() == ms.Deck.from_str(NEURON).run().spikes["n1"].tolist()


def test_values_of_a_circuit_keep_their_last_bit():
    ohm, farad = 1e6 / 3, 1e-6 / 7
    circuit = ms.Circuit().voltage("V1", "a", "0", 1.0).resistor("R1", "a", "b", ohm)
    w = circuit.capacitor("C1", "b", "0", farad, initial_v=0.0).deck(0.5, from_initial_conditions=True).run(save="all")
    (at,) = w.waveforms["v(b)"].crossings(0.5)
    assert at == pytest.approx(ohm * farad * math.log(2), rel=1e-14)


def test_a_circuit_takes_no_lines_in_its_names():
    circuit = ms.Circuit()
    with pytest.raises(ValueError, match="must be one line"):
        circuit.resistor("R1\n.end", "a", "0", 1)
    with pytest.raises(ValueError, match="without spaces"):
        circuit.resistor("R1", "a b", "0", 1)
    with pytest.raises(ValueError, match="must begin with 'R'"):
        circuit.resistor("C1", "a", "0", 1)
    with pytest.raises(ValueError, match="finite"):
        circuit.resistor("R1", "a", "0", math.nan)


def test_a_card_goes_to_a_deck_and_back():
    card = ms.Card.from_file(ROOT / "netlists/cards/zno.lib")
    assert card.kind == "ts_memristor"
    other = card.replace("mine", von=0.21, ron=1234.5)
    again = ms.Card.from_str(str(other))
    assert again.parameters == other.parameters
    assert (again.name, again["von"], card["von"] != 0.21) == ("mine", 0.21, True)
    assert card.meanings["von"][0] == "V"


def test_a_card_that_is_no_device_is_refused():
    card = ms.Card.from_str(".model zno ts_memristor")
    with pytest.raises(KeyError, match="no parameter 'nope'"):
        card.replace(nope=1)
    with pytest.raises(ValueError, match="vhold"):
        card.replace(vhold=card["von"] + 1)
    with pytest.raises(KeyError, match="no model 'other'"):
        ms.Card.from_str(".model zno ts_memristor", "other")


def test_saving_what_is_not_there_is_an_error():
    with pytest.raises(ms.DeckError):
        ms.Deck.from_str(NEURON).run(save=["v(nowhere)"])
