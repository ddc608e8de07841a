"""Letters that a theorem leaves free for local names."""

from __future__ import annotations

from collections.abc import Iterable

from bncheck.symbolic.expression import Derivative, Element, Expr, Index, Sum, Symbol
from bncheck.symbolic.printers.notation import Spelling
from bncheck.symbolic.trees import walk

ALWAYS = frozenset("ijkcefmdxyLD")
"""Indices, sizes, and what the field calls so."""
VECTORS = "zvrqpuahbgtwABCEFGHPQR"
SCALARS = "qrtphabABCEFGHKMNPQRSTUVWXYZ"


class Letters:
    """Gives out each letter once."""

    def __init__(self, exprs: Iterable[Expr]) -> None:
        """Start with those that the expressions have no use for."""
        self._taken = set(ALWAYS)
        self._spelled: set[Spelling] = set()
        for node in (node for expr in exprs for node in walk(expr)):
            match node:
                case Symbol(name) | Element(name):
                    self._taken.add(name.split("_")[0])
                case Sum(index):
                    self._taken.update((_plain(index), index.size))
                case Derivative(_, target, formal):
                    self._taken.update((target, *map(_plain, formal)))

    def vector(self) -> str:
        """Return a letter for values with an index."""
        return self._next(VECTORS)

    def scalar(self) -> str:
        """Return a letter for a number."""
        return self._next(SCALARS)

    def asked(self, letter: str) -> bool:
        """Whether this letter was free; it is taken then."""
        if letter in self._taken:
            return False
        self._taken.add(letter)
        return True

    def decorated(self, spelling: Spelling) -> Spelling | None:
        """Return a letter with signs around it, or None where that is something else already."""
        if spelling in self._spelled:
            return None
        self._spelled.add(spelling)
        return spelling

    def _next(self, pool: str) -> str:
        letter = next((each for each in pool if each not in self._taken), "")
        if not letter:  # never seen: a theorem with more names than letters
            letter = next(
                f"{a}_{{{n}}}" for n in range(1, 99) for a in pool if self.asked(f"{a}{n}")
            )
        self._taken.add(letter)
        return letter


def _plain(index: Index) -> str:
    return index.name.split("~")[0]
