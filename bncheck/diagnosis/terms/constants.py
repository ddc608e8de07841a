"""Deviations with a constant of their own, which is estimated from the target's answers.

What people build in: an eps, a bound on values, a size of blocks, a number of samples. An estimate
decides nothing: the court holds the deviation, with the constant in it, against all answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from bncheck.deviations import Reference
from bncheck.deviations.deviation import Deviation
from bncheck.deviations.reference import Change
from bncheck.diagnosis.search import Court, Hypothesis
from bncheck.diagnosis.terms import eps, statistics
from bncheck.diagnosis.terms.hypotheses import deviating
from bncheck.diagnosis.terms.samples import Sample, samples
from bncheck.model.formats import Array


def estimated(court: Court, base: Hypothesis, output: str) -> Iterator[Deviation]:
    """Deviations with a constant that an output of the target tells."""
    rules = base.rules(court.base)
    found = samples(court, rules, output)
    if not any(s.wrong for s in found):
        return
    if output in ("y", "inference y"):
        yield from eps.of_outputs(output, found)
    if output.removeprefix("inference ") in ("dx", "dgamma"):
        yield from eps.of_gradients(output, found)
    if output in ("y", "inference y", "dx", "inference dx"):
        yield from _cut(output, found)
    if output in ("y", "running mean", "running variance"):
        yield from statistics.of_batch(output, found + samples(court, rules, output, large=True))
    if output in ("y", "running mean"):
        yield deviating(
            "reads x from its first element on, as if the array were contiguous",
            lambda rules: replace(rules, read=lambda x: rules.read(_from_pointer(x))),
            "ignores-strides",
        )


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
