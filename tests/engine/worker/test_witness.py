"""What a process has read: asked of one, since an audit hook stays."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from command import environment

from bncheck.engine.worker.witness import Witness

SCRIPT = """
import json, sys
import ctypes.util, importlib.metadata, sqlite3, socket, subprocess, glob, os, urllib.request
from bncheck.engine.worker.witness import WITNESS
WITNESS.start()
WITNESS.start()
{}
json.dump(WITNESS.told(), sys.stdout)
"""


@pytest.fixture
def told(tmp_path):
    def run(*lines):
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT.format("\n".join(lines))],
            cwd=tmp_path,
            env=environment(SOME_VARIABLE="1"),
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(done.stdout)

    return run


def test_modules_and_shared_libraries(told):
    import _ctypes

    seen = told()
    assert json.__file__ in seen["read"]
    assert any("libc" in path for path in seen["read"])
    assert _ctypes.__file__ in seen["read"]
    assert seen["doubts"] == []


def test_files_that_are_opened_and_those_that_are_not_there(told, tmp_path):
    (tmp_path / "weights.npz").write_text("x")
    seen = told(
        "open('weights.npz', 'rb').close()",
        "os.close(os.open(b'weights.npz', os.O_RDONLY))",
        "try: open('other.npz')",
        "except OSError: pass",
        "open('log.txt', 'w').write('x')",
    )
    here = str(tmp_path)
    assert [p for p in seen["read"] if p.startswith(here)] == [
        f"{here}/other.npz",
        f"{here}/weights.npz",
    ]
    assert seen["doubts"] == []


def test_modules_that_were_looked_for(told, tmp_path):
    (tmp_path / "mine.py").write_text("")
    seen = told(
        "sys.path.insert(0, '.')",
        "import mine",
        "try: import fast_kernel.sub",
        "except ImportError: pass",
    )
    assert {"mine", "fast_kernel"} <= set(seen["imported"])
    assert str(tmp_path / "mine.py") in [str(Path(p).resolve()) for p in seen["own"]]
    assert str(tmp_path) not in seen["listed"]


def test_folders_that_were_listed(told, tmp_path):
    seen = told("os.listdir()", "glob.glob('sub/*')", "importlib.metadata.version('numpy')")
    assert str(tmp_path) in seen["listed"]


def test_variables_that_were_asked_for(told):
    seen = told("os.environ.get('SOME_VARIABLE')", "os.getenv('OTHER')", "'THIRD' in os.environ")
    assert {"SOME_VARIABLE", "OTHER", "THIRD"} <= set(seen["variables"])
    assert "HOME" not in seen["variables"]


@pytest.mark.parametrize(
    ("line", "doubt"),
    [
        ("subprocess.run(['true'])", "it starts a process"),
        ("os.system('true')", "it starts a process"),
        ("os.fork() or os._exit(0)", "it starts a process"),
        ("sqlite3.connect(':memory:')", "it opens a database"),
        ("socket.socket().connect_ex(('127.0.0.1', 9))", "it uses the network"),
        ("open('x', 'a').write('1'); open('x').read()", "it reads a file that it writes"),
        ("open('x', 'a+').close()", "it reads a file that it writes"),
    ],
)
def test_what_may_be_missed_is_a_doubt(line, doubt, told):
    assert told(line)["doubts"] == [doubt]


def test_what_it_makes_itself_is_no_doubt(told, tmp_path):
    seen = told(
        "open('x', 'w').write('1'); open('x').read(); open('x', 'w+').close()",
        "import tempfile; tempfile.TemporaryFile().close()",
    )
    assert seen["doubts"] == []
    assert str(tmp_path / "x") not in seen["read"]


def test_a_library_that_reads_files_by_itself_is_a_doubt(told, tmp_path):
    (tmp_path / "h5py.py").write_text("def File(name): pass\n")
    (tmp_path / "mine.py").write_text("from h5py import File\n")
    seen = told("sys.path.insert(0, '.')", "import mine")
    assert seen["doubts"] == ["h5py opens files where that cannot be seen"]


def test_a_hook_raises_nothing_in_the_target(told):
    seen = told("os.path.abspath = None", "open('/etc/hostname').close()")
    assert seen["doubts"] == ["what it reads could not be noted"]


def test_a_process_that_was_not_watched_says_so():
    assert "what it reads was not watched" in Witness().told()["doubts"]
