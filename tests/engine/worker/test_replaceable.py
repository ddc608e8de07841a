"""A worker that hangs, dies, is lost or loses its voice, and what its session makes of that.

The targets do it on batches of seven, and not on others, so that they load.
"""

import os
import sys
import time

import pytest
from command import doing

from bncheck.cases import Recipe, Values
from bncheck.engine.options import Options
from bncheck.engine.session import Died
from bncheck.engine.worker.obituary import FOREIGN, STOPPED
from bncheck.engine.worker.process import Process
from bncheck.engine.worker.processes import offspring
from bncheck.engine.worker.remarks import MOST_ACCIDENTS, Remarks
from bncheck.engine.worker.replaceable import Worker
from bncheck.errors import InternalError, TargetError

posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")

SEVEN = Recipe(
    dtype="float32", shape=(7, 2), x=Values(digits=(1, 2, 3, 5)), dy=Values(digits=(1, -1))
).plain()
REQUEST = {"do": "measure", "recipe": SEVEN, "laws": ["F00", "F02"]}
LIMIT = 1.0


@pytest.fixture
def opened(tmp_path, monkeypatch):
    """Write a target and return a session about it, which is closed at the end."""
    monkeypatch.chdir(tmp_path)
    sessions = []

    def open_(does, *, before="", seven=True, load_timeout=60.0):
        does = f"if x.shape[0] == 7:\n        {does}" if seven else does
        source = before + "\nimport ctypes, os, signal, sys, threading, time\n" + doing(does)
        (tmp_path / "bn.py").write_text(source, encoding="utf-8")
        remarks = Remarks()
        worker = Worker("bn.py", Options(timeout=LIMIT, load_timeout=load_timeout), remarks)
        sessions.append(worker)
        return worker, remarks

    yield open_
    for worker in sessions:
        worker.close()


# how a call does not come back
HANGS = {
    "a loop": "while True: pass",
    "a sleep": "time.sleep(999)",
    "an alarm of its own": "signal.alarm(9); signal.alarm(0)\n        while True: pass",
    "the timer is turned off": "signal.setitimer(signal.ITIMER_REAL, 0); time.sleep(999)",
    "setitimer is replaced": "signal.setitimer = print; time.sleep(999)",
    "SIGALRM is ignored": "signal.signal(signal.SIGALRM, signal.SIG_IGN); time.sleep(999)",
    "all signals are handled": (
        "[signal.signal(s, lambda *a: None) for s in (1, 2, 3, 10, 12, 13, 14, 15)]\n"
        "        while True: pass"
    ),
    "all signals are blocked": (
        "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64)); time.sleep(999)"
    ),
    "in C, holding the lock": "ctypes.PyDLL(None).sleep(999)",
    "a lock": "lock = threading.Lock(); lock.acquire(); lock.acquire()",
    "a thread that is waited for": (
        "t = threading.Thread(target=time.sleep, args=(999,)); t.start(); t.join()"
    ),
    "a child that holds the pipes": ("os.fork()\n        while True: time.sleep(9)"),
    "a child in a session of its own": (
        "os.fork() or os.setsid()\n        while True: time.sleep(9)"
    ),
    "printing for ever": "while True: sys.stdout.write('y' * 9999)",
    "reading what is not its own": "[os.read(fd, 9) for fd in os.listdir('/proc/self/fd')]",
    "every exception is caught": (
        "while True:\n            try: time.sleep(999)\n            except BaseException: pass"
    ),
}


@pytest.mark.rows(6)
@posix
@pytest.mark.parametrize("how", HANGS)
def test_a_call_that_hangs_is_ended_at_its_limit(how, opened):
    does = HANGS[how].replace(
        "[os.read(fd, 9) for fd in os.listdir('/proc/self/fd')]",
        "[os.read(fd, 9) for fd in range(3, 4096) if os.path.exists(f'/proc/self/fd/{fd}')"
        " and os.readlink(f'/proc/self/fd/{fd}').startswith('pipe')]",
    )
    worker, remarks = opened(does)
    began = time.monotonic()
    with pytest.raises(Died, match="one call took more than 1 s") as caught:
        worker.ask(REQUEST)
    assert caught.value.kind == "hang"
    assert time.monotonic() - began < 60  # two limits, and a busy machine
    assert not remarks.told()


@linux
def test_a_process_that_stops_itself(opened):
    worker, _ = opened("os.kill(os.getpid(), signal.SIGSTOP)")
    with pytest.raises(Died, match=STOPPED) as caught:
        worker.ask(REQUEST)
    assert caught.value.kind == "hang"


def test_many_legal_calls_are_not_cut_short(opened):
    worker, remarks = opened("time.sleep(0.25)")
    laws = [f"F{k:02}" for k in range(13)]
    answer = worker.ask({**REQUEST, "laws": laws})
    assert answer["target_s"] > LIMIT
    assert all(result["status"] != "raised" for result in answer["results"])
    assert not remarks.told()


# how a call ends its process, or its voice, and what is said of that
DIES = {
    "os.abort()": "the process ended by SIGABRT",
    "os._exit(3)": "the process ended with exit code 3",
    "os.kill(os.getpid(), signal.SIGKILL)": "the process ended by SIGKILL",
    "os.kill(os.getpid(), signal.SIGTERM)": "the process ended by SIGTERM",
    "os.kill(os.getpid(), signal.SIGINT); time.sleep(9)": "the process ended by SIGINT",
    "signal.alarm(1); time.sleep(0.1); os.kill(os.getpid(), 14)": "the process ended by SIGALRM",
    "os.closerange(3, 1 << 16)": "the target closed, or wrote to, the descriptors",
    "[os.dup2(0, fd) for fd in range(3, 4096)]": "the target closed, or wrote to, the descriptors",
}


