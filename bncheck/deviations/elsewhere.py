"""Deviations and the relatives: whose they are, and how they are told.

Of batch normalization's own, those are tried in its relatives too that change a stage which they
share. Left out is what speaks of a batch, of running statistics, of channels, or of gamma as one
number for each of them.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from bncheck.deviations.deviation import Deviation, deviation
from bncheck.model import NORMS, Norm, NormName

# Norms with gamma inside the means; those with a gamma for each value; those of the first centred.
INSIDE: tuple[NormName, ...] = ("layer", "rms", "group")
ROWS: tuple[NormName, ...] = ("layer", "rms")
CENTRED: tuple[NormName, ...] = ("layer", "group")

of_relatives = partial(deviation, family="parameters inside", norms=INSIDE)
"""Names what goes wrong in the relatives alone; used as `deviation`."""

_RELATIVES: frozenset[NormName] = frozenset(set(NORMS) - {"batch"})
_CENTRED: frozenset[NormName] = frozenset(n for n in _RELATIVES if NORMS[n].centred)

_SHARED = frozenset(
    [
        "eps-outside-root",
        "eps-missing",
        "eps-doubled",
        "eps-squared",
        "no-square-root",
        "square-in-place-of-root",
        "eps-by-count",
        "eps-hard-coded",
        "eps-hard-coded-1e-3",
        "eps-hard-coded-1e-8",
        "eps-hard-coded-1e-12",
        "eps-floor",
        "fourth-root",
        "variance-not-averaged",
        "variance-clamped-to-eps",
        "ignores-strides",
        "ignores-strides-by-pointer",
        "ignores-strides-of-dy",
        "ignores-offset",
        "drops-tail",
        "drops-tail-8",
        "drops-tail-32",
        "drops-last",
        "count-truncated",
        "count-truncated-8",
        "half-accumulator",
        "half-square",
        "single-precision-inside",
        "approximate-rsqrt",
        "eps-rounded-to-half",
        "statistics-rounded-to-half",
        "count-in-half",
        "output-through-half",
        "gradients-through-half",
        "xhat-through-half",
        "gamma-ignored",
        "gamma-absolute",
        "beta-ignored",
        "output-clipped",
        "statistics-as-constants",
        "missing-variance-term",
        "variance-term-sign",
        "variance-term-halved",
        "variance-term-power",
        "means-not-divided",
        "missing-inverse",
        "identity-backward",
        "dgamma-zero",
        "gradient-flushed",
        "xhat-from-output",
        "stale-cache",
        "cache-shared-between-layers",
        "jvp-statistics-as-constants",
        "jvp-missing-variance-term",
        "double-backward-statistics-as-constants",
        "double-backward-zero",
        "eps-differs-in-backward",
        "saved-in-half",
        "mutates-input",
        "output-in-place",
        "mutates-cotangent",
        "mutates-parameters",
        "gradient-in-place",
        "nondeterministic",
        "depends-on-clock",
        "accumulators-not-reset",
        "answers-cached",
        "output-buffer-reused",
        "hides-nonfinite",
        "wrong-dtype",
        "wrong-dtype-narrow",
        "wrong-shape",
        "raises",
        "raises-when-not-contiguous",
        "raises-at-rank-5",
        "multiplies-by-deviation",
        "bessel-in-backward",
        "dgamma-times-deviation",
        "nonfinite-spreads",
        "gamma-zero-is-one",
    ]
)
_OF_CENTRED = frozenset(
    [
        "unbiased-variance",
        "unbiased-variance-at-one",
        "one-pass-variance",
        "one-pass-variance-clamped",
        "variance-not-centred",
        "mean-absolute-deviation",
        "missing-mean-term",
        "mean-term-sign",
        "mean-term-twice",
        "folded-output",
        "beta-before-gamma",
        "dgamma-dbeta-swapped",
        "dgamma-from-y",
        "dgamma-not-centred",
        "dbeta-scaled",
    ]
)


def extended(entry: Deviation) -> Deviation:
    """Return an entry with the normalizations in which it is tried."""
    more = _RELATIVES if entry.name in _SHARED else frozenset()
    more = more | _CENTRED if entry.name in _OF_CENTRED else more
    return replace(entry, norms=entry.norms | more) if more else entry


# What a statistic set is called, and what a batch's statistics are, where there is no batch.
_SETS: dict[NormName, str] = {"layer": "row", "rms": "row", "group": "group", "instance": "channel"}


# Without a mean, dx has one term of the two.
_UNCENTRED = (
    ("in the two terms of dx", "in the term of dx that goes through the mean square"),
    ("the two terms of dx", "the term of dx that goes through the mean square"),
)


def in_words_of(norm: Norm, text: str) -> str:
    """Say of a relative what the catalogue says of batch normalization."""
    if norm.name == "batch":
        return text
    for said, meant in (
        *(() if norm.centred else _UNCENTRED),
        ("the batch statistics", "the statistics"),
        ("the batch variance", "the variance"),
        ("the batch mean", "the mean"),
        ("one value per channel", f"one value in a {_SETS[norm.name]}"),
        ("channel", _SETS[norm.name]),
    ):
        text = text.replace(said, meant)
    return text
