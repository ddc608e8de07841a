"""Where nothing explains all that a target answers: causes of some outputs, facts of the others."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce

import numpy as np
import pytest
import reports_of
from correct import CORRECT
from courts import asking, court_of, recipes, subject_of

from bncheck.deviations import BY_NAME, REFERENCE, implementation
from bncheck.diagnosis import Failure, diagnose, pattern, telling
from bncheck.diagnosis.hypothesis import Hypothesis
from bncheck.diagnosis.partial import ENOUGH, shares, wrong_outputs
from bncheck.diagnosis.search import CANDIDATES
from bncheck.engine.diagnosing import _measure
from bncheck.reports.text import render


def deviating(*names, **stages):
    """Known mistakes, and stages whose outcome is changed in a way that no entry is."""
    rules = reduce(lambda rules, name: BY_NAME[name].change(rules), names, REFERENCE)

    def changed(inner, change):
        return lambda p: change(inner(p), p)

    wrong = {name: changed(getattr(rules, name), change) for name, change in stages.items()}
    return implementation(replace(rules, **wrong), "deviating")


def diagnosed(target):
    """Its causes and notes; the failures tell only where to look, and which laws are explained."""
    failures = [Failure(law, "float32", recipes()[0]) for law in ("F00", "B01", "I03")]
    return diagnose(subject_of(target), failures, asking(target), _measure)


def found(target):
    court = court_of(target)
    wrong = court.contradicting(Hypothesis())
    told = shares(court, wrong, CANDIDATES, recipes())
    return {share.deviation.name: set(share.outputs) for share in told}


def test_a_known_gradient_is_named_beside_an_unknown_running_variance():
    told = diagnosed(deviating("missing-mean-term", update_variance=lambda v, p: v * 1.01 + 0.3))
    (cause,) = told.causes
    assert (cause.deviation, cause.outputs) == ("missing-mean-term", ("dx",))
    assert cause.explains == (("B01", "float32"),)
    assert cause.text == (
        "leaves the term of the batch mean out of dx; dx, and not all outputs, is exactly that of "
        "the reference that does so, within rounding, on every case; on 47 fresh cases a right one "
        "differs"
    )
    assert told.notes[0] == "dx is explained, output by output; running variance is not"
    assert any(note.startswith("right on every case: y, dgamma, dbeta") for note in told.notes)


def test_three_mistakes_at_once_are_told_apart_by_output():
    told = found(deviating("eps-outside-root", "missing-mean-term", "running-std"))
    assert told["running-std"] == {"running variance"}
    assert told["missing-mean-term"] == {"dx"}, "on top of the other"
    assert {"y", "inference y", "dgamma"} <= told["eps-outside-root"]
    assert len(told) == 3


def test_sums_in_half_precision_are_not_named_for_some_outputs():
    """Their class is so wide that it has room for this; torch's layer was blamed for it."""

    def half(values):
        return values.astype(np.float16).astype(values.dtype)

    target = deviating(
        affine=lambda y, p: p.x * half(p.gamma * p.inverse) + half(y - p.x * p.gamma * p.inverse),
        double_backward=lambda parts, p: tuple(1.25 * part for part in parts),
    )
    failures = [Failure(law, "float16", recipes("float16")[0]) for law in ("F00", "B20")]
    told = diagnose(subject_of(target), failures, asking(target), _measure)
    assert told.causes == ()
    assert told.notes[0].startswith("no known deviation")


def test_an_unknown_mistake_has_no_share():
    assert found(deviating(dx=lambda v, p: v * 1.25, finish=lambda v, p: v + 0.125)) == {}


def test_a_resemblance_on_a_handful_of_cases_is_no_cause():
    """A gamma of zero stands in one case of the panel; elsewhere this is another mistake."""
    target = deviating(
        "gamma-zero-is-one", finish=lambda v, p: v + 0.125, update_mean=lambda v, p: v + 1
    )
    court = court_of(target)
    wrong = court.contradicting(Hypothesis())
    assert "dx" in wrong_outputs(court, wrong)
    shown = [i for i in wrong if any(c.output == "dx" and not c.holds for c in _right(court, i))]
    assert 0 < len(shown) < ENOUGH
    assert shares(court, wrong, CANDIDATES, recipes()) == ()


