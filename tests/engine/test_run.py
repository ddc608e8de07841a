"""Runs of the engine on the shipped examples: what is decided, in which order, and what is kept."""

import json
import math
import os
import signal
import subprocess
import sys
import time
import warnings
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from command import doing, verify
from report_shape import check_shape
from timeless import timeless

from bncheck.cases import Recipe, admits, build, from_plain
from bncheck.engine import Options, events, plan, run
from bncheck.engine import verify as check
from bncheck.engine.fingerprinting import fingerprint
from bncheck.engine.options import BUDGETS
from bncheck.engine.survey import tasks
from bncheck.errors import NotSupported, UsageError
from bncheck.laws import LAWS
from bncheck.model import BATCH, Domain, Implementation, Layer
from bncheck.reports.json import as_data
from bncheck.reports.text import render

EXAMPLES = Path(__file__).parents[2] / "examples"
RIGHT, WRONG = str(EXAMPLES / "numpy_layer.py"), str(EXAMPLES / "one_pass_layer.py")
# the laws that are about batch normalization
ABOUT = [law for law in LAWS if law.about(BATCH)]
FEW = ("F00", "F05", "B03", "X16", "P07")


def in_memory(train):
    return Implementation("mine", lambda case: Layer(train=lambda x: train(case, x)))


def reference(case, x):
    scope = {}
    exec(compile(doing("pass"), "bn.py", "exec"), scope)  # the test's own source
    return scope["forward"](x, case.gamma, case.beta, case.eps)


def wrong(**options):
    given = {"laws": FEW, "budget": "quick", "dtypes": ("float32",), "save": None}
    return check(WRONG, **{**given, **options})


@pytest.fixture(scope="module")
def once():
    return wrong()


def test_the_same_seed_gives_the_same_report(once):
    assert timeless(wrong()) == timeless(once)
    assert once.exit_code == 1


def test_when_it_was_and_how_long_it_took(once):
    data = as_data(once)
    age = datetime.now(UTC) - datetime.fromisoformat(data["started"])
    assert 0 <= age.total_seconds() < 3600
    tried = [f["seconds"] for f in data["findings"] if f["verdict"] != "skipped"]
    assert min(tried) > 0
    assert data["seconds"] > sum(tried)
    assert data["environment"]["device"] == "cpu"


def test_jobs_change_nothing(once):
    assert timeless(wrong(jobs=2)) == timeless(once)


def test_another_seed_gives_other_cases(once):
    def recipes(seed):
        drawn = tasks(LAWS, Domain(), [("float32", "float32")], BUDGETS["quick"], seed)
        return [task.recipe for task in drawn]

    assert recipes(0) == recipes(0)
    assert len(set(recipes(0)) & set(recipes(1))) < len(recipes(0)) / 2
    other = wrong(seed=1)
    assert other.environment["seed"] == 1
    for report in (once, other):
        assert {f.law for f in report.findings if f.verdict == "fails"} >= {"F00", "B03"}


def test_a_law_gets_the_same_cases_without_the_others():
    def cases(laws):
        planned = tasks(laws, Domain(), [("float32", "float32")], BUDGETS["quick"], 0)
        return [task.recipe for task in planned if "F11" in task.laws]

    alone = cases([law for law in LAWS if law.id == "F11"])
    assert 0 < len(alone) < 100
    assert alone == cases(LAWS) == cases(LAWS[5:40])


def test_one_finding_for_each_law_and_dtype_as_planned():
    options = Options(laws=("F0*", "!F01", "I*"), budget=0.05, save=None)
    report = check(RIGHT, laws=options.laws, budget=0.05, save=None)
    pairs = [(f.law, f.dtype) for f in report.findings if not f.reason.startswith("excluded")]
    chosen = [law.id for law in LAWS if law.id[:2] in ("F0", "I0", "I1") and law.id != "F01"]
    assert pairs == plan(RIGHT, options)
    assert pairs == [(law, dtype) for law in chosen for dtype in ("float32", "float64")]


def test_what_a_pattern_left_out_is_listed():
    report = as_data(check(RIGHT, laws=("F0*", "!F00", "!F01", "!B*"), budget=0.05, save=None))
    left = {f["law"] for f in report["findings"] if f["reason"] == "excluded"}
    assert left == {"F00", "F01"}
    assert {f["verdict"] for f in report["findings"] if f["law"] in left} == {"skipped"}
    with pytest.raises(UsageError, match="no law matches '!F77'"):
        check(RIGHT, laws=("!F77",), save=None)


