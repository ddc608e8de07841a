"""What is wrong whatever the numbers are: outputs of another dtype, inputs that are written to.

Seen from the arrays themselves, so that the numbers can be compared as numbers all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bncheck.cases import Recipe
from bncheck.diagnosis.failures import Failure, Key
from bncheck.diagnosis.scripts import read
from bncheck.model.formats import called, format_of

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
Dtype = np.dtype[Any]


@dataclass(frozen=True)
class Kind:
    """A deviation of kind, the failures that it is, and what was seen."""

    deviation: str
    explains: tuple[Key, ...]
    text: str


# what law P03 fails for, as names of deviations and as what is returned
_DTYPES: tuple[tuple[str, str, Callable[[Dtype, Dtype], bool]], ...] = (
    (
        "wrong-dtype",
        "in a wider dtype than they belong to",
        lambda got, own: format_of(got).precision > format_of(own).precision,
    ),
    (
        "wrong-dtype-narrow",
        "in a narrower dtype than they belong to",
        lambda got, own: format_of(got).precision < format_of(own).precision,
    ),
    (
        "wrong-dtype",
        "in the other byte order than they belong to",
        lambda got, own: got.newbyteorder("=") == own and not got.isnative,
    ),
)


def wrong_dtypes(failures: Sequence[Failure], ask: Ask) -> Iterator[Kind]:
    """Name what law P03 failed for: outputs that are wider than they should be, or narrower."""
    mine = [failure for failure in failures if failure.law == DTYPES]
    seen = [(failure, list(_dtypes(failure.recipe, ask))) for failure in mine]
    for name, how, holds in _DTYPES:
        told = {
            f.key: ", ".join(f"{o} is {called(got)}" for o, got, own in outputs if holds(got, own))
            for f, outputs in seen
        }
        keys = tuple(key for key, outputs in told.items() if outputs)
        if keys:
            each = "; ".join(f"{told[f.key]} for {f.dtype}" for f in mine if told[f.key])
            yield Kind(name, keys, f"returns numbers {how}: {each}")


def written(failures: Sequence[Failure]) -> Iterator[Kind]:
    """Name what law P01 saw: which of the caller's arrays are not what they were."""
    for failure in failures:
        name = failure.shown.partition(" ")[0]
        if failure.law == WRITES and name in _MUTATED:
            text = f"writes to {name}, the caller's array; everything else was tried on copies"
            same = (f.key for f in failures if f.law == ALIASES and f.dtype == failure.dtype)
            yield Kind(_MUTATED[name], (failure.key, *same), text)


def _dtypes(recipe: Recipe | None, ask: Ask) -> Iterator[tuple[str, Dtype, Dtype]]:
    """Yield the outputs, their dtypes and those that they should have."""
    if recipe is None:
        return
    answers = ask({"do": "answers", "recipe": recipe.plain(), "scripts": list(_SCRIPTS)})
    for data in answers["answers"].values():
        for output, array in read(data).outputs.items():
            own = recipe.dtype if output.split()[-1] in _OF_X else _parameters(recipe)
            yield output, array.dtype, format_of(own).dtype


def _parameters(recipe: Recipe) -> str:
    return recipe.parameters or recipe.dtype


def left(failures: Sequence[Failure], kinds: Sequence[Kind]) -> list[Failure]:
    """Return the failures that are not of kind."""
    told: Mapping[Key, Kind] = {key: kind for kind in kinds for key in kind.explains}
    return [f for f in failures if f.key not in told]


def says(deviations: Sequence[str], kinds: Sequence[Kind]) -> bool:
    """Whether these deviations say what was seen to be written to."""
    return all({k.deviation, *_SAY_MORE.get(k.deviation, ())} & set(deviations) for k in kinds)
