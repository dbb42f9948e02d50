"""Simulates an export with Icarus and test_axi.py.

    python run.py FOLDER CYCLES SEED
"""

import sys
from pathlib import Path

from cocotb_tools.runner import get_results, get_runner

folder, cycles, seed = Path(sys.argv[1]).resolve(), sys.argv[2], sys.argv[3]
runner = get_runner("icarus")
runner.build(sources=[folder / "lif_axi.v", folder / "lif.v"], hdl_toplevel="lif_axi", build_dir=folder / "cocotb", build_args=["-g2005"], timescale=("1ns", "1ps"), always=True)
results = runner.test(
    test_module="test_axi",
    hdl_toplevel="lif_axi",
    build_dir=folder / "cocotb",
    test_dir=folder,
    extra_env={"AXI_FOLDER": str(folder), "AXI_CYCLES": cycles, "AXI_SEED": seed, "PYTHONPATH": str(Path(__file__).parent)},
)
tests, failures = get_results(results)
if tests == 0 or failures:
    sys.exit(f"FAIL: {failures} of {tests} tests")
