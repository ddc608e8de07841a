"""Slow is not hanging: shapes on which a target takes longer than a call may are left out.

A call that exceeds the limit ends the worker. On a small case that is a target that hangs. On a
larger one the same laws are asked again on a small case of the same regime: where that is
answered, the target is slow. Its time for each value is then measured on two small cases, and
shapes on which a call would exceed the limit, by that measure or because it did on fewer values,
are not tried any more. Until a call has exceeded the limit no time is looked at, so that a run
is the same on every machine unless the target comes near the limit.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bncheck.cases import Recipe, from_plain
from bncheck.engine.session import Died, Session
from bncheck.model import BATCH, Norm

# Values of a case that everyone should answer in time: as many as a layer of a small network has
# for one image, and more than all but the regimes of long sums have (`bncheck.cases.regimes`).
# At the usual limit of 10 s that is 2 ms for each value.
SMALL = 4096

Shape = tuple[int, ...]


@dataclass
class Pace:
    """What is known of the speed of one target; shared by the sessions that ask it.

    limit: seconds that one call may take; norm: whose cases are tried
    slow: shapes of x that were left out, in order, as its user has them
    """

    limit: float
    norm: Norm = BATCH
    slow: list[Shape] = field(default_factory=list)
    detail: str = ""
    _at: float = 0.0
    _power: float = 1.0
    _exceeded: float = math.inf
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def too_slow(self, recipe: Recipe) -> bool:
        """Whether a call on this case would exceed the limit, as far as is known."""
        with self._lock:
            if recipe.size <= SMALL or math.isinf(self._exceeded):
                return False
            predicted = self._at * (recipe.size / SMALL) ** self._power
            return recipe.size >= self._exceeded or predicted > self.limit

    def exceeded(self, recipe: Recipe, detail: str, *timed: tuple[int, float]) -> None:
        """Note a call that was too slow; timed: two small cases, by values and longest call."""
        (few, less), (many, more) = timed
        with self._lock:
            self.detail = self.detail or detail
            self._exceeded = min(self._exceeded, recipe.size)
            if more > less > 0 and many > few:
                # a loop over samples in which each sums over all needs the square of the time
                self._power = max(1.0, math.log(more / less) / math.log(many / few))
            self._at = more * (SMALL / many) ** self._power

    def left_out(self, recipe: Recipe) -> None:
        """Note a shape that is not tried."""
        with self._lock:
            shape = self.norm.shape(recipe.shape)
            if shape not in self.slow:
                self.slow.append(shape)


class Patient:
    """A session that tells a slow target from one that hangs."""

    def __init__(self, session: Session, pace: Pace) -> None:
        """Take over a session."""
        self._session = session
        self._pace = pace
        self.loaded = session.loaded

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer, or say for which laws the case is too slow. Raises Died."""
        if request["do"] not in ("measure", "answers"):
            return self._session.ask(request)
        recipe = from_plain(request["recipe"])
        if self._pace.too_slow(recipe):
            return self._none(request, recipe)
        try:
            return self._session.ask(request)
        except Died as died:
            if died.kind != "hang" or recipe.size <= SMALL:
                raise
            # Raises Died where the small case hangs, too
            timed = [self._timed(request, smaller(recipe, most)) for most in (SMALL // 4, SMALL)]
            self._pace.exceeded(recipe, died.detail, *timed)
        return self._none(request, recipe)

    def _timed(self, request: Mapping[str, Any], small: Recipe) -> tuple[int, float]:
        """Time the longest call on a case; the first time, something may be made ready for it."""
        asked = {**request, "recipe": small.plain()}
        return small.size, min(self._session.ask(asked)["longest_s"] for _ in range(2))

    def _none(self, request: Mapping[str, Any], recipe: Recipe) -> dict[str, Any]:
        self._pace.left_out(recipe)
        if request["do"] == "answers":
            return {"answers": {}}
        slow = {"status": "inapplicable", "reason": "slow"}
        return {"results": [{"law": law, **slow} for law in request["laws"]], "memory": 0}

    def abandon(self) -> None:
        """End it at once."""
        self._session.abandon()

    def close(self) -> None:
        """End it."""
        self._session.close()


def smaller(recipe: Recipe, most: int) -> Recipe:
    """Halve the longest of batch and spatial sizes until so many values are left, or fewer.

    Then channels, where these alone are too many.
    """
    shape = list(recipe.shape)
    while math.prod(shape) > most:
        axes = [axis for axis in range(len(shape)) if axis != 1]
        longest = max(axes, key=lambda axis: shape[axis])
        if shape[longest] <= 2:
            longest = 1
        if shape[longest] == 1:
            break
        shape[longest] = -(-shape[longest] // 2)
    return replace(recipe, shape=tuple(shape), special=())
