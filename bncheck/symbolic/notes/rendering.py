"""What was found on a page, as text, as annotations of a build, and as SARIF."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from bncheck.symbolic.claims.verdict import Verdict
from bncheck.symbolic.notes.judging import Said
from bncheck.symbolic.proving import report
from bncheck.terminal import beginning, clean
from bncheck.version import __version__

SHOWN = frozenset({"false", "undecided"})
"""Verdicts that are told by default."""
LEVELS: Mapping[str, str] = {"false": "error", "undecided": "note", "true-if": "note"}
RULES = {
    "false": "a formula that is not true",
    "undecided": "a formula that could not be read or decided",
    "true-if": "a formula that holds under a condition",
}
_MOST = 100


def text(said: Sequence[Said], name: str, *, everything: bool = False) -> Iterator[str]:
    """Yield lines: what is wrong and where, and a summary."""
    for one in said:
        if one.verdict is None or not (everything or one.verdict.verdict in SHOWN):
            continue
        yield f"{place(one, name)}: {one.verdict.verdict}: {_formula(one)}"
        yield from (f"    {clean(line)}" for line in reasons(one.verdict))
    yield summary(said)


def place(one: Said, name: str) -> str:
    """Say where something stands: file, cell of a notebook, line, column."""
    cell = "" if one.formula.cell is None else f"cell {one.formula.cell}:"
    return f"{clean(name)}:{cell}{one.line}:{one.column}"


def reasons(verdict: Verdict) -> Iterator[str]:
    """Yield why a verdict is what it is, and what would be right."""
    if verdict.conditions:
        yield f"if {', '.join(verdict.conditions)}"
    if verdict.repair:
        yield f"what is wrong: {verdict.repair.says}"
        yield f"corrected: {verdict.repair.corrected}"
    if verdict.counterexample and verdict.verdict == "false":
        yield f"at {verdict.counterexample}"
    if verdict.reason:
        yield verdict.reason


def summary(said: Iterable[Said]) -> str:
    """Count what a page says, in a line."""
    said = list(said)
    verdicts = Counter(one.verdict.verdict for one in said if one.verdict)
    kinds = Counter(one.kind for one in said)
    judged = ", ".join(f"{count} {name}" for name, count in sorted(verdicts.items())) or "none"
    told = [f"formulas judged: {judged}"]
    for kind in ("definition", "assumption", "setting"):
        told += [f"{kinds[kind]} {kind}{'s' * (kinds[kind] > 1)}"] if kinds[kind] else []
    if kinds["other"]:
        told.append(f"{kinds['other']} not about normalization, left alone")
    if kinds["symbol"]:
        told.append(f"{kinds['symbol']} without a relation")
    return "; ".join(told)


def exit_code(said: Iterable[Said]) -> int:
    """Return 1 if a formula is false, 2 if none was decided, else 0."""
    verdicts = [one.verdict for one in said if one.verdict]
    if any(verdict.verdict == "false" for verdict in verdicts):
        return 1
    return 0 if any(verdict.decided for verdict in verdicts) else 2


def remarks(said: Iterable[Said], name: str) -> Iterator[str]:
    """Yield a line for each finding, as GitHub shows them beside the file."""
    for one in _told(said):
        level = LEVELS[one.verdict.verdict].replace("note", "notice") if one.verdict else ""
        message = "\n".join(_message(one)).replace("%", "%25").replace("\r", "%0D")
        where = f"file={_property(name)},line={one.line},col={one.column}"
        yield f"::{level} {where}::" + message.replace("\n", "%0A")


def sarif(said: Iterable[Said], name: str) -> dict[str, Any]:
    """Return the findings as SARIF 2.1.0, one result for each."""
    told = list(_told(said))
    driver = {
        "name": "bncheck",
        "version": __version__,
        "rules": [
            {"id": f"claim-{rule}", "shortDescription": {"text": says}}
            for rule, says in RULES.items()
        ],
    }
    results = [
        {
            "ruleId": f"claim-{one.verdict.verdict}",
            "level": LEVELS[one.verdict.verdict],
            "message": {"text": "\n".join(_message(one))},
            "locations": [_location(one, name)],
        }
        for one in told
        if one.verdict
    ]
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }


def as_data(said: Iterable[Said], target: str) -> dict[str, Any]:
    """Return what was found in the shape of a report, as plain data."""
    said = list(said)
    findings = [_finding(n, one, one.verdict) for n, one in enumerate(said, 1) if one.verdict]
    counted = Counter(one.kind for one in said)
    return {**report(target, findings, exit_code(said)), "page": dict(sorted(counted.items()))}


def _finding(number: int, one: Said, verdict: Verdict) -> dict[str, Any]:
    found = verdict.counterexample
    return {
        "law": f"formula-{number}",
        "title": beginning(one.formula.text, _MOST),
        "verdict": verdict.verdict,
        "latex": one.shown or one.formula.text,
        "cell": one.formula.cell,
        "line": one.line,
        "column": one.column,
        "conditions": list(verdict.conditions),
        "counterexample": None
        if found is None
        else {"m": found.m, "values": found.values, "left": found.left, "right": found.right},
        "corrected": verdict.repair.corrected if verdict.repair else None,
        "causes": [verdict.repair.says] if verdict.repair else [],
        "reason": verdict.reason,
    }


def _told(said: Iterable[Said]) -> Iterator[Said]:
    return (one for one in said if one.verdict and one.verdict.verdict in LEVELS)


def _message(one: Said) -> list[str]:
    cell = "" if one.formula.cell is None else f"cell {one.formula.cell}: "
    verdict = one.verdict.verdict if one.verdict else one.kind
    told = reasons(one.verdict) if one.verdict else iter(())
    return [f"{cell}{verdict}: {_formula(one)}", *map(clean, told)]


def _formula(one: Said) -> str:
    return clean(beginning(one.shown or " ".join(one.formula.text.split()), _MOST))


def _property(text: str) -> str:
    escaped = clean(text).replace("%", "%25").replace(",", "%2C").replace(":", "%3A")
    return escaped.replace("\n", "%0A")


def _location(one: Said, name: str) -> dict[str, Any]:
    region = {"startLine": one.line, "startColumn": one.column}
    place = {"artifactLocation": {"uri": name.replace("\\", "/")}, "region": region}
    return {"physicalLocation": place}
