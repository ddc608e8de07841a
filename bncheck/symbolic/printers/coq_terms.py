"""Normal forms as Coq writes them: real numbers, products, and sums over the batch."""

from __future__ import annotations

from fractions import Fraction

from bncheck.errors import NotSupported
from bncheck.symbolic import algebra
from bncheck.symbolic.algebra import Atom, Monomial, Polynomial

VECTORS = ("dy", "x")


def linear(p: Polynomial) -> list[tuple[str, str]]:
    """Split into coefficients and products of what depends on k."""
    groups: dict[Monomial, Polynomial] = {}
    for monomial, coefficient in p.terms.items():
        inside = tuple(f for f in monomial if algebra.depends(f[0], "k"))
        outside = tuple(f for f in monomial if not algebra.depends(f[0], "k"))
        groups[inside] = groups.get(inside, algebra.constant(0)) + Polynomial(
            {outside: coefficient}
        )
    return [(f"({polynomial(c)})", monomial_text(inside)) for inside, c in sorted(groups.items())]


def inside_of(p: Polynomial) -> Monomial:
    """Return the product inside a power sum that stands alone, as a monomial in k."""
    only = p.monomial
    if only is None or only[1] != 1 or len(only[0]) != 1 or only[0][0][0][0] != "sum":
        return ()
    ((_, _, factors), _) = only[0][0]
    return tuple((("element", name, ((1, "k"),)), e) for (name, _), e in factors)


def with_statistics(p: Polynomial) -> Polynomial:
    """Put the mean and the variance in for the first two power sums of x."""
    m, mu, s, e = (algebra.atom("scalar", name) for name in ("m", "mu", "s", "eps"))
    first: Atom = ("sum", ("m",), ((("x", ((0, 0),)), 1),))
    second: Atom = ("sum", ("m",), ((("x", ((0, 0),)), 2),))
    return algebra.replace(algebra.replace(p, first, m * mu), second, m * (s**-2 - e + mu * mu))


def polynomial(p: Polynomial) -> str:
    """Return a polynomial."""
    terms = [f"{number(c)} * {monomial_text(k)}" for k, c in sorted(p.terms.items())]
    return " + ".join(terms) or "0"


def monomial_text(monomial: Monomial) -> str:
    """Return a product."""
    return " * ".join(_atom(a, e) for a, e in monomial) or "1"


def _atom(a: Atom, exponent: int) -> str:
    if a[0] == "scalar":
        return power("M" if a[1] == "m" else a[1], Fraction(exponent))
    if a[0] == "element":
        (_, name), *_ = a[2]
        return power(f"({a[1]} {name})", Fraction(exponent))
    if a[0] == "sum" and a[1] == ("m",):
        factors = " * ".join(power(f"({name} k)", Fraction(e)) for (name, _), e in a[2])
        return power(total_of(factors), Fraction(exponent))
    raise NotSupported("a certificate cannot speak of this")


def total_of(body: str) -> str:
    """Return a sum over the batch; ``fun k => x k`` is written x, as Coq's rewriting leaves it."""
    vector = next((name for name in VECTORS if body == f"({name} k)"), None)
    return f"(total m {vector or f'(fun k => {body})'})"


def power(base: str, exponent: Fraction) -> str:
    """Return a whole power, written out so that equal products are equal texts."""
    count = int(exponent)
    if exponent != count:
        raise NotSupported("a root that is not that of var + eps")
    product = " * ".join([base] * abs(count))
    shown = product if abs(count) == 1 else f"({product})"
    return shown if count > 0 else f"(/ {shown})"


def number(value: Fraction) -> str:
    """Return a rational number."""
    shown = str(abs(value.numerator))
    if value.denominator != 1:
        shown = f"({shown} / {value.denominator})"
    return f"(- {shown})" if value < 0 else shown
