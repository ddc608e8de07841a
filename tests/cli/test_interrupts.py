"""Ctrl-C, SIGTERM and SIGHUP: the first one ends a run with its report, the next ones nothing."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from command import doing

from bncheck.cli import interrupts

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")

# a target that says when it hangs: after some good answers, or while it is loaded
HANGS = {
    "call": doing(
        "globals()['N'] = globals().get('N', 0) + 1\n"
        "    if N > 150: open('hangs', 'w').close()\n"
        "    while N > 150: pass"
    ),
    "load": "open('hangs', 'w').close()\nwhile True: pass\n",
}
ENDS = ("SIGINT", "SIGTERM", "SIGHUP")


def started(folder, source, *words):
    (folder / "bn.py").write_text(source, encoding="utf-8")
    (folder / "tmp").mkdir()
    path = os.pathsep.join(p for p in sys.path if p)
    options = ("--dtype", "float32", "--timeout", "600", "--load-timeout", "600", *words)
    command = ("verify", "bn.py", "--format", "json=r.json", *options)
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "bncheck", *command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, "TMPDIR": str(folder / "tmp")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: [signal.signal(getattr(signal, s), signal.SIG_DFL) for s in ENDS[1:]],
    )


def until_it_hangs(folder):
    for _ in range(1200):
        if (folder / "hangs").exists():
            time.sleep(0.3)
            return
        time.sleep(0.05)
    raise AssertionError("it never came to hang")


def pressed(process, *names):
    for name in names:
        process.send_signal(getattr(signal, name))
        time.sleep(0.02)
    return process.communicate(timeout=60)  # the limits of its calls are ten times that


@pytest.mark.parametrize(
    "signals", [("SIGINT",), ("SIGTERM",), ("SIGHUP",), ("SIGINT", "SIGINT"), ("SIGTERM", "SIGINT")]
)
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_hung_call_ends_with_the_report_so_far(signals, jobs, tmp_path):
    process = started(tmp_path, HANGS["call"], "--jobs", jobs)
    until_it_hangs(tmp_path)
    out, err = pressed(process, *signals)
    assert (process.returncode, err) == (2, "")
    assert "exit 2: interrupted before all was checked" in out
    report = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert report["counts"]["holds"] > 0
    assert report["counts"]["error"] == 0
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.parametrize("signals", [("SIGINT",), ("SIGTERM", "SIGTERM")])
def test_a_hung_load_ends(signals, tmp_path):
    process = started(tmp_path, HANGS["load"])
    until_it_hangs(tmp_path)
    out, err = pressed(process, *signals)
    assert (process.returncode, out) == (2, "")
    assert err == "bncheck: interrupted before anything was checked\n"


def test_only_the_first_raises_and_all_are_noted(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(interrupts, "monotonic", lambda: now[0])
    before = signal.getsignal(signal.SIGTERM)
    with interrupts.noted(last=False) as signals:
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGINT)
        now[0] = 60.0
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert [signal.Signals(n).name for n in signals] == ["SIGTERM", "SIGTERM", "SIGINT", "SIGINT"]
    assert signal.getsignal(signal.SIGTERM) == before


def test_what_the_caller_ignores_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with interrupts.noted(last=False) as signals:
            signal.raise_signal(signal.SIGHUP)
        assert signals == []
    finally:
        signal.signal(signal.SIGHUP, before)
