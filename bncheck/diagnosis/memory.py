"""Targets that are not a function of their input: asked again, or after another call, they differ.

Their numbers cannot be held against a formula, so what they do is told by which two calls differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bncheck.cases import Recipe
from bncheck.diagnosis.scripts import Answer, read

Ask = Callable[[dict[str, Any]], dict[str, Any]]

# a target that tosses a coin at each call answers all of these alike once in a thousand runs
_TIMES = 10


@dataclass(frozen=True)
class Lie:
    """The deviations that do so, and the two calls that show it."""

    deviations: tuple[str, ...]
    shown: str


def lie(recipe: Recipe, ask: Ask, right: Callable[[Answer], bool]) -> Lie | None:
    """Look for a call whose answer depends on more than its input.

    recipe: of an ordinary case; right: whether an answer to its training step is right, within
    rounding
    """
    other = _other(recipe)

    def call(which: Recipe, script: str) -> Answer | None:
        answers = ask({"do": "answers", "recipe": which.plain(), "scripts": [script]})["answers"]
        return read(answers[script]) if script in answers else None

    first = call(recipe, "train")
    if first is None or first.raised:
        return None
    for _ in range(_TIMES):
        again = call(recipe, "train")
        if again is not None:
            for told in _differences(first, again):
                kinds = ("nondeterministic", "depends-on-clock")
                named = kinds[:1] if right(first) and right(again) else kinds[1:]
                return Lie(named, f"the same training step on two fresh layers: {told}")
    between = call(other, "train")
    y = first.outputs.get("y")
    # a y that is the same for all samples is a constant's, not a cache's
    if between is not None and _equal(y, between.outputs.get("y")) and _varies(y):
        return Lie(("answers-cached",), "training on two different batches gave the same y")
    return _shared(recipe, other, call)


def _other(recipe: Recipe) -> Recipe:
    """Another batch of the same shape."""
    return replace(recipe, x=replace(recipe.x, digits=(1, 4, -2, 0, 9), offset=(-6.0, 2.0)))


def _shared(
    recipe: Recipe, other: Recipe, call: Callable[[Recipe, str], Answer | None]
) -> Lie | None:
    answers = []
    for trained in (recipe, other):
        call(trained, "train")
        answers.append(call(recipe, "infer"))
    left, right = answers
    if left is None or right is None or left.raised or right.raised:
        return None
    for told in _differences(left, right):
        shown = f"inference by a fresh layer, after two other layers were trained: {told}"
        return Lie(("state-shared-between-layers",), shown)
    return None


def _equal(left: Any, right: Any) -> bool:
    return left is not None and right is not None and left.tobytes() == right.tobytes()


def _varies(y: Any) -> bool:
    return bool((np.asarray(y, np.float64) != np.asarray(y[:1], np.float64)).any())


def _differences(left: Answer, right: Answer) -> Iterator[str]:
    outputs: Mapping[str, Any] = right.outputs
    for name, array in left.outputs.items():
        if name in outputs and not _equal(array, outputs[name]):
            a, b = (np.asarray(v, np.float64).ravel() for v in (array, outputs[name]))
            at = int(np.argmax(a != b)) if a.shape == b.shape else 0
            yield f"{name} was {float(a[at])!r} and then {float(b[at])!r}"
