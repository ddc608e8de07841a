"""The published schema: what is written fits it, and what is wrong with a report does not."""

import copy
import json
import subprocess
import sys

import jsonschema
import pytest
import reports_of
from command import environment
from readers_of_formats import fits, own

from bncheck.model import NotChecked, Report
from bncheck.reports.json import as_data, render_several, schema


def good():
    return json.loads(render_several([reports_of.wrong()]))["reports"][0]


def put(*path, to):
    """Return an edit that puts a value somewhere; nothing takes the key away."""

    def edit(report):
        *way, last = path
        for key in way:
            report = report[key]
        if to is None:
            del report[last]
        else:
            report[last] = to

    return edit


SKIPPED = next(n for n, f in enumerate(reports_of.wrong().findings) if f.verdict == "skipped")
EXACT = next(n for n, f in enumerate(reports_of.wrong().findings) if f.bound == 0)

FAULTS = {
    "another schema": put("schema", to="bncheck/report/2"),
    "no schema": put("schema", to=None),
    "no target": put("target", to=None),
    "a target that is a number": put("target", to=3),
    "ok as a text": put("ok", to="false"),
    "ok though the exit code is 1": put("ok", to=True),
    "an exit code that there is not": put("exit_code", to=4),
    "no conventions that were observed": put("convention", "observed", to=None),
    "findings by their laws": put("findings", to={"B03": {}}),
    "a finding without a dtype": put("findings", 0, "dtype", to=None),
    "a verdict that there is not": put("findings", 0, "verdict", to="passes"),
    "an infinite error as a word": put("findings", 0, "error", to="infinity"),
    "a bound as a text": put("findings", 0, "bound", to="4.0e-7"),
    "no margin": put("findings", 0, "margin", to=None),
    "a margin of an exact law": put("findings", EXACT, "margin", to=3.0),
    "a negative number of examples": put("findings", 0, "examples", to=-1),
    "examples that are no whole number": put("findings", 0, "examples", to=1.5),
    "a reason that there is not": put("findings", SKIPPED, "reason", to="because"),
    "a case without what was measured": put("findings", 2, "case", "got", to=None),
    "causes as one text": put("findings", 2, "causes", to="missing-mean-term"),
    "a misspelt key of a cause": put("causes", 0, to={"deviaton": "a", "explains": [], "text": ""}),
    "a cause that explains a text": put("causes", 0, "explains", to="B03"),
    "counts without a verdict": put("counts", "fails", to=None),
    "a count as a text": put("counts", "holds", to="4"),
    "seconds before it began": put("seconds", to=-0.5),
    "a day as the time": put("started", to="2026-12-01"),
    "no seconds": put("seconds", to=None),
    "notes as one text": put("notes", to="a note"),
    "a shape as a text": put("slow", to=["(2, 3)"]),
    "stability as a text": put("stability", to="good"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_rejected(fault):
    report = good()
    fits(own(), report)
    several = {"schema": "bncheck/reports/1", "reports": [copy.deepcopy(report)]}
    fits(own(), several)
    FAULTS[fault](report)
    FAULTS[fault](several["reports"][0])
    assert not own().is_valid(report)
    assert not own().is_valid(several)


@pytest.mark.parametrize(
    "edit",
    [
        put("reports", to=[]),
        put("reports", to=None),
        put("reports", 1, "error", to=""),
        put("reports", 1, "error", to=None),
        put("reports", 1, "exit_code", to=0),
        put("reports", 1, "findings", to=[]),
    ],
)
def test_a_planted_fault_of_several_is_rejected(edit):
    data = json.loads(render_several([reports_of.right(), NotChecked("no.py", "why")]))
    fits(own(), data)
    edit(data)
    assert not own().is_valid(data)


def test_keys_may_be_added():
    report = good()
    for place in (report, report["findings"][0], report["causes"][0], report["convention"]):
        place["of a later version"] = 1
    fits(own(), report)


def test_each_key_says_what_it_means():
    data = json.loads(schema())
    for name, definition in data["$defs"].items():
        assert definition.get("description"), name
        for key, told in definition.get("properties", {}).items():
            assert told.get("description") or "$ref" in told, f"{name}: {key}"


def test_it_names_every_key_that_is_written_and_no_other():
    known = json.loads(schema())["$defs"]
    report = as_data(reports_of.wrong())
    assert set(known["verified"]["properties"]) == set(report)
    finding = report["findings"][2]
    assert set(known["finding"]["properties"]) == set(finding)
    assert set(known["finding"]["properties"]["case"]["properties"]) == set(finding["case"])
    assert set(known["finding"]["properties"]["power"]["properties"]) == set(finding["power"])
    assert set(known["verified"]["properties"]["counts"]["properties"]) == set(report["counts"])


@pytest.mark.parametrize(
    "words",
    [
        ["prove", "B03"],
        ["claim", r"\hat{x}_i = \frac{x_i - \mu}{\sqrt{v + \epsilon}}"],
        ["claim", r"\hat{x}_i = x_i"],
    ],
)
def test_what_other_commands_write_fits_it_too(words, tmp_path):
    done = subprocess.run(
        [sys.executable, "-P", "-m", "bncheck", *words, "--format", "json"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert done.returncode in (0, 1, 2)
    fits(own(), json.loads(done.stdout))


def test_the_validator_is_no_friend_of_ours():
    with pytest.raises(jsonschema.ValidationError):
        own().validate({"schema": "bncheck/report/1"})
    fits(own(), as_data(Report("nothing.py", ())))
