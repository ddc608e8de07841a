"""What whoever reads a build is told of: each thing that is wrong once, by a name that lasts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Literal

from bncheck.model import NotChecked
from bncheck.reports.common import blocks, rules
from bncheck.reports.common.examples import example
from bncheck.reports.common.grouping import by_reason
from bncheck.reports.common.location import subject
from bncheck.terminal import beginning

if TYPE_CHECKING:
    from bncheck.model import Finding, Outcome, Report
    from bncheck.reports.common.blocks import Block
    from bncheck.reports.common.rules import Rule

Level = Literal["error", "warning", "expected"]

# characters of a title, and of one sentence beside it
MOST_SAID = 300
# ids of laws in a sentence; the JSON report lists all
_MOST_LAWS = 8
# numbers, and lists of them, in what a target says: they change with the cases and with edits
_NUMBERS = re.compile(r"0x[0-9a-fA-F]+|\d+(?:[.,]\s*\d+)*,?")
_MOST_NAMED = 2000

BROKEN = ("fails", "error")


@dataclass(frozen=True)
class Problem:
    """One thing to tell, on one line; details: further lines, the laws first.

    level: expected is what fails, and was expected to, for the reason that is given
    rule: the deviation or law; findings: those that it is behind
    key: by which it is known again, whatever the seed, the line and the number of laws
    of_run: it is about the run, and not about the target; named: it is a cause that was named
    """

    level: Level
    rule: Rule
    title: str
    details: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    key: str = ""
    of_run: bool = False
    named: bool = False
    reason: str = ""

    @property
    def fingerprint(self) -> str:
        """A name of 32 hexadecimal digits."""
        return sha256(self.key.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def problems(outcome: Outcome) -> tuple[Problem, ...]:
    """Return what there is to tell of a target, errors first.

    There is an error among them exactly where the exit code is not 0.
    """
    return of_all([outcome])[0]


def of_all(outcomes: Iterable[Outcome]) -> list[tuple[Problem, ...]]:
    """Return what there is to tell of each target; no two have the same fingerprint.

    What is known by the same key is numbered: a target may be there twice, with other options.
    """
    seen: Counter[str] = Counter()
    return [tuple(_named(outcome, seen)) for outcome in outcomes]


def _named(outcome: Outcome, seen: Counter[str]) -> Iterator[Problem]:
    name = subject(outcome.target)
    told = [_unchecked(outcome)] if isinstance(outcome, NotChecked) else _told(outcome)
    for one in told:
        key = f"{name}\0{one.key}"
        seen[key] += 1
        number = f"\0{seen[key]}" if seen[key] > 1 else ""
        yield replace(one, title=line(one.title) or one.rule.id, key=key + number)


def line(text: str, most: int = MOST_SAID) -> str:
    """Bring anybody's text onto one harmless line of so many characters."""
    return beginning(text, most)


def counted(findings: Iterable[Finding]) -> str:
    """Say which laws, in which dtypes: ``2 laws in float32: B03 B01``."""
    findings = tuple(findings)
    laws = [line(law, 80) for law in dict.fromkeys(f.law for f in findings)]
    dtypes = [line(name, 80) for name in dict.fromkeys(f.dtype for f in findings)]
    more = len(laws) - _MOST_LAWS
    listed = " ".join(laws[:_MOST_LAWS]) + (f" and {more} more" if more > 0 else "")
    return f"{len(laws)} law{'s' * (len(laws) != 1)} in {', '.join(dtypes[:8])}: {listed}"


def _unchecked(outcome: NotChecked) -> Problem:
    rule = rules.FAULT if outcome.exit_code == 3 else rules.NOT_CHECKED
    return Problem("error", rule, f"not checked: {outcome.error}", key=rule.id, of_run=True)


