"""A normal form for sums of symbolic length: equal for every m means equal as dictionaries.

A `Polynomial` has rational coefficients and monomials in *atoms*:

* ``("scalar", name)``: gamma, eps, m, ...; any whole exponent, since all are assumed nonzero
  where they are divided by;
* ``("root", n)``: the n-th inverse square root that was met, see `Roots`;
* ``("sign", atom)``: the sign of something real, squared 1;
* ``("element", name, positions)`` and ``("delta", p, q)``: with indices that are still free;
* ``("sum", sizes, factors)``: a *power sum*, such as sum_k x_k^2 dy_k: a product of elements
  summed over indices that connect all its factors. Its dummies are numbered so that the tuple
  is the least one, hence two power sums that differ in naming are the same atom;
* ``("inverse", items)``: 1 over a polynomial of scalars that is not a monomial, such as m - 1.

A *position* is ``(0, n)`` for the n-th dummy of a power sum, ``(1, name)`` for a free index,
``(2, n)`` for a fixed place in the batch.

Soundness: every operation below is an identity of real numbers for every size m >= 1 and all
values where the divisions make sense, so equal normal forms prove equality for all m.
Completeness: power sums of degree d are algebraically independent once m >= d (polarised Newton
sums), and each root is eliminated by a substitution that is one-to-one (`Roots`), so a nonzero
normal form means that the two sides differ for some m; an identity that holds only for one
small m is rightly not accepted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from typing import Any

from bncheck.errors import NotSupported
from bncheck.symbolic.work import ADVICE, TooLarge, multiply, step

Atom = tuple[Any, ...]
Monomial = tuple[tuple[Atom, int], ...]
Position = tuple[int, Any]

MAX_TERMS = 50_000
MAX_DUMMIES = 6


@dataclass(frozen=True)
class Polynomial:
    """A finite map from monomials to nonzero rationals."""

    terms: Mapping[Monomial, Fraction]

    def __add__(self, other: Polynomial) -> Polynomial:
        return collect([*self.terms.items(), *other.terms.items()])

    def __neg__(self) -> Polynomial:
        return Polynomial({monomial: -c for monomial, c in self.terms.items()})

    def __sub__(self, other: Polynomial) -> Polynomial:
        return self + -other

    def __mul__(self, other: Polynomial) -> Polynomial:
        multiply(len(self.terms) * len(other.terms))
        return collect(
            (times(left, right), c * d)
            for left, c in self.terms.items()
            for right, d in other.terms.items()
        )

    def __pow__(self, exponent: int) -> Polynomial:
        if exponent < 0:
            return inverse(self) ** -exponent
        result = constant(1)
        for _ in range(exponent):
            result = result * self
        return result

    @property
    def monomial(self) -> tuple[Monomial, Fraction] | None:
        """The only term, if there is just one."""
        return next(iter(self.terms.items())) if len(self.terms) == 1 else None


class Denominator(tuple[tuple[Monomial, Fraction], ...]):
    """The terms of a denominator.

    Its hash is found once: that of a fraction is dear, and atoms are looked up by the million.
    """

    _hash: int | None = None

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = super().__hash__()
        return self._hash


def collect(terms: Iterable[tuple[Monomial, Fraction]]) -> Polynomial:
    """Add up the coefficients of equal monomials."""
    total: dict[Monomial, Fraction] = {}
    handled = 0
    for monomial, coefficient in terms:
        handled += 1
        if monomial in total:
            coefficient += total[monomial]
        total[monomial] = coefficient
    step(handled)
    if len(total) > MAX_TERMS:
        raise TooLarge(f"{ADVICE}it has more than {MAX_TERMS:,} terms")
    return Polynomial({monomial: c for monomial, c in total.items() if c})


def times(left: Monomial, right: Monomial) -> Monomial:
    """Multiply two monomials. Signs square to 1, deltas to themselves."""
    if not left or not right:
        return left or right
    exponents = dict(left)
    for atom, exponent in right:
        total = exponents.get(atom, 0) + exponent
        if atom[0] == "sign":
            total %= 2
        elif atom[0] == "delta":
            total = 1
        exponents[atom] = total
    return tuple(sorted((a, e) for a, e in exponents.items() if e))


def constant(value: int | Fraction) -> Polynomial:
    """Return a constant."""
    return Polynomial({(): Fraction(value)} if value else {})


def atom(*parts: Any) -> Polynomial:
    """Return an atom as a polynomial."""
    return Polynomial({((parts, 1),): Fraction(1)})


def kronecker(left: Position, right: Position) -> Polynomial:
    """Return the delta of two positions, decided where it can be."""
    if left == right:
        return constant(1)
    if left[0] == right[0] == 2:
        return constant(0)
    return atom("delta", *sorted((left, right)))


def inverse(p: Polynomial) -> Polynomial:
    """Return 1/p: exactly for a monomial of scalars, else as an atom of its own.

    Raises NotSupported where p depends on a free index or is zero.
    """
    if not p.terms:
        raise ZeroDivisionError("division by something that is identically zero")
    if any(depends(a) for monomial in p.terms for a, _ in monomial):
        raise NotSupported("division by an expression with a free index")
    only = p.monomial
    if only is not None:
        monomial, coefficient = only
        if all(a[0] != "sign" for a, _ in monomial):
            return Polynomial({tuple((a, -e) for a, e in monomial): 1 / coefficient})
        signs = tuple((a, e) for a, e in monomial if a[0] == "sign")
        rest = tuple((a, -e) for a, e in monomial if a[0] != "sign")
        return Polynomial({times(signs, rest): 1 / coefficient})
    return atom("inverse", Denominator(sorted(p.terms.items())))


def without_inverses(p: Polynomial) -> Polynomial:
    """Multiply by the denominators, which does not change whether p is zero."""
    while True:
        powers = [(e, a) for monomial in p.terms for a, e in monomial if a[0] == "inverse"]
        if not powers:
            return p
        _, target = max(powers)
        highest = max(e for e, a in powers if a == target)
        denominator = Polynomial(dict(target[1]))
        exponents = {dict(monomial).get(target, 0) for monomial in p.terms}
        factors = {e: denominator ** (highest - e) for e in exponents}
        cleared: list[tuple[Monomial, Fraction]] = []  # a sum made term by term copies itself
        for monomial, coefficient in p.terms.items():
            exponent = dict(monomial).get(target, 0)
            rest = tuple((a, e) for a, e in monomial if a != target)
            cleared += (Polynomial({rest: coefficient}) * factors[exponent]).terms.items()
        p = collect(cleared)


def depends(a: Atom, index: str | None = None) -> bool:
    """Whether an atom has the free index, or any free index."""
    if a[0] == "element":
        positions = list(a[2])
    elif a[0] == "delta":
        positions = list(a[1:])
    elif a[0] == "sum":
        positions = [p for (_, ps), _ in a[2] for p in ps]
    elif a[0] == "sign":
        return depends(a[1], index)
    else:
        return False
    return any(kind == 1 and index in (None, name) for kind, name in positions)


_names = count()


def replace(p: Polynomial, target: Atom, value: Polynomial) -> Polynomial:
    """Substitute an atom without free indices by a polynomial, in denominators too."""
    result: list[tuple[Monomial, Fraction]] = []
    for monomial, coefficient in p.terms.items():
        term = Polynomial({tuple(f for f in monomial if not _mentions(f[0], target)): coefficient})
        for a, e in monomial:
            if a == target:
                term = term * value**e
            elif _mentions(a, target):
                term = term * inverse(replace(Polynomial(dict(a[1])), target, value)) ** e
        result += term.terms.items()
    return collect(result)


def _mentions(a: Atom, target: Atom) -> bool:
    if a[0] == "inverse":
        return any(_mentions(b, target) for monomial, _ in a[1] for b, _ in monomial)
    return a == target
