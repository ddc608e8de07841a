"""Shapes that a target raises on are told once, with the key that leaves them out."""

from dataclasses import replace

import pytest
from correct import CORRECT

from bncheck.engine import verify
from bncheck.model import Domain
from bncheck.reports.common.blocks import found as blocks

REFERENCE = CORRECT[0]
ANY = Domain()
QUICK = {"budget": "quick", "save": None, "shrink": False, "dtypes": ("float32",)}


def refusing(when, *, modes=("train", "eval"), domain=ANY, told="no {}"):
    """A right layer that raises where x has some shapes."""

    def make(case):
        layer = REFERENCE.make(case)

        def guarded(mode):
            def call(x):
                if when(x.shape):
                    raise ValueError(told.format(x.shape))
                return getattr(layer, mode)(x)

            return call

        return replace(layer, **{mode: guarded(mode) for mode in modes})

    return replace(REFERENCE, make=make, domain=domain)


@pytest.mark.parametrize(
    ("when", "told"),
    [
        (
            lambda s: s[1] % 4,
            "it raises where the number of channels is no multiple of 4, not elsewhere; "
            'if that is meant, write CONVENTION = {"channels_multiple_of": 4}',
        ),
        (lambda s: s[1] != 8, 'CONVENTION = {"channels": 8}'),
        (lambda s: len(s) == 4, "where x has rank 4, not elsewhere; if that is meant, write "),
        (lambda s: len(s) == 4, 'CONVENTION = {"ranks": [2, 3, 5]}'),
    ],
)
def test_one_cause_with_the_line_to_write(when, told):
    report = verify(refusing(when), laws=("F0?", "I01"), **QUICK)
    assert report.exit_code == 1
    errors = {f.reason for f in report.findings if f.verdict == "error"}
    assert len(errors) == 1
    assert told in errors.pop()
    assert len(blocks(report)) == 1


def test_the_deviation_that_raises_so_is_named():
    report = verify(refusing(lambda s: len(s) == 5), laws=("F0?", "P07"), **QUICK)
    (cause,) = report.causes
    assert cause["deviation"] == "raises-at-rank-5"
    assert cause["text"].endswith('if that is meant, write CONVENTION = {"ranks": [2, 3, 4]}')
    assert {f.law for f in report.findings if f.verdict == "error"} == set(cause["explains"])


def test_one_value_in_inference_has_no_key():
    made = refusing(lambda s: s[0] == 1 and set(s[2:]) <= {1}, modes=("eval",))
    report = verify(made, laws=("I01", "P07"), **QUICK)
    (reason,) = {f.reason for f in report.findings if f.verdict == "error"}
    assert reason.startswith("it raises where there is one value per channel, not elsewhere; for")


@pytest.mark.parametrize(
    "when",
    [
        lambda s: s[1] in (2, 5),  # no key says that
        lambda s: s[1] == 1 or s[0] == 3,
        lambda s: True,
    ],
)
def test_what_no_key_leaves_out_is_told_as_before(when):
    report = verify(refusing(when), laws=("F0?", "P07"), **QUICK)
    reasons = {f.reason for f in report.findings if f.verdict == "error"}
    assert report.exit_code == 1
    assert reasons
    assert not any("if that is meant" in reason for reason in reasons)


def test_what_is_wrong_where_it_answers_is_found_as_well():
    right = refusing(lambda s: s[1] % 2)

    def make(case):
        layer = right.make(case)
        return replace(layer, train=lambda x: layer.train(x) + 1)

    report = verify(replace(right, make=make), laws=("F00", "F01", "P07"), **QUICK)
    verdicts = {f.law: f.verdict for f in report.findings if f.verdict != "skipped"}
    assert verdicts["P07"] == "error"
    assert verdicts["F00"] == "fails"


def test_where_it_was_promised_nothing_is_wrong():
    made = refusing(lambda s: s[1] % 4, domain=Domain(multiple=4))
    assert verify(made, laws=("F0?", "I01", "P07"), **QUICK).exit_code == 0
