"""The testbench of examples/cocotb: it passes on cores that were exported, and fails on one that is not the model's."""

from __future__ import annotations

import subprocess
import sys

import memspike as ms
import numpy as np
import pytest
from conftest import ROOT

BENCH = ROOT / "crates/python/examples/cocotb/run.py"


@pytest.fixture(scope="module")
def core():
    generator = np.random.default_rng(5)
    first, second = generator.integers(-40, 90, (12, 6)), generator.integers(-40, 90, (6, 3))
    return ms.Core.from_layers(
        [
            ms.CoreLayer(weights=first, threshold=120, retention=0.9375, refractory_ticks=1),
            ms.CoreLayer(weights=second, threshold=100, retention=0.875),
        ],
        scale=1,
    )


def simulated(folder, arch):
    words = [sys.executable, str(BENCH), str(folder), "--arch", arch, "--cycles", "4000"]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("arch", ["serial", "folded", "parallel"])
def test_the_verilog_shows_what_the_model_shows_in_every_cycle(core, arch, tmp_path):
    core.to_verilog(tmp_path / "core", arch=arch, vectors=100)
    done = simulated(tmp_path / "core", arch)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4000 cycles alike" in done.stdout


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("wire leads = best < more;", "wire leads = best <= more;"),
        ("assign in_tick_ready = idle & (~in_start);", "assign in_tick_ready = idle;"),
    ],
)
def test_a_fault_in_the_verilog_is_seen(core, right, wrong, tmp_path):
    core.to_verilog(tmp_path / "core", vectors=100)
    verilog = tmp_path / "core" / "lif.v"
    text = verilog.read_text()
    assert right in text
    verilog.write_text(text.replace(right, wrong))
    done = simulated(tmp_path / "core", "serial")
    assert done.returncode != 0 and "the core shows" in done.stdout
