"""How a law is written down: its statement beside its body."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bncheck.model import Ability, Law, Residual
from bncheck.trial import Trial

Measure = Callable[[Trial], Iterator[Residual]]

IS15 = "Ioffe & Szegedy 2015 (arXiv 1502.03167)"
S18 = "Santurkar et al. 2018 (arXiv 1805.11604)"
OWN = "derived here"


def law(
    id: str,
    title: str,
    statement: str,
    *,
    domain: str = "eps > 0",
    source: str = OWN,
    needs: tuple[Ability, ...] = (),
    exact: bool = False,
    policy: bool = False,
    algebraic: bool = False,
    shared: bool = False,
    contiguous: bool = False,
    promises: Mapping[str, Any] | None = None,
    wants: tuple[str, ...] = (),
) -> Callable[[Measure], Law]:
    """Make a `Law` of a generator function whose body is only the law.

    Notation in statements: one channel, ``x`` of m values, ``mu = mean(x)``, ``v = mean((x -
    mu)^2)``, ``s = sqrt(v + eps)``, ``xhat = (x - mu)/s``, ``y = gamma xhat + beta``.
    """

    def define(measure: Measure) -> Law:
        return Law(
            id=id,
            title=title,
            statement=statement,
            domain=domain,
            source=source,
            measure=measure,
            needs=frozenset(needs),
            exact=exact,
            policy=policy,
            algebraic=algebraic,
            shared=shared,
            contiguous=contiguous,
            promises=promises or {},
            wants=wants,
        )

    return define
