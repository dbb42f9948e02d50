"""The notebooks of the manual run, and say what they claim."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

NOTEBOOKS = ROOT / "docs/notebooks"


def run(path: Path) -> tuple[dict[str, Any], list[Any]]:
    """Runs the code of a notebook: its names, and what the last expression of each cell gave."""
    names: dict[str, Any] = {"__name__": "__main__"}
    shown = []
    for number, cell in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"]):
        if cell["cell_type"] != "code":
            continue
        tree = ast.parse("".join(cell["source"]), f"{path.name}, cell {number}")
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, f"{path.name}, cell {number}", "exec"), names)
        if isinstance(last, ast.Expr):
            shown.append(eval(compile(ast.Expression(last.value), f"{path.name}, cell {number}", "eval"), names))
            look(shown[-1])
    return names, shown


def look(value: Any) -> None:
    """Asks a value for all forms in which a notebook shows it."""
    for form in ("_repr_html_", "_repr_svg_", "__repr__"):
        if hasattr(value, form):
            assert getattr(value, form)()


@pytest.fixture(autouse=True)
def folder(monkeypatch):
    monkeypatch.chdir(NOTEBOOKS)


def test_my_device_finds_the_card_that_the_data_are_of():
    names, shown = run(NOTEBOOKS / "my-device.ipynb")
    assert names["found"].contradiction is None
    low, high = sorted(names["rates"])
    assert low < names["run"]["rate"] < high
    assert shown[-1] == names["rates"]


def test_digits_are_learnt_and_become_a_core():
    names, _ = run(NOTEBOOKS / "digits.ipynb")
    # A tenth would be chance.
    assert names["ideal"].accuracy > 0.85
    assert names["devices"].accuracy > 0.6
    assert (names["folder"] / "lif.v").exists()


def test_the_microcircuit_runs_and_goes_on_from_an_image():
    names, shown = run(NOTEBOOKS / "microcircuit.ipynb")
    assert names["simulation"].synapses > 2_900_000
    assert shown[-1] is True


@pytest.mark.long
def test_the_microcircuit_has_the_rates_of_the_program(monkeypatch):
    monkeypatch.setenv("MICROCIRCUIT_S", "1")
    names, _ = run(NOTEBOOKS / "microcircuit.ipynb")
    rates = {name: len(spikes) / spikes.size for name, spikes in names["run"].spikes.items()}
    # NEST's over ten seeds of 10 s (benches/networks/microcircuit.csv), and what one second may give of it.
    for name, hz in {"L4E": 3.98, "L5E": 6.61, "L23I": 2.11, "L6I": 7.01}.items():
        assert 0.75 * hz < rates[name] < 1.35 * hz
