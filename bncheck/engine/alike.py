"""Whether two conventions, or two defaults, may be the same: in one unit, in the coarser format.

What is not known is no difference. A momentum is read as the weight of the new statistics. Where
one value was rounded to float32, as attributes of ONNX are, the other is rounded as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

MOMENTUM, WEIGHS = "momentum", "momentum_weighs"
_BOTH = ("new", "old")


def conventions(one: Mapping[str, Any], other: Mapping[str, Any], key: str) -> bool:
    """Whether both may be of the same convention."""
    a, b = values(one, key), values(other, key)
    return not (a and b) or not a.isdisjoint(b)


def defaults(
    one: Mapping[str, float],
    other: Mapping[str, float],
    key: str,
    weighs: tuple[frozenset[str], frozenset[str]],
) -> bool:
    """Whether both may have the same default.

    weighs: which statistics the momentum of each may weigh; empty where that is not known
    """
    a, b = one[key], other[key]
    if key != MOMENTUM:
        return any(_round(a, form) == _round(b, form) for form in _formats(a, b))
    return any(
        _same_momentum(a, b, form, of_a == of_b)
        for form in _formats(a, b)
        for of_a in weighs[0] or _BOTH
        for of_b in weighs[1] or _BOTH
    )


def values(observed: Mapping[str, Any], key: str) -> frozenset[str]:
    """Return what a convention may be, in words; nothing where it is not known."""
    told = str(observed.get(key, "unknown"))
    if told.startswith("ambiguous"):
        return frozenset(told.removeprefix("ambiguous (").removesuffix(")").split(" or "))
    return frozenset() if told == "unknown" else frozenset({told})


def decimal(value: float) -> Fraction:
    """Return a number as somebody wrote it: 1e-5 also where it was rounded to float32 since.

    >>> decimal(9.999999747378752e-06)
    Fraction(1, 100000)
    """
    return Fraction(str(np.float32(value)) if is_single(value) else repr(value))


def is_single(value: float) -> bool:
    """Whether a number was rounded to float32: it is one, and has more decimals than one needs."""
    with np.errstate(all="ignore"):
        single = np.float32(value)
    return float(single) == value and float(str(single)) != value


def _formats(a: float, b: float) -> Iterator[type]:
    yield float
    if is_single(a) or is_single(b):
        yield np.float32


def _round(value: Fraction | float, form: type) -> Any:
    with np.errstate(all="ignore"):
        return form(float(value)) if form is not float else value


def _same_momentum(a: float, b: float, form: type, alike: bool) -> bool:
    """Compare in decimals, since 0.9 of the old ones is 0.1 of the new ones, if not in binary."""
    one, other = decimal(a), decimal(b)
    if form is float:
        return one == (other if alike else 1 - other)
    # rounded in the convention of the one that was rounded there
    given = ((one, other), (other, one))
    return any(form(float(x)) == form(float(y if alike else 1 - y)) for x, y in given)