def _told(report: Report) -> Iterator[Problem]:
    yield from _wrong(report)
    for sentences, rule in (
        (report.missing, rules.MISSING),
        (report.stale, rules.STALE),
        (report.faults, rules.FAULT),
    ):
        for sentence in sentences:
            key = f"{rule.id}\0{_lasting(sentence)}"
            title = f"{rule.says}: {sentence}"
            yield Problem("error", rule, title, key=key, of_run=rule is rules.FAULT)
    if report.interrupted:
        # where something is wrong already, that is no further reason for the exit code
        said = "interrupted before all was checked"
        yield Problem("error", rules.NOT_CHECKED, said, key="interrupted", of_run=True)
    elif report.exit_code == 2:
        skipped = dict.fromkeys(f.reason for f in report.findings if f.reason)
        why = tuple(line(reason) for reason in [*report.untried, *skipped][:3])
        said = "nothing could be checked"
        yield Problem("error", rules.NOT_CHECKED, said, why, key="nothing", of_run=True)
    yield from _warnings(report)
    yield from _expected(report)


def _wrong(report: Report) -> Iterator[Problem]:
    """What is wrong with the target, the causes first."""
    found, causes = blocks.found(report), blocks.shown(report)
    explained: set[int] = set()
    for number, block in enumerate(found):
        broken = [f for f in (*block.findings, *block.maybe) if f.verdict in BROKEN]
        if not broken:
            continue
        if number < len(causes):
            explained.update(id(f) for f in block.findings)
            rule = rules.of_cause(causes[number])
            told = _problem(block, rule, f"cause\0{rule.id}", block.title)
            yield replace(told, named=True)
        elif all(f.verdict == "error" for f in broken):
            if not all(id(f) in explained for f in broken):  # a cause says so already
                key = f"raises\0{_lasting(broken[0].reason)}"
                yield _problem(block, rules.RAISES, key, f"raises: {block.title}")
        else:
            rule = rules.of_law(broken[0])
            yield _problem(block, rule, "no-named-cause", f"{block.title}: {rule.id} {rule.says}")


def _problem(block: Block, rule: Rule, key: str, title: str) -> Problem:
    maybe = f"; maybe {counted(block.maybe)}, as well" if block.maybe else ""
    place = f"; only gradients: {block.place}" if block.place else ""
    known = f"known: {block.known}" if block.known else ""
    details = [counted(block.findings) + maybe + place, *block.notes, block.unless, known]
    told = [line(each) for each in details if each]
    told += [each for each in example(block.example) if each not in title]
    return Problem("error", rule, title, tuple(told), block.findings, key)


def _warnings(report: Report) -> Iterator[Problem]:
    for sentence in report.warnings:
        key = f"{rules.WARNING.id}\0{_lasting(sentence)}"
        yield Problem("warning", rules.WARNING, sentence, key=key)
    laws: dict[str, list[Finding]] = {}
    for finding in report.findings:
        if finding.warning and finding.verdict == "holds":
            laws.setdefault(finding.law, []).append(finding)
    for mine in laws.values():
        rule = rules.of_law(mine[0])
        title = f"{rule.id} holds, but: {mine[0].warning}"
        key = f"warning\0{rule.id}"
        yield Problem("warning", rule, title, (counted(mine),), tuple(mine), key)


def _expected(report: Report) -> Iterator[Problem]:
    """What fails as it was expected to: by cause, and by its reason where it has none."""
    left = [f for f in report.findings if f.verdict == "expected"]
    for cause in report.causes:
        name = str(cause.get("deviation", ""))
        mine = [f for f in left if name in f.causes]
        left = [f for f in left if name not in f.causes]
        if mine:
            rule = rules.of_cause(cause)
            yield _as_expected(mine, rule, f"cause\0{rule.id}", f"{rule.id}: {rule.says}")
    for mine in by_reason(left, "expected"):
        rule = rules.of_law(mine[0])
        yield _as_expected(mine, rule, "no-named-cause", f"{rule.id} {rule.says}")


def _as_expected(findings: Sequence[Finding], rule: Rule, key: str, title: str) -> Problem:
    reasons = "; ".join(dict.fromkeys(line(f.reason) for f in findings if f.reason))
    said, told = f"fails as expected: {title}", (counted(findings),)
    reason = line(reasons) or "expected to fail"
    return Problem("expected", rule, said, told, tuple(findings), key, reason=reason)


def _lasting(sentence: str) -> str:
    """Return what of a sentence is the same for other cases, and after other edits."""
    return _NUMBERS.sub("#", sentence[:_MOST_NAMED])
