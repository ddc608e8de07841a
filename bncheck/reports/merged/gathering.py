"""Reports are gathered file by file: each thing once, and what contradicts or is missing told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256

from bncheck.model.report import worst
from bncheck.model.shard import Shard
from bncheck.reports.common.reading import File
from bncheck.reports.merged.rows import Row, row
from bncheck.terminal import brief

# of one kind, in a remark
_MOST_NAMED = 5
# what two runs of one thing differ in
_PASSING = frozenset(("started", "seconds", "resumed", "changes"))


@dataclass(frozen=True)
class Merged:
    """All reports as rows, in the order of targets.

    remarks: what people should know, a sentence each; refused: whether one of them is that
    something that belongs to the whole is missing, broken or contradicted
    reports: what the files say of each target, as JSON; shards: which parts of lists they are
    """

    rows: tuple[Row, ...]
    remarks: tuple[str, ...] = ()
    refused: bool = False
    reports: tuple[str, ...] = ()
    shards: tuple[Shard, ...] = ()

    @property
    def exit_code(self) -> int:
        """3 if any, else 1 if any, else 2 if any could not be checked or is missing, else 0."""
        codes = [each.exit_code for each in self.rows]
        return worst([*codes, *([2] if self.refused else [])])

    @property
    def dtypes(self) -> tuple[str, ...]:
        """Those of all rows, narrow ones first where they are of a kind."""
        return tuple(sorted({dtype for each in self.rows for dtype in each.dtypes}, key=_width))


def _width(dtype: str) -> tuple[int, str]:
    digits = "".join(char for char in dtype if char.isdecimal())[:3]
    return int(digits or 0), dtype


class Gathering:
    """Takes files in one by one; of each only what is shown is kept."""

    def __init__(self) -> None:
        """Start with none."""
        self._rows: dict[tuple[str, str], list[Row]] = {}
        self._reports: dict[bytes, str] = {}
        self._parts: dict[Shard, list[str]] = {}
        self._lists: dict[str, frozenset[str]] = {}
        self._remarks: list[str] = []
        self._refused = False

    def refuse(self, why: str) -> None:
        """Note a file that cannot be read: something is missing then."""
        self._remarks.append(why)
        self._refused = True

    def take(self, file: File) -> None:
        """Take the reports of a file. Raises UsageError, and takes none, where one is wrong."""
        name = str(file.path)
        rows = [row(name, entry) for entry in file.entries]
        self._count(file, name)
        self._lists[name] = frozenset(shard.digest for shard in file.shards)
        for each in rows:
            self._add(each, name)
        for entry in file.entries:
            kept = {key: value for key, value in entry.data.items() if key not in _PASSING}
            findings = kept.get("findings")
            if isinstance(findings, list):
                kept["findings"] = [{**found, "seconds": 0} for found in findings]
            content = sha256(json.dumps(kept, sort_keys=True).encode()).digest()
            self._reports.setdefault(content, json.dumps(entry.data))

    def merged(self) -> Merged:
        """Return what was taken."""
        remarks = [*self._remarks, *_gaps(self._parts)]
        rows = [each for rows in self._rows.values() for each in rows]
        return Merged(
            tuple(sorted(rows, key=_order)),
            tuple(dict.fromkeys(remarks)),
            self._refused or len(remarks) > len(self._remarks),
            tuple(sorted(self._reports.values())),
            tuple(sorted(self._parts, key=lambda s: (s.digest, s.of, s.index))),
        )

    def _count(self, file: File, name: str) -> None:
        for shard in file.shards:
            self._parts.setdefault(shard, []).append(name)
        if len(file.shards) != 1:
            return
        (shard,) = file.shards
        there, planned = len(file.entries), len(shard.positions)
        if there != planned:
            self.refuse(
                f"{name} has {there} reports, but shard {shard.name} of {shard.targets} targets "
                f"has {planned}; run that shard again"
            )

    def _add(self, new: Row, name: str) -> None:
        there = self._rows.setdefault((new.target, new.setting), [])
        for place, old in enumerate(there):
            if name not in old.files and old.agrees(new):
                there[place] = old.with_more(new)
                return
        others = [old for old in there if name not in old.files]
        there.append(new)
        if others:
            self._contradiction(others[0], new, name)

    def _contradiction(self, old: Row, new: Row, name: str) -> None:
        before = old.files[0]
        in_list = bool(self._lists[name] & self._lists[before])
        self._refused = self._refused or in_list
        self._remarks.append(
            f"{before} and {name} say different things of {brief(new.target)} in the same setting; "
            "both are in the table" + (", and one of them is wrong" if in_list else "")
        )


def _order(one: Row) -> tuple[object, ...]:
    return (one.target, one.device, one.versions, one.budget, one.seed, one.files, one.setting)


def _gaps(parts: dict[Shard, list[str]]) -> Iterator[str]:
    """Say which parts of lists are missing, a sentence for each list."""
    lists: dict[tuple[str, int], list[Shard]] = {}
    for shard in parts:
        lists.setdefault((shard.digest, shard.targets), []).append(shard)
    for (_, targets), shards in lists.items():
        covered = {place for shard in shards for place in shard.positions}
        if len(covered) == targets:
            continue
        there = f"of the list of {targets} targets that {parts[shards[0]][0]} is of"
        counts = {shard.of for shard in shards}
        if len(counts) > 1:
            yield f"{targets - len(covered)} {there} are in no report; run all shards of one N"
            continue
        (of,) = counts
        have = {shard.index for shard in shards}
        lacking = [replace(shards[0], index=n) for n in range(1, min(of, targets) + 1)]
        names = [shard.name for shard in lacking if shard.index not in have]
        more = len(names) - _MOST_NAMED
        told = ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
        plural, verb = ("s", "are") if len(names) > 1 else ("", "is")
        yield f"shard{plural} {told} {there} {verb} missing: give the JSON report as well"
