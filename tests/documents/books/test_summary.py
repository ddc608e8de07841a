import pytest
from book_supplies import parts

from bncheck.deviations import BY_NAME
from bncheck.documents.books import summary
from bncheck.documents.books.prose import formulas
from bncheck.documents.formulas import reading
from bncheck.documents.model import Equation, Reference, Table
from bncheck.killtable import read
from bncheck.symbolic import library
from bncheck.symbolic.claims.judge import judge

ROWS = [row for section in summary.sections() for row in section.rows]
FAULTS = [fault for section in summary.sections() for fault in section.faults]
THEOREMS = {proof.theorem.id for proof in library.find()}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.theorem)
def test_every_formula_is_true(row):
    verdict = judge(row.latex, {"s": "std+eps", **row.where})
    assert verdict.verdict == ("update" if r"\leftarrow" in row.latex else "true")


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.deviation)
def test_every_fault_is_caught_by_its_law(fault):
    assert fault.deviation in BY_NAME
    assert fault.law in read().catching(fault.deviation)


def test_every_formula_has_its_theorem_beside_it():
    made = summary.document()
    wide = [*parts(made.blocks, Equation)]
    rows = [row for table in parts(made.blocks, Table) for row in table.rows]
    assert len(wide) == sum(row.wide for row in ROWS)
    assert len(wide) + len(rows) == len(ROWS) + len(FAULTS)
    for one in (*wide, *rows):
        assert [*parts(one.note if isinstance(one, Equation) else one, Reference)]


def test_references_lead_to_theorems_and_deviations():
    for reference in parts(summary.document().blocks, Reference):
        kind, _, name = reference.anchor.partition("-")
        assert name in (THEOREMS if kind == "theorem" else BY_NAME)


def test_every_formula_is_laid_out():
    for section in summary.sections():
        for text in (section.text, section.more):
            assert all(reading.read(formula).parts for formula in formulas(text))
    assert all(reading.read(row.latex).parts for row in ROWS)


def test_what_is_on_the_two_pages():
    titles = [section.title for section in summary.sections()]
    assert titles[:3] == ["Forward", "Backward", "What the layer does not see"]
    assert len(FAULTS) >= 10
