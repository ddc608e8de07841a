"""``verify_many`` on a real cluster of Dask, a worker of which is killed in the middle."""

import os
import signal
from pathlib import Path

import pytest
from timeless import timeless

import bncheck

EXAMPLES = Path(__file__).parents[2] / "examples"
RIGHT, WRONG = str(EXAMPLES / "numpy_layer.py"), str(EXAMPLES / "one_pass_layer.py")
TARGETS = [RIGHT, WRONG, "no_such_module_of_anybody"]
QUICK = {"laws": "F00", "dtypes": "float32", "budget": "quick", "save": None}
QUICK |= {"shrink": False, "diagnose": False}


@pytest.fixture
def cluster(tmp_path, monkeypatch):
    """Two processes, whose tasks are not tried again by Dask itself."""
    import dask
    from distributed import Client, LocalCluster

    settings = {
        "distributed.scheduler.allowed-failures": 0,
        "distributed.admin.low-level-log-length": 0,
        "temporary-directory": str(tmp_path),
    }
    kinds = {"processes": True, "threads_per_worker": 1, "dashboard_address": None}
    with (
        dask.config.set(settings),
        LocalCluster(n_workers=2, silence_logs=50, **kinds) as processes,
        Client(processes) as client,
    ):
        yield client


def as_data(outcomes):
    return [e if isinstance(e, bncheck.NotChecked) else timeless(e) for e in outcomes]


@pytest.fixture(scope="module")
def there():
    return as_data(bncheck.verify_many(TARGETS, **QUICK))


@pytest.mark.filterwarnings("default")  # what Dask warns of is its own affair
@pytest.mark.parametrize("again", [False, True], ids=["an executor", "a function"])
def test_a_worker_is_killed_in_the_middle(cluster, there, again):
    pids = list(cluster.run(os.getpid).values())

    def kill(position, outcome):
        while pids:
            os.kill(pids.pop(), signal.SIGKILL)

    make = cluster.get_executor
    outcomes = bncheck.verify_many(
        TARGETS, executor=make if again else make(), on_outcome=kill, **QUICK
    )
    if again:
        assert as_data(outcomes) == there
    else:
        lost = [isinstance(e, bncheck.NotChecked) and "KilledWorker" in e.error for e in outcomes]
        assert 1 <= sum(lost) <= 2
        assert all(
            o.error.startswith("worker lost: ")
            for o, is_lost in zip(outcomes, lost, strict=True)
            if is_lost
        )
        told = zip(as_data(outcomes), there, lost, strict=True)
        assert all(one == other for one, other, is_lost in told if not is_lost)
