"""Inequalities that are proved: by the form of the gap, or from facts that theorems state.

``lesser <= greater`` is proved by writing the gap as a sum of known facts with coefficients that
are not negative (`cone`); the sum equals the gap by its normal form, so for every batch. Where the
sides have roots or absolute values, their squares are compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from bncheck.errors import NotSupported
from bncheck.symbolic import algebra
from bncheck.symbolic.algebra import Atom, Polynomial
from bncheck.symbolic.calculus import without_derivatives
from bncheck.symbolic.claims.cone import Budget, combination
from bncheck.symbolic.claims.facts import SQUARES, Fact, facts
from bncheck.symbolic.claims.signs import Sign, sign, squared
from bncheck.symbolic.expression import (
    ONE,
    Expr,
    Mul,
    Power,
    Sum,
    free_indices,
    mul,
)
from bncheck.symbolic.normal import Normalizer
from bncheck.symbolic.trees import walk
from bncheck.symbolic.vocabulary import eps, gamma, m, std, var

WEAK, STRICT = frozenset({r"\le", r"\ge"}), frozenset({"<", ">"})


def proved(left: Expr, right: Expr, relation: str, least: int = 1) -> str:
    """Return why an inequality holds for every batch of at least so many values, or nothing.

    Raises NotSupported where the sides have no normal form.
    """
    left, right = without_derivatives(left), without_derivatives(right)
    lesser, greater = (left, right) if relation in (r"\le", "<") else (right, left)
    budget = Budget()
    for small, large, cited in _restated(lesser, greater):
        try:
            why = _from_facts(small, large, least, budget, strictly=relation in STRICT)
        except (NotSupported, ZeroDivisionError, ValueError):
            continue
        if why:
            return "proved: " + "; ".join(dict.fromkeys([*cited, *why]))
    return ""


def _restated(lesser: Expr, greater: Expr) -> Iterator[tuple[Expr, Expr, tuple[str, ...]]]:
    """Yield inequalities each of which implies this one: itself, and that of the squares."""
    yield lesser, greater, ()
    if sign(greater) is not Sign.UNKNOWN:
        bound = _of_absolutes(lesser)
        if bound is not None:
            yield bound, squared(greater), ("Cauchy and Schwarz, as in theorem F14",)
        yield squared(lesser), squared(greater), ()
    if sign(-lesser) is not Sign.UNKNOWN:  # -B <= A, for A^2 <= B^2
        yield squared(greater), squared(-lesser), ()


def _of_absolutes(expr: Expr) -> Expr | None:
    """Return m sum f^2, which is at least (sum |f|)^2; of c sum |f| likewise."""
    factors = list(expr.factors) if isinstance(expr, Mul) else [expr]
    sums = [f for f in factors if isinstance(f, Sum)]
    if len(sums) != 1 or sums[0].index.size != "m" or not isinstance(sums[0].body, Power):
        return None
    root = sums[0].body
    if root.exponent != Fraction(1, 2):
        return None
    rest = [squared(f) for f in factors if f is not sums[0]]
    return mul(*rest, m, Sum(sums[0].index, root.base))


def _from_facts(
    lesser: Expr, greater: Expr, least: int, budget: Budget, *, strictly: bool
) -> list[str]:
    """Return the facts that make up greater - lesser times something positive."""
    gap = greater - lesser
    known = sign(gap)
    if known is Sign.POSITIVE or (known is Sign.NONNEGATIVE and not strictly):
        return [SQUARES]
    forms = Normalizer()
    forms.form(std())  # so that 1 / (var + eps) is the square of a root everywhere
    forms.form(gap)
    target = _cleared(forms.form(gap), gap, forms)
    if target is None:
        return []
    used = list(_multiples(list(facts(free_indices(gap), walk(gap))), target, forms, least))
    cited = list(dict.fromkeys(part.why for part in used if part.why != SQUARES))
    for allowed in (set(), *({why} for why in cited), set(cited)):
        parts = [part for part in used if part.why in allowed | {SQUARES}]
        positive = frozenset(n for n, part in enumerate(parts) if part.positive)
        wanted = positive if strictly else frozenset()
        found = combination(target, [part.form for part in parts], wanted, budget)
        if found is not None and (not strictly or positive & found.keys()):
            return sorted({parts[n].why for n in found} - {SQUARES}) or [SQUARES]
    return []


def _cleared(form: Polynomial, gap: Expr, forms: Normalizer) -> Polynomial | None:
    """Multiply by the denominators, if all are known to be positive where they are not zero."""
    bases = [n.base for n in walk(gap) if isinstance(n, Power) and n.exponent < 0]
    known = [b for b in dict.fromkeys(bases) if not free_indices(b) and sign(b) is not Sign.UNKNOWN]
    positive = {tuple(sorted(forms.form(base).terms.items())) for base in known}
    for monomial in form.terms:
        for a, _ in monomial:
            if a[0] == "inverse" and a[1] not in positive:
                return None
    return algebra.without_inverses(form)


@dataclass(frozen=True)
class _Part:
    """A fact in normal form."""

    form: Polynomial
    why: str
    positive: bool


def _multiples(
    base: list[Fact], target: Polynomial, forms: Normalizer, least: int
) -> Iterator[_Part]:
    """Yield the facts times powers of m and of 1 / (var + eps), as the target has them."""
    least_m, most_m = _exponents(target, ("scalar", "m"))
    _, most_t = _exponents(target, ("root", 0))
    size, ratio = forms.form(m), forms.form(1 / (var() + eps))
    factors = [(forms.form(ONE), True), (forms.form(eps), True), (forms.form(var()), False)]
    factors += [(forms.form(eps**2), True)]
    outside = forms.form(gamma ** (_exponents(target, ("scalar", "gamma"))[0] // 2 * 2))
    factors += [(forms.form(m - n), n < least) for n in range(1, least + 1)]
    for fact in base:
        form = outside * forms.form(fact.value)
        low, high = _exponents(form, ("scalar", "m"))
        for p in range(most_t // 2 + 1):
            for k in range(least_m - 1 - low, most_m + 2 - high):  # no power the target lacks
                scaled = form * ratio**p * size**k
                for factor, positive in factors:
                    above = fact.positive and positive and outside == factors[0][0]
                    yield _Part(scaled * factor, fact.why, above)


def _exponents(form: Polynomial, a: Atom) -> tuple[int, int]:
    """Return the least and the largest exponent of an atom."""
    found = [dict(monomial).get(a, 0) for monomial in form.terms] or [0]
    return min(found), max(found)
