"""Runs a PyNN script for which ``pyNN.memspike`` is a simulator."""

import runpy
import sys
from pathlib import Path

import pynn_memspike  # noqa: F401

if len(sys.argv) < 2:
    sys.exit("usage: python -m pynn_memspike script.py [arguments of the script]")
del sys.argv[0]
sys.path[0] = str(Path(sys.argv[0]).resolve().parent)
runpy.run_path(sys.argv[0], run_name="__main__")
