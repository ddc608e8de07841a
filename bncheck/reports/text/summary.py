"""The parts around the laws: what was tried, why, what was left out, and the verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from bncheck.reports.common.grouping import by_reason, places
from bncheck.terminal import LABELS, Style, beginning

if TYPE_CHECKING:
    from bncheck.model import Finding, Report

# verdict -> how it is counted in the last line, in that order
COUNTED = {"fails": "fail", "error": "error", "holds": "hold", "expected": "expected"}

# characters of a sentence, where all of it is wanted
LONGEST = 10_000

# what bncheck itself needs; of versions, the frameworks are what matters to a reader
OWN = {"python", "numpy", "scipy", "sympy", "hypothesis", "ml_dtypes"}
_MOST_FRAMEWORKS = 3  # in a sentence; a notebook's process may have loaded a dozen


def header(report: Report, style: Style) -> list[str]:
    """Tell which versions ran, on what, and how."""
    versions, tried = _setting(report)
    return [
        *style.wrap(versions),
        *style.wrap(report.target, LABELS, "target"),
        *style.wrap(tried, LABELS, "tried"),
    ]


def setting(report: Report) -> str:
    """Say which versions ran and how, in a sentence."""
    return "; ".join(part for part in _setting(report, _MOST_FRAMEWORKS) if part)


def _setting(report: Report, most: int | None = None) -> tuple[str, str]:
    told = dict(report.environment)
    versions = [
        f"{name} {told.pop(name)}" for name in ("bncheck", "python", "numpy") if name in told
    ]
    packages = told.pop("versions", None) or {}
    if told.get("device") == "cpu":
        del told["device"]
    frameworks = [f"{name} {number}" for name, number in packages.items() if name not in OWN]
    if most is not None and len(frameworks) > most + 1:
        frameworks = [*frameworks[:most], f"{len(frameworks) - most} more packages"]
    versions += frameworks
    dtypes = list(dict.fromkeys(told.pop("dtypes", None) or [f.dtype for f in report.findings]))
    rest = [f"{name} {_plain(value)}" for name, value in told.items() if value is not None]
    return ", ".join(versions) or "bncheck", "; ".join([_plain(dtypes), *rest])


def causes(report: Report, style: Style) -> list[str]:
    """Tell which deviation explains which laws, a line each."""
    items = []
    for cause in report.causes:
        laws = ", ".join(map(str, cause.get("explains", ())))
        # a cause of some outputs only says of which; one that explains all needs not
        outputs = ", ".join(map(str, cause.get("outputs", ())))
        said = f"of {outputs}; explains {laws}" if outputs else f"explains {laws}"
        unless = f"; {cause['unless']}" if cause.get("unless") else ""
        items.append(f"{cause.get('deviation', '')} ({said}): {cause.get('text', '')}{unless}")
    return _section("Causes", style.listed(items), style)


def expected(findings: Iterable[Finding], style: Style) -> list[str]:
    """Tell what fails and was expected to, with the reason that was given."""
    items = [
        f"{f.law} ({f.dtype}): {f.reason}" + (f" (known: {f.known})" if f.known else "")
        for f in findings
        if f.verdict == "expected"
    ]
    return _section("Expected to fail", style.listed(items), style)


def warnings(report: Report, style: Style) -> list[str]:
    """Tell of the target what no law judges, and what holds, but not as well as it should."""
    items = [f"{f.law} ({f.dtype}): {f.warning}" for f in report.findings if f.warning]
    return _section("Warnings", style.listed([*report.warnings, *items]), style)


def skipped(findings: Iterable[Finding], style: Style) -> list[str]:
    """Tell what was not checked, by reason; nothing is left out silently."""
    findings = tuple(findings)
    items = [
        f"{group[0].reason or 'no reason given'}, {len(group)}: {places(group)}"
        for group in by_reason(findings, "skipped")
    ]
    unjudged = sum(f.no_promise for f in findings)
    if unjudged:
        items.append(f"{unjudged} numbers whose bound is infinite: they were not judged")
    return _section("Skipped", style.listed(items), style)


def power(findings: Iterable[Finding], style: Style) -> list[str]:
    """Tell how small an error would have been seen, and which examples could hardly have failed."""
    tried = [f for f in findings if f.examples and f.typically_sees is not None]
    blind = sum(f.blind for f in tried)
    if not blind:
        return []
    lines = [
        '"sees" is the smallest error, relative to the largest entry, that some example would '
        "have seen",
        f"{blind} of {sum(f.examples for f in tried)} examples would not have seen an error as "
        "large as the signal: a constant cotangent, equal inputs, or a bound above what is "
        "compared",
    ]
    always = [f for f in tried if f.blind == f.examples]
    if always:
        lines.append(f"in these laws, no example would have seen less: {places(always)}")
    return _section("Detection power", style.listed(lines), style)


def convention(report: Report, style: Style) -> list[str]:
    """Tell which conventions were promised, and which were seen."""
    if not report.promised and not report.observed:
        return []
    lines = style.labelled("promised", _pairs(report.promised))
    return _section(
        "Convention", lines + style.labelled("observed", _pairs(report.observed)), style
    )


def notes(report: Report, style: Style) -> list[str]:
    """Tell what else people should know, stale expectations included."""
    stale = [f"stale expectation: {entry}" for entry in report.stale]
    faults = [f"a fault of bncheck itself; please report it: {entry}" for entry in report.faults]
    return _section("Notes", style.listed([*report.notes, *stale, *faults]), style)


def last_lines(report: Report, style: Style) -> list[str]:
    """Count the verdicts, and tell the exit code and why, and what was not checked."""
    counts: Counter[str] = Counter(f.verdict for f in report.findings)
    told = [f"{counts[verdict]} {name}" for verdict, name in COUNTED.items() if counts[verdict]]
    told.append(f"{counts['skipped']} skipped of {len(report.findings)} planned")
    examples = sum(f.examples for f in report.findings)
    return [*style.wrap(f"{', '.join(told)}; {examples} examples"), *verdict(report, style)]


def verdict(
    report: Report, style: Style, most: int | None = None, said: int = LONGEST
) -> list[str]:
    """Tell the exit code, why, and what was not checked: in the last line, if that has room.

    most: how many reasons for what was not checked are told beside it, None for all; said: how
    many characters of each
    """
    untried = [_not_checked(entry) for entry in report.untried]
    begin = f"exit {report.exit_code}: {conclusion(report)}"
    last = style.wrap("; ".join([begin, *untried]))
    reasons: list[str] = []
    if len(last) > 1 and untried:
        shown = report.untried if most is None else report.untried[:most]
        told = [beginning(f"not checked: {entry}", said) for entry in shown]
        more = len(report.untried) - len(shown)
        count = f"{more} more, " if shown else ""
        told += [f"not checked: {count}-v says why"] if more else []
        reasons = style.listed(told)
        names = ", ".join(beginning(entry.partition(": ")[0], 40) for entry in report.untried)
        last = style.wrap(f"{begin}; {names} NOT checked")
    looks = ("green" if report.ok else "red", "bold")
    return [*reasons, *(style.paint(line, *looks) for line in last)]


def conclusion(report: Report) -> str:
    """Say why the exit code is what it is."""
    verdicts = {f.verdict for f in report.findings}
    reasons = {
        "something is wrong with the target": bool(verdicts & {"fails", "error"}),
        **dict.fromkeys(report.missing, True),
        "an expectation is stale": bool(report.stale),
        "interrupted before all was checked": report.interrupted,
        "a fault of bncheck itself": bool(report.faults),
        "nothing could be checked": report.exit_code == 2 and not report.interrupted,
    }
    said = [reason for reason, true in reasons.items() if true]
    return ", ".join(said) or _holds(report)


def _not_checked(entry: str) -> str:
    """Turn "rank 4: it raised ..." into "rank 4 NOT checked: it raised ..."."""
    what, colon, why = entry.partition(": ")
    return f"{what} NOT checked{colon}{why}"


def _holds(report: Report) -> str:
    """Say that all is well only where nothing was left out, and nothing fails."""
    expected = len({f.law for f in report.findings if f.verdict == "expected"})
    if expected:
        return f"nothing but the expected fails ({expected} law{'s' * (expected > 1)})"
    if not report.untried:
        return "everything checked holds"
    laws = len({f.law for f in report.findings if f.verdict == "holds"})
    return f"{laws} law{'' if laws == 1 else 's'} hold{'s' if laws == 1 else ''}"


def _section(title: str, lines: list[str], style: Style) -> list[str]:
    return [style.paint(title, "bold"), *lines] if lines else []


def _pairs(told: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} = {_plain(value)}" for key, value in told.items()) or "nothing"


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
