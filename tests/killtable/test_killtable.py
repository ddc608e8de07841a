"""The laws can fail: every deviation is caught, every law catches something or says why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from bncheck.deviations import BY_NAME, DEVIATIONS
from bncheck.errors import UsageError
from bncheck.killtable import read
from bncheck.killtable.compute import catching, minimal_cover
from bncheck.killtable.kept import KEPT
from bncheck.killtable.page import page
from bncheck.killtable.table import KillTable, Row, dumps, extended, from_plain, updated
from bncheck.laws import LAWS

TABLE = read()
IDS = {law.id: law for law in LAWS}


def test_table_is_about_these_deviations_and_laws():
    assert {row.deviation for row in TABLE.rows} == set(BY_NAME)
    assert set(TABLE.laws) == set(IDS), "run python -m bncheck.killtable"


def test_every_deviation_is_caught():
    assert TABLE.uncaught() == ()


def test_every_law_catches_something_or_it_is_said_why_it_is_kept():
    assert set(TABLE.idle()) == set(KEPT)


def test_minimal_cover_covers_and_is_irreducible():
    cover = set(TABLE.cover)
    assert len(cover) == len(minimal_cover(TABLE))
    rows = [set(row.laws) for row in TABLE.rows if row.laws]
    assert all(row & cover for row in rows)
    for law in cover:
        assert any(not row & (cover - {law}) for row in rows), f"{law} is not needed"


def test_minimal_cover_of_a_table_whose_answer_is_known():
    rows = (Row("a", "quick", ("L1", "L2")), Row("b", "quick", ("L2",)), Row("c", "quick", ()))
    assert minimal_cover(KillTable(0, ("L1", "L2"), rows)) == ("L2",)
    assert minimal_cover(KillTable(0, (), ())) == ()


# The rows themselves, anew: the law that is named by the fewest must still catch the deviation.
# Only a few laws are run on each, so that a law that was weakened turns its rows red quickly.
MOST_LAWS = 3


def rarest(deviation: str) -> list[str]:
    laws = TABLE.catching(deviation)
    return sorted(laws, key=lambda law: len(TABLE.caught_by(law)))[:MOST_LAWS]


CAUGHT = [row for row in TABLE.rows if row.laws and not BY_NAME[row.deviation].dangerous]


@pytest.mark.rows(48)
@pytest.mark.parametrize("row", CAUGHT, ids=lambda row: row.deviation)
def test_deviation_is_caught(row):
    deviation = BY_NAME[row.deviation]
    given = {"budget": row.budget, "seed": TABLE.seed, "fail_fast": True}
    # laws share the cases out among themselves, so few laws may not see the one that shows it
    assert catching(deviation, laws=rarest(row.deviation), **given) or catching(deviation, **given)


@pytest.mark.parametrize("name", [d.name for d in DEVIATIONS if d.dangerous])
def test_dangerous_deviation_is_caught_from_outside(name):
    assert catching(BY_NAME[name], fail_fast=True) == ("P07",)


# -- the data and the page ------------------------------------------------------------------------


def test_raising_is_the_merit_of_one_law_also_where_few_are_tried():
    assert catching(BY_NAME["raises-at-rank-5"], laws=("F00", "P07")) == ("P07",)
    assert catching(BY_NAME["raises-at-rank-5"], laws=("F00",)) == ()


def test_data_reads_back():
    assert from_plain(TABLE.plain()) == KillTable(
        TABLE.seed, TABLE.laws, tuple(sorted(TABLE.rows, key=lambda r: r.deviation)), TABLE.cover
    )
    lines = dumps(TABLE).splitlines()
    assert sum('"budget"' in line for line in lines) == len(TABLE.rows)


def test_other_data_is_refused():
    with pytest.raises(UsageError, match="no kill table"):
        from_plain({"schema": "bncheck/report/1"})


def test_columns_are_replaced_one_by_one():
    rows = (Row("a", "quick", ("L1", "L2")), Row("b", "standard", ("L2",)))
    new = extended(KillTable(0, ("L1", "L2"), rows), [Row("b", "quick", ("L1",))], ["L1"])
    assert new.catching("a") == ("L1", "L2")
    assert new.rows[1] == Row("b", "standard", ("L1", "L2"))


def test_rows_are_replaced_one_by_one():
    table = KillTable(0, ("L1",), (Row("a", "quick", ()), Row("b", "quick", ("L1",))))
    new = updated(table, [Row("a", "quick", ("L1",)), Row("c", "quick", ())])
    assert [row.deviation for row in new.rows] == ["a", "b", "c"]
    assert new.catching("a") == ("L1",)
    assert new.uncaught() == ("c",)
    assert new.sharpest("L1") == ("a", 1)
    assert new.catching("unknown") == ()


def test_page_names_everything():
    text = page(TABLE, IDS)
    assert all(f"`{name}`" in text for name in BY_NAME)
    assert all(f"| {law} |" in text for law in IDS)
    assert all(reason in text for reason in KEPT.values())


def test_committed_page_is_that_of_the_data():
    committed = Path(__file__).parents[2] / "docs" / "kill-table.md"
    assert committed.read_text(encoding="utf-8") == page(TABLE, IDS)
