"""From trees to normal forms: decides whether two expressions are equal for every batch size.

Square roots. Let R be the radicand, say var + eps. Where R is, in normal form, a square of a
monomial, its root is that monomial with positive sign: ``sqrt(a^2 t^-2) = a sign(a) t^-1``.
Otherwise a new positive atom t = R^(-1/2) is introduced, and one unknown that R depends on
linearly is *eliminated*: ``eps -> t^-2 - var``. On the domain R > 0 the map (.., eps) ->
(.., t) is one-to-one, so nothing is assumed and nothing is lost: an identity in x, eps and
sqrt(var + eps) holds if and only if the polynomial identity in x and t holds. That is the whole
treatment of the relation t^2 (var + eps) = 1; no ideal, no Groebner basis.

Candidates for elimination are positive symbols first (eps), then power sums that R contains
linearly (where eps = 0, the second moment sum_k x_k^2), then sizes (sqrt(m)).
"""

from __future__ import annotations

from fractions import Fraction

from bncheck.errors import NotSupported
from bncheck.symbolic import algebra, power_sums
from bncheck.symbolic.algebra import Atom, Polynomial
from bncheck.symbolic.calculus import without_derivatives
from bncheck.symbolic.expression import (
    Add,
    Delta,
    Derivative,
    Element,
    Expr,
    Index,
    Mul,
    Named,
    Number,
    Power,
    Sum,
    Symbol,
)
from bncheck.symbolic.surds import NO_UNKNOWN, Surds, has_surds, is_surd
from bncheck.symbolic.trees import shared


def equal(left: Expr, right: Expr) -> bool:
    """Whether two expressions are equal for every batch size and all values of the unknowns.

    Raises NotSupported (TooLarge among it) where the normal form cannot say.
    """
    return not Normalizer().difference(left, right).terms


