"""Steps towards a simpler case that leave the regime it was drawn from.

Hypothesis shrinks within a regime, which may only have large shapes or odd parameters; these
steps then ask whether the failure needs them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any

from bncheck.cases.cutting import cuts
from bncheck.cases.recipe import Recipe, Values
from bncheck.model.arrays import samples


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
    if recipe.data is not None:
        yield from cuts(recipe)
        return
    n, channels = recipe.shape[0], recipe.shape[1]
    blank = Recipe(dtype=recipe.dtype, parameters=recipe.parameters)
    if recipe.size > 2:
        pair = replace(recipe.x, digits=(0, 1), structure="explicit")
        yield replace(recipe, shape=(2, 1), x=pair, dy=Values(digits=(0, 1)), gamma=(2.0,))
        yield replace(recipe, shape=(2, 1), x=pair)
    for name in ("special", "alias", "readonly", "layout", "dy_layout", "running_mean"):
        yield _with(recipe, name, getattr(blank, name))
    m = samples(recipe.shape)
    for rows in (1, 2, 3, 5, 9, 33):
        if rows < m or (rows == m and len(recipe.shape) > 2):
            yield replace(recipe, shape=(rows, channels))
    if n > 2:
        yield replace(recipe, shape=(-(-n // 2), *recipe.shape[1:]))
    if max(recipe.shape[2:], default=1) > 1:
        yield replace(recipe, shape=(n, channels, *(1 for _ in recipe.shape[2:])))
    if channels > 1:
        x, dy = (_first_channel(values, channels) for values in (recipe.x, recipe.dy))
        yield replace(recipe, shape=(n, 1, *recipe.shape[2:]), x=x, dy=dy)
    for name in ("running_var", "momentum", "beta", "eps", "gamma"):
        yield _with(recipe, name, getattr(blank, name))
    for name in ("gamma", "beta"):
        values = getattr(recipe, name)
        for value in values if len(values) > 1 else ():
            yield _with(recipe, name, (value,))
    yield from (replace(recipe, dy=values) for values in _values(recipe.dy, channels))
    yield from (replace(recipe, x=values) for values in _values(recipe.x, channels))


def _with(recipe: Recipe, name: str, value: Any) -> Recipe:
    return replace(recipe, **{name: value})


def _first_channel(values: Values, channels: int) -> Values:
    return replace(
        values,
        digits=values.digits[::channels],
        scale=values.scale[:1],
        offset=values.offset[:1],
    )


def _values(values: Values, channels: int) -> Iterator[Values]:
    simpler = [
        replace(values, structure="explicit"),
        replace(values, scale=(0,)),
        replace(values, offset=(0.0,)),
        replace(values, digits=(0,)),
    ]
    # two rows, which then take turns
    rows = [(0,) * channels + (digit,) * channels for digit in (1, -1)]
    if values.structure != "explicit":
        simpler += [replace(values, structure="explicit", digits=digits) for digits in rows]
    if len(values.digits) > 2 * channels:
        kept = values.digits[: 2 * channels]
        simpler += [replace(values, digits=digits) for digits in (*rows, kept)]
    yield from (each for each in simpler if each != values)


def weight(recipe: Recipe) -> tuple[int, int, int, str]:
    """Order of simplicity: fewer values, less that is out of the ordinary, smaller digits."""
    blank = Recipe(dtype=recipe.dtype, parameters=recipe.parameters, shape=recipe.shape)
    odd = sum(
        getattr(recipe, f.name) != getattr(blank, f.name)
        for f in fields(recipe)
        if f.name not in ("x", "dy")
    )
    for values in (recipe.x, recipe.dy):
        odd += (values.structure != "explicit") + (values.scale != (0,)) + (values.offset != (0.0,))
    digits = sum(abs(digit) for values in (recipe.x, recipe.dy) for digit in values.digits)
    return recipe.size, odd, digits, repr(recipe)
