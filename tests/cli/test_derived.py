"""The derivations of laws that fail, in the HTML report."""

import subprocess
import sys

import pages
import reports_of

from bncheck.cli import derived
from bncheck.reports import html
from bncheck.reports.html.derivations import NONE
from bncheck.symbolic.library import stems

STATED = {stem.partition("_")[0].upper() for stem in stems()}


def test_each_law_that_fails_and_has_a_theorem_is_derived():
    report = reports_of.wrong()
    broken = {f.law for f in report.findings if f.verdict in ("fails", "error")}
    found = derived.of(report)
    assert set(found.sections) == {law for law in broken if law in STATED}
    assert found.sections
    page = html.render(report, found)
    tree = pages.check(page)
    summaries = ["".join(s.itertext()) for s in tree.iter("summary")]
    told = [s for s in summaries if s.startswith("Derivation of ")]
    assert sorted(told) == sorted(f"Derivation of {law}" for law in found.sections)
    assert "font-src data:" in page


def test_a_report_in_which_all_holds_has_none_and_needs_no_font():
    report = reports_of.right()
    assert derived.of(report) is NONE
    page = html.render(report, NONE)
    assert "@font-face" not in page
    assert "font-src" not in page
    assert page == html.render(report)


def test_no_more_than_some_are_proved_again(monkeypatch):
    monkeypatch.setattr(derived, "MOST", 1)
    assert len(derived.of(reports_of.wrong()).sections) == 1


def test_reports_do_not_need_sympy():
    code = "import sys, bncheck.reports.html; sys.exit('sympy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
