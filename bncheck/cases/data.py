"""Batches of a user's ``.npz`` file: which arrays there may be, and what is taken for the others.

The keys are those of a `bncheck.model.Case`: ``x``, and beside it ``gamma``, ``beta``, ``dy``,
``running_mean``, ``running_var``, ``eps`` and ``momentum``. Several batches are ``x0``, ``x1`` ...
with ``gamma0`` and so on; what stands without a number beside them is for all of them.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from bncheck import files
from bncheck.cases import archive
from bncheck.cases.checked import cotangent, numbers, per_channel, scalar
from bncheck.cases.source import Source
from bncheck.errors import UsageError
from bncheck.model import Case
from bncheck.model.formats import Array
from bncheck.terminal import brief, nearest

MOST_BATCHES = 1000
_PER_CHANNEL = {"gamma": 1.0, "beta": 0.0, "running_mean": 0.0, "running_var": 1.0}
NAMES = ("x", "dy", *_PER_CHANNEL, "eps", "momentum")
# what a batch without these is given, as far as the target takes any
EPS, MOMENTUM = 1e-5, 0.1
_KEY = re.compile(rf"({'|'.join(NAMES)})([0-9]{{0,9}})")


@dataclass(frozen=True, eq=False)
class Batch:
    """One batch of a file; arrays as they are in the file, or filled.

    number: what follows ``x`` in its key; filled: names of what the file does not have
    eps, momentum: None where they are filled; cumulative: the momentum is None, and not filled
    """

    number: str
    x: Array
    dy: Array
    gamma: Array
    beta: Array
    running_mean: Array
    running_var: Array
    eps: float | None
    momentum: float | None
    cumulative: bool
    filled: tuple[str, ...]

    @property
    def key(self) -> str:
        """The key of its x."""
        return f"x{self.number}"

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of x."""
        return self.x.shape

    @property
    def is_plain(self) -> bool:
        """Whether gamma is 1 and beta is 0."""
        return bool((self.gamma == 1).all() and (self.beta == 0).all())


@dataclass(frozen=True)
class Data:
    """A file of batches. file: its absolute path; digest: SHA-256 of its bytes."""

    file: str
    digest: str
    batches: tuple[Batch, ...]

    def source(self, batch: Batch) -> Source:
        """Return what a recipe says of a batch."""
        return Source(self.file, self.digest, batch.number)


def read(path: Path) -> Data:
    """Read the batches of a file.

    Raises UsageError naming the key, its shape or dtype, and what was expected.
    """
    digest, arrays = archive.read(path)
    return Data(str(path.absolute()), digest, tuple(_batches(str(path), arrays)))


def write(path: Path, cases: Sequence[Case]) -> None:
    """Write cases as a file that `read` reads; memory layouts are not kept.

    Raises UsageError for cases that `read` would refuse, and OSError where it cannot be written.
    """
    arrays = dict(_named(cases))
    for _ in _batches("cases", arrays):
        pass
    if sum(array.nbytes for array in arrays.values()) > archive.MOST_BYTES - _HEADERS:
        raise UsageError(f"cases are too large: at most {archive.MOST_BYTES:,} bytes are tried")
    packed = io.BytesIO()
    np.savez(packed, **arrays)  # type: ignore[arg-type] # its other options have names of their own
    files.write(path, packed.getvalue())


_HEADERS = 1 << 20  # room for what a file has beside the numbers


def batch_of(source: Source, shape: tuple[int, ...]) -> tuple[Batch, tuple[slice, ...]]:
    """Return the batch that a recipe speaks of, and which part of its x, of that shape.

    Raises UsageError where the file is another one by now, or has no such part.
    """
    data = _kept(source.file, source.digest)
    batch = next((batch for batch in data.batches if batch.number == source.batch), None)
    if batch is None:
        raise UsageError(f"{source.file} has no batch x{source.batch}")
    start = source.start or (0,) * len(shape)
    whole = batch.shape
    if len(whole) != len(shape) or any(
        a + n > most for a, n, most in zip(start, shape, whole, strict=True)
    ):
        raise UsageError(
            f"{source.file}: {batch.key} has shape {whole}, and no part of shape {shape} "
            f"that begins at {start}"
        )
    return batch, tuple(slice(a, a + n) for a, n in zip(start, shape, strict=True))


