"""What is told of claims: golden texts on made-up records; nothing breaks out of a page."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import golden_files
import pytest
from lab_records import claims, record

from bncheck.errors import UsageError
from bncheck.lab import catalogue, page, renderers
from bncheck.lab.judging import judged
from bncheck.lab.renderers import facts, html, markdown, numbers, text
from bncheck.lab.renderers.theorems import THEOREMS
from bncheck.terminal import Style

PROOFS = Path(__file__).parents[3] / "proofs"


@pytest.mark.parametrize(
    ("name", "suffix"), [("text", "txt"), ("markdown", "md"), ("html", "html"), ("json", "json")]
)
def test_golden(name, suffix):
    told = renderers.render(name, claims())
    digests = {catalogue.definition(e): e.id for e in catalogue.EXPERIMENTS}
    for digest, experiment in digests.items():
        told = told.replace(digest, f"DIGEST-OF-{experiment}")
    golden_files.check(f"lab-report.{suffix}", told)


def test_on_a_narrow_terminal_in_ascii():
    told = renderers.render("text", claims(), Style(width=60, unicode=False))
    assert told.isascii()
    assert max(map(len, text.listed(claims(), Style(width=80)).splitlines())) <= 80


def test_words():
    found = {claim.experiment.id: claim for claim in claims()}
    words = {name: numbers.word(claim) for name, claim in found.items()}
    assert words == {
        "E01": "supported",
        "E02": "undecided",
        "E05": "too few seeds",
        "E12": "broken",
        "E16": "depends",
        "E19": "not run",
    }
    assert facts.depends(found["E16"]) == "opposite: sigmoid; supported: relu"
    assert facts.censored(found["E01"], found["E01"].results[0])[0] == "at least"
    assert "1 record of another definition left out" in facts.ran(found["E12"])


def test_only_cells_without_a_verdict():
    (claim,) = judged([catalogue.BY_ID["E09"]], [record("E09", "digits", 1, {"beta": 1.0})])
    assert numbers.word(claim) == "no verdict"


def test_a_prediction_that_names_a_cell_is_told_of_it_alone():
    experiment = catalogue.BY_ID["E08"]
    made = [record("E08", c, s, {"nearer": 0.5, "factor": 1.4 + s / 1e3}) for c in ("relu", "tanh")
            for s in range(12)]  # fmt: skip
    (claim,) = judged([experiment], made)
    told = {row.cell: row.notes for row in facts.rows(claim) if row.notes}
    assert list(told) == ["relu"]
    assert told["relu"][0].endswith("predicts 1.467: outside the interval")


class _Parser(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.tags = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)


def test_nothing_breaks_out_of_a_page():
    nasty = "<script>alert(1)</script>|`x`\n# no"
    claim = claims()[0]
    bad = replace(claim, experiment=replace(claim.experiment, title=nasty, claim=nasty))
    tags = _Parser(html.render([bad])).tags
    assert "script" not in tags
    assert tags == _Parser(html.render([claim])).tags
    assert "\n# no" not in markdown.render([bad])


def test_an_unknown_format():
    with pytest.raises(UsageError, match="there is no format 'pdf' of the lab; known: text"):
        renderers.render("pdf", claims())


def test_nothing_at_all():
    assert text.listed([], Style()) == ""
    assert "0 records" in page.page([])


@pytest.mark.parametrize("theorem", THEOREMS)
def test_names_of_theorems_are_those_of_the_proofs(theorem):
    file, name = THEOREMS[theorem]
    first = (PROOFS / f"{file}.py").read_text(encoding="utf-8").splitlines()[0]
    assert first == f'r"""{theorem}. {name}.'


def test_each_theorem_of_an_experiment_has_its_name():
    named = {theorem for e in catalogue.EXPERIMENTS for theorem in e.theorems}
    assert sorted(named - set(THEOREMS)) == []


def test_the_page_links_its_proofs_and_is_the_same_again():
    made = page.page([r for claim in claims() for r in claim.records])
    assert made == page.page([r for claim in claims() for r in claim.records])
    assert "[W07](../proofs/w07_rescaled_training.py)" in made
    assert "**depends**" in made


def test_the_page_is_that_of_what_is_registered():
    path = PROOFS.parent / "docs" / "lab.md"
    assert path.read_text(encoding="utf-8") == page.page(), "python -m bncheck.lab page"


def test_the_figures_of_the_page_are_there():
    links = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", page.page())
    assert sorted(links) == sorted(f"lab/{name}.svg" for name in page.FIGURES)
    assert all((PROOFS.parent / "docs" / link).is_file() for link in links)
