"""The stability map in words: how far three digits are right, and the worst that was found."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

OUTPUTS = ("y", "variance", "dx")


def number(value: Any) -> str:
    """Write an error; the plain form of JSON writes "inf" and "nan"."""
    return f"{float(value):.2g}"


def span(errors: Sequence[Any]) -> str:
    """Say how small the errors are at first, and how large anywhere."""
    return f"{number(errors[0])} to {number(max(map(float, errors)))}"


def digits(keeps: float, at: Sequence[float], unit: float) -> str:
    """Say up to which mean/std three digits are right; empty where the format has not so many.

    keeps: that mean/std; at: those that were tried; unit: unit roundoff
    """
    if unit > 5e-4:
        return ""
    if not keeps:
        return "never three digits"
    return "three digits " + ("throughout" if keeps >= at[-1] else f"up to mean/std {keeps:.1e}")


def worst(found: Mapping[str, Any]) -> str:
    """Say what the worst input of a search is, and how bad it is there."""
    where = ", ".join(
        f"{name} {float(found[name]):.1e}" for name in ("mean/std", "var/eps", "outlier/std")
    )
    if not float(found["share"]):
        return f"{found['output']}: nothing is promised for such inputs in this format"
    # plain data has no infinity
    lost = float(found["share"]) >= sys.float_info.max
    share = f"{number(found['share'])} of what rounding allows"
    told = "NaN or infinite where a number is promised" if lost else share
    return f"{found['output']}: {told}, at {where}; the worst of {found['tried']} inputs tried"
