"""Targets that hide NaN and infinity: finite numbers come out where none belong.

Only NaN and infinity in x show it, so cases with those are asked for. Ways that people write it
are held against all answers; where none of them fits, that NaN in x leaves y finite there, though
y depends on that x, is what the name says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from bncheck.cases import Recipe
from bncheck.deviations import Reference
from bncheck.deviations.changes import returning, seeing
from bncheck.deviations.deviation import Deviation
from bncheck.deviations.passes import Pass, filled
from bncheck.deviations.reference import Change
from bncheck.diagnosis.evidence import Ask, asked
from bncheck.diagnosis.hypothesis import Observed
from bncheck.diagnosis.panel import GENERAL, within
from bncheck.diagnosis.scripts import channels_last
from bncheck.diagnosis.terms.hypotheses import deviating
from bncheck.model import Domain
from bncheck.model.formats import Array

NAME = "hides-nonfinite"
_SPECIAL = (
    ((1, 1, "nan"),),
    ((0, 0, "nan"), (3, 2, "nan")),
    ((2, 1, "inf"),),
    ((1, 2, "-inf"), (2, 0, "inf")),
    ((1, 1, "inf"), (2, 2, "nan"), (3, 2, "nan")),
    ((1, 0, "inf"), (2, 0, "-inf"), (4, 0, "nan")),
)


def cases(domain: Domain, dtype: str, parameters: str) -> Iterator[Recipe]:
    """Cases with NaN and infinity in x that a target of this domain takes."""
    for base in GENERAL[:2]:
        for special in _SPECIAL:
            made = within(replace(base, special=special), domain, dtype, parameters)
            if made is not None and made.special:
                yield made


def seen(answers: Sequence[Observed], ask: Ask) -> int:
    """On how many cases NaN in x left y finite there; 0 if not on all, or if y ignores that x."""
    told: dict[Recipe, list[bool]] = {}
    for item in answers:
        for finite in _left_finite(item):
            told.setdefault(item.recipe, []).append(finite)
    if not told or not all(map(all, told.values())):
        return 0
    return len(told) if _depends(next(iter(told)), ask) else 0


def _left_finite(item: Observed) -> Iterator[bool]:
    """Of each NaN in x, whether y is finite there, in the mode of the script."""
    for name in ("y", "inference y"):
        y = item.answer.outputs.get(name)
        if y is not None:
            rows = channels_last(y)
            for row, channel, value in item.recipe.special:
                if value == "nan":
                    at = row % len(rows), channel % rows.shape[1]
                    yield bool(np.isfinite(rows[at]))


def _depends(recipe: Recipe, ask: Ask) -> bool:
    """Whether y depends on the x that was NaN, among finite ones."""
    row, channel, _ = recipe.special[0]
    plain = replace(recipe, special=())
    other = replace(plain, x=replace(plain.x, digits=(1, 4, -2, 0, 9)))
    found = []
    for case in (plain, other):
        for item in asked(case, ask, ("train", "infer")):
            for name in ("y", "inference y"):
                if name in item.answer.outputs:
                    rows = channels_last(item.answer.outputs[name])
                    found.append((name, float(rows[row % len(rows), channel % rows.shape[1]])))
    return any(a == b and left != right for a, left in found for b, right in found)


# -- ways of hiding them ----------------------------------------------------------------------


def _by_zero(x: Array) -> Array:
    return np.asarray(np.where(np.isfinite(x), x, x.dtype.type(0)))


def _by_mean(x: Array) -> Array:
    finite = np.isfinite(x)
    axes = tuple(i for i in range(x.ndim) if i != 1)
    total = np.where(finite, x, 0).astype(np.longdouble).sum(axis=axes, keepdims=True)
    mean = total / np.maximum(finite.sum(axis=axes, keepdims=True), 1)
    return np.where(finite, x, mean).astype(x.dtype)


def _by_largest(x: Array) -> Array:
    # of numbers that are held wider than x, the largest are not those of x's own dtype
    largest = np.finfo(np.float32 if x.dtype == np.float64 else np.float64).max
    number = np.where(np.isnan(x), x.dtype.type(0), x)
    return np.asarray(np.clip(number, x.dtype.type(-largest), x.dtype.type(largest)))


def _nan_by_zero(x: Array) -> Array:
    return np.asarray(np.where(np.isnan(x), x.dtype.type(0), x))


_REPLACED: dict[str, Callable[[Array], Array]] = {
    "NaN and infinity in {} are replaced by 0": _by_zero,
    "NaN and infinity in {} are replaced by the mean of the others of their channel": _by_mean,
    "NaN in {} is replaced by 0, infinity by the largest number": _by_largest,
    "NaN in {} is replaced by 0": _nan_by_zero,
}
_OUTPUTS = {
    "y": ("finish",),
    "dx": ("dx", "inference_dx"),
    "y and dx": ("finish", "dx", "inference_dx"),
}


def ways() -> Iterator[Deviation]:
    """Ways of hiding NaN and infinity, in x with its gradient or without, or in the outputs."""
    for says, change in _REPLACED.items():
        told = says.format("x")
        yield deviating(told, partial(_reading, change), NAME)
        yield deviating(f"{told}, which has no gradient", partial(_masked, change), NAME)
        if change is not _by_mean:
            for what, stages in _OUTPUTS.items():
                yield deviating(says.format(what), _writing(change, stages), NAME)


def _reading(change: Callable[[Array], Array], rules: Reference) -> Reference:
    return replace(rules, read=lambda x: rules.read(change(x)))


def _masked(change: Callable[[Array], Array], rules: Reference) -> Reference:
    """What is replaced has no gradient, as automatic differentiation finds."""

    def finite(p: Pass, values: Array) -> Array:
        given = np.moveaxis(np.asarray(p.given), 1, 0).reshape(values.shape)
        kept = change(given) == given
        return np.where(kept, values, 0)

    def masked(p: Pass) -> Pass:
        return filled(p, dy=finite(p, p.dy))

    return seeing(returning(_reading(change, rules), finite, "dx", "inference_dx"), masked, "jvp")


def _writing(change: Callable[[Array], Array], stages: Sequence[str]) -> Change:
    return lambda rules: returning(rules, lambda p, values: change(values), *stages)