def _right(court, item):
    return court.compare(Hypothesis(), item)


@pytest.mark.parametrize("target", CORRECT[::4], ids=lambda target: target.name)
def test_a_correct_implementation_has_no_share(target):
    court = court_of(target)
    assert wrong_outputs(court, court.evidence) == ()
    assert shares(court, court.evidence, CANDIDATES, recipes()) == ()


# -- facts that narrow down -----------------------------------------------------------------------


def facts(target):
    court = court_of(target)
    return list(pattern.narrowing(court, court.contradicting(Hypothesis())))


@pytest.mark.parametrize(
    ("stage", "change", "said"),
    [
        ("dx", lambda v, p: v * 1.25, "dx is 1.25 times what it should be, in every channel"),
        ("dx", lambda v, p: v * p.m, "dx is m times what it should be"),
        ("dx", lambda v, p: v * (1 - 1 / p.m), "dx is (m - 1)/m times what it should be"),
        ("dx", lambda v, p: v / p.given.shape[0], "dx is 1/N times what it should be"),
        (
            "dbeta",
            lambda v, p: v * np.sign(p.gamma),
            "dbeta is sign(gamma) times what it should be",
        ),
        ("dbeta", lambda v, p: v * p.gamma, "dbeta is gamma times what it should be"),
        ("finish", lambda v, p: v + 0.125, "y is what it should be plus 0.125, everywhere"),
        (
            "finish",
            lambda v, p: v + p.gamma,
            "y is, in each channel, what it should be plus a constant",
        ),
        (
            "dx",
            lambda v, p: v * (2 + np.arange(len(v))[:, None]),
            "dx is, in each channel, a multiple of what it should be",
        ),
    ],
)
def test_a_relation_to_the_truth_is_told(stage, change, said):
    told = facts(deviating(**{stage: change}))
    assert said in told
    assert not any(note.startswith("second") for note in told), "a second step says no more"


def test_no_relation_is_told_where_there_is_none():
    told = facts(deviating(dx=lambda v, p: v + 0.01 * p.x * p.dy))
    assert [note for note in told if "should be" in note] == []


@pytest.mark.parametrize(
    ("shows", "said"),
    [
        (lambda p: p.m >= 300, "wrong only from 300 values per channel on, right up to 33"),
        (lambda p: p.m <= 2, "wrong only up to 2 values per channel, right from 3 on"),
        (lambda p: p.m % 2 == 1, "wrong only at m odd, right at even"),
        (lambda p: p.given.ndim == 4, "wrong only at rank 4, right at 2, 3 and 5"),
    ],
)
def test_where_it_is_wrong_is_told(shows, said):
    told = facts(deviating(finish=lambda v, p: v + 0.125 if shows(p) else v))
    assert said in told


def test_dtypes_that_fail_are_told_where_others_hold():
    said = list(pattern.dtypes(["float16"] * 3, ["float16", "float32", "float64"]))
    assert said == ["laws fail in float16; none in float32 and float64"]
    assert list(pattern.dtypes(["float32"], ["float32"])) == []


# -- words ----------------------------------------------------------------------------------------


def test_words_of_a_share():
    assert telling.share(("y", "dx"), 7, ("eps-missing",), ("a", "b")) == (
        "y and dx, and not all outputs, are exactly those of the reference that does so on top of "
        "eps-missing, within rounding, on every case; on 7 fresh cases a right one differs; a and "
        "b would look the same"
    )
    assert telling.remainder(("y",), ()) == "y is explained, output by output"
    assert telling.listed([]) == ""


def test_the_text_report_says_of_which_outputs_a_cause_is():
    report = reports_of.wrong()
    (cause,) = report.causes
    report = replace(report, causes=({**cause, "outputs": ["dx", "dbeta"]},))
    assert "1  missing-mean-term (in dx, dbeta): the gradient lacks" in render(report)
    told = render(report, verbosity=2)
    assert "missing-mean-term (of dx, dbeta; explains B03, B01)" in " ".join(told.split())
