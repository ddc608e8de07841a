"""How many groups the functions of a group normalization have, and who says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bncheck.errors import TargetError
from bncheck.model import NORMS, Convention, Norm, NormName
from bncheck.targets.common import counted
from bncheck.targets.common.looking import peek
from bncheck.targets.common.looks_like import EACH
from bncheck.targets.plain.course import Group
from bncheck.targets.plain.sheet import Sheet

# numbers of groups that are tried in turn, where nobody says one; then what is built in
GROUPS = (3, 1, 2, 4, 8, 16, 32)


@dataclass(frozen=True)
class Counts:
    """What is known of functions before they are called; of other norms there is no number."""

    name: str
    home: Mapping[str, Any]
    norm: NormName
    own: Convention
    found: Mapping[str, Group]

    def fixed(self, sheet: Sheet) -> bool:
        """Whether there is always the same number of groups."""
        free = self._asked(sheet) and not self.own.groups and not self.own.channels
        return self.norm == "group" and not free

    def _asked(self, sheet: Sheet) -> bool:
        forward = sheet.group.forward
        return forward is not None and forward.takes("groups")

    def guessed(self, sheet: Sheet) -> bool:
        """Whether nobody says how many groups there are."""
        said = self.own.groups or self.own.channels
        return self.norm == "group" and not said and not self._asked(sheet)

    def unseen(self, norm: Norm, right: bool) -> tuple[str, ...]:
        """Tell that it is judged with a number of groups of which its answers show nothing."""
        if self.norm != "group" or self.own.groups or right or not norm.groups:
            return ()
        return (
            f"other numbers of groups than {norm.groups}: none was seen in its answers; "
            'say it: CONVENTION = {"groups": 8}',
        )

    def norms(self) -> Iterator[tuple[Norm, int]]:
        """Yield what may be meant: each number of groups, and then of channels of a group."""
        shifted = any(
            g.forward is not None and g.forward.takes("beta") for g in self.found.values()
        )
        norm = replace(NORMS[self.norm], shifted=shifted)
        if self.norm != "group":
            yield norm, EACH
            return
        if self.own.groups:
            yield replace(norm, groups=self.own.groups), EACH
            return
        yield from ((replace(norm, groups=count), EACH) for count in self._counts())
        if not self.own.channels:  # the first number of groups stands for all
            sizes = counted.written(*self._functions())
            yield from ((replace(norm, groups=GROUPS[0]), n) for n in sizes if n != EACH)

    def _functions(self) -> list[Any]:
        """List the functions that are the file's own."""
        own = self.home.get("__name__")
        return [f for f in self.home.values() if peek(f, "__module__") == own]

    def _counts(self) -> Iterator[int]:
        """Yield the numbers of groups that may be meant: the usual ones, then those of the code."""
        functions = self._functions()
        forwards = [g.forward for g in self.found.values() if g.forward is not None]
        told = all(forward.takes("groups") for forward in forwards)
        constants = () if told else counted.named(*functions)
        usual = constants or (*GROUPS, *(() if told else counted.written(*functions)))
        channels = self.own.channels or 0
        for said in (n for n in constants if channels % n):
            raise TargetError(f"{self.name}: {counted.undivided(said, channels)}")
        yield from (n for n in dict.fromkeys(usual) if channels % n == 0)
