"""The class of algorithms that a target may use: what the bounds hold for."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

import numpy as np

from bncheck.model import Convention
from bncheck.model.formats import FLOAT32, FLOAT64, LONGDOUBLE, Array, Format, format_of


@dataclass(frozen=True)
class Algorithms:
    """Formats and the family of variance algorithms.

    storage: of x, y, dy and dx; parameters: of gamma, beta, dgamma, dbeta and the running
    statistics; accumulates: of all arithmetic, never coarser than storage.
    variance: ``"stable"`` is two-pass, two-pass with Chan's correction (clamped at 0 or not),
    Welford's recurrence and Chan's merging; ``"shifted"`` adds ``mean((x-x0)^2) - mean(x-x0)^2``
    with an element x0, and ``"one-pass"`` adds ``mean(x^2) - mean(x)^2``.

    In all classes: any order of summation (sequential, pairwise, blocked, with or without fused
    multiply-add); the inverse root as 1/sqrt, as a division by sqrt, or by an rsqrt or pow within
    2 units in the last place; y centred or folded, ``x k + (beta - mean k)``; dx in compact form,
    in that form times m, in the form ``(dy - mean dy - c dot inv^2 / m) inv gamma``, by the chain
    of Ioffe & Szegedy with or without its vanishing term, or node by node through the graph of a
    stable variance; with ``"one-pass"`` also through the graph of ``mean(x^2) - mean(x)^2``.

    casts: ``"early"`` adds those that round xhat to storage before gamma and beta, whose product
    and sum are in storage, as LLaMA and T5 do. Back again, gamma dy, the terms of dgamma and the
    two terms of dx are rounded to storage, too. ``"weight"`` does all this in the format of the
    parameters: it is "early" where that is storage, and else adds nothing.

    saved: ``"half"`` adds those whose backward pass reads a mean and an inverse deviation that are
    rounded to storage, ``"xhat"`` those that read a rounded xhat.
    """

    storage: Format
    parameters: Format
    accumulates: Format
    variance: Literal["stable", "shifted", "one-pass"] = "stable"
    casts: Literal["last", "early", "weight"] = "last"
    saved: Literal["wide", "half", "xhat"] = "wide"

    @property
    def finer(self) -> bool:
        """Whether the arithmetic has more bits than storage, so that storing is a rounding."""
        return self.accumulates.unit_roundoff < self.storage.unit_roundoff

    @property
    def early(self) -> bool:
        """Whether xhat is rounded to storage before gamma, and that is a rounding."""
        product = self.parameters if self.casts == "weight" else self.storage
        coarsest = min(product.unit_roundoff, self.storage.unit_roundoff)
        return self.casts != "last" and coarsest > self.accumulates.unit_roundoff

    @staticmethod
    def of(dtype: str, convention: Convention) -> Algorithms:
        """What may be expected of a target for x of this dtype under these promises.

        Without a promise, float16 and bfloat16 are accumulated in float32 and the wider dtypes
        in themselves. A promise of something coarser than x, which can only be meant for other
        dtypes, is not followed. Raises UsageError for an unknown dtype.
        """
        storage = format_of(dtype)
        half = storage.precision < FLOAT32.precision
        accumulates = FLOAT32 if half else storage
        if convention.accumulates is not None:
            promised = format_of(convention.accumulates)
            accumulates = promised if _holds(promised, storage) else storage
        return Algorithms(
            storage=storage,
            parameters=FLOAT32 if half and convention.parameters == "float32" else storage,
            accumulates=accumulates,
            variance=convention.variance or "stable",
            casts=convention.casts or "last",
            saved=convention.saved or "wide",
        )


def _holds(wide: Format, narrow: Format) -> bool:
    """Whether every number of the one format is a number of the other, up to underflow."""
    return bool(wide.precision >= narrow.precision and wide.largest >= narrow.largest)


@dataclass(frozen=True)
class Roundoff:
    """The constants of one evaluation of bounds, as scalars of the wide dtype it is done in.

    u, eta: unit roundoff and half the smallest subnormal of the arithmetic, both enlarged (see
    `roundoff`); limit: what intermediate quantities must stay below; m: values per channel
    """

    u: Any
    eta: Any
    limit: Any
    m: int
    _gammas: dict[float, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def gamma(self, k: float) -> Any:
        """``gamma_k = k u / (1 - k u)`` bounds ``(1+u)^k - 1`` (Higham 2002, Lemma 3.1)."""
        known = self._gammas.get(k)
        if known is None:  # arithmetic of scalars takes as long as that of small arrays
            ku = k * self.u
            known = self._gammas[k] = ku / (1 - ku) if ku < 1 else self.u * np.inf
        return known


@lru_cache(maxsize=1024)
def roundoff(wide: np.dtype[Any], m: int, accumulates: Format) -> Roundoff:
    """Constants for bounding arithmetic in ``accumulates``, evaluated in ``wide``.

    Let ``o`` be the unit roundoff of the wide dtype. The values that the bounds are evaluated at
    are themselves off, by at most what the same bounds say for u = o (the reference is one of the
    algorithms). Every bound is a sum of nonnegative terms of degree at least one in (u, eta), so
    it is superlinear: the bound for o is at most o/u times the bound for u. Evaluating with
    ``u (1 + 2 o/u) = u + 2 o`` and ``eta (1 + 2 o/u)`` therefore adds twice the reference's own
    error to every quantity: once for the errors of the values, once for the rounding errors of
    the evaluation, which is relatively at most ``(m + 100) o < o/u`` since terms are nonnegative
    and ``(m + 100) u < 1`` by the rule below (for the coarse formats even far less is lost).

    Where the values were evaluated in a format that is finer than the wide dtype, and rounded
    once (the oracle's pairs, for its own bound), each is relatively off by o alone, and so are
    the roundings of the evaluation: together ``(m + 100) o``, for which a factor 2 is more than
    enough. ``w - e_w`` may then round to w, but the bound of the root is the larger of two, of
    which the other, with ``w + e_w``, is at least half as large.

    limit: intermediate quantities are bounded without their last roundings, which amount to a
    factor below 2 as long as ``gamma_(m+8) <= 1``, that is ``(m + 8) u <= 1/2``. Beyond that,
    the limit is 0: nothing is promised (sequential summation may lose everything there).
    """
    own = format_of_wide(wide)
    finer = accumulates.unit_roundoff < own.unit_roundoff
    scale = 2.0 if finer else 1 + 2 * own.unit_roundoff / accumulates.unit_roundoff
    kind = wide.type
    fits = (m + 8) * accumulates.unit_roundoff <= 0.5
    return Roundoff(
        u=kind(scale * accumulates.unit_roundoff),
        eta=max(kind(accumulates.half_subnormal), kind(own.half_subnormal), _least(wide)) * scale,
        limit=kind(accumulates.largest) / 2 if fits else kind(0),
        m=m,
    )


def format_of_wide(wide: np.dtype[Any]) -> Format:
    """Return the format of a dtype that the reference is evaluated in."""
    return FLOAT64 if wide == np.float64 else LONGDOUBLE


def _least(wide: np.dtype[Any]) -> Any:
    """The smallest positive number: what eta becomes where half of it cannot be said."""
    return wide.type(np.finfo(wide).smallest_subnormal)


# Above that, passes over an array take more than calls.
_LARGE = 4096


def promised(bound: Array, holds: Array | bool) -> Array:
    """The bound where the overflow guards hold, and inf elsewhere, also where it is NaN."""
    # two passes that only read, of which the least of numbers is NaN if one of them is
    if bound.size > _LARGE and bound.min() >= 0 and np.all(holds):
        return bound
    return np.where(holds & (bound >= 0), bound, np.inf)


def rounded(size: Array, kept: Format) -> Array:
    """``u |t| + eta``: the error of rounding what is at most ``size`` to a format."""
    return np.asarray(kept.unit_roundoff * size + size.dtype.type(kept.half_subnormal))


def stored(
    size: Array, bound: Array, held: Format, kept: Format, holds: Array | bool = True
) -> Array:
    """Add the rounding from the arithmetic format to the one an output is kept in.

    size: of the true value; holds: where the bound is promised

    ``|fl(t) - t| <= u_s |t| + eta_s`` where the kept format is coarser, and then ``t`` is within
    ``bound`` of the value. No promise where the result may exceed the format's largest number.
    """
    u, eta = kept.unit_roundoff, bound.dtype.type(kept.half_subnormal)
    rounds = held.unit_roundoff < kept.unit_roundoff
    if not rounds and bound.size > _LARGE and size.max() + bound.max() <= kept.largest:
        return promised(bound, holds)  # so is each sum
    reach = size + bound
    if rounds:
        # the factor covers the three roundings of this evaluation
        bound = (bound + u * reach + eta) * (1 + 4 * format_of_wide(bound.dtype).unit_roundoff)
        reach = size + bound
    return promised(bound, (reach <= bound.dtype.type(kept.largest)) & holds)
