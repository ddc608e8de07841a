"""A user's batches in place of bncheck's own: which are tried, in which dtypes, by which laws."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bncheck.cases import Recipe
from bncheck.cases import data as batches_of
from bncheck.cases.cutting import of_data
from bncheck.cases.data import EPS, MOMENTUM, Batch, Data, batch_of
from bncheck.engine import opening, room
from bncheck.engine.casting import lost, narrowest
from bncheck.engine.options import Budget, Options
from bncheck.engine.pace import SMALL
from bncheck.engine.survey import Task
from bncheck.errors import UsageError
from bncheck.model import Domain, Implementation
from bncheck.model.arrays import as_wide
from bncheck.model.formats import format_of
from bncheck.trial.law import Law

# Laws that make calls of their own are tried on batches of at most so many values.
OWN_CALLS = SMALL

# so many conversions and refusals are told one by one
_TOLD = 6

Dtypes = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class OwnData:
    """The batches that are tried on a target, as recipes, and what is to be told of them."""

    data: Data
    dtypes: Dtypes
    recipes: tuple[Recipe, ...]
    notes: tuple[str, ...]
    untried: tuple[str, ...]

    @property
    def ranks(self) -> tuple[int, ...]:
        """Ranks of the batches that are tried."""
        return tuple(sorted({len(recipe.shape) for recipe in self.recipes}))

    def told(self) -> str:
        """Return what the report's environment says of the file."""
        return f"{Path(self.data.file).name} (sha256 {self.data.digest[:16]})"


def read(path: Path) -> Data:
    """Read a file of batches. Raises UsageError for what is none, or too large to be judged."""
    data = batches_of.read(path)
    for batch in data.batches:
        try:
            room.check(Recipe(shape=batch.shape))
        except UsageError as error:
            raise UsageError(f"{path}: {batch.key} with {error}") from None
    return data


def still_there(recipe: Recipe) -> None:
    """Raise UsageError where what failed is that a case's file is not the one it was."""
    if recipe.data is not None:
        now = batches_of.read(Path(recipe.data.file))
        if now.digest != recipe.data.digest:
            raise UsageError(f"{recipe.data.file} was changed while it was tried; run it again")


def chosen(
    data: Data,
    target: str | Implementation,
    loaded: Mapping[str, Any],
    dtypes: Dtypes,
    options: Options,
) -> OwnData:
    """Decide which batches are tried, and in which dtypes.

    dtypes: those that the target takes, or that were asked for; Raises UsageError where a dtype
    would have to be rounded to that nobody asked for, and where no batch can be given
    """
    name = target if isinstance(target, str) else target.name
    domain = opening.domain(loaded)
    if domain.norm.name != "batch":
        raise UsageError(
            f"{name} is checked as {domain.norm.called}, and batches of a file (--data) are taken "
            "for batch normalization only: leave the file out"
        )
    recipes: list[Recipe] = []
    notes: list[str] = []
    refused: dict[str, list[str]] = {}
    for batch in data.batches:
        reason = _refused(batch, domain, loaded["abilities"])
        if reason:
            refused.setdefault(reason, []).append(batch.key)
            continue
        pairs = dtypes if options.dtypes else (_fitting(batch, dtypes, data.file, name),)
        for dtype, parameters in pairs:
            notes += _castings(batch, dtype, parameters)
            recipes.append(_recipe(data, batch, dtype, parameters, domain))
    untried = [f"{_some(keys)} of the data: {reason}" for reason, keys in refused.items()]
    if not recipes:
        raise UsageError(f"no batch of {data.file} can be given to {name}; {untried[0]}")
    tried = {recipe.dtype for recipe in recipes}
    return OwnData(
        data,
        tuple(pair for pair in dtypes if pair[0] in tried),
        tuple(recipes),
        (_only(data, recipes), *_filled(data), *_first(notes, "of the arrays were converted")),
        tuple(_first(untried, "reasons")),
    )


def tasks(own: OwnData, laws: Sequence[Law], budget: Budget) -> list[Task]:
    """Return what is tried: laws of the plain run on all batches, the others on small ones.

    Raises UsageError where that is nothing.
    """
    planned: list[Task] = []
    left = dict.fromkeys((dtype for dtype, _ in own.dtypes), budget.own_calls)
    for recipe in own.recipes:
        small = recipe.size <= OWN_CALLS and left[recipe.dtype] > 0
        left[recipe.dtype] -= small
        names = tuple(law.id for law in laws if law.shared or (small and _is_usual(law, recipe)))
        if names:
            planned.append(Task(recipe.dtype, None, recipe, names))
    if not planned and laws:
        raise UsageError(
            f"none of these laws can be tried on {own.data.file}: {laws[0].id} makes calls of its "
            f"own, and that is done on batches of at most {OWN_CALLS:,} values"
        )
    return planned


