"""JUnit's XML: a test for each law and dtype, as the pytest plugin has them, with its cause.

A message is one line of ASCII that begins with the cause, so that what shows and groups messages
groups by cause. What is expected to fail is skipped. What is no law (a stale expectation, a target
that is not checked) is an error of a test of its own: a suite passes exactly where the exit code
is 0. The structure is that of Jenkins' junit-10.xsd, which has no properties of a test.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from bncheck.model import NotChecked
from bncheck.reports.common import location
from bncheck.reports.common.examples import example
from bncheck.reports.common.problems import BROKEN, line, problems
from bncheck.reports.common.rules import of_law
from bncheck.terminal import Style

if TYPE_CHECKING:
    from bncheck.model import Finding, Outcome, Report
    from bncheck.reports.common.problems import Problem
    from bncheck.reports.common.rules import Rule

# of the environment: what a suite says of its run
_TOLD = ("bncheck", "python", "numpy", "budget", "seed", "device")
_ASCII = Style(unicode=False)


def render(report: Report) -> str:
    """Return the report as one test suite, ending in a newline."""
    return render_several([report])


def render_several(outcomes: Sequence[Outcome]) -> str:
    """Return the reports on several targets as a test suite each, ending in a newline."""
    suites = Element("testsuites", name="bncheck")
    for outcome in outcomes:
        suites.append(_suite(outcome))
    for what in ("tests", "failures", "errors"):
        suites.set(what, str(sum(int(suite.get(what, 0)) for suite in suites)))
    suites.set("time", _time(sum(float(suite.get("time", 0)) for suite in suites)))
    indent(suites)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(suites, encoding="unicode")}\n'


def _suite(outcome: Outcome) -> Element:
    name = line(outcome.target) or "target"
    suite = Element("testsuite", name=name)
    told = problems(outcome)
    if not isinstance(outcome, NotChecked):
        _run(suite, outcome)
        causes = {id(f): p for p in reversed(told) if p.level == "error" for f in p.findings}
        for finding in outcome.findings:
            _test(suite, name, finding, causes.get(id(finding)))
    for problem in told:
        if problem.level == "error" and not problem.findings:
            case = SubElement(suite, "testcase", classname=name, name=problem.rule.id, time="0.000")
            _said(case, "error", problem.rule.id, problem.title, problem.details)
    for what, tag in (("tests", None), ("failures", "failure"), ("errors", "error")):
        path = "testcase" if tag is None else f"testcase/{tag}"
        suite.set(what, str(len(suite.findall(path))))
    suite.set("skipped", str(len(suite.findall("testcase/skipped"))))
    return suite


def _run(suite: Element, report: Report) -> None:
    """Say when it ran, how long, on what and how."""
    suite.set("time", _time(report.seconds))
    if report.started:
        suite.set("timestamp", line(report.started, 40))
    if place := location.found(report.origin, report.target):
        suite.set("file", line(place.path))
    told = {name: report.environment[name] for name in _TOLD if name in report.environment}
    properties = SubElement(suite, "properties") if told else suite
    for name, value in told.items():
        SubElement(properties, "property", name=name, value=line(str(value)))


def _test(suite: Element, target: str, finding: Finding, problem: Problem | None) -> None:
    law = of_law(finding)
    name = f"{law.id}[{line(finding.dtype, 80)}]"
    time = _time(finding.seconds)
    case = SubElement(suite, "testcase", classname=target, name=name, time=time)
    if finding.verdict in BROKEN:
        _broken(case, finding, law, problem)
    elif finding.verdict in ("skipped", "expected"):
        reason = line(finding.reason) or "no reason given"
        said = reason if finding.verdict == "skipped" else f"fails as expected: {reason}"
        SubElement(case, "skipped", type=finding.verdict, message=_ASCII.text(said))
    if finding.warning:
        SubElement(case, "system-out").text = f"warning: {line(finding.warning)}"


def _broken(case: Element, finding: Finding, law: Rule, problem: Problem | None) -> None:
    """Say which cause a law fails by, where one is named, and show the example of this law."""
    fails = finding.verdict == "fails"
    shared = problem is not None and (problem.named or not fails)
    title = problem.title if problem and shared else f"no named cause: {law.id} {law.says}"
    told = example(finding)
    message = f"{title}; {told[0]}" if told and told[0] not in title else title
    reason = line(finding.reason) if finding.reason else ""
    said = dict.fromkeys((f"law {law.id}: {law.says}", law.in_full, *told, reason))
    said.pop(law.says, None)  # a law that states no more than its title
    kind = problem.rule.id if problem and shared else law.id
    _said(case, "failure" if fails else "error", kind, message, [*said])


def _said(case: Element, kind: str, rule: str, message: str, lines: Sequence[str]) -> None:
    told = SubElement(case, kind, type=_ASCII.text(rule), message=_ASCII.text(message))
    told.text = "\n".join(each for each in lines if each)


def _time(seconds: float) -> str:
    return f"{seconds if math.isfinite(seconds) and seconds > 0 else 0.0:.3f}"
