"""Targets that are not a function of their input: asked again, or after another call, they differ.

Their numbers cannot be held against a formula, so what they do is told by which two calls differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bncheck.cases import Recipe
from bncheck.diagnosis.scripts import Answer, channels_last, read

Ask = Callable[[dict[str, Any]], dict[str, Any]]

# a target that tosses a coin at each call answers all of these alike once in a thousand runs
_TIMES = 10
_ORDINALS = {2: "2nd", 3: "3rd"}

# what differs between equal calls: by rounding, or by more
UNSTEADY = ("nondeterministic", "depends-on-clock")

# what is said of equal calls that differ, where nothing tells why
DIFFERS = "gives different answers to equal calls"
# what a target has that is neither rounding in another order nor a formula of its input
HIDDEN = (
    "answers by something else than its input, such as the time of day or how often it was called"
)


@dataclass(frozen=True)
class Lie:
    """The deviations that do so, the two calls that show it, and words other than theirs."""

    deviations: tuple[str, ...]
    shown: str
    says: str = ""


Call = Callable[[Recipe, str], Answer | None]
Right = Callable[[Recipe, str, Answer], bool]


def lie(recipes: Sequence[Recipe], ask: Ask, right: Right) -> Lie | None:
    """Look for a call whose answer depends on more than its input.

    recipes: an ordinary case, then those on which equal calls are known to have differed, or may
        have, as something failed there
    right: whether an answer to a script on a case is right, within rounding
    """

    def call(which: Recipe, script: str) -> Answer | None:
        answers = ask({"do": "answers", "recipe": which.plain(), "scripts": [script]})["answers"]
        return read(answers[script]) if script in answers else None

    for recipe in recipes:
        for script, said in (("train", "training"), ("infer", "inference")):
            found = _repeated(recipe, script, said, call, right)
            if found is not None:
                return found
    if not recipes:
        return None
    return _kept(recipes[0], call) or _stale(recipes[0], call, right)


def _stale(recipe: Recipe, call: Call, right: Right) -> Lie | None:
    """Look for what a backward pass finds of an earlier call with arrays of the same shape.

    On two batch sizes that nobody asked for before, the first batch is answered rightly and the
    second is not, whichever of two batches is the first; their outputs are right.
    """
    for n, turned in ((19, False), (23, True)):
        one = replace(recipe, data=None, shape=(n, *recipe.shape[1:]))
        first, second = (_other(one), one) if turned else (one, _other(one))
        answers = [(which, call(which, "train")) for which in (first, second)]
        judged = [a is not None and right(which, "train", a) for which, a in answers]
        if judged != [True, False] or not _only_y(answers[1], right):
            return None
    shown = f"after a training step on another batch of shape {first.shape}, dx is not what it is"
    return Lie(("stale-cache",), f"{shown} without that step; y is right")


def _only_y(asked: tuple[Recipe, Answer | None], right: Right) -> bool:
    """Whether y, looked at alone, is right."""
    recipe, answer = asked
    if answer is None or "y" not in answer.outputs:
        return False
    return right(recipe, "train", replace(answer, outputs={"y": answer.outputs["y"]}))


def _repeated(recipe: Recipe, script: str, said: str, call: Call, right: Right) -> Lie | None:
    """Ask the same of fresh layers, a few times."""
    first = call(recipe, script)
    if first is None or first.raised:
        return None
    answers = [first]
    for k in range(2, _TIMES + 2):
        again = call(recipe, script)
        if again is None:
            continue
        answers.append(again)
        for told in _differences(first, again):
            calls = told.format("at the 1st call", f"at the {_th(k)}")
            shown = f"the same {said} step on two fresh layers: {calls}"
            if all(right(recipe, script, a) for a in (first, again)):
                return Lie(UNSTEADY[:1], shown)
            answers += [more for _ in range(k, _TIMES + 1) if (more := call(recipe, script))]
            return _wrong_at_times(answers, shown)
    return None


def _wrong_at_times(answers: Sequence[Answer], shown: str) -> Lie:
    """Tell a switch that was turned from what happens at random, as in a race.

    Something else than the input that all of the answer depends on, such as a count of calls,
    gives one of two answers, which differ everywhere.
    """
    first = answers[0]
    others = {a.same(first): a for a in answers}
    two = all(a.same(first) or a.same(others[False]) for a in answers)
    if two and _everywhere(first, others[False]):
        return Lie(UNSTEADY[1:], shown, HIDDEN)
    return Lie(UNSTEADY[:1], shown, DIFFERS)


def _everywhere(left: Answer, right: Answer) -> bool:
    """Whether some output differs in every channel."""
    for name, array in left.outputs.items():
        other = right.outputs.get(name)
        if other is not None and array.shape == other.shape and not _equal(array, other):
            apart = channels_last(array) != channels_last(other)
            if apart.any(axis=0).all():
                return True
    return False


def _th(k: int) -> str:
    return _ORDINALS.get(k, f"{k}th")


def _kept(recipe: Recipe, call: Call) -> Lie | None:
    """Look for what is kept from another call."""
    first, other = call(recipe, "train"), _other(recipe)
    if first is None or first.raised:
        return None
    if _alike(recipe, call) and _alike(replace(recipe, gamma=(1.0,), beta=(0.0,)), call):
        return Lie(("answers-cached",), "training on two different batches gave the same y")
    return _shared(recipe, other, call)


def _alike(recipe: Recipe, call: Call) -> bool:
    """Whether another batch gives the same y, and that is no constant.

    A y that is the same for all samples is a constant's, not a cache's. Where it is beta, as of a
    layer that normalizes each value by itself, it may differ between samples: so a cache is one
    for a gamma of ones and a beta of zeros, too.
    """
    answers = [call(which, "train") for which in (recipe, _other(recipe))]
    first, other = (None if a is None else a.outputs.get("y") for a in answers)
    return _equal(first, other) and _varies(first)


def _other(recipe: Recipe) -> Recipe:
    """Another batch of the same shape."""
    x = replace(recipe.x, digits=(1, 4, -2, 0, 9), offset=(-6.0, 2.0))
    return replace(recipe, data=None, x=x)


def _shared(recipe: Recipe, other: Recipe, call: Call) -> Lie | None:
    answers = []
    for trained in (recipe, other):
        call(trained, "train")
        answers.append(call(recipe, "infer"))
    left, right = answers
    if left is None or right is None or left.raised or right.raised:
        return None
    for told in _differences(left, right):
        calls = told.format("after one other layer was trained", "after another")
        shown = f"inference by a fresh layer: {calls}"
        return Lie(("state-shared-between-layers",), shown)
    return None


def _equal(left: Any, right: Any) -> bool:
    return left is not None and right is not None and left.tobytes() == right.tobytes()


def _varies(y: Any) -> bool:
    return bool((np.asarray(y, np.float64) != np.asarray(y[:1], np.float64)).any())


def _differences(left: Answer, right: Answer) -> Iterator[str]:
    """Outputs that differ, as words with two places for which call is which."""
    outputs: Mapping[str, Any] = right.outputs
    for name, array in left.outputs.items():
        if name in outputs and not _equal(array, outputs[name]):
            a, b = (np.asarray(v, np.float64) for v in (array, outputs[name]))
            if a.shape != b.shape:
                yield f"{name} has shape {a.shape} {{}} and {b.shape} {{}}"
                continue
            at = np.unravel_index(int(np.argmax(a != b)), a.shape)
            where = f"{name}[{', '.join(map(str, at))}]"
            yield f"{where} is {float(a[at])!r} {{}} and {float(b[at])!r} {{}}"
    if left.raised != right.raised:
        yield f"it {_ended(left)} {{}} and {_ended(right)} {{}}"


def _ended(answer: Answer) -> str:
    return f"raises {answer.raised}" if answer.raised else "answers"
