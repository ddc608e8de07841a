"""Answers in another format than they belong to: what being stored in a narrower one adds."""

from __future__ import annotations

import numpy as np

from bncheck.model.formats import Array, Format, format_of


def stored_bound(value: Array, bound: Array, given: np.dtype, promised: Format) -> Array:
    """Bound the distance of an answer from a value, where the answer has a dtype of its own.

    value, bound: the answer would be within ``bound`` of ``value`` in the format that is promised
    given: the dtype of the answer

    A number a with ``|a - value| <= bound`` that is rounded once more is off by another
    ``u |a| + eta <= u (|value| + bound) + eta``, with u and eta of the narrower format; where a
    may be larger than the largest number of that format, nothing is promised.
    """
    format = format_of(given)
    if format.precision >= promised.precision and format.largest >= promised.largest:
        return bound
    with np.errstate(all="ignore"):
        most = np.abs(value) + bound
        wider = bound + format.unit_roundoff * most + value.dtype.type(format.half_subnormal)
        # where |a| exceeds the largest number by less than half a unit it is rounded down to it
        return np.asarray(np.where(most > format.largest, np.inf, wider), bound.dtype)
