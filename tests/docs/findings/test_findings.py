"""Every finding has a page and a script that fits into an issue."""

from pathlib import Path

import pytest

FINDINGS = Path(__file__).parents[3] / "docs" / "findings"
SCRIPTS = sorted(FINDINGS.glob("*.py"))


def test_there_are_findings():
    assert len(SCRIPTS) >= 9


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda p: p.stem)
def test_a_script_is_short_has_a_page_and_needs_no_bncheck(script):
    text = script.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 25
    assert "bncheck" not in text
    page = script.with_suffix(".md").read_text(encoding="utf-8")
    for part in (script.name, "**Laws.**", "**Seen again.**", "**Upstream.**"):
        assert part in page


def test_every_page_has_a_script():
    pages = {p.stem for p in FINDINGS.glob("*.md")} - {"index"}
    assert pages == {p.stem for p in SCRIPTS}