def test_dtypes():
    report = wrong(dtypes=("float64",), laws=("F00",), budget=0.2)
    assert [(f.law, f.dtype) for f in report.findings] == [("F00", "float64")]
    with pytest.raises(UsageError, match="dtype='float31' is not checked; did you mean 'float32'"):
        wrong(dtypes=("float31",))


def test_half_precision_is_tried_only_where_it_is_promised():
    with pytest.raises(UsageError, match="dtype='float16' is tried only where the target promises"):
        check(RIGHT, dtypes=("float16",), laws=("F00",), budget=0.2, save=None)
    half = replace(in_memory(reference), domain=Domain(dtypes=("float16",)))
    report = check(half, dtypes=("float16",), laws=("P07",), budget=0.2, save=None)
    assert [f.dtype for f in report.findings] == ["float16"]


def test_laws_that_do_not_exist():
    with pytest.raises(UsageError, match="no law matches 'F99'; did you mean 'F"):
        wrong(laws=("F99",))


def test_a_limit_in_seconds_says_what_it_left_out():
    report = check(RIGHT, budget=0.02, save=None)
    reasons = [f.reason for f in report.findings if f.verdict == "skipped"]
    # most laws in one of the two dtypes at least
    assert reasons.count("budget: the time was over before a case came to it") > len(ABOUT) / 2
    assert any(f.verdict == "holds" for f in report.findings)
    assert len(report.findings) == 2 * len(ABOUT)


def test_a_limit_in_seconds_keeps_what_fails():
    target = in_memory(lambda case, x: reference(case, x) + 1)  # wrong on whatever it gets to
    report = check(target, budget=1.0, save=None, laws=("F00", "P07"), dtypes=("float32",))
    assert [f.verdict for f in report.findings] == ["fails", "holds"]


def test_fail_fast_stops_at_the_first_failure(once):
    report = wrong(fail_fast=True)
    examples = sum(f.examples for f in report.findings)
    assert report.exit_code == 1
    assert examples < sum(f.examples for f in once.findings) / 2


def test_what_a_finding_holds(once):
    failing = [f for f in once.findings if f.verdict == "fails"]
    holding = [f for f in once.findings if f.verdict == "holds"]
    assert failing
    assert holding
    for finding in failing:
        assert finding.error > finding.bound >= 0
        assert "fails in" in finding.reason
        assert finding.case.recipe["dtype"] == finding.dtype
    for finding in holding:
        assert finding.error <= finding.bound
        assert finding.case is None


def test_the_smallest_failing_case_of_one_pass_variance(once):
    finding = next(f for f in once.findings if f.law == "F00")
    assert finding.case.recipe["shape"] == (2, 1)
    # two neighbouring integers near a power of two
    low, high = sorted(build(from_plain(finding.case.recipe)).x.ravel().tolist())
    assert high - low == 1
    assert any(math.frexp(value)[0] == 0.5 for value in (low, high))


@pytest.mark.parametrize(("does", "code"), [("pass", 0), ("x = x + x", 1)])
def test_the_json_of_a_real_run_is_as_the_contract_says(does, code, tmp_path):
    done = verify(tmp_path, doing(does))
    check_shape(done.report)
    assert done.code == code
    assert [f["law"] for f in done.report["findings"]] == [law.id for law in ABOUT]
    for finding in done.report["findings"]:
        if finding["verdict"] == "fails":
            assert (tmp_path / finding["case"]["file"]).is_file()


# -- events ---------------------------------------------------------------------------------


def test_events_come_in_order_and_end_with_the_report():
    options = Options(laws=FEW, budget="quick", dtypes=("float32",), save=None)
    seen = list(run(WRONG, options))
    assert isinstance(seen[0], events.Started)
    assert isinstance(seen[-1], events.Finished)
    found = [e.finding for e in seen if isinstance(e, events.Found)]
    assert found == [replace(f, causes=()) for f in seen[-1].report.findings]
    assert {f.causes for f in seen[-1].report.findings if f.verdict == "fails"} != {()}
    progress = [e for e in seen if isinstance(e, events.Progress)]
    assert all(0 <= e.done <= e.total for e in progress)
    assert [*dict.fromkeys(e.stage for e in progress)] == ["survey", "judging", "diagnosis"]
    assert progress[-1].failing > 0


@pytest.mark.parametrize(("steps", "verdict"), [(1, "skipped"), (40, "holds")])
def test_an_interrupted_run_tells_what_was_measured(steps, verdict):
    options = Options(laws=("F00",), budget="standard", dtypes=("float32",), save=None)
    happening = run(RIGHT, options)
    for _ in range(steps):
        next(happening)
    rest = [happening.throw(KeyboardInterrupt), *happening]
    report = rest[-1].report
    assert report.interrupted
    assert report.exit_code == 2
    assert [f.verdict for f in report.findings] == [verdict]
    reason = "budget: the run was interrupted before a case came to it"
    assert report.findings[0].reason == (reason if verdict == "skipped" else "")


