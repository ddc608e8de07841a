"""Judges a worked example: numbers that somebody printed for one channel.

Every printed decimal stands for the interval of the numbers that round to it. The normalized
values fix an interval for eps, computed in exact rationals from xhat^2 (var + eps) = (x - mu)^2;
the scaled values are compared with gamma xhat + beta at the printed xhat.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from bncheck.symbolic.claims import numbers
from bncheck.symbolic.claims.verdict import Verdict


def judge_table(
    x: Sequence[str], xhat: Sequence[str], y: Sequence[str], gamma: str, beta: str
) -> Verdict:
    """Judge printed columns, as decimal strings; y may be empty.

    Raises ValueError for columns of different lengths, and what is no number or too long a one.
    """
    single = (("gamma", (gamma,)), ("beta", (beta,)))
    numbers.check((("x", x), ("xhat", xhat), ("y", y), *single))
    values = [Fraction(v) for v in x]
    if len(values) != len(xhat) or (y and len(y) != len(values)) or not values:
        raise ValueError("the columns of a table must have the same length, and at least one row")
    low, high = _eps_interval(values, xhat)
    for row, (normal, scaled) in enumerate(zip(xhat, y or (), strict=False), 1):
        exact = Fraction(gamma) * Fraction(normal) + Fraction(beta)
        if not _rounds_to(exact, scaled):
            return Verdict("false", reason=f"row {row}: gamma xhat + beta is {exact}, not {scaled}")
    if high is not None and (high < 0 or low > high):
        return Verdict("false", reason="no eps >= 0 gives these normalized values")
    if low <= 0:
        return Verdict("true")
    upper = "" if high is None else f" and at most {float(high):.3g}"
    return Verdict(
        "true-if",
        (f"eps is at least {float(low):.3g}{upper}",),
        reason="with eps = 0 the printed digits would be others (they are cut, not rounded)",
    )


def _eps_interval(
    values: Sequence[Fraction], printed: Sequence[str]
) -> tuple[Fraction, Fraction | None]:
    """Return the eps for which every normalized value rounds to what is printed."""
    centre = sum(values, Fraction(0)) / len(values)
    var = sum(((v - centre) ** 2 for v in values), Fraction(0)) / len(values)
    low, high = Fraction(-1), None
    for value, text in zip(values, printed, strict=True):
        near, far = _interval(text)
        deviation = value - centre
        if deviation < 0:
            near, far, deviation = -far, -near, -deviation
        if deviation == 0:
            if near > 0 or far < 0:
                return Fraction(1), Fraction(0)  # empty
            continue
        if far <= 0:
            return Fraction(1), Fraction(0)
        low = max(low, deviation**2 / far**2 - var)
        if near > 0:
            bound = deviation**2 / near**2 - var
            high = bound if high is None else min(high, bound)
    return low, high


def _interval(text: str) -> tuple[Fraction, Fraction]:
    """Return the numbers that round to a printed decimal."""
    digits = len(text.partition(".")[2])
    half = Fraction(1, 2 * 10**digits)
    return Fraction(text) - half, Fraction(text) + half


def _rounds_to(value: Fraction, text: str) -> bool:
    low, high = _interval(text)
    return low <= value <= high
