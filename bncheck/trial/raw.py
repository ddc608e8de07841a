"""Answers as they came, for laws that compare bits: widened, and matched by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bncheck.model import Case, Gradients, State
from bncheck.model.arrays import as_wide
from bncheck.model.formats import Array
from bncheck.trial.probes import WIDE
from bncheck.trial.trial import Trial, present, wide

GRADIENTS = ("dx", "dgamma", "dbeta")


@dataclass(frozen=True)
class RawGradients:
    """Raw gradients of one call, flat and wide."""

    case: Case
    raw: Gradients
    dx: Array
    dgamma: Array | None
    dbeta: Array | None


def raw_gradients(t: Trial, case: Case) -> RawGradients:
    """Ask for the gradients of one training step; leave the law where there are none."""
    raw = present(t.train(case).gradients)
    parts = [None if a is None else as_wide(a, WIDE) for a in (raw.dgamma, raw.dbeta)]
    return RawGradients(case, raw, wide(raw.dx, WIDE), *parts)


def widened(array: Array) -> Array:
    """Widen exactly, in the shape that it came in."""
    return as_wide(array, WIDE)


def named(given: Gradients | RawGradients) -> Iterator[tuple[str, Array]]:
    """Yield the gradients that there are, by name."""
    for name in GRADIENTS:
        array = getattr(given, name)
        if array is not None:
            yield name, array


def matched(
    left: Gradients | RawGradients, right: Gradients | RawGradients
) -> Iterator[tuple[str, Array, Array]]:
    """Yield the gradients that both have, by name."""
    others = dict(named(right))
    for name, array in named(left):
        if name in others:
            yield name, array, others[name]


def running_statistics(left: State, right: State) -> Iterator[tuple[str, Array, Array]]:
    """Yield the running statistics of both, by name (``mean``, ``var``), widened exactly."""
    yield "mean", widened(left.mean), widened(right.mean)
    yield "var", widened(left.var), widened(right.var)
