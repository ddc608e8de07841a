"""Workers that are forked: each as if it were the only one, and as mortal as any other."""

import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from command import doing
from timeless import timeless

import bncheck
from bncheck.cases import Recipe, Values
from bncheck.engine.options import Options
from bncheck.engine.session import Died
from bncheck.engine.worker import warm
from bncheck.engine.worker.processes import offspring
from bncheck.engine.worker.remarks import Remarks
from bncheck.engine.worker.replaceable import Worker

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux only")

EXAMPLES = Path(__file__).parents[3] / "examples"
SEVEN = Recipe(
    dtype="float32", shape=(7, 2), x=Values(digits=(1, 2, 3, 5)), dy=Values(digits=(1, -1))
).plain()
REQUEST = {"do": "measure", "recipe": SEVEN, "laws": ["F00", "F02"]}


@pytest.fixture
def made(monkeypatch):
    """Tell of each process whether it was forked."""
    seen = []
    whole = warm.forked

    def forked(beginning, target):
        child = whole(beginning, target)
        seen.append(child is not None)
        return child

    monkeypatch.setattr(warm, "forked", forked)
    return seen


@pytest.fixture
def opened(tmp_path, monkeypatch):
    """Write a target and return a session about it; all end with the parents."""
    monkeypatch.chdir(tmp_path)
    sessions = []

    def open_(source, name="bn.py", **options):
        (tmp_path / name).write_text(source, encoding="utf-8")
        sessions.append(Worker(name, Options(timeout=1.0, **options), Remarks()))
        return sessions[-1]

    with warm.kept():
        yield open_
        for session in sessions:
            session.close()


def on_seven(does):
    return "import ctypes, os, signal, sys, time\n" + doing(f"if x.shape[0] == 7:\n        {does}")


@pytest.mark.parametrize("example", ["numpy_layer.py", "one_pass_layer.py"])
def test_reports_are_the_same(made, example):
    def report():
        return timeless(
            bncheck.verify(
                EXAMPLES / example, laws=("F*", "X*"), dtypes="float32", budget="quick", save=None
            )
        )

    with warm.kept():
        forked = report()
    assert made == [True]
    assert report() == forked
    assert made == [True, False]


# -- what one does to its process, no other one has ----------------------------------------------

CHANGES = """
import ctypes, gc, os, random, signal, sys, warnings
import numpy as np, scipy.special
np.seterr(all="raise"); np.add = None; np.random.seed(0); random.seed(0)
scipy.special.erf = None
sys.modules["mine"] = sys; sys.path.insert(0, "/mine"); sys.argv.append("mine")
sys.setrecursionlimit(300); gc.disable(); os.environ["MINE"] = "1"; os.chdir("/"); os.umask(0o777)
warnings.simplefilter("error"); signal.signal(signal.SIGTERM, signal.SIG_IGN)
ctypes.CDLL(None).fesetround(0x400)
import bncheck.laws; bncheck.laws.LAWS = ()
"""
LOOKS = """
import ctypes, gc, json, os, random, signal, sys, warnings
import numpy as np, scipy.special
FOUND = {
    "errors": np.geterr(), "add": repr(np.add), "erf": repr(scipy.special.erf),
    "modules": "mine" in sys.modules, "path": sys.path, "argv": sys.argv,
    "recursion": sys.getrecursionlimit(), "garbage": gc.isenabled(),
    "environment": {k: v for k, v in os.environ.items() if k != "BNCHECK_WORKER"},
    "folder": os.getcwd(), "umask": os.umask(0o22),
    "signals": [str(signal.getsignal(s)) for s in sorted(signal.valid_signals())],
    "rounding": ctypes.CDLL(None).fegetround(), "group": os.getpgrp() == os.getpid(),
    "descriptors": len(os.listdir("/proc/self/fd")), "deep": len(__import__("inspect").stack()),
    "laws": len(__import__("bncheck.laws").laws.LAWS),
}
with open("found.json", "w") as file:
    json.dump(FOUND, file)
with open("drawn", "a") as file:
    print(np.random.random(), random.random(), file=file)
"""


