"""Roots that no unknown can be solved from: sqrt(2), sqrt((x_i - mu)^2), sqrt(x_i^2 + eps).

Such a root is an atom u of its own, with the one relation u^2 = R. It is an entry of an array with
the free indices that R has, so that sums and deltas handle it as they handle x. Two roots are the
same where their radicands are, up to the square of a monomial; the root of a number is that of its
primes; and a root is the product of two others where its radicand is the product of theirs.

Soundness: each of these is an identity wherever both sides have a value. Completeness is not
claimed: roots may have other relations, so that what is left with such a root in it proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import combinations, permutations
from math import isqrt

from bncheck.errors import NotSupported
from bncheck.symbolic import algebra, power_sums
from bncheck.symbolic.algebra import Atom, Monomial, Polynomial, Position
from bncheck.symbolic.factors import at_most, is_squares, monomial_factor, root_of_square

PREFIX = "root "
"""What these arrays are called: no symbol of an author has a space in it."""
MAX_FREE = 3
MAX_NUMBER = 10**8
"""Numbers are taken apart into primes up to this: 10,000 divisions."""
MAX_AT_ONCE = 8
"""Roots in one polynomial of which products are looked for."""
NO_UNKNOWN = "the root of an expression that has no unknown to solve it for"


def is_surd(a: Atom) -> bool:
    """Whether an atom is such a root."""
    return bool(a[0] == "element" and a[1].startswith(PREFIX))


def has_surds(p: Polynomial) -> bool:
    """Whether such a root is left in a polynomial, in its sums and denominators too."""
    return any(_is_of_surds(a) for monomial in p.terms for a, _ in monomial)


def _is_of_surds(a: Atom) -> bool:
    if a[0] == "sum":
        return any(name.startswith(PREFIX) for (name, _), _ in a[2])
    if a[0] == "inverse":
        return any(_is_of_surds(b) for monomial, _ in a[1] for b, _ in monomial)
    return _is_of_surds(a[1]) if a[0] == "sign" else is_surd(a)


class Surds:
    """The roots of this kind that were met.

    reduced: uses what has been eliminated; positive: whether an atom is; monomial_root: the root of
    a square of a monomial, with its sign
    """

    def __init__(
        self,
        reduced: Callable[[Polynomial], Polynomial],
        positive: Callable[[Atom], bool],
        monomial_root: Callable[[Polynomial], Polynomial | None],
    ) -> None:
        """Start without any root."""
        self._reduced, self._positive, self._monomial_root = reduced, positive, monomial_root
        self._primes: dict[int, Polynomial] = {}
        self._radicands: list[tuple[tuple[str, ...], Polynomial]] = []

    def root(self, radicand: Polynomial) -> Polynomial:
        """Return the root of what is no number.

        Raises NotSupported where it divides by what is no monomial, or has many indices.
        """
        outside, inside = self._split(radicand)
        square = root_of_square(inside)
        for value in (square, None if square is None else -square):
            if value is not None and self._is_nonnegative(value):
                return outside * value
        found = self._known(inside)
        return outside * (self._new(inside) if found is None else found)

    def number(self, value: Fraction) -> Polynomial:
        """Return the root of a positive number.

        Raises NotSupported for one that is too large to take apart.
        """
        rest = value.numerator * value.denominator
        outside = Fraction(1, value.denominator)
        if (whole := isqrt(rest)) ** 2 == rest:
            return algebra.constant(whole * outside)
        if rest > MAX_NUMBER:
            raise NotSupported(f"the root of a number as large as {rest}")
        result = algebra.constant(outside)
        prime = 2
        while rest > 1:
            if prime**2 > rest:
                prime = rest
            count = 0
            while rest % prime == 0:
                rest, count = rest // prime, count + 1
            result = result * algebra.constant(prime ** (count // 2))
            if count % 2:
                if prime not in self._primes:
                    self._primes[prime] = self._new(algebra.constant(prime))
                result = result * self._primes[prime]
            prime += 1
        return result

    def resolved(self, p: Polynomial) -> Polynomial:
        """Return a polynomial with no higher power of a root than the first.

        It is multiplied by the roots that it divides by, which does not change whether it is zero.
        """
        while True:
            powers = {a: e for monomial in p.terms for a, e in monomial if is_surd(a)}
            lowest = {a: min(dict(k).get(a, 0) for k in p.terms) for a in powers}
            below = tuple(sorted((a, -e) for a, e in lowest.items() if e < 0))
            cleared = p * Polynomial({below: Fraction(1)}) if below else p
            new = self.without_squares(self._without_products(self._without_known(cleared)))
            if new.terms == p.terms:
                return p
            p = new

    def _without_known(self, p: Polynomial) -> Polynomial:
        """Put the root for what has become a square, since more has been eliminated."""
        for a in sorted({a for monomial in p.terms for a, _ in monomial if is_surd(a)}):
            under = self._under(a)
            if () not in under.terms and (root := self._monomial_root(under)) is not None:
                p = algebra.replace(p, a, root)
        return p

    def without_squares(self, p: Polynomial) -> Polynomial:
        """Return a polynomial with what is under a root in place of the root's square."""
        terms: list[tuple[Monomial, Fraction]] = []
        for monomial, c in p.terms.items():
            term = Polynomial({tuple(f for f in monomial if not _is_square(*f)): c})
            for a, e in monomial:
                if _is_square(a, e):
                    odd = Polynomial({((a, 1),): Fraction(1)} if e % 2 else {(): Fraction(1)})
                    term = term * self._under(a) ** (e // 2) * odd
            terms += term.terms.items()
        return algebra.collect(terms)

    def _without_products(self, p: Polynomial) -> Polynomial:
        """Put the product of two roots for the root of the product of what is under them."""
        met = sorted({a for monomial in p.terms for a, _ in monomial if is_surd(a)})
        if not 3 <= len(met) <= MAX_AT_ONCE:
            return p
        under = {a: self._under(a) for a in met}
        for a in met:
            for b, c in combinations([other for other in met if other != a], 2):
                factor = monomial_factor(under[a], under[b] * under[c])
                if factor is None or any(e < 0 for monomial in factor.terms for _, e in monomial):
                    continue  # one that divides could be used to and fro
                outside = self._monomial_root(factor)
                if outside is not None:
                    product = outside * Polynomial({tuple(sorted(((b, 1), (c, 1)))): Fraction(1)})
                    return algebra.replace(p, a, product)
        return p

    def _split(self, radicand: Polynomial) -> tuple[Polynomial, Polynomial]:
        """Split a radicand into a root, of what is a square in all terms, and what is left."""
        atoms = {a for monomial in radicand.terms for a, _ in monomial if a[0] != "inverse"}
        lowest = {a: min(dict(k).get(a, 0) for k in radicand.terms) for a in atoms}
        even = {a: e // 2 * 2 for a, e in lowest.items() if e not in (0, 1)}
        even = {a: e for a, e in even.items() if e > 0 or self._positive(a)}
        square = Polynomial({tuple(sorted(even.items())): Fraction(1)})
        inverse = Polynomial({tuple(sorted((a, -e) for a, e in even.items())): Fraction(1)})
        outside = self._monomial_root(square)
        inside = radicand * inverse
        if outside is None:
            return algebra.constant(1), radicand
        only = inside.monomial
        if only is not None and len(only[0]) == 1 and only[0][0][1] == 1 and only[1] > 0:
            a = only[0][0][0]  # sqrt(a^3) is a sqrt(a): a is not negative where it has a value
            outside = Polynomial({tuple(sorted((b, e // 2) for b, e in even.items())): Fraction(1)})
            others = [b for b in even if b != a]
            if not all(self._positive(b) for b in others):
                return self._monomial_root(square) or algebra.constant(1), inside
        return outside, inside

    def _is_nonnegative(self, p: Polynomial) -> bool:
        """Whether all terms are; of those that are not, (sum x)^2 is at most m sum x^2."""
        least = algebra.collect(
            (monomial, c) if c > 0 else at_most(monomial, c) for monomial, c in p.terms.items()
        )
        factors = {f for monomial in (*p.terms, *least.terms) for f in monomial}
        signed = [a for a, e in factors if e % 2 and not is_squares(a)]
        return all(map(self._positive, signed)) and all(c > 0 for c in least.terms.values())

    def _known(self, radicand: Polynomial) -> Polynomial | None:
        free = _free(radicand)
        for number, (names, template) in enumerate(self._radicands):
            if len(names) != len(free) or (() in template.terms and len(template.terms) == 1):
                continue
            for order in permutations(free):
                places = tuple((1, name) for name in order)
                factor = monomial_factor(radicand, self._reduced(_placed(template, places)))
                outside = None if factor is None else self._root_of_factor(factor)
                if outside is not None:
                    return outside * algebra.atom("element", f"{PREFIX}{number}", places)
        return None

    def _root_of_factor(self, factor: Polynomial) -> Polynomial | None:
        """Return the root of a factor that divides by nothing that may be zero."""
        ((monomial, _),) = factor.terms.items()
        if any(e < 0 and not self._positive(a) for a, e in monomial):
            return None
        return self._monomial_root(factor)

    def _new(self, radicand: Polynomial) -> Polynomial:
        free = _free(radicand)
        if len(free) > MAX_FREE:
            raise NotSupported(NO_UNKNOWN)
        if any(a[0] in ("delta", "inverse") for monomial in radicand.terms for a, _ in monomial):
            raise NotSupported(NO_UNKNOWN)
        own = tuple(f"of a root {at}" for at in range(len(free)))
        template = _renamed(radicand, dict(zip(free, own, strict=True)))
        self._radicands.append((own, template))
        places = tuple((1, name) for name in free)
        return algebra.atom("element", f"{PREFIX}{len(self._radicands) - 1}", places)

    def _under(self, a: Atom) -> Polynomial:
        _, template = self._radicands[int(a[1].removeprefix(PREFIX))]
        return self._reduced(_placed(template, a[2]))


def _is_square(a: Atom, exponent: int) -> bool:
    return exponent >= 2 and is_surd(a)


def _free(p: Polynomial) -> tuple[str, ...]:
    return tuple(sorted(set(_names(p))))


def _names(p: Polynomial) -> Iterator[str]:
    for a in {a for monomial in p.terms for a, _ in monomial}:
        yield from _names_in(a)


def _names_in(a: Atom) -> Iterator[str]:
    if a[0] == "sign":
        yield from _names_in(a[1])
        return
    positions: list[Position] = []
    if a[0] == "element":
        positions = list(a[2])
    elif a[0] == "delta":
        positions = list(a[1:])
    elif a[0] == "sum":
        positions = [place for (_, places), _ in a[2] for place in places]
    yield from (name for kind, name in positions if kind == 1)


def _renamed(p: Polynomial, to: dict[str, str]) -> Polynomial:
    for old, new in to.items():
        p = power_sums.at_position(p, old, (1, new))
    return p


def _placed(template: Polynomial, places: tuple[Position, ...]) -> Polynomial:
    for at, place in enumerate(places):
        template = power_sums.at_position(template, f"of a root {at}", place)
    return template
