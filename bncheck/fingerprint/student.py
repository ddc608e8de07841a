"""Student's t, of which one quantile is needed.

To import SciPy for it takes every worker longer than all the questions that it is needed for.
"""

from __future__ import annotations

import math

# halvings of the angle's interval, after which it is as narrow as the format
_STEPS = 60


def inside(degrees: int, theta: float) -> float:
    """Return P(-t < T < t) at ``t = sqrt(degrees) tan(theta)``, ``0 <= theta < pi/2``.

    degrees: of freedom, an integer of at least 1
    Formula: Abramowitz & Stegun (1964), 26.7.3 and 26.7.4.
    """
    sine, cosine = math.sin(theta), math.cos(theta)
    odd = degrees % 2
    term = total = cosine if odd else 1.0
    for k in range(2 + odd, degrees - 1, 2):
        term *= cosine * cosine * (k - 1) / k
        total += term
    if not odd:
        return sine * total
    return 2 / math.pi * (theta + (sine * total if degrees > 1 else 0.0))


def reach(degrees: int, probability: float) -> float:
    """Return the t inside of which, on both sides, Student's T is with this probability.

    degrees: of freedom, an integer of at least 1; probability: above 0 and below 1
    """
    low, high = 0.0, math.pi / 2
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if inside(degrees, middle) < probability else (low, middle)
    return math.sqrt(degrees) * math.tan((low + high) / 2)
