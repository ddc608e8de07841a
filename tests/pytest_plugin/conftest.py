"""pytest inside pytest, against the engine that runs nothing."""

import os
import sys
from pathlib import Path

import fake_engine
import pytest

import bncheck

SUPPORT = Path(__file__).parents[1] / "support"
# these hold what they imported of the engine
OWN = ("", ".asking", ".items", ".running")


@pytest.fixture(autouse=True)
def engine(monkeypatch, pytester):
    fake_engine.install(lambda name, module: monkeypatch.setitem(sys.modules, name, module))
    for name in OWN:
        monkeypatch.delitem(sys.modules, f"bncheck.pytest_plugin{name}", raising=False)
    # the plugin is named, not found: it may not be installed, and others may be
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", f"{Path(bncheck.__file__).parents[1]}{os.pathsep}{SUPPORT}")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    monkeypatch.setenv("BNCHECK_TEST_RUNS", str(pytester.path / "runs"))
    return fake_engine


@pytest.fixture
def check(pytester):
    def run(*words):
        return pytester.runpytest_inprocess("-p", "bncheck.pytest_plugin", *words)

    return run


@pytest.fixture
def runs(pytester):
    """Count the runs of the engine so far."""

    def count():
        place = pytester.path / "runs"
        return len(place.read_text().splitlines()) if place.exists() else 0

    return count
