"""Local names: they mean what they replace, and every line fits the page with them."""

import pytest

from bncheck.documents.derivations.letters import ALWAYS
from bncheck.documents.derivations.measure import GRADIENTS, PAGE, width
from bncheck.documents.derivations.naming import named
from bncheck.documents.derivations.outlines import printed, read_back
from bncheck.documents.derivations.quantities import LOSS, is_any_loss
from bncheck.documents.derivations.section import expressions
from bncheck.documents.derivations.supposed import letters
from bncheck.symbolic.checkers import rationals
from bncheck.symbolic.expression import Add, Element, Named, Symbol, i, j, rebuild, vector
from bncheck.symbolic.library import find
from bncheck.symbolic.normal import equal
from bncheck.symbolic.trees import shape, walk
from bncheck.symbolic.vocabulary import (
    dx,
    dy,
    eps,
    gradient,
    loss,
    m,
    mean,
    mu,
    std,
    total,
    var,
    x,
    xhat,
)

NAMED = Named | Element
PROOFS = {proof.stem: proof for proof in find()}
PARTS = 2.5
"""Pages' widths of the longest line that is left to be broken between its terms."""


def tidied(expr):
    """Return the expression with sums in sums and products in products flattened."""
    return rebuild(expr, tuple(map(tidied, expr.children)))


@pytest.mark.parametrize("stem", PROOFS)
def test_what_is_named_says_the_same_with_its_definitions_put_back(stem):
    asked = expressions(PROOFS[stem].theorem)
    naming = named(asked)
    by_key = {local.key: local for local in naming.locals}
    for shown, meant, original in zip(naming.exprs, naming.original, asked, strict=True):
        back = tidied(read_back(shown, by_key))
        assert shape(back) == shape(tidied(meant))
        if shape(tidied(meant)) != shape(tidied(original)):  # powers of one base were gathered
            assert rationals.refutation(meant, original) is None


@pytest.mark.parametrize("stem", PROOFS)
def test_no_line_is_wider_than_the_page_but_for_terms_that_a_break_separates(stem):
    naming = named(expressions(PROOFS[stem].theorem))
    for line in (*naming.exprs, *(local.body for local in naming.locals)):
        terms = line.terms if isinstance(line, Add) else (line,)
        assert all(width(term) <= PAGE + 4 for term in terms), width(line)
        assert width(line) <= PARTS * PAGE


@pytest.mark.parametrize("stem", PROOFS)
def test_a_letter_has_one_meaning(stem):
    asked = expressions(PROOFS[stem].theorem)
    naming = named(asked)
    own = {node.name for e in asked for node in walk(e) if isinstance(node, Symbol | Element)}
    spelled = [local.spelling for local in naming.locals]
    assert len(set(spelled)) == len(spelled)
    for local in naming.locals:
        letter = local.spelling
        if local.key != LOSS and not letter.base.startswith("\\"):
            assert letter.base not in own | (ALWAYS - {"L"})


def test_definitions_use_only_what_is_defined_before():
    naming = named(expressions(PROOFS["l03_curvature_along_gradient"].theorem))
    known = set()
    keys = {local.key for local in naming.locals}
    for local in naming.locals:
        used = {n.name for n in printed(local.body) if isinstance(n, Named)} & keys
        assert used <= known
        known.add(local.key)
    assert len(known) >= 5


def test_the_widest_lines_of_today_are_named_away():
    widest = max(PROOFS.values(), key=lambda proof: max(map(width, expressions(proof.theorem))))
    before = max(map(width, named(expressions(widest.theorem)).original))
    after = max(map(width, named(expressions(widest.theorem)).exprs))
    assert before > 400
    assert after < 50


def test_quantities_of_another_vector_are_named_after_it():
    a = Symbol("a")
    naming = named([xhat(a * x), var(a * x)])
    assert [local.spelling.base for local in naming.locals][:4] == [
        "z",
        r"\mu",
        r"\sigma",
        r"\hat{z}",
    ]
    assert naming.exprs[0] == naming.locals[3].symbol


def test_the_loss_is_L_unless_something_else_is():
    derived = gradient(loss(), x, j)
    assert named([derived]).locals[0].spelling.base == "L"
    assert named([derived * Symbol("L")]).locals[0].spelling.base != "L"


def test_eps_0_has_another_accent():
    naming = named([xhat(eps=0)])
    assert [local.spelling.base for local in naming.locals] == [r"\tilde{x}"]


def test_what_fits_and_comes_once_gets_no_name():
    assert not named([total(x - mu()) / m, xhat(), std()]).locals


def test_a_root_that_comes_often_is_s_in_all_its_powers():
    long = vector("h") - mean(vector("h") * x) / std() ** 3
    naming = named([long * long[i] / std(), long + std() * 2, std() ** 5 * long, 1 / std() + long])
    assert any(local.spelling.base == "s" for local in naming.locals) or not naming.locals
    back = {local.key: local for local in naming.locals}
    for shown, meant in zip(naming.exprs, naming.original, strict=True):
        assert equal(read_back(shown, back), meant)


def test_names_are_not_put_into_what_only_looks_alike():
    one, other = xhat(2 * x), xhat(3 * x, eps * 2)
    naming = named([one, other])
    assert naming.exprs[0] != naming.exprs[1]


@pytest.mark.parametrize("stem", PROOFS)
def test_another_loss_than_that_of_the_gradients_is_not_called_L(stem):
    naming = named(expressions(PROOFS[stem].theorem))
    for local in naming.locals:
        if local.key == LOSS and local.spelling.base == "L" and not is_any_loss(local.body):
            shown = {n.name for e in naming.original for n in printed(e) if isinstance(n, NAMED)}
            assert not shown & GRADIENTS


def test_a_letter_of_the_author_is_kept():
    proof = PROOFS["rms07_rms_backward"]
    assert [each.spelling.base for each in named(expressions(proof.theorem)).locals] == ["s", "L"]
    kept = named(expressions(proof.theorem), letters(proof)).locals
    assert [each.spelling.base for each in kept] == ["r", "L"]


def test_a_loss_with_another_cotangent_has_another_letter():
    moved = gradient(loss(cotangent=dy + vector("t")))
    (local,) = (each for each in named([moved - gradient(loss())]).locals if each.key == LOSS)
    assert local.spelling.base == "K"
    assert is_any_loss(loss())
    assert not is_any_loss(loss(cotangent=dy + 1))
    assert not is_any_loss(total(vector("v") * dx()))
