"""Entries of a list by their ids, by patterns of them, or by words that occur in what they say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from bncheck.errors import UsageError
from bncheck.terminal import Style, nearest


@dataclass(frozen=True)
class Found:
    """Ids, in the order of the list.

    searched: words that all of them have in what they say; among: patterns that all match
    """

    ids: tuple[str, ...]
    searched: tuple[str, ...] = ()
    among: tuple[str, ...] = ()

    def told(self, kind: str, known: int) -> str:
        """Say how many they are, of how many."""
        named = " and ".join(repr(word) for word in self.searched)
        where = f"among {', '.join(self.among)}" if self.among else f"of {known} {kind}"
        return f"{len(self.ids)} {where} with {named}"


def find(
    words: Sequence[str], texts: Mapping[str, Sequence[str]], kind: str, listed: str = ""
) -> Found:
    """Find what words mean: an id or a pattern that matches, or else something to search for.

    Where ids are given too, only these are searched. Case does not matter to a search.

    texts: of each id what is searched; kind: what one entry is called
    listed: what lists all, where that is too much for a sentence

    Raises UsageError, with the nearest id, where nothing is found.
    """
    patterns = tuple(word for word in words if _matching(word, texts))
    searched = tuple(dict.fromkeys(word for word in words if word not in patterns))
    ids = [name for name in texts if not patterns or _any(name, patterns)]
    hidden = {name: _folded([name, *texts[name]]) for name in ids}
    for word in searched:
        if not word.strip() or not any(word.casefold() in text for text in hidden.values()):
            among = f" among {', '.join(patterns)}" if patterns else ""
            near = nearest(word, texts, listed)
            raise UsageError(f"no {kind} matches {word!r}{among}; {near}")
    found = [name for name in ids if all(word.casefold() in hidden[name] for word in searched)]
    if not found:
        together = " and ".join(repr(word) for word in searched)
        raise UsageError(f"no {kind} has {together} together; fewer words find more")
    return Found(tuple(found), searched, patterns)


def _matching(word: str, names: Iterable[str]) -> bool:
    return any(fnmatchcase(name, word) for name in names)


def _any(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _folded(texts: Iterable[str]) -> str:
    """What is searched: as it is written, and as it is shown where only ASCII can be."""
    text = "\n".join(texts)
    return f"{text}\n{Style(unicode=False).text(text)}".casefold()
