"""What a forward pass returned: where in it y is, what backward is given, and the statistics."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from bncheck.errors import TargetRaised
from bncheck.model.formats import Array
from bncheck.targets.common import array_kinds
from bncheck.targets.common.answers import describe
from bncheck.targets.common.roles import plain

Path = tuple[Any, ...]
_DEEPEST = 2
_NAMED = ("y", "out", "output", "yhat", "normalized")


@dataclass(frozen=True)
class Outputs:
    """Where things are in what a forward pass returns; an empty path is the whole.

    mean, var: of the running statistics; None where they are not returned
    """

    y: Path = ()
    mean: Path | None = None
    var: Path | None = None

    def output(self, got: Any) -> Any:
        """Return y out of what was returned."""
        return at(got, self.y) if self.y and isinstance(got, tuple | list | dict) else got

    def cache(self, got: Any) -> Any:
        """Return what backward is given: all that is neither y nor a running statistic."""
        if not isinstance(got, tuple | list) or not self.y:
            return got if isinstance(got, dict) else None
        used = {path[0] for path in (self.y, self.mean, self.var) if path}
        rest = [part for number, part in enumerate(got) if number not in used]
        return rest[0] if len(rest) == 1 else tuple(rest)


def at(got: Any, path: Path) -> Any:
    """Return what is at a path; raises TargetRaised where what was returned has no such place."""
    found = got
    for step in path:
        try:
            found = found[step]
        except (KeyError, IndexError, TypeError):
            message = f"forward returned {describe(got)}, but returned more before"
            raise TargetRaised("type", message) from None
    return found


def entries(got: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield the parts of what was returned that are no containers, the least deep first."""
    steps: list[tuple[Any, Any]] = []
    if isinstance(got, dict):
        steps = list(got.items())
    elif isinstance(got, tuple | list) and not all(isinstance(v, int | float) for v in got):
        steps = list(enumerate(got))
    else:
        yield path, got
    plainly = [(k, v) for k, v in steps if not isinstance(v, dict | tuple | list)]
    yield from (((*path, key), value) for key, value in plainly)
    for key, value in steps:
        if isinstance(value, dict | tuple | list) and len(path) < _DEEPEST:
            yield from entries(value, (*path, key))


def where_y(got: Any, shape: tuple[int, ...]) -> Path | None:
    """Find y: the first array of x's shape, one that is called so before others as deep."""
    fitting = [
        path
        for path, v in entries(got)
        if array_kinds.is_array(v) and array_kinds.shape_of(v) == tuple(shape)
    ]
    # a cache may hold y as well, but y itself is not deeper than that
    least = [path for path in fitting if len(path) == min(map(len, fitting))]
    named = [path for path in least if path and str(plain(str(path[-1]))) in _NAMED]
    return next(iter(named or least), None)


def moved(first: Any, second: Any, size: int) -> Path | None:
    """Find the first entry with one value per channel that differs between two answers."""
    others = dict(entries(second))
    for path, value in entries(first):
        one, other = _vector(value), _vector(others.get(path))
        if one is None or other is None or not one.size == other.size == size:
            continue
        if not np.array_equal(one, other):
            return path
    return None


def _vector(value: Any) -> Array | None:
    read: Callable[[Any], Any] = array_kinds.values
    found = read(value)
    return found if isinstance(found, np.ndarray) and found.dtype != object else None
