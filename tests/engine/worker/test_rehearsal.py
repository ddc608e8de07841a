"""What would take the worker with it is tried in a child first."""

import os
import sys
import time
from types import ModuleType

import pytest

from bncheck.engine.worker.rehearsal import survives


@pytest.fixture(autouse=True)
def _nothing_threaded(monkeypatch):
    for name in ("torch", "jax", "tensorflow", "keras", "paddle"):
        monkeypatch.delitem(sys.modules, name, raising=False)


def _raises(error):
    def act():
        raise error

    return act


def test_what_ends_by_itself_survives():
    assert survives(lambda: None, 20)
    assert survives(_raises(ValueError("for the worker to tell")), 20)


def test_what_ends_its_process_does_not():
    assert not survives(lambda: os._exit(3), 20)
    assert not survives(lambda: os.kill(os.getpid(), 9), 20)
    assert not survives(_raises(KeyboardInterrupt()), 20)
    assert not survives(_raises(SystemExit(0)), 20)


def test_what_hangs_is_ended_at_the_limit():
    began = time.monotonic()
    assert not survives(lambda: time.sleep(60), 0.2)
    assert time.monotonic() - began < 30


def test_it_is_not_tried_where_a_fork_is_not_safe(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", ModuleType("torch"))
    assert survives(lambda: os._exit(3), 20)
