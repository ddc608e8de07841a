"""A bound on work that is a count, not a time, so that every machine says the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from bncheck.errors import NotSupported

STEPS = 50
"""Steps that may be taken for each product that a block may make: they cost a fiftieth of it."""
NODE = 20
"""Steps that a node of a tree costs where it is differentiated, rewritten or evaluated."""
AT_ONCE = 1_000_000
"""Products that one multiplication may take, whatever is allowed around it."""
ADVICE = "the identity is too large to decide: state it in smaller steps, an equation for each; "


class TooLarge(NotSupported):
    """An answer would take more memory or time than an identity is worth."""


@dataclass
class Work:
    """What has been done in a block.

    products: of two terms; steps: terms that were added up, orders of dummies that were tried,
    and nodes that were differentiated, rewritten or evaluated
    """

    most: int
    products: int = 0
    steps: int = 0


_work: ContextVar[Work | None] = ContextVar("what has been done in this block", default=None)


@contextmanager
def limited(products: int) -> Iterator[Work]:
    """Within this block, raise TooLarge after so many products of two terms, or steps in kind.

    A block within another counts for itself.
    """
    work = Work(products)
    token = _work.set(work)
    try:
        yield work
    finally:
        _work.reset(token)


def multiply(products: int) -> None:
    """Count products of two terms, before they are made.

    Raises TooLarge where there are too many, at once or in the block.
    """
    work = _work.get()
    if work is not None:
        work.products += products
    if products > AT_ONCE or (work is not None and work.products > work.most):
        most = work.most if work else AT_ONCE
        raise TooLarge(f"{ADVICE}it has more than {most:,} products of terms")


def step(steps: int) -> None:
    """Count what is no product: additions alone once took minutes, and derivatives of derivatives.

    Raises TooLarge once a block has taken `STEPS` for each product that it may make.
    """
    work = _work.get()
    if work is None:
        return
    work.steps += steps
    if work.steps > STEPS * work.most:
        raise TooLarge(f"{ADVICE}it takes more than {STEPS * work.most:,} steps")
