"""From a failing case to the smallest one that shows the failure, confirmed exactly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from bncheck.cases import Recipe
from bncheck.cases.drawing import shrink
from bncheck.cases.simpler import simplify, weight
from bncheck.engine.session import Died, Session
from bncheck.engine.survey import Task

# A search on cases of this many values may ask this much less often.
_LARGE, _FEWER = 4096, 10
# So many small cases of other laws are tried first; making one smaller asks some 130 times.
_KNOWN = 40
# Beyond this a call takes seconds: the case is told as it is.
_HUGE = 1 << 20


@dataclass(frozen=True)
class Shown:
    """The smallest case that was found, and what was measured on it."""

    recipe: Recipe
    result: dict[str, Any]


def ask(
    session: Session, law: str, recipe: Recipe, *, confirm: bool = False, explain: bool = False
) -> dict[str, Any]:
    """Try one law on one case."""
    answer = session.ask(
        {
            "do": "measure",
            "recipe": recipe.plain(),
            "laws": [law],
            "confirm": confirm,
            "explain": explain,
        }
    )
    result: dict[str, Any] = answer["results"][0]
    return result


def smallest(
    session: Session,
    law: str,
    task: Task,
    small: list[Recipe],
    calls: int,
    bad: Callable[[dict[str, Any]], bool],
) -> Shown | None:
    """Find the smallest failing case; None if exact arithmetic does not confirm any.

    small: cases that already showed other laws failing, tried before anything is shrunk
    calls: how often the target may be asked; bad: whether a result shows the failure
    """

    def fails(recipe: Recipe) -> bool:
        return bad(ask(session, law, recipe))

    candidates = [replace(r, dtype=task.dtype, parameters=task.recipe.parameters) for r in small]
    known = [r for r in sorted(set(candidates), key=weight) if weight(r) < weight(task.recipe)]
    found = next((r for r in known[:_KNOWN] if fails(r)), None)
    if found is None:
        few = calls // _FEWER if task.recipe.size > _LARGE else calls
        few = few if task.recipe.size <= _HUGE else 0
        found = simplify(_drawn_again(task, fails, few) or task.recipe, fails, few)
    for recipe in (found, task.recipe):
        if recipe is not None:
            result = ask(session, law, recipe, confirm=True, explain=True)
            if bad(result):
                return Shown(recipe, result)
    return None


def _drawn_again(task: Task, fails: Callable[[Recipe], bool], calls: int) -> Recipe | None:
    """Make a case smaller within its regime; a user's own has none."""
    return None if task.block is None else shrink(task.block, fails, calls)


def fatal(
    session: Session, task: Task, laws: tuple[str, ...], calls: int
) -> tuple[str | None, Shown]:
    """Find which law's calls end the process, on as small a case as a few deaths allow.

    The law is None where the process does not end again.
    """
    guilty = next((law for law in laws if _dies(session, law, task.recipe)), None)
    if guilty is None:
        return None, Shown(task.recipe, {})
    deaths = 0
    last = [task.recipe]

    def fails(recipe: Recipe) -> bool:
        nonlocal deaths
        if deaths >= calls:
            return False
        died = _dies(session, guilty, recipe)
        deaths += died
        if died:
            last.append(recipe)
        return died

    if calls > 0 and task.block is not None:
        shrink(task.block, fails, 10 * calls)
    elif calls > 0:
        simplify(task.recipe, fails, 10 * calls)
    return guilty, Shown(min(last, key=weight), {})


def _dies(session: Session, law: str, recipe: Recipe) -> bool:
    try:
        ask(session, law, recipe)
    except Died:
        return True
    return False
