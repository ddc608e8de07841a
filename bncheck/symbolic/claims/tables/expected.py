"""What a rule gives in every cell of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from bncheck.symbolic.claims.tables.columns import Table
from bncheck.symbolic.claims.tables.printed import Root
from bncheck.symbolic.claims.tables.rules import PRINTED, Rule

Columns = Mapping[str, Sequence[Root]]


def expected(table: Table, rule: Rule) -> Columns | None:
    """Return what should be in every column, by a rule with a known eps and no hidden digits.

    None where it divides by zero.
    """
    used = {name for name, choice in rule.kept if choice == PRINTED}

    def use(name: str, values: list[Fraction]) -> list[Fraction]:
        return [cell.value for cell in table[name]] if name in used else values

    (mean,) = use("mu", [table.mean])
    raw = [v - mean for v in table.x]
    deviations = use("xmu", raw)
    squares = [v * v for v in deviations]
    var = sum(use("xmu2", squares), Fraction(0)) / (table.m - rule.bessel)
    (variance,) = use("var", [var])
    square = variance + (rule.eps or 0)
    if square <= 0:
        return None
    if "std" in used:
        square = table["std"][0].value ** 2
        if table["std"][0].value <= 0:
            return None
    return {
        "mu": [Root(table.mean)],
        "xmu": list(map(Root, raw)),
        "xmu2": list(map(Root, squares)),
        "var": [Root(var)],
        "std": [Root(Fraction(0), Fraction(1), variance + (0 if rule.bare else rule.eps or 0))],
        # v / sqrt(q) = v sqrt(q) / q
        "xhat": [_root(Fraction(0), v / square, square) for v in deviations],
        "y": _scaled(table, deviations, square, "xhat" in used),
    }


def _scaled(
    table: Table, deviations: list[Fraction], square: Fraction, from_printed: bool
) -> list[Root]:
    if from_printed:
        return [Root(table.gamma * cell.value + table.beta) for cell in table["xhat"]]
    return [_root(table.beta, table.gamma * v / square, square) for v in deviations]


def _root(offset: Fraction, factor: Fraction, square: Fraction) -> Root:
    return Root(offset, factor, square if factor else Fraction(0))
