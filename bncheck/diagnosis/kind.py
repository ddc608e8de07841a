"""What is wrong whatever the numbers are: outputs of another dtype, inputs that are written to.

Seen from the arrays themselves, so that the numbers can be compared as numbers all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bncheck.cases import Recipe
from bncheck.diagnosis.failures import Failure, Key
from bncheck.diagnosis.scripts import read
from bncheck.model.formats import format_of

# The law about dtypes.
DTYPES = "P03"
_SCRIPTS = ("train", "infer")
_OF_X = ("y", "dx")

# The law about inputs that are written to: the next question is then another one.
WRITES = "P01"
# The law about one array that is handed over as two: its second call finds what the first wrote.
ALIASES = "P05"
# what is written to, and what that is called; others that say more of the same
_MUTATED = {
    "x": "mutates-input",
    "dy": "mutates-cotangent",
    "gamma": "mutates-parameters",
    "beta": "mutates-parameters",
    "running_mean": "mutates-running-statistics",
    "running_var": "mutates-running-statistics",
}

_SAY_MORE = {
    "mutates-input": {"output-in-place"},
    "mutates-cotangent": {"gradient-in-place"},
}

Ask = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class Kind:
    """A deviation of kind, the failures that it is, and what was seen."""

    deviation: str
    explains: tuple[Key, ...]
    text: str


def wrong_dtypes(failures: Sequence[Failure], ask: Ask) -> Iterator[Kind]:
    """Name what law P03 failed for: outputs that are wider than they should be, or narrower."""
    for name, wider in (("wrong-dtype", True), ("wrong-dtype-narrow", False)):
        seen = [(f, list(_off(f.recipe, wider, ask))) for f in failures if f.law == DTYPES]
        found = [(failure, outputs) for failure, outputs in seen if outputs]
        if found:
            told = "; ".join(f"{', '.join(outputs)} for {f.dtype}" for f, outputs in found)
            keys = tuple(f.key for f, _ in found)
            size = "wider" if wider else "narrower"
            yield Kind(name, keys, f"returns numbers in a {size} dtype than they belong to: {told}")


def written(failures: Sequence[Failure]) -> Iterator[Kind]:
    """Name what law P01 saw: which of the caller's arrays are not what they were."""
    for failure in failures:
        name = failure.shown.partition(" ")[0]
        if failure.law == WRITES and name in _MUTATED:
            text = f"writes to {name}, the caller's array; everything else was tried on copies"
            same = (f.key for f in failures if f.law == ALIASES and f.dtype == failure.dtype)
            yield Kind(_MUTATED[name], (failure.key, *same), text)


def _off(recipe: Recipe | None, wider: bool, ask: Ask) -> Iterator[str]:
    """List the outputs of another dtype than their own, with that dtype."""
    if recipe is None:
        return
    answers = ask({"do": "answers", "recipe": recipe.plain(), "scripts": list(_SCRIPTS)})
    for data in answers["answers"].values():
        for output, array in read(data).outputs.items():
            own = recipe.dtype if output.split()[-1] in _OF_X else _parameters(recipe)
            got, should = format_of(array.dtype), format_of(own)
            if got != should and (got.precision > should.precision) == wider:
                yield f"{output} is {got.name}"


def _parameters(recipe: Recipe) -> str:
    return recipe.parameters or recipe.dtype


def left(failures: Sequence[Failure], kinds: Sequence[Kind]) -> list[Failure]:
    """Return the failures that are not of kind."""
    told: Mapping[Key, Kind] = {key: kind for kind in kinds for key in kind.explains}
    return [f for f in failures if f.key not in told]


def says(deviations: Sequence[str], kinds: Sequence[Kind]) -> bool:
    """Whether these deviations say what was seen to be written to."""
    return all({k.deviation, *_SAY_MORE.get(k.deviation, ())} & set(deviations) for k in kinds)
