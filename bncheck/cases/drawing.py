"""Hypothesis as a source of cases and as a shrinker, each run a function of its seed."""

from __future__ import annotations

import contextlib
import os
import threading
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from bncheck.cases.recipe import Recipe
from bncheck.cases.regime import Regime
from bncheck.cases.simpler import weight
from bncheck.model.formats import Format

# Hypothesis keeps its folder, and the state of Python's own random numbers, once for a process.
_ONE_AT_A_TIME = threading.RLock()
# In here no folder can be made.
_NOWHERE = os.path.join(os.devnull, "hypothesis")


@dataclass(frozen=True)
class Block:
    """So many cases of a regime, drawn from one seed: the same ones on every machine."""

    regime: Regime
    storage: Format
    parameters: str
    seed: int
    count: int


def seed_of(*parts: object) -> int:
    """Make a seed of a run's seed and the names of what is drawn."""
    return zlib.crc32("/".join(map(str, parts)).encode())


def draw(block: Block) -> list[Recipe]:
    """Draw the cases of a block."""
    drawn: list[Recipe] = []
    _run(block, drawn.append, shrinking=False)
    return drawn


class _Fails(Exception):
    """What the shrinker minimises."""


class _Enough(BaseException):
    """Leaves Hypothesis at once; not an Exception, so that it is not taken for a failure."""


def shrink(block: Block, fails: Callable[[Recipe], bool], calls: int) -> Recipe | None:
    """Draw the block again, up to its first failing case, and make that case smaller.

    fails: whether a case shows the failure; calls: how often it may be asked
    Returns the smallest failing case that was seen, or None if none failed any more.
    """
    search = _Search(fails, calls)
    with contextlib.suppress(_Fails, _Enough):
        _run(block, search.ask, shrinking=True)
    return search.best


class _Search:
    def __init__(self, fails: Callable[[Recipe], bool], calls: int) -> None:
        self._fails = fails
        self._left = calls
        self._seen: dict[Recipe, bool] = {}
        self.best: Recipe | None = None

    def ask(self, recipe: Recipe) -> None:
        if recipe not in self._seen:
            if self._left == 0:
                raise _Enough
            self._left -= 1
            self._seen[recipe] = self._fails(recipe)
        if self._seen[recipe]:
            if self.best is None or weight(recipe) < weight(self.best):
                self.best = recipe
            raise _Fails


def _run(block: Block, body: Callable[[Recipe], None], *, shrinking: bool) -> None:
    from hypothesis import HealthCheck, Phase, given, seed, settings
    from hypothesis.errors import Flaky

    from bncheck.cases.strategies import recipes

    @seed(block.seed)
    @settings(
        max_examples=block.count,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink) if shrinking else (Phase.generate,),
        report_multiple_bugs=False,
        print_blob=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(recipes(block.regime, block.storage, block.parameters))
    def test(recipe: Recipe) -> None:
        body(recipe)

    # Flaky: the target answered twice differently; the law about that is another one
    with _ONE_AT_A_TIME, contextlib.suppress(Flaky), _nothing_left_behind(), _no_constants():
        try:
            test()
        except Exception as error:
            if _interrupted(error):
                raise KeyboardInterrupt from None
            raise


@contextlib.contextmanager
def _nothing_left_behind() -> Iterator[None]:
    """Let Hypothesis keep no notes: neither in the user's folder, nor in a temporary one.

    What it cannot write it does without, and there is nothing to remove where bncheck is killed.
    """
    from hypothesis.configuration import set_hypothesis_home_dir, storage_directory

    found: Any = storage_directory(intent_to_write=False)
    before = getattr(found, "path", found)  # a path in older versions
    set_hypothesis_home_dir(_NOWHERE)
    try:
        yield
    finally:
        set_hypothesis_home_dir(before)


@contextlib.contextmanager
def _no_constants() -> Iterator[None]:
    """Keep Hypothesis from drawing constants that it finds in the source of the user's modules.

    It parses all of them for that, which takes longer than to draw a quick run's cases; and a
    literal of as many bytes as a recipe takes, in whatever is loaded, would be among the cases of
    one machine and not among those of another. A Hypothesis that has no such method is left alone.
    """
    from hypothesis.internal.conjecture.providers import HypothesisProvider

    name = "_maybe_draw_constant"
    before = getattr(HypothesisProvider, name, None)
    if before is None:
        yield
        return
    setattr(HypothesisProvider, name, _no_constant)
    try:
        yield
    finally:
        setattr(HypothesisProvider, name, before)


def _no_constant(provider: Any, *_: object, **__: object) -> None:
    # the number by which a constant is wanted or not: the same cases
    random = getattr(provider, "_random", None)
    if random is not None:
        random.random()


def _interrupted(error: BaseException) -> bool:
    """Whether Ctrl-C came first: Hypothesis, while it sets up, then fails at something else."""
    context: BaseException | None = error
    while context is not None:
        if isinstance(context, KeyboardInterrupt):
            return True
        context = context.__context__
    return False