@lru_cache(maxsize=2)
def _kept(file: str, digest: str) -> Data:
    """Read a file once for all of its cases. Raises UsageError for another file than is meant."""
    data = read(Path(file))
    if data.digest != digest:
        raise UsageError(
            f"{file} is not the file that this case is from: what it holds has changed since; "
            "run bncheck verify --data again"
        )
    return data


def _named(cases: Sequence[Case]) -> Iterator[tuple[str, Array]]:
    for number, case in enumerate(cases):
        if not isinstance(case, Case):
            raise UsageError(f"cases[{number}]={brief(case)}, but should be a bncheck.Case")
        suffix = "" if len(cases) == 1 else str(number)
        for name in NAMES:
            value = getattr(case, name)
            # there is no None in a file of numbers
            yield f"{name}{suffix}", np.asarray(np.nan if value is None else value)


def _batches(where: str, arrays: Mapping[str, Array]) -> Iterator[Batch]:
    """Yield the batches, checked; where: what errors begin with."""
    given: dict[str, dict[str, Array]] = {}
    for key, array in arrays.items():
        match = _KEY.fullmatch(key)
        if match is None:
            hint = nearest(key, NAMES)
            raise UsageError(
                f"{where} has the key {brief(key)}, but may have x, dy, gamma, beta, running_mean, "
                f"running_var, eps and momentum, each with a number for several batches; {hint}"
            )
        given.setdefault(match[2], {})[match[1]] = array
    numbers = sorted((n for n in given if "x" in given[n]), key=lambda n: (int(n or -1), n))
    for number in given:
        if number not in numbers and (number or not numbers):
            raise UsageError(
                f"{where} has no key 'x{number}', beside {brief(_keys(given, number))}"
            )
    if not numbers:
        raise UsageError(f"{where} is empty, but should have a key 'x', or 'x0', 'x1' ...")
    if len(numbers) > MOST_BATCHES:
        raise UsageError(f"{where} has {len(numbers)} batches, but at most {MOST_BATCHES} are read")
    if "" in numbers and len(numbers) > 1:
        raise UsageError(f"{where} has both 'x' and 'x{numbers[1]}'; call all batches x0, x1 ...")
    for number in numbers:
        shared = given.get("", {})
        keys = {name: f"{name}{number if name in given[number] else ''}" for name in NAMES}
        yield _batch(where, number, keys, {**shared, **given[number]})


def _keys(given: Mapping[str, Mapping[str, Array]], number: str) -> str:
    return ", ".join(f"{name}{number}" for name in given[number])


def _batch(where: str, number: str, keys: Mapping[str, str], arrays: Mapping[str, Array]) -> Batch:
    x = numbers(f"{where}: {keys['x']}", arrays["x"])
    channels = {
        name: per_channel(f"{where}: {keys[name]}", name, arrays.get(name), x, fill)
        for name, fill in _PER_CHANNEL.items()
    }
    eps = scalar(f"{where}: {keys['eps']}", "eps", arrays.get("eps"))
    momentum = scalar(f"{where}: {keys['momentum']}", "momentum", arrays.get("momentum"))
    cumulative = momentum is not None and np.isnan(momentum)
    return Batch(
        number,
        x=x,
        dy=cotangent(f"{where}: {keys['dy']}", arrays.get("dy"), x),
        **channels,
        eps=eps,
        momentum=None if cumulative else momentum,
        cumulative=bool(cumulative),
        filled=tuple(name for name in NAMES if name not in arrays),
    )
