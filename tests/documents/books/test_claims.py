from collections import Counter

import pytest
from book_supplies import parts, words

from bncheck.documents.books import claims, verdicts
from bncheck.documents.model import (
    Box,
    Equation,
    Formula,
    Heading,
    Paragraph,
    Program,
    Strong,
    Table,
)
from bncheck.symbolic import library
from bncheck.symbolic.claims.files import read


@pytest.fixture(scope="module")
def made():
    return claims.document()


def entries():
    return [
        claim
        for name in claims.FILES
        for claim in read(library.folder() / "claims" / f"{name}.toml")
    ]


def test_every_claim_is_there_once(made):
    found = [h.anchor for h in parts(made.blocks, Heading) if h.anchor.startswith("claim-")]
    assert Counter(found) == Counter(f"claim-{claim.id}" for claim in entries())


def test_the_counts_at_the_top_are_those_of_the_verdicts(made):
    table = next(parts(made.blocks, Table))
    rows = {row[0][0].text: [cell[0].text for cell in row[1:]] for row in table.rows}
    shown = [
        block.prose[0].text
        for block in made.blocks
        if isinstance(block, Paragraph) and block.label == "Verdict"
    ]
    times = Counter(shown)
    for name, numbers in rows.items():
        if name != "All":
            assert sum(map(int, numbers)) == times[name], name
    assert sum(map(int, rows["All"])) == len(entries()) == sum(times.values())


def test_verdicts_are_those_that_the_files_expect(made):
    heads = [at for at, b in enumerate(made.blocks) if getattr(b, "anchor", "")[:6] == "claim-"]
    told = {}
    for at in heads:
        verdict = next(b for b in made.blocks[at:] if getattr(b, "label", "") == "Verdict")
        told[made.blocks[at].anchor] = verdict.prose[0]
    for claim in entries():
        assert told[f"claim-{claim.id}"] == Strong(verdicts.NAMES[claim.expected]), claim.id


def test_sources_are_headings_with_their_claims_below(made):
    titles = [h.text for h in parts(made.blocks, Heading) if h.level == 2]
    assert "T. Han's blog on batch normalization" in titles
    assert "Blog, Batch Normalization - day 25" in titles
    assert "Reading notes on arXiv:1502.03167" in titles
    assert "Ioffe and Szegedy (2015)" in titles
    assert len({*titles}) == len(titles)


def test_a_false_claim_is_worked_through_and_corrected(made):
    at = next(n for n, b in enumerate(made.blocks) if getattr(b, "anchor", "") == "claim-wiki-dx")
    end = next(n for n, b in enumerate(made.blocks[at + 1 :], at + 1) if isinstance(b, Heading))
    texts = [f.tex for f in parts(made.blocks[at:end], Formula)]
    assert "-9/16" in texts
    assert "3/32" in texts
    assert texts[-1].endswith(r"\frac{\partial l}{\partial \mu_B} \frac{1}{m}")


def test_what_is_not_decided_has_a_reason(made):
    for block in made.blocks:
        if isinstance(block, Paragraph) and block.prose[:1] == (Strong("Not decided"),):
            assert len(block.prose) > 2
            assert "at character" not in str(block)


def test_everything_is_laid_out_a_diagram_with_what_stands_over_its_arrows(made):
    [diagram] = [claim.data["latex"] for claim in entries() if claim.id == "han-network"]
    assert not [*parts(made.blocks, Program)]
    assert " ".join(diagram.split()) in [e.formula.tex for e in parts(made.blocks, Equation)]


def test_a_formula_in_two_lines_is_shown_in_two(made):
    shown = [equation.formula.tex for equation in parts(made.blocks, Equation)]
    assert any(tex.startswith(r"\text{then }") for tex in shown)


def test_nothing_is_called_proved(made):
    assert "proof" not in words(made).lower().replace("proved", "")
    assert not [*parts(made.blocks, Box)]
