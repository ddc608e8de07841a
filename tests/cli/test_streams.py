"""Closed, full and abandoned streams: the verdict, the exit code and the report stay."""

import json
import os
import subprocess
import sys

import pytest
from command import doing

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs a shell")

STATES = {
    "nothing": "",
    "no standard error": "2>&-",
    "no standard output": ">&-",
    "neither": ">&- 2>&-",
    "none at all": "<&- >&- 2>&-",
    "no input, no error": "<&- 2>&-",
    "full": ">/dev/full",
    "full error": "2>/dev/full",
    "both full": ">/dev/full 2>/dev/full",
    "a reader that leaves": "| head -n 1",
}
RIGHT, WRONG = doing("pass"), doing("x = x + x")


def run(folder, words, state):
    """Run the command in a shell; return its own exit code, and what stood on standard error."""
    if state.endswith("/dev/full") and not os.path.exists("/dev/full"):
        pytest.skip("needs /dev/full")
    command = f'"$PYTHON" -P -m bncheck {words} {state}; exit ${{PIPESTATUS[0]}}'
    found = os.pathsep.join(p for p in sys.path if p)
    done = subprocess.run(
        ["/bin/bash", "-c", command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": found, "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert "Traceback" not in done.stdout + done.stderr
    return done.returncode, done.stderr


@pytest.mark.rows(10)
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(("source", "code"), [(RIGHT, 0), (WRONG, 1)], ids=["right", "wrong"])
def test_the_report_is_not_lost(source, code, state, tmp_path):
    (tmp_path / "bn.py").write_text(source)
    words = "verify bn.py --budget quick --laws F00 --dtype float32 --format json=r.json"
    got, said = run(tmp_path, words, STATES[state])
    assert got == code
    assert json.loads((tmp_path / "r.json").read_bytes())["exit_code"] == code
    if state == "full":
        assert said == (
            "bncheck: standard output cannot be written: [Errno 28] No space left on device\n"
        )
    else:
        assert said == ""


@pytest.mark.parametrize("state", STATES)
def test_other_commands_have_their_exit_codes(state, tmp_path):
    for words, code in (("--version", 0), ("--help", 0), ("laws", 0), ("verfiy x", 2)):
        assert run(tmp_path, words, STATES[state])[0] == code
