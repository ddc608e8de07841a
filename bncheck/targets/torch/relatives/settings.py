"""eps of a stranger's module, and the precision that it computes in."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from bncheck.errors import RAISED
from bncheck.model.arrays import unflatten
from bncheck.targets.common import probing
from bncheck.targets.torch.relatives.sight import Sight

DTYPES = ("float32", "float64")


def settled(sight: Sight) -> tuple[Sight, float | None]:
    """Return it without attributes of eps that do nothing, and the eps that is built in.

    The latter is None where it can be set. An argument of the constructor is kept: whoever takes
    an eps promises to use it.
    """
    if "eps" in sight.way.given:
        return sight, None
    if "eps" in sight.parts.numbers:
        first, second = (measured(sight, given) for given in (0.25, 0.375))
        if first is None or first != second:
            return sight, None
        numbers = {r: at for r, at in sight.parts.numbers.items() if r != "eps"}
        sight = replace(sight, parts=replace(sight.parts, numbers=numbers))
    return sight, measured(sight, 0.25)


def measured(sight: Sight, given: float) -> float | None:
    """Measure the eps in use: for x = +a and -a in equal numbers y is ``a / sqrt(var + eps)``.

    None where there is none, or it does not behave like this.
    """
    a = 2.0**-40
    shape = sight.shape
    m = math.prod(shape) // shape[1]
    signs = np.where(np.arange(m) % 2 == 0, 1.0, -1.0)
    signs[m - m % 2 :] = 0
    x = unflatten(np.repeat(a * signs[:, None], shape[1], axis=1), shape)
    like = sight.case()
    case = replace(like, x=x.astype(like.x.dtype), eps=given)
    try:
        y = float(np.asarray(sight.make(case).train(case.x), np.float64).flat[0])
    except RAISED:  # laws will show what is wrong with it
        return None
    if not (math.isfinite(y) and y > 0):
        return None
    var = a * a * (m - m % 2) / m
    eps = (a / y) ** 2 - var
    return probing.short(eps) if eps > a * a else None


def dtypes(sight: Sight, fixed: float | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return those of the usual dtypes that it is judged in, and why not in the others.

    In float64 it is not where its answers are off by more than float64 allows, and by no more
    than float32 does, whether eps counts or not: then it computes in float32, as many do on
    purpose.

    fixed: the eps that is built in, if one is
    """
    reasons: dict[str, str] = {}
    for dtype in DTYPES:
        reason = sight.raised(sight.case(dtype))
        if reason:
            reasons[dtype] = f"{dtype}: it raised {reason}"
    if not reasons and _is_single(sight, fixed):
        reasons["float64"] = "float64: its answers have the precision of float32 there"
    kept = tuple(d for d in DTYPES if d not in reasons)
    return kept or (sight.dtype,), tuple(reasons.values())


def _is_single(sight: Sight, fixed: float | None) -> bool:
    case = sight.case("float64")
    # x of order 2^8 has a variance of order 2^16: beside it eps is nothing, then as large
    small, large = (case.eps, 2.0**16) if fixed is None else (fixed, fixed)
    scale = 1.0 if fixed is None else 2.0 ** (round(math.log2(fixed) / 2) - 8)
    asked = replace(case, eps=small), replace(case, eps=large, x=case.x * scale)
    errors = [sight.errors(c, sight.make(c)) for c in asked]
    seen = [e for e in errors if e is not None]
    within = all(np.all(off <= single) for off, _, single in seen)
    return within and any(np.any(off > own) for off, own, _ in seen)
