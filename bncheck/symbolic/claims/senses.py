"""A bare sigma: sqrt(var), or sqrt(var + eps)? What is the same in each sense is judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from bncheck.symbolic.claims.lexer import TwoMeanings
from bncheck.symbolic.claims.statement import Statement
from bncheck.symbolic.claims.verdict import Verdict

Judged = list[tuple[Statement, Verdict]]
SENSES: tuple[Mapping[str, str], ...] = (
    {"": "std+eps"},
    {"": "std"},
    {"": "std+eps", "^2": "variance"},
)
"""What sigma may mean, and its square, where an author says nothing."""
POWERS = ("^", "**", "\N{SUPERSCRIPT TWO}")
EITHER = "whether sigma is sqrt(var) or sqrt(var + eps)"


def in_each_sense(
    question: TwoMeanings,
    latex: str,
    where: Mapping[str, str],
    judged: Callable[[Mapping[str, str]], Judged | None],
) -> Judged:
    """Judge what is the same whatever sigma means.

    judged: judges the formula with another `where`; ``None`` for what is not read

    Raises the question where it is not the same.
    """
    told: list[Judged] = []
    symbol = question.symbol
    for sense in SENSES:
        if "^2" in sense and not any(power in latex for power in POWERS):
            continue
        if "^2" in sense and not symbol.startswith("\\sigma"):
            continue
        said = {symbol + power: meaning for power, meaning in sense.items()}
        pairs = judged({**where, **said})
        if pairs is None:
            raise question
        told.append(pairs)
    if len({tuple(_kind(verdict) for _, verdict in pairs) for pairs in told}) > 1:
        raise question
    narrowest = max(told, key=lambda pairs: sum(len(v.conditions) for _, v in pairs))
    return [
        (statement, replace(v, reason="; ".join(filter(None, (v.reason, EITHER)))))
        for statement, v in narrowest
    ]


def _kind(verdict: Verdict) -> tuple[str, tuple[str, ...]]:
    """Return what has to agree: where a side has no value, nothing is said."""
    if verdict.verdict == "true-if" and verdict.counterexample is None:
        return "true", ()
    return verdict.verdict, verdict.conditions
