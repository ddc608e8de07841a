"""Names of several letters, as blogs and code have them, and what they mean there."""

from __future__ import annotations

from collections.abc import Mapping

LOSSES = frozenset({"L", "l", r"\ell", "J", "E", "C", "f"})
"""What a loss is called."""

WORDS: Mapping[str, str] = {
    "xhat": "xhat",
    "x_hat": "xhat",
    **dict.fromkeys(("batch", "input", "inputs"), "x"),
    "mean": "mean",
    "mu": "mean",
    **dict.fromkeys(("batch_mean", "sample_mean", "batchmean"), "mean"),
    "var": "variance",
    "variance": "variance",
    **dict.fromkeys(("batch_var", "sample_var", "batch_variance", "batchvar"), "variance"),
    "eps": "eps",
    "gamma": "gamma",
    "beta": "beta",
    **dict.fromkeys(("xmu", "xc", "xcentered", "xcent", "centered"), "x - mean"),
    "sqrtvar": "std+eps",
    "ivar": "1/(std+eps)",
    "istd": "1/(std+eps)",
    "invstd": "1/(std+eps)",
    "inv_std": "1/(std+eps)",
    "rstd": "1/(std+eps)",
    **dict.fromkeys(("out", "output", "outputs"), "y"),
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

TYPED = frozenset(
    {
        *("xmu", "xc", "sqrtvar", "ivar", "istd", "invstd", "inv_std", "rstd", "dout", "x_hat"),
        *("dy", "dxhat", "dx", "dgamma", "dbeta", "dmu", "dmean", "dvar"),
    }
)
"""Those that are read without a font, too; the others are symbols somebody forgot to write."""

GREEK = ("gamma", "beta", "mu", "sigma", "alpha", "lambda", "epsilon", "delta", "eta", "rho")
LETTERS: Mapping[str, str] = {
    **{letter: f"\\{letter}" for letter in (*GREEK, "phi", "theta", "tau")},
    "eps": r"\epsilon",
    "lam": r"\lambda",
    "std": r"\mathrm{std}",
}
"""Letters as plain text has them."""

CALLED: Mapping[str, str] = {
    "BN": "batch",
    **dict.fromkeys(("LN", "LayerNorm"), "layer"),
    "RMSNorm": "rms",
    **dict.fromkeys(("GN", "GroupNorm"), "group"),
    **dict.fromkeys(("IN", "InstanceNorm"), "instance"),
}
"""How a layer is called as a function of its input: ``\\mathrm{LayerNorm}(x)``."""
