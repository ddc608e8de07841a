"""What words mean: ids, patterns, and texts that are searched."""

import pytest

from bncheck.cli.searching import find
from bncheck.errors import UsageError

TEXTS = {
    "F01": ("the mean is beta", "mean(y) = β", "m >= 1", "a paper"),
    "F02": ("the variance", "var(y) = γ²", "any m", "Another Paper"),
    "B01": ("the gradient", "sum(dx) = 0", "m >= 1", "a paper"),
}


@pytest.mark.parametrize(
    ("words", "ids", "searched"),
    [
        ("F01", ["F01"], False),
        ("B01 F01", ["F01", "B01"], False),
        ("F*", ["F01", "F02"], False),
        ("F0? B01", ["F01", "F02", "B01"], False),
        ("f01", ["F01"], True),
        ("F0", ["F01", "F02"], True),
        ("paper", ["F01", "F02", "B01"], True),
        ("ANOTHER", ["F02"], True),
        ("a|paper", ["F01", "B01"], True),
        ("a paper", ["F01", "F02", "B01"], True),
        ("paper mean", ["F01"], True),
        ("mean paper mean", ["F01"], True),
        ("gamma^2", ["F02"], True),
        ("γ²", ["F02"], True),
        ("BETA", ["F01"], True),
        ("m|>=", ["F01", "B01"], True),
        ("F* paper", ["F01", "F02"], True),
        ("F* >=", ["F01"], True),
        ("(y)", ["F01", "F02"], True),
    ],
)
def test_what_is_found(words, ids, searched):
    found = find([word.replace("|", " ") for word in words.split()], TEXTS, "law")
    assert list(found.ids) == ids
    assert bool(found.searched) == searched


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["F91"], "no law matches 'F91'; did you mean 'F01'?"),
        (["Q*"], "no law matches 'Q*'; known: F01, F02, B01"),
        ([""], "no law matches ''; known: F01, F02, B01"),
        ([" "], "no law matches ' '; known: F01, F02, B01"),
        (["mean", "nothing"], "no law matches 'nothing'; known: F01, F02, B01"),
        (["B*", "mean"], "no law matches 'mean' among B*; known: F01, F02, B01"),
        (["mean", "gradient"], "no law has 'mean' and 'gradient' together; fewer words find more"),
    ],
)
def test_what_is_not_found(words, told):
    with pytest.raises(UsageError) as raised:
        find(words, TEXTS, "law")
    assert str(raised.value) == told


def test_how_much_was_found_is_told():
    assert find(["mean"], TEXTS, "law").told("laws", 3) == "1 of 3 laws with 'mean'"
    assert find(["F*", "y", "mean"], TEXTS, "law").told("laws", 3) == (
        "1 among F* with 'y' and 'mean'"
    )