def _is_usual(law: Law, recipe: Recipe) -> bool:
    """Whether a law that makes calls of its own is asked of such a batch.

    Its bound is for those of bncheck's own: NaN and infinity are in x alone there, and running
    statistics are no larger than the batch.
    """
    if law.wants or recipe.data is None:
        return False
    batch, _ = batch_of(recipe.data, recipe.shape)
    if {"running_mean", "running_var"} - set(batch.filled) and "running" in law.needs:
        return False
    others = (batch.dy, batch.gamma, batch.beta, batch.running_mean, batch.running_var)
    return all(bool(np.isfinite(as_wide(array, np.float64)).all()) for array in others)


def _refused(batch: Batch, domain: Domain, abilities: Sequence[str]) -> str:
    """Why a target cannot be given a batch, or nothing."""
    if not domain.admits(batch.shape):
        return f"the target takes no x of shape {batch.shape}: {domain.limit(batch.shape)}"
    if not (domain.affine or batch.is_plain):
        return "gamma and beta cannot be set in the target, and are not 1 and 0 in the file"
    if batch.eps is not None and domain.eps(batch.eps) != batch.eps:
        return f"the target's eps is {domain.eps(batch.eps)!r}, not {batch.eps!r}"
    if "momentum" in batch.filled or "running" not in abilities:
        return ""
    if batch.cumulative and "cumulative" not in abilities:
        return "its momentum is NaN, and the target's running statistics need a number"
    if domain.momentum(batch.momentum) != batch.momentum:
        return f"the target's momentum is {domain.momentum(batch.momentum)}, not {batch.momentum}"
    return ""


def _recipe(data: Data, batch: Batch, dtype: str, parameters: str, domain: Domain) -> Recipe:
    given = None if batch.cumulative else MOMENTUM if batch.momentum is None else batch.momentum
    return of_data(
        Recipe(
            dtype=dtype,
            shape=batch.shape,
            eps=domain.eps(EPS if batch.eps is None else batch.eps),
            momentum=domain.momentum(given),
            parameters="" if parameters == dtype else parameters,
            data=data.source(batch),
        )
    )


def _fitting(batch: Batch, dtypes: Dtypes, file: str, name: str) -> tuple[str, str]:
    """Return the dtype that a batch is tried in where none was asked for: its own, or a wider one.

    Raises UsageError where the target takes none that holds x.
    """
    own = batch.x.dtype.name
    found = narrowest(batch.x, [dtype for dtype, _ in dtypes])
    if found is None:
        taken = " and ".join(dtype for dtype, _ in dtypes)
        raise UsageError(
            f"{batch.key} of {file} is {own}, and {name} takes {taken}, which cannot hold all of "
            f"its numbers; to have them rounded, write --dtype {dtypes[-1][0]}"
        )
    return next(pair for pair in dtypes if pair[0] == found)


def _castings(batch: Batch, dtype: str, parameters: str) -> Iterator[str]:
    """Say which arrays are tried in another dtype than the file's, and what that does to them."""
    own = batch.x.dtype.name
    told = lost(batch.x, format_of(dtype))
    if told:
        yield f"{batch.key} is {own} and was rounded to {dtype}: {told}"
    elif own != dtype:
        yield f"{batch.key} is {own} and was tried in {dtype}, which holds the same numbers"
    for name in ("dy", "gamma", "beta", "running_mean", "running_var"):
        told = lost(getattr(batch, name), format_of(dtype if name == "dy" else parameters))
        if told and name not in batch.filled:
            to = dtype if name == "dy" else parameters
            yield f"{name} beside {batch.key} was rounded to {to}: {told}"


def _only(data: Data, recipes: Sequence[Recipe]) -> str:
    keys = list(dict.fromkeys(f"x{r.data.batch}" for r in recipes if r.data))
    which = (
        f"batch {keys[0]}" if len(keys) == 1 else f"{len(keys)} batches, {keys[0]} to {keys[-1]},"
    )
    return f"nothing but the {which} of {data.file} was tried"


def _some(keys: Sequence[str]) -> str:
    return keys[0] if len(keys) == 1 else f"{keys[0]} and {len(keys) - 1} more"


def _first(told: Sequence[str], what: str) -> Iterator[str]:
    """Yield a few sentences, and how many more there are: a file may have a thousand batches."""
    yield from told[:_TOLD]
    if len(told) > _TOLD:
        yield f"{len(told) - _TOLD} more {what}"


def _filled(data: Data) -> Iterator[str]:
    """Say what the file does not have, and what was taken for it."""
    every = [set(batch.filled) for batch in data.batches]
    names = [name for name in batches_of.NAMES if any(name in filled for filled in every)]
    if names:
        some = "" if all(filled == every[0] for filled in every) else ", at least for some batches"
        told = ", ".join(f"{name} = {_TAKEN[name]}" for name in names)
        yield f"not in the file{some}, and taken to be: {told}"


_TAKEN = {
    "dy": "normally distributed numbers, always the same",
    "gamma": "1",
    "beta": "0",
    "running_mean": "0",
    "running_var": "1",
    "eps": f"{EPS:g}, or what the target has",
    "momentum": f"{MOMENTUM:g}, or what the target has",
}
