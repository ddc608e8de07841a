"""GitLab's code quality: one entry for each cause, and how bad it is."""

import json
from dataclasses import replace

import reports_of
from readers_of_formats import of_gitlab

from bncheck.model import NotChecked
from bncheck.reports.gitlab import render, render_several


def entries(*outcomes):
    text = render_several(outcomes)
    of_gitlab(text)
    return json.loads(text)


def test_severities():
    found = entries(reports_of.wrong(), NotChecked("no.py", "no.py is not a file"))
    assert [(each["check_name"], each["severity"]) for each in found] == [
        ("bncheck/missing-mean-term", "critical"),
        ("bncheck/X03", "critical"),
        ("bncheck/raises", "critical"),
        ("bncheck/stale-expectation", "critical"),
        ("bncheck/beside-the-verdict", "minor"),
        ("bncheck/B09", "minor"),
        ("bncheck/R02", "info"),
        ("bncheck/not-checked", "blocker"),
    ]


def test_a_place_is_from_the_top_of_the_checkout(tmp_path, monkeypatch):
    (tmp_path / ".git").mkdir()
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    report = replace(reports_of.wrong(), origin=f"{tmp_path}/sub/my_bn.py:12")
    place = entries(report)[0]["location"]
    assert place == {"path": "sub/my_bn.py", "lines": {"begin": 12}}


def test_nothing_is_an_empty_list():
    assert render(reports_of.right()) == "[]\n"
