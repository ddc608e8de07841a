"""How an example is shown."""

from bncheck.documents.derivations import worked
from bncheck.documents.derivations.section import Section
from bncheck.documents.model import Formula, Paragraph, Table
from bncheck.symbolic.library import find
from bncheck.symbolic.proving import Outcome


def example(name):
    """Return the formulas before the table, and the table."""
    (proof,) = find([name])
    about, table = worked.blocks(Section(Outcome(proof, (), 0.0)))
    assert isinstance(about, Paragraph)
    assert isinstance(table, Table)
    return [part.text for part in about.prose if isinstance(part, Formula)], table


def test_what_went_in_and_what_follows():
    said, table = example("B01")
    assert said[:3] == ["m = 4", "beta = 1", "eps = 1/2"]
    assert "x = (1, 2, 3, 6)" in said
    assert "xhat = (-1, -1/2, 0, 3/2)" in said
    assert len(table.rows) == 4


def test_a_batch_is_not_told_of_where_there_is_none():
    said, _ = example("I10")
    assert not [each for each in said if each.startswith("m =")]


def test_quantities_with_local_names():
    said, _ = example("W03")
    assert [each.split(" = ")[0] for each in said][-5:] == ["z", "mu_z", "var_z", "zhat", "L"]


def test_a_long_table_is_cut_and_says_so():
    _, table = example("B07")
    assert len(table.rows) == worked.ROWS
    assert table.caption.startswith(f"The first {worked.ROWS} of ")


def test_matrices_go_row_by_row():
    said, _ = example("W03")
    (u,) = [each for each in said if each.startswith("u = ((")]
    assert u.count("(") == 5
