"""Simulates a core that memspike exported, with test_core.py as its testbench.

python run.py FOLDER [--arch serial|folded|parallel] [--lanes 4] [--cycles 20000] [--seed 1]
                     [--simulator icarus|verilator]
"""

import argparse
import json
import sys
from pathlib import Path

from cocotb_tools.runner import get_results, get_runner

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("folder", type=Path, help="of `memspike export-verilog` or `Core.to_verilog`")
parser.add_argument("--arch", default="serial", help="with which it was exported, as are the lanes")
parser.add_argument("--lanes", type=int, default=4)
parser.add_argument("--cycles", type=int, default=20_000)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--simulator", default="icarus")
options = parser.parse_args()

folder = options.folder.resolve()
top = json.loads((folder / "spec.json").read_text())["name"]
runner = get_runner(options.simulator)
runner.build(
    sources=[folder / f"{top}.v"],
    hdl_toplevel=top,
    build_dir=folder / "cocotb",
    timescale=("1ns", "1ps"),
    always=True,
)
results = runner.test(
    test_module="test_core",
    hdl_toplevel=top,
    build_dir=folder / "cocotb",
    test_dir=folder,  # where the Verilog looks for the memories of weights
    extra_env={
        "PYTHONPATH": str(Path(__file__).parent),
        "CORE_FOLDER": str(folder),
        "CORE_ARCH": options.arch,
        "CORE_LANES": str(options.lanes),
        "CORE_CYCLES": str(options.cycles),
        "CORE_SEED": str(options.seed),
    },
)
tests, failures = get_results(results)
if not tests or failures:
    sys.exit(f"{failures} of {tests} tests failed")
