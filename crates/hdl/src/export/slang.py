"""Reads every Verilog file of this folder with slang, all warnings on; fails if there is any.

    python3 slang.py NAME       (needs pyslang: pip install pyslang)

What is switched off, and why:
unused-net      bits that are dropped on purpose have names in `unused`, which verilator heeds and slang does not
In testbenches and in the descriptions by hand (reference*.v, check*.v):
conversions     they count and compute in plain integers, so that no width of the core is repeated in them
In the descriptions by hand, which only yosys reads, with parts of the core named `ours`:
unknown modules `ours` is no file: prove.ys makes it from the core; what it would drive is then undriven
unused-port     a module that watches another one has the ports of that one
"""

import sys

from pyslang.driver import Driver

HARDWARE = "--std latest -Werror -Weverything -Wno-unused-net"
BENCH = HARDWARE + " -Wno-width-expand -Wno-sign-conversion -Wno-sign-compare -Wno-arith-op-mismatch"
BY_HAND = BENCH + " --ignore-unknown-modules -Wno-undriven-net -Wno-undriven-port -Wno-unused-port"


def runs(name):
    """Arguments of slang: each top of the core, then what the proofs read, with their macros."""
    yield f"{HARDWARE} --top {name}_spi {name}_spi.v {name}.v"
    yield f"{HARDWARE} --top {name}_axi {name}_axi.v {name}.v"
    yield f"{BENCH} --top testbench_axi testbench_axi.v {name}_axi.v {name}.v"
    yield f"{BENCH} --top testbench testbench.v {name}.v"
    yield f"{BENCH} -DRETUNED --top testbench testbench.v {name}.v"
    yield f"{BENCH} --top testbench_spi testbench_spi.v {name}_spi.v {name}.v"
    with open("prove.ys") as script:
        reads = [line.split()[1:] for line in script if line.startswith("read_verilog")]
    for words in reads:
        if words != [f"{name}.v"]:
            yield " ".join([BY_HAND] + [word for word in words if word not in ("-formal", "-defer")])


def clean(arguments):
    driver = Driver()
    driver.addStandardArgs()
    return (
        driver.parseCommandLine("slang " + arguments)
        and driver.processOptions()
        and driver.parseAllSources()
        and driver.runFullCompilation(True)
    )


verdicts = [clean(arguments) for arguments in runs(sys.argv[1])]
if not all(verdicts):
    sys.exit("FAIL: slang has warnings")
print("PASS: slang has no warnings")
