"""What printed symbols mean in each normalization: what varies inside a set, and what is added up.

A claim is about one statistic set: a channel of the batch, a row, a group or a channel of one
sample. In layer, RMS and group normalization gamma and beta vary inside it. Their gradients are
sums over the sets that share them: over rows, of which a claim is about one, or over samples and
positions, of which it says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bncheck.symbolic.claims.quantities import PARTIALS, QUANTITIES
from bncheck.symbolic.expression import Expr, Named, i
from bncheck.symbolic.relatives import betas, gammas, layernorm, z
from bncheck.symbolic.vocabulary import (
    batchnorm,
    derivative,
    dy,
    gradient,
    inner,
    loss,
    mu,
    var,
    x,
    xhat,
)

Meanings = Mapping[str, Callable[[], Expr]]
BATCH = "batch"
OF_RUNNING = frozenset({"running mean", "running variance", "inference output"})
OF_A_SET = frozenset({"dgamma", "dbeta"})
"""Meanings that need all sets that share gamma and beta."""
BEYOND = "a claim is about one set"
OF_STATISTICS = frozenset({"dmu", "dvar"})
"""Meanings that need a mean and a variance: RMS normalization has neither."""
OF_RMS: Mapping[str, str] = {"std+eps": "rms+eps", "1/(std+eps)": "1/(rms+eps)"}
"""What words for a root mean where the mean is not taken off: rstd is 1 / rms."""


@dataclass(frozen=True)
class Quantities:
    """The quantities of one normalization.

    meanings: what ``where`` may say; partials: the gradients of the loss, by what they are by
    loss: <dy, y>; varying: whether gamma and beta vary inside a set; one: a value of a set
    by_rows: whether gradients of gamma and beta are added up over rows
    words: what words mean that have another meaning in batch normalization
    """

    name: str
    meanings: Meanings
    partials: Mapping[str, Expr]
    loss: Expr
    varying: bool = False
    by_rows: bool = False
    one: str = "sample"
    words: Mapping[str, str] = field(default_factory=dict)


def _varying(name: str, normalized: Callable[[], Named], output: Expr) -> Quantities:
    y = Named("y", (i,), output)
    each = {
        "y": y,
        "dxhat": Named("dxhat", (i,), gammas * dy),
        "dgamma": Named("dgamma", (i,), dy * normalized()),
        "dbeta": Named("dbeta", (i,), dy),
        "dmu": Named("dmu", (), derivative(inner(dy, y), mu(), 1)),
        "dvar": Named("dvar", (), gradient(inner(dy, y), var())),
        "dx": Named("dx", (i,), gradient(inner(dy, y), x, i)),
        "gamma": gammas,
        "beta": betas,
    }
    shared = {key: each[f"d{key}"] for key in ("xhat", "var", "mu", "x", "gamma", "beta")}
    meanings: dict[str, Callable[[], Expr]] = {
        **{key: value for key, value in QUANTITIES.items() if key not in OF_RUNNING},
        **{key: _always(value) for key, value in each.items()},
        "xhat": normalized,
    }
    by_rows = name != "group"
    absent = OF_STATISTICS if name == "rms" else frozenset() if by_rows else OF_A_SET
    kept = {k: v for k, v in meanings.items() if k not in absent}
    partials = {k: v for k, v in {**shared, "y": dy}.items() if f"d{k}" in kept or k == "y"}
    one, words = ("feature" if by_rows else "value"), (OF_RMS if name == "rms" else {})
    return Quantities(name, kept, partials, inner(dy, y), True, by_rows, one, words)


def _always(value: Expr) -> Callable[[], Expr]:
    return lambda: value


def _instance() -> Quantities:
    meanings = {k: v for k, v in QUANTITIES.items() if k not in OF_A_SET}
    partials = {k: v for k, v in PARTIALS.items() if k not in ("gamma", "beta")}
    return Quantities("instance", meanings, partials, loss(), one="position")


NORMS: Mapping[str, Quantities] = {
    BATCH: Quantities(BATCH, QUANTITIES, PARTIALS, loss(batchnorm())),
    "layer": _varying("layer", xhat, layernorm()),
    "rms": _varying("rms", z, gammas * z()),
    "group": _varying("group", xhat, layernorm()),
    "instance": _instance(),
}
WITH_BETA = _varying("rms", z, gammas * z() + betas)
"""RMS normalization where a formula has beta: the bias that some layers add."""
TITLES: Mapping[str, str] = {
    name: f"{'RMS' if name == 'rms' else name} normalization" for name in NORMS
}