def found(folder):
    return json.loads((folder / "found.json").read_text())


def test_a_target_finds_what_it_finds_in_a_process_of_its_own(tmp_path, opened, made, monkeypatch):
    opened(CHANGES + doing("pass"), "first.py")
    opened(LOOKS + doing("pass"))
    second = found(tmp_path)
    opened(LOOKS + doing("pass"))
    assert made == [True] * 3
    monkeypatch.setattr(warm, "forked", lambda beginning, target: None)
    opened(LOOKS + doing("pass"))
    alone = found(tmp_path)
    assert second == alone
    draws = (tmp_path / "drawn").read_text().split()
    assert len(set(draws)) == len(draws)


def test_what_bncheck_itself_changes_later_is_there(tmp_path, opened, made, monkeypatch):
    opened(LOOKS + doing("pass"))
    assert "MINE" not in found(tmp_path)["environment"]
    monkeypatch.setenv("MINE", "2")
    opened(LOOKS + doing("pass"))
    assert found(tmp_path)["environment"]["MINE"] == "2"
    before = os.umask(0o27)
    try:
        opened(LOOKS + doing("pass"))
    finally:
        os.umask(before)
    assert found(tmp_path)["umask"] == 0o27
    assert made == [True] * 3


# -- deaths ----------------------------------------------------------------------------------------

DEATHS = {
    "an exit": ("os._exit(7)", "with exit code 7"),
    "a signal": ("os.kill(os.getpid(), 11)", "by SIGSEGV"),
    "a loop": ("while True: pass", "one call took more than 1 s"),
}


@pytest.mark.parametrize("death", DEATHS)
def test_a_death_is_told_as_any_other(opened, made, death):
    does, told = DEATHS[death]
    worker = opened(on_seven(does))
    with pytest.raises(Died, match=told):
        worker.ask(REQUEST)
    other = opened(doing("pass"), "other.py")
    assert other.ask(REQUEST)["results"]
    assert made[0]


def test_a_parent_that_is_gone_takes_no_worker_with_it(opened, made):
    worker = opened(doing("pass"))
    os.kill(warm._PARENTS._there[""]._popen.pid, signal.SIGKILL)
    assert worker.ask(REQUEST)["results"]
    assert opened(doing("pass"), "other.py").ask(REQUEST)["results"]
    assert opened(doing("pass"), "third.py").ask(REQUEST)["results"]
    assert made[-1]


def test_a_parent_that_was_not_needed_for_a_while_is_replaced(opened, made):
    for n in range(5):
        opened(doing("pass"), f"bn{n}.py").close()
        parent = warm._PARENTS._there[""]
        parent._socket.shutdown(socket.SHUT_RDWR)  # as if it had ended by itself
        assert parent.ended(20)
    assert made == [True] * 5


