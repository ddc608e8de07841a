"""One part of a list of targets that several machines share, each target in exactly one part."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, TypeVar

Entry = TypeVar("Entry")


@dataclass(frozen=True)
class Shard:
    """Which part of which list: `index` of `of`, from 1 on.

    targets: how many the whole list has; digest: of the whole list, with how each is checked
    """

    index: int
    of: int
    targets: int
    digest: str

    @property
    def positions(self) -> range:
        """Where in the sorted list the targets of this part stand, from 0 on."""
        return range(self.index - 1, self.targets, self.of)

    @property
    def name(self) -> str:
        """As ``--shard`` takes it."""
        return f"{self.index}/{self.of}"

    def plain(self) -> dict[str, Any]:
        """Return what the JSON report says."""
        return {
            "index": self.index,
            "of": self.of,
            "targets": self.targets,
            "digest": self.digest,
        }


def dealt(
    entries: Sequence[Entry], names: Sequence[Sequence[str]], index: int, of: int
) -> tuple[Shard, tuple[Entry, ...]]:
    """Deal a list out in turn, sorted by its names, and return one part of it.

    names: for each entry its name, and what else tells it from others; the order in which entries
    are given does not matter, so every machine deals alike
    """
    order = sorted(range(len(entries)), key=lambda n: tuple(names[n]))
    listed = json.dumps([list(names[n]) for n in order])
    shard = Shard(index, of, len(entries), sha256(listed.encode()).hexdigest())
    return shard, tuple(entries[order[n]] for n in shard.positions)
