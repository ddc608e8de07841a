"""How an entry of the catalogue is made: a change of the reference, and what people read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from bncheck.deviations.layer import implementation
from bncheck.deviations.passes import Reference
from bncheck.deviations.reference import REFERENCE, Change
from bncheck.errors import UsageError
from bncheck.model import NORMS, Implementation, Norm, NormName

_BATCH: frozenset[NormName] = frozenset({"batch"})


@dataclass(frozen=True)
class Deviation:
    """A named, precise way of being wrong, as a change to the reference.

    name: as in the contract; says: one sentence for people; seen: where in the wild
    regime: inputs that expose it; apply: makes an Implementation that deviates in just this
    change: the same as a function from a `bncheck.deviations.Reference` to another, so that
        deviations can be combined; family: its row in the contract
    legitimate: a convention that is wrong only because another one is promised
    norms: the normalizations in which it is another function than what is right; `on` applies it
        there
    unless: where backward is given no mode, what its author may say that makes this no fault
    dangerous: it ends or blocks the process it runs in; ask it only in a worker
    """

    name: str
    says: str
    seen: str
    regime: str
    apply: Callable[[], Implementation]
    change: Callable[[Any], Any] | None = None
    family: str = ""
    legitimate: bool = False
    dangerous: bool = False
    unless: str = ""
    norms: frozenset[NormName] = _BATCH

    def on(self, norm: Norm) -> Implementation:
        """Make an Implementation of another normalization that deviates in just this.

        Raises UsageError for a deviation that has no ``change``.
        """
        return implementation(_change(self)(REFERENCE), self.name, norm=norm)


def deviation(
    name: str,
    says: str,
    *,
    seen: str,
    regime: str,
    family: str = "",
    legitimate: bool = False,
    dangerous: bool = False,
    unless: str = "",
    norms: Iterable[NormName] = _BATCH,
) -> Callable[[Change], Deviation]:
    """Name a change of the reference; used as a decorator of the function that makes it."""

    def named(change: Change) -> Deviation:
        base = next(norm for name, norm in NORMS.items() if name in norms)
        return Deviation(
            name=name,
            says=says,
            seen=seen,
            regime=regime,
            apply=lambda: implementation(change(REFERENCE), name, norm=base),
            change=change,
            family=family,
            legitimate=legitimate,
            dangerous=dangerous,
            unless=unless,
            norms=frozenset(norms),
        )

    return named


def family(name: str) -> Callable[..., Callable[[Change], Deviation]]:
    """Return `deviation` for the entries of one row of the contract's table."""
    return partial(deviation, family=name)


def combine(first: Deviation, second: Deviation) -> Deviation:
    """Be wrong in both ways: the second change is made to the outcome of the first.

    Raises UsageError for a deviation that has no ``change``.
    """
    one, two = _change(first), _change(second)
    return deviation(
        f"{first.name} + {second.name}",
        f"{first.says}; and {second.says}",
        seen="",
        regime=f"{first.regime}; {second.regime}",
        family=first.family if first.family == second.family else "",
        legitimate=first.legitimate and second.legitimate,
        dangerous=first.dangerous or second.dangerous,
        norms=first.norms & second.norms or _BATCH,
    )(lambda rules: two(one(rules)))


def _change(entry: Deviation) -> Change:
    if entry.change is None:
        raise UsageError(
            f"the deviation {entry.name!r} has no change of the reference, so it cannot be "
            "combined: give one that was made by bncheck.deviations.deviation"
        )
    return entry.change


def in_half(rules: Reference, *, stores: bool = False) -> Reference:
    """Let the half formats be tried too: some deviations show in nothing else.

    stores: they round to the format of x on the way, so a wide dtype does not show them
    """
    wanted = ("float16", "bfloat16")
    known = tuple(d for d in rules.domain.dtypes if d not in wanted)
    domain = replace(rules.domain, dtypes=wanted + known)
    return replace(rules, domain=domain, narrow_only=rules.narrow_only or stores)
