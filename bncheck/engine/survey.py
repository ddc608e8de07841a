"""One pass over shared cases: which laws are tried on which case, in which order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bncheck.cases import REGIMES, Recipe, within
from bncheck.cases.drawing import Block, draw, seed_of
from bncheck.cases.few_shapes import FewShapes
from bncheck.engine.options import Budget
from bncheck.laws import LAWS
from bncheck.model import BATCH, Domain
from bncheck.model.formats import format_of
from bncheck.trial.law import Law

# A law's turn is by its place among all laws, so that it gets the same cases without the others.
# Laws that were added since come last: the others keep their turns.
_SINCE = ("B29",)
_PLACE = {
    law.id: place
    for place, law in enumerate(
        sorted(LAWS, key=lambda law: law.id in _SINCE or not law.about(BATCH))
    )
}

# Cases are drawn in blocks that grow, so that the first ones are there at once.
_BLOCKS = (2, 6, 32)


# A law that follows from others is measured on larger cases only where these do not hold.
_SMALL = 4096


@dataclass(frozen=True)
class Task:
    """One case and the laws to try on it; ``block`` draws it again, unless it is a user's own.

    inferred: those of the laws that need not be measured where they follow from others
    """

    dtype: str
    block: Block | None
    recipe: Recipe
    laws: tuple[str, ...]
    inferred: tuple[str, ...] = ()

    @property
    def regime(self) -> str:
        """Name of the regime that the case is from, or of the user's batch."""
        if self.block is not None:
            return self.block.regime.name
        return f"x{self.recipe.data.batch}" if self.recipe.data else ""


def tasks(
    laws: Sequence[Law],
    domain: Domain,
    dtypes: Sequence[tuple[str, str]],
    budget: Budget,
    seed: int,
) -> Iterator[Task]:
    """All tasks of a run, regimes in turn, so that every kind of input comes early.

    dtypes: pairs of storage and parameter dtype names
    """
    planned = {
        dtype: _blocks(domain, dtype, parameters, budget, seed) for dtype, parameters in dtypes
    }
    spread = {dtype: _Spread(laws, blocks, budget) for dtype, blocks in planned.items()}
    rounds = max((len(blocks) for blocks in planned.values()), default=0)
    for k in range(rounds):
        for dtype, blocks in planned.items():
            if k >= len(blocks):
                continue
            columns = [(block, draw(block)) for block in blocks[k]]
            for row in range(max(len(drawn) for _, drawn in columns)):
                for block, drawn in columns:
                    if row < len(drawn):
                        names, inferred = spread[dtype].laws_for(block, drawn[row])
                        if names:
                            yield Task(dtype, block, drawn[row], names, inferred)


def cases(
    domain: Domain, dtype: str, parameters: str, budget: Budget, seed: int
) -> Iterator[Recipe]:
    """Yield the cases of a run, without its laws."""
    for blocks in _blocks(domain, dtype, parameters, budget, seed):
        for block in blocks:
            yield from draw(block)


def count(domain: Domain, dtypes: Sequence[tuple[str, str]], budget: Budget) -> int:
    """How many tasks there will be at most."""
    return sum(
        block.count
        for dtype, parameters in dtypes
        for blocks in _blocks(domain, dtype, parameters, budget, 0)
        for block in blocks
    )


def _blocks(
    domain: Domain, dtype: str, parameters: str, budget: Budget, seed: int
) -> list[list[Block]]:
    storage = format_of(dtype)
    few = FewShapes(seed)
    rounds: list[list[Block]] = []
    last: list[list[Block]] = []
    for regime in REGIMES:
        narrowed = within(regime, domain, storage)
        if narrowed is None or budget.per_regime < regime.least:
            continue
        if domain.few_shapes:
            narrowed = few.narrow(narrowed)
        left = max(1, min(round(budget.per_regime * regime.share), regime.at_most))
        kept = parameters if parameters != dtype else ""
        k = 0
        while left > 0:
            size = min(left, _BLOCKS[min(k, len(_BLOCKS) - 1)])
            block = Block(narrowed, storage, kept, seed_of(seed, dtype, regime.name, k), size)
            if regime.least:  # a call takes seconds: after everything else
                last.append([block])
            else:
                rounds += [[]] if len(rounds) <= k else []
                rounds[k].append(block)
            left -= size
            k += 1
    return rounds + last


class _Spread:
    """Deals laws to cases: shared ones to every case, others to an even share of them.

    Of the shared ones, those that follow from others are measured on such a share, too, and on
    the first case of each regime.
    """

    def __init__(self, laws: Sequence[Law], blocks: list[list[Block]], budget: Budget) -> None:
        total = sum(_expected(block) for row in blocks for block in row)
        self._laws = laws
        # an odd stride, so that it has no common rhythm with the regimes that come in turn
        self._stride = max(1, int(total / budget.own_calls)) | 1
        self._case = 0
        self._seen: set[str] = set()

    def laws_for(self, block: Block, recipe: Recipe) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the laws to try on a case, and those of them that may be inferred."""
        regime = block.regime
        own_calls = regime.own_calls and (
            not regime.own_shapes or recipe.shape in regime.own_shapes
        )
        self._case += own_calls
        laws = [
            law
            for law in self._laws
            if (not law.wants or regime.name in law.wants)
            and (law.native or not regime.native)
            and (law.shared or law.wants or (own_calls and self._turn(law)))
        ]
        first = regime.name not in self._seen
        self._seen.add(regime.name)
        inferred = tuple(
            law.id
            for law in laws
            if law.follows and (recipe.size > _SMALL or not (first or self._turn(law)))
        )
        return tuple(law.id for law in laws), inferred

    def _turn(self, law: Law) -> bool:
        return (self._case + _PLACE.get(law.id, 0)) % self._stride == 0


def _expected(block: Block) -> float:
    """How many cases of a block laws with calls of their own can be expected to have."""
    own, shapes = block.regime.own_shapes, block.regime.shapes
    return block.count * len(own) / len(shapes) if own else block.count
