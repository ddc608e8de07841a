"""Several targets at a time: what is told of them is the same, in their order."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import fake_engine
import golden_files
import pytest
from command import doing

from bncheck.cli import main


@pytest.fixture
def engine(monkeypatch, tmp_path):
    fake_engine.install(lambda name, module: monkeypatch.setitem(sys.modules, name, module))
    monkeypatch.chdir(tmp_path)
    return fake_engine


def test_what_is_told_is_the_same(engine, capsys):
    assert main(["verify", "right", "wrong", "missing", "nothing", "--jobs", "3"]) == 1
    told = capsys.readouterr()
    golden_files.check("several.txt", told.out)
    assert told.err.startswith("bncheck: error: module 'missing' does not exist; give a")


@pytest.mark.parametrize(
    ("words", "each"),
    [("right wrong --jobs 2", [1, 1]), ("right wrong --jobs 9", [4, 4]), ("right --jobs 3", [3])],
)
def test_workers_are_shared_among_them(engine, words, each):
    main(["verify", *words.split()])
    assert [options.jobs for options in engine.asked] == each


def test_the_next_ones_are_tried_meanwhile(engine, monkeypatch, capsys):
    reached, whole = threading.Event(), engine.run

    def run(target, options):
        if target == "wrong":
            reached.set()
        assert reached.wait(60)  # the first one ends after the second one has begun
        yield from whole(target, options)

    monkeypatch.setattr(engine, "run", run)
    assert main(["verify", "right", "wrong", "-q", "--jobs", "2"]) == 1
    last = capsys.readouterr().out.splitlines()[-2:]
    assert [line.split()[0] for line in last] == ["right", "wrong"]


def test_a_fault_of_ours_stops_no_other_one(engine, capsys):
    assert main(["verify", "faulty", "right2", "right", "--jobs", "2"]) == 3
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()[-3:]] == [
        "faulty",
        "right2",
        "right",
    ]


# each says when it hangs: after some good answers, or while it is loaded
HANGS = {
    "call": "C = [0]\n"
    + doing("C[0] += 1\n    if C[0] > 150: open(FILE, 'w').close()\n    while C[0] > 150: pass"),
    "load": "open(FILE, 'w').close()\nwhile True: pass\n",
}


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")
@pytest.mark.parametrize("where", ["call", "load"])
def test_ctrl_c_ends_those_that_hang_and_begins_no_other(tmp_path, where):
    for n in range(3):
        (tmp_path / f"a{n}.py").write_text(HANGS[where].replace("FILE", repr(f"hangs{n}")))
    path = os.pathsep.join(p for p in sys.path if p)
    words = "verify a0.py a1.py a2.py --jobs 2 --dtype float32 --timeout 600 --load-timeout 600"
    ran = subprocess.Popen(
        [sys.executable, "-P", "-m", "bncheck", *words.split(), "--format", "json=r.json"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    for _ in range(1200):
        if (tmp_path / "hangs0").exists() and (tmp_path / "hangs1").exists():
            break
        time.sleep(0.05)
    ran.send_signal(signal.SIGINT)
    ran.communicate(timeout=120)  # a fifth of the limit of a call
    assert ran.returncode == 2
    reports = json.loads((tmp_path / "r.json").read_text())["reports"]
    interrupted = {"target": "a2.py", "error": "interrupted before it was checked", "exit_code": 2}
    assert reports[2] == interrupted
    assert not (tmp_path / "hangs2").exists()
    if where == "call":
        assert [report["interrupted"] for report in reports[:2]] == [True, True]
    else:
        assert [report["error"] for report in reports[:2]] == [interrupted["error"]] * 2
