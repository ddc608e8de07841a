"""Names of several letters, as blogs and code have them, and what they mean there."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, str] = {
    "xhat": "xhat",
    "x_hat": "xhat",
    "mean": "mean",
    "mu": "mean",
    "var": "variance",
    "variance": "variance",
    "eps": "eps",
    "gamma": "gamma",
    "beta": "beta",
    "xmu": "x - mean",
    "xc": "x - mean",
    "sqrtvar": "std+eps",
    "ivar": "1/(std+eps)",
    "istd": "1/(std+eps)",
    "invstd": "1/(std+eps)",
    "inv_std": "1/(std+eps)",
    "rstd": "1/(std+eps)",
    "out": "y",
    "dout": "dy",
    "dy": "dy",
    "dxhat": "dxhat",
    "dx": "dx",
    "dgamma": "dgamma",
    "dbeta": "dbeta",
    "dmu": "dmu",
    "dmean": "dmu",
    "dvar": "dvar",
}
"""Word -> the meaning that `where` would give it."""

TYPED = frozenset(WORDS) - {"xhat", "mean", "mu", "var", "variance", "eps", "gamma", "beta", "out"}
"""Those that are read without a font, too; the others are symbols somebody forgot to write."""
