"""What narrows a failure down that no known deviation explains: where it shows, and how."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bncheck.cases import Recipe, build
from bncheck.diagnosis.comparing import RAISED
from bncheck.diagnosis.court import Court
from bncheck.diagnosis.hypothesis import Hypothesis, Observed
from bncheck.diagnosis.partial import subject
from bncheck.diagnosis.prediction import predict
from bncheck.diagnosis.scripts import channels_last
from bncheck.diagnosis.telling import listed
from bncheck.model.arrays import as_wide, flatten
from bncheck.model.formats import Array, format_of

# a relation is told if it holds on all of so many cases, and on no fewer than so many
_MOST, _LEAST = 40, 6


def narrowing(
    court: Court,
    wrong: Sequence[Observed],
    explained: Sequence[str] = (),
    beside: Iterable[Recipe] = (),
) -> Iterator[str]:
    """Say what narrows a failure down.

    explained: outputs that need no further word; beside: cases on which laws fail whose calls no
    script makes
    """
    if not wrong:
        yield "no known deviation explains the failures: all numbers of the plain calls are right"
        return
    bad: dict[str, int] = {}
    right: dict[str, int] = {}
    for item in court.evidence:
        for c in court.compare(Hypothesis(), item):
            counts = right if c.holds else bad
            counts[c.output] = counts.get(c.output, 0) + 1
    right.pop(RAISED, None)
    raises, n = bad.pop(RAISED, 0), len(court.evidence)
    if raises:
        yield f"it raises, or does not, where it should not, or should, in {raises} of {n} calls"
    told = [
        f"{name} on {n} of {n + right.get(name, 0)} cases"
        for name, n in bad.items()
        if subject(name) not in explained
    ]
    told_wrong = f"; wrong are {listed(told)}" if told else ""
    yield f"no known deviation, nor a pair of them, explains all answers{told_wrong}"
    always = [name for name in right if name not in bad]
    if always:
        yield f"right on every case: {listed(always)}"
    yield from _where(court, wrong, beside)
    for name in bad:
        again = name != subject(name) and subject(name) in bad  # a second step says no more
        if subject(name) not in explained and not again:
            yield from _relation(name, list(_gaps(court, wrong, name)))


def dtypes(failing: Iterable[str], tried: Iterable[str]) -> Iterator[str]:
    """Say in which dtypes laws fail, where it is not all of those tried."""
    bad, every = set(failing), set(tried)
    if bad < every:
        kept = listed(sorted(every - bad))
        yield f"laws fail in {listed(sorted(bad))}; none in {kept}"


def _where(court: Court, wrong: Sequence[Observed], beside: Iterable[Recipe] = ()) -> Iterator[str]:
    """Ranks, layouts and sizes at which the target is wrong, where it is not so at all of them."""
    bad = {item.recipe for item in wrong} | set(beside)
    recipes = {item.recipe for item in court.evidence} | bad
    for what, key in _PLACES.items():
        wrong_at = {key(r) for r in bad}
        every = {key(r) for r in recipes}
        # a wrong case is of some rank and layout whatever is wrong with it: all like it must be
        always = all(recipe in bad for recipe in recipes if key(recipe) in wrong_at)
        if wrong_at < every and always:
            names = listed(sorted(wrong_at))
            yield f"wrong only at {what} {names}, right at {listed(sorted(every - wrong_at))}"
    sizes, kept = [_count(r) for r in bad], [_count(r) for r in recipes - bad]
    if sizes and kept and min(sizes) > max(kept):
        yield f"wrong only from {min(sizes)} values per channel on, right up to {max(kept)}"
    if sizes and kept and max(sizes) < min(kept):
        yield f"wrong only up to {max(sizes)} values per channel, right from {min(kept)} on"


def _count(recipe: Recipe) -> int:
    return recipe.size // recipe.shape[1]


_PLACES: dict[str, Callable[[Recipe], str]] = {
    "rank": lambda r: str(len(r.shape)),
    "layout": lambda r: r.layout,
    "layout of dy": lambda r: r.dy_layout,
    "N": lambda r: "1" if r.shape[0] == 1 else "more than 1",
    "m": lambda r: "odd" if _count(r) % 2 else "even",
    "momentum": lambda r: str(r.momentum),
}


@dataclass(frozen=True)
class _Gap:
    """One output on one case: the target's, the truth, and what rounding allows, as ``(m, C)``.

    again: what one more rounding of a number of the target's size is
    """

    recipe: Recipe
    got: Array
    right: Array
    allowed: Array
    again: Array

    def at(self, factor: Array, error: Array | float = 0.0) -> bool:
        """Whether it is so many times the truth, within rounding; factor: known to so much."""
        # a factor that is no power of two is rounded itself, as is the product
        room = self.allowed * (1 + np.abs(factor)) + error * np.abs(self.right) + 2 * self.again
        return bool((np.abs(self.got - factor * self.right) <= room).all())


def _gaps(court: Court, wrong: Sequence[Observed], output: str) -> Iterator[_Gap]:
    """Cases on which an output is finite, promised, and wrong."""
    small = sorted((i for i in wrong if output in i.answer.outputs), key=lambda i: i.recipe.size)
    rules, seen = court.base, 0
    for item in small:
        comparisons = court.compare(Hypothesis(), item)
        if seen == _MOST or not any(c.output == output and not c.holds for c in comparisons):
            continue
        algorithms = court.algorithms(item.recipe)
        predicted = predict(rules, court.able, item.recipe, item.script, algorithms)
        arrays = (item.answer, predicted.wide, predicted.native)
        got, right, native = (channels_last(a.outputs[output]) for a in arrays)
        if got.shape != right.shape or output not in predicted.bounds:
            continue
        with np.errstate(all="ignore"):
            allowed = np.abs(native - right) + np.asarray(predicted.bounds[output], np.longdouble)
        if all(bool(np.isfinite(a).all()) for a in (got, right, allowed)):
            seen += 1
            form = format_of(item.answer.outputs[output].dtype)
            again = form.unit_roundoff * np.abs(got) + form.half_subnormal
            yield _Gap(item.recipe, got, right, np.broadcast_to(allowed, got.shape), again)


def _relation(name: str, gaps: Sequence[_Gap]) -> Iterator[str]:
    """How an output that is wrong is related to what it should be, by the simplest that holds."""
    if len(gaps) < _LEAST:
        return
    factor = _constant(gaps)
    if factor is not None:
        yield f"{name} is {factor:.6g} times what it should be, in every channel"
        return
    for said, value in _FACTORS.items():
        with np.errstate(all="ignore"):
            factors = [value(gap.recipe) for gap in gaps]
        finite = all(bool(np.isfinite(f).all()) for f in factors)
        if finite and all(g.at(f) for g, f in zip(gaps, factors, strict=True)):
            yield f"{name} is {said} times what it should be"
            return
    offset = _offset(gaps)
    if offset is not None:
        yield f"{name} is what it should be plus {offset:.6g}, everywhere"
        return
    # of one number a channel, any other is a multiple
    gaps = [gap for gap in gaps if len(gap.got) > 1]
    if len(gaps) >= _LEAST and all(map(_proportional, gaps)):
        yield f"{name} is, in each channel, a multiple of what it should be"
    elif len(gaps) >= _LEAST and all(map(_moved, gaps)):
        yield f"{name} is, in each channel, what it should be plus a constant"


def _constant(gaps: Sequence[_Gap]) -> float | None:
    """One factor for all cases, read off where it is known best."""
    read: list[tuple[float, float]] = []
    for gap in gaps:
        with np.errstate(all="ignore"):
            room = gap.allowed + gap.again
            errors = np.where(gap.right != 0, room / np.abs(gap.right), np.inf)
        at = np.unravel_index(int(np.argmin(errors)), errors.shape)
        if np.isfinite(errors[at]):
            read.append((float(errors[at]), float(gap.got[at] / gap.right[at])))
    if not read:
        return None
    error, factor = min(read)
    return factor if all(g.at(np.asarray(factor), error) for g in gaps) else None


def _proportional(gap: _Gap) -> bool:
    at = np.abs(gap.right).argmax(axis=0), np.arange(gap.right.shape[1])
    some = gap.right[at] != 0  # a channel that should be 0 is a multiple if it is 0
    with np.errstate(all="ignore"):
        error = np.where(some, (gap.allowed[at] + gap.again[at]) / np.abs(gap.right[at]), 0)
        factor = np.where(some, gap.got[at] / gap.right[at], 0)
    return gap.at(factor, error)


def _offset(gaps: Sequence[_Gap]) -> float | None:
    """One difference for all cases, read off where it is known best."""
    first = min(gaps, key=lambda gap: gap.allowed.min())
    at = np.unravel_index(int(np.argmin(first.allowed)), first.allowed.shape)
    offset, error = first.got[at] - first.right[at], first.allowed[at] + first.again[at]
    fits = (np.abs(g.got - g.right - offset) <= g.allowed + g.again + error for g in gaps)
    return float(offset) if all(bool(f.all()) for f in fits) else None


def _moved(gap: _Gap) -> bool:
    differences = gap.got - gap.right
    room = gap.allowed + gap.again
    return bool((np.abs(differences - differences[:1]) <= room + room[:1]).all())


def _gamma(recipe: Recipe) -> Array:
    return as_wide(build(recipe).gamma, np.longdouble)


def _deviation(recipe: Recipe) -> Array:
    x = as_wide(flatten(build(recipe).x), np.longdouble)
    return np.asarray(np.sqrt(((x - x.mean(0)) ** 2).mean(0) + np.longdouble(recipe.eps)))


def _m(recipe: Recipe) -> Array:
    return np.asarray(_count(recipe), np.longdouble)


def _n(recipe: Recipe) -> Array:
    return np.asarray(recipe.shape[0], np.longdouble)


_ONE = np.asarray(1, np.longdouble)


def _over(left: Array, right: Array) -> Array:
    return np.asarray(left / right)


# What people forget, or take twice. The simpler stands first: at N = m both would be true.
_FACTORS: dict[str, Callable[[Recipe], Array]] = {
    "m": _m,
    "1/m": lambda r: 1 / _m(r),
    "(m - 1)/m": lambda r: 1 - 1 / _m(r),
    "m/(m - 1)": lambda r: _over(_m(r), _m(r) - 1),
    "N": _n,
    "1/N": lambda r: 1 / _n(r),
    "N/m": lambda r: _n(r) / _m(r),
    "m/N": lambda r: _m(r) / _n(r),
    "gamma": _gamma,
    "1/gamma": lambda r: _over(_ONE, _gamma(r)),
    "sign(gamma)": lambda r: np.sign(_gamma(r)),
    "sqrt(var + eps)": _deviation,
    "1/sqrt(var + eps)": lambda r: _over(_ONE, _deviation(r)),
}
