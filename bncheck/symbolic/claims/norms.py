"""What printed symbols mean in each normalization: what varies inside a set, and what is added up.

A claim is about one statistic set: a channel of the batch, a row, a group or a channel of one
sample. In layer, RMS and group normalization gamma and beta vary inside it. Their gradients are
sums over the sets that share them: over rows, of which a claim is about one, or over samples and
positions, of which it says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
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
    loss: <dy, y>; one, of_set: what a value of a set, and a set, are called
    varying: whether gamma and beta vary inside a set
    by_rows: whether their gradients are sums over rows, of which one is looked at
    words: what words mean that have another meaning in batch normalization
    """

    name: str
    meanings: Meanings
    partials: Mapping[str, Expr]
    loss: Expr
    one: str = "sample"
    of_set: str = "batch"
    varying: bool = False
    by_rows: bool = False
    words: Mapping[str, str] = field(default_factory=dict)


def _varying(
    name: str, normalized: Callable[[], Named], output: Expr, absent: Set[str] = frozenset()
) -> Quantities:
    """Return the quantities of a normalization in which gamma and beta vary inside a set.

    absent: gradients that it does not have, or not for one set
    """
    y = Named("y", (i,), output)
    loss = inner(dy, y)
    gradients = {
        "dx": Named("dx", (i,), gradient(loss, x, i)),
        "dxhat": Named("dxhat", (i,), gammas * dy),
        "dgamma": Named("dgamma", (i,), dy * normalized()),
        "dbeta": Named("dbeta", (i,), dy),
        "dmu": Named("dmu", (), derivative(loss, mu(), 1)),
        "dvar": Named("dvar", (), gradient(loss, var())),
    }
    own = {**gradients, "y": y, "gamma": gammas, "beta": betas, "xhat": normalized()}
    usual = {key: value for key, value in QUANTITIES.items() if key not in OF_RUNNING}
    meanings = {**usual, **{key: _always(value) for key, value in own.items()}}
    partials = {"y": dy, **{key[1:]: value for key, value in gradients.items()}}
    by_rows = name != "group"
    return Quantities(
        name,
        {key: value for key, value in meanings.items() if key not in absent},
        {key: value for key, value in partials.items() if f"d{key}" not in absent},
        loss,
        one="feature" if by_rows else "value",
        of_set="row" if by_rows else "group",
        varying=True,
        by_rows=by_rows,
        words=OF_RMS if name == "rms" else {},
    )


def _always(value: Expr) -> Callable[[], Expr]:
    return lambda: value


def _instance() -> Quantities:
    meanings = {key: value for key, value in QUANTITIES.items() if key not in OF_A_SET}
    partials = {key: value for key, value in PARTIALS.items() if f"d{key}" not in OF_A_SET}
    return Quantities(
        "instance", meanings, partials, loss(), one="position", of_set="channel of a sample"
    )


NORMS: Mapping[str, Quantities] = {
    BATCH: Quantities(BATCH, QUANTITIES, PARTIALS, loss(batchnorm())),
    "layer": _varying("layer", xhat, layernorm()),
    "rms": _varying("rms", z, gammas * z(), OF_STATISTICS),
    "group": _varying("group", xhat, layernorm(), OF_A_SET),
    "instance": _instance(),
}
WITH_BETA = _varying("rms", z, gammas * z() + betas, OF_STATISTICS)
"""RMS normalization where a formula has beta: the bias that some layers add."""
TITLES: Mapping[str, str] = {
    name: f"{'RMS' if name == 'rms' else name} normalization" for name in NORMS
}
