"""Deviations with a constant of their own, which is estimated from the target's answers.

What people build in: an eps, a bound on values, a size of blocks, a number of samples. An estimate
decides nothing: the court holds the deviation, with the constant in it, against all answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from bncheck.deviations import Reference
from bncheck.deviations.deviation import Deviation
from bncheck.deviations.passes import Pass
from bncheck.deviations.reference import Change
from bncheck.deviations.saved import backward_eps
from bncheck.diagnosis.partial import ENOUGH
from bncheck.diagnosis.search import Court, Hypothesis
from bncheck.diagnosis.terms.factors import variance
from bncheck.diagnosis.terms.fit import Read, readings
from bncheck.diagnosis.terms.formulas import BY_OUTPUT
from bncheck.diagnosis.terms.hypotheses import deviating
from bncheck.diagnosis.terms.samples import Sample, samples
from bncheck.model.formats import Array

BLOCKS = (2, 4, 8, 16, 32, 64, 128, 256)
LIMITS = (256, 512, 1000, 1024, 2048, 4096)
# what people write to keep from dividing by 0
_TINY = 1e-30
# digits that somebody would write
_DIGITS = 3


def estimated(court: Court, base: Hypothesis, output: str) -> Iterator[Deviation]:
    """Deviations with a constant that an output of the target tells."""
    rules = base.rules(court.base)
    found = samples(court, rules, output)
    if not any(s.wrong for s in found):
        return
    if output in ("y", "inference y"):
        yield from _eps(output, found)
    if output == "dgamma":
        yield from _eps_of_gradients(found)
    if output in ("y", "inference y", "dx", "inference dx"):
        yield from _cut(output, found)
    if output in ("y", "running mean"):
        yield from counted()
        yield deviating(
            "reads x from its first element on, as if the array were contiguous",
            lambda rules: replace(rules, read=lambda x: rules.read(_from_pointer(x))),
            "ignores-strides",
        )


def _eps(output: str, found: Sequence[Sample]) -> Iterator[Deviation]:
    """An eps that is one number, or not below one number, whatever is given.

    y = a xhat + b with a = gamma s/s' tells s' and so eps' = s'^2 - var.
    """
    core = tuple(t for t in BY_OUTPUT[output].terms if not t.extra)
    reads = [r for s in found for r in readings(core, s) if _known(r)]
    told = _finite((*_told(r), r.sample.p.eps) for r in reads)
    if len(told) < ENOUGH:
        return
    value = _one(told)
    if value is not None:
        says = f"eps is {value:g} whatever is given"
        if value:
            yield deviating(says, _with_eps(lambda eps, v=value: v), "eps-hard-coded")
        else:
            # without any, a constant channel is 0/0; so small a number is eps to nothing else
            says = "eps is left out, but for a tiny number that keeps it from dividing by 0"
            yield deviating(says, _with_eps(lambda eps: _TINY), "eps-missing")
        return
    floors = [item for item in told if abs(item[0] - item[2]) > item[1]]
    if floors:
        best = min(floors, key=lambda item: item[1] / max(abs(item[0]), 1e-300))
        value = _short(best[0])
        if value and all(abs(e - max(given, value)) <= d for e, d, given in told):
            says = f"eps is never below {value:g}, whatever is given"
            yield deviating(says, _with_eps(lambda eps, v=value: max(eps, v)), "eps-floor")


def _eps_of_gradients(found: Sequence[Sample]) -> Iterator[Deviation]:
    """An eps of the backward pass alone: dgamma = sum(dy xhat) s/s', where s'^2 = var + eps'."""
    told = _finite(
        (*_from_ratio(s.p, c, s.got[c, 0] / sums[c, 0], s.room[c, 0] / abs(sums[c, 0])), s.p.eps)
        for s in found
        for sums in (_SUMS.of(s.p),)
        for c in range(len(sums))
        if abs(s.got[c, 0]) > 2 * s.room[c, 0] and sums[c, 0]
    )
    # the room is that of the right formula, whose sums may be smaller: the court decides alone
    value = _short(_surest(told)) if len(told) >= ENOUGH else None
    if value:  # without eps it is in the catalogue
        says = f"in the backward pass eps is {value:g} whatever is given"
        yield deviating(says, partial(backward_eps, value), "eps-differs-in-backward")


_SUMS = BY_OUTPUT["dgamma"].terms[0]
Told = tuple[float, float, float]


def _finite(told: Iterable[tuple[Any, Any, Any]]) -> list[Told]:
    """Keep what was found of eps: the value, how far off it may be, and what was given."""
    numbers = ((float(e), float(d), float(given)) for e, d, given in told)
    return [(e, d, given) for e, d, given in numbers if np.isfinite(e + d)]


