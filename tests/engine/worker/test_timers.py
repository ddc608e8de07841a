"""Where there is no interval timer and no alarm, as on Windows, a hang ends all the same."""

import pytest

from bncheck.engine.options import Options
from bncheck.engine.session import Died
from bncheck.engine.worker.remarks import Remarks
from bncheck.engine.worker.replaceable import Worker
from bncheck.errors import TargetError

# taken away in the worker before anything of it can look for them in a call
WITHOUT = """
import signal, time
for name in ("setitimer", "getitimer", "alarm", "pause", "ITIMER_REAL", "SIGALRM"):
    if hasattr(signal, name):
        delattr(signal, name)
"""
LAYER = """
def forward(x, gamma, beta, eps):
    while x.shape[0] == 7:
        time.sleep(9)
    return gamma * (x - x.mean(0)) / (x.var(0) + eps) ** 0.5 + beta

CONVENTION = {"ranks": [2]}
"""
RECIPE = {
    "dtype": "float32",
    "shape": [7, 2],
    "x": {"digits": [1, 2, 3]},
    "dy": {"digits": [1]},
}


def worker(path, text, **limits):
    path.write_text(text, encoding="utf-8")
    return Worker(str(path), Options(**limits), Remarks())


def test_a_call_that_hangs(tmp_path):
    from bncheck.cases import from_plain

    session = worker(tmp_path / "bn.py", WITHOUT + LAYER, timeout=1.0)
    try:
        request = {"do": "measure", "recipe": from_plain(RECIPE).plain(), "laws": ["F00"]}
        with pytest.raises(Died, match="one call took more than 1 s") as caught:
            session.ask(request)
        assert caught.value.kind == "hang"
    finally:
        session.close()


def test_a_load_that_hangs(tmp_path):
    with pytest.raises(TargetError, match="load"):
        worker(tmp_path / "bn.py", WITHOUT + "time.sleep(999)\n" + LAYER, load_timeout=3.0)