def test_an_interrupted_run_keeps_the_failures_it_measured():
    happening = run(WRONG, Options(laws=FEW, budget="standard", dtypes=("float32",), save=None))
    for _ in range(80):
        next(happening)
    report = [happening.throw(KeyboardInterrupt), *happening][-1].report
    finding = next(f for f in report.findings if f.law == "F00")
    assert (report.exit_code, finding.verdict) == (1, "fails")
    assert finding.case.python.startswith("Case(")


# after so many calls more than 20 laws have been tried, and offsets that one pass cannot bear
ENOUGH = """

_calls, _plain = 0, forward


def forward(x, gamma, beta, eps):
    global _calls
    _calls += 1
    if _calls == 1000:
        open("enough", "w").close()
    return _plain(x, gamma, beta, eps)
"""


@pytest.mark.parametrize(("target", "code"), [(RIGHT, 2), (WRONG, 1)])
def test_ctrl_c_prints_what_is_known(target, code, tmp_path):
    (tmp_path / "counting.py").write_text(Path(target).read_text() + ENOUGH)
    words = ("verify", "counting.py", "--budget", "thorough", "--format", "json=report.json")
    running = subprocess.Popen(
        [sys.executable, "-P", "-m", "bncheck", *words],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (tmp_path / "enough").exists() and running.poll() is None:
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=100)
    assert (running.returncode, err) == (code, ""), out[-3000:]
    assert "interrupted before all was checked" in " ".join(out.split())
    report = json.loads((tmp_path / "report.json").read_text())
    check_shape(report)
    assert report["interrupted"]
    assert report["counts"]["holds"] > 20


# -- implementations in memory ------------------------------------------------------------------


def test_an_implementation_in_memory():
    report = check(in_memory(reference), laws=("F00", "P07"), budget="quick")
    assert report.ok
    assert report.target == "mine"
    assert "in this process, not protected against crashes and hangs" in " ".join(
        render(report).split()
    )


def test_what_a_caller_makes_an_error_is_none_of_the_implementation():
    def warns(case, x):
        warnings.warn("about nothing", stacklevel=1)
        return np.divide(0 * x, 0 * x)

    with warnings.catch_warnings(), np.errstate(all="raise"):
        warnings.simplefilter("error")
        report = check(in_memory(warns), laws=("F00",), budget="quick", save=None)
    assert [f.verdict for f in report.findings] == ["fails", "fails"]


def test_an_implementation_that_returns_no_array():
    report = check(in_memory(lambda case, x: x.astype(object)), laws=("F00",), budget="quick")
    assert [f.verdict for f in report.findings] == ["error", "error"]
    assert "dtype object" in report.findings[0].reason


def test_neither_a_name_nor_an_implementation():
    with pytest.raises(UsageError, match="target=3, but should be a name"):
        check(3)


def test_a_fault_of_a_law_costs_that_law_only(monkeypatch):
    def broken(trial):
        raise ZeroDivisionError("mine")
        yield

    laws = tuple(
        law if law.id != "F05" else type(law)(**{**vars(law), "measure": broken}) for law in LAWS
    )
    monkeypatch.setattr(sys.modules["bncheck.engine.run"], "LAWS", laws)
    monkeypatch.setattr("bncheck.engine.state.LAWS", laws)
    monkeypatch.setattr("bncheck.engine.service.BY_ID", {law.id: law for law in laws})
    report = check(in_memory(reference), laws=("F00", "F05"), dtypes=("float32",), budget="quick")
    assert [f.verdict for f in report.findings] == ["holds", "skipped"]
    assert report.findings[1].reason == "fault: bncheck itself failed at it (see the notes)"
    assert report.exit_code == 3
    assert "ZeroDivisionError: mine (test_run.py, line" in report.faults[0]


# -- expected failures ----------------------------------------------------------------------


def test_a_smaller_case_stays_in_the_domain():
    """A target with a fixed eps would be held against another one, and look wrong."""
    case = Recipe(dtype="float64", eps=0.5)
    domain = Domain(fixed_eps=0.5)
    assert admits(domain, case)
    assert not admits(domain, replace(case, eps=1e-5))
    assert not admits(Domain(fixed_momentum=0.5), case)
    assert not admits(Domain(ranks=(4,)), case)
    assert not admits(Domain(affine=False), replace(case, gamma=(2.0,)))
    assert not admits(Domain(channels=7), case)