def _one(told: Sequence[Told]) -> float | None:
    """The one number that eps is everywhere, if there is one; 0 where it is left out."""
    for value in dict.fromkeys((_short(_surest(told)), 0.0)):
        if value is not None and all(abs(e - value) <= d for e, d, _ in told):
            return value
    return None


def _surest(told: Sequence[Told]) -> float:
    return min(told, key=lambda item: item[1] / max(abs(item[0]), 1e-300))[0]


def _known(read: Read) -> bool:
    return bool(abs(read.factors[0]) > 2 * read.errors[0])


def _told(read: Read) -> tuple[Any, Any]:
    """eps' and how far off it may be."""
    p, c, gamma = read.sample.p, read.channel, read.sample.p.gamma
    with np.errstate(all="ignore"):
        ratios = read.factors[0] / gamma[c, 0], read.errors[0] / abs(gamma[c, 0])
    return _from_ratio(p, c, *ratios)


def _from_ratio(p: Pass, c: int, a: Any, error: Any) -> tuple[Any, Any]:
    """eps' and how far off it may be, where a = s/s' in a channel."""
    var = np.float64(np.broadcast_to(variance(p), (p.x.shape[0], 1))[c, 0])
    with np.errstate(all="ignore"):
        square = np.float64(var + p.eps) / np.float64(a) ** 2
        return square - var, 3 * square * error / abs(a)


def _short(value: float) -> float | None:
    """The number that somebody would have written: the shortest within a part in 2000."""
    if not np.isfinite(value) or value <= 0:
        return None
    for digits in range(_DIGITS):
        written = float(f"{value:.{digits}e}")
        if abs(written - value) <= value / 2000:
            return written
    return float(value)


def _with_eps(eps: Any) -> Change:
    def change(rules: Reference) -> Reference:
        return replace(rules, inverse=lambda p: rules.inverse(replace(p, eps=eps(p.eps))))

    return change


def _cut(output: str, found: Sequence[Sample]) -> Iterator[Deviation]:
    """Values that are cut off at a number that many of them have and should exceed."""
    high, low = (_end(found, sign) for sign in (1.0, -1.0))
    if high is None and low is None:
        return
    ends = (-np.inf if low is None else low, np.inf if high is None else high)
    known = {"above": high, "below": low}
    said = [f"{where} {end:g}" for where, end in known.items() if end is not None]
    says = f"values of {output.removeprefix('inference ')} {' and '.join(said)} are cut"
    stages = ("dx", "inference_dx") if output.endswith("dx") else ("finish",)
    name = "gradient-clipped" if output.endswith("dx") else "output-clipped"
    yield deviating(says, _clipping(stages, *ends), name)


def _end(found: Sequence[Sample], sign: float) -> float | None:
    tops = [float((sign * s.got).max()) for s in found]
    top = max(tops)
    hits = [s for s, t in zip(found, tops, strict=True) if t == top]
    beyond = any(bool((sign * s.right > top + s.room).any()) for s in hits)
    return sign * top if beyond and len(hits) >= 2 else None


def _clipping(stages: Sequence[str], low: float, high: float) -> Change:
    def change(rules: Reference) -> Reference:
        def cut(stage: str) -> Any:
            before = getattr(rules, stage)
            return lambda p: np.clip(before(p), p.x.dtype.type(low), p.x.dtype.type(high))

        made: dict[str, Any] = {stage: cut(stage) for stage in stages}
        return replace(rules, **made)

    return change


def counted() -> Iterator[Deviation]:
    """Statistics of a part of the samples: whole blocks only, or no more than so many."""
    for block in BLOCKS:
        says = f"the last m mod {block} values are left out of the statistics"
        yield deviating(says, _first(lambda m, b=block: b * (m // b) or m), "drops-tail")
    for most in LIMITS:
        says = f"only the first {most} values count in the statistics"
        yield deviating(says, _first(lambda m, n=most: min(m, n)), "drops-tail")
    says = "the last value is left out of the statistics"
    yield deviating(says, _first(lambda m: m - 1 or m), "drops-tail")


def _first(count: Any) -> Change:
    """Take mean and variance of the first so many values; normalize all."""

    def change(rules: Reference) -> Reference:
        def some(p: Pass) -> Pass:
            return replace(p, x=np.ascontiguousarray(p.x[:, : count(p.m)]))

        return replace(
            rules, mean=lambda p: rules.mean(some(p)), variance=lambda p: rules.variance(some(p))
        )

    return change


def _from_pointer(array: Array) -> Array:
    """Read as many values as there are from the address of the first, where they are memory."""
    whole = array
    while isinstance(whole.base, np.ndarray):
        whole = whole.base
    start = array.__array_interface__["data"][0] - whole.__array_interface__["data"][0]
    first, count = start // array.itemsize, array.size
    if whole.dtype != array.dtype or not whole.flags.c_contiguous or first < 0:
        return array
    memory = whole.reshape(-1)[first : first + count]
    return memory.reshape(array.shape) if memory.size == count else array
