"""What we print can be read again, and is judged true; what is changed in print is refused."""

from collections import Counter
from itertools import islice

import pytest
from printed import FORGERIES, Line, flipped_signs, forgeries, lines

from bncheck.symbolic.claims.judge import Verdict, judge

GRADIENT = r"\frac{\partial L}{\partial y}"
"""Theorems on groups have it with channels, which `where` cannot say: it is of single symbols."""
LINES = [line for line in lines() if GRADIENT not in line.where]


def is_true(verdict: Verdict) -> bool:
    """Whether a line is judged true, where nothing in it is divided by zero."""
    only_its_domain = verdict.verdict == "true-if" and verdict.counterexample is None
    return verdict.verdict == "true" or only_its_domain


def refused(line: Line, wrong: str, again: bool = False) -> bool:
    """Judge a forgery: refuted, or true where exact rationals see no difference either.

    With ``again``, exact rationals are asked about what was refuted, too.
    """
    verdict = line.judged(wrong)
    if is_true(verdict):  # a change of something that is zero, and the like
        assert line.differs(wrong) is False, f"{line.left} = {wrong}"
        return False
    assert verdict.verdict in ("false", "true-if"), f"{line.left} = {wrong}: {verdict.reason}"
    assert verdict.counterexample is not None
    if again:
        assert line.differs(wrong) is not False, f"{line.left} = {wrong}"
    return True


def test_all_but_ten_printed_lines_can_be_read():
    assert len(LINES) == len(lines()) - 10
    assert len(LINES) >= 410


@pytest.mark.rows(120)
@pytest.mark.parametrize("line", LINES, ids=range(len(LINES)))
def test_every_printed_line_is_true_and_a_forgery_of_it_refused(line):
    assert is_true(line.judged()), line
    number = LINES.index(line)
    made = list(forgeries(line))
    for _, wrong in islice((*made[number % len(made) :], *made), len(made)):
        if refused(line, wrong):
            return
    pytest.fail(f"no change of this line is refused: {line.left} = {line.right}")


OF_EACH_KIND = 12


@pytest.mark.parametrize("kind", [*FORGERIES, "sign 0"])
def test_forgeries_of_each_kind_are_refused(kind):
    outcome = Counter()
    shortest = sorted(LINES, key=lambda line: (len(line.left + line.right), line.left))
    made = ((line, dict(forgeries(line)).get(kind)) for line in shortest)
    for line, wrong in islice(((line, wrong) for line, wrong in made if wrong), OF_EACH_KIND):
        outcome[refused(line, wrong, again=True)] += 1
    assert outcome[True] >= 6, outcome


def test_a_hundred_flipped_signs_are_refused():
    shortest = sorted(LINES, key=lambda line: (len(line.left + line.right), line.left))
    made = ((line, wrong) for line in shortest[::2] for wrong in flipped_signs(line.right))
    assert sum(refused(line, wrong) for line, wrong in islice(made, 150)) >= 100


REWRITES = {
    "sides exchanged": r"{right} = {left}",
    "a minus for a plus": r"-\left({left}\right) = -\left({right}\right)",
    "squared and halved": r"\frac{{\left({left}\right)^2}}{{2}} = \frac12 \left({right}\right)^2",
    "a root on both sides": r"{left} + \sqrt{{\epsilon}} = {right} + \sqrt{{\epsilon}}",
    "a root that nothing solves": r"{left} + \sqrt{{\sigma^2 + 2 \epsilon}} = "
    r"\sqrt{{\sigma^2 + 2 \epsilon}} + {right}",
    "roots multiplied": r"\left({left}\right) \sqrt{{2}} \sqrt{{\epsilon}} = "
    r"\left({right}\right) \sqrt{{2 \epsilon}}",
}


@pytest.mark.parametrize("rewrite", REWRITES)
def test_an_equivalent_formula_is_never_refused(rewrite):
    shortest = sorted(LINES, key=lambda line: (len(line.left + line.right), line.left))
    for line in shortest[8:80:12]:
        formula = REWRITES[rewrite].format(left=line.left, right=line.right)
        verdict = judge(formula, line.where, repair=False)
        assert is_true(verdict) or verdict.verdict == "undecided", (formula, verdict)
