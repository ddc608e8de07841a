"""Theorems that Coq has no certificate of, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping

SLOW = "coqc would take minutes: "

WITHOUT: Mapping[str, str] = {
    "B18": SLOW + "the gradient within the statistics of all copies",
    "B24": SLOW + "a product of three matrices, K J K",
    "F05a": "the second root is solved for var, and the divisor 1 - a^2 is 0 where |a| = 1",
    "F05b": "its quotients in eps, q and var: Coq does not see that a divisor is not 0",
    "F08": SLOW + "a quotient of the variance of a normalized batch",
    "F15": SLOW + "four nested sums, and roots of m - 1",
    "F23": SLOW + "two roots in one bound",
    "L02": SLOW + "the square of a projection of a projection",
    "L03": SLOW + "a second derivative of a quadratic loss",
    "L04": SLOW + "a second derivative of a quadratic loss",
    "L05": "a root of a product of two sums, which has no unknown to solve it for",
}