def test_a_process_that_is_forked_has_none_of_its_own(opened):
    opened(doing("pass"))
    child = os.fork()
    if child == 0:
        none = not warm._PARENTS._there and not warm._PARENTS.wanted
        os._exit(0 if none and warm._PARENTS.lock.acquire(blocking=False) else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert opened(doing("pass"), "other.py").ask(REQUEST)["results"]


def test_what_a_worker_started_ends_with_it(opened):
    worker = opened(
        on_seven("os.fork() or (os.setsid(), os.fork() and os._exit(0), time.sleep(99))")
    )
    worker.ask(REQUEST)
    process = worker._process
    pid, mark = process._child.pid, process._mark
    assert offspring(pid, mark)  # of a child that began no other program, and lost its parents
    worker.close()
    assert not offspring(pid, mark)


def parents():
    return [each._popen.pid for each in warm._PARENTS._there.values() if each is not None]


def test_nobody_is_left(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bn.py").write_text(doing("pass"))
    with warm.kept():
        Worker("bn.py", Options()).close()
        (parent,) = parents()
        with warm.kept():
            pass
        assert parents() == [parent]
    with pytest.raises(ProcessLookupError):
        os.kill(parent, 0)


def test_nobody_is_left_where_bncheck_is_killed(tmp_path):
    (tmp_path / "bn.py").write_text(
        "import os\nopen('pids', 'w').write(f'{os.getpid()} {os.getppid()}')\n"
        "os.rename('pids', 'told')\nwhile True: pass"
    )
    path = os.pathsep.join(p for p in sys.path if p)
    ran = subprocess.Popen(
        [sys.executable, "-P", "-m", "bncheck", "verify", "bn.py", "bn.py:BN"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path},
    )
    wait_for((tmp_path / "told").exists)
    worker, parent = map(int, (tmp_path / "told").read_text().split())
    assert parent != ran.pid
    ran.kill()
    ran.wait()
    wait_for(lambda: not Path(f"/proc/{worker}").exists())
    wait_for(lambda: not Path(f"/proc/{parent}").exists())


def wait_for(done):
    for _ in range(1200):
        if done():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen")


# -- who is not forked -----------------------------------------------------------------------------


def test_a_file_with_the_name_of_what_was_imported(opened, made, tmp_path):
    (tmp_path / "scipy.py").write_text("")
    opened(doing("pass"))
    assert made == [False]


def test_a_single_target_is_not(made, tmp_path):
    (tmp_path / "bn.py").write_text(doing("pass"))
    Worker(str(tmp_path / "bn.py"), Options()).close()
    assert made == [False]


def test_several_workers_of_a_single_target_are(made):
    bncheck.verify(
        EXAMPLES / "numpy_layer.py", laws="F00", dtypes="float32", budget="quick", save=None, jobs=2
    )
    assert made == [True, True]
    assert parents() == []


@pytest.mark.torch
def test_torch_is_there_only_for_who_begins_with_it(opened, made, tmp_path):
    pytest.importorskip("torch")
    layer = "\nfrom torch.nn import BatchNorm1d as BN\n"
    (tmp_path / "at_once.py").write_text(f"import torch\nimport sys{layer}")
    (tmp_path / "late.py").write_text(f"import sys\nassert 'torch' not in sys.modules{layer}")
    for name in ("at_once.py:BN", "late.py:BN", "torch.nn:BatchNorm1d"):
        worker = Worker(name, Options())
        assert worker.ask(REQUEST)["results"]
        worker.close()
    assert made == [True] * 3
    assert sorted(warm._PARENTS._there) == ["", "torch"]


def test_what_has_threads_is_not_forked(tmp_path, monkeypatch):
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "threaded.py").write_text(
        "from threading import Thread\nfrom time import sleep\n"
        "Thread(target=sleep, args=(99,), daemon=True).start()\n"
    )
    monkeypatch.syspath_prepend(folder)
    parent = warm._Parent("threaded")
    assert parent.unfit == "it has 2 threads"
    parent.end()
    assert parent.ended(20)


def test_what_cannot_be_imported_is_told(tmp_path):
    parent = warm._Parent("nowhere_to_be_found")
    assert parent.unfit == "ModuleNotFoundError at the import"
    parent.end()
    assert parent.ended(20)


def test_in_a_process_of_an_executor(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        textwrap.dedent(
            f"""
            from concurrent.futures import ProcessPoolExecutor
            import bncheck

            if __name__ == "__main__":
                bncheck.verify_many(
                    [{str(tmp_path / "bn.py")!r}] * 2,
                    executor=lambda: ProcessPoolExecutor(1),
                    laws="F00", budget="quick", save=None,
                )
            """
        )
    )
    (tmp_path / "bn.py").write_text(
        f"import os\nopen({str(tmp_path / 'parents')!r}, 'a').write(f'{{os.getppid()}} ')\n"
        + doing("pass")
    )
    path = os.pathsep.join(p for p in sys.path if p)
    subprocess.run([sys.executable, script], check=True, env={**os.environ, "PYTHONPATH": path})
    first, second = (tmp_path / "parents").read_text().split()
    assert first == second
    wait_for(lambda: not Path(f"/proc/{first}").exists())
