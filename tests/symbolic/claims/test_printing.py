"""What is printed is read as the same tree."""

import random
from fractions import Fraction

import pytest

from bncheck.symbolic.claims.files import read
from bncheck.symbolic.claims.lexer import ClaimError
from bncheck.symbolic.claims.nodes import (
    Along,
    Call,
    Name,
    Num,
    Operation,
    Quotient,
    Relation,
    Root,
    Total,
)
from bncheck.symbolic.claims.printing import PLAIN, latex
from bncheck.symbolic.claims.spelling import spelling
from bncheck.symbolic.claims.syntax import parse
from bncheck.symbolic.claims.walking import bare
from bncheck.symbolic.library import folder

FILES = ("seeds", "literature", "relatives")


def formulas():
    for name in FILES:
        for claim in read(folder() / "claims" / f"{name}.toml"):
            if claim.kind == "claim":
                yield claim.data["latex"]


def relations(text):
    try:
        return parse(text)
    except ClaimError:
        return []


def test_committed_formulas_are_read_back():
    printed = 0
    for text in formulas():
        for relation in relations(text):
            for typed in (PLAIN, spelling(text)):
                assert [bare(r) for r in parse(latex(relation, typed))] == [bare(relation)], text
                printed += 1
    assert printed > 100


NAMES = (
    *(Name(0, "x", "", "i"), Name(0, "x", "hat", "i"), Name(0, "x", "hat", "", "(k)")),
    *(Name(0, r"\mu", "", "B"), Name(0, r"\sigma"), Name(0, r"\sigma", "", "run"), Name(0, "d")),
    *(Name(0, r"\epsilon"), Name(0, "E"), Name(0, "BN"), Name(0, "B"), Name(0, "N"), Name(0, "m")),
    *(Name(0, "y", "", "", "'"), Name(0, "y", "", "j", "'(i)"), Name(0, "z", "tilde", r"\elli")),
    *(Name(0, "Var"), Name(0, "1"), Name(0, "L")),
)


def tree(rng, depth):
    """Any tree that the reader could have made."""
    if depth == 0 or rng.random() < 0.15:
        if rng.random() < 0.3:
            return Num(0, rng.choice([Fraction(n) for n in (0, 1, 2, 12)] + [Fraction(1, 20)]))
        return rng.choice(NAMES)

    def deeper():
        return tree(rng, depth - 1)

    def summed(count):
        parts = [deeper() for _ in range(count)]
        signed = (Operation(0, "neg", (p,)) if rng.random() < 0.4 else p for p in parts)
        return Operation(0, "+", tuple(signed))

    makers = (
        lambda: summed(2),
        lambda: summed(3),
        lambda: Operation(0, "*", (deeper(), deeper())),
        lambda: Operation(0, "*", (Operation(0, "*", (deeper(), deeper())), deeper())),
        lambda: Operation(0, "/", (deeper(), deeper())),
        lambda: Operation(0, "^", (deeper(), deeper())),
        lambda: Operation(0, "neg", (deeper(),)),
        lambda: Root(0, deeper()),
        lambda: Total(0, rng.choice(["i", "j=1", ""]), rng.choice([None, Name(0, "m")]), deeper()),
        lambda: Quotient(0, deeper(), deeper()),
        lambda: Along(0, deeper(), rng.choice(NAMES[:5]), deeper()),
        lambda: Call(0, rng.choice(["BN", "Var", "E"]), deeper()),
    )
    return rng.choice(makers)()


def test_any_tree_is_read_back():
    for seed in range(3000):
        rng = random.Random(seed)
        relation = Relation("=", tree(rng, 4), tree(rng, 2))
        text = latex(relation)
        assert [bare(r) for r in parse(text)] == [relation], (seed, text)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        (r"y = \gamma\cdot x -(-\beta)", r"y = \gamma x - (-\beta)"),
        (r"y = (\sum_i x_i) m", r"y = (\sum_i x_i) m"),
        (r"y = m\sum\nolimits_{i=1}^{m} x_i", r"y = m \sum_{i=1}^m x_i"),
        (r"y = 2\cdot 3 + 0.05", r"y = 2 \cdot 3 + 0.05"),
        (r"y = x/(m-1)", r"y = \frac{x}{m - 1}"),
        (r"y = (\sigma^2+\epsilon)^{-1/2}", r"y = (\sigma^2 + \epsilon)^{-\frac{1}{2}}"),
        (r"y = E\cdot(x+1)", r"y = E \cdot (x + 1)"),
    ],
)
def test_printed_the_plain_way(text, printed):
    (relation,) = parse(text)
    assert latex(relation) == printed


def test_symbols_stay_as_their_author_spells_them():
    text = (
        r"\widehat{x}^{(k)}_i = \frac{x_i^{(k)} - \mu_{\mathcal{B}}}"
        r"{\sqrt{\sigma^2_{\mathcal B} + \varepsilon}} \bm{\gamma}"
    )
    (relation,) = parse(text)
    assert latex(relation, spelling(text)) == text
    assert latex(relation) == (
        r"\hat{x}_i^{(k)} = \frac{x_i^{(k)} - \mu_B}{\sqrt{\sigma_B^2 + \epsilon}} \gamma"
    )
