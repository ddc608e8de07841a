"""Values of eps and momentum that a layer refuses: they are left out, and that is said.

A constructor that asks for ``0 < momentum < 1``, or for an eps of at most 1e-2, is no fault.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from bncheck.errors import RAISED, TargetRaised, in_words
from bncheck.model import Domain, Implementation
from bncheck.model.formats import format_of
from bncheck.targets.common import probing

# from the smallest and largest that is ever given towards what everybody has
_SMALL_EPS = (2.0**-61, 1e-12, 1e-10, 1e-8, 1e-7, 1e-6, 1e-5)
_LARGE_EPS = (2.0**20, 16.0, 1.0, 0.5, 0.1, 1e-2, 1e-3, 1e-4)
# with what somebody refuses an argument; anything else is for the laws to find
_REFUSALS = ("ValueError", "AssertionError", "SystemExit", "NotImplementedError")


def observed(made: Implementation) -> Implementation:
    """Return an implementation whose domain leaves out the eps and momentum that it refuses."""
    domain = made.domain
    if domain.shape is not None or domain.few_shapes or not domain.training:
        return made
    refuses = partial(_refused, made)
    if refuses():
        return made  # not on the usual values either: that is for the laws to find
    said: list[str] = []
    if domain.fixed_eps is None:
        domain = _of_eps(domain, refuses, said)
    if domain.sets_momentum and "running" in made.abilities:
        told_of = {m: refuses(momentum=m) for m in (0.0, 1.0)}
        named = [f"{m:g}" for m, reason in told_of.items() if reason]
        if named:
            reason = next(filter(None, told_of.values()))
            domain = replace(domain, momentum_ends=False)
            said.append(f"momentum {' and '.join(named)}: it raised {reason}")
    return replace(made, domain=domain, untried=(*made.untried, *said))


Refuses = Callable[..., str]


def _of_eps(domain: Domain, refuses: Refuses, said: list[str]) -> Domain:
    least, reason = _limit(_SMALL_EPS, refuses)
    if least is not None:
        said.append(f"eps below {least:g}: it raised {reason}")
    most, reason = _limit(_LARGE_EPS, refuses)
    if most is not None:
        said.append(f"eps above {most:g}: it raised {reason}")
    return replace(domain, least_eps=least, most_eps=most)


def _limit(values: Sequence[float], refuses: Refuses) -> tuple[float | None, str]:
    """Return the first value that is taken after some that are not, and what these raise."""
    reason = ""
    for value in values:
        now = refuses(eps=value)
        if not now:
            return (value if reason else None), reason
        reason = reason or now
    return None, ""


def _refused(made: Implementation, *, eps: float = 1e-5, momentum: float = 0.25) -> str:
    """Return what it raises as a refusal where it is made and trained with these, or nothing."""
    domain = made.domain
    dtype = format_of(domain.dtypes[0]).dtype
    given = {"eps": domain.eps(eps), "momentum": domain.momentum(momentum)}
    case = probing.shaped(domain.example(4, 3), dtype, **given)
    try:
        made.make(case).train(case.x)
    except TargetRaised as error:
        return _as_refusal(error.kind, f"{error.kind}: {error.message[:120]}")
    except RAISED as error:
        return _as_refusal(type(error).__name__, in_words(error, 120))
    return ""


def _as_refusal(kind: str, words: str) -> str:
    """Return the words, or nothing where Python's own mathematics raised: nobody refused there."""
    return words if kind in _REFUSALS and "math domain error" not in words else ""
