"""A symbol with two senses, as a bare sigma: what is the same in each sense is judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from bncheck.symbolic.claims.labels import key_of
from bncheck.symbolic.claims.lexer import TwoMeanings
from bncheck.symbolic.claims.nodes import Call, Name, Operation
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
    """Judge what is the same whatever the symbol means.

    A sense in which the formula's own definition of the symbol is false is none.

    judged: judges the formula with another `where`; ``None`` for what is not read

    Raises the question where it is not the same.
    """
    told: list[tuple[Mapping[str, str], Judged]] = []
    contradicted: list[tuple[Mapping[str, str], Judged]] = []
    symbol = question.symbol
    for sense in question.senses or SENSES:
        of_square = "^2" in sense and "" in sense  # the square has a meaning of its own
        if of_square and not any(power in latex for power in POWERS):
            continue
        if of_square and not symbol.startswith("\\sigma"):
            continue
        said = {symbol + power: meaning for power, meaning in sense.items()}
        pairs = judged({**where, **said})
        if pairs is None:
            raise question
        against = bool(question.senses) and any(_contradicts(*pair, symbol) for pair in pairs)
        (contradicted if against else told).append((sense, pairs))
    told = told or contradicted
    if len({tuple(_kind(verdict) for _, verdict in pairs) for _, pairs in told}) > 1:
        raise question
    _, narrowest = max(told, key=lambda each: sum(len(v.conditions) for _, v in each[1]))
    either = _either(question, [sense for sense, _ in told])
    return [
        (statement, replace(v, reason="; ".join(filter(None, (v.reason, either)))))
        for statement, v in narrowest
    ]


def sense_of(
    question: TwoMeanings,
    where: Mapping[str, str],
    judged: Callable[[Mapping[str, str]], Judged | None],
) -> Mapping[str, str]:
    """Return the one sense in which the formula's own definition of the symbol is true, if any."""
    found = []
    for sense in question.senses:
        said = {question.symbol + power: meaning for power, meaning in sense.items()}
        pairs = judged({**where, **said}) or []
        verdicts = [verdict for statement, verdict in pairs if _defines(statement, question.symbol)]
        if verdicts and all(_kind(verdict)[0] == "true" for verdict in verdicts):
            found.append(said)
    return found[0] if len(found) == 1 else {}


def _contradicts(statement: Statement, verdict: Verdict, symbol: str) -> bool:
    """Whether a relation says what a symbol is, and it is not that: ``RMS(x) = ...``."""
    return _defines(statement, symbol) and _kind(verdict)[0] != "true"


def _defines(statement: Statement, symbol: str) -> bool:
    left = statement.printed.left if statement.printed else None
    if isinstance(left, Operation) and left.sign == "^":
        left = left.arguments[0]
    if isinstance(left, Call):
        return left.name == symbol
    return isinstance(left, Name) and key_of(left) == symbol


def _either(question: TwoMeanings, senses: Sequence[Mapping[str, str]]) -> str:
    if not question.senses:
        return EITHER
    shown = [sense[min(sense)] for sense in senses]
    if len(shown) == 1:
        return f"{question.symbol} is {shown[0]}, as the formula has it"
    return f"whether {question.symbol} is {' or '.join(shown)}"


def _kind(verdict: Verdict) -> tuple[str, tuple[str, ...]]:
    """Return what has to agree: where a side has no value, nothing is said."""
    if verdict.verdict == "true-if" and verdict.counterexample is None:
        return "true", ()
    return verdict.verdict, verdict.conditions
