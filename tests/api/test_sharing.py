"""A run that tests share, on an engine that runs nothing."""

from dataclasses import replace

import pytest
import reports_of

from bncheck.api.sharing import Ended, SharedRun, cause
from bncheck.engine import Options
from bncheck.errors import InternalError, TargetError
from bncheck.model import Report

KEYS = [("F01", "float32"), ("F01", "float64"), ("B03", "float32"), ("B03", "float64")]


@pytest.fixture
def asked():
    return []


@pytest.fixture
def shared(asked):
    def make(report=None):
        def verify(target, **options):
            asked.append((options["laws"], options["dtypes"]))
            if isinstance(report, Exception):
                raise report
            return report or reports_of.wrong()

        return SharedRun("wrong", Options(), lambda target, options: KEYS, verify)

    return make


@pytest.mark.parametrize(
    ("wanted", "laws", "dtypes"),
    [
        (KEYS, (), ()),
        (KEYS[2:], ("B03",), ("float32", "float64")),
        (KEYS[1:2], ("F01",), ("float64",)),
        ([KEYS[3], KEYS[0]], ("F01", "B03"), ("float32", "float64")),
    ],
)
def test_a_run_is_of_what_is_wanted(shared, asked, wanted, laws, dtypes):
    run = shared()
    for key in wanted:
        assert run.finding(key, wanted).law == key[0]
    assert asked == [(laws, dtypes)]


def test_more_that_is_wanted_later_is_run(shared, asked):
    run = shared()
    run.report(KEYS[:1])
    run.report(KEYS[:2])
    run.report(KEYS[:1])
    assert asked == [(("F01",), ("float32",)), (("F01",), ("float32", "float64"))]


def test_what_ends_a_run_is_raised_once(shared, asked):
    run = shared(TargetError("it is gone"))
    for error in (TargetError, Ended, Ended):
        with pytest.raises(error):
            run.report(KEYS)
    assert len(asked) == 1


def test_a_fault_is_raised_once(shared):
    run = shared(replace(reports_of.right(), faults=("law B03: KeyError",)))
    with pytest.raises(InternalError, match="law B03: KeyError"):
        run.report(KEYS)
    assert run.finding(KEYS[0], KEYS).verdict == "holds"


def test_a_law_without_a_finding_is_a_fault(shared):
    with pytest.raises(InternalError, match="F01 in float32 was planned"):
        shared(Report("wrong", ())).finding(KEYS[0], KEYS)


def test_ctrl_c_goes_on(shared):
    with pytest.raises(KeyboardInterrupt):
        shared(Report("wrong", (), interrupted=True)).report(KEYS)


@pytest.mark.parametrize(
    ("finding", "told"),
    [
        (reports_of.fails(), "missing-mean-term: the gradient lacks the term through the mean"),
        (reports_of.fails(causes=("unknown-name",)), "unknown-name"),
        (
            reports_of.fails(causes=("missing-mean-term", "unknown-name")),
            "missing-mean-term: the gradient lacks the term through the mean; unknown-name",
        ),
        (
            reports_of.fails(causes=(), reason=""),
            "dx, entry (1, 0): got 0.75, exact 1.99998e-05; dx is the exact input gradient",
        ),
        (
            reports_of.fails(causes=(), case=None, reason="two\nlines\x1b[31m"),
            "two lines\\x1b[31m; dx is the exact input gradient",
        ),
    ],
)
def test_the_cause_is_one_line(finding, told):
    assert cause(reports_of.wrong(), finding) == told
    text = "the gradient lacks the term through the mean; on 40 of 40 cases"
    known = {"deviation": "missing-mean-term", "text": text}
    assert cause(replace(reports_of.wrong(), causes=(known,)), finding) == told
