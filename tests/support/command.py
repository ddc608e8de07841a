"""The real command in a process of its own, on targets that are written for the test."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass

# A correct batch normalization with a place where a call can do something else first.
CORRECT = """\
import numpy as np


def forward(x, gamma, beta, eps):
    axes, shape = (0, *range(2, x.ndim)), (1, -1) + (1,) * (x.ndim - 2)
    @
    centered = x - x.mean(axes, keepdims=True)
    variance = (centered * centered).mean(axes, keepdims=True)
    xhat = centered / np.sqrt(variance + x.dtype.type(eps))
    return gamma.reshape(shape) * xhat + beta.reshape(shape)
"""


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str
    report: dict | None = None

    def finding(self, law, dtype="float32"):
        found = [f for f in self.report["findings"] if (f["law"], f["dtype"]) == (law, dtype)]
        assert len(found) == 1
        return found[0]


def doing(what, after=""):
    """Source of a target that does something in each call of its forward."""
    return CORRECT.replace("@", what) + after


def environment(**more):
    """The variables of a user, but for where bncheck is; xdist sets COLUMNS."""
    plain = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    return {**plain, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p), **more}


def bncheck(*words, folder):
    """Run the command; whatever it was given, it shows no traceback."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "bncheck", *map(str, words)],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert "Traceback" not in done.stdout + done.stderr
    return Outcome(done.returncode, done.stdout, done.stderr)


def verify(folder, source, *options):
    """Write a target, verify it, and read the JSON report, where there is one."""
    (folder / "bn.py").write_text(source, encoding="utf-8")
    small = ("--budget", "quick", "--dtype", "float32", "--format", "json=report.json")
    done = bncheck("verify", "bn.py", *small, *options, folder=folder)
    path = folder / "report.json"
    report = json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
    if report is not None:
        assert report["exit_code"] == done.code
    return Outcome(done.code, done.out, done.err, report)
