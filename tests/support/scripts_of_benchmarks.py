"""Modules of `benchmarks`, which are scripts that stand in no package."""

import importlib
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "benchmarks"


def script(name):
    """Import one, and with it what it imports of its neighbours."""
    if str(FOLDER) not in sys.path:
        sys.path.append(str(FOLDER))  # behind all else: a script shadows nothing
    return importlib.import_module(name)
