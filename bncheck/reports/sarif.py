"""SARIF 2.1.0, for code scanning: one result for each thing that is wrong, once.

A rule is a deviation, or the law that does not hold. All targets are one run, as GitHub takes one
of a tool; each has its invocation, in which what is about the run itself is told (a target that is
not checked, a fault of bncheck). What fails as expected is a suppressed result. Paths are from the
top folder of the checkout.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bncheck.model import NotChecked
from bncheck.reports.common import location
from bncheck.reports.common.marking import code, text
from bncheck.reports.common.problems import Problem, line, of_all
from bncheck.version import __version__

if TYPE_CHECKING:
    from bncheck.model import Outcome, Report
    from bncheck.reports.common.rules import Rule

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
# results that GitHub shows of a file
_MOST_RESULTS = 5000
_MOST_IN_FULL = 1024
_ARGUMENT = re.compile(r"\{(\d+)\}")
_LEVELS = {"error": "error", "warning": "warning", "expected": "error"}


def render(report: Report) -> str:
    """Return the report as JSON in ASCII, ending in a newline."""
    return render_several([report])


def render_several(outcomes: Sequence[Outcome]) -> str:
    """Return the reports on several targets as one run, as JSON in ASCII."""
    told = [(number, each) for number, some in enumerate(of_all(outcomes)) for each in some]
    results = [(number, each) for number, each in told if not each.of_run]
    left = len(results) - _MOST_RESULTS
    rules: dict[str, Rule] = {}
    for _, problem in results[:_MOST_RESULTS]:
        rules.setdefault(problem.rule.id, problem.rule)
    places = {id(each): number for number, each in enumerate(rules.values())}
    invocations = [
        _invocation(outcome, [p for n, p in told if n == number and p.of_run])
        for number, outcome in enumerate(outcomes)
    ]
    if left > 0 and invocations:
        said = f"{left} further results are left out, as {_MOST_RESULTS} are shown of a file"
        invocations[-1]["toolExecutionNotifications"].append(_notification("warning", said))
    run = {
        "tool": {"driver": {**_DRIVER, "rules": [_rule(each) for each in rules.values()]}},
        "invocations": invocations,
        "columnKind": "unicodeCodePoints",
        "results": [
            _result(outcomes[number], number, problem, places[id(rules[problem.rule.id])])
            for number, problem in results[:_MOST_RESULTS]
        ],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, allow_nan=False) + "\n"


_DRIVER = {"name": "bncheck", "version": __version__, "semanticVersion": __version__}


def _rule(rule: Rule) -> dict[str, Any]:
    told = f"\n\n{rule.command} says more." if rule.command else ""
    more = f"\n\n{code(rule.command)} says more." if rule.command else ""
    return {
        "id": rule.id,
        "shortDescription": {"text": _message([rule.says])},
        "fullDescription": {"text": line(_message([rule.in_full]), _MOST_IN_FULL)},
        "help": {"text": f"{rule.in_full}{told}", "markdown": f"{text(rule.in_full)}{more}"},
        "properties": {"tags": ["correctness"], "precision": "very-high"},
    }


def _result(outcome: Outcome, number: int, problem: Problem, place: int) -> dict[str, Any]:
    origin = "" if isinstance(outcome, NotChecked) else outcome.origin
    where = location.needed(origin, outcome.target)
    name = line(outcome.target)
    result = {
        "ruleId": problem.rule.id,
        "ruleIndex": place,
        "level": _LEVELS[problem.level],
        "message": {"text": _message((_sentence(problem.title), *problem.details))},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": where.uri, "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": where.line},
                },
                "logicalLocations": [{"fullyQualifiedName": name}],
            }
        ],
        "partialFingerprints": {"primaryLocationLineHash": problem.fingerprint},
        "provenance": {"invocationIndex": number},
        "properties": {
            "target": name,
            "laws": [line(each, 80) for each in dict.fromkeys(f.law for f in problem.findings)],
            "dtypes": [line(each, 80) for each in dict.fromkeys(f.dtype for f in problem.findings)],
        },
    }
    if problem.level == "expected":
        why = {"kind": "external", "status": "accepted", "justification": problem.reason}
        result["suppressions"] = [why]
    return result


def _message(lines: Sequence[str]) -> str:
    """Join lines, in which nothing is a link or the place of an argument (3.11.5 and 3.11.6)."""
    return _ARGUMENT.sub("{{\\1}}", "\n".join(lines).replace("](", "] ("))


def _sentence(title: str) -> str:
    """End the title: what shows one sentence of a message shows the first."""
    return title if title.endswith((".", "!", "?")) else f"{title}."


def _invocation(outcome: Outcome, told: Sequence[Problem]) -> dict[str, Any]:
    """Say how the run on one target went; it was successful where it came to a verdict."""
    notes = [_notification("error", p.title, p.details, p.rule.id) for p in told]
    invocation = {
        "executionSuccessful": not told,
        "exitCode": outcome.exit_code,
        "toolExecutionNotifications": notes,
        "properties": {"target": line(outcome.target)},
    }
    if isinstance(outcome, NotChecked):
        return invocation
    notes += [_notification("note", f"not checked: {each}") for each in outcome.untried]
    return {**invocation, **_times(outcome)}


def _notification(
    level: str, title: str, details: Sequence[str] = (), name: str = ""
) -> dict[str, Any]:
    told = {"level": level, "message": {"text": _message((line(title), *details))}}
    return {**told, **({"descriptor": {"id": name}} if name else {})}


def _times(report: Report) -> dict[str, str]:
    try:
        began = datetime.fromisoformat(report.started).astimezone(UTC)
        ended = began + timedelta(seconds=report.seconds)
    except (ValueError, OverflowError):
        return {}
    return {"startTimeUtc": _utc(began), "endTimeUtc": _utc(ended)}


def _utc(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
