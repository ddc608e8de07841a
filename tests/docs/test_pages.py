"""What the pages name is there, and each figure has its command and its day."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    p.relative_to(ROOT)
    for p in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "proofs").rglob("*.md"))
)
FIGURES = (ROOT / "docs" / "figures.md").read_text(encoding="utf-8")
BY_HAND = FIGURES.partition("\n## Measured by hand\n")[2]
# pages that the program writes when the site is built; see tests/docs/test_site.py
MADE = {
    f"generated/{name}.md"
    for name in ("commands", "exit-codes", "laws", "deviations", "conventions", "python-api")
} | {f"generated/{name}.md" for name in ("theorems", "claims")}
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
PLACE = r"(?:bncheck|tests|docs|benchmarks|examples|proofs)/[\w./-]+\.\w+"


def rows(text):
    """Return the cells of each row of the tables of a page, without those of the heads."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    heads = {
        n + shift for n, line in enumerate(lines) if set(line) <= {"|", "-"} for shift in (-1, 0)
    }
    return [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for n, line in enumerate(lines)
        if n not in heads
    ]


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_lead_somewhere(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#\s]+)", text)
    links = [link for link in links if link not in MADE]
    assert [link for link in links if not (ROOT / page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_files_that_it_names_are_there(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    named = set(re.findall(rf"(?<![\w./]){PLACE}", text))
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def test_each_figure_has_one_command_and_one_day():
    measured = rows(FIGURES.removesuffix(BY_HAND))
    assert len(measured) > 40
    for *_, command, day in measured:
        assert re.match(r"`[^`]*\b(python|bncheck|pytest) [^`]+`", command), command
        assert DAY.fullmatch(day), day
    for cells in measured:
        assert len(DAY.findall(" ".join(cells))) == 1, cells


def test_a_figure_without_a_command_says_so_and_has_a_day():
    assert rows(BY_HAND)
    for *_, day in rows(BY_HAND):
        assert DAY.fullmatch(day), day


def test_a_figure_without_its_command_is_seen():
    assert rows("| a | b |\n|---|---|\n| 1 s | 2026-11-21 |\n") == [["1 s", "2026-11-21"]]