@pytest.mark.rows(4)
@posix
@pytest.mark.parametrize("does", DIES)
def test_a_call_that_ends_its_process_each_time(does, opened):
    worker, remarks = opened(does)
    with pytest.raises(Died, match=DIES[does]) as caught:
        worker.ask(REQUEST)
    assert caught.value.kind == "crash"
    assert worker.restarts == 1  # it was asked again, once
    with pytest.raises(Died):
        worker.ask(REQUEST)
    assert worker.restarts == 2  # it is known, and not asked again
    assert not remarks.told()


ONCE = "if not os.path.exists('once'): open('once', 'w').close(); "


@posix
@pytest.mark.parametrize(
    ("does", "said"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", "the process ended by SIGKILL once"),
        ("os.kill(os.getpid(), signal.SIGTERM)", "the process ended by SIGTERM once"),
        ("os.abort()", "the process ended by SIGABRT once"),
        ("time.sleep(999)", "one call took more than 1 s once"),
    ],
)
def test_what_does_not_happen_again_is_told_and_is_no_failure(does, said, opened):
    worker, remarks = opened(ONCE + does)
    answer = worker.ask(REQUEST)
    assert answer["results"][0]["status"] == "measured"
    assert remarks.told() == (f"{said}; asked again, the target answered",)


@posix
def test_one_that_dies_now_and_then_is_no_accident_for_ever(opened):
    odd = "open('odd', 'a').write('x')\n        if os.path.getsize('odd') % 2: os.abort()"
    worker, _ = opened(odd)
    died = [one_dies(worker) for _ in range(MOST_ACCIDENTS + 1)]
    assert died == [*([False] * MOST_ACCIDENTS), True]


def one_dies(worker):
    try:
        worker.ask({**REQUEST, "laws": ["F00"]})
    except Died:
        return True
    return False


@posix
def test_a_load_that_is_lost_once(opened):
    before = "import os\n" + ONCE + "os.kill(os.getpid(), 9)"
    _, remarks = opened("pass", before=before)
    assert remarks.told() == (
        "the process ended by SIGKILL once; asked again, the target answered",
    )


# what an import does, and the end of the sentence about it
DOES_NOT_LOAD = {
    "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64))\nwhile True: pass": (
        "loading it took more than 2 s (--load-timeout sets the limit)"
    ),
    "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)": STOPPED,
    "import os\nos.closerange(0, 1 << 16)": "the descriptors by which its process answers",
    "import os\nos.kill(os.getpid(), 9)": "the process ended by SIGKILL",
    "import time\nsleep = time.sleep\ntime.sleep = None\nsleep(999)": "took more than 2 s",
}


@linux
@pytest.mark.parametrize("before", DOES_NOT_LOAD)
def test_an_import_that_does_not_come_back(before, opened):
    with pytest.raises(TargetError, match=r"bn\.py could not be loaded: ") as refused:
        opened("pass", before=before, load_timeout=2.0)
    assert DOES_NOT_LOAD[before] in str(refused.value)


@posix
@pytest.mark.parametrize("where", ["before", "does"])
def test_bytes_on_the_descriptors_of_others(where, opened):
    noise = (
        "import os\ndef noise():\n    for fd in range(3, 4200):\n"
        "        try: os.write(fd, b'log' * 9)\n        except OSError: pass\n"
    )
    before = noise + ("noise()\n" if where == "before" else "")
    worker, remarks = opened("noise()" if where == "does" else "pass", before=before)
    assert worker.ask(REQUEST)["results"][0]["fails"] is False
    assert remarks.told() == (FOREIGN,)


def test_output_without_end_is_neither_kept_nor_waited_for(opened):
    worker, remarks = opened("print('x' * 1_000_000, flush=True)", seven=False)
    answer = worker.ask(REQUEST)
    assert answer["results"][0]["fails"] is False
    assert not remarks.told()


@linux
def test_children_are_ended_with_their_session(opened):
    worker, _ = opened(
        "import subprocess; subprocess.Popen(['sleep', '999'], start_new_session=True)"
    )
    worker.ask(REQUEST)
    process = worker._process
    pid, mark = process._child.pid, process._mark
    assert offspring(pid, mark)
    worker.close()
    assert not offspring(pid, mark)


@posix
def test_one_that_is_abandoned_says_so_at_once(opened):
    import threading

    worker, _ = opened("time.sleep(999)")
    threading.Timer(0.3, worker.abandon).start()
    with pytest.raises(Died):
        worker.ask(REQUEST)
    with pytest.raises(Died, match="interrupted"):
        worker.ask(REQUEST)
    assert worker.restarts == 0


def test_a_worker_that_was_not_told_what_to_load_leaves():
    process = Process()
    process._pipes.send(process._frames.pack({"do": "leave"}))
    try:  # a busy machine takes longer to start it than one waits for it to leave
        assert process._child.wait(timeout=100) == 0
    finally:
        process.stop(politely=False)


def test_a_request_that_does_not_exist_is_our_fault(opened):
    worker, _ = opened("pass")
    with pytest.raises(InternalError, match="unknown request"):
        worker.ask({"do": "dance"})