def test_a_failing_case_is_made_smaller_at_the_fixed_eps():

    def train(case, x):
        y = reference(replace(case, eps=0.25), x)
        return y + y.dtype.type(0.125)

    implementation = replace(in_memory(train), domain=Domain(fixed_eps=0.25))
    report = check(implementation, laws=("F00",), budget="quick", dtypes=("float32",), save=None)
    failing = [f for f in report.findings if f.verdict == "fails"]
    assert failing
    assert {f.case.recipe["eps"] for f in failing} == {0.25}


def inference_only(wrong):
    def infer(case, x):
        shape = (1, -1) + (1,) * (x.ndim - 2)
        root = np.sqrt(case.running_var.astype(np.longdouble) + case.eps)
        centred = x - case.running_mean.astype(np.longdouble).reshape(shape)
        y = centred * (case.gamma / root).reshape(shape) + case.beta.reshape(shape)
        return np.asarray(y * (1 + wrong), x.dtype)

    def never(x):
        raise AssertionError("there is no training mode")

    return Implementation(
        "inference",
        lambda case: Layer(train=never, eval=lambda x: infer(case, x)),
        abilities=frozenset({"eval", "state_before_step"}),
        domain=Domain(training=False),
    )


def test_a_fingerprint_needs_training():
    with pytest.raises(NotSupported, match=r"^inference has no training mode, and that is what"):
        fingerprint(inference_only(0))


@pytest.mark.parametrize("wrong", [0, 1e-3])
def test_a_target_without_training(wrong):
    options = {"budget": "quick", "dtypes": ("float32",), "save": None}
    report = check(inference_only(wrong), **options)
    verdicts = {f.law: f.verdict for f in report.findings}
    assert verdicts["I01"] == ("fails" if wrong else "holds")
    assert {verdicts[law] for law in ("P01", "P02", "P03", "P07")} == {"holds"}
    reasons = {f.law: f.reason for f in report.findings if f.verdict == "skipped"}
    assert reasons["F00"] == reasons["P06"] == "ability: the target has no training mode"
    assert "error" not in verdicts.values()
    assert report.observed == {"variance_algorithm": "unknown"}
    assert report.exit_code == (1 if wrong else 0)


def test_an_answer_that_is_wrong_only_once_is_told():
    """The failure does not show when exact arithmetic is to confirm it; it is not forgotten."""
    calls = []

    def train(case, x):
        calls.append(x)
        y = reference(case, x)
        return y + y.dtype.type(0.5) if len(calls) == 78 else y

    report = check(in_memory(train), budget="quick", dtypes=("float32",), save=None)

    (finding,) = [f for f in report.findings if f.verdict == "fails"]
    assert "asked again on this input, the target answered well" in finding.reason
    assert finding.error > finding.bound
    assert finding.case.python


def test_a_dtype_in_which_the_target_does_not_compute_is_no_fault_of_it():
    pytest.importorskip("jax")
    told = "dtype='float64' cannot be tried: JAX computes in float32 unless jax_enable_x64 is set"
    street = Path(__file__).parents[1] / "street" / "mixed" / "jax_plain.py"
    with pytest.raises(UsageError, match=told):
        check(str(street), dtypes=("float64",), laws=("F00",), budget=0.2, save=None)


@pytest.mark.parametrize("target", ["bn.py", "bn.py:forward", "sub:b/bn.py", "sub:b/bn.py:forward"])
def test_colons_in_names_of_folders(tmp_path, monkeypatch, target):
    folder = tmp_path / "a:b"
    for where in (folder, folder / "sub:b"):
        where.mkdir(parents=True)
        (where / "bn.py").write_text(Path(RIGHT).read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.chdir(folder)
    report = check(target, laws=("F00",), dtypes=("float32",), budget=0.2, save=None)
    assert [f.verdict for f in report.findings] == ["holds"]


# -- what is said of conventions and dtypes -----------------------------------------------------


def test_nan_for_one_value_is_no_convention():
    def nan_for_one(case, x):
        return reference(case, x) * (np.nan if len(x) == 1 else 1)

    report = check(in_memory(nan_for_one), laws=("F00",), budget="quick", save=None)
    assert report.observed["one_value"] == "nan, which is neither"
    assert {f.verdict for f in report.findings} == {"fails"}


def test_a_dtype_that_was_not_come_to_is_not_said_to_be_right():
    def odd(case, x):
        return reference(case, x) + np.sin(1e3 * x).astype(x.dtype)

    report = check(in_memory(odd), fail_fast=True, budget="quick", save=None)
    verdicts = {(f.dtype, f.verdict) for f in report.findings}
    assert ("float32", "fails") in verdicts
    told = [note for note in report.notes if "laws fail in" in note]
    assert told == [] or {d for d, v in verdicts if v != "skipped"} == {"float32", "float64"}
