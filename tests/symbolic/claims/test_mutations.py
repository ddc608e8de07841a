"""Nothing false is called true: every small change of a true formula is judged and checked.

What is still called true, or true under conditions, is compared with what exact rationals say,
which share no code with the normal form and the proofs of inequalities.
"""

import random
import re
from fractions import Fraction
from itertools import islice

import pytest
from published import EQUATIONS, INEQUALITIES, UNBIASED, UPDATES

from bncheck.errors import NotSupported
from bncheck.symbolic.checkers import rationals
from bncheck.symbolic.checkers.duals import NotSquare
from bncheck.symbolic.checkers.points import Point, Scene, evaluate
from bncheck.symbolic.checkers.rational_roots import make_roots_rational
from bncheck.symbolic.claims.judge import judge
from bncheck.symbolic.claims.statement import statements
from bncheck.symbolic.claims.totals import with_totals
from bncheck.symbolic.expression import free_indices
from bncheck.symbolic.trees import walk

CHANGES = [
    (r"(?<=[ (])\+(?=[ ])", "-"),
    (r"(?<=[ ])-(?=[ ])", "+"),
    (r"\{1\}", "{2}"),
    (r"(?<![\d.])1(?![\d.])", "3"),
    (r"\^2", "^3"),
    (r"(?<![{\\a-zA-Z])m(?![a-zA-Z}])|(?<=\{)m(?=\})", "(m + 1)"),
    (r"_i(?![a-z])", "_j"),
    (r"\\mu(?![a-z])", r"\\beta"),
    (r"\\mu(?![a-z])", r"2 \\mu"),
    (r"\\gamma(?![a-z])", r"\\gamma^2"),
    (r"\\gamma(?![a-z])", r"\\beta"),
    (r"\\beta(?![a-z])", r"\\gamma"),
    (r"\\epsilon(?![a-z])", r"2 \\epsilon"),
    (r"\\hat\{x\}(?!_[a-z]\})", r"x"),
    (r"(?<=[ (])x(?=_)", r"\\hat{x}"),
    (r"\\sqrt(?=\{)", ""),
    (r"\\sigma\^2", r"\\mu"),
    (r"(?<== )", "-"),
    (r"(?<== )", r"\\frac12 "),
]


def changed(latex):
    """Yield every change of the formula, at each of its places."""
    seen = {latex}
    for pattern, by in CHANGES:
        for match in re.finditer(pattern, latex):
            new = latex[: match.start()] + match.expand(by) + latex[match.end() :]
            if new not in seen:
                seen.add(new)
                yield new


def _is_refuted(statement):
    """Whether exact rationals tell the sides apart, in both senses of a derivative."""
    readings = [statement, with_totals(statement)]
    found = []
    for reading in filter(None, readings):
        try:
            found.append(rationals.refutation(reading.left, reading.right) is not None)
        except (NotSupported, ValueError, ZeroDivisionError):
            found.append(False)
    return all(found)


@pytest.mark.parametrize("latex", EQUATIONS, ids=range(len(EQUATIONS)))
def test_a_changed_equation_is_true_only_where_exact_rationals_agree(latex):
    verdicts = []
    for new in changed(latex):
        verdict = judge(new, repair=False)
        verdicts.append(verdict.verdict)
        if verdict.verdict == "true" or (
            verdict.verdict == "true-if" and verdict.counterexample is None
        ):
            assert not any(_is_refuted(s) for s in statements(new, {})), new
        for condition in verdict.conditions:
            if condition in ("eps = 0", "gamma = 1", "beta = 0"):
                assert "\\" + {"eps": "epsilon"}.get(condition[:3], condition[:-4]) not in new, new
            assert condition != "mu = 0" or r"\mu" not in new, new
    assert len(verdicts) >= 4
    assert sum(v in ("false", "undecided") for v in verdicts) >= len(verdicts) * 2 // 3, verdicts


def test_there_are_some_hundred_changes():
    assert sum(len(list(changed(latex))) for latex in EQUATIONS) > 200
    assert sum(len(list(_changed_update(latex))) for latex in (*UPDATES, *UNBIASED)) > 80


INEQUALITY_CHANGES = [
    (r"\\le ", r"\\ge "),
    (r"\\ge ", r"\\le "),
    (r"<", ">"),
    (r">", "<"),
    (r"m - 1", "m - 2"),
    (r"(?<![\w-]) ?m(?= |$)", " (m - 1)"),
    (r"2 m", "m"),
    (r"- \\mu", r"+ \\mu"),
    (r"\\sigma\^2 \+ ", r"2 \\sigma^2 + "),
]


SHORT = [latex for latex, _ in INEQUALITIES if "partial" not in latex]


@pytest.mark.parametrize("latex", SHORT, ids=range(len(SHORT)))
def test_a_changed_inequality_is_true_only_where_it_holds_at_every_point(latex):
    for pattern, by in INEQUALITY_CHANGES:
        new = re.sub(pattern, by, latex, count=1)
        if new == latex:
            continue
        verdict = judge(new, repair=False)
        if verdict.verdict in ("true", "true-if"):
            least = 2 if {"m > 1", "sigma^2 > 0"} & {*verdict.conditions} else 1
            for statement in statements(new, {}):
                assert _violations(statement, least) == [], new


def _violations(statement, least):
    found = []
    nodes = [*walk(statement.left), *walk(statement.right)]
    free = sorted(free_indices(statement.left) | free_indices(statement.right), key=str)
    for seed in range(40):
        rng = random.Random(seed)
        size = least + seed % 4
        point = Point(rng, {"m": size}, spread=1 + seed % 5)
        places = {index: rng.randint(1, size) for index in free}
        try:
            make_roots_rational(nodes, point)
            left, right = (
                evaluate(side, places, Scene(point)).real
                for side in (statement.left, statement.right)
            )
        except (NotSquare, ZeroDivisionError, NotSupported):
            continue
        if not _holds(left, right, statement.sign):
            found.append((point.elements, left, right))
    return found


def _holds(left: Fraction, right: Fraction, sign: str) -> bool:
    return {"<": left < right, ">": left > right, r"\le": left <= right, r"\ge": left >= right}[
        sign
    ]


UPDATE_CHANGES = [
    (r"(?<=\d) (?=\\)", r" \\cdot 1.5 "),
    (r"1 - ", "1 + "),
    (r" \+ ", " + 1 + "),
    (r" \+ (?=[^+]*$)", r" + \\epsilon + "),
    (r"(?<= )\\mu_B", r"\\sigma_B^2"),
    (r"(?<= )\\sigma_B\^2", r"\\mu_B"),
    (r"(?<= )\\sigma_B\^2", r"2 \\sigma_B^2"),
    (r"(?<= )\\mu_B", r"\\frac{m}{m-1} \\mu_B"),
]


def _changed_update(latex):
    """Yield changes after which it is no known update."""
    left, sign, right = re.match(r"(.*?)( = | := |\\gets |\\leftarrow )(.*)", latex).groups()
    for pattern, by in UPDATE_CHANGES:
        for match in islice(re.finditer(pattern, right), 2):
            yield left + sign + right[: match.start()] + match.expand(by) + right[match.end() :]
    yield f"{left}{sign}2 ({right})"
    yield f"{left}{sign}{right} + {right}"


@pytest.mark.parametrize("latex", [*UPDATES, *UNBIASED])
def test_a_changed_update_is_never_a_known_one(latex):
    for new in _changed_update(latex):
        assert judge(new).verdict in ("false", "undecided"), new
