"""What fails otherwise than was expected: by another cause, or in other outputs.

An entry that says by which causes its laws fail, and in which outputs, expects no other fault. A
deviation is told of each law that it breaks, and a new one may break those that fail already, too:
so a law that still has its own cause counts against the target only where no other law does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from bncheck.known.applying import FAILS
from bncheck.known.entry import Entry
from bncheck.model import Finding

TOLD = "fails otherwise than expected"

Key = tuple[str, str]  # law, dtype


@dataclass(frozen=True)
class Diagnosed:
    """What a diagnosis saw: outputs that are wrong, and those that a cause explains by itself."""

    wrong: tuple[str, ...] = ()
    outputs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Allowed:
    """What the entries about one finding expect.

    causes, outputs: patterns of both; empty where some entry is content with any
    """

    finding: Finding
    causes: tuple[str, ...]
    outputs: tuple[str, ...]

    def new(self, seen: Diagnosed) -> list[str]:
        """Return the causes of the finding that are not expected, at all or in their outputs."""
        causes = dict.fromkeys(self.finding.causes)
        return [cause for cause in causes if self._is_new(cause, seen)]

    def _is_new(self, cause: str, seen: Diagnosed) -> bool:
        if self.causes and not any(fnmatchcase(cause, pattern) for pattern in self.causes):
            return True
        return bool(self.outputs and self.more(seen.outputs.get(cause, ())))

    def more(self, outputs: Iterable[str]) -> list[str]:
        """Return the outputs that are not expected to be wrong."""
        return [o for o in outputs if not any(fnmatchcase(o, p) for p in self.outputs)]

    def told(self, causes: Sequence[str]) -> str:
        """Say by which causes it fails."""
        expected = " and ".join(self.causes)
        return f"{TOLD}: by {' and '.join(causes)}" + (f", not {expected}" if expected else "")


def diagnosed(causes: Iterable[Mapping[str, object]], wrong: tuple[str, ...]) -> Diagnosed:
    """Read what a report says of its causes."""
    outputs: dict[str, tuple[str, ...]] = {}
    for cause in causes:
        listed = cause.get("outputs", ())
        own = tuple(map(str, listed)) if isinstance(listed, list | tuple) else ()
        name = str(cause.get("deviation", ""))
        outputs[name] = (*outputs.get(name, ()), *own)
    return Diagnosed(wrong, outputs)


def says_how(entries: Iterable[Entry], target: str, finding: Finding) -> bool:
    """Whether the entries about a finding say how it fails, so that it has to be looked at."""
    about = list(_about(entries, target, finding))
    return bool(about) and all(entry.causes or entry.outputs for entry in about)


def surprising(
    entries: Iterable[Entry], target: str, findings: Iterable[Finding], seen: Diagnosed
) -> dict[Key, str]:
    """Say of findings that are expected to fail, and fail otherwise, how; by law and dtype."""
    entries, findings = tuple(entries), tuple(findings)
    allowed = [
        _allowed(entries, target, f)
        for f in findings
        if f.verdict == "expected" and says_how(entries, target, f)
    ]
    found: dict[Key, str] = {}
    for each in allowed:
        new = each.new(seen)
        if new and set(new) == set(each.finding.causes):
            found[_key(each.finding)] = each.told(new)
    failing = [f for f in findings if f.verdict in FAILS or _key(f) in found]
    visible = {cause for f in failing for cause in f.causes}
    for each in allowed:
        hidden = [cause for cause in each.new(seen) if cause not in visible]
        if hidden:
            found.setdefault(_key(each.finding), each.told(hidden))
    return found or ({} if failing else dict(_without_cause(allowed, seen)))


def _without_cause(allowed: Iterable[_Allowed], seen: Diagnosed) -> Iterator[tuple[Key, str]]:
    """Yield what has lost its cause, or was expected in other outputs; nothing else tells it."""
    for each in allowed:
        if each.finding.causes:
            continue
        more = each.more(seen.wrong) if each.outputs else []
        if each.causes:
            why = f"{' and '.join(each.causes)} does not explain it any more"
        elif more:
            why = f"wrong {'is' if len(more) == 1 else 'are'} {' and '.join(more)}, too"
        else:
            continue
        yield _key(each.finding), f"{TOLD}: {why}"


def _key(finding: Finding) -> Key:
    return finding.law, finding.dtype


def _about(entries: Iterable[Entry], target: str, finding: Finding) -> Iterator[Entry]:
    return (e for e in entries if e.applies(target, finding.law, finding.dtype))


def _allowed(entries: Iterable[Entry], target: str, finding: Finding) -> _Allowed:
    about = list(_about(entries, target, finding))
    return _Allowed(finding, _all(e.causes for e in about), _all(e.outputs for e in about))


def _all(parts: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Return what is in any part; nothing where a part is empty, which stands for everything."""
    parts = tuple(parts)
    return tuple(dict.fromkeys(name for part in parts for name in part)) if all(parts) else ()


def failing(finding: Finding, told: str) -> Finding:
    """Return a finding, as it was before it was expected, that fails otherwise."""
    return replace(finding, reason=". ".join(filter(None, (told, finding.reason))))