class Normalizer:
    """Makes normal forms that can be compared with one another: they share their roots."""

    def __init__(self) -> None:
        """Start without any root."""
        self._eliminated: list[tuple[Atom, Polynomial]] = []
        self._positive: set[str] = set()
        self._sizes: set[str] = set()
        self._surds = Surds(self._reduce, self._is_positive, self._monomial_root)
        self._memo: dict[int, tuple[Expr, Polynomial]] = {}

    def difference(self, left: Expr, right: Expr) -> Polynomial:
        """Return the normal form of left - right times its denominators: zero iff equal."""
        left, right = shared(without_derivatives(left), without_derivatives(right))
        p = self._of(left) - self._of(right)
        cleared = algebra.without_inverses(self._reduce(p))
        found = power_sums.with_equal_indices(self._reduce(cleared))
        if not has_surds(found):
            return found
        found = self._surds.resolved(found)
        found = algebra.without_inverses(self._reduce(power_sums.with_equal_indices(found)))
        found = self._surds.resolved(found)
        if has_surds(found):  # roots may have relations that are not known
            raise NotSupported(NO_UNKNOWN)
        return found

    def form(self, expr: Expr) -> Polynomial:
        """Return the normal form of an expression; later roots may change what it is reduced to."""
        (expr,) = shared(without_derivatives(expr))
        found = power_sums.with_equal_indices(self._reduce(self._of(expr)))
        if has_surds(found):
            raise NotSupported(NO_UNKNOWN)
        return found

    def _reduce(self, p: Polynomial) -> Polynomial:
        for target, value in self._eliminated:
            p = algebra.replace(p, target, value)
        return p

    def _of(self, expr: Expr) -> Polynomial:
        known = self._memo.get(id(expr))
        if known is None:  # the tree is kept too, so that its id stays taken
            known = self._memo[id(expr)] = (expr, self._evaluate(expr))
        return known[1]

    def _evaluate(self, expr: Expr) -> Polynomial:
        match expr:
            case Number(value):
                return algebra.constant(value)
            case Symbol(name, positive):
                if name == "m":
                    self._sizes.add(name)
                elif positive:
                    self._positive.add(name)
                return algebra.atom("scalar", name)
            case Element(name, indices):
                return algebra.atom("element", name, tuple(map(_position, indices)))
            case Delta(left, right):
                return algebra.kronecker(_position(left), _position(right))
            case Named(_, _, body):
                return self._of(body)
            case Add(terms):
                parts = [item for term in terms for item in self._of(term).terms.items()]
                return algebra.collect(parts)
            case Mul(factors):
                product = algebra.constant(1)
                for factor in factors:
                    product = product * self._of(factor)
                return product
            case Power(base, exponent):
                if exponent.denominator == 1:
                    return self._of(base) ** int(exponent)
                return self._root(self._of(base)) ** int(2 * exponent)
            case Sum(index, body):
                self._sizes.add(index.size)
                return power_sums.total(
                    self._surds.without_squares(self._of(body)), index.name, index.size
                )
            case Derivative():
                return self._of(without_derivatives(expr))
        raise TypeError(f"not a node: {expr!r}")

    def _root(self, radicand: Polynomial) -> Polynomial:
        """Return the positive square root of a polynomial."""
        radicand = self._surds.without_squares(self._reduce(radicand))
        if not radicand.terms:
            return radicand
        root = self._monomial_root(radicand) or self._known_root(radicand)
        if root is None:
            t = algebra.atom("root", len(self._eliminated))
            divisor = algebra.constant(1)
            found = self._unknown_of(radicand)
            if found is None:
                divisor = self._denominator_root(radicand)
                found = self._unknown_of(radicand * divisor**2)
            if found is None and (root := self._root_of_positive(radicand)) is not None:
                return root
            if found is None and (root := self._root_of_quotient(radicand)) is not None:
                return root
            if found is None:
                found = self._unknown_of(radicand * divisor**2, of_divisors=True)
            if found is None:
                return self._surds.root(radicand)
            target, coefficient, rest = found
            self._eliminated.append((target, (t**-2 - rest) * algebra.inverse(coefficient)))
            root = self._reduce(t**-1 * divisor**-1)
        return root

    def _denominator_root(self, radicand: Polynomial) -> Polynomial:
        """Return a product of positive symbols whose square clears the radicand of them."""
        result = algebra.constant(1)
        lowest: dict[Atom, int] = {}
        for monomial in radicand.terms:
            for a, e in monomial:
                lowest[a] = min(e, lowest.get(a, 0))
        for a, e in lowest.items():
            if e < 0 and a[0] == "scalar" and self._is_positive(a):
                result = result * Polynomial({((a, (1 - e) // 2),): Fraction(1)})
        return result

    def _monomial_root(self, p: Polynomial) -> Polynomial | None:
        only = p.monomial
        if only is None or only[1] < 0 or any(e % 2 for _, e in only[0]):
            return None
        monomial, c = only
        root = Polynomial({tuple((a, e // 2) for a, e in monomial): Fraction(1)})
        for a, e in monomial:
            if e // 2 % 2 and not self._is_positive(a):
                root = root * algebra.atom("sign", a)
        return root * self._surds.number(c)

    def _root_of_quotient(self, radicand: Polynomial) -> Polynomial | None:
        """Return the root of p / q^n as that of p, or p q, over a power of |q|."""
        powers = {(a, e) for monomial in radicand.terms for a, e in monomial if a[0] == "inverse"}
        if len({a for a, _ in powers}) != 1:
            return None
        divisor = Polynomial(dict(next(a for a, _ in powers)[1]))
        if any(a[0] == "inverse" for monomial in divisor.terms for a, _ in monomial):
            return None
        highest = max(e for _, e in powers)
        top = algebra.without_inverses(radicand) * divisor ** (highest % 2)
        return self._root(top) * self._root(divisor**2) ** -((highest + 1) // 2)

    def _root_of_positive(self, radicand: Polynomial) -> Polynomial | None:
        """Return the root of a monomial in roots, as of sqrt(var + eps): each is a square then."""
        if radicand.monomial is None:
            return None
        odd = [a for a, e in radicand.monomial[0] if e % 2]
        if not odd or any(a[0] != "root" for a in odd):
            return None
        for a in odd:
            t = algebra.atom("root", len(self._eliminated))
            self._eliminated.append((a, t**-2))
        return self._monomial_root(self._reduce(radicand))

    def _known_root(self, radicand: Polynomial) -> Polynomial | None:
        """Return the root of a radicand met before, seen only once denominators are cleared."""
        if all(a[0] != "inverse" for monomial in radicand.terms for a, _ in monomial):
            return None
        for number in range(len(self._eliminated)):
            t = algebra.atom("root", number)
            if not algebra.without_inverses(radicand - self._reduce(t**-2)).terms:
                return t**-1
        return None

    def _is_positive(self, a: Atom) -> bool:
        if a[0] == "inverse":  # a sum of what is positive
            return all(
                c > 0 and all(e % 2 == 0 or self._is_positive(b) for b, e in monomial)
                for monomial, c in a[1]
            )
        return (
            a[0] == "root"
            or is_surd(a)
            or (a[0] == "scalar" and (a[1] in self._positive or a[1] in self._sizes))
        )

    def _unknown_of(
        self, radicand: Polynomial, *, of_divisors: bool = False
    ) -> tuple[Atom, Polynomial, Polynomial] | None:
        """Split the radicand as coefficient * unknown + rest, for an unknown to eliminate.

        of_divisors: whether it may stand in a denominator too, so that it is found in terms of
        itself: what is proved then is right, but a difference that is left may be none
        """
        atoms = {a for monomial in radicand.terms for a, _ in monomial}
        symbols = [("scalar", n) for n in sorted(self._positive - self._sizes)]
        moments = sorted(a for a in atoms if a[0] == "sum")
        sizes = [("scalar", n) for n in sorted(self._sizes)]
        candidates = [s for s in symbols if s in atoms] + moments + [s for s in sizes if s in atoms]
        below = {b for a in atoms if a[0] == "inverse" for k, _ in a[1] for b, _ in k}
        for target in candidates:
            if target in below and not of_divisors:
                continue
            with_it = {k: c for k, c in radicand.terms.items() if target in dict(k)}
            rest = Polynomial({k: c for k, c in radicand.terms.items() if k not in with_it})
            if any(dict(k)[target] != 1 for k in with_it):
                continue
            coefficient = Polynomial(
                {tuple(f for f in k if f[0] != target): c for k, c in with_it.items()}
            )
            if not any(algebra.depends(a) for a in atoms):
                return target, coefficient, rest
        return None


def _position(index: Index | int) -> algebra.Position:
    return (2, index) if isinstance(index, int) else (1, index.name)
