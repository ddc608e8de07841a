"""What a worker started is found and ended, wherever it went."""

import os
import subprocess
import sys
import time

import pytest

from bncheck.engine.worker.processes import MARK, end_offspring, offspring, stopped

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")

# how somebody starts what outlives him
STARTS = {
    "a child": "subprocess.Popen(SLEEP)",
    "a session of its own": "subprocess.Popen(SLEEP, start_new_session=True)",
    "without its environment": "subprocess.Popen(SLEEP, start_new_session=True, env={})",
    "a daemon": "os.fork() or (os.setsid(), os.fork() or os.execvp(SLEEP[0], SLEEP), os._exit(0))",
    "a fork": "os.fork() or (os.setsid(), time.sleep(999))",
}
SOURCE = "import os, subprocess, time\nSLEEP = ['sleep', '999']\n{}\ntime.sleep({})\n"


def started(how, mark, lives=999):
    return subprocess.Popen(
        [sys.executable, "-c", SOURCE.format(STARTS[how], lives)],
        env={**os.environ, MARK: mark},
        start_new_session=True,
    )


def eventually(true):
    for _ in range(200):
        if true():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("how", STARTS)
def test_the_offspring_of_one_that_lives(how):
    mark = f"test-{os.urandom(8).hex()}"
    process = started(how, mark)
    assert eventually(lambda: offspring(process.pid, mark))
    time.sleep(0.2)  # a daemon's second fork
    end_offspring(process.pid, mark, offspring(process.pid, mark))
    assert process.wait(timeout=30) == -9
    assert eventually(lambda: not offspring(process.pid, mark))


@pytest.mark.parametrize("how", [how for how in STARTS if "environment" not in how])
def test_the_offspring_of_one_that_is_gone(how):
    mark = f"test-{os.urandom(8).hex()}"
    process = started(how, mark, lives=0)
    process.wait(timeout=30)
    assert eventually(lambda: offspring(process.pid, mark))
    end_offspring(process.pid, mark)
    assert eventually(lambda: not offspring(process.pid, mark))


def test_others_are_left_alone():
    mark = f"test-{os.urandom(8).hex()}"
    process = started("a child", mark)
    try:
        end_offspring(1 << 22, f"{mark}0")
        assert process.poll() is None
        assert not stopped(process.pid)
        process.send_signal(19)  # SIGSTOP
        assert eventually(lambda: stopped(process.pid))
    finally:
        end_offspring(process.pid, mark)
        process.wait(timeout=30)


def test_nobody_is_not_stopped():
    assert not stopped(1 << 22)
