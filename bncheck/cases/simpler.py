"""Steps towards a simpler case that leave the regime it was drawn from.

Hypothesis shrinks within a regime, which may only have large shapes or odd parameters; these
steps then ask whether the failure needs them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from bncheck.cases.recipe import Recipe, Values


def simplify(recipe: Recipe, fails: Callable[[Recipe], bool], calls: int) -> Recipe:
    """Take steps as long as the failure stays, asking at most ``calls`` times."""
    asked: set[Recipe] = {recipe}
    while True:
        for step in steps(recipe):
            if step in asked:
                continue
            if len(asked) > calls:
                return recipe
            asked.add(step)
            if fails(step):
                recipe = step
                break
        else:
            return recipe


def steps(recipe: Recipe) -> Iterator[Recipe]:
    """Single changes that make a recipe simpler, the boldest first."""
    n, channels = recipe.shape[0], recipe.shape[1]
    blank = Recipe(dtype=recipe.dtype, parameters=recipe.parameters)
    for name in ("special", "alias", "readonly", "layout", "dy_layout", "running_mean"):
        yield _with(recipe, name, getattr(blank, name))
    for rows in (1, 2, 3, 5, 9, 33):
        if rows < n or len(recipe.shape) > 2:
            yield replace(recipe, shape=(rows, channels))
    if n > 2:
        yield replace(recipe, shape=(-(-n // 2), *recipe.shape[1:]))
    if channels > 1:
        yield replace(recipe, shape=(n, 1, *recipe.shape[2:]))
    for name in ("running_var", "momentum", "beta", "eps", "gamma"):
        yield _with(recipe, name, getattr(blank, name))
    for name in ("gamma", "beta"):
        values = getattr(recipe, name)
        for value in values if len(values) > 1 else ():
            yield _with(recipe, name, (value,))
    yield from (replace(recipe, dy=values) for values in _values(recipe.dy))
    yield from (replace(recipe, x=values) for values in _values(recipe.x))


def _with(recipe: Recipe, name: str, value: Any) -> Recipe:
    return replace(recipe, **{name: value})


def _values(values: Values) -> Iterator[Values]:
    simpler = [
        replace(values, structure="explicit"),
        replace(values, scale=(0,)),
        replace(values, offset=(0.0,)),
        *(replace(values, digits=digits) for digits in ((0,), (0, 1), values.digits[:2])),
    ]
    yield from (each for each in simpler if each != values)
