"""An engine that runs nothing: it finds what the name of the target asks for.

It stands in for `bncheck.engine` and `bncheck.laws`, so that what is printed, returned and
written is tested apart from what is measured.
"""

import os
import sys
import types
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import reports_of

import bncheck.api  # with the true engine: it keeps what it imports first
import bncheck.configuration  # noqa: F401 # likewise
from bncheck.errors import InternalError, TargetError
from bncheck.model import Report
from bncheck.trial.law import Law


@dataclass(frozen=True)
class Options:
    laws: tuple = ()
    dtypes: tuple = ()
    budget: object = "standard"
    seed: int = 0
    jobs: int = 1
    fail_fast: bool = False
    profile: object = None
    expected: object = None
    timeout: float = 10.0
    load_timeout: float = 60.0
    save: object = Path(".bncheck")
    require: tuple = ()
    known: bool = False
    device: str = ""
    baseline: object = None
    data: object = None
    resume: bool = False
    keep: bool = False
    norm: object = None


@dataclass(frozen=True)
class Progress:
    done: int
    total: int
    label: str
    stage: str = "survey"
    failing: int = 0


@dataclass(frozen=True)
class Found:
    finding: object


@dataclass(frozen=True)
class Interrupted:
    pass


@dataclass(frozen=True)
class Finished:
    report: object


@dataclass(frozen=True)
class Replay:
    status: str
    text: str
    finding: object = None
    target: str = ""


LAWS = (
    Law(
        "F01",
        "the output's mean is β",
        "mean(y) = β + γ · mean(x̂)",
        "m ≥ 1",
        "Ioffe & Szegedy 2015, section 3",
        measure=lambda trial: iter(()),
    ),
    Law(
        "X03",
        "γ → 2γ doubles y − β exactly",
        "y(2γ, β) − β = 2 (y(γ, β) − β) as numbers",
        "no overflow",
        "powers of two scale without rounding (IEEE 754-2019, section 4.3)",
        measure=lambda trial: iter(()),
        needs=frozenset({"running", "eval"}),
        promises={"output": "centered"},
        exact=True,
        wants=("dyadic",),
    ),
)

asked = []  # the Options of each run, latest last


def keep():
    """No workers are made here."""


def report_on(target):
    if target == "missing":
        raise TargetError("module 'missing' does not exist; give a file.py or a package.module")
    if target == "faulty":
        raise InternalError("the oracle disagrees with itself\x1b[31m")
    made = {"right": reports_of.right, "wrong": reports_of.wrong}.get(target)
    return made() if made else Report(target, ())


def run(target, options):
    asked.append(options)
    report = report_on(target)
    total = len(report.findings)
    for done, finding in enumerate(report.findings, 1):
        yield Progress(done, total, finding.law)
        yield Found(finding)
    yield Finished(report)


def verify(target, **options):
    asked.append(Options(**options))
    if "BNCHECK_TEST_RUNS" in os.environ:
        with open(os.environ["BNCHECK_TEST_RUNS"], "a") as file:
            file.write(f"{os.getpid()}\n")
    report = report_on(target)
    judged = options.get("expected") or options.get("baseline")
    return report if judged else replace(report, stale=())


def plan(target, options):
    if target == "missing":
        report_on(target)
    if target == "faulty":
        return [("F01", "float32")]
    return [(f.law, f.dtype) for f in report_on(target).findings]


def replay(path, *, timeout, load_timeout, target, trust):
    return Replay(path.read_text().strip(), "B03 in float32:\n    x = np.array([1.0])")


def interrupt_all():
    pass


kept = nullcontext


def install(put=sys.modules.__setitem__):
    """Put this module in the engine's place; ``put`` is dict's or monkeypatch's way of setting."""
    del asked[:]
    me = sys.modules[__name__]
    events = types.ModuleType("bncheck.engine.events")
    events.Progress, events.Found, events.Finished = Progress, Found, Finished
    events.Interrupted = Interrupted
    me.events = events
    put("bncheck.engine", me)
    put("bncheck.engine.events", events)
    laws = types.ModuleType("bncheck.laws")
    laws.LAWS = LAWS
    put("bncheck.laws", laws)
