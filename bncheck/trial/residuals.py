"""Comparisons: arrays in, one `Residual` (the worst entry) out. Laws are written in these."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from bncheck.model import Case
from bncheck.model.arrays import narrow_magnitude
from bncheck.model.formats import Array
from bncheck.trial.law import Residual
from bncheck.trial.probes import WIDE
from bncheck.truth.rounding import Ball


def near(
    what: str,
    got: Any,
    expected: Any,
    bound: Any,
    cases: tuple[Case, ...] = (),
    *,
    signal: Any = None,
) -> Residual:
    """Compare entries: ``|got - expected|`` against ``bound``.

    The arrays broadcast together. An infinite or undefined bound is "no promise"; NaN where a
    number was promised counts as an infinite error. The worst entry is the one with the largest
    error in units of its bound. signal: what an error is counted relative to, where that is not
    what is expected, such as the size of terms that must cancel.
    """
    with np.errstate(all="ignore"):
        return _near(what, got, expected, bound, cases, signal)


def _near(
    what: str, got: Any, expected: Any, bound: Any, cases: tuple[Case, ...], signal: Any
) -> Residual:
    got, expected, bound = _alike(got, expected, bound)
    # what follows is about their difference, which needs no more than the digits that are told
    bound = np.asarray(bound, np.float64)
    promised = _finite(bound)
    count = got.size if promised is None else int(np.count_nonzero(promised))
    if count == 0:
        return Residual(what, 0.0, float("inf"), float("nan"), float("nan"), 0, got.size)
    error = _errors(got, expected, np.float64)
    ratio = _in_units(error, bound)
    if promised is not None:
        ratio[~promised] = -1
    sees = _sees(bound, expected if signal is None else signal)
    at = _first_largest(ratio)
    return Residual(
        what=what + _label(at, cases[0] if cases else None),
        error=float(error[at]),
        bound=float(bound[at]),
        got=float(got[at]),
        expected=float(expected[at]),
        compared=count,
        unpromised=got.size - count,
        cases=cases,
        sees=sees,
    )


def _finite(bound: Array) -> Array | None:
    """Return where a bound is finite; None: everywhere."""
    # the largest of numbers is NaN if one of them is
    if bound.size and -np.inf < bound.min() and bound.max() < np.inf:
        return None
    return np.isfinite(bound)


def _in_units(error: Array, bound: Array) -> Array:
    """Return errors in units of their bounds: 0 where there is no error, whatever the bound."""
    if bound.min() > 0:
        return np.asarray(error / bound)
    return np.asarray(np.divide(error, bound, out=np.zeros_like(error), where=error > 0))


def _sees(bound: Array, signal: Any) -> float:
    """Return the detection power: bound / signal in the best channel, at its worst entry.

    Channels are the last axis of ``(m, C)``; entries of ``(C,)`` stand for themselves.
    """
    size, most = narrow_magnitude(np.asarray(signal)), bound
    if size.ndim == 2:
        size = size.max(0)
    if most.ndim == 2:
        most = most.max(0)
    ratio = np.where(size > 0, most / size, np.inf)
    # fmin passes NaN over, where nothing would have been seen either
    return float(np.fmin.reduce(ratio, axis=None, initial=np.inf))


# so many entries are sooner copied than looked at column by column
_COPIED = 1 << 12


def _first_largest(array: Array) -> tuple[int, ...]:
    """Return where the largest entry is, the first of several in order of rows."""
    if array.ndim == 1:
        return (int(array.argmax()),)
    if array.ndim == 2 and array.size <= _COPIED:
        row, column = divmod(int(array.argmax()), array.shape[1])
        return row, column
    if array.ndim != 2 or array.flags.c_contiguous:
        return tuple(map(int, np.unravel_index(int(array.argmax()), array.shape)))
    rows = array.argmax(0)  # along memory; `argmax` over all would make a copy
    largest = array[rows, np.arange(array.shape[1])]
    columns = np.flatnonzero(largest == largest.max())
    first = int(rows[columns].min())
    return first, int(columns[rows[columns] == first][0])


def _alike(*arrays: Any) -> tuple[Array, ...]:
    """Widen, which is exact, and broadcast together: to float64, where nothing is wider.

    What rounding the difference to float64 does can only turn an error that is above its bound,
    by less than 2^-53 of it, into one that is equal to it.
    """
    given = [np.asarray(array) for array in arrays]
    kind = WIDE if any(array.dtype.char == "g" for array in given) else np.float64
    wide = tuple(np.asarray(array, kind) for array in given)
    if all(array.shape == wide[0].shape for array in wide):
        return wide
    return tuple(np.broadcast_arrays(*wide))


def _errors(got: Array, expected: Array, kind: Any = None) -> Array:
    """Distances: 0 between equal numbers, infinities included; inf where there is none.

    kind: dtype that they are rounded to, where that is another
    """
    error = np.asarray(got - expected, kind)
    np.abs(error, out=error)
    if error.size and np.isnan(error.max()):  # which is NaN if one of them is
        strange = np.isnan(error)
        error[strange] = np.where(got[strange] == expected[strange], 0, np.inf)
    return error


def zero(what: str, ball: Ball, cases: tuple[Case, ...] = (), *, terms: Any) -> Residual:
    """Compare a ball with zero: what a law says must vanish, and how far it may be off.

    terms: what cancels, whose size tells how small an error this would have seen
    """
    return near(what, ball.mid, 0.0, ball.rad, cases, signal=terms)


def meet(
    what: str, left: Ball, right: Ball, cases: tuple[Case, ...] = (), *, terms: Any = None
) -> Residual:
    """Compare two balls that enclose the same true value: their radii add up to the bound.

    terms: where almost all cancels, the size of what does
    """
    with np.errstate(all="ignore"):
        return _near(what, left.mid, right.mid, left.rad + right.rad, cases, terms)


def same(what: str, got: Any, expected: Any, cases: tuple[Case, ...] = ()) -> Residual:
    """Compare exactly: equal as numbers (-0 equals 0), NaN equals NaN, bound 0."""
    with np.errstate(all="ignore"):
        return _same(what, got, expected, cases)


def _same(what: str, got: Any, expected: Any, cases: tuple[Case, ...]) -> Residual:
    got, expected = _alike(got, expected)
    error = _errors(got, expected)
    error[np.isnan(got) & np.isnan(expected)] = 0
    if not got.size:
        return Residual(what, 0.0, 0.0, 0.0, 0.0, 0)
    at = _first_largest(error)
    return Residual(
        what=what + _label(at, cases[0] if cases else None),
        error=float(error[at]),
        bound=0.0,
        got=float(got[at]),
        expected=float(expected[at]),
        compared=got.size,
        cases=cases,
        sees=0.0,
    )


def same_where_promised(
    promised: bool,
    what: str,
    left: Ball,
    right: Ball,
    cases: tuple[Case, ...] = (),
    *,
    expected: bool = True,
) -> Residual:
    """Compare exactly where the precondition is promised, else within the rounding bound.

    A mismatch inside the bound is then a warning: a careful algorithm would not have it, but a
    black box cannot show that it does not use, say, a power function. ``expected=False`` says
    that on this input no algorithm need be exact, so that only the bound counts.
    """
    with np.errstate(all="ignore"):
        bound = left.rad + right.rad
        bounded = _near(what, left.mid, right.mid, bound, cases, None)
        # where nothing is promised, not even closeness, nothing is compared
        finite = _finite(np.asarray(bound))
        mids = (left.mid, right.mid)
        if finite is not None:
            mids = (np.where(finite, left.mid, 0), np.where(finite, right.mid, 0))
        exact = _same(what, *mids, cases)
    if not bounded.compared or bounded.error > bounded.bound or not expected:
        return bounded
    if promised or exact.error == 0:
        return exact
    text = f"{exact.what}: equal only to {exact.error:.1e}; exactly equal in a careful algorithm"
    return replace(bounded, warning=text)


def fact(
    what: str, holds: bool, *, got: float, expected: float, cases: tuple[Case, ...] = ()
) -> Residual:
    """State a yes-or-no observation as an exact comparison."""
    error = 0.0 if holds else max(abs(got - expected), np.finfo(np.float64).tiny)
    return Residual(what, float(error), 0.0, float(got), float(expected), cases=cases, sees=0.0)


def _label(at: tuple[Any, ...], case: Case | None) -> str:
    index = [int(i) for i in at]
    if not index:
        return ""
    if case is not None and len(index) == 2 and case.m > index[0]:
        # a row of the flat (m, C) form, told in the coordinates of the user's array
        if case.x.ndim == 2 and case.norm.name == "batch":
            return f"[{index[0]}, {index[1]}]"
        n, *spatial = np.unravel_index(index[0], (case.x.shape[0], *case.x.shape[2:]))
        index = _laid_out(case, [int(n), index[1], *map(int, spatial)])
    return f"[{', '.join(map(str, index))}]"


def _laid_out(case: Case, index: list[int]) -> list[int]:
    """Return the place in the array that the user of a norm has."""
    if case.norm.name == "batch":
        return index
    there = np.zeros(case.x.shape, bool)
    there[tuple(index)] = True
    return [int(i) for i in np.argwhere(case.norm.laid_out(there))[0]]
