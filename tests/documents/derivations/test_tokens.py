"""A text taken apart into the tokens of formulas."""

from bncheck.documents.derivations.tokens import tokens


def test_tokens_end_where_words_begin():
    assert [token.text for token in tokens("a + b where")] == ["a", "+", "b"]


def test_a_token_tells_where_it_stands():
    (a, sign, b) = tokens("x = y", 0)
    assert (a.start, sign.start, b.end) == (0, 2, 5)
    assert sign.before
    assert sign.after
    assert not a.after or a.before


def test_the_number_of_a_theorem_is_no_token():
    assert tokens("F04") == []
    assert [token.text for token in tokens("g1 + t")] == ["g1", "+", "t"]
