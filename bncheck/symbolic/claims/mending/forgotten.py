"""Terms that are forgotten: parameters, and those of dL/dx through the statistics."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from bncheck.symbolic.claims.mending.author import Author
from bncheck.symbolic.claims.mending.factors import like
from bncheck.symbolic.claims.mending.places import ONE, negative, over, product
from bncheck.symbolic.claims.mending.powers import raised
from bncheck.symbolic.claims.nodes import Node, Num, Operation, Root


def forgotten(author: Author) -> Iterator[Node]:
    """Yield single terms, without signs."""
    for kind in ("beta", "mu", "eps"):
        symbol = author.symbol(kind)
        if symbol is not None:
            yield symbol
    yield ONE
    mu = author.symbol("mu")
    if mu is not None:
        yield raised(mu, Fraction(2))
    label = (*author.free, "")[0]
    if author.printed.keys() & {"dmu", "dvar"}:
        yield from partials(author)
    for kind in ("dy", "dxhat"):
        for plain, scaled in through_sums(author, label, kind):
            yield plain
            yield scaled


def partials(author: Author) -> Iterator[Node]:
    """Yield the terms of dL/dx as the chain rule has them."""
    label = (*author.free, "")[0]
    yield from through_partials(author, label)
    yield from _direct(author, label)


def through_partials(author: Author, label: str) -> Iterator[Node]:
    """Yield what dL/dx has through the mean and the variance, by their gradients."""
    m, x, mu = author.symbol("m"), author.symbol("x", label), author.symbol("mu")
    dvar, dmu = author.symbol("dvar"), author.symbol("dmu")
    if m and x and mu and dvar and dmu:
        centred = Operation(0, "+", (x, negative(mu)))
        yield product([dvar, over(product([Num(0, Fraction(2)), centred]), m)])
        yield product([dmu, over(ONE, m)])


def _direct(author: Author, label: str) -> Iterator[Node]:
    """Yield what dL/dx has with both statistics held fixed."""
    var, eps, dxhat = author.symbol("var"), author.symbol("eps"), author.symbol("dxhat", label)
    if var and eps and dxhat:
        yield product([dxhat, over(ONE, Root(0, Operation(0, "+", (var, eps))))])


def through_sums(author: Author, label: str, kind: str) -> Iterator[tuple[Node, Node]]:
    """Yield what dL/dx has through the statistics, as sums of a gradient, and as means of it."""
    other = author.other_label(label)
    m, gradient = author.symbol("m"), author.symbol(kind, other)
    here, there = author.symbol("xhat", label), author.symbol("xhat", other)
    if m and gradient and here and there:
        plain = like(other, gradient, author)
        along = product([here, like(other, product([gradient, there]), author)])
        yield plain, product([over(ONE, m), plain])
        yield along, product([over(ONE, m), along])
