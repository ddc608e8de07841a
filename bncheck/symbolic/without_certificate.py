"""Theorems that Coq has no certificate of, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping

SLOW = "coqc does not end within 15 s of processor time: "

WITHOUT: Mapping[str, str] = {
    "B24": SLOW + "a product of three matrices, K J K",
    "F05a": "the second root is solved for var, and the divisor 1 - a^2 is 0 where |a| = 1",
    "F05b": "divisors in eps, q and var of which Coq's tactic does not see that they are not 0",
    "F08": SLOW + "a quotient of the variance of a normalized batch",
    "F15": "four nested sums with Kronecker's deltas are too many cases for Coq's tactic",
    "F23": SLOW + "two roots in one bound",
    "L02": SLOW + "the square of a projection of a projection",
    "L03": SLOW + "a second derivative of a quadratic loss",
    "L04": SLOW + "a second derivative of a quadratic loss",
    "L05": "a root of a product of two sums, of which Coq's tactic does not see they are not 0",
}
