"""What tests share: the repository, and the program whose results are compared."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]


def program(*words: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Runs `memspike`, which MEMSPIKE_PROGRAM names."""
    command = [os.environ["MEMSPIKE_PROGRAM"], *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def program_json(*words: str) -> Any:
    """What `memspike ... --json` prints."""
    done = program(*words, "--json")
    assert done.stdout, done.stderr
    return json.loads(done.stdout)
