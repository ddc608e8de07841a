"""Formulas as public pages print them, written down with the truth before they were judged.

``T`` is true, ``F`` false, ``U`` an update, ``I`` true under a condition, ``D`` a definition, ``X``
may be undecided. What cannot be read yet is undecided, which is never wrong.
"""

import json
from pathlib import Path

import pytest

from bncheck.symbolic.claims.judge import judge

HOME = Path(__file__).parents[2] / "street" / "formulas"
FORMULAS = json.loads((HOME / "formulas.json").read_text(encoding="utf-8"))
RIGHT = {"true", "true-if", "definition", "update", "undecided"}
# by their number: the pages whose formula is no equation of theirs, or hides what it is about
OTHERWISE = {
    107: "shows no gamma, so it may be about a layer without one",
    135: "is true with eps = 0 whatever gamma is, and shows no eps",
    217: "shows no beta, so it may be about a layer without one",
    119: "shows no gamma in its second equation, so it may be about a layer without one",
}


@pytest.mark.parametrize("number", range(1, len(FORMULAS) + 1))
def test_no_verdict_is_wrong(number):
    told = FORMULAS[number - 1]
    verdict = judge(told["latex"], told.get("where"), repair=False)
    if number in OTHERWISE:
        assert verdict.verdict in ("false", "true-if")
    elif told["truth"] == "F":
        assert verdict.verdict in ("false", "undecided"), verdict
    else:
        assert verdict.verdict in RIGHT, verdict


def test_most_are_read():
    kinds = [
        judge(each["latex"], each.get("where"), repair=False).verdict for each in FORMULAS[::5]
    ]
    assert kinds.count("undecided") <= len(kinds) // 5


def test_most_of_the_second_block_are_read():
    second = [each for each in FORMULAS if each.get("block") == 2]
    kinds = [judge(each["latex"], repair=False).verdict for each in second]
    assert len(kinds) == 67
    assert kinds.count("undecided") <= 3
