r"""One small batch, computed: forward and backward, exact, from the expressions that are proved."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction

from bncheck.documents.books import prose
from bncheck.documents.model import Block, Formula, Heading, Paragraph, Prose, Table
from bncheck.symbolic import vocabulary as v
from bncheck.symbolic.checkers.points import Point, Scene, evaluate
from bncheck.symbolic.expression import Expr, i

X = (0, 2, 4, 6)
DY = (1, 2, 0, 1)
EPS, GAMMA, BETA = 4, 3, 1


def point() -> Point:
    """Return the batch: var + eps is a square, so that everything is rational."""
    symbols = {"eps": Fraction(EPS), "gamma": Fraction(GAMMA), "beta": Fraction(BETA)}
    elements: dict[tuple[str, tuple[int, ...]], Fraction] = {}
    for name, values in (("x", X), ("dy", DY)):
        elements |= {(name, (n,)): Fraction(value) for n, value in enumerate(values, 1)}
    unused = random.Random(0)  # noqa: S311 # all values are given
    return Point(unused, {"m": len(X)}, symbols=symbols, elements=elements)


def value(expression: Expr, place: int | None = None) -> Fraction:
    """Return what an expression is at the batch."""
    at = {} if place is None else {i: place}
    return evaluate(expression, at, Scene(point())).real


COLUMNS: tuple[tuple[str, Expr], ...] = (
    ("x_i", v.x),
    (r"x_i - \mu", v.x - v.mu()),
    (r"\hat{x}_i", v.xhat()),
    ("y_i", v.batchnorm()),
    ("dy_i", v.dy),
    (r"\hat{x}_i dy_i", v.xhat() * v.dy),
    ("dx_i", v.backward()),
)


def example() -> Iterator[Block]:
    """Yield the batch as a table, with the steps of the backward pass in words."""
    yield Heading("A batch by hand", 2)
    numbers = {"mu": v.mu(), "var": v.var(), "s": v.std(), "dgamma": v.dgamma(), "dbeta": v.dbeta()}
    told = {name: value(each) for name, each in numbers.items()}
    batch = ", ".join(map(str, X))
    yield Paragraph(
        prose.inline(
            f"Take the batch $({batch})$ and an $\\epsilon$ of ${EPS}$, much larger than usual, so "
            f"that its part is seen and all numbers are rational; $\\gamma$ is ${GAMMA}$ and "
            f"$\\beta$ is ${BETA}$. The mean is ${told['mu']}$, the variance ${told['var']}$ and "
            f"$s$ is ${told['s']}$."
        )
    )
    yield Table(
        tuple((Formula(head),) for head, _ in COLUMNS),
        tuple(
            tuple(_cell(value(each, place)) for _, each in COLUMNS)
            for place in range(1, len(X) + 1)
        ),
        "Forward and backward, for a cotangent that was chosen freely.",
    )
    total = sum((value(v.backward(), n) for n in range(1, len(X) + 1)), Fraction(0))
    yield Paragraph(
        prose.inline(
            f"The gradient by $\\beta$ is the sum of the column $dy_i$, ${told['dbeta']}$, and "
            f"that by $\\gamma$ the sum of the column $\\hat{{x}}_i dy_i$, ${told['dgamma']}$. For "
            "the last column, take from $dy_i$ the mean of its column, then $\\hat{x}_i$ times the "
            f"mean of the column $\\hat{{x}}_i dy_i$, and multiply by $\\gamma / s$. It sums to "
            f"${total}$ ([B03])."
        )
    )


def _cell(number: Fraction) -> Prose:
    return (Formula(str(number)),)
