"""Saying a formula that was read off, against the right one."""

from __future__ import annotations

from bncheck.diagnosis.telling import listed
from bncheck.diagnosis.terms.factors import Factor
from bncheck.diagnosis.terms.fit import Fitted
from bncheck.diagnosis.terms.formulas import Term


def told(found: Fitted, mode: str | None = None, *, alone: bool = False) -> str:
    """Say which terms have which factors.

    ``in dx the term xhat mean(dy xhat) has the factor -m/(m - 1), where -1 is right``

    mode: where it holds, "" for both; alone: the gradients do not have it
    """
    output = found.formula.output
    if mode == "" and found.formula.mode:
        output = f"{output.removeprefix('inference ')}, in training and in inference,"
    if all(factor.says == "0" for _, factor in found.factors):
        return f"{output} is 0, whatever it should be"
    only = ", and only there" if alone and found.formula.stage == "affine" else ""
    return f"in {output} " + listed([_term(t, f) for t, f in found.changed]) + only


def _term(term: Term, factor: Factor) -> str:
    if factor.says == "0":
        return f"the term {term.says} is missing"
    if term.right.says == "0":
        times = "" if factor.says == "1" else f", times {factor.says},"
        return f"there is a term {term.says}{times} that does not belong there"
    return f"the term {term.says} has the factor {factor.says}, where {term.right.says} is right"
