"""The laws of the residual form of layer and RMS normalization: a sum is normalized."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from bncheck.model.arrays import as_wide, in_c_order
from bncheck.model.formats import Array
from bncheck.trial.law import OWN, Residual, Residuals, law
from bncheck.trial.probes import WIDE, backwards, scaled
from bncheck.trial.residuals import near, same
from bncheck.trial.sums import Reading, readings, summed
from bncheck.trial.trial import Inapplicable, Trial, present, wide

_EVERY: tuple[Reading, ...] = ("rounded", "wide", "reread")


@law(
    "N11",
    "a residual is added before the norm",
    "y(x, r) = N(x + r), and the sum that is handed back is x + r, rounded once; y is that of the "
    "sum before or after it is rounded, as promised",
    source=f"{OWN}; the residual form of kernels (vLLM's fused_add_rms_norm, vllm#52104)",
    needs=("residual",),
    native=True,
    norms=("layer", "rms"),
)
def n11(t: Trial) -> Residuals:
    """Parts of r are 0, -x/2 and -2 x, so that x + r is exact, whatever it is rounded to.

    Then r is 2 x backwards, for what is handed back, and x/3 backwards, whose sum with x is no
    number of x's format: y may be that of either, but of one of them in all its entries.
    """
    t.trains(t.case)
    x = t.case.x
    residual, total = _exact(t)
    exact = wide(total, WIDE)
    form = present(t.make(t.case).residual)
    y, handed = form(x, residual)
    truth = t.truth(t.variant(x=total))
    kind = truth.values.x.dtype
    yield near("y(x, r)", wide(y, kind), truth.values.y, truth.bound("y"), (t.case,))
    if handed is not None:
        yield same("x + r, where it is exact", wide(handed, WIDE), exact, (t.case,))
        residual = in_c_order(scaled(x[::-1], 2.0))
        yield _handed_back(t, residual, form(x, residual)[1])
    yield _read(t)


@law(
    "N12",
    "x and a residual have the same gradient",
    "dx = dr = b + J'(gamma dy), where b is the cotangent of the sum x + r that is handed back",
    source=f"{OWN}; theorem RMS26",
    needs=("residual", "residual_backward"),
    algebraic=True,
    native=True,
    norms=("layer", "rms"),
)
def n12(t: Trial) -> Residuals:
    """b is dy backwards. What goes back by the norm may be rounded before b is added."""
    t.trains(t.case)
    residual, total = _exact(t)
    layer = t.make(t.case)
    _, handed = present(layer.residual)(t.case.x, residual)
    by_sum = in_c_order(backwards(t.case.dy))
    if handed is None:
        by_sum = np.zeros_like(by_sum)
    found = present(layer.residual_backward)(in_c_order(t.case.dy), by_sum)
    truth = t.truth(t.variant(x=total))
    kind, storage = truth.values.x.dtype, truth.storage
    added = wide(by_sum, kind)
    expected = truth.values.dx + added
    bound = truth.bound("dx")
    with np.errstate(all="ignore"):
        reach = np.abs(expected) + bound
        # the sum is rounded, once, to storage or finer; this is evaluated in the wide dtype
        last = (storage.unit_roundoff + np.finfo(kind).eps) * reach + storage.half_subnormal
        bound = np.where(reach + last <= storage.largest, bound + last, np.inf)
    for name, got in zip(("dx", "dr"), found, strict=True):
        yield near(name, wide(got, kind), expected, bound, (t.case,))


def _exact(t: Trial) -> tuple[Array, Array]:
    """Return a residual of 0, -x/2 and -2 x in turn, and its sum with x, which is exact."""
    x = t.case.x
    times = np.resize(np.array([0, -0.5, -2], np.float32), x.size).reshape(x.shape)
    residual = in_c_order((x * times.astype(x.dtype)).astype(x.dtype))
    total = in_c_order((x + residual).astype(x.dtype))
    exact = wide(x, WIDE) + wide(residual, WIDE)
    if not (np.isfinite(exact).all() and np.array_equal(wide(total, WIDE), exact)):
        raise Inapplicable
    return residual, total


def _handed_back(t: Trial, residual: Array, handed: Array | None) -> Residual:
    exact = wide(t.case.x, WIDE) + wide(residual, WIDE)
    storage = t.algorithms(t.case).storage
    bound = np.where(
        np.abs(exact) <= storage.largest,
        (storage.unit_roundoff + np.finfo(WIDE).eps) * np.abs(exact) + storage.half_subnormal,
        np.inf,
    )
    return near("x + r", wide(present(handed), WIDE), exact, bound, (t.case,))


def _read(t: Trial) -> Residual:
    """Compare y of a sum that is rounded with the ways of reading it that may be: the nearest."""
    x = t.case.x
    third = (as_wide(x[::-1], np.float64) / 3).astype(x.dtype)
    total = summed(t, x, in_c_order(third))
    y, _ = present(t.make(t.case).residual)(x, total.residual)
    among = readings(t, total)
    kind = among["wide"].y.dtype
    return _nearest(
        near(f"y(x, r), {how} sum", wide(y, kind), among[how].y, among[how].bound, (t.case,))
        for how in _accepted(t)
    )


def _accepted(t: Trial) -> tuple[Reading, ...]:
    """Where the arithmetic has the bits of x, "wide" may have more or not: both are promised."""
    promise = t.convention.residual
    if promise == "rounded" or (promise == "wide" and t.algorithms(t.case).finer):
        return (promise,)
    return _EVERY


def _nearest(found: Iterable[Residual]) -> Residual:
    return min(found, key=lambda one: one.error / one.bound if one.error else 0.0)
