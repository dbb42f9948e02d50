"""Cards from arrays and data frames."""

from __future__ import annotations

import memspike as ms
import numpy as np
import pandas as pd
import pytest
from conftest import ROOT

PARAMETERS = {
    "von": 0.34,
    "vs": 0.05,
    "t0": {"start": 1, "min": 0.01, "max": 100},
    "vhold": {"start": 0.1, "min": 0.01, "max": 0.2},
    "roff": {"start": 1e7, "min": 1e6, "max": 1e9},
    "ron": {"start": 1e3, "min": 100, "max": 1e5},
    "vform": 0,
    "gres": 0,
    "dissolution": "exponential",
}

SWEEP = {"kind": "sweep", "step": 0.01, "dwell": 0.05, "tolerance": 0.03, "compliance": 1e-4}


@pytest.fixture(scope="module")
def frame():
    return pd.read_csv(ROOT / "netlists/measurements/example.csv", comment="#")


def renamed(frame):
    voltage = next(name for name in frame.columns if name.lower().startswith(("v", "u")))
    current = next(name for name in frame.columns if name.lower().startswith(("c", "i")))
    return frame.rename(columns={voltage: "voltage", current: "current"})[["voltage", "current"]]


def test_arrays_and_a_frame_give_one_card(frame):
    data = renamed(frame)
    from_frame = ms.fit([{**SWEEP, "data": data}], name="mine", parameters=PARAMETERS)
    arrays = {"voltage_v": data["voltage"].to_numpy(), "current_ampere": data["current"].tolist()}
    from_arrays = ms.fit([{**SWEEP, **arrays}], name="mine", parameters=PARAMETERS)
    assert from_arrays.words == from_frame.words
    assert from_arrays.card_text == from_frame.card_text
    card = from_arrays.card()
    assert card.name == "mine"
    for name, value in from_arrays.parameters.items():
        assert card[name] == pytest.approx(value, rel=1e-12)
    assert set(from_arrays.deviations) == {"t0", "vhold", "roff", "ron"}
    assert len(from_arrays.to_pandas()) == len(from_arrays.words["rows"])


def test_a_resistance_is_found_from_what_was_measured():
    rows = [{"kind": "off_resistance", "value": 2e7, "sigma": 1e5, "voltage": 0.05}]
    found = ms.fit(rows, parameters={"roff": {"start": 1e7, "min": 1e6, "max": 1e9}})
    assert found.parameters["roff"] == pytest.approx(2e7, rel=1e-3)
    assert found.deviations["roff"] == pytest.approx(1e5, rel=0.05)


def test_measurements_that_are_none_are_refused(frame):
    data = renamed(frame)
    with pytest.raises(ValueError, match=r"shapes \(3,\) and \(2,\)"):
        ms.fit([{**SWEEP, "voltage_v": [1, 2, 3], "current_ampere": [1, 2]}], parameters=PARAMETERS)
    with pytest.raises(ValueError, match="must be finite"):
        ms.fit([{**SWEEP, "voltage_v": [np.nan], "current_ampere": [1]}], parameters=PARAMETERS)
    with pytest.raises(ValueError, match="no column 'voltage'"):
        ms.fit([{**SWEEP, "data": data.rename(columns={"voltage": "x"})}], parameters=PARAMETERS)
    with pytest.raises(TypeError, match="give numbers"):
        ms.fit([{"kind": "threshold", "value": object()}], parameters=PARAMETERS)
    with pytest.raises(ms.FitError, match="no parameter is free"):
        ms.fit([{"kind": "off_resistance", "value": 2e7, "sigma": 1e5, "voltage": 0.05}], parameters={"von": 0.3})
    with pytest.raises(ms.FitError) as caught:
        ms.fit(ROOT / "netlists/measurements/nowhere.toml")
    assert "nowhere.toml" in str(caught.value)
    with pytest.raises(TypeError, match="leave them out"):
        ms.fit("x.toml", parameters={})
